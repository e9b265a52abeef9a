//! What arrived: one row an event, unique by account and LINE's event id.
//!
//! A *lane* is one (account, user); its events are taken in the order of LINE's timestamps. Payloads
//! are sealed, and blanked in the transaction that does them; the id stays for 30 days to know
//! duplicates by. Quarantined and dead events keep theirs for at most 7 days.

use std::collections::HashSet;

use entity::webhook_event as event;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Order, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::locks::{BATCH, a_batch};
use super::seal::{At, Blind, Sealer};
use super::{Result, Store, StoreError, Tx};
use crate::clock::Ambient;
use crate::domain::ids::{AccountId, EventId};

/// How far an event has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventState {
    /// Received, not yet decided.
    Pending,
    /// Decided; effects and answers were written in the same transaction.
    Done,
    /// Nothing for us to decide.
    Ignored,
    /// Failed five times; somebody must look.
    Dead,
    /// Cannot be read; somebody must look.
    Quarantined,
}

impl EventState {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Ignored => "ignored",
            Self::Dead => "dead",
            Self::Quarantined => "quarantined",
        }
    }

    const fn keeps_payload(self) -> bool {
        matches!(self, Self::Pending | Self::Dead | Self::Quarantined)
    }
}

/// An event to be kept.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The account it came for.
    pub account: AccountId,
    /// LINE's event id, or a hash where there is none.
    pub key: String,
    /// Whose it is.
    pub lane: Blind,
    /// LINE's timestamp in milliseconds, or the time of receipt where that is insane.
    pub sent_at: i64,
    /// Pending, or quarantined at once.
    pub state: EventState,
    /// Why it was quarantined; never personal.
    pub note: Option<&'static str>,
    /// The raw event.
    pub payload: Vec<u8>,
}

/// A pending event, opened.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Ours.
    pub id: EventId,
    /// LINE's.
    pub key: String,
    /// LINE's timestamp in milliseconds.
    pub sent_at: i64,
    /// When we received it, in milliseconds since 1970.
    pub received_at: i64,
    /// How often it failed.
    pub attempts: i32,
    /// The raw event; `None` when it was sealed with a key we do not have.
    pub payload: Option<Vec<u8>>,
}

/// Events in one statement: SQLite allows 32,766 values, and an event has ten columns.
const CHUNK: usize = 3_000;
/// From so many on it pays to ask first which of them are known: a webhook that could not be kept in time
/// comes again whole.
const MANY: usize = 100;

const fn at(row: i64) -> At<'static> {
    At { table: "webhook_event", column: "payload_sealed", row }
}

