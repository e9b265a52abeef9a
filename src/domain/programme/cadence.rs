//! The slots of a pack, placed in the calendar of one child.
//!
//! An *anchor* is the date that everything hangs on: the due date until somebody says that the child
//! is born, the birth date from then on. A *course* is a pack's cadence worked out for one anchor.
//! Every line of a cadence is a run of days at equal distances, so each question is answered by
//! division, never by walking through the years.
//!
//! - `day/N` lies before the first birthday; `y1/…` and `y2/…` end before the next birthday.
//! - Nothing comes after the third birthday.
//! - The regular slot of a day goes before a round day that falls on it.

use chrono::NaiveDate;

use super::pack::{Cadence, Series};
use super::slot::Slot;
use crate::domain::calendar::{LeapRule, days_after, days_between};
use crate::domain::child::BirthDate;
use crate::domain::family::Journey;
use crate::domain::library::Library;
use crate::domain::pregnancy::{DueDate, GestationalAge};

/// The date a child's slots hang on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// On the way.
    Due(DueDate),
    /// Here.
    Born(BirthDate),
}

impl Anchor {
    /// The anchor of a journey; a stopped one has none.
    #[must_use]
    pub const fn of(journey: &Journey) -> Option<Self> {
        match journey {
            Journey::Expected { due } => Some(Self::Due(DueDate::kept(*due))),
            Journey::Born { born, .. } => Some(Self::Born(BirthDate::kept(*born))),
            Journey::Stopped { .. } => None,
        }
    }

    /// The series that accompanies this part of life.
    #[must_use]
    pub const fn series(self) -> Series {
        match self {
            Self::Due(_) => Series::Maternity,
            Self::Born(_) => Series::Childcare,
        }
    }

    /// The day of that slot; `None` for slots of the other part of life.
    #[must_use]
    pub fn day_of(self, slot: Slot, leap: LeapRule) -> Option<NaiveDate> {
        match (self, slot) {
            (Self::Due(due), Slot::Pregnancy(days)) => Some(due.day_of(days)),
            (Self::Born(born), Slot::Day(count) | Slot::Round(count)) => Some(born.day_of(count)),
            (Self::Born(born), Slot::Week { year, week }) => {
                Some(days_after(born.birthday(year, leap), 7 * i64::from(week)))
            }
            (Self::Born(born), Slot::Birthday(years)) => Some(born.birthday(years, leap)),
            (Self::Due(_), Slot::Day(_) | Slot::Round(_) | Slot::Week { .. } | Slot::Birthday(_))
            | (Self::Born(_), Slot::Pregnancy(_)) => None,
        }
    }

    /// The last day on which that slot's kind may fall.
    fn bound(self, slot: Slot, leap: LeapRule) -> NaiveDate {
        match self {
            Self::Due(due) => due.day_of(GestationalAge::LAST_DAY),
            Self::Born(born) => {
                let end = born.birthday(BirthDate::LAST_BIRTHDAY, leap);
                let day_before = |years| days_after(born.birthday(years, leap), -1);
                match slot {
                    Slot::Day(_) => day_before(1),
                    Slot::Week { year, .. } => day_before(year.saturating_add(1)).min(end),
                    Slot::Birthday(_) | Slot::Round(_) | Slot::Pregnancy(_) => end,
                }
            }
        }
    }
}

/// A pack's cadence worked out for one anchor.
#[derive(Debug, Clone)]
pub struct Course<'a> {
    cadence: &'a [Cadence],
    anchor: Anchor,
    leap: LeapRule,
    runs: Vec<Run>,
}

impl<'a> Course<'a> {
    /// The course of that cadence from that anchor.
    #[must_use]
    pub fn new(cadence: &'a [Cadence], anchor: Anchor, leap: LeapRule) -> Self {
        let runs = cadence.iter().flat_map(Line::of_cadence).filter_map(|line| line.run(anchor, leap)).collect();
        Self { cadence, anchor, leap, runs }
    }

    /// The course of a journey in a library; `None` when it is stopped or no pack accompanies it.
    #[must_use]
    pub fn of(journey: &Journey, library: &'a Library, locale: &str, leap: LeapRule) -> Option<Self> {
        let anchor = Anchor::of(journey)?;
        let pack = library.pack(anchor.series(), locale)?;
        Some(Self::new(&pack.cadence, anchor, leap))
    }

    /// The same cadence from another anchor.
    #[must_use]
    pub fn from_anchor(&self, anchor: Anchor) -> Self {
        Self::new(self.cadence, anchor, self.leap)
    }

    /// The date everything hangs on.
    #[must_use]
    pub const fn anchor(&self) -> Anchor {
        self.anchor
    }

