//! Whether everybody got their day, and how late.
//!
//! *Trouble* is a moment at which an account could not send: LINE failed one of its requests, could not
//! be reached, or there was no server. Afterwards it has [`RECOVERY_MS`] to make good for it.

use std::collections::HashSet;

use hagukumi::simulator::WebhookEntry;
use serde_json::Value;

use super::days::{Day, moment};
use super::slots::has_text;
use super::words::may_bring_back;
use super::{Account, Case, Delivery, ROWS_KNOWN_MS, Reader, Violation};

/// How long an account may take to go on after the last trouble: a hold is tried every ten minutes, a
/// retry comes within a minute, and so does the end of a lease.
const RECOVERY_MS: i64 = 12 * 60_000;
/// What a healthy server may need on the clock of the history, which stands still while it works; that of
/// the demo jumps over a minute of the morning, whatever is on its way.
const HEALTHY_MS: i64 = 75_000;
/// The clock of a process may be behind LINE's by as long as its start took.
const CLOCKS_MS: i64 = 10_000;

/// Moments of trouble of an account in a span, ends included; of a longer one its last moment.
fn trouble(case: &Case<'_>, account: &Account, from_ms: i64, until_ms: i64) -> Option<i64> {
    let failed = account.requests.iter().filter(|request| {
        let failing = matches!(request.status, 0 | 401 | 403 | 429 | 500..);
        (request.fault || failing) && request.endpoint != "validate/push"
    });
    let failed = failed.map(|request| request.at_ms).filter(|at| (from_ms..=until_ms).contains(at));
    let away = account.line_away.iter().chain(&case.history.server_away);
    let away = away.filter(|span| span.from_ms <= until_ms && from_ms <= span.until_ms);
    failed.chain(away.map(|span| span.until_ms.min(until_ms))).max()
}

/// I4: a reader with a text on a day has a row for that day, whatever became of it. Of a day long ago the
/// row may be gone: then LINE had accepted its push.
///
/// Judged for readers about whom nothing was ever changed and who never rested, from the day after
/// their registration on, by the cadence that ships; a day in trouble at its end may come later.
pub fn everybody_gets_their_day(case: &Case<'_>) -> Vec<Violation> {
    if !case.account.ships {
        return Vec::new();
    }
    let rows: HashSet<(&str, Day)> =
        case.account.deliveries.iter().filter_map(|row| Some((row.user.as_deref()?, row.day()?))).collect();
    let pushed: HashSet<(&str, Day)> = case.mornings().map(|(user, push)| (user, Day::at(push.at_ms))).collect();
    let forgotten = Day::at(case.history.until_ms - ROWS_KNOWN_MS);
    let mut found = Vec::new();
    for reader in case.account.readers.iter().filter(|reader| is_steady(case, reader)) {
        for day in days_of(case, reader) {
            let theirs = (reader.user.as_str(), day);
            let known = rows.contains(&theirs) || (day <= forgotten && pushed.contains(&theirs));
            if !known && !is_excused(case, reader, day) {
                found.push(format!("{} has no row for {day}", reader.user));
            }
        }
    }
    Case::found("I4", found.into_iter())
}

/// Days from the day after registration to the end on which the reader certainly had a text.
fn days_of(case: &Case<'_>, reader: &Reader) -> Vec<Day> {
    let last = Day::at(case.history.until_ms);
    let Some(first) = reader.children.iter().map(|child| Day::at(child.since_ms)).min() else { return Vec::new() };
    // A family that came from another account of LINE had its days there.
    let first = first_heard_of(case, &reader.user).map_or(first, |heard| first.max(heard));
    let days = (1..=last.since(first)).map(|days| first.plus(days));
    let with_text = |day: &Day| {
        let begun = reader.children.iter().filter(|child| Day::at(child.since_ms) < *day);
        begun.into_iter().any(|child| has_text(child.anchor, *day) == Some(true))
    };
    days.filter(with_text).collect()
}

/// The day of the first event of somebody's.
fn first_heard_of(case: &Case<'_>, user: &str) -> Option<Day> {
    let theirs = |event: &Value| event["source"]["userId"] == user;
    let heard = case.account.webhooks.iter().filter(|webhook| webhook.events.iter().any(theirs));
    heard.map(|webhook| Day::at(webhook.at_ms)).min()
}

fn is_excused(case: &Case<'_>, reader: &Reader, day: Day) -> bool {
    let due = case.due_ms(&reader.user, day);
    let until = case.history.until_ms;
    let not_yet = until < due + HEALTHY_MS;
    let troubled = trouble(case, case.account, due, until).is_some_and(|last| last + RECOVERY_MS > until);
    not_yet || case.is_lost(due) || troubled || was_given_up(case, reader, day)
}

