//! The pace of one process, and of several that lend and borrow, model-checked: whatever Redis and the
//! wires do, all together stay below LINE's rate.

use std::collections::HashMap;
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::bucket::{Bucket, Claim, GOOD_FOR, LOAN, POOL};
use super::{DEFAULT_RATE, LINE_RATE};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn claims(bucket: &mut Bucket, start: Instant, length: Duration) -> usize {
    let (mut now, mut count) = (start, 0);
    while now < start + length {
        match bucket.claim(now) {
            Claim::Now => count += 1,
            Claim::At(at) => now = at,
        }
    }
    count
}

#[test]
fn the_first_second_holds_no_more_than_the_rate() {
    let start = Instant::now();
    let count = claims(&mut Bucket::empty(1_800.0, start), start, ms(1_000));
    assert!((1_790..=1_800).contains(&count), "{count}");
}

#[test]
fn a_silent_bucket_saves_up_no_more_than_a_moment() {
    let start = Instant::now();
    let mut bucket = Bucket::empty(1_000.0, start);
    let count = claims(&mut bucket, start + ms(60_000), ms(1_000));
    assert!((1_020..=1_026).contains(&count), "{count}");
}

#[test]
fn being_told_to_slow_down_halves_the_rate_and_it_grows_back() {
    let start = Instant::now();
    let mut bucket = Bucket::empty(1_000.0, start);
    bucket.slow_down(start);
    assert!(claims(&mut bucket, start, ms(1_000)) <= 515);
    assert_eq!(bucket.borrows_at(start), None, "whoever is too fast borrows nothing");
    assert!(claims(&mut bucket, start + ms(20_000), ms(1_000)) > 950);
}

#[test]
fn complaints_about_what_was_on_its_way_already_are_one_complaint() {
    let start = Instant::now();
    let mut bucket = Bucket::empty(1_000.0, start);
    (0..200).for_each(|_| bucket.slow_down(start + ms(1)));
    let count = claims(&mut bucket, start + ms(1), ms(900));
    assert!((430..=480).contains(&count), "{count}");
}

#[test]
fn whoever_complains_for_ever_leaves_us_a_twentieth() {
    let start = Instant::now();
    let mut bucket = Bucket::empty(1_000.0, start);
    let mut now = start;
    for _ in 0..100 {
        bucket.slow_down(now);
        now += ms(1_000);
    }
    let count = claims(&mut bucket, now, ms(1_000));
    assert!((45..=60).contains(&count), "{count}");
}

#[test]
fn a_share_that_was_lent_is_not_used_and_comes_back_empty() {
    let start = Instant::now();
    let mut bucket = Bucket::empty(1_000.0, start);
    assert!(!bucket.lends_at(start + ms(1_000)), "somebody may come back at once");
    let lent = start + ms(2_000);
    assert!(bucket.lends_at(lent));
    assert_eq!(claims(&mut bucket, lent, LOAN), 0);
    let count = claims(&mut bucket, lent + LOAN, ms(1_000));
    assert!((960..=1_000).contains(&count), "{count}");
}

#[test]
fn a_slice_that_comes_late_is_thrown_away() {
    let start = Instant::now();
    let mut bucket = Bucket::perhaps_lent(1.0, start);
    bucket.borrowed(start, 3);
    assert_eq!(bucket.claim(start + ms(39)), Claim::Now);
    assert!(matches!(bucket.claim(start + GOOD_FOR), Claim::At(_)));
}

/// What `pool.lua` does, on a clock of the test. `tests/timers/pool.rs` holds the script to the same.
#[derive(Default)]
struct Pool {
    level: f64,
    at: u64,
    loans: HashMap<usize, u64>,
}

impl Pool {
    fn flow(&mut self, now: u64, share: f64) {
        for ends in self.loans.values() {
            self.level += (*ends).min(now).saturating_sub(self.at) as f64 * share / 1_000.0;
        }
        self.loans.retain(|_, ends| *ends > now);
        self.level = self.level.min(f64::from(POOL));
        self.at = now;
    }

    fn take(&mut self) -> u32 {
        let granted = self.level.floor();
        self.level -= granted;
        granted as u32
    }
}

/// A stretch of time in which nothing changes; the sets are bits, one a process.
#[derive(Debug, Clone)]
struct Stretch {
    ms: u64,
    busy: u8,
    cut: u8,
    away: u8,
    delay: u64,
    flush: bool,
}

