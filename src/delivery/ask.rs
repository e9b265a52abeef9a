//! The request itself, and what LINE's answer to it means.

use serde_json::Value;

use super::pace::Endpoint;
use super::{Channel, Deliveries, either};
use crate::domain::delivery::{Parts, Report, retry_key};
use crate::fail::{self, Point};
use crate::line::client::{Accepted, SendError};
use crate::store::{Leased, Via};

impl Deliveries {
    /// Why nothing can be pushed at present, if so.
    pub(super) async fn no_push(&self, channel: &Channel) -> Option<Report> {
        let error = self.know_bot_user_id(channel).await.err()?;
        self.hear(channel, Err(&error));
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

    pub(super) async fn ask(&self, channel: &Channel, row: &Leased, objects: &[Value]) -> (Report, Option<String>) {
        fail::at(either(row.via, Point::D1, Point::E1));
        let result = match (&row.parts, row.via) {
            (Parts::Answer { token: Some(token), .. }, Via::Reply) => channel.line.reply(token, objects).await,
            (Parts::Farewell { token, place, id, .. }, _) => {
                self.say_farewell(channel, token.as_deref(), place, id, objects).await
            }
            (Parts::Daily(_) | Parts::Answer { .. }, _) => self.push(channel, row, objects).await,
        };
        if row.via == Via::Push {
            self.hear(channel, result.as_ref());
        }
        let (report, request_id) = report(result.as_ref());
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

/// What a result means, and LINE's id of the request.
pub(super) fn report(result: Result<&Accepted, &SendError>) -> (Report, Option<String>) {
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
