//! Held accounts: nothing leaves but, every ten minutes, one real row.
//!
//! - A *hold* is lifted by an acceptance that disproves it: any push, or, where the token was refused,
//!   a reply. Replies are free and go on in every other hold.
//! - A row that ends without a request (nobody waits for it any more) has tried nothing: the next one
//!   is taken.
//! - Readers who were not tried yet come first: the oldest row may be the very one that LINE refuses.

use super::{BATCH, Channel, Deliveries, DeliveryError, Kind};
use crate::domain::delivery::health::{HoldReason, PROBE_EVERY_MS};
use crate::store::{First, Hold, Leased, Wanted};

/// Whether replies would fail for the same reason.
pub(super) fn stops_replies(hold: &Hold) -> bool {
    hold.reason == HoldReason::Token.as_str()
}

impl Deliveries {
    pub(super) async fn hold_of(&self, channel: &Channel) -> Result<Option<Hold>, DeliveryError> {
        Ok(self.store.account(&channel.account.slug).await?.and_then(|account| account.held))
    }

    /// Tries one row when it is time. Its acceptance lifts the hold (see `send`).
    pub(super) async fn probe(&self, channel: &Channel, kind: Kind) -> Result<usize, DeliveryError> {
        let Ok(_only_one) = channel.probing.try_lock() else { return Ok(0) };
        let now = self.ambient.now_ms();
        let Some(hold) = self.hold_of(channel).await?.filter(|hold| hold.probe_ms <= now) else { return Ok(0) };
        let mut ended = 0;
        while let Some(row) = self.row_to_try(channel, kind).await? {
            let next = Hold { probe_ms: now + PROBE_EVERY_MS, ..hold.clone() };
            self.set_hold(channel, Some(&next)).await?;
            let sent = self.send_to_try(channel, row).await?;
            ended += sent.ended;
            if sent.asked > 0 {
                return Ok(ended);
            }
            self.set_hold(channel, Some(&hold)).await?;
        }
        Ok(ended)
    }

    async fn row_to_try(&self, channel: &Channel, kind: Kind) -> Result<Option<Leased>, DeliveryError> {
        let wanted = match kind {
            Kind::Answers => Wanted::Answers,
            Kind::Mornings => Wanted::Mornings,
        };
        if kind == Kind::Mornings {
            for _ in 0..BATCH {
                let mut plan = self.plan(channel, 1).await?;
                if let Some(row) = plan.rows.pop() {
                    return Ok(Some(row));
                }
                if plan.readers == 0 {
                    break;
                }
            }
        }
        Ok(self.lease(channel, wanted, First::LeastTried, 1).await?.pop())
    }

    /// Holds the account; one that is held already learns the newest reason.
    pub(super) async fn hold(&self, channel: &Channel, reason: HoldReason) -> Result<(), DeliveryError> {
        let now = self.ambient.now_ms();
        let before = self.hold_of(channel).await?;
        let fresh = Hold { reason: reason.as_str().to_owned(), since_ms: now, probe_ms: now + PROBE_EVERY_MS };
        let hold = match &before {
            Some(before) if before.reason == fresh.reason && before.probe_ms > now => return Ok(()),
            Some(before) => Hold { since_ms: before.since_ms, ..fresh },
            None => fresh,
        };
        self.set_hold(channel, Some(&hold)).await?;
        metrics::gauge!("hagukumi_account_held", "account" => channel.account.slug.clone()).set(1.0);
        if before.is_none_or(|before| before.reason != hold.reason) {
            tracing::error!(account = %channel.account.slug, reason = reason.as_str(), "deliveries are held: look at the account's token, allowance or content");
        }
        Ok(())
    }

    /// Lets the account's deliveries go. `free` says that only a reply was accepted.
    pub(super) async fn release(&self, channel: &Channel, free: bool) -> Result<(), DeliveryError> {
        if !self.hold_of(channel).await?.is_some_and(|hold| !free || stops_replies(&hold)) {
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