fn stretch() -> impl Strategy<Value = Stretch> {
    let bits = || prop_oneof![Just(0_u8), any::<u8>()];
    let length = prop_oneof![20..200_u64, 20..1_500_u64, 2_000..3_000_u64];
    let delay = prop_oneof![Just(0_u64), 0..30_u64, 0..400_u64];
    (length, bits(), bits(), bits(), delay, prop::bool::weighted(0.1))
        .prop_map(|(ms, busy, cut, away, delay, flush)| Stretch { ms, busy, cut, away, delay, flush })
}

/// What is on the wire.
enum Order {
    Take { asked: u64 },
    Lend { ends: u64 },
}

enum Event {
    AtRedis { process: usize, order: Order, back: u64 },
    Back { process: usize, asked: Option<u64>, granted: u32, clock: u64 },
}

struct Process {
    bucket: Bucket,
    asking: Option<u64>,
    /// Redis' clock, and when it was heard.
    clock: Option<(u64, u64)>,
}

/// Processes with shares of one rate, a Redis whose clock is ahead of theirs, and wires.
struct Replicas {
    start: Instant,
    share: f64,
    processes: Vec<Option<Process>>,
    pool: Pool,
    wire: Vec<(u64, Event)>,
    now: u64,
    sent: Vec<u64>,
}

/// Redis' clock is so far ahead of ours.
const AHEAD: u64 = 777_777;

impl Replicas {
    fn new(count: usize) -> Self {
        let processes = (0..count).map(|_| None).collect();
        let share = f64::from(DEFAULT_RATE) / count as f64;
        let (pool, wire, sent) = (Pool::default(), Vec::new(), Vec::new());
        Self { start: Instant::now(), share, processes, pool, wire, now: 0, sent }
    }

    fn instant(&self, at: u64) -> Instant {
        self.start + ms(at)
    }

    fn live_through(&mut self, stretch: &Stretch) {
        if stretch.flush {
            self.pool = Pool { at: self.now + AHEAD, ..Pool::default() };
        }
        for number in 0..self.processes.len() {
            let place = &mut self.processes[number];
            if stretch.away >> number & 1 == 1 {
                *place = None;
            } else if place.is_none() {
                let bucket = Bucket::perhaps_lent(self.share, self.start + ms(self.now));
                *place = Some(Process { bucket, asking: None, clock: None });
            }
        }
        for _ in 0..stretch.ms {
            self.tick(stretch);
        }
    }

    fn tick(&mut self, stretch: &Stretch) {
        self.now += 1;
        self.deliver();
        for number in 0..self.processes.len() {
            let reachable = stretch.cut >> number & 1 == 0;
            if stretch.busy >> number & 1 == 1 {
                self.push(number, reachable, stretch.delay);
            }
            if self.now % 400 == number as u64 * 7 && reachable {
                self.lend(number, stretch.delay);
            }
        }
    }

    fn push(&mut self, number: usize, reachable: bool, delay: u64) {
        let (now, instant) = (self.now, self.instant(self.now));
        let Some(process) = &mut self.processes[number] else { return };
        while process.bucket.claim(instant) == Claim::Now {
            self.sent.push(now);
        }
        if let Some(asked) = process.asking.filter(|asked| now - asked > GOOD_FOR.as_millis() as u64) {
            process.bucket.not_borrowed(self.start + ms(asked));
            process.asking = None;
        }
        if process.asking.is_none() && process.bucket.borrows_at(instant).is_some_and(|at| at <= instant) {
            process.asking = Some(now);
            if reachable {
                self.order(number, Order::Take { asked: now }, delay);
            }
        }
    }

    fn lend(&mut self, number: usize, delay: u64) {
        let (now, instant) = (self.now, self.instant(self.now));
        let Some(process) = &mut self.processes[number] else { return };
        let ends = process.clock.map(|(clock, heard)| clock + now + LOAN.as_millis() as u64 - heard);
        // Without the time, the order lends nothing and tells it.
        if ends.is_none() || process.bucket.lends_at(instant) {
            self.order(number, Order::Lend { ends: ends.unwrap_or(0) }, delay);
        }
    }

    fn order(&mut self, process: usize, order: Order, delay: u64) {
        self.wire.push((self.now + delay, Event::AtRedis { process, order, back: delay / 2 }));
    }

