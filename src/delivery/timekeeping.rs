//! Pushes wait while nobody knows what time it is.
//!
//! Before anything is planned, taken up or ended, the clock is looked at (see [`crate::clock::skew`]); a
//! witness is asked when it was not heard for a while, and at once when it disagrees, since it may have
//! been heard before this machine slept. Webhooks are kept and replies leave whatever the clock shows.
//!
//! The hold is this process's own: another server, whose clock is right, goes on with the account.

use std::sync::atomic::Ordering;

use super::{Channel, Deliveries, DeliveryError};
use crate::clock::skew::{Trust, Witness};

/// How often the database is asked for the time (steady milliseconds).
const DATABASE_EVERY_MS: i64 = 15_000;
/// How often LINE is asked when only it can tell.
const LINE_EVERY_MS: i64 = 10_000;
/// A witness heard within this need not be asked again before it is believed.
const FRESH_MS: i64 = 1_000;

impl Deliveries {
    /// Whether the clock can be believed now, as far as anybody who may be asked knows. Whoever then uses the
    /// time asks for it with [`Deliveries::now_if_known`].
    ///
    /// # Errors
    ///
    /// [`DeliveryError`] when the database does not answer.
    pub(super) async fn knows_the_time(&self, channel: &Channel) -> Result<bool, DeliveryError> {
        if !self.skew.is_judged() {
            return Ok(true);
        }
        self.ask_the_database(DATABASE_EVERY_MS).await?;
        if self.skew.trust() != Trust::Right {
            self.ask_the_database(FRESH_MS).await?;
            self.ask_line(channel).await;
        }
        self.show();
        Ok(self.still_knows_the_time())
    }

    /// Now (milliseconds since 1970), if it can be believed. The clock is read first and judged after:
    /// should it jump in between, what was read is still right.
    pub(super) fn now_if_known(&self) -> Option<i64> {
        let now = self.ambient.now_ms();
        self.still_knows_the_time().then_some(now)
    }

    /// The same without asking anybody.
    pub(super) fn still_knows_the_time(&self) -> bool {
        let trust = self.skew.trust();
        self.tell(trust);
        trust == Trust::Right
    }

    /// Whether the clock is good enough for what cannot be undone, such as forgetting what is old.
    #[must_use]
    pub fn may_forget(&self) -> bool {
        self.still_knows_the_time()
    }

    async fn ask_the_database(&self, every: i64) -> Result<(), DeliveryError> {
        if self.skew.age_ms(Witness::Database).is_some_and(|age| age < every) {
            return Ok(());
        }
        let asked = self.skew.steady_ms();
        if let Some(theirs) = self.store.time_ms().await? {
            self.skew.hears(Witness::Database, asked, theirs);
        }
        Ok(())
    }

    /// Any answer of LINE tells its time, also a refusal.
    async fn ask_line(&self, channel: &Channel) {
        let by_line = self.skew.by(Witness::Line);
        let settled = by_line.is_none() && self.skew.by(Witness::Database).is_some();
        let fresh = self.skew.age_ms(Witness::Line).is_some_and(|age| age < FRESH_MS);
        if settled || fresh || !self.may_ask(channel) {
            return;
        }
        if let Err(error) = channel.line.bot_info().await {
            tracing::debug!(error = &error as &dyn std::error::Error, "LINE did not say who the bot is");
        }
    }

    fn may_ask(&self, channel: &Channel) -> bool {
        let now = self.skew.steady_ms();
        let mut asked = channel.time_asked.lock().expect("nobody panics while it is held");
        let may = asked.is_none_or(|at| now - at >= LINE_EVERY_MS);
        if may {
            *asked = Some(now);
        }
        may
    }

    fn show(&self) {
        for witness in Witness::ALL {
            if let Some(off) = self.skew.by(witness) {
                metrics::gauge!("hagukumi_clock_skew_seconds", "against" => witness.as_str()).set(off as f64 / 1_000.0);
            }
        }
        let off = matches!(self.skew.trust(), Trust::Off(_));
        metrics::gauge!("hagukumi_clock_held").set(f64::from(u8::from(off)));
    }

    /// A line when it changes.
    fn tell(&self, trust: Trust) {
        let before = self.late.swap(matches!(trust, Trust::Off(_)), Ordering::Relaxed);
        match trust {
            Trust::Off(ms) if !before => {
                tracing::error!(
                    off_seconds = ms / 1_000,
                    "this machine's clock is wrong: pushes wait until it is right"
                );
            }
            Trust::Right if before => tracing::info!("this machine's clock is right again: pushes go on"),
            Trust::Right | Trust::Unknown | Trust::Off(_) => {}
        }
    }
}
