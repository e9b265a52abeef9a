//! What was applied to an account at one time.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::stage::Stage;

/// The days in which a set is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The set's slug.
    pub slug: String,
    /// As staff call it.
    pub name: String,
    /// Its first day; `None` for the set of all other days.
    pub from: Option<NaiveDate>,
    /// Its last day.
    pub until: Option<NaiveDate>,
}

/// A page as it is known wherever it is: everything but its picture and LINE's words for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageId {
    /// Its set's place among the sets.
    pub set: usize,
    /// As staff call it: 「ふだん用／妊娠期」.
    pub title: String,
    /// The name it bears at LINE, which shows it to nobody. Ends in [`PageId::hash`].
    pub name: String,
    /// Over everything that LINE shows of it.
    pub hash: String,
    /// What tabs call it, where they do.
    pub alias: Option<String>,
    /// Whose first page it is.
    pub stage: Option<Stage>,
    /// Whose readers can see it.
    pub seen_by: Vec<Stage>,
}

/// A page that is at LINE.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Ours, never used twice.
    pub id: i64,
    /// LINE's.
    pub line: String,
    /// Which page it is.
    pub page: PageId,
}

/// What was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The sets.
    pub sets: Vec<Period>,
    /// Their pages.
    pub pages: Vec<Placed>,
}

/// What was applied to an account, with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// From 1, in the order in which versions were applied.
    pub number: i64,
    /// When it was (milliseconds since 1970).
    pub at: i64,
    /// The page that LINE was last told to show to everybody who has no other, by our id.
    pub default: Option<i64>,
    /// What it is.
    pub body: Body,
}

/// The set of a day, by its place: of those in whose days it lies the one that began last, and the open
/// one where there is none.
#[must_use]
pub fn set_on(sets: &[Period], day: NaiveDate) -> Option<usize> {
    let holds = |set: &Period| set.from.is_none_or(|from| from <= day) && set.until.is_none_or(|until| until >= day);
    let fitting = (0..sets.len()).filter(|at| holds(&sets[*at]));
    fitting.max_by_key(|at| (sets[*at].from, std::cmp::Reverse(*at)))
}

impl Body {
    /// The first page for readers of a stage on a day; where a set has none for them, that of the open set.
    #[must_use]
    pub fn first_page(&self, stage: Stage, day: NaiveDate) -> Option<&Placed> {
        let of =
            |set: usize| self.pages.iter().find(|placed| placed.page.set == set && placed.page.stage == Some(stage));
        let open = || self.sets.iter().position(|set| set.from.is_none() && set.until.is_none());
        set_on(&self.sets, day).and_then(of).or_else(|| open().and_then(of))
    }

    /// The pages that a reader of a stage may have open: a tab leaves another than the first.
    pub fn seen_by(&self, stage: Stage) -> impl Iterator<Item = &Placed> {
        self.pages.iter().filter(move |placed| placed.page.seen_by.contains(&stage))
    }

    /// The first day after this one on which another set may be shown.
    #[must_use]
    pub fn next_change(&self, day: NaiveDate) -> Option<NaiveDate> {
        let begins = self.sets.iter().filter_map(|set| set.from);
        let ends = self.sets.iter().filter_map(|set| set.until?.succ_opt());
        begins.chain(ends).filter(|change| *change > day).min()
    }
}
