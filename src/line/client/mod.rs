//! What we ask of LINE: push, reply, leave, and a few questions.
//!
//! One pooled client for everything, with a limit on what is on its way. Each call ends within
//! [`Limits::total`], whatever happens: waiting for a free connection, a token, the answer and one
//! second try with a new token all count. Call it from the runtime that stays, not from web workers.

#[cfg(test)]
mod canned;
mod menus;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod untrusted;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use uuid::Uuid;

use super::road::Road;
use super::token::TokenSource;
use super::wire::{Answer, Wire};
use crate::clock::skew::Skew;
use crate::domain::ids::LineUserId;

pub use super::error::{Cause, SendError};
pub use menus::LineMenu;
pub use reqwest::Url;

/// Tells the time; only `clock` makes one.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// LINE's two hosts, or a simulator's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    api: Url,
    data: Url,
}

/// The address is not one that requests can go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address of LINE's API begins with https:// or http:// and names a host, without user, query or fragment")]
pub struct NotAnEndpoint;

/// How long and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For connecting, and for waiting for a free connection.
    pub connect: Duration,
    /// For everything together.
    pub total: Duration,
    /// Requests on their way at the same time, at least 1.
    pub in_flight: usize,
}

/// A channel at LINE.
pub struct Line {
    wire: Wire,
    tokens: TokenSource,
    now: Now,
    skew: Option<Arc<Skew>>,
}

/// LINE accepted a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// LINE's id of the request that it accepted.
    pub request_id: Option<String>,
    /// Whether an earlier request with the same retry key was the accepted one.
    pub already: bool,
    /// Whether LINE knows the retry key without saying which request used it: perhaps not one of ours.
    pub elsewhere: bool,
}

/// Who the bot is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotInfo {
    /// What webhooks name as their destination: a LINE user id, but nobody's.
    pub user_id: String,
    /// The account's `@…` name.
    pub basic_id: String,
    /// The account's name.
    pub display_name: String,
}

impl Line {
    /// A channel at LINE. Nothing is asked of LINE yet.
    ///
    /// # Errors
    ///
    /// When no TLS client can be made, as on a machine without any CA certificates.
    pub fn new(endpoints: Endpoints, tokens: TokenSource, limits: Limits, now: Now) -> Result<Self, reqwest::Error> {
        Self::reached_by(None, endpoints, tokens, limits, now)
    }

    /// As [`Line::new`]; with a road, by that and not over the network.
    ///
    /// # Errors
    ///
    /// As [`Line::new`].
    pub fn reached_by(
        road: Option<Arc<dyn Road>>,
        endpoints: Endpoints,
        tokens: TokenSource,
        limits: Limits,
        now: Now,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self { wire: Wire::new(endpoints, limits, road)?, tokens, now, skew: None })
    }

    /// Tells what time it is at LINE to whoever judges our clock.
    #[must_use]
    pub fn telling(self, skew: Arc<Skew>) -> Self {
        Self { skew: Some(skew), ..self }
    }

    /// Sends one to five message objects to a reader. The same retry key never sends twice within 24
    /// hours of its first use, however often it is tried; every try must carry the same messages.
    ///
    /// # Errors
    ///
    /// Every [`SendError`] but [`SendError::InvalidReplyToken`].
    pub async fn push(&self, to: &LineUserId, messages: &[Value], retry_key: Uuid) -> Result<Accepted, SendError> {
        let body = json!({"to": to.expose(), "messages": messages});
        let request = with_json(self.wire.post(&["v2", "bot", "message", "push"]), &body);
        let answer = self.call("message/push", request.header("x-line-retry-key", retry_key.to_string())).await?;
        if answer.status.as_u16() == 409 {
            let elsewhere = answer.accepted_request_id.is_none();
            return Ok(Accepted { request_id: answer.accepted_request_id, already: true, elsewhere });
        }
        accepted(answer)
    }

    /// Answers an event with one to five message objects. Costs nothing, works once, and cannot be
    /// tried again after an unknown outcome without the risk of being refused.
    ///
    /// # Errors
    ///
    /// Every [`SendError`]; [`SendError::AllowanceSpent`] is not to be expected.
    pub async fn reply(&self, token: &str, messages: &[Value]) -> Result<Accepted, SendError> {
        let body = json!({"replyToken": token, "messages": messages});
        let request = with_json(self.wire.post(&["v2", "bot", "message", "reply"]), &body);
        let answer = self.call("message/reply", request).await?;
        if answer.status.as_u16() == 400 && answer.says("invalid reply token") {
            return Err(SendError::InvalidReplyToken);
        }
        accepted(answer)
    }

    /// Leaves a group chat (`place` is `group`) or a multi-person chat (`room`). Not being in it is as
    /// good.
    ///
    /// # Errors
    ///
    /// As [`Line::push`].
    pub async fn leave(&self, place: &str, id: &str) -> Result<Accepted, SendError> {
        let answer = self.call("leave", self.wire.post(&["v2", "bot", place, id, "leave"])).await?;
        let left_before = answer.status.as_u16() == 404;
        if left_before { Ok(Accepted::by(answer, true)) } else { accepted(answer) }
    }

    /// Asks who the bot is.
    ///
    /// # Errors
    ///
    /// As [`Line::push`]; [`SendError::NoAnswer`] also when the answer cannot be read.
    pub async fn bot_info(&self) -> Result<BotInfo, SendError> {
        let answer = success(self.call("info", self.wire.get(&["v2", "bot", "info"])).await?)?;
        answer.json().as_ref().and_then(BotInfo::read).ok_or(SendError::NoAnswer(Cause::Unreadable))
    }

    /// Asks whether LINE would take these message objects in a push. Sends and counts nothing.
    ///
    /// # Errors
    ///
    /// [`SendError::Rejected`] when it would not, otherwise as [`Line::push`].
    pub async fn validate_push(&self, messages: &[Value]) -> Result<(), SendError> {
        let request = self.wire.post(&["v2", "bot", "message", "validate", "push"]);
        let answer = self.call("message/validate/push", with_json(request, &json!({ "messages": messages }))).await?;
        success(answer).map(|_| ())
    }

    /// As [`Line::call_again`], and takes note of the time at LINE.
    async fn call(&self, endpoint: &'static str, request: RequestBuilder) -> Result<Answer, SendError> {
        let asked = self.skew.as_ref().map(|skew| skew.steady_ms());
        let answer = self.call_again(endpoint, request).await?;
        if let (Some(skew), Some(asked)) = (&self.skew, asked) {
            skew.hears_line(asked, answer.date);
        }
        Ok(answer)
    }

    /// Sends a request with our token; once more, unchanged, with a new token when LINE refuses the first.
    async fn call_again(&self, endpoint: &'static str, request: RequestBuilder) -> Result<Answer, SendError> {
        let deadline = self.wire.deadline();
        let again = request.try_clone().filter(|_| self.tokens.renewable());
        let bearer = self.tokens.bearer(&self.wire, (self.now)(), None, deadline).await?;
        let answer = self.wire.call(endpoint, request.header(AUTHORIZATION, bearer.header()), deadline).await?;
        match again {
            Some(again) if answer.status.as_u16() == 401 => {
                let bearer = self.tokens.bearer(&self.wire, (self.now)(), Some(&bearer), deadline).await?;
                self.wire.call(endpoint, again.header(AUTHORIZATION, bearer.header()), deadline).await
            }
            _ => Ok(answer),
        }
    }
}

