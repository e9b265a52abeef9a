//! Held accounts: nothing leaves but, every ten minutes, one real row.
//!
//! - A *hold* is lifted by an acceptance that disproves it: any push, or, where the token was refused,
//!   a reply. Replies are free and go on in every other hold.
//! - A row that ends without a request (nobody waits for it any more) has tried nothing: the next one
//!   is taken.
//! - A restored account (see `store`) is not tried at all, and no acceptance lets it go.
//! - Readers who were not tried yet come first: the oldest row may be the very one that LINE refuses.

use super::send::Trial;
use super::{BATCH, Channel, Deliveries, DeliveryError, Kind};
use crate::domain::delivery::health::{HoldReason, PROBE_EVERY_MS};
use crate::store::{First, Hold, Leased, Next, Outcome, RESTORED, Wanted};

/// Whether replies would fail for the same reason.
pub(super) fn stops_replies(hold: &Hold) -> bool {
    hold.reason == HoldReason::Token.as_str()
}

/// Whether nothing is pushed, not even to try: only an operator ends this hold.
fn awaits_operator(hold: &Hold) -> bool {
    hold.reason == RESTORED
}

/// Whether a row may be tried. What lies farther ahead than any probe was written by a clock that was wrong.
fn is_time(hold: &Hold, now: i64) -> bool {
    !awaits_operator(hold) && (hold.probe_ms <= now || hold.probe_ms > now + 2 * PROBE_EVERY_MS)
}

impl Deliveries {
    pub(super) async fn hold_of(&self, channel: &Channel) -> Result<Option<Hold>, DeliveryError> {
        let held = self.store.account(&channel.account.slug).await?.and_then(|account| account.held);
        // Another server may have held it, or let it go.
        metrics::gauge!("hagukumi_account_held", "account" => channel.account.slug.clone())
            .set(f64::from(u8::from(held.is_some())));
        Ok(held)
    }

    /// Tries one row when it is time. Its acceptance lifts the hold (see `send`).
    pub(super) async fn probe(&self, channel: &Channel, kind: Kind) -> Result<usize, DeliveryError> {
        let Ok(_only_one) = channel.probing.try_lock() else { return Ok(0) };
        let now = self.ambient.now_ms();
        let Some(hold) = self.hold_of(channel).await?.filter(|hold| is_time(hold, now)) else { return Ok(0) };
        let (mut ended, again) = (0, now + PROBE_EVERY_MS);
        while let Some(row) = self.row_to_try(channel, kind).await? {
            // Of several servers that find it time, one tries.
            if !self.move_probe(channel, hold.probe_ms, again).await? {
                self.put_back(&row).await?;
                return Ok(ended);
            }
            let sent = self.send_as(channel, vec![row], Trial::OfHold).await?;
            ended += sent.ended;
            if sent.asked > 0 {
                return Ok(ended);
            }
            self.move_probe(channel, again, hold.probe_ms).await?;
        }
        Ok(ended)
    }

    async fn move_probe(&self, channel: &Channel, from: i64, to: i64) -> Result<bool, DeliveryError> {
        let tx = self.store.begin().await?;
        let moved = tx.move_probe(channel.account.id, from, to).await?;
        tx.commit().await?;
        Ok(moved)
    }

    /// Gives a row back that nobody has tried.
    async fn put_back(&self, row: &Leased) -> Result<(), DeliveryError> {
        let next = Next::Again { at: self.ambient.now_ms(), maybe_sent: row.maybe_sent };
        let tx = self.store.begin().await?;
        tx.record(&Outcome { id: row.id, fence: row.fence, next, error: None }).await?;
        Ok(tx.commit().await?)
    }

    async fn row_to_try(&self, channel: &Channel, kind: Kind) -> Result<Option<Leased>, DeliveryError> {
        let wanted = match kind {
            Kind::Answers => Wanted::Answers,
            Kind::Mornings => Wanted::Mornings,
        };
        if kind == Kind::Mornings
            && let Some(row) = self.planned_to_try(channel).await?
        {
            return Ok(Some(row));
        }
        Ok(self.lease(channel, wanted, First::LeastTried, 1).await?.pop())
    }

    /// The row of one reader who is due and has none.
    pub(super) async fn planned_to_try(&self, channel: &Channel) -> Result<Option<Leased>, DeliveryError> {
        for _ in 0..BATCH {
            let mut plan = self.plan(channel, 1).await?;
            if !plan.rows.is_empty() || plan.readers == 0 {
                return Ok(plan.rows.pop());
            }
        }
        Ok(None)
    }

    /// Holds the account; one that is held already learns the newest reason.
    pub(super) async fn hold(&self, channel: &Channel, reason: HoldReason) -> Result<(), DeliveryError> {
        let now = self.ambient.now_ms();
        let tx = self.store.begin().await?;
        let before = tx.locked_account(channel.account.id).await?.and_then(|account| account.held);
        let fresh = Hold { reason: reason.as_str().to_owned(), since_ms: now, probe_ms: now + PROBE_EVERY_MS };
        let hold = match &before {
            Some(before) if awaits_operator(before) || before.reason == fresh.reason && before.probe_ms > now => {
                tx.give_up().await;
                return Ok(());
            }
            Some(before) => Hold { since_ms: before.since_ms, ..fresh },
            None => fresh,
        };
        tx.set_hold(channel.account.id, Some(&hold)).await?;
        tx.commit().await?;
        metrics::gauge!("hagukumi_account_held", "account" => channel.account.slug.clone()).set(1.0);
        if before.is_none_or(|before| before.reason != hold.reason) {
            tracing::error!(account = %channel.account.slug, reason = reason.as_str(), "deliveries are held: look at the account's token, allowance or content");
        }
        Ok(())
    }

    /// Lets the account's deliveries go. `free` says that only a reply was accepted.
    pub(super) async fn release(&self, channel: &Channel, free: bool) -> Result<(), DeliveryError> {
        let ends =
            |hold: Option<Hold>| hold.is_some_and(|hold| !awaits_operator(&hold) && (!free || stops_replies(&hold)));
        if !ends(self.hold_of(channel).await?) {
            return Ok(());
        }
        let tx = self.store.begin().await?;
        // Another server may have found another reason meanwhile.
        if !ends(tx.locked_account(channel.account.id).await?.and_then(|account| account.held)) {
            tx.give_up().await;
            return Ok(());
        }
        tx.set_hold(channel.account.id, None).await?;
        tx.commit().await?;
        metrics::gauge!("hagukumi_account_held", "account" => channel.account.slug.clone()).set(0.0);
        tracing::info!(account = %channel.account.slug, "deliveries go on");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_that_a_wrong_clock_put_off_for_a_day_is_not_waited_for() {
        let now = 1_795_302_000_000;
        let hold = |probe_ms| Hold { reason: "token".into(), since_ms: now, probe_ms };
        assert!(is_time(&hold(now), now));
        assert!(!is_time(&hold(now + 1), now) && !is_time(&hold(now + PROBE_EVERY_MS), now));
        assert!(is_time(&hold(now + 86_400_000), now));
    }
}
