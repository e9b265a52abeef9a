//! LINE's request rates: one token bucket per channel and endpoint.
//!
//! LINE documents the rates and that buckets are used, not how deep they are; here a bucket holds
//! one period's worth. Rates are measured with a real watch even when the clock of the world is moved
//! by hand, because they are about how fast machines talk.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How often an endpoint may be called.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Requests that may come at once.
    pub depth: f64,
    /// Requests that are added each second.
    pub per_second: f64,
}

impl Rate {
    /// So many in a second.
    #[must_use]
    pub const fn per_second(requests: u32) -> Self {
        Self { depth: requests as f64, per_second: requests as f64 }
    }

    /// So many in a minute.
    #[must_use]
    pub const fn per_minute(requests: u32) -> Self {
        Self { depth: requests as f64, per_second: requests as f64 / 60.0 }
    }

    /// So many in an hour.
    #[must_use]
    pub const fn per_hour(requests: u32) -> Self {
        Self { depth: requests as f64, per_second: requests as f64 / 3600.0 }
    }
}

#[derive(Default)]
pub(super) struct Buckets {
    filled: HashMap<&'static str, (f64, Instant)>,
    changed: HashMap<String, Option<Rate>>,
}

impl Buckets {
    pub(super) fn set(&mut self, endpoint: &str, rate: Option<Rate>) {
        self.changed.insert(endpoint.to_owned(), rate);
        self.filled.retain(|name, _| *name != endpoint);
    }

    /// Takes one request out, or says that there is none.
    pub(super) fn take(&mut self, endpoint: &'static str, documented: Rate, now: Instant) -> bool {
        let Some(rate) = self.changed.get(endpoint).copied().unwrap_or(Some(documented)) else { return true };
        let (level, at) = self.filled.entry(endpoint).or_insert((rate.depth, now));
        let since = now.checked_duration_since(*at).unwrap_or(Duration::ZERO);
        *level = (*level + since.as_secs_f64() * rate.per_second).min(rate.depth);
        *at = now;
        if *level < 1.0 {
            return false;
        }
        *level -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_depth_at_once_and_then_what_flows_in() {
        let (mut buckets, start) = (Buckets::default(), Instant::now());
        let rate = Rate::per_second(3);
        let taken = (0..5).filter(|_| buckets.take("push", rate, start)).count();
        assert_eq!(taken, 3);
        assert!(buckets.take("push", rate, start + Duration::from_millis(400)));
        assert!(!buckets.take("push", rate, start + Duration::from_millis(400)));
        assert!(buckets.take("reply", rate, start), "endpoints have their own buckets");
    }
}