fn with_json(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header(CONTENT_TYPE, "application/json").body(body.to_string())
}

fn success(answer: Answer) -> Result<Answer, SendError> {
    if answer.status.is_success() { Ok(answer) } else { Err(SendError::from_answer(&answer)) }
}

/// The status alone decides: a success whose body broke off was accepted all the same.
fn accepted(answer: Answer) -> Result<Accepted, SendError> {
    success(answer).map(|answer| Accepted::by(answer, false))
}

impl Accepted {
    fn by(answer: Answer, already: bool) -> Self {
        Self { request_id: answer.request_id, already, elsewhere: false }
    }
}

impl BotInfo {
    fn read(answer: &Value) -> Option<Self> {
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let user_id = LineUserId::parse(answer["userId"].as_str()?).ok()?;
        Some(Self {
            user_id: user_id.expose().to_owned(),
            basic_id: text("basicId"),
            display_name: text("displayName"),
        })
    }
}

impl Endpoints {
    /// The hosts for requests and for pictures.
    ///
    /// # Errors
    ///
    /// [`NotAnEndpoint`].
    pub fn new(api: &str, data: &str) -> Result<Self, NotAnEndpoint> {
        Ok(Self { api: endpoint(api)?, data: endpoint(data)? })
    }

    /// LINE itself.
    #[must_use]
    pub fn line() -> Self {
        Self::new("https://api.line.me", "https://api-data.line.me").expect("these are addresses")
    }

    /// The host for requests.
    #[must_use]
    pub fn api(&self) -> &Url {
        &self.api
    }

    /// The host for pictures.
    #[must_use]
    pub fn data(&self) -> &Url {
        &self.data
    }

    /// Whether one of the hosts is LINE's own, so that real people would be reached.
    #[must_use]
    pub fn are_lines_own(&self) -> bool {
        let lines = |host: &str| host == "line.me" || host.ends_with(".line.me");
        [&self.api, &self.data].iter().any(|address| address.host_str().is_some_and(lines))
    }

    /// Whether both hosts are on the loopback of this machine.
    #[must_use]
    pub fn are_on_this_machine(&self) -> bool {
        let named = |host: &str| host == "localhost" || host.ends_with(".localhost");
        let loopback = |host: &str| ["127.0.0.1", "[::1]"].contains(&host) || named(host);
        [&self.api, &self.data].iter().all(|address| address.host_str().is_some_and(loopback))
    }
}

fn endpoint(address: &str) -> Result<Url, NotAnEndpoint> {
    let url = Url::parse(address.trim()).map_err(|_| NotAnEndpoint)?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let usable = ["https", "http"].contains(&url.scheme()) && url.has_host() && plain;
    if usable { Ok(url) } else { Err(NotAnEndpoint) }
}

impl Default for Limits {
    /// 3 seconds to connect, 10 in all (the lease of a delivery leaves 15), 256 at the same time.
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), total: Duration::from_secs(10), in_flight: 256 }
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("tokens", &self.tokens).finish_non_exhaustive()
    }
}
