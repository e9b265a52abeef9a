//! Taking waiting events, lane by lane, each in one transaction.
//!
//! Servers side by side take what waits from the same table: a lane that another has in hand is left to
//! it. A transaction that met another's, or that lost its connection, is begun anew, and whatever became of
//! it, that is right: an event whose decision was committed is not pending any more.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;

use super::command::{COMMAND, Command};
use super::converse::{DEFAULT_LOCALE, Incoming};
use super::{Inbox, InboxError};
use crate::domain::account::Account;
use crate::domain::conversation::{Input, wording};
use crate::domain::delivery::{Parts, Purpose, State};
use crate::fail::{self, Point};
use crate::line::webhook::{self, Arrived, Kind, Source};
use crate::store::{Blind, EventRow, EventState, NewDelivery, Result, Tries, Tx, Via};
use crate::timers::Timer;

/// Failures after which an event is put aside and its lane goes on.
const MAX_FAILURES: i32 = 5;
/// Events of one lane that are decided before the next lane has its turn: whoever writes without end keeps
/// nobody else waiting.
const AT_ONCE: usize = 8;
/// Lanes looked up at once.
const LANES: u64 = 64;
/// How long a farewell to a group may take.
const FAREWELL_MS: i64 = 3_600_000;

/// What became of a lane's next event.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// Decided; there may be more.
    Done,
    /// Nothing waits, or another server has the lane.
    Empty,
    /// It failed, or the database did, and waits for another try.
    Failed,
}

/// Timer hints to give after the commit.
pub(super) type Hints = Vec<Timer>;

/// What is written about an event when it ends.
pub(super) struct Verdict {
    pub state: EventState,
    pub note: Option<&'static str>,
    pub hints: Hints,
}

impl Verdict {
    pub const fn done() -> Self {
        Self { state: EventState::Done, note: None, hints: Vec::new() }
    }

    pub const fn ignored(note: &'static str) -> Self {
        Self { state: EventState::Ignored, note: Some(note), hints: Vec::new() }
    }
}

impl Inbox {
    /// Decides everything that waits; returns how many events were decided.
    ///
    /// # Errors
    ///
    /// [`InboxError`] when the database does not answer; nothing is lost.
    pub async fn tick(&self) -> Result<usize, InboxError> {
        let mut decided = 0;
        loop {
            let mut progress = 0;
            let ours = self.accounts.iter().map(|account| account.id);
            for (account, lane) in self.store.lanes_waiting(ours, LANES).await? {
                if let Some(account) = self.account(account).filter(|_| !self.is_stopping()) {
                    progress += self.lane(account, lane).await?;
                }
            }
            decided += progress;
            if progress == 0 {
                return Ok(decided);
            }
        }
    }

    async fn lane(&self, account: &Account, lane: Blind) -> Result<usize> {
        let mut decided = 0;
        while decided < AT_ONCE && self.next(account, lane).await? == Turn::Done {
            decided += 1;
            self.ring(account.id);
            if self.is_stopping() {
                break;
            }
        }
        Ok(decided)
    }

