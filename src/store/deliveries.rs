//! Rows of everything that leaves: made, leased, looked up. What becomes of them is in `outcomes`.
//!
//! A *lease* says until when its holder may be sending; a *fence* tells a holder that lost it. A row
//! that *rides on* an answer (today's message inside a reply) is never leased by itself.
//!
//! A row that cannot be opened is ended where it is found, with an alarm: it must not keep the rows
//! beside it from leaving.

use std::collections::HashMap;

use entity::delivery::{self, Column};
use sea_orm::sea_query::{
    Cond, Expr, ExprTrait as _, Func, LockBehavior, LockType, OnConflict, Order, Query, SelectStatement,
    WindowStatement,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect as _,
    sea_query::SimpleExpr,
};

use super::locks::{BATCH, a_batch};
use super::seal::{At, Blind};
use super::{Next, Outcome, ReaderRow, Result, Store, StoreError, Tx};
use crate::clock::Ambient;
use crate::domain::delivery::health::PROBE_EVERY_MS;
use crate::domain::delivery::{Parts, Purpose, State};
use crate::domain::ids::{AccountId, DeliveryId, ReaderId};

/// How a row leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// Counted by LINE, protected by a retry key.
    Push,
    /// Free, by a reply token.
    Reply,
}

impl Via {
    /// The word in the row and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Reply => "reply",
        }
    }
}

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Mornings.
    Mornings,
    /// Everything but mornings.
    Answers,
    /// Of the answers, those that leave for free.
    Replies,
}

/// Which of the wanted rows come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// The oldest.
    Oldest,
    /// Those that were tried least often: to try an account with, where the oldest row may be the very
    /// one that LINE refuses.
    LeastTried,
}

/// A row to be made.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// The account that speaks.
    pub account: AccountId,
    /// Whom it is for; `None` for a group.
    pub reader: Option<ReaderId>,
    /// The blind index of the user or group.
    pub blind: Blind,
    /// What it is for.
    pub purpose: Purpose,
    /// How it leaves.
    pub via: Via,
    /// Where it starts: waiting, sending (leased at once) or lapsed.
    pub state: State,
    /// The end of its window (milliseconds since 1970).
    pub window_until: i64,
    /// The end of its lease, when it starts as sending.
    pub lease_until: Option<i64>,
    /// The answer it travels in.
    pub rides_on: Option<DeliveryId>,
    /// It is not tried by itself before then (milliseconds since 1970).
    pub not_before: Option<i64>,
    /// What it holds; a lapsed row keeps nothing.
    pub parts: Option<Parts>,
}

/// A row whose lease we hold.
#[derive(Debug, Clone)]
pub struct Leased {
    /// Ours.
    pub id: DeliveryId,
    /// The account that speaks.
    pub account: AccountId,
    /// The reader, as they were when the lease was taken; `None` for a group.
    pub reader: Option<ReaderRow>,
    /// What it is for.
    pub purpose: Purpose,
    /// How it leaves.
    pub via: Via,
    /// Tells whether the lease is still ours.
    pub fence: i32,
    /// Attempts including this one.
    pub attempts: u32,
    /// Whether an earlier attempt may have reached the reader.
    pub maybe_sent: bool,
    /// The end of the lease (milliseconds since 1970).
    pub lease_until: i64,
    /// The end of its window (milliseconds since 1970).
    pub window_until: i64,
    /// When the row was made (milliseconds since 1970).
    pub created_at: i64,
    /// What it holds.
    pub parts: Parts,
}

/// Answers to one reader that are leased at once: they leave one after the other, and whoever is answered a
/// thousand times must not keep the others waiting.
const OF_ONE_READER: i64 = 5;

pub(super) const fn at(row: i64) -> At<'static> {
    At { table: "delivery", column: "parts_sealed", row }
}

/// Nothing is leased or put off for longer than the time between two probes. Whatever lies farther ahead than
/// twice as long was written by a clock that was wrong, and is not waited for (milliseconds).
const HORIZON_MS: i64 = 2 * PROBE_EVERY_MS;

/// Whether the moment in that column is past, or can be no moment of ours.
fn is_over(column: Column, now: i64) -> SimpleExpr {
    Expr::col(column).lte(now).or(Expr::col(column).gt(now + HORIZON_MS))
}

