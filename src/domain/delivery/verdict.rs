//! The states of a row, and what an answer of LINE means for it.

/// How far a row has come. States only move forward; accepted wins over everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Wants to leave at its next attempt.
    Waiting,
    /// Somebody holds its lease and may be sending it.
    Sending,
    /// LINE took it.
    Accepted,
    /// LINE refused it, and this reader's alone.
    Refused,
    /// Its time passed and it was certainly not sent.
    Lapsed,
    /// It was tried, no answer came, and its time passed. Never sent again.
    Unconfirmed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Sending, Self::Accepted, Self::Refused, Self::Lapsed, Self::Unconfirmed];

    /// The word in the row.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Lapsed => "lapsed",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    /// Reads [`State::as_str`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing more happens to the row (but that accepted may still be learnt).
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Sending)
    }

    /// Whether the row may move from `self` to `next`.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Accepted, _) => false,
            (_, Self::Accepted) => true,
            (from, _) => !from.is_final(),
        }
    }

    /// How a row ends whose time has passed.
    #[must_use]
    pub const fn when_time_passed(maybe_sent: bool) -> Self {
        if maybe_sent { Self::Unconfirmed } else { Self::Lapsed }
    }
}

/// What came of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Report {
    /// LINE took it, now or before.
    Accepted,
    /// Too many requests; nothing was sent.
    Throttled,
    /// The month's allowance is spent; nothing was sent.
    AllowanceSpent,
    /// The token is not accepted; nothing was sent.
    Unauthorized,
    /// LINE refuses this request; nothing was sent.
    Rejected,
    /// The reply token was used or has expired; this attempt sent nothing.
    InvalidReplyToken,
    /// The request certainly did not reach LINE.
    NotSent,
    /// No answer, or one that says nothing: it may have gone out.
    NoAnswer,
}

impl Report {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Accepted,
        Self::Throttled,
        Self::AllowanceSpent,
        Self::Unauthorized,
        Self::Rejected,
        Self::InvalidReplyToken,
        Self::NotSent,
        Self::NoAnswer,
    ];

    /// The error class in a row and in metrics.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Throttled => "throttled",
            Self::AllowanceSpent => "allowance_spent",
            Self::Unauthorized => "unauthorized",
            Self::Rejected => "rejected",
            Self::InvalidReplyToken => "invalid_reply_token",
            Self::NotSent => "not_sent",
            Self::NoAnswer => "no_answer",
        }
    }

    /// Whether the attempt may have reached the reader although we cannot know.
    #[must_use]
    pub const fn may_have_sent(self) -> bool {
        matches!(self, Self::NoAnswer)
    }
}

/// What to do with a row after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is over.
    Settle(State),
    /// Again after [`backoff_ms`], inside the window.
    Again,
    /// Again when the account's deliveries are let go.
    Hold,
    /// Refused, but whether the reader's own case or everybody's shows with the next acceptance.
    Suspect,
    /// The reply token is gone: say it by push, with or without the day's text.
    Push {
        /// Whether today's message may go along.
        with_today: bool,
    },
}

/// What the report means for a row. `maybe_sent` says whether an earlier attempt may have reached
/// the reader.
#[must_use]
pub const fn verdict(report: Report, maybe_sent: bool) -> Verdict {
    match report {
        Report::Accepted => Verdict::Settle(State::Accepted),
        Report::Throttled | Report::NotSent | Report::NoAnswer => Verdict::Again,
        Report::AllowanceSpent | Report::Unauthorized => Verdict::Hold,
        Report::Rejected => Verdict::Suspect,
        Report::InvalidReplyToken => Verdict::Push { with_today: !maybe_sent },
    }
}

/// Milliseconds to wait before attempt number `attempt` + 1 (counted from 1): full jitter under
/// 1 s, 2 s, 4 s … at most 60 s. `chance` is any number.
#[must_use]
pub const fn backoff_ms(attempt: u32, chance: u64) -> i64 {
    let exponent = if attempt > 6 { 6 } else { attempt.saturating_sub(1) };
    let cap = 1_000_u64 << exponent;
    let cap = if cap > 60_000 { 60_000 } else { cap };
    (chance % cap) as i64 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_wins_and_nothing_leaves_it() {
        for state in State::ALL {
            assert_eq!(state.may_become(State::Accepted), state != State::Accepted);
            assert!(!State::Accepted.may_become(state));
        }
    }

    #[test]
    fn an_ended_row_is_never_sent_again() {
        for state in [State::Refused, State::Lapsed, State::Unconfirmed] {
            assert!(!state.may_become(State::Waiting) && !state.may_become(State::Sending));
        }
    }

    #[test]
    fn the_days_text_is_never_pushed_after_an_answer_that_may_have_arrived() {
        assert_eq!(verdict(Report::InvalidReplyToken, true), Verdict::Push { with_today: false });
        assert_eq!(verdict(Report::InvalidReplyToken, false), Verdict::Push { with_today: true });
    }

    #[test]
    fn only_silence_leaves_a_doubt() {
        let doubtful: Vec<_> = Report::ALL.into_iter().filter(|report| report.may_have_sent()).collect();
        assert_eq!(doubtful, [Report::NoAnswer]);
    }

    #[test]
    fn waiting_grows_to_a_minute_and_is_never_nothing() {
        for attempt in 1..100 {
            for chance in [0, 1, 12_345, u64::MAX] {
                assert!((1..=60_000).contains(&backoff_ms(attempt, chance)), "{attempt} {chance}");
            }
        }
        assert!(backoff_ms(1, u64::MAX) <= 1_000);
    }
}
