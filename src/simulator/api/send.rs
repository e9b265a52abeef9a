//! Sending: reply, push, multicast, narrowcast, broadcast, and checking without sending.

use chrono::Datelike as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::channel::ChangedBody;
use super::super::limits::{self, Findings};
use super::super::world::{Bubble, Speaker, UsedKey, Via, World};
use super::{Answer, Call, in_japan, month_of};

/// LINE keeps a retry key for 24 hours.
const KEY_LIFE_MS: i64 = 24 * 60 * 60 * 1000;
/// A reply token lives a minute after each delivery of its event …
const REPLY_LIFE_MS: i64 = 60 * 1000;
/// … and never longer than 20 minutes after the event.
const REPLY_EVENT_LIFE_MS: i64 = 20 * 60 * 1000;
/// LINE's reference, multicast.
const RECIPIENTS_MAX: usize = 500;

pub(super) fn validate(call: &Call<'_>) -> Answer {
    match wrong(call) {
        Some(refusal) => refusal,
        None => Answer::done(),
    }
}

pub(super) fn reply(call: &Call<'_>) -> Answer {
    let Some(token) = call.body["replyToken"].as_str() else { return Answer::invalid_property("'replyToken'") };
    if let Some(refusal) = wrong(call) {
        return refusal;
    }
    let chat = {
        let mut world = call.channel.world();
        let fresh = world.reply_tokens.get_mut(token).filter(|token| {
            let in_time = call.now_ms - token.sent_ms <= REPLY_LIFE_MS;
            in_time && call.now_ms - token.event_ms <= REPLY_EVENT_LIFE_MS && !token.used
        });
        let Some(fresh) = fresh else { return Answer::error(400, "Invalid reply token") };
        fresh.used = true;
        fresh.chat.clone()
    };
    let sent = deliver(call, std::slice::from_ref(&chat), Via::Reply);
    Answer::json(200, json!({ "sentMessages": sent.messages })).to(vec![chat], sent.reached > 0)
}

pub(super) fn push(call: &Call<'_>) -> Answer {
    let Some(to) = call.body["to"].as_str().filter(|to| is_chat_id(to)) else {
        return Answer::invalid_property("'to'");
    };
    let to = vec![to.to_owned()];
    if let Some(answer) = repeated(call).or_else(|| wrong(call)) {
        return answer;
    }
    if !call.channel.world().knows(&to[0]) {
        return Answer::error(400, "Failed to send messages");
    }
    if is_over_allowance(call, &to) {
        return Answer::monthly_limit();
    }
    let sent = deliver(call, &to, Via::Push);
    remember_key(call, &sent.messages);
    Answer::json(200, json!({ "sentMessages": sent.messages })).to(to, sent.reached > 0)
}

/// With an unknown id nobody gets it: of LINE's two contradicting sentences, the one that costs more.
pub(super) fn multicast(call: &Call<'_>) -> Answer {
    let to: Vec<String> = super::addressed(&call.body);
    if to.is_empty() || to.len() > RECIPIENTS_MAX || Some(to.len()) != call.body["to"].as_array().map(Vec::len) {
        let mut found = Findings::default();
        found.add("to", format!("Size must be between 1 and {RECIPIENTS_MAX}"));
        return Answer::json(400, found.body());
    }
    if let Some(answer) = repeated(call).or_else(|| wrong(call)) {
        return answer;
    }
    let unknown = |id: &String| !id.starts_with('U') || !is_chat_id(id) || !call.channel.world().knows(id);
    if let Some(at) = to.iter().position(unknown) {
        return Answer::invalid_property(&format!("to[{at}]"));
    }
    send_to_many(call, to, 200)
}

pub(super) fn broadcast(call: &Call<'_>) -> Answer {
    if let Some(answer) = repeated(call).or_else(|| wrong(call)) {
        return answer;
    }
    send_to_many(call, friends(call), 200)
}

/// Goes to all friends at once: audiences and filters are not played.
pub(super) fn narrowcast(call: &Call<'_>) -> Answer {
    if let Some(answer) = repeated(call).or_else(|| wrong(call)) {
        return answer;
    }
    send_to_many(call, friends(call), 202)
}

fn friends(call: &Call<'_>) -> Vec<String> {
    let world = call.channel.world();
    world.people.iter().filter(|(_, person)| person.friend && !person.blocked).map(|(id, _)| id.clone()).collect()
}

fn send_to_many(call: &Call<'_>, to: Vec<String>, status: u16) -> Answer {
    if is_over_allowance(call, &to) {
        return Answer::monthly_limit();
    }
    let sent = deliver(call, &to, Via::Multicast);
    remember_key(call, &[]);
    Answer::json(status, json!({})).to(to, sent.reached > 0)
}

