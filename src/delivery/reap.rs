//! Rows that wait for another attempt, or whose holder died.

use super::{BATCH, Channel, Deliveries, DeliveryError, LEASE_MS};
use crate::domain::ids::AccountId;
use crate::fail::{self, Point};
use crate::store::{First, Leased, StoreError, Tries, Wanted};

impl Deliveries {
    /// Leases rows of an account that want to leave: the same key, the same parts, one fence higher.
    pub(super) async fn lease(
        &self,
        channel: &Channel,
        wanted: Wanted,
        first: First,
        limit: u64,
    ) -> Result<Vec<Leased>, DeliveryError> {
        let now = if wanted == Wanted::Replies { Some(self.ambient.now_ms()) } else { self.now_if_known() };
        let Some(now) = now else { return Ok(Vec::new()) };
        let account = channel.account.id;
        if !self.store.has_leasable(account, wanted, now).await? {
            return Ok(Vec::new());
        }
        let mut tries = Tries::default();
        loop {
            // Should an earlier try have been committed after all, its rows are taken up when that lease
            // has run out.
            match self.lease_once(account, (wanted, first), now, limit).await {
                Err(error) if tries.again(&error) => {}
                done => return Ok(done?),
            }
        }
    }

    async fn lease_once(
        &self,
        account: AccountId,
        which: (Wanted, First),
        now: i64,
        limit: u64,
    ) -> Result<Vec<Leased>, StoreError> {
        let tx = self.store.begin().await?;
        let rows = tx.lease(account, which, now, now + LEASE_MS, limit).await?;
        let again = rows.iter().any(|row| row.attempts > 1);
        if !rows.is_empty() {
            fail::at(if again { Point::R1 } else { Point::E0 });
        }
        tx.commit().await?;
        if again {
            fail::at(Point::R2);
        }
        Ok(rows)
    }

    /// Ends rows of an account whose window has closed, a batch in a transaction.
    pub(super) async fn end_overdue(&self, channel: &Channel) -> Result<(), DeliveryError> {
        let Some(now) = self.now_if_known() else { return Ok(()) };
        let account = channel.account.id;
        while self.store.has_overdue(account, now).await? {
            let tx = self.store.begin().await?;
            let ended = tx.end_overdue(account, now, BATCH).await?;
            fail::at(Point::R3);
            tx.commit().await?;
            if ended == 0 {
                break;
            }
            metrics::counter!("hagukumi_deliveries_total", "kind" => "any", "result" => "window_closed")
                .increment(ended as u64);
            tracing::warn!(rows = ended, "the window closed before these rows were accepted");
        }
        Ok(())
    }
}
