//! What a reader said last about getting letters, by the webhook log alone.

use serde_json::Value;

use super::Case;

/// Words that stop everything at once, as a whole message.
const STOPS: [&str; 7] = ["停止", "配信停止", "止めて", "とめて", "退会", "stop", "STOP"];
/// Words that report a loss, as a whole message.
const LOSSES: [&str; 2] = ["流産しました", "死産しました"];
/// Parts of words that may bring letters back; so may every word with a digit or a Latin letter: a date, a code.
const WAYS_BACK: [&str; 8] = ["再開", "もど", "戻", "続け", "つづけ", "登録", "生まれ", "まちがえ"];
/// Buttons that bring nothing back.
const QUIET: [&str; 11] = [
    "|today|",
    "|consult|",
    "|privacy|",
    "|help|",
    "|profile|",
    "|enquiry|",
    "|stop|now|",
    "|loss|ask|",
    "|loss|now|",
    "|rest|ask|",
    "|erase|ask|",
];

/// A stop or a loss that was decided and answered.
pub struct Stop {
    /// Who said it.
    pub user: String,
    /// When LINE got the answer.
    pub answered_ms: i64,
    /// When it was said.
    said_ms: i64,
    /// Whether it concerns the whole family, and anybody in it may take it back.
    family: bool,
}

/// Every stop or loss that was answered 200, decided, and answered with its token.
pub fn stops(case: &Case<'_>) -> Vec<Stop> {
    let heard = case.account.webhooks.iter().filter(|webhook| webhook.status == 200);
    let events = heard.flat_map(|webhook| &webhook.events);
    events.filter_map(|event| stop(case, event)).collect()
}

fn stop(case: &Case<'_>, event: &Value) -> Option<Stop> {
    let (text, data) = said(event);
    let family = LOSSES.contains(&text.as_str()) || data.contains("|loss|now|");
    if !family && !STOPS.contains(&text.as_str()) && !data.contains("|stop|now|") {
        return None;
    }
    let id = event["webhookEventId"].as_str()?;
    let done = case.account.events.iter().any(|row| row.key == id && row.state == "done");
    let token = event["replyToken"].as_str().filter(|_| done)?;
    let answer = case.account.requests.iter().find(|request| request.reply_token.as_deref() == Some(token))?;
    let user = event["source"]["userId"].as_str()?.to_owned();
    Some(Stop { user, answered_ms: answer.at_ms, said_ms: event["timestamp"].as_i64()?, family })
}

impl Stop {
    /// Whether somebody who may has said until then what may bring letters back.
    pub fn was_taken_back(&self, case: &Case<'_>, until_ms: i64) -> bool {
        let heard = case.account.webhooks.iter().filter(|webhook| webhook.at_ms <= until_ms);
        let theirs = |event: &&Value| self.family || event["source"]["userId"] == self.user.as_str();
        let later = |event: &&Value| event["timestamp"].as_i64().is_none_or(|at| at >= self.said_ms);
        let mut after = heard.flat_map(|webhook| &webhook.events).filter(theirs).filter(later);
        after.any(may_bring_back)
    }
}

/// Whether an event may bring letters back.
pub fn may_bring_back(event: &Value) -> bool {
    let (text, data) = said(event);
    if STOPS.contains(&text.as_str()) {
        return false;
    }
    let by_word = WAYS_BACK.iter().any(|way| text.contains(way)) || text.chars().any(|c| c.is_ascii_alphanumeric());
    by_word || (!data.is_empty() && !QUIET.iter().any(|quiet| data.contains(quiet)))
}

/// What was typed, without signs around it, and what was tapped.
fn said(event: &Value) -> (String, &str) {
    let text = event["message"]["text"].as_str().unwrap_or_default();
    let text = text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    (text, event["postback"]["data"].as_str().unwrap_or_default())
}