/// Whether LINE had refused the reader's three mornings before that day, and they did nothing since: nobody
/// writes to people who are not there.
fn was_given_up(case: &Case<'_>, reader: &Reader, day: Day) -> bool {
    let mine = case.account.deliveries.iter().filter(|row| row.user.as_deref() == Some(reader.user.as_str()));
    let mut before: Vec<(Day, &Delivery)> = mine.filter_map(|row| Some((row.day()?, row))).collect();
    before.retain(|(other, _)| *other < day);
    before.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
    before.truncate(3);
    let Some((first, _)) = before.last().filter(|_| before.len() == 3) else { return false };
    let heard = |event: &Value| event["source"]["userId"] == reader.user.as_str();
    let between = first.at_minute(0)..case.due_ms(&reader.user, day);
    let mut since = case.account.webhooks.iter().filter(|webhook| between.contains(&webhook.at_ms));
    before.iter().all(|(_, row)| row.state == "refused") && !since.any(|webhook| webhook.events.iter().any(heard))
}

/// Whether nothing about a reader ever changed.
fn is_steady(case: &Case<'_>, reader: &Reader) -> bool {
    let changed = reader.children.iter().any(|child| child.version > 1 || child.stopped_on.is_some());
    let rested = reader.rests || reader.came_back || reader.minute.is_some();
    let own = case.account.webhooks.iter().flat_map(|webhook| &webhook.events);
    let mut own = own.filter(|event| event["source"]["userId"] == reader.user.as_str());
    reader.follows_account && !changed && !rested && !own.any(may_stand_still)
}

/// Whether an event may have been a block or the wish for a rest, whose end leaves no trace.
fn may_stand_still(event: &Value) -> bool {
    let data = event["postback"]["data"].as_str().unwrap_or_default();
    let text = event["message"]["text"].as_str().unwrap_or_default();
    event["type"] == "unfollow" || data.contains("|rest|") || text.contains("やす") || text.contains('休')
}

/// I4: a day that has ended without reaching its reader has a reason: LINE or the server was away until
/// shortly before the window closed, LINE refused it, or somebody took it back.
///
/// Judged by the rows that are refused, lapsed or unconfirmed.
pub fn a_day_that_was_missed_has_a_reason(case: &Case<'_>) -> Vec<Violation> {
    let missed = |row: &&Delivery| matches!(row.state.as_str(), "refused" | "lapsed" | "unconfirmed");
    let missed = case.account.deliveries.iter().filter(missed).filter_map(|row| Some((row, row.day()?)));
    let unexplained = missed.filter(|(row, day)| !has_reason(case, row, *day)).map(|(row, day)| {
        let user = row.user.as_deref().unwrap_or("somebody");
        format!("{user} did not get {day} ({}, {:?}), though LINE was up", row.state, row.error)
    });
    Case::found("I4", unexplained)
}

fn has_reason(case: &Case<'_>, row: &Delivery, day: Day) -> bool {
    let user = row.user.as_deref().unwrap_or_default();
    let (due, closes) = (case.due_ms(user, day), day.at_minute(case.account.hours.closes));
    let ended = row.settled_at.unwrap_or(closes).min(closes);
    match row.error.as_deref() {
        // The family moved here from another account of LINE, where the day had its row.
        Some("moved") => true,
        Some("cancelled") => was_heard_from(case, row.settled_at.unwrap_or(closes)),
        _ if row.state == "refused" => was_refused(case, user, day),
        // Whatever was sent was sent by a server whose book is gone.
        _ if case.is_lost(due) => true,
        Some("content_withdrawn") => was_refused(case, "", day),
        Some("window_closed") | None if came_back_at_night(case, row, user, closes) => true,
        // The day that travelled in an answer at night is in doubt with it.
        None if row.state == "unconfirmed" && row.settled_at.is_some_and(|at| at > closes) => {
            let settled = row.settled_at.unwrap_or(closes);
            trouble(case, case.account, settled - RECOVERY_MS, settled).is_some()
        }
        // What was given before its hour, in a reply, ended then.
        _ if ended < due => trouble(case, case.account, ended - RECOVERY_MS, ended).is_some(),
        _ => trouble(case, case.account, due, closes.max(ended)).is_some_and(|last| last + RECOVERY_MS > ended),
    }
}

