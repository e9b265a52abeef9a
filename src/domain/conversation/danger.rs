//! Messages that need a person: six categories, found by patterns. Never depended on: the ordinary
//! answer always offers help too.

/// What a message may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// A: life.
    Life,
    /// B: harming a child.
    ChildAbuse,
    /// C: violence by a partner.
    Violence,
    /// D: an emergency.
    Emergency,
    /// E: an unwanted pregnancy or a loss.
    PregnancyOrLoss,
    /// F: exhaustion.
    Exhaustion,
}

/// Compiled patterns of all categories.
#[derive(Debug, Clone, Default)]
pub struct DangerWords {}
