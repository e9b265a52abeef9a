//! One row, one request, one record.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::StreamExt as _;
use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio::time::Instant;

use super::pace::Endpoint;
use super::record::{Attempt, Read, Sent};
use super::speak;
use super::{Channel, Deliveries, DeliveryError, IN_FLIGHT, LEASE_MARGIN_MS};
use crate::domain::delivery::health::PROBE_EVERY_MS;
use crate::domain::delivery::{AnswerParts, Parts, Report, State, Verdict, backoff_ms, verdict};
use crate::domain::family::Standing;
use crate::domain::ids::{DeliveryId, ReaderId};
use crate::store::{Leased, Next, Outcome, Store, StoreError, Via, WITHDRAWN};

/// LINE takes a reply token for a minute (Messaging API reference, "Reply token").
const REPLY_TOKEN_MS: i64 = 60_000;
/// A row that waited longer than this is looked at again before it leaves, so that a stop is final
/// within a second.
pub(super) const STALE: Duration = Duration::from_secs(1);
/// A refused row is tried again after this, then after twice as long, up to the time between two probes.
const SUSPECT_MS: i64 = 60_000;

/// What is the same for all rows that were leased together.
struct Batch {
    looked: AsyncMutex<Looked>,
    /// Why nothing can be pushed: LINE does not say who the bot is.
    no_push: Option<Report>,
    trial: Trial,
}

/// What rows are sent for, beside being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trial {
    /// Nothing.
    None,
    /// To try whether a held account works again.
    OfHold,
    /// To try whether LINE answers again.
    OfTrouble,
}

/// What was found at the last look at the rows of a batch.
struct Looked {
    at: Instant,
    ours: HashMap<DeliveryId, i32>,
}

impl Batch {
    /// Whether the row is still ours, by a look that is not stale. One look is for all rows: where many
    /// wait, a look for each would keep the database from everything else.
    async fn has(&self, row: &Leased, store: &Store) -> bool {
        let mut looked = self.looked.lock().await;
        if looked.at.elapsed() > STALE {
            let at = Instant::now();
            let Ok(ours) = store.still_leased(&looked.ours).await else { return false };
            *looked = Looked { at, ours };
        }
        looked.ours.contains_key(&row.id)
    }
}

impl Deliveries {
    /// Sends rows whose lease we hold.
    pub(super) async fn send(&self, channel: &Channel, rows: Vec<Leased>) -> Result<Sent, DeliveryError> {
        self.send_as(channel, rows, Trial::None).await
    }

    /// As [`Deliveries::send`], to try something.
    pub(super) async fn send_as(
        &self,
        channel: &Channel,
        rows: Vec<Leased>,
        trial: Trial,
    ) -> Result<Sent, DeliveryError> {
        if rows.is_empty() {
            return Ok(Sent::default());
        }
        let ours = rows.iter().map(|row| (row.id, row.fence)).collect();
        let looked = AsyncMutex::new(Looked { at: Instant::now(), ours });
        let pushes = rows.iter().any(|row| row.via == Via::Push);
        let no_push = if pushes { self.no_push(channel).await } else { None };
        let batch = Batch { looked, no_push, trial };
        let batch = &batch;
        let (told, heard) = mpsc::unbounded_channel();
        // Only a simulation has no pace: there one thing happens after the other, in the order of its seed.
        let at_once = if self.pace.is_unlimited() { 1 } else { IN_FLIGHT };
        let requests = async move {
            let ask = |rows: Vec<Leased>| {
                let told = told.clone();
                async move {
                    for row in rows {
                        if let Some(attempt) = self.send_one(channel, row, batch).await {
                            let _nobody_listens = told.send(attempt);
                        }
                    }
                }
            };
            futures::stream::iter(by_chat(rows)).for_each_concurrent(at_once, ask).await;
        };
        // Side by side, never one inside the other: while outcomes are written, requests must go on, or
        // they would run out of time, or keep a connection to the database that the writing waits for.
        let probing = trial == Trial::OfHold;
        if at_once == 1 {
            requests.await;
            return self.write_down(channel, probing, heard).await;
        }
        let ((), sent) = tokio::join!(requests, self.write_down(channel, probing, heard));
        sent
    }

