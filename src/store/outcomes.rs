//! What becomes of rows that leave: recorded, ended, refused, taken back.
//!
//! States only move forward, and accepted wins even over a lost lease: what LINE took was sent. A row
//! that *rides on* an answer (today's message inside a reply) is decided with that answer.

use std::collections::HashSet;

use entity::delivery::{self, Column};
use sea_orm::sea_query::{CaseStatement, Cond, Expr, ExprTrait as _, LockBehavior, LockType, Query, UpdateStatement};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder as _, QuerySelect as _};

use super::deliveries::{at, open, overdue};
use super::{Blind, Result, Tx, Via};
use crate::domain::delivery::{Parts, Purpose, State};
use crate::domain::ids::{AccountId, DeliveryId, ReaderId};

/// What becomes of a leased row.
#[derive(Debug, Clone)]
pub enum Next {
    /// It is over.
    Settled {
        /// How.
        state: State,
        /// LINE's id of the request that decided.
        request_id: Option<String>,
    },
    /// It waits for another attempt.
    Again {
        /// Not before (milliseconds since 1970).
        at: i64,
        /// Whether it may have reached the reader.
        maybe_sent: bool,
    },
    /// The reply token is gone: it leaves by push, at once.
    Push {
        /// What the push holds.
        parts: Parts,
        /// Whether today's message still goes along.
        with_today: bool,
    },
}

/// What one attempt came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The row.
    pub id: DeliveryId,
    /// The fence it was leased with.
    pub fence: i32,
    /// What becomes of it.
    pub next: Next,
    /// The class of the error, if there was one.
    pub error: Option<&'static str>,
}

