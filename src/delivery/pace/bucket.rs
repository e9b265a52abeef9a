//! One bucket: a share of the rate, lent or not, and what was borrowed on top of it.

use std::time::Duration;

use tokio::time::Instant;

/// How much a silent bucket may save up: as long as a busy machine may oversleep.
pub(super) const SAVED: Duration = Duration::from_millis(25);
/// How long a slice may be used, from the moment it was asked for.
pub(super) const GOOD_FOR: Duration = Duration::from_millis(40);
/// The most a pool holds and a slice has: 20 milliseconds' worth of the whole rate (permits).
pub(super) const POOL: u32 = 36;
/// How long a share is lent at a time.
pub(super) const LOAN: Duration = Duration::from_secs(1);
/// What the owner waits after a loan, for clocks that do not run quite alike.
const LOAN_MARGIN: Duration = Duration::from_millis(20);
/// A share that nobody asked for in so long is lent: longer than anybody waits for the end of a loan.
const IDLE: Duration = Duration::from_secs(2);
/// Slices are taken this far apart, so that a slice is worth a request to Redis.
const BETWEEN_SLICES: Duration = Duration::from_millis(10);
/// And this far where nothing is lent.
const NOTHING_LENT: Duration = Duration::from_millis(50);
/// However often LINE says that we are too fast, this part of our share is left: complaints about a pace so far
/// below its limit are about something else, and readers wait.
const LEAST: f64 = 1.0 / 20.0;
/// What LINE says within so long of a halving was on its way before: it is said of the old rate.
const HEEDED: Duration = Duration::from_secs(1);
/// And this far where Redis did not answer in time to be of use.
const NO_ANSWER: Duration = Duration::from_secs(1);

/// Whether a request may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// Now; it is counted.
    Now,
    /// Not before then, by our own share.
    At(Instant),
}

/// See the module.
#[derive(Debug)]
pub(super) struct Bucket {
    share: f64,
    /// The rate after LINE said that we are too fast, and when it did.
    slowed: Option<(f64, Instant)>,
    /// When the next permit of our own is free.
    free_at: Instant,
    lent_until: Option<Instant>,
    /// When somebody last asked for a permit.
    asked_at: Instant,
    slice: u32,
    slice_until: Instant,
    borrow_at: Instant,
}

impl Bucket {
    /// An empty bucket with this share (permits a second).
    pub(super) fn empty(share: f64, now: Instant) -> Self {
        Self {
            share,
            slowed: None,
            free_at: now + Duration::from_secs_f64(1.0 / share),
            lent_until: None,
            asked_at: now,
            slice: 0,
            slice_until: now,
            borrow_at: now,
        }
    }

    /// The same where shares are lent: whoever stood in our place a moment ago may have lent this one.
    pub(super) fn perhaps_lent(share: f64, now: Instant) -> Self {
        Self { lent_until: Some(now + LOAN + LOAN_MARGIN), ..Self::empty(share, now) }
    }

    /// Takes a permit if there is one: our own first, then a borrowed one.
    pub(super) fn claim(&mut self, now: Instant) -> Claim {
        self.asked_at = now;
        let own = self.own(now);
        if own <= now {
            self.free_at = own + self.gap(now);
            return Claim::Now;
        }
        if self.slice > 0 && now < self.slice_until {
            self.slice -= 1;
            return Claim::Now;
        }
        Claim::At(own)
    }

    /// When the next permit of our own is free; past ones are kept for a moment only.
    fn own(&mut self, now: Instant) -> Instant {
        if let Some(until) = self.lent_until {
            // What comes back comes back empty.
            self.free_at = until + self.gap(now);
            if now >= until {
                self.lent_until = None;
            }
        }
        self.free_at.max(now.checked_sub(SAVED).unwrap_or(now))
    }

    /// When it is worth asking for a slice; never while LINE says that we are too fast.
    pub(super) fn borrows_at(&self, now: Instant) -> Option<Instant> {
        (self.rate(now) >= self.share).then_some(self.borrow_at)
    }

    /// A slice came that was asked for then.
    pub(super) fn borrowed(&mut self, asked: Instant, permits: u32) {
        self.slice = permits;
        self.slice_until = asked + GOOD_FOR;
        self.borrow_at = asked + if permits == 0 { NOTHING_LENT } else { BETWEEN_SLICES };
    }

    /// No slice came in time.
    pub(super) fn not_borrowed(&mut self, asked: Instant) {
        self.borrow_at = asked + NO_ANSWER;
    }

    /// Gives our share away for [`LOAN`] from now, if nobody needs it. Whatever becomes of the order,
    /// it is not used before the end of the loan.
    pub(super) fn lends_at(&mut self, now: Instant) -> bool {
        let idle = now.saturating_duration_since(self.asked_at) >= IDLE && self.rate(now) >= self.share;
        if idle {
            self.lent_until = Some(now + LOAN + LOAN_MARGIN);
        }
        idle
    }

    /// Halves the rate, once a second at most.
    pub(super) fn slow_down(&mut self, now: Instant) {
        if self.slowed.is_some_and(|(_, since)| now.saturating_duration_since(since) < HEEDED) {
            return;
        }
        self.slowed = Some(((self.rate(now) / 2.0).max(self.share * LEAST), now));
    }

    fn rate(&self, now: Instant) -> f64 {
        let Some((rate, since)) = self.slowed else { return self.share };
        let grown = rate * 1.05_f64.powf(now.saturating_duration_since(since).as_secs_f64());
        grown.min(self.share)
    }

    fn gap(&self, now: Instant) -> Duration {
        Duration::from_secs_f64(1.0 / self.rate(now))
    }
}
