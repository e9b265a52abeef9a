//! Groups, the loading animation, reading marks and the webhook's address.

use serde_json::{Value, json};

use super::super::limits::Findings;
use super::super::webhook::NO_ANSWER;
use super::send::is_chat_id;
use super::{Answer, Call, in_japan};

/// LINE's reference, set webhook endpoint URL.
const WEBHOOK_URL_MAX: usize = 500;

pub(super) fn loading(call: &Call<'_>) -> Answer {
    let mut found = Findings::default();
    let chat = call.body["chatId"].as_str().unwrap_or_default();
    if !is_chat_id(chat) || !chat.starts_with('U') {
        let message = "Only user id is acceptable, please confirm if there are any group/room ids or illegal ids.";
        found.add("chatId", message);
    }
    let seconds = if call.body["loadingSeconds"].is_null() { Some(20) } else { call.body["loadingSeconds"].as_i64() };
    if !seconds.is_some_and(|seconds| (5..=60).contains(&seconds)) {
        found.add("loadingSeconds", "Must be between 5 and 60");
    }
    if seconds.is_none_or(|seconds| seconds % 5 != 0) {
        found.add("loadingSeconds", "must be a multiple of five");
    }
    if !found.is_empty() {
        return Answer::json(400, found.body());
    }
    let until = call.now_ms + seconds.unwrap_or(20) * 1000;
    if let Some(person) = call.channel.world().people.get_mut(chat) {
        person.loading_until = Some(until);
    }
    call.channel.touch();
    Answer::json(202, json!({}))
}

pub(super) fn mark_as_read(call: &Call<'_>) -> Answer {
    let token = call.body["markAsReadToken"].as_str().unwrap_or_default();
    let known = call.channel.world().chats.values().flatten().any(|bubble| bubble.message["markAsReadToken"] == token);
    if known {
        return Answer::done();
    }
    Answer::error(400, "Invalid markAsReadToken. Tokens must be used by the bot that received them via Webhook.")
}

pub(super) fn leave_group(call: &Call<'_>) -> Answer {
    in_group(call, |call| {
        if let Some(party) = call.channel.world().parties.get_mut(call.parts[0]) {
            party.bot_inside = false;
        }
        Answer::done()
    })
}

/// There are no multi-person chats here.
pub(super) fn leave_room(call: &Call<'_>) -> Answer {
    if !is_chat_id(call.parts[0]) || !call.parts[0].starts_with('R') {
        return Answer::error(400, "The value for the 'roomId' parameter is invalid");
    }
    Answer::not_found()
}

pub(super) fn summary(call: &Call<'_>) -> Answer {
    in_group(call, |call| Answer::json(200, json!({ "groupId": call.parts[0], "groupName": "グループ" })))
}

pub(super) fn count(call: &Call<'_>) -> Answer {
    in_group(call, |call| {
        let count = call.channel.world().parties.get(call.parts[0]).map_or(0, |party| party.members.len());
        Answer::json(200, json!({ "count": count }))
    })
}

fn in_group(call: &Call<'_>, answer: impl FnOnce(&Call<'_>) -> Answer) -> Answer {
    let id = call.parts[0];
    if !is_chat_id(id) || !id.starts_with('C') {
        return Answer::error(400, "The value for the 'groupId' parameter is invalid");
    }
    let inside = call.channel.world().parties.get(id).is_some_and(|party| party.bot_inside);
    if inside { answer(call) } else { Answer::not_found() }
}

pub(super) fn webhook(call: &Call<'_>) -> Answer {
    match &call.channel.world().webhook_url {
        Some(url) => Answer::json(200, json!({ "endpoint": url, "active": true })),
        None => Answer::error(404, "Webhook endpoint not found"),
    }
}

/// Loopback addresses may be plain HTTP here; at LINE all must be HTTPS.
pub(super) fn set_webhook(call: &Call<'_>) -> Answer {
    let url = call.body["endpoint"].as_str().unwrap_or_default();
    let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|start| url.starts_with(start));
    if url.len() > WEBHOOK_URL_MAX || !(url.starts_with("https://") || loopback) {
        return Answer::error(400, "Invalid webhook endpoint URL");
    }
    call.channel.set_webhook(url);
    Answer::done()
}

pub(super) async fn test_webhook(call: &Call<'_>) -> Answer {
    let given = call.body["endpoint"].as_str();
    if call.channel.world().webhook_url.is_none() && given.is_none() {
        return Answer::error(404, "Webhook endpoint not found");
    }
    let status = call.channel.verify_at(given).await;
    Answer::json(200, result(status, call.now_ms))
}

fn result(status: u16, now_ms: i64) -> Value {
    let reason = match status {
        200 => "OK",
        NO_ANSWER => "COULD_NOT_CONNECT",
        _ => "ERROR_STATUS_CODE",
    };
    json!({
        "success": status == 200,
        "timestamp": in_japan(now_ms).to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "statusCode": status,
        "reason": reason,
        "detail": if status == NO_ANSWER { "TLS handshake failure or no answer".to_owned() } else { status.to_string() },
    })
}
