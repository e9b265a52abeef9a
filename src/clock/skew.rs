//! Whether this machine's clock can be believed.
//!
//! A clock that jumps would send tomorrow's message today, or today's again. So others are asked what
//! time it is, the *witnesses*: the database, where it has a clock of its own, and LINE, by the `Date` of
//! its answers (RFC 9110, 6.6.1). What they said is kept against the *steady* time of this process, which
//! never jumps: a jump shows at the next look, not at the next question.
//!
//! - Between question and answer the witness may have looked at its clock at any moment, and a `Date` is
//!   cut to the second: of all skews that are possible the smallest counts.
//! - One witness who disagrees by more than [`TOLERATED_MS`] is enough. Who is wrong cannot be known from
//!   here; that pushes wait is right in both cases.
//! - A rehearsal has a time of its own and is not judged.

use std::sync::Mutex;

use chrono::{DateTime, Utc};

use super::Ambient;

/// A clock may be that far off before pushes wait for it (milliseconds): far more than machines differ that
/// keep their time, far less than a lease.
pub const TOLERATED_MS: i64 = 30_000;
/// How precise a `Date` is.
const SECOND_MS: i64 = 1_000;

/// Whose clock ours is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// The database's server.
    Database,
    /// LINE.
    Line,
}

impl Witness {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Database, Self::Line];

    /// The word in metrics and `/readyz?verbose`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Line => "line",
        }
    }
}

/// What is known of our clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It is right, as far as anybody says.
    Right,
    /// Nobody has said anything yet.
    Unknown,
    /// It is off by so many milliseconds; ahead when positive.
    Off(i64),
}

/// What a witness said.
#[derive(Debug, Clone, Copy)]
struct Said {
    /// The least and the most that its clock can be ahead of the steady time (milliseconds).
    ahead: (i64, i64),
    /// When, in steady time.
    at: i64,
}

#[derive(Debug, Default)]
struct Heard {
    said: [Option<Said>; 2],
    /// Somebody answered who has no clock to show.
    undated: bool,
}

/// Compares the clock of this process with others'.
#[derive(Debug)]
pub struct Skew {
    ambient: Ambient,
    judged: bool,
    heard: Mutex<Heard>,
}

impl Skew {
    /// A judge of this clock.
    #[must_use]
    pub fn judging(ambient: Ambient) -> Self {
        Self { ambient, judged: true, heard: Mutex::default() }
    }

    /// A judge for a clock of its own time, which is always right.
    #[must_use]
    pub fn rehearsing(ambient: Ambient) -> Self {
        Self { ambient, judged: false, heard: Mutex::default() }
    }

    /// Whether the clock is judged at all.
    #[must_use]
    pub const fn is_judged(&self) -> bool {
        self.judged
    }

    /// The steady time, to be noted before a witness is asked.
    #[must_use]
    pub fn steady_ms(&self) -> i64 {
        self.ambient.steady_ms()
    }

    /// A witness that was asked at `asked` (steady) says now that it is `theirs` (milliseconds since 1970).
    pub fn hears(&self, witness: Witness, asked: i64, theirs: i64) {
        self.hears_between(witness, asked, (theirs, theirs));
    }

    /// LINE answers a request that was made at `asked` (steady), with or without a `Date`.
    pub fn hears_line(&self, asked: i64, date: Option<DateTime<Utc>>) {
        match date.map(|date| date.timestamp_millis()) {
            Some(date) => self.hears_between(Witness::Line, asked, (date, date + SECOND_MS)),
            None => self.heard().undated = true,
        }
    }

    fn hears_between(&self, witness: Witness, asked: i64, (least, most): (i64, i64)) {
        let at = self.steady_ms();
        self.heard().said[witness as usize] = Some(Said { ahead: (least - at, most - asked), at });
    }

    /// How far our clock is off, by that witness (milliseconds; ahead when positive). Nothing when it was
    /// never heard.
    #[must_use]
    pub fn by(&self, witness: Witness) -> Option<i64> {
        let said = self.heard().said[witness as usize]?;
        Some(self.off(said))
    }

    /// How long ago that witness was heard (milliseconds of steady time).
    #[must_use]
    pub fn age_ms(&self, witness: Witness) -> Option<i64> {
        let said = self.heard().said[witness as usize]?;
        Some(self.steady_ms() - said.at)
    }

    /// What is known of our clock now.
    #[must_use]
    pub fn trust(&self) -> Trust {
        if !self.judged {
            return Trust::Right;
        }
        let heard = self.heard();
        let worst = heard.said.iter().flatten().map(|said| self.off(*said)).max_by_key(|off| off.abs());
        match worst {
            Some(off) if off.abs() > TOLERATED_MS => Trust::Off(off),
            None if !heard.undated => Trust::Unknown,
            _ => Trust::Right,
        }
    }