    async fn send_one(&self, channel: &Channel, row: Leased, batch: &Batch) -> Option<Attempt> {
        let endpoint = if row.via == Via::Reply { Endpoint::Reply } else { Endpoint::Push };
        self.pace.permit(channel.account.id, endpoint).await;
        if !batch.has(&row, &self.store).await {
            return None;
        }
        let now = self.ambient.now_ms();
        if row.via == Via::Push && (!self.still_knows_the_time() || is_early(channel, &row, now)) {
            return None; // taken up again when it is time
        }
        if now + LEASE_MARGIN_MS > row.lease_until {
            return None; // whoever reaps it starts with a whole lease
        }
        let (content, via) = (speak::content(&row.parts), row.via);
        let unasked = |outcome| Some(Attempt { outcome, report: None, content, via, read: None });
        if now >= row.window_until {
            return unasked(ended(&row, "window_closed"));
        }
        if via == Via::Push && batch.trial == Trial::None && channel.is_in_trouble() {
            return unasked(put_off(&row, now));
        }
        let row = self.as_things_stand(&channel.account, row).await.map_err(|error| left(&error)).ok()?;
        match self.unspoken(channel, &row, now, content).await {
            Ok(Some(outcome)) => unasked(outcome),
            Ok(None) => Some(self.attempt(channel, &row, content, batch).await),
            Err(error) => {
                left(&error);
                None
            }
        }
    }

    /// Reasons not to make the request after all.
    async fn unspoken(
        &self,
        channel: &Channel,
        row: &Leased,
        now: i64,
        content: u64,
    ) -> Result<Option<Outcome>, StoreError> {
        let withdrawn = channel.health.lock().expect("no panic while health is held").is_withdrawn(content);
        if withdrawn && matches!(row.parts, Parts::Daily(_)) {
            return Ok(Some(ended(row, WITHDRAWN)));
        }
        let gone = row.reader.as_ref().is_none_or(|reader| reader.standing != Standing::Following);
        match &row.parts {
            Parts::Daily(_) if gone => Ok(Some(ended(row, "cancelled"))),
            Parts::Answer { token, turn, said } if now - row.created_at >= REPLY_TOKEN_MS || token.is_none() => {
                self.late_answer(row, *turn, said).await
            }
            Parts::Daily(_) | Parts::Answer { .. } | Parts::Farewell { .. } => Ok(None),
        }
    }

    /// An answer whose reply token is no longer good: said by push when it is still the last word.
    async fn late_answer(&self, row: &Leased, turn: i64, said: &AnswerParts) -> Result<Option<Outcome>, StoreError> {
        if !self.is_last_word(row, turn).await? {
            return Ok(Some(ended(row, "overtaken")));
        }
        if row.via == Via::Push {
            return Ok(None);
        }
        Ok(Some(pushed_instead(row, said, turn, !row.maybe_sent)))
    }

    async fn is_last_word(&self, row: &Leased, turn: i64) -> Result<bool, StoreError> {
        match &row.reader {
            Some(reader) => self.store.is_last_word(row.id, reader.id, turn).await,
            None => Ok(false),
        }
    }

    async fn attempt(&self, channel: &Channel, row: &Leased, content: u64, batch: &Batch) -> Attempt {
        let unasked = |why| Attempt { outcome: ended(row, why), report: None, content, via: row.via, read: None };
        // A text that cannot be composed must not take the whole tick with it.
        let compose = AssertUnwindSafe(|| speak::objects(&row.parts, &channel.account.library));
        let Ok(objects) = std::panic::catch_unwind(compose) else {
            tracing::error!(delivery.id = %row.id, "a delivery could not be composed and was put aside");
            return unasked("not_composed");
        };
        if objects.is_empty() && !matches!(row.parts, Parts::Farewell { .. }) {
            return unasked("nothing_to_say");
        }
        let (report, request_id) = match batch.no_push.filter(|_| row.via == Via::Push) {
            Some(report) => (report, None),
            None => self.ask(channel, row, &objects).await,
        };
        if report == Report::Rejected && matches!(row.parts, Parts::Farewell { .. }) {
            // We are out of the group already; that says nothing about the account.
            return unasked("left_before");
        }
        let read = if report == Report::Accepted { Read::within(row, request_id.clone()) } else { None };
        let outcome = self.outcome(row, report, request_id);
        Attempt { outcome, report: Some(report), content, via: row.via, read }
    }

