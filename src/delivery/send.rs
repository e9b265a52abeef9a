//! One row, one request, one record.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::StreamExt as _;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::pace::Endpoint;
use super::speak;
use super::{Channel, Deliveries, DeliveryError, IN_FLIGHT, LEASE_MARGIN_MS};
use crate::domain::delivery::health::{Change, HoldReason};
use crate::domain::delivery::{AnswerParts, Parts, Report, State, Verdict, backoff_ms, retry_key, verdict};
use crate::domain::family::Standing;
use crate::domain::ids::{DeliveryId, ReaderId};
use crate::line::client::{Accepted, SendError};
use crate::store::{Leased, Next, Outcome, StoreError, Tries, Via};

/// LINE takes a reply token for a minute (Messaging API reference, "Reply token").
const REPLY_TOKEN_MS: i64 = 60_000;
/// A row that waited longer than this is looked at again before it leaves, so that a stop is final
/// within a second.
const STALE: Duration = Duration::from_secs(1);
/// A refused row is tried again after this, unless its fate is known before.
const SUSPECT_MS: i64 = 60_000;
/// Outcomes written in one transaction.
const RECORDS: usize = 500;

/// What became of the rows that were to be sent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sent {
    /// Rows that were tried, or ended without.
    pub ended: usize,
    /// Requests that LINE was asked.
    pub asked: usize,
}

/// An attempt and what it came to.
struct Attempt {
    outcome: Outcome,
    report: Option<Report>,
    content: u64,
    via: Via,
}

/// What a batch of attempts says about the account.
enum Conclusion {
    /// LINE takes pushes; or, when `free`, at least replies.
    Works { free: bool },
    /// It does not.
    Fails(HoldReason),
}

/// What is the same for all rows that were leased together.
struct Batch {
    leased_at: Instant,
    /// Why nothing can be pushed: LINE does not say who the bot is.
    no_push: Option<Report>,
}

impl Deliveries {
    /// Sends rows whose lease we hold.
    pub(super) async fn send(&self, channel: &Channel, rows: Vec<Leased>) -> Result<Sent, DeliveryError> {
        self.send_as(channel, rows, false).await
    }

    /// As [`Deliveries::send`], to try whether a held account works again.
    pub(super) async fn send_to_try(&self, channel: &Channel, row: Leased) -> Result<Sent, DeliveryError> {
        self.send_as(channel, vec![row], true).await
    }

