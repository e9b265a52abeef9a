//! What LINE refused today is tried once more after a start, which may be the mending: a text was corrected,
//! or this programme.
//!
//! Only rows that certainly reached nobody are forgotten and planned anew, with the texts of now; their retry
//! key is the old one, which LINE has never accepted.

use super::{Deliveries, DeliveryError};
use crate::domain::account::Account;
use crate::domain::delivery::Purpose;
use crate::store::Tries;
use crate::timers::Timer;

impl Deliveries {
    /// Lets today's refused mornings be due again, while the window is open; called once at the start.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`].
    pub async fn try_refused_again(&self) -> Result<(), DeliveryError> {
        for channel in self.channels.iter() {
            let (account, now) = (&channel.account, self.ambient.now_ms());
            let today = account.civil(now).date();
            while now < account.ms(account.closing(today)) {
                let due = self.refused_again(account, &Purpose::daily(today), now).await?;
                if due.is_empty() {
                    break;
                }
                tracing::info!(account = %account.slug, readers = due.len(), "what LINE refused today is tried again");
                self.hint(account, &due).await;
            }
        }
        Ok(())
    }

    async fn refused_again(&self, account: &Account, morning: &Purpose, now: i64) -> Result<Vec<Timer>, DeliveryError> {
        let mut tries = Tries::default();
        loop {
            let once = async {
                let tx = self.store.begin().await?;
                let readers = tx.forget_refused(account.id, morning, now).await?;
                tx.commit().await.map(|()| readers)
            };
            match once.await {
                Err(error) if tries.again(&error) => {}
                readers => return Ok(readers?.into_iter().map(|reader| (reader, Some(now))).collect()),
            }
        }
    }
}