/// Whether something of the reader's was heard after that day's window had closed, and late, or in trouble: the day
/// to which somebody comes back at night travels in the answer, or not at all. What LINE told late was perhaps
/// overtaken by what they said after it, and then has no answer.
fn came_back_at_night(case: &Case<'_>, row: &Delivery, user: &str, closes: i64) -> bool {
    let night = closes..=row.settled_at.unwrap_or(closes);
    let mut heard = case.account.webhooks.iter().filter(|webhook| night.contains(&webhook.at_ms));
    let in_trouble = trouble(case, case.account, *night.start(), *night.end()).is_some();
    heard.any(|webhook| {
        let late = |event: &Value| event["timestamp"].as_i64().is_some_and(|said| said < webhook.at_ms);
        let mut theirs = webhook.events.iter().filter(|event| event["source"]["userId"] == user);
        theirs.any(|event| in_trouble || late(event))
    })
}

/// Whether LINE refused something that day: of this person, or of anybody.
fn was_refused(case: &Case<'_>, user: &str, day: Day) -> bool {
    let refused = case.pushes().filter(|(_, push)| push.status == 400 && Day::at(push.at_ms) == day);
    refused.into_iter().any(|(to, push)| push.fault && (user.is_empty() || to == user))
}

/// Whether somebody of the account did something shortly before that moment.
fn was_heard_from(case: &Case<'_>, at_ms: i64) -> bool {
    let mut webhooks = case.account.webhooks.iter().filter(|webhook| !webhook.events.is_empty());
    webhooks.any(|webhook| (-CLOCKS_MS..=RECOVERY_MS).contains(&(at_ms - webhook.at_ms)))
        || case.history.server_away.iter().any(|span| span.from_ms <= at_ms && at_ms <= span.until_ms)
}

/// I12: after a fault the backlog is empty soon; without one nobody waits at all. I11: and another
/// account's fault is none of one's own.
///
/// Judged by the accepted pushes: each comes at its hour, or soon after trouble of its own account.
pub fn nobody_waits_without_a_reason(case: &Case<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    for (user, push) in case.mornings().filter(|(_, push)| !case.is_answer(push)) {
        let due = case.due_ms(user, Day::at(push.at_ms));
        let returned = || case.reader(user).is_some_and(|reader| was_given_up(case, reader, Day::at(push.at_ms)));
        if case.has_own_hour(user, push.at_ms)
            || push.at_ms <= due + HEALTHY_MS
            || soon_after(case, case.account, due, push.at_ms)
            || has_just_come_back(case, user, push.at_ms)
            || returned()
        {
            continue;
        }
        let others = case.history.accounts.iter().filter(|other| other.slug != case.account.slug);
        let invariant =
            if others.into_iter().any(|other| soon_after(case, other, due, push.at_ms)) { "I11" } else { "I12" };
        let what = format!("{user} waited until {} for what was due at {}", moment(push.at_ms), moment(due));
        found.push(Violation { invariant, what });
    }
    found
}

/// Whether a wish for letters that LINE told late, or that another of the family had, was heard just before:
/// there was nothing due to them until then, and they get no answer in which the day could travel.
fn has_just_come_back(case: &Case<'_>, user: &str, at_ms: i64) -> bool {
    let lately = at_ms - RECOVERY_MS..=at_ms;
    let mut heard =
        case.account.webhooks.iter().filter(|webhook| webhook.status == 200 && lately.contains(&webhook.at_ms));
    let late =
        |webhook: &WebhookEntry, event: &Value| event["timestamp"].as_i64().is_some_and(|said| said < webhook.at_ms);
    let shares = case.reader(user).is_some_and(|reader| reader.children.iter().any(|child| child.version > 1));
    heard.any(|webhook| {
        let counts = |event: &Value| if event["source"]["userId"] == user { late(webhook, event) } else { shares };
        webhook.events.iter().any(|event| counts(event) && may_bring_back(event))
    })
}

fn soon_after(case: &Case<'_>, account: &Account, due: i64, at_ms: i64) -> bool {
    trouble(case, account, due - RECOVERY_MS, at_ms).is_some_and(|last| at_ms - last <= RECOVERY_MS)
}

/// I12: at the end nobody waits for a day whose hour has come, unless there was trouble until just now.
///
/// Judged by the rows of mornings that are open.
pub fn nobody_waits_any_longer(case: &Case<'_>) -> Vec<Violation> {
    let until = case.history.until_ms;
    let waiting = case.account.deliveries.iter().filter(|row| row.is_open()).filter_map(|row| Some((row, row.day()?)));
    let waiting = waiting.filter(|(row, day)| {
        let due = case.due_ms(row.user.as_deref().unwrap_or_default(), *day);
        let recent =
            trouble(case, case.account, due - RECOVERY_MS, until).is_some_and(|last| last + RECOVERY_MS > until);
        due + RECOVERY_MS < until && !recent
    });
    let what =
        |(row, day): (&Delivery, Day)| format!("{} still waits for {day}", row.user.as_deref().unwrap_or("somebody"));
    Case::found("I12", waiting.map(what))
}
