//! A LINE that does not answer.
//!
//! After [`IN_A_ROW`] pushes one after the other without a usable answer an account is *in trouble*: nothing
//! more is pushed but one real row after 5, 10, 20 … seconds, at last one a minute, until LINE answers, whatever
//! it says. So an outage costs hardly more requests than there are rows, however long it is, and leaves few rows
//! in doubt.

use super::Report;

/// Unanswered pushes in a row that are no chance any more.
pub const IN_A_ROW: u32 = 10;
/// When LINE is tried for the first time, after the last failure (milliseconds).
pub const TRY_FIRST_MS: i64 = 5_000;
/// The longest that nothing is tried (milliseconds): a minute, nothing beside a morning.
pub const TRY_LAST_MS: i64 = 60_000;

/// What a report says about LINE itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Nothing that was not known.
    None,
    /// It does not answer any more.
    Silent,
    /// It answers again.
    Back,
}

/// Whether LINE answers the pushes of one account. Kept in memory: after a restart the first few rows
/// find it out again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trouble {
    unanswered: u32,
    on: Option<Waiting>,
}

/// How long nothing is tried, and until when (milliseconds).
#[derive(Debug, Clone, Copy)]
struct Waiting {
    ms: i64,
    until: i64,
}

impl Trouble {
    /// Whether nothing is to be pushed but what is tried.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.on.is_some()
    }

    /// When one row may be tried (milliseconds since 1970), while there is trouble.
    #[must_use]
    pub fn try_at(&self) -> Option<i64> {
        self.on.map(|waiting| waiting.until)
    }

    /// Whether one row may be tried at `now` (milliseconds since 1970). A clock that was set back keeps
    /// nobody waiting for longer.
    #[must_use]
    pub fn may_try(&self, now: i64) -> bool {
        self.on.is_some_and(|waiting| waiting.until <= now || waiting.until > now + TRY_LAST_MS)
    }

    /// Takes note of what came of a push at `now` (milliseconds since 1970).
    pub fn heard(&mut self, report: Report, now: i64) -> News {
        let was_on = self.is_on();
        if !matches!(report, Report::NoAnswer | Report::NotSent) {
            *self = Self::default();
            return if was_on { News::Back } else { News::None };
        }
        self.unanswered = self.unanswered.saturating_add(1);
        if self.unanswered >= IN_A_ROW {
            // What was on its way when it began tells nothing new; what was tried since does.
            let ms = match self.on {
                None => TRY_FIRST_MS,
                Some(waiting) if self.may_try(now) => (waiting.ms * 2).min(TRY_LAST_MS),
                Some(waiting) => waiting.ms,
            };
            self.on = Some(Waiting { ms, until: now + ms });
        }
        if self.is_on() && !was_on { News::Silent } else { News::None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent_at(now: i64) -> Trouble {
        let mut trouble = Trouble::default();
        for _ in 1..IN_A_ROW {
            assert_eq!(trouble.heard(Report::NoAnswer, now), News::None);
            assert!(!trouble.is_on());
        }
        assert_eq!(trouble.heard(Report::NotSent, now), News::Silent);
        trouble
    }

    #[test]
    fn ten_pushes_in_a_row_without_an_answer_are_trouble_and_one_answer_ends_it() {
        for answer in Report::ALL.into_iter().filter(|report| !matches!(report, Report::NoAnswer | Report::NotSent)) {
            let mut trouble = silent_at(0);
            assert_eq!(trouble.heard(answer, 5), News::Back, "{answer:?}");
            assert!(!trouble.is_on());
            assert_eq!(trouble.heard(Report::NoAnswer, 6), News::None, "one failure is a chance again");
            assert!(!trouble.is_on());
        }
    }

    #[test]
    fn failures_with_answers_between_them_are_no_trouble() {
        let mut trouble = Trouble::default();
        for _ in 0..100 {
            for _ in 1..IN_A_ROW {
                trouble.heard(Report::NoAnswer, 0);
            }
            assert_eq!(trouble.heard(Report::Accepted, 0), News::None);
        }
        assert!(!trouble.is_on());
    }

    #[test]
    fn in_trouble_one_row_is_tried_at_ever_longer_intervals_up_to_a_minute() {
        let (mut now, mut trouble) = (1_000, silent_at(1_000));
        trouble.heard(Report::NoAnswer, now);
        for seconds in [5, 10, 20, 40, 60, 60] {
            assert_eq!(trouble.try_at(), Some(now + seconds * 1_000));
            assert!(!trouble.may_try(now + seconds * 1_000 - 1));
            now += seconds * 1_000;
            assert!(trouble.may_try(now));
            assert_eq!(trouble.heard(Report::NoAnswer, now), News::None, "that is no news");
        }
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_make_the_trouble_longer() {
        assert!(silent_at(1_000_000).may_try(10));
    }
}