    async fn send_as(&self, channel: &Channel, rows: Vec<Leased>, probing: bool) -> Result<Sent, DeliveryError> {
        if rows.is_empty() {
            return Ok(Sent::default());
        }
        let leased_at = Instant::now();
        let pushes = rows.iter().any(|row| row.via == Via::Push);
        let no_push = if pushes { self.no_push(channel).await } else { None };
        let batch = Batch { leased_at, no_push };
        let batch = &batch;
        let (told, heard) = mpsc::unbounded_channel();
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
            futures::stream::iter(by_chat(rows)).for_each_concurrent(IN_FLIGHT, ask).await;
        };
        // Side by side, never one inside the other: while outcomes are written, requests must go on, or
        // they would run out of time, or keep a connection to the database that the writing waits for.
        let ((), sent) = tokio::join!(requests, self.write_down(channel, probing, heard));
        sent
    }

    /// Writes outcomes as they come, together where they come together. One that cannot be written
    /// does not cost the others; its row is taken up again when the lease has run out.
    async fn write_down(
        &self,
        channel: &Channel,
        probing: bool,
        mut heard: mpsc::UnboundedReceiver<Attempt>,
    ) -> Result<Sent, DeliveryError> {
        let (mut sent, mut failure, mut attempts) = (Sent::default(), None, Vec::new());
        while heard.recv_many(&mut attempts, RECORDS).await > 0 {
            sent.ended += attempts.len();
            sent.asked += attempts.iter().filter(|attempt| attempt.report.is_some()).count();
            let written = match self.record(&attempts).await {
                Ok(()) => self.draw_conclusions(channel, probing, &attempts).await,
                Err(error) => Err(error),
            };
            failure = failure.or(written.err());
            attempts.clear();
        }
        failure.map_or(Ok(sent), Err)
    }

    /// Why nothing can be pushed at present, if so.
    async fn no_push(&self, channel: &Channel) -> Option<Report> {
        let error = self.know_bot_user_id(channel).await.err()?;
        tracing::warn!(error = &error as &dyn std::error::Error, "LINE does not say who the bot is; pushes wait");
        Some(match error {
            SendError::Unauthorized => Report::Unauthorized,
            SendError::Throttled { .. } => Report::Throttled,
            // Whatever became of the question: no message has left.
            SendError::AllowanceSpent
            | SendError::Rejected { .. }
            | SendError::InvalidReplyToken
            | SendError::NotSent(_)
            | SendError::NoAnswer(_) => Report::NotSent,
        })
    }

    async fn send_one(&self, channel: &Channel, row: Leased, batch: &Batch) -> Option<Attempt> {
        let endpoint = if row.via == Via::Reply { Endpoint::Reply } else { Endpoint::Push };
        self.pace.permit(channel.account.id, endpoint).await;
        if batch.leased_at.elapsed() > STALE && !self.store.still_leased(row.id, row.fence).await.unwrap_or(false) {
            return None;
        }
        let now = self.ambient.now_ms();
        if now + LEASE_MARGIN_MS > row.lease_until {
            return None; // whoever reaps it starts with a whole lease
        }
        let (content, via) = (speak::content(&row.parts), row.via);
        let unasked = |outcome| Some(Attempt { outcome, report: None, content, via });
        if now >= row.window_until {
            return unasked(ended(&row, "window_closed"));
        }
        match self.unspoken(channel, &row, now, content).await {
            Ok(Some(outcome)) => unasked(outcome),
            Ok(None) => Some(self.attempt(channel, &row, content, batch).await),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a row could not be looked at; it is taken up again"
                );
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
            return Ok(Some(ended(row, "content_withdrawn")));
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
        let unasked = |why| Attempt { outcome: ended(row, why), report: None, content, via: row.via };
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
        let outcome = self.outcome(row, report, request_id);
        Attempt { outcome, report: Some(report), content, via: row.via }
    }

    async fn ask(&self, channel: &Channel, row: &Leased, objects: &[Value]) -> (Report, Option<String>) {
        let result = match (&row.parts, row.via) {
            (Parts::Answer { token: Some(token), .. }, Via::Reply) => channel.line.reply(token, objects).await,
            (Parts::Farewell { token, place, id, .. }, _) => {
                self.say_farewell(channel, token.as_deref(), place, id, objects).await
            }
            (Parts::Daily(_) | Parts::Answer { .. }, _) => self.push(channel, row, objects).await,
        };
        let (report, request_id) = report(&result);
        self.count(channel, row, report, &result);
        (report, request_id)
    }

    async fn push(&self, channel: &Channel, row: &Leased, objects: &[Value]) -> Result<Accepted, SendError> {
        let bot = channel.account.bot_user_id.get().expect("nothing is pushed before the bot's id is known");
        let user = &row.reader.as_ref().expect("a row without its reader is ended before it leaves").user;
        let accepted = channel.line.push(user, objects, retry_key(bot, user, &row.purpose)).await?;
        if accepted.already && row.attempts <= 1 && !row.maybe_sent {
            metrics::counter!("hagukumi_accepted_elsewhere_total").increment(1);
            tracing::warn!(delivery.id = %row.id, "LINE knew the retry key of a first attempt: a restored database, or another server with this channel's token");
        }
        Ok(accepted)
    }

    async fn say_farewell(
        &self,
        channel: &Channel,
        token: Option<&str>,
        place: &str,
        id: &str,
        objects: &[Value],
    ) -> Result<Accepted, SendError> {
        if let Some(token) = token.filter(|_| !objects.is_empty()) {
            // Politeness only: leaving does not depend on it.
            if let Err(error) = channel.line.reply(token, objects).await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a group was left without a word");
            }
        }
        channel.line.leave(place, id).await
    }

    fn outcome(&self, row: &Leased, report: Report, request_id: Option<String>) -> Outcome {
        let now = self.ambient.now_ms();
        let maybe_sent = row.maybe_sent || report.may_have_sent();
        let again = |wait: i64| Next::Again { at: now + wait, maybe_sent };
        let next = match verdict(report, row.maybe_sent) {
            Verdict::Settle(state) => Next::Settled { state, request_id },
            Verdict::Again => again(backoff_ms(row.attempts, self.ambient.below(u64::MAX))),
            Verdict::Hold => again(0),
            Verdict::Suspect => again(SUSPECT_MS),
            Verdict::Push { with_today } => match &row.parts {
                Parts::Answer { turn, said, .. } => return pushed_instead(row, said, *turn, with_today),
                Parts::Daily(_) | Parts::Farewell { .. } => again(SUSPECT_MS),
            },
        };
        let error = (report != Report::Accepted).then(|| report.class());
        Outcome { id: row.id, fence: row.fence, next, error }
    }

    /// Writes outcomes together; when that fails, one by one, so that one row cannot cost the others. An
    /// outcome that was written although nobody knows it stays the same when it is written again.
    async fn record(&self, attempts: &[Attempt]) -> Result<(), DeliveryError> {
        let mut outcomes: Vec<&Outcome> = attempts.iter().map(|attempt| &attempt.outcome).collect();
        // Rows are locked in the order of their ids.
        outcomes.sort_by_key(|outcome| outcome.id);
        if self.record_again(&outcomes).await.is_ok() {
            return Ok(());
        }
        for outcome in outcomes {
            self.record_again(&[outcome]).await?;
        }
        Ok(())
    }

    async fn record_again(&self, outcomes: &[&Outcome]) -> Result<(), StoreError> {
        let mut tries = Tries::default();
        loop {
            match self.record_once(outcomes).await {
                Err(error) if tries.again(&error) => {}
                done => return done,
            }
        }
    }

    async fn record_once(&self, outcomes: &[&Outcome]) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        for outcome in outcomes {
            tx.record(outcome).await?;
        }
        tx.commit().await
    }

    /// What single outcomes say about the account. The last word of a batch decides whether it is held.
    ///
    /// A reply tells about the token only: LINE takes replies also when it takes no push, and refuses
    /// one for reasons of its own.
    async fn draw_conclusions(
        &self,
        channel: &Channel,
        probing: bool,
        attempts: &[Attempt],
    ) -> Result<(), DeliveryError> {
        let mut conclusion = None;
        for attempt in attempts {
            let Some(report) = attempt.report else { continue };
            let free = attempt.via == Via::Reply;
            if report == Report::Accepted && (!free || conclusion.is_none()) {
                conclusion = Some(Conclusion::Works { free });
            }
            match note(channel, probing, attempt, report) {
                Change::None => {}
                Change::Hold(reason) => conclusion = Some(Conclusion::Fails(reason)),
                Change::Refuse { rows, withdrawn } => self.refuse(&rows, withdrawn.is_some()).await?,
            }
        }
        match conclusion {
            None => Ok(()),
            Some(Conclusion::Works { free }) => self.release(channel, free).await,
            Some(Conclusion::Fails(reason)) => self.hold(channel, reason).await,
        }
    }

    async fn refuse(&self, rows: &[DeliveryId], withdrawn: bool) -> Result<(), DeliveryError> {
        let tx = self.store.begin().await?;
        tx.refuse(rows).await?;
        tx.commit().await?;
        tracing::error!(rows = rows.len(), "LINE refuses these rows while others pass");
        if withdrawn {
            tracing::error!("a content was refused for five readers and is withdrawn: run `hagukumi check --online`");
        }
        Ok(())
    }

    fn count(&self, channel: &Channel, row: &Leased, report: Report, result: &Result<Accepted, SendError>) {
        let kind = if matches!(row.parts, Parts::Daily(_)) { "daily" } else { "answer" };
        metrics::counter!("hagukumi_deliveries_total", "kind" => kind, "result" => report.class()).increment(1);
        if report == Report::Throttled {
            let endpoint = if row.via == Via::Reply { Endpoint::Reply } else { Endpoint::Push };
            self.pace.slow_down(channel.account.id, endpoint);
        }
        if let Err(error) = result {
            let error = error as &dyn std::error::Error;
            tracing::warn!(delivery.id = %row.id, attempt = row.attempts, error, "a delivery was not accepted");
        }
    }
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

