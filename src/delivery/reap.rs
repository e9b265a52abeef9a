//! Rows that wait for another attempt, or whose holder died.

use super::{Channel, Deliveries, DeliveryError, Kind, LEASE_MS};
use crate::store::Leased;

impl Deliveries {
    /// Leases rows of an account that want to leave: the same key, the same parts, one fence higher.
    pub(super) async fn lease(&self, channel: &Channel, kind: Kind, limit: u64) -> Result<Vec<Leased>, DeliveryError> {
        let now = self.ambient.now_ms();
        let account = channel.account.id;
        if !self.store.has_leasable(account, kind == Kind::Answers, now).await? {
            return Ok(Vec::new());
        }
        let tx = self.store.begin().await?;
        let rows = tx.lease(account, kind == Kind::Answers, now, now + LEASE_MS, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Ends rows whose window has closed.
    pub(super) async fn end_overdue(&self) -> Result<(), DeliveryError> {
        let now = self.ambient.now_ms();
        if !self.store.has_overdue(now).await? {
            return Ok(());
        }
        let tx = self.store.begin().await?;
        let ended = tx.end_overdue(now).await?;
        tx.commit().await?;
        metrics::counter!("hagukumi_deliveries_total", "kind" => "any", "result" => "window_closed")
            .increment(ended as u64);
        tracing::warn!(rows = ended, "the window closed before these rows were accepted");
        Ok(())
    }
}