    fn outcome(&self, row: &Leased, report: Report, request_id: Option<String>) -> Outcome {
        let now = self.ambient.now_ms();
        let maybe_sent = row.maybe_sent || report.may_have_sent();
        let again = |wait: i64| Next::Again { at: now + wait, maybe_sent };
        let next = match verdict(report, row.maybe_sent) {
            Verdict::Settle(state) => Next::Settled { state, request_id },
            Verdict::Again => again(backoff_ms(row.attempts, self.ambient.below(u64::MAX))),
            // A reply is free and held by nothing but a refused token: without a wait it would be asked again
            // and again.
            Verdict::Hold if row.via == Via::Reply && report == Report::AllowanceSpent => {
                again(backoff_ms(row.attempts, self.ambient.below(u64::MAX)))
            }
            Verdict::Hold => again(0),
            Verdict::Suspect => again((SUSPECT_MS << (row.attempts.clamp(1, 8) - 1)).min(PROBE_EVERY_MS)),
            Verdict::Push { with_today } => match &row.parts {
                Parts::Answer { turn, said, .. } => return pushed_instead(row, said, *turn, with_today),
                Parts::Daily(_) | Parts::Farewell { .. } => again(SUSPECT_MS),
            },
        };
        let error = (report != Report::Accepted).then(|| report.class());
        Outcome { id: row.id, fence: row.fence, next, error }
    }
}

/// Whether it is the message of a day that has not come: nobody plans one, but for a clock that was wrong.
fn is_early(channel: &Channel, row: &Leased, now: i64) -> bool {
    matches!(&row.parts, Parts::Daily(parts) if parts.day > channel.account.civil(now).date())
}

/// The rows of one chat leave one after the other, in the order in which they were decided.
fn by_chat(rows: Vec<Leased>) -> Vec<Vec<Leased>> {
    let mut places: HashMap<Option<ReaderId>, usize> = HashMap::new();
    let mut chats: Vec<Vec<Leased>> = Vec::with_capacity(rows.len());
    for row in rows {
        let place = *places.entry(row.reader.as_ref().map(|reader| reader.id)).or_insert(chats.len());
        match chats.get_mut(place) {
            Some(chat) => chat.push(row),
            None => chats.push(vec![row]),
        }
    }
    chats
}

/// The row waits as it is: nothing was asked.
fn put_off(row: &Leased, now: i64) -> Outcome {
    let next = Next::Again { at: now, maybe_sent: row.maybe_sent };
    Outcome { id: row.id, fence: row.fence, next, error: None }
}

/// A row that could not be looked at.
fn left(error: &StoreError) {
    tracing::warn!(error = error as &dyn std::error::Error, "a row could not be looked at; it is taken up again");
}

fn ended(row: &Leased, why: &'static str) -> Outcome {
    let state = State::when_time_passed(row.maybe_sent);
    Outcome { id: row.id, fence: row.fence, next: Next::Settled { state, request_id: None }, error: Some(why) }
}

/// The words go by push. Today's message goes along only when the reply certainly never carried it,
/// and a text that was asked for again is not worth a push.
fn pushed_instead(row: &Leased, said: &AnswerParts, turn: i64, with_today: bool) -> Outcome {
    let with_today = with_today && !said.again;
    let said =
        AnswerParts { words: said.words.clone(), today: said.today.clone().filter(|_| with_today), again: said.again };
    if said.words.is_empty() && said.today.is_none() {
        return ended(row, "token_gone");
    }
    let next = Next::Push { parts: Parts::Answer { token: None, turn, said }, with_today };
    Outcome { id: row.id, fence: row.fence, next, error: Some("token_gone") }
}