/// Rows of an account that anybody may lease now.
fn leasable(account: AccountId, wanted: Wanted, now: i64) -> SelectStatement {
    // A morning that was never tried travelled in an answer, and waits for its hour.
    let for_its_hour = Expr::col(Column::Purpose).like("daily/%").and(Expr::col(Column::Attempts).eq(0));
    let too_soon = for_its_hour.and(Expr::col(Column::NextAttemptAt).gt(now));
    let waits = Expr::col(Column::State).eq(State::Waiting.as_str());
    let waits = waits.and(is_over(Column::NextAttemptAt, now)).and(too_soon.not());
    let dropped = Expr::col(Column::State).eq(State::Sending.as_str()).and(is_over(Column::LeaseUntil, now));
    let morning = Expr::col(Column::Purpose).like("daily/%");
    Query::select()
        .column(Column::Id)
        .from(delivery::Entity)
        .cond_where(Cond::any().add(waits).add(dropped))
        .and_where(Expr::col(Column::AccountId).eq(account.0))
        .and_where(Expr::col(Column::RidesOn).is_null())
        .and_where(Expr::col(Column::WindowUntil).gt(now))
        .and_where(match wanted {
            Wanted::Mornings => morning,
            Wanted::Answers => morning.not(),
            Wanted::Replies => morning.not().and(Expr::col(Column::Via).eq(Via::Reply.as_str())),
        })
        .to_owned()
}

/// Of the answers that anybody may lease now, the oldest few of each reader.
fn fair(account: AccountId, wanted: Wanted, now: i64) -> SelectStatement {
    let mut numbered = leasable(account, wanted, now);
    let of_reader = WindowStatement::partition_by(Column::ReaderId).order_by(Column::Id, Order::Asc).take();
    numbered.expr_window_as(Func::cust("ROW_NUMBER"), of_reader, "place");
    Query::select()
        .column(Column::Id)
        .from_subquery(numbered, "numbered")
        .and_where(Expr::col("place").lte(OF_ONE_READER))
        .to_owned()
}

/// Rows of an account whose window has closed and that nobody is sending. Riders wait for their answer.
pub(super) fn overdue(account: AccountId, now: i64) -> Cond {
    let leased = Expr::col(Column::State).eq(State::Sending.as_str()).and(is_over(Column::LeaseUntil, now).not());
    Cond::all()
        .add(Expr::col(Column::AccountId).eq(account.0))
        .add(open())
        .add(Expr::col(Column::WindowUntil).lte(now))
        .add(Expr::col(Column::RidesOn).is_null())
        .add(leased.not())
}

pub(super) fn open() -> SimpleExpr {
    Expr::col(Column::State).is_in([State::Waiting.as_str(), State::Sending.as_str()])
}

