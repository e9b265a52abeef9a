//! LINE's Messaging API: which request it is, who may make it, and how it is answered.
//!
//! A request meets, in this order: the path and method, the faults that replace it, its token, the
//! misuse of a retry key, the rate, the endpoint itself, and the faults that spoil its answer.

mod answer;
mod batches;
mod chats;
mod info;
mod menus;
mod routes;
mod send;
mod token;

use std::time::Instant;

use chrono::{DateTime, Datelike as _, FixedOffset};
use serde_json::Value;

pub(super) use answer::{Answer, Ending};
pub(super) use routes::Host;
use routes::{Handler, Lost, Route};

use super::Simulator;
use super::channel::Channel;
use super::faults::{Facts, FaultKind};
use super::ledger::Entry;
use super::tokens::Worth;

/// One request as it came over the wire.
pub(super) struct Request {
    pub(super) host: Host,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) authorization: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) retry_key: Option<String>,
    /// `None` when it was longer than LINE reads.
    pub(super) body: Option<Vec<u8>>,
}

/// One request that found its endpoint and its channel.
pub(super) struct Call<'a> {
    pub(super) channel: &'a Channel,
    pub(super) endpoint: &'static str,
    /// The variable parts of the path.
    pub(super) parts: Vec<&'a str>,
    pub(super) request: &'a Request,
    pub(super) body: Value,
    pub(super) request_id: String,
    pub(super) now_ms: i64,
    pub(super) watch_ms: u64,
}

impl Call<'_> {
    pub(super) fn query(&self, key: &str) -> Option<&str> {
        let pairs = self.request.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    pub(super) fn raw(&self) -> &[u8] {
        self.request.body.as_deref().unwrap_or_default()
    }
}

/// Answers one request.
pub(super) async fn answer(simulator: &Simulator, request: &Request) -> Answer {
    let fallback = || simulator.channels().first().map(|channel| channel.ids().request()).unwrap_or_default();
    let (route, parts) = match routes::find(request.host, &request.method, &request.path) {
        Ok(found) => found,
        Err(Lost::Path) => return Answer::not_found().with_request_id(fallback()),
        Err(Lost::Method) => return Answer::error(405, "Method not allowed").with_request_id(fallback()),
    };
    if matches!(route.handler, Handler::Token(_)) {
        return token_request(simulator, route, request).with_request_id(fallback());
    }
    let bearer = request.authorization.as_deref().and_then(|header| header.strip_prefix("Bearer "));
    let Some((channel, worth)) = bearer.and_then(|token| owner(simulator, token)) else {
        return Answer::unauthorized().with_request_id(fallback());
    };
    let call = Call {
        channel: &channel,
        endpoint: route.name,
        parts,
        request,
        body: serde_json::from_slice(request.body.as_deref().unwrap_or_default()).unwrap_or(Value::Null),
        request_id: channel.ids().request(),
        now_ms: channel.now_ms(),
        watch_ms: channel.watch_ms(),
    };
    if let Some(fault) = before(&call) {
        return finish(&call, instead(&fault), true);
    }
    let answer = handle(route, &call, worth).await;
    finish(&call, answer, false)
}

async fn handle(route: &Route, call: &Call<'_>, worth: Worth) -> Answer {
    if worth != Worth::Good {
        return Answer::unauthorized();
    }
    if let Some(refusal) = refuse_form(route, call) {
        return refusal;
    }
    if !call.channel.world().buckets.take(route.name, route.rate, Instant::now()) {
        return Answer::rate_limited();
    }
    match route.handler {
        Handler::Plain(handler) => {
            let _turn = call.channel.turn();
            handler(call)
        }
        Handler::TestWebhook => chats::test_webhook(call).await,
        Handler::Token(_) => Answer::not_found(),
    }
}

/// Refusals that need no knowledge of the endpoint.
fn refuse_form(route: &Route, call: &Call<'_>) -> Option<Answer> {
    let Some(raw) = &call.request.body else { return Some(Answer::too_large()) };
    if let Some(key) = &call.request.retry_key {
        if !route.retry_key {
            return Some(Answer::error(400, "X-Line-Retry-Key is not supported by this API"));
        }
        if !send::is_retry_key(key) {
            return Some(Answer::error(400, "Invalid X-Line-Retry-Key"));
        }
    }
    if !route.json {
        return None;
    }
    let kind = call.request.content_type.as_deref().unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        return Some(Answer::error(415, &format!("The content type, {kind}, is not supported")));
    }
    match serde_json::from_slice::<Value>(raw) {
        Ok(Value::Object(_)) => None,
        Ok(_) => Some(Answer::unreadable(1, 1)),
        Err(error) => Some(Answer::unreadable(error.line(), error.column())),
    }
}

fn before(call: &Call<'_>) -> Option<FaultKind> {
    let token = call.body["replyToken"].as_str().unwrap_or_default();
    let reply_chat = call.channel.world().reply_tokens.get(token).map(|token| token.chat.clone());
    let facts = Facts { raw: call.raw(), body: &call.body, reply_chat: reply_chat.as_deref() };
    call.channel.faults().before(call.endpoint, &facts)
}

