//! Readers whom LINE refuses morning after morning, and mornings that are to be tried afresh.

use std::collections::HashSet;

use entity::delivery::{self, Column};
use entity::{reader, webhook_event as event};
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait as _, QueryFilter, QueryOrder as _, QuerySelect as _,
};

use super::locks::BATCH;
use super::{ReaderRow, Result, Tx};
use crate::domain::delivery::health::MORNINGS_REFUSED;
use crate::domain::delivery::{Purpose, State};
use crate::domain::ids::{AccountId, ReaderId};

impl Tx {
    /// Those of these readers whose last [`MORNINGS_REFUSED`] mornings LINE refused, and of whom nothing was
    /// heard since.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn unreachable(&self, readers: &[ReaderRow]) -> Result<HashSet<ReaderId>> {
        let suspects = self.often_refused().await?;
        let mut unreachable = HashSet::new();
        for reader in readers.iter().filter(|reader| suspects.contains(&reader.id)) {
            if self.is_unreachable(reader).await? {
                unreachable.insert(reader.id);
            }
        }
        Ok(unreachable)
    }

    /// Few rows are refused, so these are found before anybody's mornings are looked at.
    async fn often_refused(&self) -> Result<HashSet<ReaderId>> {
        let query = Query::select()
            .column(Column::ReaderId)
            .from(delivery::Entity)
            .and_where(Expr::col(Column::State).eq(State::Refused.as_str()))
            .and_where(Expr::col(Column::ReaderId).is_not_null())
            .group_by_col(Column::ReaderId)
            .and_having(Expr::col(Column::Id).count().gte(MORNINGS_REFUSED))
            .to_owned();
        let rows = self.inner.query_all(&query).await?;
        rows.iter().map(|row| Ok(ReaderId(row.try_get("", "reader_id")?))).collect()
    }

    async fn is_unreachable(&self, reader: &ReaderRow) -> Result<bool> {
        let last = delivery::Entity::find()
            .filter(Column::ReaderId.eq(reader.id.0))
            .filter(Column::Purpose.like("daily/%"))
            .order_by_desc(Column::Purpose)
            .limit(MORNINGS_REFUSED)
            .all(&self.inner)
            .await?;
        let Some(oldest) = last.last().filter(|_| last.iter().all(|row| row.state == State::Refused.as_str())) else {
            return Ok(false);
        };
        let heard = event::Entity::find()
            .filter(event::Column::AccountId.eq(reader.account.0))
            .filter(event::Column::Lane.eq(reader.blind.0.to_vec()))
            // Ids are of the moment at which a row was made.
            .filter(event::Column::Id.gt(oldest.id));
        Ok(last.len() as u64 >= MORNINGS_REFUSED && heard.count(&self.inner).await? == 0)
    }

    /// Forgets some of that morning's rows that LINE refused, or that were not sent because their content was
    /// withdrawn, and that certainly reached nobody: their readers, who are returned, are due at `now`
    /// (milliseconds since 1970). Asked until nobody is returned.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn forget_refused(&self, account: AccountId, morning: &Purpose, now: i64) -> Result<Vec<ReaderId>> {
        let refused = Cond::all().add(Column::State.eq(State::Refused.as_str())).add(Column::MaybeSent.eq(false));
        let withdrawn = Cond::all().add(Column::State.eq(State::Lapsed.as_str())).add(Column::Error.eq(WITHDRAWN));
        let rows = delivery::Entity::find()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::Purpose.eq(morning.as_str()))
            .filter(Cond::any().add(refused).add(withdrawn))
            .filter(Column::RidesOn.is_null())
            .filter(Column::ReaderId.is_not_null())
            .limit(BATCH)
            .all(&self.inner)
            .await?;
        let readers: Vec<i64> = rows.iter().filter_map(|row| row.reader_id).collect();
        let due = Query::update()
            .table(reader::Entity)
            .value(reader::Column::NextDueAt, now)
            .and_where(Expr::col(reader::Column::Id).is_in(readers.iter().copied()))
            .to_owned();
        self.inner.execute(&due).await?;
        let ids = rows.iter().map(|row| row.id);
        delivery::Entity::delete_many().filter(Column::Id.is_in(ids)).exec(&self.inner).await?;
        Ok(readers.into_iter().map(ReaderId).collect())
    }
}

/// The error of a row that was not sent because LINE refuses its content.
pub const WITHDRAWN: &str = "content_withdrawn";
