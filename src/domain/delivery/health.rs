//! What single outcomes say about the whole account.
//!
//! A refused row alone proves nothing: LINE has answered 400 to everything before. It is the reader's own case
//! when it is refused again after another row of the account was accepted. Five refusals with no acceptance
//! between them are a *wall*, and the account is held; what was refused before a hold is forgiven when it is
//! lifted. One content that is refused for five readers while others pass is *withdrawn*.

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

/// Mornings in a row that LINE refuses one reader before nothing more is pushed to them until they do something:
/// LINE wants no messages to people who are not there (Messaging API development guidelines).
pub const MORNINGS_REFUSED: u64 = 3;

/// What an outcome means beyond its own row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// Refused again although others pass: it is this row's own case.
    Refuse(DeliveryId),
    /// Five readers were refused this content while others passed.
    Withdraw(u64),
    /// Hold the account.
    Hold(HoldReason),
}

/// A row that was refused, and what it carried.
#[derive(Debug, Clone, Copy)]
struct Suspect {
    row: DeliveryId,
    content: u64,
    /// Whether another row was accepted since.
    others_pass: bool,
}

/// Suspects that are remembered. Rows that have ended without another try fall out at the other end.
const MOST: usize = 1_000;

/// The recent outcomes of one account. Kept in memory: after a restart the same rows are tried
/// again with the same keys and tell the same story.
#[derive(Debug, Clone, Default)]
pub struct Health {
    suspects: Vec<Suspect>,
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
            Report::Accepted => self.accepted(row),
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

    fn accepted(&mut self, row: DeliveryId) -> Change {
        self.suspects.retain(|suspect| suspect.row != row);
        let mut change = Change::None;
        for suspect in self.suspects.iter_mut().filter(|suspect| !suspect.others_pass) {
            suspect.others_pass = true;
            let refused = self.refused.entry(suspect.content).or_default();
            refused.insert(suspect.row);
            if refused.len() >= WALL && self.withdrawn.insert(suspect.content) {
                change = Change::Withdraw(suspect.content);
            }
        }
        change
    }

    fn rejected(&mut self, row: DeliveryId, content: u64) -> Change {
        match self.suspects.iter().position(|suspect| suspect.row == row) {
            Some(at) if self.suspects[at].others_pass => {
                self.suspects.remove(at);
                return Change::Refuse(row);
            }
            Some(_) => {}
            None => self.suspects.push(Suspect { row, content, others_pass: false }),
        }
        if self.suspects.len() > MOST {
            self.suspects.remove(0);
        }
        let wall = self.suspects.iter().filter(|suspect| !suspect.others_pass).count() >= WALL;
        if wall { Change::Hold(HoldReason::Wall) } else { Change::None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_readers_own_only_when_it_comes_again_after_somebody_else_was_accepted() {
        let mut health = Health::default();
        for _ in 0..3 {
            assert_eq!(health.note(Report::Rejected, DeliveryId(1), 9), Change::None);
        }
        assert_eq!(health.note(Report::Accepted, DeliveryId(2), 9), Change::None);
        assert_eq!(health.note(Report::Rejected, DeliveryId(1), 9), Change::Refuse(DeliveryId(1)));
        assert_eq!(health.note(Report::Rejected, DeliveryId(1), 9), Change::None, "that case is closed");
    }

    #[test]
    fn who_was_refused_while_everybody_was_and_is_accepted_later_is_no_case_at_all() {
        let mut health = Health::default();
        for row in 1..WALL as i64 {
            assert_eq!(health.note(Report::Rejected, DeliveryId(row), 9), Change::None);
        }
        for row in 1..WALL as i64 {
            assert_eq!(health.note(Report::Accepted, DeliveryId(row), 9), Change::None);
        }
        assert_eq!(health.note(Report::Rejected, DeliveryId(1), 9), Change::None, "another day");
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
        assert_eq!(health.note(Report::Rejected, DeliveryId(2), 9), Change::None);
    }

    #[test]
    fn a_content_refused_for_five_readers_while_others_pass_is_withdrawn() {
        let mut health = Health::default();
        let mut changes = Vec::new();
        for row in 1..=5 {
            health.note(Report::Rejected, DeliveryId(row), 9);
            changes.push(health.note(Report::Accepted, DeliveryId(100 + row), 8));
        }
        let none = Change::None;
        assert_eq!(changes, [none, none, none, none, Change::Withdraw(9)]);
        assert!(health.is_withdrawn(9));
        assert!(!health.is_withdrawn(8));
    }
}
