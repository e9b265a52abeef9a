//! One row, one request, one record.

use std::time::Duration;

use futures::StreamExt as _;
use tokio::time::Instant;

use super::pace::Endpoint;
use super::speak;
use super::{Channel, Deliveries, DeliveryError, IN_FLIGHT, LEASE_MARGIN_MS};
use crate::domain::delivery::health::Change;
use crate::domain::delivery::{AnswerParts, Parts, Report, State, Verdict, backoff_ms, retry_key, verdict};
use crate::domain::family::Standing;
use crate::domain::ids::DeliveryId;
use crate::line::client::{Accepted, SendError};
use crate::store::{Leased, Next, Outcome, StoreError, Via};

/// LINE takes a reply token for a minute (Messaging API reference, "Reply token").
const REPLY_TOKEN_MS: i64 = 60_000;
/// A row that waited longer than this is looked at again before it leaves, so that a stop is final
/// within a second.
const STALE: Duration = Duration::from_secs(1);
/// A refused row is tried again after this, unless its fate is known before.
const SUSPECT_MS: i64 = 60_000;
/// Outcomes written in one transaction.
const RECORDS: usize = 500;

/// An attempt and what it came to.
struct Attempt {
    outcome: Outcome,
    report: Option<Report>,
    content: u64,
}

impl Deliveries {
    /// Sends rows we hold the lease of; returns how many came to an end.
    pub(super) async fn send(&self, channel: &Channel, rows: Vec<Leased>) -> Result<usize, DeliveryError> {
        let leased_at = Instant::now();
        let mut done = 0;
        let requests = futures::stream::iter(rows).map(|row| self.send_one(channel, row, leased_at));
        let mut finished = Box::pin(requests.buffer_unordered(IN_FLIGHT).ready_chunks(RECORDS));
        while let Some(attempts) = finished.next().await {
            let attempts: Vec<Attempt> = attempts.into_iter().flatten().collect();
            done += attempts.len();
            self.record(&attempts).await?;
            self.draw_conclusions(channel, &attempts).await?;
        }
        Ok(done)
    }

    async fn send_one(&self, channel: &Channel, row: Leased, leased_at: Instant) -> Option<Attempt> {
        let endpoint = if row.via == Via::Reply { Endpoint::Reply } else { Endpoint::Push };
        self.pace.permit(channel.account.id, endpoint).await;
        if leased_at.elapsed() > STALE && !self.store.still_leased(row.id, row.fence).await.unwrap_or(false) {
            return None;
        }
        let now = self.ambient.now_ms();
        if now + LEASE_MARGIN_MS > row.lease_until {
            return None; // whoever reaps it starts with a whole lease
        }
        let content = speak::content(&row.parts);
        if now >= row.window_until {
            return Some(Attempt { outcome: ended(&row, "window_closed"), report: None, content });
        }
        match self.unspoken(channel, &row, now, content).await {
            Ok(Some(outcome)) => Some(Attempt { outcome, report: None, content }),
            Ok(None) => Some(self.attempt(channel, &row, content).await),
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
        let Some(leased) = &row.reader else { return Ok(false) };
        let tx = self.store.begin().await?;
        let newest = tx.newest_answer(leased.id).await?;
        let reader = tx.readers(&[leased.id]).await?.pop();
        let current = reader.is_some_and(|reader| reader.turn == turn && reader.standing == Standing::Following);
        Ok(current && newest == Some(row.id))
    }

    async fn attempt(&self, channel: &Channel, row: &Leased, content: u64) -> Attempt {
        let objects = speak::objects(&row.parts, &channel.account.library);
        let result = match (&row.parts, row.via) {
            (Parts::Daily(_) | Parts::Answer { .. }, _) if objects.is_empty() => {
                return Attempt { outcome: ended(row, "nothing_to_say"), report: None, content };
            }
            (Parts::Answer { token: Some(token), .. }, Via::Reply) => channel.line.reply(token, &objects).await,
            (Parts::Farewell { token, place, id, .. }, _) => {
                self.say_farewell(channel, token.as_deref(), place, id, &objects).await
            }
            (Parts::Daily(_) | Parts::Answer { .. }, _) => self.push(channel, row, &objects).await,
        };
        let (report, request_id) = report(&result);
        self.count(channel, row, report, &result);
        let outcome = self.outcome(row, report, request_id);
        Attempt { outcome, report: Some(report), content }
    }

    async fn push(
        &self,
        channel: &Channel,
        row: &Leased,
        objects: &[serde_json::Value],
    ) -> Result<Accepted, SendError> {
        let bot = self.bot_user_id(channel).await?;
        let user = &row.reader.as_ref().expect("a row for a reader is leased with the reader").user;
        channel.line.push(user, objects, retry_key(bot, user, &row.purpose)).await
    }

    async fn say_farewell(
        &self,
        channel: &Channel,
        token: Option<&str>,
        place: &str,
        id: &str,
        objects: &[serde_json::Value],
    ) -> Result<Accepted, SendError> {
        if let Some(token) = token {
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

    /// Writes outcomes together; when that fails, one by one, so that one row cannot cost the others.
    async fn record(&self, attempts: &[Attempt]) -> Result<(), DeliveryError> {
        let together: Result<(), StoreError> = async {
            let tx = self.store.begin().await?;
            for attempt in attempts {
                tx.record(&attempt.outcome).await?;
            }
            tx.commit().await
        }
        .await;
        if together.is_ok() {
            return Ok(());
        }
        for attempt in attempts {
            let tx = self.store.begin().await?;
            tx.record(&attempt.outcome).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// What single outcomes say about the account.
    async fn draw_conclusions(&self, channel: &Channel, attempts: &[Attempt]) -> Result<(), DeliveryError> {
        for attempt in attempts {
            let Some(report) = attempt.report else { continue };
            let change = {
                let mut health = channel.health.lock().expect("no panic while health is held");
                health.note(report, attempt.outcome.id, attempt.content)
            };
            if report == Report::Accepted {
                self.release(channel).await?;
            }
            match change {
                Change::None => {}
                Change::Hold(reason) => self.hold(channel, reason).await?,
                Change::Refuse { rows, withdrawn } => self.refuse(&rows, withdrawn.is_some()).await?,
            }
        }
        Ok(())
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