/// Everything wrong with the messages and the options beside them.
fn wrong(call: &Call<'_>) -> Option<Answer> {
    let mut found = Findings::default();
    limits::messages(&call.body, &mut found);
    if call.body["notificationDisabled"].as_bool().is_none() && !call.body["notificationDisabled"].is_null() {
        found.add("notificationDisabled", "Must be a boolean");
    }
    if let Some(units) = call.body["customAggregationUnits"].as_array() {
        let fine =
            |name: &str| (1..=30).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if units.len() > 1 || !units.iter().all(|name| name.as_str().is_some_and(fine)) {
            found.add("customAggregationUnits", "Must be one name of at most 30 letters, digits and underscores");
        }
    }
    (!found.is_empty()).then(|| Answer::json(400, found.body()))
}

/// A hexadecimal UUID.
pub(super) fn is_retry_key(key: &str) -> bool {
    key.len() == 36 && uuid::Uuid::try_parse(key).is_ok()
}

/// The answer to a key that was accepted within the last 24 hours.
fn repeated(call: &Call<'_>) -> Option<Answer> {
    let key = call.request.retry_key.as_ref()?.to_ascii_lowercase();
    let world = call.channel.world();
    let used = world.used_keys.get(&key).filter(|used| call.now_ms - used.at_ms < KEY_LIFE_MS)?;
    if used.digest != digest(call) && call.channel.changed_body() == ChangedBody::Refused400 {
        return Some(Answer::error(400, "The retry key was used for another request"));
    }
    let mut body = json!({ "message": "The retry key is already accepted" });
    if call.endpoint == "push" {
        body["sentMessages"] = Value::Array(used.sent.clone());
    }
    Some(Answer::json(409, body).accepted_before(used.request_id.clone()))
}

fn remember_key(call: &Call<'_>, sent: &[Value]) {
    let Some(key) = &call.request.retry_key else { return };
    let used =
        UsedKey { at_ms: call.now_ms, request_id: call.request_id.clone(), digest: digest(call), sent: sent.to_vec() };
    call.channel.world().used_keys.insert(key.to_ascii_lowercase(), used);
}

fn digest(call: &Call<'_>) -> [u8; 32] {
    Sha256::new().chain_update(call.endpoint).chain_update(call.body.to_string()).finalize().into()
}

/// Whether the month's allowance does not suffice for everybody this would reach.
fn is_over_allowance(call: &Call<'_>, to: &[String]) -> bool {
    let world = call.channel.world();
    let Some(allowance) = world.allowance else { return false };
    let used = world.consumption.get(&month_of(call.now_ms)).copied().unwrap_or(0);
    used + heads(&world, to, call.now_ms) > allowance
}

fn heads(world: &World, to: &[String], now_ms: i64) -> u64 {
    to.iter().map(|chat| world.heads(chat, now_ms)).sum()
}

struct Sent {
    /// Ids and quote tokens, as the API answers them.
    messages: Vec<Value>,
    /// How many people can see it.
    reached: u64,
}

/// Puts the messages into the chats of those who can be reached, and counts.
fn deliver(call: &Call<'_>, to: &[String], via: Via) -> Sent {
    let ids = call.channel.ids();
    let messages = call.body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sent: Vec<Value> =
        messages.iter().map(|_| json!({ "id": ids.message(), "quoteToken": ids.quote_token() })).collect();
    let mut world = call.channel.world();
    // A reply reaches also who has not become a friend yet: they wrote, or the chat is a group.
    let reached = heads(&world, to, call.now_ms);
    for chat in to {
        if !world.reaches(chat, call.now_ms) {
            continue;
        }
        for (message, sent) in messages.iter().zip(&sent) {
            let id = sent["id"].as_str().unwrap_or_default().to_owned();
            let (from, at_ms, message) = (Speaker::Bot, call.now_ms, message.clone());
            world.show(chat, Bubble { id, from, at_ms, message, via, unsent: false, answered: false });
        }
    }
    count(&mut world, call, via, reached);
    drop(world);
    call.channel.touch();
    Sent { messages: sent, reached }
}

fn count(world: &mut World, call: &Call<'_>, via: Via, reached: u64) {
    if via != Via::Reply {
        *world.consumption.entry(month_of(call.now_ms)).or_default() += reached;
    }
    let day = in_japan(call.now_ms).num_days_from_ce();
    *world.sent_on.entry((call.endpoint, day)).or_default() += reached;
}

/// `U`, `C` or `R` and 32 hexadecimal digits.
pub(super) fn is_chat_id(id: &str) -> bool {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    id.len() == 33 && id.starts_with(['U', 'C', 'R']) && id[1..].chars().all(hex)
}
