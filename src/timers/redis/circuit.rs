//! When Redis is asked at all.
//!
//! After a failure it is left alone for [`REST_MS`]; then one caller tries, and all others go on without
//! until it has answered. The time is the caller's clock and not the machine's: a clock that is moved by
//! hand moves past a rest too, and a real one is the same as the machine's.

/// How long Redis is left alone after a failure (milliseconds): short beside a morning, long beside a
/// request.
pub(super) const REST_MS: i64 = 5_000;

/// Whether a caller may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// Yes.
    Go,
    /// Not now.
    Rest,
    /// Yes, after finding out for everybody whether it is back.
    Try,
}

/// What is known of Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Well,
    Away {
        since: i64,
    },
    /// Somebody is finding out.
    Trying {
        since: i64,
        was_away: bool,
    },
}

/// See the module.
#[derive(Debug)]
pub(super) struct Circuit(State);

impl Circuit {
    /// Nobody has asked yet.
    pub(super) const fn new() -> Self {
        Self(State::New)
    }

    pub(super) fn is_well(&self) -> bool {
        self.0 == State::Well
    }

    pub(super) fn admit(&mut self, now: i64) -> Admission {
        let was_away = match self.0 {
            State::Well => return Admission::Go,
            State::New => false,
            State::Away { since } | State::Trying { since, .. } if (since..since + REST_MS).contains(&now) => {
                return Admission::Rest;
            }
            State::Away { .. } => true,
            // Whoever tried has gone without a word.
            State::Trying { was_away, .. } => was_away,
        };
        self.0 = State::Trying { since: now, was_away };
        Admission::Try
    }

    /// A request failed; answers whether that is news.
    pub(super) fn failed(&mut self, now: i64) -> bool {
        let news = matches!(self.0, State::New | State::Well | State::Trying { was_away: false, .. });
        self.0 = State::Away { since: now };
        news
    }

    /// Whoever tried was answered; answers whether Redis was away before.
    pub(super) fn answered(&mut self) -> bool {
        let was_away = matches!(self.0, State::Away { .. } | State::Trying { was_away: true, .. });
        self.0 = State::Well;
        was_away
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_caller_tries_and_the_others_wait_for_the_answer() {
        let mut circuit = Circuit::new();
        assert_eq!([circuit.admit(0), circuit.admit(0)], [Admission::Try, Admission::Rest]);
        assert!(!circuit.answered(), "it was not away before");
        assert_eq!([circuit.admit(1), circuit.admit(1)], [Admission::Go, Admission::Go]);
    }

    #[test]
    fn after_a_failure_it_is_left_alone_and_then_tried_once() {
        let mut circuit = Circuit::new();
        circuit.admit(0);
        circuit.answered();
        assert!(circuit.failed(10), "that is news");
        assert!(!circuit.failed(11), "that is not");
        assert_eq!(circuit.admit(11 + REST_MS - 1), Admission::Rest);
        assert_eq!(circuit.admit(11 + REST_MS), Admission::Try);
        assert_eq!(circuit.admit(11 + REST_MS), Admission::Rest);
        assert!(!circuit.failed(11 + REST_MS), "it was away all the time");
        assert_eq!(circuit.admit(11 + 2 * REST_MS), Admission::Try);
        assert!(circuit.answered(), "it was away and is back");
    }

    #[test]
    fn whoever_tried_and_never_came_back_is_followed_by_another() {
        let mut circuit = Circuit::new();
        assert_eq!(circuit.admit(0), Admission::Try);
        assert_eq!(circuit.admit(REST_MS), Admission::Try);
        assert!(circuit.failed(REST_MS));
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_lock_redis_out() {
        let mut circuit = Circuit::new();
        circuit.failed(1_000_000);
        assert_eq!(circuit.admit(10), Admission::Try);
    }
}
