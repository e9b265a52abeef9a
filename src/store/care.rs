//! Waits that are not deliveries: drafts left lying, readers to be forgotten.

use entity::{child, consent, follow, reader};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::seal::Blind;
use super::{Fact, Result, Store, Tx};
use crate::domain::ids::{AccountId, ChildId, ReaderId};

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
    /// Since when it is due (milliseconds since 1970).
    pub since: i64,
}

/// How a reader leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// Nothing is to be known of them any more.
    ForGood,
    /// What was theirs is another account of LINE's now.
    ForAnotherPhone,
}

impl Store {
    /// Whether something has waited for anybody until `now` (milliseconds since 1970): asked before a
    /// transaction is begun.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn has_care_due(&self, now: i64) -> Result<bool> {
        let due = reader::Entity::find().filter(reader::Column::NextCareAt.lte(now));
        Ok(due.one(&self.reader).await?.is_some())
    }
}

impl Store {
    /// The next moment after `now` at which anything at all is due: a message, a wait, an attempt, the
    /// end of a lease or window, a probe. Milliseconds since 1970; for clocks that are moved by hand.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn next_moment(&self, now: i64) -> Result<Option<i64>> {
        const MOMENTS: [(&str, &str, Option<&str>); 6] = [
            ("reader", "next_due_at", None),
            ("reader", "next_care_at", None),
            ("account", "probe_at", None),
            ("delivery", "next_attempt_at", Some("waiting")),
            ("delivery", "lease_until", Some("sending")),
            ("delivery", "window_until", Some("waiting")),
        ];
        let mut all: Option<SelectStatement> = None;
        for (table, column, state) in MOMENTS {
            let mut query = Query::select();
            query.expr_as(Expr::col(column).min(), "at").from(table).and_where(Expr::col(column).gt(now));
            if let Some(state) = state {
                query.and_where(Expr::col("state").eq(state));
            }
            all =
                Some(all.map_or_else(|| query.clone(), |mut all| all.union(UnionType::All, query.clone()).to_owned()));
        }
        let rows = self.reader.query_all(&all.expect("there are moments")).await?;
        let moments: Vec<Option<i64>> = rows.iter().map(|row| row.try_get("", "at")).collect::<Result<_, _>>()?;
        Ok(moments.into_iter().flatten().min())
    }

    /// When a message is due next after `now`, for anybody (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn next_due_after(&self, now: i64) -> Result<Option<i64>> {
        let mut query = Query::select();
        query.expr_as(Expr::col(reader::Column::NextDueAt).min(), "at").from(reader::Entity);
        query.and_where(Expr::col(reader::Column::NextDueAt).gt(now));
        let row = self.reader.query_one(&query).await?;
        Ok(row.map(|row| row.try_get("", "at")).transpose()?.flatten())
    }
}

impl Tx {
    /// Readers for whom something has waited until `now` (milliseconds since 1970), the longest waiting
    /// first, and whom nobody else has in hand: they are locked.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn take_waiting(&self, now: i64, limit: u64) -> Result<Vec<Waiting>> {
        let rows = reader::Entity::find()
            .filter(reader::Column::NextCareAt.lte(now))
            .order_by_asc(reader::Column::NextCareAt)
            .limit(limit)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .all(&self.inner)
            .await?;
        let waiting = |row: reader::Model| {
            let lane = Blind::from_column(&row.user_blind)?;
            let since = row.next_care_at?;
            Some(Waiting { account: AccountId(row.account_id), reader: ReaderId(row.id), lane, turn: row.turn, since })
        };
        Ok(rows.into_iter().filter_map(waiting).collect())
    }

    /// Forgets a reader, who leaves in this way: their row, consents, codes and follow edges, and children nobody follows any more.
    /// What left keeps its purpose and blind index, so that nobody gets a second message on a day on
    /// which they come back; its contents were blanked when it ended.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn forget_reader(&self, reader: ReaderId, leaving: Leaving) -> Result<()> {
        for child in self.followed_by(reader).await? {
            self.end_follow(reader, child).await?;
        }
        self.note(match leaving {
            Leaving::ForGood => Fact::Erased(reader),
            Leaving::ForAnotherPhone => Fact::Moved(reader),
        });
        self.forget_codes_of(reader).await?;
        self.leave_menu(reader).await?;
        consent::Entity::delete_many().filter(consent::Column::ReaderId.eq(reader.0)).exec(&self.inner).await?;
        reader::Entity::delete_by_id(reader.0).exec(&self.inner).await?;
        Ok(())
    }

    /// Forgets that a reader followed a child, and the child when nobody follows it any more.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn forget_follow(&self, reader: ReaderId, child: ChildId) -> Result<()> {
        self.note(Fact::Gone(reader, child));
        self.end_follow(reader, child).await
    }

    async fn end_follow(&self, reader: ReaderId, child: ChildId) -> Result<()> {
        follow::Entity::delete_by_id((reader.0, child.0)).exec(&self.inner).await?;
        if self.followers(child).await?.is_empty() {
            child::Entity::delete_by_id(child.0).exec(&self.inner).await?;
        }
        Ok(())
    }

    async fn followed_by(&self, reader: ReaderId) -> Result<Vec<ChildId>> {
        let edges = follow::Entity::find().filter(follow::Column::ReaderId.eq(reader.0)).all(&self.inner).await?;
        Ok(edges.into_iter().map(|edge| ChildId(edge.child_id)).collect())
    }

    /// Takes note that the wait was handed on; it is handed on again at `again` (milliseconds since
    /// 1970) unless what came of it says otherwise.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn care_taken(&self, reader: ReaderId, again: i64) -> Result<()> {
        let update = Query::update()
            .table(reader::Entity)
            .value(reader::Column::NextCareAt, again)
            .and_where(Expr::col(reader::Column::Id).eq(reader.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }
}