    fn deliver(&mut self) {
        let now = self.now;
        let (due, later): (Vec<_>, Vec<_>) = self.wire.drain(..).partition(|(at, _)| *at <= now);
        self.wire = later;
        for (_, event) in due {
            match event {
                Event::AtRedis { process, order, back } => self.at_redis(process, &order, back),
                Event::Back { process, asked, granted, clock } => {
                    let Some(process) = &mut self.processes[process] else { continue };
                    process.clock = Some((clock, now));
                    if let Some(asked) = asked.filter(|asked| process.asking == Some(*asked)) {
                        process.bucket.borrowed(self.start + ms(asked), granted);
                        process.asking = None;
                    }
                }
            }
        }
    }

    fn at_redis(&mut self, process: usize, order: &Order, back: u64) {
        let clock = self.now + AHEAD;
        self.pool.flow(clock, self.share);
        let (asked, granted) = match order {
            Order::Take { asked } => (Some(*asked), self.pool.take()),
            Order::Lend { ends } => {
                if *ends > clock {
                    self.pool.loans.insert(process, *ends);
                }
                (None, 0)
            }
        };
        self.wire.push((self.now + back, Event::Back { process, asked, granted, clock }));
    }

    /// The most requests in any second.
    fn busiest_second(&self) -> usize {
        let until = |at: &u64| self.sent.partition_point(|sent| *sent < at + 1_000);
        self.sent.iter().enumerate().map(|(first, at)| until(at) - first).max().unwrap_or(0)
    }

    fn sent_between(&self, from: u64, to: u64) -> usize {
        self.sent.iter().filter(|at| (from..to).contains(*at)).count()
    }
}

fn quiet(ms: u64) -> Stretch {
    Stretch { ms, busy: 0, cut: 0, away: 0, delay: 1, flush: false }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_together_never_pass_lines_rate_whatever_redis_and_the_wires_do(
        count in 1..7_usize,
        stretches in prop::collection::vec(stretch(), 1..12),
    ) {
        let mut replicas = Replicas::new(count);
        stretches.iter().for_each(|stretch| replicas.live_through(stretch));
        prop_assert!(replicas.busiest_second() <= LINE_RATE as usize, "{}", replicas.busiest_second());
    }
}

#[test]
fn one_busy_replica_is_nearly_as_fast_as_all() {
    let mut replicas = Replicas::new(3);
    replicas.live_through(&quiet(4_000));
    replicas.live_through(&Stretch { busy: 0b001, ..quiet(5_000) });
    let rate = replicas.sent_between(6_000, 9_000) / 3;
    assert!(rate > 1_500, "{rate} a second of {DEFAULT_RATE}");
}

#[test]
fn replicas_that_are_all_busy_have_a_share_each() {
    let mut replicas = Replicas::new(3);
    replicas.live_through(&Stretch { busy: 0b111, ..quiet(5_000) });
    let rate = replicas.sent_between(2_000, 5_000) / 3;
    assert!((1_750..=1_850).contains(&rate), "{rate}");
}

#[test]
fn a_busy_replica_that_loses_redis_goes_on_with_its_share_at_once() {
    let mut replicas = Replicas::new(3);
    replicas.live_through(&quiet(4_000));
    // Busy for longer than a loan: its own share is its own again.
    replicas.live_through(&Stretch { busy: 0b001, ..quiet(3_000) });
    replicas.live_through(&Stretch { busy: 0b001, cut: 0b111, ..quiet(1_000) });
    let soon = replicas.sent_between(7_000, 7_100);
    assert!(soon >= 55, "{soon} of 60 in the first tenth of a second");
}

#[test]
fn a_replica_that_starts_again_while_its_share_is_lent_does_not_use_it() {
    let mut replicas = Replicas::new(3);
    replicas.live_through(&quiet(4_000));
    replicas.live_through(&Stretch { away: 0b001, ..quiet(10) });
    replicas.live_through(&Stretch { busy: 0b111, ..quiet(3_000) });
    assert!(replicas.busiest_second() <= LINE_RATE as usize, "{}", replicas.busiest_second());
}

#[test]
fn a_replica_that_lent_its_share_and_lost_redis_has_it_back_within_a_second() {
    let mut replicas = Replicas::new(3);
    replicas.live_through(&quiet(4_000));
    replicas.live_through(&Stretch { busy: 0b001, cut: 0b111, ..quiet(2_500) });
    assert!(replicas.sent_between(5_050, 6_050) >= 590);
}
