//! Looks on while a story is told, and has what happened judged when it is over (see `history`).
//!
//! A world or a stage holds a [`Witness`]; when it goes, the rows are read from the database by a
//! connection that cannot write, and every violation fails the story. What a story breaks on purpose
//! and LINE's ledger cannot tell is said beforehand, narrowly, with [`Witness::expects`].

pub mod log;
pub mod rows;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use hagukumi::clock::{Clock as _, RehearsalClock};
use hagukumi::config::Config;
use hagukumi::simulator::{Channel, Entry, WebhookEntry};

use super::history::{Account, History, Hours, Span, Violation, judge};

/// What LINE knows of one account, in this process or in another: what no server can spoil.
pub trait Ledger: Send + Sync {
    /// The account's name.
    fn account(&self) -> String;
    /// Every API request until now, in the order of arrival.
    fn requests(&self) -> Vec<Entry>;
    /// Every webhook that left.
    fn webhooks(&self) -> Vec<WebhookEntry>;
}

impl Ledger for Channel {
    fn account(&self) -> String {
        self.slug().to_owned()
    }

    fn requests(&self) -> Vec<Entry> {
        self.ledger()
    }

    fn webhooks(&self) -> Vec<WebhookEntry> {
        self.webhook_log()
    }
}

/// The time at LINE, in milliseconds since 1970.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How long a server that was killed holds what it had taken up.
const LEASE_MS: i64 = 60_000;

/// Who looks on.
pub struct Witness {
    now: Now,
    ledgers: Vec<(Box<dyn Ledger>, Hours, bool)>,
    database: Database,
    heard: log::Heard,
    told: Arc<Mutex<Told>>,
}

/// Where the rows are, and the key that opens them.
#[derive(Clone)]
pub struct Database {
    /// As in `HAGUKUMI_DATABASE_URL`.
    pub url: String,
    /// The key file.
    pub key: PathBuf,
}

/// What the story told.
#[derive(Default)]
struct Told {
    line_away: Vec<Span>,
    server_away: Vec<Span>,
    /// What happened then is not in the database any more.
    lost: Vec<Span>,
    /// How many servers there are, where the story says when they come and go.
    servers: usize,
    /// Logs of processes.
    logs: Vec<Arc<Mutex<String>>>,
    secrets: Vec<String>,
    expected: Vec<Expected>,
}

/// A violation that a story brings about on purpose.
struct Expected {
    invariant: &'static str,
    part: String,
    because: &'static str,
}

/// The book of servers that come and go.
#[derive(Clone)]
pub struct Attendance {
    now: Now,
    told: Arc<Mutex<Told>>,
}

impl Attendance {
    /// A server serves.
    pub fn comes(&self) {
        let now_ms = (self.now)();
        let mut told = self.told.lock().expect("nobody panics while it is held");
        told.servers += 1;
        if let Some(span) = told.server_away.last_mut().filter(|span| span.until_ms == i64::MAX) {
            // What the one before had taken up when it died is waited for.
            span.until_ms = now_ms.max(span.from_ms + LEASE_MS);
        }
    }

    /// A server has ended, however.
    pub fn goes(&self) {
        let now_ms = (self.now)();
        let mut told = self.told.lock().expect("nobody panics while it is held");
        told.servers = told.servers.saturating_sub(1);
        let until_ms = if told.servers == 0 { i64::MAX } else { now_ms + LEASE_MS };
        told.server_away.push(Span { from_ms: now_ms, until_ms });
    }
}

impl Witness {
    /// Looks on from now on: at these accounts of a LINE in this process, and at the bot with these settings.
    pub fn of(config: &Config, channels: &[Channel], clock: &Arc<RehearsalClock>) -> Self {
        let clock = Arc::clone(clock);
        let now: Now = Arc::new(move || clock.now().timestamp_millis());
        Self::beside(config, channels.iter().map(|channel| Box::new(channel.clone()) as Box<dyn Ledger>).collect(), now)
    }

    /// Looks on from now on: at these accounts, wherever LINE is.
    pub fn beside(config: &Config, ledgers: Vec<Box<dyn Ledger>>, now: Now) -> Self {
        let hours = |slug: &str| {
            let found = config.accounts.iter().find(|account| account.slug == slug);
            let hours = found.map(|account| account.hours).unwrap_or_default();
            Hours { delivery: hours.delivery.into(), opens: hours.opens.into(), closes: hours.closes.into() }
        };
        let ships = config.content_dir.is_none();
        let hours_of = |ledger: Box<dyn Ledger>| {
            let hours = hours(&ledger.account());
            (ledger, hours, ships)
        };
        let ledgers = ledgers.into_iter().map(hours_of).collect();
        let url = config.database_url.expose();
        let file = url.trim_start_matches("sqlite://");
        let key = config.key_file.clone().unwrap_or_else(|| PathBuf::from(file).with_extension("key"));
        let database = Database { url: url.to_owned(), key };
        Self { now, ledgers, database, heard: log::listen(), told: Arc::default() }
    }

