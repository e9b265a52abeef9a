//! Held accounts: nothing leaves but, every ten minutes, one real row.

use super::{Channel, Deliveries, DeliveryError, Kind};
use crate::domain::delivery::health::{HoldReason, PROBE_EVERY_MS};
use crate::store::Hold;

impl Deliveries {
    pub(super) async fn hold_of(&self, channel: &Channel) -> Result<Option<Hold>, DeliveryError> {
        Ok(self.store.account(&channel.account.slug).await?.and_then(|account| account.held))
    }

    /// Tries one row when it is time. Its acceptance lifts the hold (see `send`).
    pub(super) async fn probe(&self, channel: &Channel, kind: Kind, hold: &Hold) -> Result<usize, DeliveryError> {
        let now = self.ambient.now_ms();
        if hold.probe_ms > now {
            return Ok(0);
        }
        let mut rows = self.lease(channel, kind, 1).await?;
        if rows.is_empty() && kind == Kind::Mornings {
            rows = self.plan(channel, 1).await?;
        }
        if rows.is_empty() {
            return Ok(0);
        }
        let next = Hold { probe_ms: now + PROBE_EVERY_MS, ..hold.clone() };
        self.set_hold(channel, Some(&next)).await?;
        self.send(channel, rows).await
    }

    /// Holds the account, unless it is held already.
    pub(super) async fn hold(&self, channel: &Channel, reason: HoldReason) -> Result<(), DeliveryError> {
        if self.hold_of(channel).await?.is_some() {
            return Ok(());
        }
        let now = self.ambient.now_ms();
        let hold = Hold { reason: reason.as_str().to_owned(), since_ms: now, probe_ms: now + PROBE_EVERY_MS };
        self.set_hold(channel, Some(&hold)).await?;
        metrics::gauge!("hagukumi_account_held", "account" => channel.account.slug.clone()).set(1.0);
        tracing::error!(account = %channel.account.slug, reason = reason.as_str(), "deliveries are held: look at the account's token, allowance or content");
        Ok(())
    }

    /// Lets the account's deliveries go.
    pub(super) async fn release(&self, channel: &Channel) -> Result<(), DeliveryError> {
        if self.hold_of(channel).await?.is_none() {
            return Ok(());
        }
        self.set_hold(channel, None).await?;
        metrics::gauge!("hagukumi_account_held", "account" => channel.account.slug.clone()).set(0.0);
        tracing::info!(account = %channel.account.slug, "deliveries go on");
        Ok(())
    }

    async fn set_hold(&self, channel: &Channel, hold: Option<&Hold>) -> Result<(), DeliveryError> {
        let tx = self.store.begin().await?;
        tx.set_hold(channel.account.id, hold).await?;
        Ok(tx.commit().await?)
    }
}
