//! The judge of a history: what arrived, what was written down and what left, held against what must
//! always be true, whatever went wrong on the way.
//!
//! A *history* is plain data: the webhooks with the bot's answers, the rows of the database, every
//! request that LINE saw, and the lines of the log. A *fault* is what was done to the bot on purpose: a
//! request that LINE failed, a time in which nobody listened, a time without a server. An *invariant* is
//! one function with one sentence; what it finds is a [`Violation`].
//!
//! - **Nothing of the programme is used here**, but the simulator's ledger: days, slots and texts are
//!   worked out once more, so that a mistake of the bot is not repeated by its judge.
//! - **Strict unless a fault excuses it.** LINE is taken to be up all the time; what it did not do is
//!   read from its own ledger.

mod arrivals;
pub mod calls;
mod case;
pub mod days;
mod honesty;
mod lateness;
mod privacy;
mod pushes;
pub mod slots;
mod stops;
mod words;

use std::fmt;

use hagukumi::simulator::{Entry, WebhookEntry};

use case::Case;
pub use days::Day;

/// Ended rows are known for 31 days.
const ROWS_KNOWN_MS: i64 = 31 * 86_400_000;

/// Everything that is known about one server, at the end of what happened to it.
#[derive(Clone, Default)]
pub struct History {
    /// The end, in milliseconds since 1970.
    pub until_ms: i64,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// Times in which there may have been no server.
    pub server_away: Vec<Span>,
    /// Times of which the database knows nothing any more: it was restored from an older backup.
    pub lost: Vec<Span>,
    /// Everything that was logged.
    pub log: String,
    /// What nobody may find in a log.
    pub personal: Vec<String>,
}

/// A time from one moment to another, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its beginning.
    pub from_ms: i64,
    /// Its end.
    pub until_ms: i64,
}

/// One account, at LINE and in the database.
#[derive(Clone, Default)]
pub struct Account {
    /// Its name.
    pub slug: String,
    /// Its times of day.
    pub hours: Hours,
    /// Whether it sends by the cadence that ships.
    pub ships: bool,
    /// What LINE told the bot.
    pub webhooks: Vec<WebhookEntry>,
    /// What the bot asked of LINE, in the order of arrival.
    pub requests: Vec<Entry>,
    /// Times in which LINE could not be reached.
    pub line_away: Vec<Span>,
    /// Rows of events.
    pub events: Vec<EventRow>,
    /// Rows of readers, opened.
    pub readers: Vec<Reader>,
    /// Rows of everything that leaves.
    pub deliveries: Vec<Delivery>,
}

/// Times of day in minutes after midnight.
#[derive(Clone, Copy)]
pub struct Hours {
    /// When mornings leave.
    pub delivery: i64,
    /// Nothing leaves before.
    pub opens: i64,
    /// Nothing leaves from here on.
    pub closes: i64,
}

impl Default for Hours {
    fn default() -> Self {
        Self { delivery: 8 * 60, opens: 7 * 60, closes: 21 * 60 }
    }
}

/// One event as it stands in the database.
#[derive(Clone)]
pub struct EventRow {
    /// Ours.
    pub id: i64,
    /// LINE's.
    pub key: String,
    /// `pending`, `done`, `ignored`, `dead` or `quarantined`.
    pub state: String,
    /// When it was received.
    pub received_at: i64,
}

/// One reader as they stand in the database.
#[derive(Clone)]
pub struct Reader {
    /// LINE's id of them.
    pub user: String,
    /// Whether the account may write to them.
    pub follows_account: bool,
    /// Their own time of day in minutes after midnight.
    pub minute: Option<i64>,
    /// Whether they rest.
    pub rests: bool,
    /// Whether they ever came back from a stop or a rest.
    pub came_back: bool,
    /// Their children.
    pub children: Vec<Child>,
}

/// One child as one reader follows it.
#[derive(Clone)]
pub struct Child {
    /// When the reader began to follow it.
    pub since_ms: i64,
    /// Raised by everything that concerns the whole family; 1 where nothing was ever changed.
    pub version: i64,
    /// The dates it has, or had before it was stopped.
    pub anchor: Anchor,
    /// The day on which it was stopped, for this reader or for the family.
    pub stopped_on: Option<Day>,
}

/// The date that everything hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Expected on that day.
    Due(Day),
    /// Born on that day.
    Born(Day),
}

/// One row of what leaves.
#[derive(Clone)]
pub struct Delivery {
    /// Whom it is for, by LINE's id; `None` for somebody whom LINE does not know.
    pub user: Option<String>,
    /// `daily/2026-11-23`, `answer/…`, …
    pub purpose: String,
    /// `waiting`, `sending`, `accepted`, `refused`, `lapsed` or `unconfirmed`.
    pub state: String,
    /// The class of the last error.
    pub error: Option<String>,
    /// LINE's id of the request that decided.
    pub request_id: Option<String>,
    /// The end of its window.
    pub window_until: i64,
    /// When it ended.
    pub settled_at: Option<i64>,
}

/// Something that must never be, and was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which invariant.
    pub invariant: &'static str,
    /// What was found.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}

/// Everything in this history that must never be.
pub fn judge(history: &History) -> Vec<Violation> {
    let mut found = privacy::nothing_personal_is_logged(history);
    for account in &history.accounts {
        let case = Case::of(history, account);
        for invariant in INVARIANTS {
            found.extend(invariant(&case));
        }
    }
    found
}

/// One invariant of one account.
type Invariant = fn(&Case<'_>) -> Vec<Violation>;

const INVARIANTS: [Invariant; 17] = [
    arrivals::no_event_is_lost,
    arrivals::an_event_has_its_effect_once,
    arrivals::a_reply_is_the_answer_to_something_decided,
    pushes::nobody_gets_two_pushes_a_day,
    pushes::nothing_leaves_early_or_at_night,
    pushes::the_day_is_the_childs_own,
    pushes::lines_rate_is_kept,
    lateness::everybody_gets_their_day,
    lateness::a_day_that_was_missed_has_a_reason,
    lateness::nobody_waits_without_a_reason,
    lateness::nobody_waits_any_longer,
    honesty::what_is_called_accepted_was_accepted,
    honesty::what_was_accepted_is_called_so,
    honesty::nothing_stays_open,
    stops::a_block_is_final,
    stops::a_stop_is_final,
    stops::a_stop_is_final_within_a_second,
];

impl Delivery {
    /// The day of a morning.
    fn day(&self) -> Option<Day> {
        Day::read(self.purpose.strip_prefix("daily/")?)
    }

    fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "waiting" | "sending")
    }
}
