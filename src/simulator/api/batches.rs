//! Rich menus of many people in one request: replace one by another, or take it away.
//!
//! LINE takes some time over it; here it is done when the answer leaves, and the progress says so.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

use super::super::limits::Findings;
use super::super::rich_menu::Menus;
use super::{Answer, Call};

/// LINE's reference, replace or unlink the linked rich menus in batches.
const OPERATIONS_MAX: usize = 1000;
/// The same.
const RESUME_KEY_MAX: usize = 100;

pub(super) fn batch(call: &Call<'_>) -> Answer {
    if let Some(refusal) = wrong(call) {
        return refusal;
    }
    let mut world = call.channel.world();
    for operation in operations(&call.body) {
        let menu = |key: &str| operation[key].as_str().unwrap_or_default();
        match kind(operation) {
            "link" => world.menus.replace(menu("from"), Some(menu("to"))),
            "unlink" => world.menus.replace(menu("from"), None),
            _ => world.menus.unlink_all(),
        }
    }
    world.menus.batches.insert(call.request_id.clone(), call.now_ms);
    drop(world);
    call.channel.touch();
    Answer::json(202, json!({}))
}

pub(super) fn validate(call: &Call<'_>) -> Answer {
    wrong(call).unwrap_or_else(Answer::done)
}

pub(super) fn progress(call: &Call<'_>) -> Answer {
    let asked = call.query("requestId").unwrap_or_default();
    let Some(at) = call.channel.world().menus.batches.get(asked).copied() else { return Answer::not_found() };
    let at = DateTime::from_timestamp_millis(at).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true);
    Answer::json(200, json!({ "phase": "succeeded", "acceptedTime": at, "completedTime": at }))
}

fn operations(body: &Value) -> &[Value] {
    body["operations"].as_array().map_or(&[], Vec::as_slice)
}

fn kind(operation: &Value) -> &str {
    operation["type"].as_str().unwrap_or_default()
}

fn wrong(call: &Call<'_>) -> Option<Answer> {
    let mut found = Findings::default();
    let all = operations(&call.body);
    if all.is_empty() || all.len() > OPERATIONS_MAX {
        found.add("operations", format!("Size must be between 1 and {OPERATIONS_MAX}"));
    }
    let plain = |key: &str| key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let key = call.body["resumeRequestKey"].as_str();
    if key.is_some_and(|key| !(1..=RESUME_KEY_MAX).contains(&key.len()) || !plain(key)) {
        found.add("resumeRequestKey", "invalid resumeRequestKey");
    }
    let sweeping = all.iter().any(|operation| kind(operation) == "unlinkAll");
    if sweeping && all.iter().any(|operation| kind(operation) != "unlinkAll") {
        found.add("operations[].type", "'unlinkAll' type can't be combined with other type");
    }
    let world = call.channel.world();
    for (at, operation) in all.iter().enumerate() {
        judge(operation, at, &world.menus, &mut found);
        let from = operation["from"].as_str();
        if from.is_some() && all[..at].iter().any(|before| before["from"].as_str() == from) {
            found.add("operations[].from", format!("from richmenu ({}) is duplicated", from.unwrap_or_default()));
        }
    }
    (!found.is_empty()).then(|| Answer::json(400, found.body()))
}

fn judge(operation: &Value, at: usize, menus: &Menus, found: &mut Findings) {
    let needed: &[&str] = match kind(operation) {
        "link" => &["from", "to"],
        "unlink" => &["from"],
        "unlinkAll" => &[],
        _ => return found.add(format!("operations[{at}].type"), "invalid type"),
    };
    for key in needed {
        let property = format!("operations[{at}].{key}");
        let id = operation[*key].as_str().unwrap_or_default();
        if !super::menus::is_menu_id(id) {
            found.add(&property, "invalid richMenuId");
        } else if !menus.menus.contains_key(id) {
            found.add(&property, format!("Richmenu ({id}) is not found"));
        } else if *key == "to" && !menus.has_picture(id) {
            found.add(&property, format!("'to' richmenu ({id}) must have image but it doesn't"));
        }
    }
}
