//! Waits that are not deliveries: drafts left lying, and later retention and codes.

use entity::reader;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::seal::Blind;
use super::{Result, Store, Tx};
use crate::domain::ids::{AccountId, ReaderId};

/// A reader for whom something waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The account.
    pub account: AccountId,
    /// The reader.
    pub reader: ReaderId,
    /// Their lane.
    pub lane: Blind,
    /// The turn in which it began to wait.
    pub turn: i64,
}

impl Store {
    /// Readers for whom something has waited until `now` (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn care_due(&self, now: i64, limit: u64) -> Result<Vec<Waiting>> {
        let rows = reader::Entity::find()
            .filter(reader::Column::NextCareAt.lte(now))
            .order_by_asc(reader::Column::NextCareAt)
            .limit(limit)
            .all(&self.reader)
            .await?;
        let waiting = |row: reader::Model| {
            let lane = Blind::from_column(&row.user_blind)?;
            Some(Waiting { account: AccountId(row.account_id), reader: ReaderId(row.id), lane, turn: row.turn })
        };
        Ok(rows.into_iter().filter_map(waiting).collect())
    }
}

impl Tx {
    /// Takes note that the wait was handed on.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn care_taken(&self, reader: ReaderId) -> Result<()> {
        let update = Query::update()
            .table(reader::Entity)
            .value(reader::Column::NextCareAt, Option::<i64>::None)
            .and_where(Expr::col(reader::Column::Id).eq(reader.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }
}
