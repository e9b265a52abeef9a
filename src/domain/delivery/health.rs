//! What single outcomes say about the whole account.
//!
//! A refused row alone proves nothing: LINE has answered 400 to everything before. It is the
//! reader's own case once another row of the account was accepted after it; five refusals with no
//! acceptance between them are a *wall*, and the account is held; what was refused before a hold is
//! forgiven when it is lifted. One content that is refused for five readers while others pass is
//! *withdrawn*.

use std::collections::{HashMap, HashSet};

use super::Report;
use crate::domain::ids::DeliveryId;

/// Why an account's deliveries are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldReason {
    /// The channel access token is not accepted.
    Token,
    /// The month's allowance is spent.
    Allowance,
    /// Everything is refused.
    Wall,
}

impl HoldReason {
    /// The word in the row and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Allowance => "allowance",
            Self::Wall => "wall",
        }
    }
}

/// How often a held account is tried with one real row: 10 minutes.
pub const PROBE_EVERY_MS: i64 = 600_000;
/// Refusals in a row that make a wall, and refusals of one content that withdraw it.
pub const WALL: usize = 5;

/// What an outcome means beyond its own row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// Something was accepted: these earlier refusals were their readers' own.
    Refuse {
        /// Rows to be settled as refused.
        rows: Vec<DeliveryId>,
        /// Content that five readers were refused while others passed.
        withdrawn: Option<u64>,
    },
    /// Hold the account.
    Hold(HoldReason),
}

/// The recent outcomes of one account. Kept in memory: after a restart the same rows are tried
/// again with the same keys and tell the same story.
#[derive(Debug, Clone, Default)]
pub struct Health {
    suspects: Vec<(DeliveryId, u64)>,
    refused: HashMap<u64, HashSet<DeliveryId>>,
    withdrawn: HashSet<u64>,
}

impl Health {
    /// Whether rows with this content are not sent any more.
    #[must_use]
    pub fn is_withdrawn(&self, content: u64) -> bool {
        self.withdrawn.contains(&content)
    }

    /// Takes note of an outcome of a row that carried `content` (a hash of its manuscripts).
    pub fn note(&mut self, report: Report, row: DeliveryId, content: u64) -> Change {
        match report {
            Report::Accepted => self.accepted(),
            Report::Rejected => self.rejected(row, content),
            Report::Unauthorized => Change::Hold(HoldReason::Token),
            Report::AllowanceSpent => Change::Hold(HoldReason::Allowance),
            Report::Throttled | Report::InvalidReplyToken | Report::NotSent | Report::NoAnswer => Change::None,
        }
    }

    /// The account was held, and now LINE takes pushes again: what it refused before the hold was
    /// nobody's own case, and is tried again.
    pub fn forgive(&mut self) {
        self.suspects.clear();
    }

    fn accepted(&mut self) -> Change {
        if self.suspects.is_empty() {
            return Change::None;
        }
        let suspects = std::mem::take(&mut self.suspects);
        let mut withdrawn = None;
        for (row, content) in &suspects {
            let refused = self.refused.entry(*content).or_default();
            refused.insert(*row);
            if refused.len() >= WALL && self.withdrawn.insert(*content) {
                withdrawn = Some(*content);
            }
        }
        Change::Refuse { rows: suspects.into_iter().map(|(row, _)| row).collect(), withdrawn }
    }

    fn rejected(&mut self, row: DeliveryId, content: u64) -> Change {
        if !self.suspects.iter().any(|(suspect, _)| *suspect == row) {
            self.suspects.push((row, content));
        }
        if self.suspects.len() >= WALL { Change::Hold(HoldReason::Wall) } else { Change::None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_readers_own_only_after_somebody_else_was_accepted() {
        let mut health = Health::default();
        assert_eq!(health.note(Report::Rejected, DeliveryId(1), 9), Change::None);
        let change = health.note(Report::Accepted, DeliveryId(2), 9);
        assert_eq!(change, Change::Refuse { rows: vec![DeliveryId(1)], withdrawn: None });
    }

    #[test]
    fn five_refusals_with_nothing_accepted_between_hold_the_account() {
        let mut health = Health::default();
        for row in 1..5 {
            assert_eq!(health.note(Report::Rejected, DeliveryId(row), 9), Change::None);
        }
        assert_eq!(health.note(Report::Rejected, DeliveryId(4), 9), Change::None, "the same row counts once");
        assert_eq!(health.note(Report::Rejected, DeliveryId(5), 9), Change::Hold(HoldReason::Wall));
    }

    #[test]
    fn what_was_refused_before_a_hold_is_nobodys_own_case() {
        let mut health = Health::default();
        for row in 1..=5 {
            health.note(Report::Rejected, DeliveryId(row), 9);
        }
        health.forgive();
        assert_eq!(health.note(Report::Accepted, DeliveryId(1), 9), Change::None);
    }

    #[test]
    fn a_content_refused_for_five_readers_while_others_pass_is_withdrawn() {
        let mut health = Health::default();
        for row in 1..=5 {
            health.note(Report::Rejected, DeliveryId(row), 9);
            health.note(Report::Accepted, DeliveryId(100 + row), 8);
        }
        assert!(health.is_withdrawn(9));
        assert!(!health.is_withdrawn(8));
    }
}
