//! Seeds, run one by one or many at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use hagukumi::app::install_tls;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::page::Page;
use crate::verdict;
use crate::weather::Counts;
use crate::week::Week;

/// What became of a seed.
pub struct Outcome {
    /// Which.
    pub seed: u64,
    /// What must not be and is.
    pub found: Vec<String>,
    /// What happened, in numbers.
    pub sums: Sums,
    /// What happened, line by line; only where it was asked for.
    pub transcript: Vec<String>,
    /// What was logged.
    pub log: String,
}

/// Numbers of one seed, or of many.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    /// Seeds.
    pub seeds: u64,
    /// People.
    pub people: u64,
    /// Webhooks that left LINE.
    pub webhooks: u64,
    /// Accepted pushes.
    pub pushes: u64,
    /// Accepted replies.
    pub replies: u64,
    /// Requests that LINE failed.
    pub failed: u64,
    /// What was done to the server.
    pub counts: Counts,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.people += other.people;
        self.webhooks += other.webhooks;
        self.pushes += other.pushes;
        self.replies += other.replies;
        self.failed += other.failed;
        self.counts.spells += other.counts.spells;
        self.counts.crashes += other.counts.crashes;
        self.counts.database += other.counts.database;
        self.counts.lost += other.counts.lost;
    }
}

/// Runs one seed.
pub fn seed(seed: u64, with_transcript: bool) -> Outcome {
    install_tls();
    let page = Page::default();
    let lived = catch_unwind(AssertUnwindSafe(|| live(seed, &page, with_transcript)));
    lived.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
        let sums = Sums { seeds: 1, ..Sums::default() };
        let found = vec![format!("it panicked: {said}")];
        Outcome { seed, found, sums, transcript: Vec::new(), log: page.text() }
    })
}

fn live(seed: u64, page: &Page, with_transcript: bool) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let mut week = Week::of(seed);
    let _listening = page.listens(&week.clock);
    runtime.expect("a runtime needs only memory").block_on(week.passes());
    let history = verdict::history(&week, page.text());
    let found = verdict::found(&week, &history);
    let requests = || history.accounts.iter().flat_map(|account| &account.requests);
    let accepted = |endpoint: &str| requests().filter(|one| one.accepted && one.endpoint == endpoint).count() as u64;
    let sums = Sums {
        seeds: 1,
        people: week.people() as u64,
        webhooks: history.accounts.iter().map(|account| account.webhooks.len() as u64).sum(),
        pushes: accepted("push"),
        replies: accepted("reply"),
        failed: requests().filter(|request| request.fault).count() as u64,
        counts: week.counts(),
    };
    let transcript = if with_transcript { verdict::transcript(&week, &history) } else { Vec::new() };
    let log = if found.is_empty() { page.text() } else { format!("{}{}", verdict::tale(&week, &history), page.text()) };
    Outcome { seed, found, sums, transcript, log }
}

/// The processors that this process may use.
fn processors() -> Vec<usize> {
    let all = sched_getaffinity(None).expect("a process may know its processors");
    (0..CpuSet::MAX_CPU).filter(|number| all.is_set(*number)).collect()
}

/// Keeps this thread, and those that it starts, on one processor. A server and its database take turns
/// thousands of times a second, and waking somebody on another processor costs more than what they do.
fn stays_on(processor: usize) {
    let mut one = CpuSet::new();
    one.set(processor);
    sched_setaffinity(None, &one).expect("a process may use less than it has");
}

/// Runs all these seeds, one on every processor, and says of each that fails how to see it again.
pub fn all(seeds: std::ops::Range<u64>) -> (Vec<u64>, Sums) {
    let next = AtomicU64::new(seeds.start);
    let told = Mutex::new((Vec::new(), Sums::default()));
    std::thread::scope(|scope| {
        for processor in processors() {
            let (next, told, seeds) = (&next, &told, &seeds);
            scope.spawn(move || {
                stays_on(processor);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= seeds.end {
                        return;
                    }
                    let outcome = seed(number, false);
                    let mut told = told.lock().expect("nobody panics while it is held");
                    told.1.add(&outcome.sums);
                    if told.1.seeds.is_multiple_of(100) {
                        eprintln!("{} seeds, {} failed", told.1.seeds, told.0.len());
                    }
                    if !outcome.found.is_empty() {
                        told.0.push(number);
                        complain(&outcome);
                    }
                }
            });
        }
    });
    told.into_inner().expect("nobody panics while it is held")
}

/// One line that says what failed and how to see it again.
pub fn complain(outcome: &Outcome) {
    let Outcome { seed, found, .. } = outcome;
    let more = if found.len() > 1 { format!(" (and {} more)", found.len() - 1) } else { String::new() };
    eprintln!(
        "seed {seed} failed: {}{more}; run it again with HAGUKUMI_TEST_SEED={seed} cargo test --test simulation one_seed",
        found[0]
    );
}
