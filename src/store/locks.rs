//! What is locked, and in which order, so that servers side by side neither do a thing twice nor wait
//! for each other for ever. On SQLite the one writer already is every lock.
//!
//! 1. **The lane**, before anything else: its events are decided one by one. A lane that is taken is left
//!    to whoever has it.
//! 2. **Children, then readers**, each in the order of their ids, *before* anything of them is read: what a
//!    step looks at can then not change under it, and a change that concerns a whole family waits for the
//!    decisions of the others, and they for it.
//! 3. **Deliveries** in the order of their ids.
//!
//! Plans and leases wait for nobody: rows that are locked are skipped, and found again by the next tick.
//! Where an order cannot be kept, PostgreSQL ends one of the two, and its whole transaction is tried again
//! (see `again`).

use entity::{child, delivery, follow, reader};
use sea_orm::sea_query::{
    Expr, ExprTrait as _, IntoTableRef, LockBehavior, LockType, Order, Query, SelectStatement, UnionType,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};

use super::seal::Blind;
use super::{Backend, Result, Tx};
use crate::domain::ids::{AccountId, ReaderId};

/// The schema's lock: two numbers, so that it can never be mistaken for a lane's one.
const SCHEMA_LOCK: (i32, i32) = (0x6861_6775, 1);

/// A lane as PostgreSQL locks it. The blind index is a keyed hash already; two lanes that happened to
/// share a number would only take turns.
fn number(account: AccountId, lane: Blind) -> i64 {
    /// An odd number without a pattern (the golden ratio), so that no two parts cancel each other out.
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let half = |at: usize| lane.0[at..at + 8].iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    let parts = [account.0.cast_unsigned(), half(0), half(8)];
    parts.into_iter().fold(0, |all: u64, part| (all ^ part).wrapping_mul(SPREAD).rotate_left(29)).cast_signed()
}

impl Tx {
    /// Takes the lane for this transaction, over all servers, so that its events are decided one by one;
    /// also before its reader exists. `false` when another has it: it decides what waits there.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn lock_lane(&self, account: AccountId, lane: Blind) -> Result<bool> {
        if self.backend == Backend::Sqlite {
            return Ok(true);
        }
        let number = number(account, lane);
        let asked = format!("SELECT pg_try_advisory_xact_lock({number}) AS taken");
        let row = self.inner.query_one_raw(Statement::from_string(self.inner.get_database_backend(), asked)).await?;
        Ok(row.map(|row| row.try_get("", "taken")).transpose()?.unwrap_or(false))
    }

    /// Takes the schema for this transaction: whoever else migrates waits, however long it lasts.
    pub(super) async fn lock_schema(&self) -> Result<()> {
        if self.backend == Backend::Sqlite {
            return Ok(());
        }
        for limit in ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"] {
            self.inner.execute_unprepared(&format!("SET LOCAL {limit} = 0")).await?;
        }
        let (house, door) = SCHEMA_LOCK;
        self.inner.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({house}, {door})")).await?;
        Ok(())
    }

    /// Locks a reader, if there is one, with everybody who shares a child with them, and these children.
    /// Asked before any of them is read; also of whoever invites, before their family is joined, so that no
    /// change of it passes the newcomer by.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn lock_family(&self, account: AccountId, user: Blind) -> Result<()> {
        if self.backend == Backend::Sqlite {
            return Ok(());
        }
        let reader = reader::Entity::find()
            .filter(reader::Column::AccountId.eq(account.0))
            .filter(reader::Column::UserBlind.eq(user.0.to_vec()));
        match reader.one(&self.inner).await? {
            Some(reader) => self.lock_around(ReaderId(reader.id)).await,
            None => Ok(()),
        }
    }

    /// As [`Tx::lock_family`], for the reader of that id: asked before somebody else joins or takes over
    /// what they follow.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn lock_around(&self, of: ReaderId) -> Result<()> {
        if self.backend == Backend::Sqlite {
            return Ok(());
        }
        let theirs = || {
            Query::select()
                .column(follow::Column::ChildId)
                .from(follow::Entity)
                .and_where(Expr::col(follow::Column::ReaderId).eq(of.0))
                .to_owned()
        };
        let children = Expr::col(child::Column::Id).in_subquery(theirs());
        self.lock_rows(Query::select().column(child::Column::Id).from(child::Entity).and_where(children)).await?;
        let around = Query::select()
            .column(follow::Column::ReaderId)
            .from(follow::Entity)
            .and_where(Expr::col(follow::Column::ChildId).in_subquery(theirs()))
            // Not "or": with that, PostgreSQL would look at every reader there is.
            .union(UnionType::Distinct, Query::select().expr(Expr::val(of.0)).to_owned())
            .to_owned();
        let readers = Expr::col(reader::Column::Id).in_subquery(around);
        self.lock_rows(Query::select().column(reader::Column::Id).from(reader::Entity).and_where(readers)).await?;
        Ok(())
    }

    /// Locks these deliveries: asked before many are changed in one statement, whose own order nobody
    /// promises.
    pub(super) async fn lock_deliveries(&self, ids: impl Iterator<Item = i64>) -> Result<()> {
        if self.backend == Backend::Sqlite {
            return Ok(());
        }
        let these = Expr::col(delivery::Column::Id).is_in(ids);
        self.lock_rows(Query::select().column(delivery::Column::Id).from(delivery::Entity).and_where(these)).await
    }

    /// Locks rows in the order of their ids, waiting for whoever has them.
    async fn lock_rows(&self, rows: &mut SelectStatement) -> Result<()> {
        self.inner.query_all(rows.order_by("id", Order::Asc).lock(LockType::Update)).await?;
        Ok(())
    }

    /// Of these readers those who are due at `now` (milliseconds since 1970) and whom nobody else has in
    /// hand, locked; in the order of their ids.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn take_due(&self, ids: &[ReaderId], now: i64) -> Result<Vec<ReaderId>> {
        let mut query = Query::select();
        query
            .column(reader::Column::Id)
            .from(reader::Entity)
            .and_where(Expr::col(reader::Column::Id).is_in(ids.iter().map(|id| id.0)))
            .and_where(Expr::col(reader::Column::NextDueAt).lte(now));
        let rows = self.inner.query_all(&skipping(&mut query)).await?;
        rows.iter().map(|row| Ok(ReaderId(row.try_get("", "id")?))).collect()
    }
}

/// In the order of ids, leaving out what another has.
pub(super) fn skipping(query: &mut SelectStatement) -> SelectStatement {
    query.order_by("id", Order::Asc).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).to_owned()
}

/// Rows that are changed in one statement where many are to be.
pub(super) const BATCH: u64 = 1_000;

/// At most [`BATCH`] rows of a table that are wanted and that nobody else has in hand: for sweeps that
/// several servers make at once.
pub(super) fn a_batch(table: impl IntoTableRef, mut wanted: SelectStatement) -> SelectStatement {
    skipping(wanted.column("id").from(table).limit(BATCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_have_numbers_of_their_own_in_every_account() {
        let nobody = (number(AccountId(1), Blind::NOBODY), number(AccountId(2), Blind::NOBODY));
        assert_ne!(nobody.0, nobody.1);
        assert_ne!(number(AccountId(1), Blind([1; 16])), number(AccountId(1), Blind([2; 16])));
        assert_eq!(number(AccountId(1), Blind([3; 16])), number(AccountId(1), Blind([3; 16])));
    }
}
