//! What was pushed: once a day, at its hour, about the right age, not too fast.

use std::collections::{HashMap, VecDeque};

use hagukumi::simulator::Entry;

use super::calls::{self, Call, dates_in};
use super::days::{Day, moment};
use super::{Anchor, Case, Child, Violation};

/// LINE's documented limit for each endpoint (Messaging API reference, "Rate limits").
const LINE_RATE: usize = 2_000;
/// Forgetting may have begun: some children of a reader are not known any more.
const FORGOTTEN_MS: i64 = 30 * 86_400_000;

/// I3: at most one accepted push with a day's text a person and civil day, by content and by recipient.
///
/// Judged by the ages that the accepted pushes of LINE's ledger begin with, whatever their keys.
pub fn nobody_gets_two_pushes_a_day(case: &Case<'_>) -> Vec<Violation> {
    let mut pushes: HashMap<(&str, Day), Vec<&Entry>> = HashMap::new();
    for (user, push) in case.mornings() {
        pushes.entry((user, Day::at(push.at_ms))).or_default().push(push);
    }
    let several = pushes.into_iter().filter(|(_, pushes)| pushes.len() > 1).map(|((user, day), pushes)| {
        let at: Vec<String> = pushes.iter().map(|push| moment(push.at_ms)).collect();
        format!("{user} was pushed {} texts for {day}: {}", pushes.len(), at.join(", "))
    });
    Case::found("I3", several)
}

/// I5: a day's push is asked for from its hour on and before the window closes, and on its own day.
///
/// Judged by every request, accepted or not, that begins with an age. What was first said as an answer
/// is none: its reader is awake. A reader's own hour, which may have been another one then, stands for
/// nothing earlier than the window.
pub fn nothing_leaves_early_or_at_night(case: &Case<'_>) -> Vec<Violation> {
    let hours = case.account.hours;
    let opens = |user: &str, at_ms: i64| match case.has_own_hour(user, at_ms) {
        true => hours.opens,
        false => hours.delivery.clamp(hours.opens, hours.closes - 1),
    };
    let wrong = case.texts().filter(|(_, push, _)| begins_with_an_age(push));
    let wrong = wrong.filter_map(|(user, push, _)| {
        let day = Day::at(push.at_ms);
        let in_time = (day.at_minute(opens(user, push.at_ms))..day.at_minute(hours.closes)).contains(&push.at_ms);
        let of_another_day = case.rows_of(push).iter().filter_map(|row| row.day()).find(|of| *of != day);
        if let Some(of) = of_another_day {
            return Some(format!("{user} was sent {of} at {}", moment(push.at_ms)));
        }
        (!in_time && !case.is_answer(push)).then(|| format!("{user} was written to at {}", moment(push.at_ms)))
    });
    Case::found("I5", wrong)
}

fn begins_with_an_age(push: &Entry) -> bool {
    push.messages.first().is_some_and(|first| !calls::in_message(first).is_empty())
}

/// I6: the age that is said is that of one of the reader's children, by the date it had at that moment.
///
/// Judged by the children in the database where nothing was ever changed about them. Where something
/// was, and for whoever was deleted, by the dates that people and bot had written to each other until then.
pub fn the_day_is_the_childs_own(case: &Case<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    for (user, push, calls) in case.texts().filter(|(_, push, _)| push.accepted) {
        let day = Day::at(push.at_ms);
        for &call in calls {
            if !is_right(case, user, push, day, call) {
                found.push(format!("{user} was told {call:?} at {}, about no child of theirs", moment(push.at_ms)));
            }
        }
    }
    Case::found("I6", found.into_iter())
}

fn is_right(case: &Case<'_>, user: &str, push: &Entry, day: Day, call: Call) -> bool {
    let children = case.reader(user).map(|reader| reader.children.as_slice()).unwrap_or_default();
    let known = |child: &Child| {
        let lives = child.stopped_on.is_none_or(|on| day <= on);
        lives && child.since_ms <= push.at_ms && Call::on(child.anchor, day) == call
    };
    if children.iter().any(known) {
        return true;
    }
    let changed = children.iter().any(|child| child.version > 1);
    // Whoever deleted everything, or left a family, and came back, has other children now.
    let gone = children.iter().all(|child| child.since_ms > push.at_ms);
    let forgotten = case.history.until_ms - push.at_ms > FORGOTTEN_MS;
    (changed || gone || forgotten) && was_spoken_of(case, push.at_ms, call.anchor(day))
}

/// Whether somebody had spoken of that date with the bot: who joins a family says none.
fn was_spoken_of(case: &Case<'_>, until_ms: i64, anchor: Anchor) -> bool {
    let (Anchor::Due(date) | Anchor::Born(date)) = anchor;
    let said = case.account.requests.iter().filter(|request| request.at_ms <= until_ms);
    let said = said.flat_map(|request| &request.messages).map(ToString::to_string);
    let written = case.account.webhooks.iter().filter(|webhook| webhook.at_ms <= until_ms);
    let mut all = said.chain(written.flat_map(|webhook| &webhook.events).map(ToString::to_string));
    all.any(|text| dates_in(&text).contains(&date))
}

/// I7: no second of real time holds more requests to an endpoint than LINE allows, over all replicas.
///
/// Judged by the simulator's own watch.
pub fn lines_rate_is_kept(case: &Case<'_>) -> Vec<Violation> {
    let mut seconds: HashMap<&str, VecDeque<u64>> = HashMap::new();
    let mut found = Vec::new();
    for request in &case.account.requests {
        let second = seconds.entry(&request.endpoint).or_default();
        second.push_back(request.watch_ms);
        while second.front().is_some_and(|first| request.watch_ms.saturating_sub(*first) >= 1_000) {
            second.pop_front();
        }
        if second.len() == LINE_RATE + 1 {
            found.push(format!("more than {LINE_RATE} requests a second to {}", request.endpoint));
        }
    }
    Case::found("I7", found.into_iter())
}
