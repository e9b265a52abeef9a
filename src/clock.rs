//! Time, ids and chance: the only room that asks the system for any of them.
//!
//! Everything else is handed an [`Ambient`]. The *rehearsal clock* stands in for the system's in the
//! demo, in tests and under `HAGUKUMI_REHEARSAL_CLOCK`: it only moves forward, and works only on a
//! database that was marked for rehearsal when it was created.

pub mod skew;

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use chrono::{DateTime, Utc};

/// Asks what time it is.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now, to the millisecond.
    fn now(&self) -> DateTime<Utc>;

    /// Milliseconds since some moment, which pass evenly whatever becomes of the time of day.
    fn steady_ms(&self) -> i64 {
        self.now().timestamp_millis()
    }
}

/// Makes bytes that nobody can guess (or, in tests, that everybody can repeat).
pub trait Chance: Send + Sync + fmt::Debug {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]);
}

/// The time of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn steady_ms(&self) -> i64 {
        static START: OnceLock<Instant> = OnceLock::new();
        i64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// A clock that is set by hand, forward only.
#[derive(Debug)]
pub struct RehearsalClock {
    /// Milliseconds since 1970: the time itself when standing, an offset to the system's when running.
    ms: AtomicI64,
    runs: bool,
}

impl RehearsalClock {
    /// A clock that shows `start` until it is moved.
    #[must_use]
    pub fn standing(start: DateTime<Utc>) -> Self {
        Self { ms: AtomicI64::new(start.timestamp_millis()), runs: false }
    }

    /// A clock that shows `start` now and runs on in real time.
    #[must_use]
    pub fn running(start: DateTime<Utc>) -> Self {
        let offset = start.timestamp_millis() - SystemClock.now().timestamp_millis();
        Self { ms: AtomicI64::new(offset), runs: true }
    }

    /// Moves to `time`; a time that is past already changes nothing.
    pub fn advance_to(&self, time: DateTime<Utc>) {
        let base = if self.runs { SystemClock.now().timestamp_millis() } else { 0 };
        self.ms.fetch_max(time.timestamp_millis() - base, Ordering::SeqCst);
    }
}

impl Clock for RehearsalClock {
    fn now(&self) -> DateTime<Utc> {
        let base = if self.runs { SystemClock.now().timestamp_millis() } else { 0 };
        DateTime::from_timestamp_millis(base + self.ms.load(Ordering::SeqCst)).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// The machine's source of randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has randomness");
    }
}

/// Repeatable bytes for tests and rehearsals (splitmix64).
#[derive(Debug)]
pub struct SeededChance(AtomicU64);

impl SeededChance {
    /// The same seed gives the same bytes.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Time, chance and ids, handed to every room that needs them.
#[derive(Debug, Clone)]
pub struct Ambient {
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    serial: Arc<AtomicU64>,
}

impl Ambient {
    /// Bits of an id below its time: 2,097,152 ids a millisecond before two could meet.
    const SERIAL_BITS: u32 = 21;

    /// Joins a clock and a source of chance.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        let mut start = [0; 8];
        chance.fill(&mut start);
        Self { clock, chance, serial: Arc::new(AtomicU64::new(u64::from_le_bytes(start))) }
    }

    /// The machine's own.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemChance))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Now, in milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now().timestamp_millis()
    }

    /// Milliseconds since some moment, which never jump.
    #[must_use]
    pub fn steady_ms(&self) -> i64 {
        self.clock.steady_ms()
    }

    /// A new id: positive, roughly in order of time, unlike any other of this process, and unlike
    /// another replica's by chance.
    #[must_use]
    pub fn id(&self) -> i64 {
        let mask = (1_u64 << Self::SERIAL_BITS) - 1;
        let serial = (self.serial.fetch_add(1, Ordering::Relaxed) & mask) as i64;
        // 42 bits of milliseconds since 1970 last until 2109.
        let ms = self.now_ms().clamp(0, (1 << 42) - 1);
        ms << Self::SERIAL_BITS | serial
    }

    /// The smallest id that could be given at that moment (milliseconds since 1970): every id of an earlier
    /// moment is smaller, so old rows are found without looking at all of them.
    #[must_use]
    pub fn first_id_of(ms: i64) -> i64 {
        ms.clamp(0, (1 << 42) - 1) << Self::SERIAL_BITS
    }

    /// Unguessable bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.chance.fill(&mut bytes);
        bytes
    }

    /// A number in `0..bound` (0 when `bound` is 0), for jitter.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        u64::from_le_bytes(self.bytes()).checked_rem(bound).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_rehearsal_clock_never_goes_back() {
        let clock = RehearsalClock::standing(at("2026-11-22T00:00:00Z"));
        clock.advance_to(at("2026-11-23T00:00:00Z"));
        clock.advance_to(at("2026-11-01T00:00:00Z"));
        assert_eq!(clock.now(), at("2026-11-23T00:00:00Z"));
    }

    #[test]
    fn ids_are_positive_and_never_repeat() {
        let clock = Arc::new(RehearsalClock::standing(at("2026-11-22T00:00:00Z")));
        let ambient = Ambient::new(clock, Arc::new(SeededChance::new(7)));
        let mut ids: Vec<i64> = (0..10_000).map(|_| ambient.id()).collect();
        assert!(ids.iter().all(|id| *id > 0));
        let (now, later) = (ambient.now_ms(), ambient.now_ms() + 1);
        assert!(ids.iter().all(|id| (Ambient::first_id_of(now)..Ambient::first_id_of(later)).contains(id)));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 10_000);
    }
}