/// What one outcome means for the account.
fn note(channel: &Channel, probing: bool, attempt: &Attempt, report: Report) -> Change {
    let mut health = channel.health.lock().expect("no panic while health is held");
    match (attempt.via, report) {
        (Via::Reply, Report::Unauthorized) => Change::Hold(HoldReason::Token),
        (Via::Reply, _) => Change::None,
        // While the account is held, a refusal says nothing about its reader.
        (Via::Push, Report::Rejected) if probing => Change::Hold(HoldReason::Wall),
        (Via::Push, report) => {
            if probing && report == Report::Accepted {
                health.forgive();
            }
            health.note(report, attempt.outcome.id, attempt.content)
        }
    }
}

fn report(result: &Result<Accepted, SendError>) -> (Report, Option<String>) {
    let report = match result {
        Ok(accepted) => return (Report::Accepted, accepted.request_id.clone()),
        Err(SendError::Throttled { .. }) => Report::Throttled,
        Err(SendError::AllowanceSpent) => Report::AllowanceSpent,
        Err(SendError::Unauthorized) => Report::Unauthorized,
        Err(SendError::Rejected { .. }) => Report::Rejected,
        Err(SendError::InvalidReplyToken) => Report::InvalidReplyToken,
        Err(SendError::NotSent(_)) => Report::NotSent,
        Err(SendError::NoAnswer(_)) => Report::NoAnswer,
    };
    (report, None)
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