    /// Nobody can reach LINE from now on.
    pub fn line_goes_away(&self) {
        let from_ms = self.now_ms();
        self.told().line_away.push(Span { from_ms, until_ms: i64::MAX });
    }

    /// LINE can be reached again.
    pub fn line_comes_back(&self) {
        let until_ms = self.now_ms();
        if let Some(span) = self.told().line_away.last_mut() {
            span.until_ms = until_ms;
        }
    }

    /// The database was lost, and is what it was at that moment.
    pub fn forgets_since(&self, moment: DateTime<Utc>) {
        let span = Span { from_ms: moment.timestamp_millis(), until_ms: self.now_ms() };
        self.told().lost.push(span);
    }

    /// There is no server until then.
    pub fn server_is_away(&self, until: DateTime<Utc>) {
        let span = Span { from_ms: self.now_ms(), until_ms: until.timestamp_millis() };
        self.told().server_away.push(span);
    }

    /// There is no server yet: from now on whoever starts and ends one writes it into the book.
    pub fn servers_come_and_go(&self) -> Attendance {
        let from_ms = self.now_ms();
        self.told().server_away.push(Span { from_ms, until_ms: i64::MAX });
        Attendance { now: Arc::clone(&self.now), told: Arc::clone(&self.told) }
    }

    /// The log of a process belongs to this story.
    pub fn hears(&self, log: Arc<Mutex<String>>) {
        self.told().logs.push(log);
    }

    /// Nobody may find this in a log.
    pub fn keeps_secret(&self, secrets: &[&str]) {
        self.told().secrets.extend(secrets.iter().map(|&secret| secret.to_owned()));
    }

    /// The story breaks this invariant on purpose, in a way that reads so. It fails when it does not.
    pub fn expects(&self, invariant: &'static str, part: &str, because: &'static str) {
        self.told().expected.push(Expected { invariant, part: part.to_owned(), because });
    }

    fn now_ms(&self) -> i64 {
        (self.now)()
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().expect("nobody panics while it is held")
    }

    /// Everything that is known at the end.
    pub fn history(&self) -> History {
        let told = self.told();
        let accounts = self.ledgers.iter().map(|(ledger, hours, ships)| Account {
            slug: ledger.account(),
            hours: *hours,
            ships: *ships,
            webhooks: ledger.webhooks(),
            requests: ledger.requests(),
            line_away: told.line_away.clone(),
            ..Account::default()
        });
        let mut history = History {
            until_ms: self.now_ms(),
            accounts: accounts.collect(),
            server_away: told.server_away.clone(),
            lost: told.lost.clone(),
            log: log::read(&self.heard, &told.logs),
            personal: told.secrets.clone(),
        };
        history.personal.extend(history.accounts.iter().flat_map(log::personal));
        history.log.push_str(&self.other_places(&history.accounts));
        rows::fill(&mut history.accounts, &self.database);
        history
    }

    /// What else somebody may read beside the log: counters, the suppression list, and which paths of LINE were
    /// asked.
    fn other_places(&self, accounts: &[Account]) -> String {
        let list = std::fs::read_to_string(self.database.key.with_extension("suppression")).unwrap_or_default();
        let paths = accounts.iter().flat_map(|account| &account.requests).map(|request| request.endpoint.as_str());
        let paths: std::collections::BTreeSet<&str> = paths.collect();
        let counters = hagukumi::http::install_metrics().text();
        [log::without_stamps(&list), paths.into_iter().collect::<Vec<_>>().join("\n"), counters].join("\n")
    }

    /// What was found and not expected, and what was expected and not found.
    pub fn verdict(&self) -> Vec<String> {
        let (found, told) = (judge(&self.history()), self.told());
        let fits = |violation: &Violation, expected: &Expected| {
            violation.invariant == expected.invariant && violation.what.contains(&expected.part)
        };
        let unexpected = found.iter().filter(|violation| !told.expected.iter().any(|one| fits(violation, one)));
        let missing = told.expected.iter().filter(|one| !found.iter().any(|violation| fits(violation, one)));
        let missing = missing.map(|one| format!("{} was expected ({}) and holds", one.invariant, one.because));
        unexpected.map(ToString::to_string).chain(missing).collect()
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        // A story that fails already says why.
        if std::thread::panicking() {
            return;
        }
        let verdict = self.verdict();
        assert!(verdict.is_empty(), "this must never be:\n{}", verdict.join("\n"));
    }
}
