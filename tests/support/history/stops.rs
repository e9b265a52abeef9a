//! After a stop nothing leaves.

use hagukumi::simulator::Entry;

use super::days::{Day, moment};
use super::words::{Stop, stops};
use super::{Case, Violation};

/// A stop is final within a second.
const FINAL_MS: i64 = 1_000;
/// Who is not known any more may have been forgotten this long after the last letter.
const FORGETTING_MS: i64 = 30 * 86_400_000;

/// I9: after a block was answered 200, no push is even tried until its reader comes back.
///
/// Judged by the follow and unfollow events in the webhook log: the newest timestamp wins. Whoever
/// writes has come back as well. A stranger's block is not written down: what they sent before it, and LINE
/// delivers after it, is answered, and nobody sees it.
pub fn a_block_is_final(case: &Case<'_>) -> Vec<Violation> {
    let tried = case.pushes().filter_map(|(user, push)| {
        let (mut away_since, mut newest, mut met) = (None, i64::MIN, false);
        let before = case.account.webhooks.iter().filter(|webhook| webhook.at_ms <= push.at_ms);
        let before = before.flat_map(|webhook| webhook.events.iter().map(move |event| (webhook, event)));
        for (webhook, event) in before {
            // A return whose 200 was lost on the way may have been kept all the same.
            if webhook.status != 200 && event["type"] == "unfollow" {
                continue;
            }
            let at_ms = webhook.at_ms;
            let sent = event["timestamp"].as_i64().unwrap_or(at_ms);
            if event["source"]["userId"] != user || event["source"]["type"] != "user" || sent < newest {
                continue;
            }
            newest = sent;
            let blocks = event["type"] == "unfollow";
            away_since = (blocks && met).then_some(at_ms);
            met |= !blocks && webhook.status == 200;
        }
        let since = away_since.filter(|since| push.at_ms > since + FINAL_MS)?;
        Some(format!("{user} blocked at {} and was written to at {}", moment(since), moment(push.at_ms)))
    });
    Case::found("I9", tried)
}

/// I9: after the last stop, loss or deletion no day's text is even tried any more.
///
/// Judged by who follows nobody any more at the end: since the day of their last stop; by rows that were
/// taken back: since that second; and by who was deleted: since they were last heard of.
pub fn a_stop_is_final(case: &Case<'_>) -> Vec<Violation> {
    let tried = case.texts().filter_map(|(user, push, _)| {
        let why = after_the_last_stop(case, user, push)
            .or_else(|| taken_back(case, user, push))
            .or_else(|| after_deletion(case, user, push))?;
        Some(format!("{user} {why} and was written to at {}", moment(push.at_ms)))
    });
    Case::found("I9", tried)
}

/// I9: a second after a stop or a loss was answered, no day's text begins to leave until somebody who may
/// has said what may bring letters back.
///
/// Judged by the words and taps of the webhook log and their answers in LINE's ledger. What was tried
/// before may be tried again with its old key: LINE may have it already.
pub fn a_stop_is_final_within_a_second(case: &Case<'_>) -> Vec<Violation> {
    let stops = stops(case);
    let began = case.texts().filter(|(_, push, _)| !case.is_answer(push) && case.is_first_attempt(push));
    let tried = began.filter_map(|(user, push, _)| {
        let before = |stop: &&Stop| stop.user == user && push.at_ms > stop.answered_ms + FINAL_MS;
        let stop = stops.iter().filter(before).find(|stop| !stop.was_taken_back(case, push.at_ms))?;
        let (stopped, written) = (moment(stop.answered_ms), moment(push.at_ms));
        Some(format!("{user} was told at {stopped} that everything stops and was written to at {written}"))
    });
    Case::found("I9", tried)
}

fn after_the_last_stop(case: &Case<'_>, user: &str, push: &Entry) -> Option<String> {
    let children = &case.reader(user)?.children;
    let stops: Option<Vec<Day>> = children.iter().map(|child| child.stopped_on).collect();
    let last = stops?.into_iter().max()?;
    (Day::at(push.at_ms) > last).then(|| format!("stopped everything on {last}"))
}

fn taken_back(case: &Case<'_>, user: &str, push: &Entry) -> Option<String> {
    let day = Day::at(push.at_ms);
    let mut rows = case.rows_for(user).iter().filter(|row| row.day() == Some(day));
    let row = rows.find(|row| row.error.as_deref() == Some("cancelled"))?;
    let at = row.settled_at.filter(|at| push.at_ms > at + FINAL_MS)?;
    Some(format!("took the day back at {}", moment(at)))
}

fn after_deletion(case: &Case<'_>, user: &str, push: &Entry) -> Option<String> {
    if case.reader(user).is_some() {
        return None;
    }
    let heard = case.account.webhooks.iter().filter(|webhook| {
        webhook.status == 200 && webhook.events.iter().any(|event| event["source"]["userId"] == user)
    });
    let last = heard.map(|webhook| webhook.at_ms).max()?;
    let forgotten = case.history.until_ms - push.at_ms >= FORGETTING_MS;
    (push.at_ms > last + FINAL_MS && !forgotten).then(|| format!("was deleted after {}", moment(last)))
}
