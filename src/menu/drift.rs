//! Once a night: whether others changed the menus at LINE.

use chrono::Timelike as _;

use super::{MenuError, Menus};
use crate::domain::menu::plan::Declared;
use crate::domain::menu::version::Version;

/// The hour of the account's day from which it is looked: nobody changes menus then.
const FROM_HOUR: u32 = 3;

impl Menus {
    /// Looks once a day, and not on the day of the start; says what was changed, and mends nothing: whoever
    /// changed it may have had a reason.
    pub(super) async fn look_for_drift(&self, at: usize, version: &Version) -> Result<(), MenuError> {
        let channel = &self.channels[at];
        let now = channel.account.civil(self.ambient.now_ms());
        let last = *self.looked.lock().expect("no panic while it is held").entry(at).or_insert(now.date());
        if last >= now.date() || now.hour() < FROM_HOUR {
            return Ok(());
        }
        let pages = version.body.pages.iter().map(|placed| placed.page.clone()).collect();
        let looked = self.look(channel, &Declared { sets: version.body.sets.clone(), pages }).await?;
        self.looked.lock().expect("no panic while it is held").insert(at, now.date());
        let drift = looked.plan.drift.len();
        let account = channel.account.slug.clone();
        if drift > 0 {
            tracing::warn!(account, drift, "menus at LINE were changed by others: see `hagukumi rich-menu plan`");
        }
        #[expect(clippy::cast_precision_loss, reason = "an account has a few pages")]
        metrics::gauge!("hagukumi_menu_drift", "account" => account).set(drift as f64);
        Ok(())
    }
}