impl Tx {
    /// Keeps events that are new; returns how many were.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn keep_events(&self, events: &[NewEvent]) -> Result<u64> {
        self.keep_events_of(events, self.ambient.now_ms()).await
    }

    /// As [`Tx::keep_events`], for events that were received at an earlier moment (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn keep_events_of(&self, events: &[NewEvent], received_at: i64) -> Result<u64> {
        let known = if events.len() > MANY { self.known(events).await? } else { HashSet::new() };
        let mut rows: Vec<_> = events
            .iter()
            .filter(|new| !known.contains(&(new.account.0, new.key.clone())))
            .map(|new| self.pending_row(new, received_at))
            .collect();
        // In one order for everybody: who keeps the same events at the same moment waits, and no two wait
        // for each other.
        rows.sort_by(|one, other| one.event_key.as_ref().cmp(other.event_key.as_ref()));
        let mut kept = 0;
        for chunk in rows.chunks(CHUNK) {
            let once = OnConflict::columns([event::Column::AccountId, event::Column::EventKey]).do_nothing().to_owned();
            let insert = event::Entity::insert_many(chunk.to_vec()).on_conflict(once);
            kept += insert.exec_without_returning(&self.inner).await?;
        }
        self.has_written(kept);
        Ok(kept)
    }

    /// The keys among these that are kept already.
    async fn known(&self, events: &[NewEvent]) -> Result<HashSet<(i64, String)>> {
        let mut known = HashSet::new();
        for chunk in events.chunks(CHUNK) {
            let query = Query::select()
                .columns([event::Column::AccountId, event::Column::EventKey])
                .from(event::Entity)
                .and_where(Expr::col(event::Column::AccountId).is_in(chunk.iter().map(|new| new.account.0)))
                .and_where(Expr::col(event::Column::EventKey).is_in(chunk.iter().map(|new| new.key.as_str())))
                .to_owned();
            for row in self.inner.query_all(&query).await? {
                known.insert((row.try_get("", "account_id")?, row.try_get("", "event_key")?));
            }
        }
        Ok(known)
    }

    fn pending_row(&self, new: &NewEvent, received_at: i64) -> event::ActiveModel {
        let id = self.ambient.id();
        event::ActiveModel {
            id: Set(id),
            account_id: Set(new.account.0),
            event_key: Set(new.key.clone()),
            lane: Set(new.lane.0.to_vec()),
            sent_at: Set(new.sent_at),
            received_at: Set(received_at),
            state: Set(new.state.as_str().to_owned()),
            attempts: Set(0),
            note: Set(new.note.map(str::to_owned)),
            payload_sealed: Set(Some(self.sealer.seal(at(id), &new.payload))),
        }
    }

    /// The lane's oldest pending event.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn next_event(&self, account: AccountId, lane: Blind) -> Result<Option<EventRow>> {
        let pending = event::Entity::find()
            .filter(event::Column::State.eq(EventState::Pending.as_str()))
            .filter(event::Column::Lane.eq(lane.0.to_vec()))
            .filter(event::Column::AccountId.eq(account.0))
            .order_by_asc(event::Column::SentAt)
            .order_by_asc(event::Column::Id);
        pending.one(&self.inner).await?.map(|row| opened(&self.sealer, row)).transpose()
    }

    /// Ends an event that is pending; one that has ended stays as it is.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn settle_event(&self, id: EventId, state: EventState, note: Option<&str>) -> Result<()> {
        let mut update = Query::update();
        update
            .table(event::Entity)
            .value(event::Column::State, state.as_str())
            .value(event::Column::Note, note)
            .and_where(Expr::col(event::Column::State).eq(EventState::Pending.as_str()))
            .and_where(Expr::col(event::Column::Id).eq(id.0));
        if !state.keeps_payload() {
            update.value(event::Column::PayloadSealed, Option::<Vec<u8>>::None);
        }
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// Counts one more failure; the event stays pending.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn count_failure(&self, id: EventId) -> Result<()> {
        let update = Query::update()
            .table(event::Entity)
            .value(event::Column::Attempts, Expr::col(event::Column::Attempts).add(1))
            .and_where(Expr::col(event::Column::Id).eq(id.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// Blanks what is still kept of a lane's dead events: the reader took a message back.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn blank_dead_events(&self, account: AccountId, lane: Blind) -> Result<()> {
        let update = Query::update()
            .table(event::Entity)
            .value(event::Column::PayloadSealed, Option::<Vec<u8>>::None)
            .and_where(Expr::col(event::Column::AccountId).eq(account.0))
            .and_where(Expr::col(event::Column::Lane).eq(lane.0.to_vec()))
            .and_where(Expr::col(event::Column::State).eq(EventState::Dead.as_str()))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }
}

