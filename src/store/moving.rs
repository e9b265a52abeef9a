//! Who follows beside whom, leaving a family, moving to another account of LINE, and leaving for good.

use entity::{delivery, follow};
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder,
};

use super::deliveries::open;
use super::seal::At;
use super::{ReaderRow, Result, StoreError, Tx};
use crate::domain::delivery::{Purpose, State};
use crate::domain::family::{Follow, Role, StopReason};
use crate::domain::ids::{ChildId, ReaderId};

/// A follow edge of somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Who.
    pub reader: ReaderId,
    /// What they are to the child.
    pub role: Role,
    /// Whether they registered it.
    pub registrant: bool,
    /// When they began to follow it (milliseconds since 1970).
    pub since: i64,
}

impl Tx {
    /// The edges of everybody else to these children, the oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn edges_beside(&self, reader: ReaderId, children: &[ChildId]) -> Result<Vec<Edge>> {
        let rows = follow::Entity::find()
            .filter(follow::Column::ChildId.is_in(children.iter().map(|child| child.0)))
            .filter(follow::Column::ReaderId.ne(reader.0))
            .order_by_asc(follow::Column::CreatedAt)
            .order_by_asc(follow::Column::ReaderId)
            .all(&self.inner)
            .await?;
        let edge = |row: follow::Model| {
            let corrupt = || StoreError::corrupt(At { table: "follow", column: "role", row: row.child_id });
            let role = Role::from_word(&row.role).ok_or_else(corrupt)?;
            Ok(Edge { reader: ReaderId(row.reader_id), role, registrant: row.registrant, since: row.created_at })
        };
        rows.into_iter().map(edge).collect()
    }

    /// What a reader is to a child.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn set_role(&self, reader: ReaderId, child: ChildId, role: Role) -> Result<()> {
        let update = Query::update()
            .table(follow::Entity)
            .value(follow::Column::Role, role.as_str())
            .and_where(Expr::col(follow::Column::ReaderId).eq(reader.0))
            .and_where(Expr::col(follow::Column::ChildId).eq(child.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// Gives everything that one reader follows, their consents and their codes to another one. What both
    /// follow becomes what it was for the first one, but a right to speak for it or a loss that either
    /// had stays.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn move_reader(&self, from: &ReaderRow, to: &ReaderRow) -> Result<()> {
        for follow in &from.follows {
            let child = follow.child.id;
            let own = to.follows.iter().find(|own| own.child.id == child);
            match own {
                Some(own) => self.join_edges(to.id, own, follow).await?,
                None => self.move_edge(from.id, to.id, child).await?,
            }
            // What is sealed names its reader.
            let lost = own.and_then(|own| own.stopped).filter(|stop| stop.reason == StopReason::Loss);
            let (stop, before) = (lost.or(follow.stopped), own.and_then(|own| own.stopped));
            if stop.is_some() || before.is_some() {
                self.set_stop(to.id, child, stop).await?;
            }
        }
        for (table, column) in [("consent", "reader_id"), ("code", "reader_id")] {
            let update = Query::update()
                .table(table)
                .value(column, to.id.0)
                .and_where(Expr::col(column).eq(from.id.0))
                .to_owned();
            self.inner.execute(&update).await?;
        }
        Ok(())
    }

    /// What a reader is to a child once somebody else's edge to it is theirs, too.
    async fn join_edges(&self, to: ReaderId, own: &Follow, moved: &Follow) -> Result<()> {
        if matches!(moved.role, Role::Mother | Role::Father) || !own.is_parent() {
            self.set_role(to, own.child.id, moved.role).await?;
        }
        let update = Query::update()
            .table(follow::Entity)
            .value(follow::Column::Registrant, own.registrant || moved.registrant)
            .and_where(Expr::col(follow::Column::ReaderId).eq(to.0))
            .and_where(Expr::col(follow::Column::ChildId).eq(own.child.id.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    async fn move_edge(&self, from: ReaderId, to: ReaderId, child: ChildId) -> Result<()> {
        let update = Query::update()
            .table(follow::Entity)
            .value(follow::Column::ReaderId, to.0)
            .and_where(Expr::col(follow::Column::ReaderId).eq(from.0))
            .and_where(Expr::col(follow::Column::ChildId).eq(child.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// Writes for `to` that there is nothing more to send for a purpose for which `from` has a row: it was
    /// never sent here, and whoever moved had it there. Nothing where `to` has a row of their own.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn share_delivery(&self, from: &ReaderRow, to: &ReaderRow, purpose: &Purpose) -> Result<()> {
        let found = delivery::Entity::find()
            .filter(delivery::Column::AccountId.eq(from.account.0))
            .filter(delivery::Column::UserBlind.eq(from.blind.0.to_vec()))
            .filter(delivery::Column::Purpose.eq(purpose.as_str()))
            .one(&self.inner)
            .await?;
        let Some(row) = found else { return Ok(()) };
        if self.has_delivery(to.account, to.blind, purpose).await? {
            return Ok(());
        }
        let mut copy = row.into_active_model();
        copy.id = Set(self.ambient.id());
        copy.reader_id = Set(Some(to.id.0));
        copy.user_blind = Set(to.blind.0.to_vec());
        copy.rides_on = Set(None);
        copy.parts_sealed = Set(None);
        copy.state = Set(State::Lapsed.as_str().to_owned());
        copy.maybe_sent = Set(false);
        copy.lease_until = Set(None);
        copy.request_id = Set(None);
        copy.error = Set(Some("moved".to_owned()));
        copy.settled_at = Set(Some(self.ambient.now_ms()));
        delivery::Entity::insert(copy).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Ends everything that still wants to leave for a reader, blanks every word, and forgets whose the
    /// rows were. Purposes and blind indexes stay, so that no day's message comes twice.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn erase_deliveries(&self, reader: ReaderId) -> Result<()> {
        let mine = || Cond::all().add(Expr::col(delivery::Column::ReaderId).eq(reader.0));
        for maybe_sent in [false, true] {
            let end = Query::update()
                .table(delivery::Entity)
                .value(delivery::Column::State, State::when_time_passed(maybe_sent).as_str())
                .value(delivery::Column::Error, "cancelled")
                .value(delivery::Column::Fence, Expr::col(delivery::Column::Fence).add(1))
                .value(delivery::Column::SettledAt, self.ambient.now_ms())
                .cond_where(mine().add(open()))
                .and_where(Expr::col(delivery::Column::MaybeSent).eq(maybe_sent))
                .to_owned();
            self.inner.execute(&end).await?;
        }
        let blank = Query::update()
            .table(delivery::Entity)
            .value(delivery::Column::PartsSealed, Option::<Vec<u8>>::None)
            .value(delivery::Column::ReaderId, Option::<i64>::None)
            .cond_where(mine())
            .to_owned();
        self.inner.execute(&blank).await?;
        Ok(())
    }
}