impl Tx {
    /// Makes a row; `None` when this user already has one for the purpose.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn keep_delivery(&self, new: &NewDelivery) -> Result<Option<DeliveryId>> {
        let (id, now) = (self.ambient.id(), self.ambient.now_ms());
        let sending = new.state == State::Sending;
        let row = delivery::ActiveModel {
            id: Set(id),
            account_id: Set(new.account.0),
            reader_id: Set(new.reader.map(|reader| reader.0)),
            user_blind: Set(new.blind.0.to_vec()),
            purpose: Set(new.purpose.as_str().to_owned()),
            via: Set(new.via.as_str().to_owned()),
            state: Set(new.state.as_str().to_owned()),
            lease_until: Set(new.lease_until),
            fence: Set(0),
            attempts: Set(i32::from(sending)),
            maybe_sent: Set(sending),
            next_attempt_at: Set(
                (new.state == State::Waiting).then_some(new.not_before.filter(|at| *at > now).unwrap_or(now))
            ),
            window_until: Set(new.window_until),
            rides_on: Set(new.rides_on.map(|answer| answer.0)),
            parts_sealed: Set(new.parts.as_ref().map(|parts| self.sealer.seal_json(at(id), parts))),
            request_id: Set(None),
            error: Set(None),
            created_at: Set(now),
            settled_at: Set(new.state.is_final().then_some(now)),
        };
        let once = OnConflict::columns([Column::AccountId, Column::UserBlind, Column::Purpose]).do_nothing().to_owned();
        let made = delivery::Entity::insert(row).on_conflict(once).exec_without_returning(&self.inner).await?;
        Ok((made == 1).then_some(DeliveryId(id)))
    }

    /// Whether this user has a row for the purpose.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn has_delivery(&self, account: AccountId, blind: Blind, purpose: &Purpose) -> Result<bool> {
        let rows = delivery::Entity::find()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::UserBlind.eq(blind.0.to_vec()))
            .filter(Column::Purpose.eq(purpose.as_str()));
        Ok(rows.count(&self.inner).await? > 0)
    }

    /// This user's row for the purpose, if it waits and is in nobody's hands. It is held until the transaction
    /// ends, so that nobody sends it meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn waiting_delivery(
        &self,
        account: AccountId,
        blind: Blind,
        purpose: &Purpose,
    ) -> Result<Option<DeliveryId>> {
        let rows = delivery::Entity::find()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::UserBlind.eq(blind.0.to_vec()))
            .filter(Column::Purpose.eq(purpose.as_str()))
            .filter(Column::State.eq(State::Waiting.as_str()))
            .filter(Column::RidesOn.is_null());
        let row = rows.lock(LockType::Update).one(&self.inner).await?;
        Ok(row.map(|row| DeliveryId(row.id)))
    }

    /// Whether something still wants to leave for this user or group.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn has_open_delivery(&self, account: AccountId, blind: Blind) -> Result<bool> {
        let rows = delivery::Entity::find()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::UserBlind.eq(blind.0.to_vec()))
            .filter(open());
        Ok(rows.count(&self.inner).await? > 0)
    }

    /// Leases rows of an account that want to leave now, or whose holder let the lease run out.
    /// `lease_until` and `now` in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn lease(
        &self,
        account: AccountId,
        (wanted, first): (Wanted, First),
        now: i64,
        lease_until: i64,
        limit: u64,
    ) -> Result<Vec<Leased>> {
        let mut select = leasable(account, wanted, now);
        if wanted != Wanted::Mornings {
            select.and_where(Expr::col(Column::Id).in_subquery(fair(account, wanted, now)));
        }
        if first == First::LeastTried {
            select.order_by(Column::Attempts, Order::Asc);
        }
        select.order_by(Column::Id, Order::Asc);
        select.limit(limit).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let ids = self.inner.query_all(&select).await?;
        let ids: Vec<i64> = ids.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
        self.take(&ids, lease_until).await
    }

    async fn take(&self, ids: &[i64], lease_until: i64) -> Result<Vec<Leased>> {
        let mut rows = delivery::Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(&self.inner).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
        let update = Query::update()
            .table(delivery::Entity)
            .value(Column::State, State::Sending.as_str())
            .value(Column::LeaseUntil, lease_until)
            .value(Column::MaybeSent, true)
            .value(Column::Fence, Expr::col(Column::Fence).add(1))
            .value(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .and_where(Expr::col(Column::Id).is_in(ids.iter().copied()))
            .to_owned();
        self.inner.execute(&update).await?;
        let readers: Vec<ReaderId> = rows.iter().filter_map(|row| row.reader_id.map(ReaderId)).collect();
        let (readers, _damaged) = self.readers_apart(&readers).await?;
        let readers: HashMap<i64, ReaderRow> = readers.into_iter().map(|reader| (reader.id.0, reader)).collect();
        let mut leased = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, fence, maybe_sent) = (DeliveryId(row.id), row.fence + 1, row.maybe_sent);
            match self.leased(row, lease_until, &readers) {
                Ok(row) => leased.push(row),
                Err(StoreError::NewerKey) => return Err(StoreError::NewerKey),
                Err(damage) => self.end_damaged(id, fence, maybe_sent, &damage).await?,
            }
        }
        Ok(leased)
    }

    /// Ends a row that nobody can read.
    async fn end_damaged(&self, id: DeliveryId, fence: i32, maybe_sent: bool, damage: &StoreError) -> Result<()> {
        tracing::error!(error = damage as &dyn std::error::Error, "a delivery cannot be read and was put aside");
        let next = Next::Settled { state: State::when_time_passed(maybe_sent), request_id: None };
        self.record(&Outcome { id, fence, next, error: Some("damaged") }).await
    }

    fn leased(&self, row: delivery::Model, lease_until: i64, readers: &HashMap<i64, ReaderRow>) -> Result<Leased> {
        let sealed = row.parts_sealed.as_deref().ok_or_else(|| StoreError::corrupt(at(row.id)))?;
        Ok(Leased {
            id: DeliveryId(row.id),
            account: AccountId(row.account_id),
            reader: row.reader_id.and_then(|id| readers.get(&id).cloned()),
            parts: self.sealer.open_json(at(row.id), sealed)?,
            purpose: Purpose::from_row(row.purpose),
            via: if row.via == Via::Reply.as_str() { Via::Reply } else { Via::Push },
            fence: row.fence + 1,
            attempts: u32::try_from(row.attempts + 1).unwrap_or(1),
            maybe_sent: row.maybe_sent,
            lease_until,
            window_until: row.window_until,
            created_at: row.created_at,
        })
    }
}