    /// The slots that fall on `day`: regular ones first, then a round day.
    #[must_use]
    pub fn slots_on(&self, day: NaiveDate) -> Vec<Slot> {
        let mut slots = Vec::new();
        for slot in self.runs.iter().filter_map(|run| run.slot_on(day)) {
            if !slots.contains(&slot) {
                slots.push(slot);
            }
        }
        slots.sort_by_key(|slot| matches!(slot, Slot::Round(_)));
        slots
    }

    /// The first day from `day` on (inclusive) that has a slot.
    #[must_use]
    pub fn next_from(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.runs.iter().filter_map(|run| run.next_from(day)).min()
    }

    /// The last day up to `day` (inclusive) that has a slot.
    #[must_use]
    pub fn last_to(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.runs.iter().filter_map(|run| run.last_to(day)).max()
    }

    /// The last regular slot up to `day` (inclusive); round days are none.
    #[must_use]
    pub fn last_regular_slot_to(&self, day: NaiveDate) -> Option<Slot> {
        let regular = self.runs.iter().filter(|run| !matches!(run.slot, Slot::Round(_)));
        let (last, run) = regular.filter_map(|run| Some((run.last_to(day)?, run))).max_by_key(|(last, _)| *last)?;
        run.slot_on(last)
    }
}

/// A line of a cadence as its first slot, its last slot and its step.
struct Line {
    first: Slot,
    last: Slot,
    every: u16,
}

impl Line {
    /// The one line of most kinds; a round day is a line of its own.
    fn of_cadence(cadence: &Cadence) -> impl Iterator<Item = Self> {
        let several = if let Cadence::Round { days } = cadence { days.as_slice() } else { &[] };
        let one = match *cadence {
            Cadence::Gestation { from, to, every } => Some((Slot::Pregnancy(from), Slot::Pregnancy(to), every)),
            Cadence::Days { from, to, every } => Some((Slot::Day(from), Slot::Day(to), every)),
            Cadence::Weeks { year, from, to, every } => {
                Some((Slot::Week { year, week: from }, Slot::Week { year, week: to }, u16::from(every)))
            }
            Cadence::Birthday { years } => Some((Slot::Birthday(years), Slot::Birthday(years), 1)),
            Cadence::Round { .. } => None,
        };
        let rounds = several.iter().map(|day| (Slot::Round(*day), Slot::Round(*day), 1));
        // A step of nothing would never move on; content checks refuse it, and here it counts as one.
        one.into_iter().chain(rounds).map(|(first, last, every)| Self { first, last, every: every.max(1) })
    }

    /// Its days from that anchor; `None` for lines of the other part of life.
    fn run(&self, anchor: Anchor, leap: LeapRule) -> Option<Run> {
        let first = anchor.day_of(self.first, leap)?;
        let last = anchor.day_of(self.last, leap)?.min(anchor.bound(self.first, leap));
        (first <= last).then_some(Run { first, last, slot: self.first, every: self.every })
    }
}

/// Days at equal distances, with the slots that stand on them.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: NaiveDate,
    /// No day lies after it; it need not be a day of the run itself.
    last: NaiveDate,
    /// The slot of the first day.
    slot: Slot,
    /// Distance in units of the slot: days, or weeks.
    every: u16,
}

impl Run {
    fn step_days(&self) -> i64 {
        let unit = if matches!(self.slot, Slot::Week { .. }) { 7 } else { 1 };
        unit * i64::from(self.every)
    }

    fn next_from(&self, day: NaiveDate) -> Option<NaiveDate> {
        let past = days_between(self.first, day).max(0);
        let steps = past.div_euclid(self.step_days()) + i64::from(past.rem_euclid(self.step_days()) > 0);
        Some(days_after(self.first, steps * self.step_days())).filter(|next| *next <= self.last)
    }

    fn last_to(&self, day: NaiveDate) -> Option<NaiveDate> {
        let past = days_between(self.first, day.min(self.last));
        (past >= 0).then(|| days_after(self.first, past - past.rem_euclid(self.step_days())))
    }

    fn slot_on(&self, day: NaiveDate) -> Option<Slot> {
        let past = days_between(self.first, day);
        if past < 0 || day > self.last || past % self.step_days() != 0 {
            return None;
        }
        let units = past / self.step_days() * i64::from(self.every);
        Some(match self.slot {
            Slot::Pregnancy(first) => Slot::Pregnancy(first + u16::try_from(units).ok()?),
            Slot::Day(first) => Slot::Day(first + u16::try_from(units).ok()?),
            Slot::Week { year, week } => Slot::Week { year, week: week + u8::try_from(units).ok()? },
            single @ (Slot::Birthday(_) | Slot::Round(_)) => single,
        })
    }
}

#[cfg(test)]
mod tests;