/// The answer to a request that a fault replaced.
fn instead(fault: &FaultKind) -> Answer {
    match fault {
        FaultKind::ServerError(status) => Answer::html(*status),
        FaultKind::RateLimited429 => Answer::rate_limited(),
        FaultKind::MonthlyLimit429 => Answer::monthly_limit(),
        FaultKind::Unauthorized401 => Answer::unauthorized(),
        FaultKind::BadRequest400(_) => {
            let mut found = super::limits::Findings::default();
            found.add("messages[0]", "May not be empty");
            Answer::json(400, found.body())
        }
        FaultKind::BlackHole => Answer::error(0, "").ending(Ending::Silence),
        _ => Answer::error(409, "The retry key is already accepted").accepted_before("an-unknown-request".to_owned()),
    }
}

/// Spoils the answer where a fault says so, and writes the request into the ledger.
/// `replaced` says that a fault has already answered.
fn finish(call: &Call<'_>, answer: Answer, replaced: bool) -> Answer {
    let told = answer.status >= 200 && answer.status < 300;
    let fault = call.channel.faults().after(call.endpoint, told);
    let mut entry = Entry {
        at_ms: call.now_ms,
        watch_ms: call.watch_ms,
        endpoint: call.endpoint.to_owned(),
        to: answer.to.clone(),
        retry_key: call.request.retry_key.clone(),
        reply_token: call.body["replyToken"].as_str().map(str::to_owned),
        fault: replaced || fault.is_some(),
        status: answer.status,
        accepted: told,
        delivered: answer.delivered,
        messages: Vec::new(),
        request_id: call.request_id.clone(),
        accepted_request_id: answer.accepted_request_id.clone(),
    };
    let answer = fault.map_or_else(|| answer.clone(), |fault| spoilt(answer.clone(), &fault));
    entry.status = if matches!(answer.ending, Ending::Silence | Ending::Reset) { 0 } else { answer.status };
    let mut world = call.channel.world();
    if entry.to.is_empty() {
        entry.to = addressed(&call.body);
    }
    if !world.counting_only {
        entry.messages = call.body["messages"].as_array().cloned().unwrap_or_default();
    }
    world.ledger.push(entry);
    drop(world);
    call.channel.touch();
    answer.with_request_id(call.request_id.clone())
}

/// What is never said cannot be spoilt either.
fn spoilt(answer: Answer, fault: &FaultKind) -> Answer {
    match fault {
        _ if answer.ending == Ending::Silence => answer,
        FaultKind::AcceptThenTimeout => answer.ending(Ending::Silence),
        FaultKind::AcceptThenReset => answer.ending(Ending::Reset),
        FaultKind::AcceptThen500 => Answer::html(500),
        FaultKind::AcceptThenError(status) => Answer::html(*status),
        FaultKind::TruncatedBody => answer.ending(Ending::Truncated),
        FaultKind::EmptyBody200 => answer.empty(),
        FaultKind::Slow(ms) => answer.ending(Ending::After(*ms)),
        _ => answer,
    }
}

fn addressed(body: &Value) -> Vec<String> {
    match &body["to"] {
        Value::String(to) => vec![to.clone()],
        Value::Array(all) => all.iter().filter_map(|to| to.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// Whose token it is. Expired and revoked tokens are still known.
fn owner(simulator: &Simulator, token: &str) -> Option<(Channel, Worth)> {
    // Most tokens are those that channels were made with: to ask a thousand channels would take longer than
    // everything else.
    simulator.channel_of(token).into_iter().chain(simulator.channels()).find_map(|channel| {
        let worth = channel.world().tokens.worth(token, channel.now_ms());
        (worth != Worth::Unknown).then(|| (channel.clone(), worth))
    })
}

fn token_request(simulator: &Simulator, route: &Route, request: &Request) -> Answer {
    let Handler::Token(life_seconds) = route.handler else { return Answer::not_found() };
    let form = token::form(request.body.as_deref().unwrap_or_default());
    let answer = token::issue(simulator.channels(), route.name == "token", &form, life_seconds);
    let Some((channel, answer)) = answer else { return token::unknown_channel(route.name == "token") };
    let call = Call {
        channel: &channel,
        endpoint: "token",
        parts: Vec::new(),
        request,
        body: Value::Null,
        request_id: channel.ids().request(),
        now_ms: channel.now_ms(),
        watch_ms: channel.watch_ms(),
    };
    let fault = before(&call);
    let replaced = fault.is_some();
    finish(&call, fault.map_or(answer, |fault| instead(&fault)), replaced)
}

/// Japan's time, in which LINE counts days and months.
pub(super) fn in_japan(at_ms: i64) -> DateTime<FixedOffset> {
    let zone = FixedOffset::east_opt(9 * 3600).expect("nine hours is an offset");
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default().with_timezone(&zone)
}

/// The month the allowance is counted in, numbered through.
pub(super) fn month_of(at_ms: i64) -> i32 {
    let day = in_japan(at_ms);
    day.year() * 12 + day.month0() as i32
}
