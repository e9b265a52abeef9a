//! What the rows say, held against what LINE says.

use hagukumi::simulator::Entry;

use super::days::moment;
use super::{Case, Delivery, ROWS_KNOWN_MS, Violation};

/// How long a row may stay open after its window has closed.
const OPEN_MS: i64 = 3_600_000;
/// The longest that a server waits for an answer: what was asked so long before its end may be unheard.
const ANSWER_MS: i64 = 10_000;

/// I8: what is called accepted was accepted by LINE, for that very person.
///
/// Judged by the request that the row names. A retry key that LINE knows and we do not (409) is the one
/// exception: LINE names a request of somebody else.
pub fn what_is_called_accepted_was_accepted(case: &Case<'_>) -> Vec<Violation> {
    let accepted = case.account.deliveries.iter().filter(|row| row.state == "accepted");
    let wrong = accepted.filter(|row| !is_confirmed(case, row)).map(|row| {
        format!("{} of {} is called accepted and is not", row.purpose, row.user.as_deref().unwrap_or("somebody"))
    });
    Case::found("I8", wrong)
}

fn is_confirmed(case: &Case<'_>, row: &Delivery) -> bool {
    let named = row.request_id.as_deref().map(|id| case.requests_of(id)).unwrap_or_default();
    let named = named.iter().any(|request| {
        let to_them = row.user.as_deref().is_none_or(|user| request.to.is_empty() || request.is_to(user));
        // A new phone takes over the rows of the old one, which follows nobody any more.
        let moved = |user: &String| case.reader(user).is_none_or(|reader| reader.children.is_empty());
        request.accepted && (to_them || (row.day().is_some() && request.to.iter().all(moved)))
    });
    let elsewhere = |request: &Entry| {
        request.fault && request.status == 409 && row.user.as_deref().is_some_and(|user| request.is_to(user))
    };
    named || case.account.requests.iter().any(elsewhere)
}

/// I8: what LINE accepted, and said so, is called accepted.
///
/// Judged by the accepted sends of LINE's ledger. Where LINE's answer was spoilt, where the bot asked
/// again because it did not hear it, or where there may have been no server any more, the row may be
/// open or in doubt instead; but there is one.
pub fn what_was_accepted_is_called_so(case: &Case<'_>) -> Vec<Violation> {
    let sends = case.account.requests.iter().filter(|request| matches!(request.endpoint.as_str(), "push" | "reply"));
    let sends = sends.filter(|send| !case.is_lost(send.at_ms));
    let sends = sends.filter(|send| send.accepted && send.at_ms > case.history.until_ms - ROWS_KNOWN_MS);
    let forgotten = sends.filter(|send| !case.rows_of(send).iter().any(|row| row.state == "accepted"));
    let forgotten = forgotten.filter_map(|send| {
        // Groups are left; that they were told why is politeness.
        let user = send.to.first().filter(|chat| chat.starts_with('U'))?;
        let in_doubt = may_be_unheard(case, send) && case.rows_for(user).iter().any(|row| is_unsure(row));
        (!in_doubt).then(|| {
            format!("LINE accepted a {} to {user} at {}, and no row says so", send.endpoint, moment(send.at_ms))
        })
    });
    Case::found("I8", forgotten)
}

fn may_be_unheard(case: &Case<'_>, send: &Entry) -> bool {
    let again = |other: &Entry| {
        let same_token = send.reply_token.is_some() && other.reply_token == send.reply_token;
        let same_key = send.retry_key.is_some() && other.retry_key == send.retry_key;
        other.request_id != send.request_id && (same_token || same_key)
    };
    let killed =
        case.history.server_away.iter().any(|span| (span.from_ms - ANSWER_MS..=span.until_ms).contains(&send.at_ms));
    send.fault || killed || case.account.requests.iter().any(again)
}

/// Whether the row may stand for something that LINE accepted and nobody heard of.
fn is_unsure(row: &Delivery) -> bool {
    // What was said again by push is accepted under another request.
    row.is_open() || matches!(row.state.as_str(), "unconfirmed" | "accepted")
}

/// I13: no row stays open an hour after its window has closed.
///
/// Judged by the rows at the end.
pub fn nothing_stays_open(case: &Case<'_>) -> Vec<Violation> {
    let until = case.history.until_ms;
    let stuck = case.account.deliveries.iter().filter(|row| row.is_open() && row.window_until + OPEN_MS < until);
    Case::found("I13", stuck.map(|row| format!("{} is {} since {}", row.purpose, row.state, moment(row.window_until))))
}
