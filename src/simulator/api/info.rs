//! What the API tells about the bot, its friends and its allowance.

use chrono::{Datelike as _, NaiveDate};
use serde_json::{Value, json};

use super::send::is_chat_id;
use super::{Answer, Call, in_japan};

pub(super) fn bot(call: &Call<'_>) -> Answer {
    let options = call.channel.options();
    let body = json!({
        "userId": options.bot_user_id,
        "basicId": format!("@{}", options.slug),
        "displayName": options.display_name,
        "chatMode": "bot",
        "markAsReadMode": "auto",
    });
    Answer::json(200, body)
}

/// 404 for who has blocked the bot, is no friend, or does not exist.
pub(super) fn profile(call: &Call<'_>) -> Answer {
    let id = call.parts[0];
    if !is_chat_id(id) || !id.starts_with('U') {
        return Answer::error(400, "The value for the 'userId' parameter is invalid");
    }
    let world = call.channel.world();
    let person = world.people.get(id).filter(|person| person.friend && !person.blocked);
    match person {
        Some(person) => Answer::json(200, json!({ "userId": id, "displayName": person.name, "language": "ja" })),
        None => Answer::not_found(),
    }
}

/// One page holds everybody up to `limit`; the token to go on is the place in the list.
pub(super) fn followers(call: &Call<'_>) -> Answer {
    let limit = call.query("limit").map_or(Some(300), |limit| limit.parse().ok()).filter(|limit| *limit <= 1000);
    let start = call.query("start").map_or(Some(0), |start| start.parse().ok());
    let (Some(limit), Some(start)) = (limit, start) else { return Answer::error(400, "Invalid start param") };
    let world = call.channel.world();
    let friends = world.people.iter().filter(|(_, person)| person.friend && !person.blocked);
    let ids: Vec<&String> = friends.map(|(id, _)| id).collect();
    let page: Vec<_> = ids.iter().skip(start).take(limit).collect();
    let mut body = json!({ "userIds": page });
    if start + page.len() < ids.len() {
        body["next"] = (start + page.len()).to_string().into();
    }
    Answer::json(200, body)
}

pub(super) fn quota(call: &Call<'_>) -> Answer {
    let body = match call.channel.world().allowance {
        None => json!({ "type": "none" }),
        Some(value) => json!({ "type": "limited", "value": value }),
    };
    Answer::json(200, body)
}

pub(super) fn consumption(call: &Call<'_>) -> Answer {
    Answer::json(200, json!({ "totalUsage": call.channel.consumption() }))
}

/// Counts are ready the day after.
pub(super) fn delivery(call: &Call<'_>) -> Answer {
    let date = call.query("date").unwrap_or_default();
    let Ok(day) = NaiveDate::parse_from_str(date, "%Y%m%d") else {
        return Answer::error(400, "The value for the 'date' parameter is invalid");
    };
    if day >= in_japan(call.now_ms).date_naive() {
        return Answer::json(200, json!({ "status": "unready" }));
    }
    let kind = call.endpoint.trim_start_matches("delivery/");
    let world = call.channel.world();
    let counts = world.sent_on.iter().filter(|((name, on), _)| *name == kind && *on == day.num_days_from_ce());
    let success: u64 = counts.map(|(_, count)| count).sum();
    Answer::json(200, Value::from_iter([("status", json!("ready")), ("success", json!(success))]))
}
