//! Bodies of webhooks that were put aside: kept sealed for 7 days, and read again by a server whose
//! settings, or whose programme, know better.

use entity::webhook_event as event;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::events::{EventRow, EventState};
use super::{Result, Store, Tx};
use crate::domain::ids::{AccountId, EventId};

/// Bodies that are opened at once; each has at most a mebibyte.
const SOME: u64 = 8;

impl Store {
    /// Some of the account's bodies that were put aside and are still kept, the oldest first, behind the
    /// given one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`](super::StoreError::Database).
    pub async fn put_aside(&self, account: AccountId, behind: Option<EventId>) -> Result<Vec<EventRow>> {
        let rows = event::Entity::find()
            .filter(event::Column::State.eq(EventState::Quarantined.as_str()))
            .filter(event::Column::AccountId.eq(account.0))
            .filter(event::Column::PayloadSealed.is_not_null())
            .filter(event::Column::Id.gt(behind.map_or(i64::MIN, |id| id.0)))
            .order_by_asc(event::Column::Id)
            .limit(SOME);
        rows.all(&self.reader).await?.into_iter().map(|row| self.opened(row)).collect()
    }

    fn opened(&self, row: event::Model) -> Result<EventRow> {
        super::events::opened(&self.sealer, row)
    }
}

impl Tx {
    /// Ends a body that was put aside: its events are kept by this transaction. Whether it still was aside.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`](super::StoreError::Database).
    pub async fn take_up(&self, id: EventId) -> Result<bool> {
        let update = Query::update()
            .table(event::Entity)
            .value(event::Column::State, EventState::Done.as_str())
            .value(event::Column::Note, "taken up again")
            .value(event::Column::PayloadSealed, Option::<Vec<u8>>::None)
            .and_where(Expr::col(event::Column::State).eq(EventState::Quarantined.as_str()))
            .and_where(Expr::col(event::Column::Id).eq(id.0))
            .to_owned();
        Ok(self.inner.execute(&update).await?.rows_affected() == 1)
    }
}
