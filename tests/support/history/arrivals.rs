//! What arrived: kept, decided, and answered once.

use std::collections::HashMap;

use serde_json::Value;

use super::days::moment;
use super::{Case, EventRow, ROWS_KNOWN_MS, Violation};

/// How long the id of an event is known.
const KNOWN_MS: i64 = 30 * 86_400_000;

/// I1: every event in a request that was answered 200 has exactly one row, which is decided in the end,
/// or was put aside with an alarm.
///
/// Judged by the events of the webhook log with an id; an alarm is a line of the log that names the row.
/// Events without an id that is one are known by something else.
pub fn no_event_is_lost(case: &Case<'_>) -> Vec<Violation> {
    let mut rows: HashMap<&str, Vec<&EventRow>> = HashMap::new();
    for row in &case.account.events {
        rows.entry(&row.key).or_default().push(row);
    }
    let kept = case.account.webhooks.iter().filter(|webhook| webhook.status == 200);
    let known = kept.filter(|webhook| webhook.at_ms > case.history.until_ms - KNOWN_MS && !case.is_lost(webhook.at_ms));
    let events = known.flat_map(|webhook| webhook.events.iter());
    let lost = events.filter_map(|event| {
        let id = event["webhookEventId"].as_str().filter(|id| is_id(id))?;
        match rows.get(id).map(Vec::as_slice) {
            None | Some([]) => Some(format!("an event that was answered 200 has no row: {}", short(event))),
            Some([row]) => unfinished(case, row),
            Some(several) => Some(format!("an event has {} rows: {}", several.len(), short(event))),
        }
    });
    let mut found: Vec<String> = lost.collect();
    found.dedup();
    Case::found("I1", found.into_iter())
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn unfinished(case: &Case<'_>, row: &EventRow) -> Option<String> {
    let alarmed = || case.history.log.contains(&row.id.to_string());
    match row.state.as_str() {
        "done" | "ignored" => None,
        "pending" => Some(format!("an event of {} was never decided", moment(row.received_at))),
        "dead" if alarmed() => None,
        other => Some(format!("an event of {} is {other} and nobody was told", moment(row.received_at))),
    }
}

/// I2: an event has its effects and its answer exactly once, together with being decided.
///
/// Judged by the rows: whatever answers an event belongs to one that is decided, and there is one of it.
pub fn an_event_has_its_effect_once(case: &Case<'_>) -> Vec<Violation> {
    let states: HashMap<&str, &str> =
        case.account.events.iter().map(|row| (row.key.as_str(), row.state.as_str())).collect();
    let mut answers: HashMap<(&str, Option<&str>), usize> = HashMap::new();
    for row in &case.account.deliveries {
        *answers.entry((&row.purpose, row.user.as_deref())).or_default() += 1;
    }
    let twice = answers.iter().filter(|(_, count)| **count > 1);
    let twice = twice.map(|((purpose, _), count)| format!("{purpose} has {count} rows for one reader"));
    let undecided = case.account.deliveries.iter().filter_map(|row| {
        let state = *states.get(row.purpose.strip_prefix("answer/")?)?;
        (state != "done").then(|| format!("{} answers an event that is {state}", row.purpose))
    });
    Case::found("I2", twice.chain(undecided))
}

/// I2: what leaves with a reply token is a row first, and its event is decided.
///
/// Judged by the accepted replies of LINE's ledger, whose tokens the webhook log gave out. Groups have
/// no events of their own: they are left. Of what was said long ago the row may be gone.
pub fn a_reply_is_the_answer_to_something_decided(case: &Case<'_>) -> Vec<Violation> {
    let mut events: HashMap<&str, &str> = HashMap::new();
    for event in case.account.webhooks.iter().flat_map(|webhook| &webhook.events) {
        if let (Some(token), Some(id)) = (event["replyToken"].as_str(), event["webhookEventId"].as_str()) {
            events.insert(token, id);
        }
    }
    let replies = case.account.requests.iter().filter(|request| request.endpoint == "reply" && request.accepted);
    let replies = replies.filter(|reply| !case.is_lost(reply.at_ms));
    let replies = replies.filter(|reply| reply.to.first().is_some_and(|chat| chat.starts_with('U')));
    let mut accepted: HashMap<&str, (usize, i64)> = HashMap::new();
    for (token, at_ms) in replies.filter_map(|reply| Some((reply.reply_token.as_deref()?, reply.at_ms))) {
        let (count, last_ms) = accepted.entry(token).or_default();
        (*count, *last_ms) = (*count + 1, at_ms);
    }
    let purposes = case.account.deliveries.iter().map(|row| row.purpose.as_str());
    let mut rows: HashMap<&str, usize> = HashMap::new();
    purposes.for_each(|purpose| *rows.entry(purpose).or_default() += 1);
    let strange = accepted.iter().filter_map(|(token, (count, last_ms))| {
        let Some(id) = events.get(token) else { return Some("a reply used a token of no event".to_owned()) };
        let purpose = format!("answer/{id}");
        let rows = rows.get(purpose.as_str()).copied().unwrap_or_default();
        let forgotten = rows == 0 && *last_ms <= case.history.until_ms - ROWS_KNOWN_MS;
        let right = (rows == 1 || forgotten) && *count == 1;
        (!right).then(|| format!("{purpose} was answered {count} times and has {rows} rows"))
    });
    Case::found("I2", strange)
}

/// An event by its id and kind, without what was said in it.
fn short(event: &Value) -> String {
    format!("{} {}", event["type"].as_str().unwrap_or("?"), event["webhookEventId"].as_str().unwrap_or("?"))
}
