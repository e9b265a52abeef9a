//! One account with the history around it, and what its judges look up in it again and again.

use std::collections::HashMap;

use hagukumi::simulator::Entry;

use super::calls::{self, Call};
use super::days::Day;
use super::{Account, Delivery, History, Reader, Violation};

/// How long after it was asked for something is still an answer.
const ANSWER_MS: i64 = 3_600_000 - 1;

/// One account with the history around it. A morning of twenty thousand is looked at push by push, so
/// whatever belongs to a push is found without going through everything else.
pub struct Case<'a> {
    pub history: &'a History,
    pub account: &'a Account,
    readers: HashMap<&'a str, &'a Reader>,
    requests: HashMap<&'a str, Vec<&'a Entry>>,
    first_attempts: HashMap<&'a str, &'a Entry>,
    by_request: HashMap<&'a str, Vec<&'a Delivery>>,
    by_user: HashMap<&'a str, Vec<&'a Delivery>>,
    /// Push requests, accepted or not, with whom they are for and the ages that are said in them.
    pushes: Vec<(&'a str, &'a Entry, Vec<Call>)>,
}

impl<'a> Case<'a> {
    pub fn of(history: &'a History, account: &'a Account) -> Self {
        let pushes = || account.requests.iter().filter(|request| request.endpoint == "push");
        let to_whom = pushes().filter_map(|push| Some((push.to.first()?.as_str(), push, calls::of(push))));
        let keys = pushes().filter_map(|push| Some((push.retry_key.as_deref()?, push)));
        let rows = || account.deliveries.iter();
        Self {
            history,
            account,
            // Of several the first counts, as in the order of the history.
            readers: account.readers.iter().rev().map(|reader| (reader.user.as_str(), reader)).collect(),
            requests: grouped(account.requests.iter().map(|request| (request.request_id.as_str(), request))),
            first_attempts: keys.rev().collect(),
            by_request: grouped(rows().filter_map(|row| Some((row.request_id.as_deref()?, row)))),
            by_user: grouped(rows().filter_map(|row| Some((row.user.as_deref()?, row)))),
            pushes: to_whom.collect(),
        }
    }

    /// Whether the rows of that moment were lost with their database. What was promised then holds all the
    /// same; only the book of it is gone.
    pub fn is_lost(&self, at_ms: i64) -> bool {
        self.history.lost.iter().any(|span| (span.from_ms..=span.until_ms).contains(&at_ms))
    }

    /// A list of violations of one invariant.
    pub fn found(invariant: &'static str, what: impl Iterator<Item = String>) -> Vec<Violation> {
        what.map(|what| Violation { invariant, what }).collect()
    }

    /// Push requests, accepted or not, with the chat they are for.
    pub fn pushes(&self) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        self.pushes.iter().map(|(user, push, _)| (*user, *push))
    }

    /// Push requests, accepted or not, that bring a day's text, with the ages that are said in it.
    pub fn texts(&self) -> impl Iterator<Item = (&'a str, &'a Entry, &[Call])> {
        let texts = self.pushes.iter().filter(|(_, _, calls)| !calls.is_empty());
        texts.map(|(user, push, calls)| (*user, *push, calls.as_slice()))
    }

    /// Accepted pushes that brought a day's text.
    pub fn mornings(&self) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        self.texts().filter(|(_, push, _)| push.accepted).map(|(user, push, _)| (user, push))
    }

    /// The requests that LINE answered with this id.
    pub fn requests_of(&self, request_id: &str) -> &[&'a Entry] {
        self.requests.get(request_id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether LINE had not seen the retry key of this request before.
    pub fn is_first_attempt(&self, push: &Entry) -> bool {
        let first = push.retry_key.as_deref().and_then(|key| self.first_attempts.get(key));
        first.is_none_or(|first| first.request_id == push.request_id)
    }

    /// The rows that name this request.
    pub fn rows_of(&self, request: &Entry) -> &[&'a Delivery] {
        self.by_request.get(request.request_id.as_str()).map(Vec::as_slice).unwrap_or_default()
    }

    /// The rows for somebody.
    pub fn rows_for(&self, user: &str) -> &[&'a Delivery] {
        self.by_user.get(user).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether the push was an answer: its row says so, or that of another attempt, or LINE was asked the same as
    /// a reply less than an hour before and did not take it. No row names a request that was never accepted, and
    /// a reply that is refused for its token has no reader either.
    pub fn is_answer(&self, push: &Entry) -> bool {
        let to_them = |reply: &Entry| reply.to.is_empty() || reply.to == push.to;
        let lately = |reply: &Entry| (push.at_ms - ANSWER_MS..=push.at_ms).contains(&reply.at_ms);
        let mut replies = self.account.requests.iter().filter(|entry| entry.endpoint == "reply" && !entry.accepted);
        let is_same = |other: &&Entry| other.retry_key.is_some() && other.retry_key == push.retry_key;
        let mut asked = self.account.requests.iter().filter(is_same).chain([push]);
        asked.any(|one| self.rows_of(one).iter().any(|row| row.purpose.starts_with("answer/")))
            || replies.any(|reply| lately(reply) && to_them(reply) && reply.messages == push.messages)
    }

    pub fn reader(&self, user: &str) -> Option<&'a Reader> {
        self.readers.get(user).copied()
    }

    /// Whether a reader's own hour at that moment is not known: they chose one, or were deleted or moved.
    pub fn has_own_hour(&self, user: &str, at_ms: i64) -> bool {
        let known = |reader: &Reader| reader.children.iter().any(|child| child.since_ms <= at_ms);
        self.reader(user).is_none_or(|reader| reader.minute.is_some() || !known(reader))
    }

    /// When a reader's morning is due on a day, as things stand at the end of the history.
    pub fn due_ms(&self, user: &str, day: Day) -> i64 {
        let hours = self.account.hours;
        let wanted = self.reader(user).and_then(|reader| reader.minute).unwrap_or(hours.delivery);
        day.at_minute(wanted.clamp(hours.opens, hours.closes - 1))
    }
}

fn grouped<'a, T>(pairs: impl Iterator<Item = (&'a str, T)>) -> HashMap<&'a str, Vec<T>> {
    let mut groups: HashMap<&str, Vec<T>> = HashMap::new();
    pairs.for_each(|(key, one)| groups.entry(key).or_default().push(one));
    groups
}