impl Store {
    /// Of these rows, with the fences they were leased with, those whose lease is still ours and that are
    /// still wanted: asked right before requests that had to wait.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn still_leased(&self, rows: &HashMap<DeliveryId, i32>) -> Result<HashMap<DeliveryId, i32>> {
        let query = Query::select()
            .columns([Column::Id, Column::Fence])
            .from(delivery::Entity)
            .and_where(Expr::col(Column::Id).is_in(rows.keys().map(|row| row.0)))
            .and_where(Expr::col(Column::State).eq(State::Sending.as_str()))
            .to_owned();
        let mut ours = HashMap::with_capacity(rows.len());
        for row in self.reader.query_all(&query).await? {
            let (id, fence) = (DeliveryId(row.try_get("", "id")?), row.try_get("", "fence")?);
            if rows.get(&id) == Some(&fence) {
                ours.insert(id, fence);
            }
        }
        Ok(ours)
    }

    /// Whether this answer is the last word: the reader's newest answer, in the turn they are in, to
    /// somebody who still follows.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn is_last_word(&self, answer: DeliveryId, reader: ReaderId, turn: i64) -> Result<bool> {
        let query = Query::select()
            .expr_as(Expr::col(Column::Id).max(), "id")
            .from(delivery::Entity)
            .and_where(Expr::col(Column::ReaderId).eq(reader.0))
            .and_where(Expr::col(Column::Purpose).like("answer/%"))
            .to_owned();
        let row = self.reader.query_one(&query).await?;
        let newest: Option<i64> = row.map(|row| row.try_get("", "id")).transpose()?.flatten();
        Ok(newest == Some(answer.0) && self.listens(reader, turn).await?)
    }

    /// Whether anything of the account can be leased now: asked before a transaction is begun.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn has_leasable(&self, account: AccountId, wanted: Wanted, now: i64) -> Result<bool> {
        Ok(self.reader.query_one(leasable(account, wanted, now).limit(1)).await?.is_some())
    }

    /// Whether the window of any row of the account has closed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn has_overdue(&self, account: AccountId, now: i64) -> Result<bool> {
        Ok(delivery::Entity::find().filter(overdue(account, now)).one(&self.reader).await?.is_some())
    }

    /// Forgets rows that ended before `before` (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn forget_deliveries(&self, before: i64) -> Result<()> {
        let mut old = Query::select();
        // A row is never made after it has ended.
        old.and_where(Expr::col(Column::Id).lt(Ambient::first_id_of(before)))
            .and_where(Expr::col(Column::SettledAt).lt(before));
        let these = Expr::col(Column::Id).in_subquery(a_batch(delivery::Entity, old));
        let delete = Query::delete().from_table(delivery::Entity).and_where(these).to_owned();
        while self.writer.execute(&delete).await?.rows_affected() == BATCH {}
        Ok(())
    }

    /// How many rows are in that state.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn deliveries_in(&self, state: State) -> Result<u64> {
        Ok(delivery::Entity::find().filter(Column::State.eq(state.as_str())).count(&self.reader).await?)
    }
}