impl Store {
    /// Forgets our own commands that were decided and are older than `before` (milliseconds since 1970): nobody
    /// hands them in again, and they name a reader who may be forgotten since.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn forget_commands(&self, begin: &str, before: i64) -> Result<()> {
        let mut old = Query::select();
        old.and_where(Expr::col(event::Column::Id).lt(Ambient::first_id_of(before)))
            .and_where(Expr::col(event::Column::EventKey).like(format!("{begin}%")))
            .and_where(
                Expr::col(event::Column::State).is_in([EventState::Done, EventState::Ignored].map(EventState::as_str)),
            );
        let these = Expr::col(event::Column::Id).in_subquery(a_batch(event::Entity, old));
        let delete = Query::delete().from_table(event::Entity).and_where(these).to_owned();
        while self.writer.execute(&delete).await?.rows_affected() == BATCH {}
        Ok(())
    }

    /// Lanes of these accounts with pending events, the one that waits longest first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn lanes_waiting(
        &self,
        accounts: impl IntoIterator<Item = AccountId>,
        limit: u64,
    ) -> Result<Vec<(AccountId, Blind)>> {
        let query = Query::select()
            .column(event::Column::AccountId)
            .column(event::Column::Lane)
            .from(event::Entity)
            .and_where(Expr::col(event::Column::State).eq(EventState::Pending.as_str()))
            .and_where(Expr::col(event::Column::AccountId).is_in(accounts.into_iter().map(|account| account.0)))
            .group_by_columns([event::Column::AccountId, event::Column::Lane])
            .order_by_expr(Expr::col(event::Column::ReceivedAt).min(), Order::Asc)
            .limit(limit)
            .to_owned();
        let rows = self.reader.query_all(&query).await?;
        rows.iter().map(|row| Ok((AccountId(row.try_get("", "account_id")?), lane(row)?))).collect()
    }

    /// How many events are in that state.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn events_in(&self, state: EventState) -> Result<u64> {
        use sea_orm::PaginatorTrait as _;
        let query = event::Entity::find().filter(event::Column::State.eq(state.as_str()));
        Ok(query.count(&self.reader).await?)
    }

    /// Forgets events by age (milliseconds since 1970): ids of finished ones received before
    /// `ids_before`, payloads of dead and quarantined ones received before `payloads_before`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn forget_events(&self, ids_before: i64, payloads_before: i64) -> Result<()> {
        let finished = || Expr::col(event::Column::State).ne(EventState::Pending.as_str());
        // An id is of the moment of receipt.
        let received = |before| Expr::col(event::Column::Id).lt(Ambient::first_id_of(before));
        let mut old = Query::select();
        old.and_where(received(ids_before)).and_where(finished());
        let mut kept = Query::select();
        kept.and_where(received(payloads_before))
            // Only these keep one, and the index on states finds them.
            .and_where(
                Expr::col(event::Column::State)
                    .is_in([EventState::Dead, EventState::Quarantined].map(EventState::as_str)),
            )
            .and_where(Expr::col(event::Column::PayloadSealed).is_not_null());
        let id = || Expr::col(event::Column::Id);
        let delete = Query::delete()
            .from_table(event::Entity)
            .and_where(id().in_subquery(a_batch(event::Entity, old)))
            .to_owned();
        let blank = Query::update()
            .table(event::Entity)
            .value(event::Column::PayloadSealed, Option::<Vec<u8>>::None)
            .and_where(id().in_subquery(a_batch(event::Entity, kept)))
            .to_owned();
        while self.writer.execute(&delete).await?.rows_affected() == BATCH {}
        while self.writer.execute(&blank).await?.rows_affected() == BATCH {}
        Ok(())
    }
}

pub(super) fn opened(sealer: &Sealer, row: event::Model) -> Result<EventRow> {
    let payload = match row.payload_sealed.map(|sealed| sealer.open(at(row.id), &sealed)) {
        // It is not lost: whoever has the new key file decides it.
        Some(Err(StoreError::NewerKey)) => return Err(StoreError::NewerKey),
        payload => payload.and_then(Result::ok),
    };
    Ok(EventRow {
        id: EventId(row.id),
        key: row.event_key,
        sent_at: row.sent_at,
        received_at: row.received_at,
        attempts: row.attempts,
        payload,
    })
}

fn lane(row: &sea_orm::QueryResult) -> Result<Blind> {
    let bytes: Vec<u8> = row.try_get("", "lane")?;
    Blind::from_column(&bytes).ok_or_else(|| StoreError::corrupt(At { table: "webhook_event", column: "lane", row: 0 }))
}