impl Tx {
    /// Writes what an attempt came to. Does nothing when the lease was lost, except that an
    /// acceptance is always kept. A row that rides on this one is decided with it.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn record(&self, outcome: &Outcome) -> Result<()> {
        let accepted = matches!(outcome.next, Next::Settled { state: State::Accepted, .. });
        let mut update = Query::update();
        update.table(delivery::Entity).value(Column::Error, outcome.error);
        self.set_next(&mut update, outcome);
        update.and_where(Expr::col(Column::Id).eq(outcome.id.0));
        if accepted {
            update.and_where(Expr::col(Column::State).ne(State::Accepted.as_str()));
        } else {
            update.and_where(Expr::col(Column::Fence).eq(outcome.fence)).and_where(open());
        }
        let changed = self.inner.execute(&update).await?.rows_affected() > 0;
        if changed { self.decide_riders(outcome).await } else { Ok(()) }
    }

    /// As [`Tx::record`], for many. Acceptances are most of them and are written together: on a morning a
    /// statement a row would be what everybody waits for.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn record_all(&self, outcomes: &[&Outcome]) -> Result<()> {
        self.lock_deliveries(outcomes.iter().map(|outcome| outcome.id.0)).await?;
        let mut accepted: Vec<(i64, Option<&str>)> = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            match &outcome.next {
                Next::Settled { state: State::Accepted, request_id } if outcome.error.is_none() => {
                    accepted.push((outcome.id.0, request_id.as_deref()));
                }
                Next::Settled { .. } | Next::Again { .. } | Next::Push { .. } => self.record(outcome).await?,
            }
        }
        if accepted.is_empty() {
            return Ok(());
        }
        let mut update = self.acceptance(Column::Id, &accepted);
        update.value(Column::Error, Option::<String>::None);
        let written = self.inner.query_all(&update).await?;
        let written: HashSet<i64> =
            written.iter().map(|row| row.try_get("", "id")).collect::<std::result::Result<_, _>>()?;
        // Whoever was accepted before has decided about riders then.
        accepted.retain(|(row, _)| written.contains(row));
        if !accepted.is_empty() {
            self.inner.query_all(&self.acceptance(Column::RidesOn, &accepted)).await?;
        }
        Ok(())
    }

    /// Accepts the rows that this column names, with the requests beside them, and tells which it were.
    fn acceptance(&self, named_by: Column, accepted: &[(i64, Option<&str>)]) -> UpdateStatement {
        let requests = accepted.iter().fold(CaseStatement::new(), |cases, (row, request)| {
            cases.case(Expr::col(named_by).eq(*row), Expr::val(request.map(str::to_owned)))
        });
        let mut update = Query::update();
        update
            .table(delivery::Entity)
            .value(Column::State, State::Accepted.as_str())
            .value(Column::RequestId, requests)
            .value(Column::PartsSealed, Option::<Vec<u8>>::None)
            .value(Column::SettledAt, self.ambient.now_ms())
            .and_where(Expr::col(named_by).is_in(accepted.iter().map(|(row, _)| *row)))
            .and_where(Expr::col(Column::State).ne(State::Accepted.as_str()))
            .returning_col(Column::Id);
        update
    }

    fn set_next(&self, update: &mut UpdateStatement, outcome: &Outcome) {
        let now = self.ambient.now_ms();
        match &outcome.next {
            Next::Settled { state, request_id } => {
                update
                    .value(Column::State, state.as_str())
                    .value(Column::RequestId, request_id.as_deref())
                    .value(Column::PartsSealed, Option::<Vec<u8>>::None)
                    .value(Column::SettledAt, now);
            }
            Next::Again { at, maybe_sent } => {
                update
                    .value(Column::State, State::Waiting.as_str())
                    .value(Column::NextAttemptAt, *at)
                    .value(Column::MaybeSent, *maybe_sent);
            }
            Next::Push { parts, .. } => {
                update
                    .value(Column::State, State::Waiting.as_str())
                    .value(Column::Via, Via::Push.as_str())
                    .value(Column::NextAttemptAt, now)
                    .value(Column::MaybeSent, false)
                    .value(Column::PartsSealed, self.sealer.seal_json(at(outcome.id.0), parts));
            }
        }
    }

    /// Today's message inside an answer: accepted with it; in doubt with it; free to be pushed by
    /// itself when the answer certainly never carried it.
    async fn decide_riders(&self, outcome: &Outcome) -> Result<()> {
        match &outcome.next {
            Next::Settled { state: State::Accepted, request_id } => {
                self.settle_riders(outcome.id, State::Accepted, request_id.as_deref()).await
            }
            Next::Settled { state: State::Unconfirmed, .. } => {
                self.settle_riders(outcome.id, State::Unconfirmed, None).await
            }
            // What becomes of the words alone says nothing about today's message any more.
            Next::Push { with_today: false, .. } => {
                self.settle_riders(outcome.id, State::Unconfirmed, None).await?;
                self.detach_riders(outcome.id).await
            }
            Next::Settled { .. } => self.free_riders(outcome.id).await,
            Next::Again { .. } | Next::Push { with_today: true, .. } => Ok(()),
        }
    }

    async fn settle_riders(&self, answer: DeliveryId, state: State, request_id: Option<&str>) -> Result<()> {
        let mut update = self.settling(state, request_id);
        update
            .and_where(Expr::col(Column::RidesOn).eq(answer.0))
            .and_where(Expr::col(Column::State).ne(State::Accepted.as_str()));
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// Ends rows now, by that request, and forgets what they hold; which rows is for the caller to say.
    fn settling(&self, state: State, request_id: Option<&str>) -> UpdateStatement {
        Query::update()
            .table(delivery::Entity)
            .value(Column::State, state.as_str())
            .value(Column::RequestId, request_id)
            .value(Column::PartsSealed, Option::<Vec<u8>>::None)
            .value(Column::SettledAt, self.ambient.now_ms())
            .to_owned()
    }

    /// This user has read what the row for that purpose holds, in an answer that LINE took with that request: it
    /// waits no more, whatever it was to travel in.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn settle_read(
        &self,
        (account, blind): (AccountId, Blind),
        purpose: &Purpose,
        request_id: Option<&str>,
    ) -> Result<()> {
        let mut update = self.settling(State::Accepted, request_id);
        update
            .value(Column::Error, Option::<String>::None)
            .and_where(Expr::col(Column::AccountId).eq(account.0))
            .and_where(Expr::col(Column::UserBlind).eq(blind.0.to_vec()))
            .and_where(Expr::col(Column::Purpose).eq(purpose.as_str()))
            .and_where(Expr::col(Column::State).eq(State::Waiting.as_str()));
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// From now on a day's message that waited to be pushed travels in that answer.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn board(&self, row: DeliveryId, answer: DeliveryId) -> Result<()> {
        let update = Query::update()
            .table(delivery::Entity)
            .value(Column::RidesOn, answer.0)
            .value(Column::Via, Via::Reply.as_str())
            .and_where(Expr::col(Column::Id).eq(row.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// What becomes of the answer says nothing any more about today's message, which rode on it.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn detach_riders(&self, answer: DeliveryId) -> Result<()> {
        let update = Query::update()
            .table(delivery::Entity)
            .value(Column::RidesOn, Option::<i64>::None)
            .and_where(Expr::col(Column::RidesOn).eq(answer.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// From now on they leave by themselves, at their own hour.
    async fn free_riders(&self, answer: DeliveryId) -> Result<()> {
        let update = Query::update()
            .table(delivery::Entity)
            .value(Column::RidesOn, Option::<i64>::None)
            .value(Column::Via, Via::Push.as_str())
            .and_where(Expr::col(Column::RidesOn).eq(answer.0))
            .and_where(open())
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// Settles rows as refused, by id: LINE would not take them, and it was their own case.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn refuse(&self, rows: &[DeliveryId]) -> Result<()> {
        for row in rows {
            let update = Query::update()
                .table(delivery::Entity)
                .value(Column::State, State::Refused.as_str())
                .value(Column::PartsSealed, Option::<Vec<u8>>::None)
                .value(Column::SettledAt, self.ambient.now_ms())
                .and_where(Expr::col(Column::Id).eq(row.0))
                .and_where(open())
                .to_owned();
            self.inner.execute(&update).await?;
            self.free_riders(*row).await?;
        }
        Ok(())
    }

    /// Ends at most `limit` rows of the account whose window has closed and that nobody else has in hand;
    /// returns how many. Riders wait for their answer.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn end_overdue(&self, account: AccountId, now: i64, limit: u64) -> Result<usize> {
        let overdue = delivery::Entity::find()
            .filter(overdue(account, now))
            .order_by_asc(Column::Id)
            .limit(limit)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let overdue = overdue.all(&self.inner).await?;
        for row in &overdue {
            let state = State::when_time_passed(row.maybe_sent);
            let next = Next::Settled { state, request_id: None };
            self.record(&Outcome { id: DeliveryId(row.id), fence: row.fence, next, error: Some("window_closed") })
                .await?;
        }
        Ok(overdue.len())
    }

    /// Takes back a reader's mornings that have not left: after a stop, a loss or a block. What may
    /// be on its way is in doubt, and LINE's acceptance of it is still kept. With `again`, rows that
    /// certainly did not leave are forgotten, so that the day can be planned anew.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn cancel_mornings(&self, reader: ReaderId, again: bool) -> Result<()> {
        let mine = || {
            Cond::all()
                .add(Expr::col(Column::ReaderId).eq(reader.0))
                .add(Expr::col(Column::Purpose).like("daily/%"))
                .add(open())
        };
        if again {
            let forget = Query::delete()
                .from_table(delivery::Entity)
                .cond_where(mine())
                .and_where(Expr::col(Column::MaybeSent).eq(false))
                .and_where(Expr::col(Column::RidesOn).is_null())
                .to_owned();
            self.inner.execute(&forget).await?;
        }
        for maybe_sent in [false, true] {
            let update = Query::update()
                .table(delivery::Entity)
                .value(Column::State, State::when_time_passed(maybe_sent).as_str())
                .value(Column::Error, "cancelled")
                .value(Column::Fence, Expr::col(Column::Fence).add(1))
                .value(Column::PartsSealed, Option::<Vec<u8>>::None)
                .value(Column::SettledAt, self.ambient.now_ms())
                .cond_where(mine())
                .and_where(Expr::col(Column::MaybeSent).eq(maybe_sent))
                .to_owned();
            self.inner.execute(&update).await?;
        }
        Ok(())
    }
}
