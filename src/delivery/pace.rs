//! How fast requests leave: a bucket an account and endpoint, below LINE's 2,000 requests a second.
//!
//! The bucket *starts empty*, so that no burst comes on top of the rate, and holds at most 50
//! milliseconds' worth. It counts attempts, retries too. When LINE says that we are too fast the rate
//! halves and grows back by a twentieth of itself each second.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::ids::AccountId;

/// LINE's documented limit for push and reply, requests a second for each endpoint
/// (Messaging API reference, "Rate limits").
pub const LINE_RATE: u32 = 2_000;
/// Where we stay below it.
pub const DEFAULT_RATE: u32 = 1_800;

/// An endpoint with a limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `/v2/bot/message/push`
    Push,
    /// `/v2/bot/message/reply`
    Reply,
}

/// The buckets of this process.
#[derive(Debug)]
pub struct Pace {
    rate: f64,
    buckets: Mutex<HashMap<(AccountId, Endpoint), Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    rate: f64,
    /// When the next permit is free. Runs ahead of now while requests wait.
    free_at: Instant,
    slowed_at: Option<Instant>,
}

/// How much a silent bucket may save up.
const SAVED: Duration = Duration::from_millis(50);

impl Pace {
    /// At most `rate` requests a second for each account and endpoint; shared by `replicas` processes.
    #[must_use]
    pub fn new(rate: u32, replicas: u32) -> Self {
        let rate = f64::from(rate.min(LINE_RATE)) / f64::from(replicas.max(1));
        Self { rate: rate.max(1.0), buckets: Mutex::new(HashMap::new()) }
    }

    /// Waits for a permit.
    pub async fn permit(&self, account: AccountId, endpoint: Endpoint) {
        let at = self.reserve(account, endpoint, Instant::now());
        tokio::time::sleep_until(at).await;
    }

    /// LINE said that we are too fast: halve the rate.
    pub fn slow_down(&self, account: AccountId, endpoint: Endpoint) {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().expect("no panic while a bucket is held");
        let bucket = buckets.entry((account, endpoint)).or_insert_with(|| Bucket::empty(self.rate, now));
        bucket.rate = (bucket.rate_at(now, self.rate) / 2.0).max(1.0);
        bucket.slowed_at = Some(now);
    }

    fn reserve(&self, account: AccountId, endpoint: Endpoint, now: Instant) -> Instant {
        let mut buckets = self.buckets.lock().expect("no panic while a bucket is held");
        let bucket = buckets.entry((account, endpoint)).or_insert_with(|| Bucket::empty(self.rate, now));
        let gap = Duration::from_secs_f64(1.0 / bucket.rate_at(now, self.rate));
        let earliest = now.checked_sub(SAVED).unwrap_or(now);
        let at = bucket.free_at.max(earliest);
        bucket.free_at = at + gap;
        at
    }
}

impl Bucket {
    fn empty(rate: f64, now: Instant) -> Self {
        Self { rate, free_at: now + Duration::from_secs_f64(1.0 / rate), slowed_at: None }
    }

    fn rate_at(&self, now: Instant, full: f64) -> f64 {
        let Some(slowed) = self.slowed_at else { return full };
        let grown = self.rate * 1.05_f64.powf((now - slowed).as_secs_f64());
        grown.min(full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits_within(pace: &Pace, second: Duration) -> usize {
        let start = Instant::now();
        let mut count = 0;
        while pace.reserve(AccountId(1), Endpoint::Push, start) < start + second {
            count += 1;
        }
        count
    }

    #[test]
    fn the_first_second_holds_no_more_than_the_rate() {
        let count = permits_within(&Pace::new(1_800, 1), Duration::from_secs(1));
        assert!((1_700..=1_800).contains(&count), "{count}");
    }

    #[test]
    fn replicas_share_the_rate_and_nobody_passes_lines_own() {
        assert!(permits_within(&Pace::new(1_800, 3), Duration::from_secs(1)) <= 600);
        assert!(permits_within(&Pace::new(90_000, 1), Duration::from_secs(1)) <= 2_000);
    }

    #[test]
    fn being_told_to_slow_down_halves_the_rate_of_that_endpoint_only() {
        let pace = Pace::new(1_000, 1);
        pace.slow_down(AccountId(1), Endpoint::Reply);
        assert!(permits_within(&pace, Duration::from_secs(1)) > 900);
        pace.slow_down(AccountId(1), Endpoint::Push);
        let fresh = Pace::new(1_000, 1);
        fresh.slow_down(AccountId(1), Endpoint::Push);
        assert!(permits_within(&fresh, Duration::from_secs(1)) <= 510);
    }
}