    fn off(&self, said: Said) -> i64 {
        let ahead = self.ambient.now_ms() - self.steady_ms();
        let (least, most) = (ahead - said.ahead.1, ahead - said.ahead.0);
        if least > 0 { least } else { most.min(0) }
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().expect("nobody panics while it is held")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;
    use crate::clock::{Clock, SeededChance};

    /// A clock that shows something else than the time that passes.
    #[derive(Debug, Default)]
    struct Jumping {
        steady: AtomicI64,
        ahead: AtomicI64,
    }

    impl Clock for Jumping {
        fn now(&self) -> DateTime<Utc> {
            let ms = self.steady_ms() + self.ahead.load(Ordering::SeqCst);
            DateTime::from_timestamp_millis(ms).expect("a time")
        }

        fn steady_ms(&self) -> i64 {
            self.steady.load(Ordering::SeqCst)
        }
    }

    const NOW: i64 = 1_795_302_000_000;

    fn judge() -> (Arc<Jumping>, Skew) {
        let clock = Arc::new(Jumping::default());
        clock.ahead.store(NOW, Ordering::SeqCst);
        let ambient = Ambient::new(Arc::<Jumping>::clone(&clock), Arc::new(SeededChance::new(1)));
        (clock, Skew::judging(ambient))
    }

    #[test]
    fn nobody_heard_is_nothing_known_and_an_answer_without_a_date_is_believed() {
        let (_, skew) = judge();
        assert_eq!(skew.trust(), Trust::Unknown);
        skew.hears_line(0, None);
        assert_eq!(skew.trust(), Trust::Right);
    }

    #[test]
    fn a_jump_shows_at_the_next_look_and_is_gone_when_the_clock_is_right_again() {
        const DAY: i64 = 86_400_000;
        for jump in [3_600_000, -3_600_000, DAY, -DAY, TOLERATED_MS + 1, -TOLERATED_MS - 1] {
            let (clock, skew) = judge();
            skew.hears(Witness::Database, 0, NOW);
            assert_eq!(skew.trust(), Trust::Right);
            clock.ahead.fetch_add(jump, Ordering::SeqCst);
            assert_eq!(skew.trust(), Trust::Off(jump));
            clock.ahead.fetch_sub(jump, Ordering::SeqCst);
            assert_eq!(skew.trust(), Trust::Right);
        }
    }

    #[test]
    fn a_slow_drift_is_noticed_when_it_comes_to_half_a_minute() {
        let (clock, skew) = judge();
        skew.hears(Witness::Line, 0, NOW);
        // 500 parts in a million: 43 s a day.
        let after = |hours: i64| {
            clock.steady.store(hours * 3_600_000, Ordering::SeqCst);
            clock.ahead.store(NOW + hours * 1_800, Ordering::SeqCst);
            skew.trust()
        };
        assert_eq!(after(16), Trust::Right);
        assert_eq!(after(17), Trust::Off(30_600));
        // Whoever is asked again says where we are, however long it has been so.
        skew.hears(Witness::Line, skew.steady_ms(), NOW + 17 * 3_600_000);
        assert_eq!(skew.trust(), Trust::Off(30_600));
    }

    #[test]
    fn a_slow_answer_and_a_date_without_its_milliseconds_accuse_nobody() {
        let (clock, skew) = judge();
        clock.steady.store(40_000, Ordering::SeqCst);
        // Asked at 0, answered 40 s later, and said at any moment between.
        for said in [NOW, NOW + 20_000, NOW + 40_000] {
            skew.hears(Witness::Line, 0, said);
            assert_eq!(skew.by(Witness::Line), Some(0));
        }
        skew.hears_line(40_000, DateTime::from_timestamp_millis(NOW + 39_500));
        assert_eq!(skew.by(Witness::Line), Some(0));
    }

    #[test]
    fn one_witness_who_disagrees_is_enough_and_a_rehearsal_has_none() {
        let (clock, skew) = judge();
        skew.hears(Witness::Line, 0, NOW);
        skew.hears(Witness::Database, 0, NOW - 60_000);
        assert_eq!(skew.trust(), Trust::Off(60_000));
        let rehearsal = Skew::rehearsing(Ambient::new(clock, Arc::new(SeededChance::new(1))));
        rehearsal.hears(Witness::Line, 0, 0);
        assert_eq!(rehearsal.trust(), Trust::Right);
    }
}