    async fn next(&self, account: &Account, lane: Blind) -> Result<Turn> {
        let mut tries = Tries::default();
        loop {
            match self.next_once(account, lane).await {
                Err(error) if tries.again(&error) => {}
                // Whoever is in the way for so long must not keep the other lanes waiting too.
                Err(error) if error.is_passing() => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a lane waits for the next tick");
                    return Ok(Turn::Failed);
                }
                done => return done,
            }
        }
    }

    async fn next_once(&self, account: &Account, lane: Blind) -> Result<Turn> {
        let tx = self.store.begin().await?;
        let free = tx.lock_lane(account.id, lane).await?;
        let Some(event) = (if free { tx.next_event(account.id, lane).await? } else { None }) else {
            tx.give_up().await;
            return Ok(Turn::Empty);
        };
        fail::at(Point::B1);
        // A panic in a decision is a failure of this event, not of the process.
        let decision = AssertUnwindSafe(self.conclude(tx, account, lane, &event)).catch_unwind().await;
        let verdict = match decision {
            Ok(Ok(verdict)) => verdict,
            // Somebody was in the way, or the connection is gone: no fault of the event's.
            Ok(Err(error)) if error.is_passing() => return Err(error),
            // Also when the database refused: the event must not keep the others waiting.
            Ok(Err(error)) => {
                tracing::error!(event.id = %event.id, error = &error as &dyn std::error::Error, "an event failed");
                return self.failed(&event).await;
            }
            Err(_panic) => return self.failed(&event).await,
        };
        fail::at(Point::B3);
        metrics::counter!("hagukumi_events_total", "result" => verdict.note.unwrap_or("done")).increment(1);
        if !verdict.hints.is_empty()
            && let Err(error) = self.timers.set(account.id, &verdict.hints).await
        {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "timer hints were lost; the sweep will find them"
            );
        }
        Ok(Turn::Done)
    }

    /// Decides an event and commits everything that follows from it, or nothing.
    async fn conclude(&self, tx: Tx, account: &Account, lane: Blind, event: &EventRow) -> Result<Verdict> {
        match self.settled(&tx, account, lane, event).await {
            Ok(verdict) => tx.commit().await.map(|()| verdict),
            Err(error) => {
                tx.give_up().await;
                Err(error)
            }
        }
    }

    async fn settled(&self, tx: &Tx, account: &Account, lane: Blind, event: &EventRow) -> Result<Verdict> {
        let verdict = self.decide(tx, account, lane, event).await?;
        fail::at(Point::B2);
        tx.settle_event(event.id, verdict.state, verdict.note).await?;
        Ok(verdict)
    }

    async fn failed(&self, event: &EventRow) -> Result<Turn> {
        let tx = self.store.begin().await?;
        tx.count_failure(event.id).await?;
        let dead = event.attempts + 1 >= MAX_FAILURES;
        if dead {
            tx.settle_event(event.id, EventState::Dead, Some("failed five times")).await?;
            metrics::counter!("hagukumi_events_dead_total").increment(1);
            tracing::error!(event.id = %event.id, "an event failed five times and was put aside");
        }
        tx.commit().await?;
        Ok(if dead { Turn::Done } else { Turn::Failed })
    }

    async fn decide(&self, tx: &Tx, account: &Account, lane: Blind, event: &EventRow) -> Result<Verdict> {
        let Some(payload) = event.payload.as_deref() else {
            tracing::error!(event.id = %event.id, "an event was sealed with a key that is not here");
            return Ok(Verdict { state: EventState::Dead, note: Some("sealed with another key"), hints: Vec::new() });
        };
        if event.key.starts_with(COMMAND) {
            return self.decide_command(tx, account, lane, event, payload).await;
        }
        let arrived = webhook::read_event(&String::from_utf8_lossy(payload));
        if arrived.standby {
            return Ok(Verdict::ignored("standby"));
        }
        match (arrived.source.clone(), arrived.kind.clone()) {
            (Source::User(user), Kind::Input(input)) => {
                let token = arrived.reply_token.as_ref().map(|token| token.expose().to_owned());
                self.converse(tx, account, Incoming { user: Some(user), lane, input, token, event }).await
            }
            (Source::User(_), Kind::Unsend { .. }) => {
                tx.blank_dead_events(account.id, lane).await?;
                Ok(Verdict::done())
            }
            (Source::Group(id), Kind::Joined | Kind::GroupMessage) => {
                self.farewell(tx, account, lane, &arrived, ("group", id)).await
            }
            (Source::Room(id), Kind::Joined | Kind::GroupMessage) => {
                self.farewell(tx, account, lane, &arrived, ("room", id)).await
            }
            (Source::UserInvalid, _) => {
                tracing::error!(event.id = %event.id, "an event has a user id that is none");
                Ok(Verdict { state: EventState::Dead, note: Some("invalid user id"), hints: Vec::new() })
            }
            (_, _) => Ok(Verdict::ignored("not for us")),
        }
    }

    async fn decide_command(
        &self,
        tx: &Tx,
        account: &Account,
        lane: Blind,
        event: &EventRow,
        payload: &[u8],
    ) -> Result<Verdict> {
        let Ok(Command::TimedOut { turn }) = serde_json::from_slice(payload) else {
            return Ok(Verdict::ignored("unknown command"));
        };
        let input = Input::TimedOut { turn };
        self.converse(tx, account, Incoming { user: None, lane, input, token: None, event }).await
    }

    /// Says that this works one to one only, and leaves.
    async fn farewell(
        &self,
        tx: &Tx,
        account: &Account,
        lane: Blind,
        arrived: &Arrived,
        (place, id): (&str, String),
    ) -> Result<Verdict> {
        if tx.has_open_delivery(account.id, lane).await? {
            return Ok(Verdict::ignored("leaving already"));
        }
        let words = wording::group_farewell(account.library.phrases(DEFAULT_LOCALE));
        let token = arrived.reply_token.as_ref().map(|token| token.expose().to_owned());
        let row = NewDelivery {
            account: account.id,
            reader: None,
            blind: lane,
            // Once a day is enough, however busy the group is.
            purpose: Purpose::farewell(account.civil(self.ambient.now_ms()).date()),
            via: Via::Reply,
            state: State::Waiting,
            window_until: self.ambient.now_ms() + FAREWELL_MS,
            lease_until: None,
            rides_on: None,
            not_before: None,
            parts: Some(Parts::Farewell { token, place: place.to_owned(), id, words }),
        };
        tx.keep_delivery(&row).await?;
        Ok(Verdict::done())
    }
}
