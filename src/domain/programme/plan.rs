//! What a reader gets on a day, and when the next message is due.
//!
//! - **One message a reader and day**: every child with a slot has its section, youngest first.
//! - **A day without a manuscript is still a delivery day**; the cadence decides, not the texts.
//! - **A pause hides days, it does not move them.**
//! - **Nothing comes by itself any more on the day of sad news**, but it can be asked for.
//! - **The end of a pregnancy without news is one card**, once, and then silence (`closing`).

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::cadence::{Anchor, Course};
use super::closing;
use super::placement::texts_for;
use super::slot::Slot;
use crate::domain::calendar::{LeapRule, days_after};
use crate::domain::child::BirthDate;
use crate::domain::delivery::{Call, DailyParts, Section};
use crate::domain::family::{Follow, Journey, Lead, Profile};
use crate::domain::library::Library;
use crate::domain::pregnancy::GestationalAge;

/// A reader as the programme sees them.
#[derive(Debug, Clone, Copy)]
pub struct ReaderPlan<'a> {
    /// Their children; stopped ones are passed over.
    pub follows: &'a [Follow],
    /// Pause, time of day, municipal texts shown.
    pub profile: &'a Profile,
    /// Their locale.
    pub locale: &'a str,
}

/// The account's times of day, in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// When mornings leave, unless the reader chose another time.
    pub delivery: u16,
    /// Nothing leaves before.
    pub opens: u16,
    /// Nothing leaves from here on.
    pub closes: u16,
}

impl Default for Hours {
    fn default() -> Self {
        Self { delivery: 8 * 60, opens: 7 * 60, closes: 21 * 60 }
    }
}

impl Hours {
    /// The reader's time of day, brought into the sending window.
    #[must_use]
    pub fn time_for(&self, profile: &Profile) -> NaiveTime {
        let wanted = profile.minute.unwrap_or(self.delivery);
        // Not `clamp`: it panics on a window that closes before it opens, and settings may say so.
        let minute = wanted.min(self.closes.saturating_sub(1)).max(self.opens).min(24 * 60 - 1);
        NaiveTime::MIN + TimeDelta::minutes(i64::from(minute))
    }
}

/// What the reader gets on `day`; `None` when nothing is due that day (no active child with a slot,
/// or the reader rests). Ignores whether it was already sent.
#[must_use]
pub fn message_on(reader: &ReaderPlan<'_>, day: NaiveDate, library: &Library) -> Option<DailyParts> {
    if reader.profile.rests_on(day) {
        return None;
    }
    let parts = readable_on(reader, day, library)?;
    Some(DailyParts { leads: leads_of(reader.profile, &parts), ..parts })
}

/// What the reader can read for `day`, resting or not, without the lines that explain a change. For
/// showing a day's message again.
#[must_use]
pub fn readable_on(reader: &ReaderPlan<'_>, day: NaiveDate, library: &Library) -> Option<DailyParts> {
    let sections = sections_on(reader, day, library);
    let overdue = closing::overdue_on(courses(reader, library), day);
    if sections.is_empty() && overdue.is_empty() {
        return None;
    }
    let municipal = texts_for(&sections, day, reader.profile, &library.municipality, leap_rule(library));
    let onward = closing::onward(&sections, courses(reader, library), day);
    let locale = reader.locale.to_owned();
    Some(DailyParts { day, locale, leads: Vec::new(), sections, municipal, overdue, onward })
}

/// The last day before `before` that had a message for this reader, looking back at most 31 days. A
/// pause does not hide it: what lies behind can be read any time ([`readable_on`]).
#[must_use]
pub fn day_before(reader: &ReaderPlan<'_>, before: NaiveDate, library: &Library) -> Option<NaiveDate> {
    let yesterday = days_after(before, -1);
    let last = courses(reader, library).filter_map(|(_, course)| closing::last_to(&course, yesterday)).max()?;
    (last >= days_after(before, -31)).then_some(last)
}

/// When the reader's next message is due (account's civil time): today at the reader's time clamped
/// into the sending window, even if that is past, unless `today_done` or today the reader told sad
/// news; otherwise the next delivery day. `None` when nothing will ever be due as things stand.
#[must_use]
pub fn next_due(
    reader: &ReaderPlan<'_>,
    now: NaiveDateTime,
    today_done: bool,
    hours: Hours,
    library: &Library,
) -> Option<NaiveDateTime> {
    let spared = reader.profile.spared_on.map(|day| days_after(day, 1));
    let open_day = days_after(now.date(), i64::from(today_done)).max(spared.unwrap_or(now.date()));
    let first_day = match reader.profile.pause {
        Some(pause) => open_day.max(days_after(pause.until?, 1)),
        None => open_day,
    };
    Some(next_day(reader, first_day, library)?.and_time(hours.time_for(reader.profile)))
}

/// The first day from `day` on (inclusive) that has a message, as if the reader never rested.
#[must_use]
pub fn next_day(reader: &ReaderPlan<'_>, day: NaiveDate, library: &Library) -> Option<NaiveDate> {
    courses(reader, library).filter_map(|(_, course)| closing::next_from(&course, day)).min()
}

/// When a child of 29 February has its birthday: a setting of the account.
pub(super) const fn leap_rule(library: &Library) -> LeapRule {
    library.municipality.leap
}

/// The lines on top of these parts.
fn leads_of(profile: &Profile, parts: &DailyParts) -> Vec<Lead> {
    let ended = profile.pause.is_some_and(|pause| pause.until.is_some_and(|until| until < parts.day));
    let resumed = (ended && !profile.leads.contains(&Lead::Resumed)).then_some(Lead::Resumed);
    let said = profile.leads.iter().copied().filter(|lead| speaks_of(*lead, parts));
    resumed.into_iter().chain(said).collect()
}

/// A line about a child stands only above a part that is about the same, never above another's.
fn speaks_of(lead: Lead, parts: &DailyParts) -> bool {
    let call = |child| parts.sections.iter().find(|section| section.child == child).map(|section| section.call);
    match lead {
        Lead::Resumed | Lead::FamilyJoined => true,
        Lead::DueDateMoved(child) => {
            let asked = parts.overdue.iter().any(|overdue| overdue.child == child);
            asked || matches!(call(child), Some(Call::Pregnancy { .. }))
        }
        Lead::BirthReported(child) => matches!(call(child), Some(Call::Day { .. } | Call::Birthday { .. })),
    }
}

/// The active children with their courses.
fn courses<'a>(reader: &ReaderPlan<'a>, library: &'a Library) -> impl Iterator<Item = (&'a Follow, Course<'a>)> {
    let (follows, locale) = (reader.follows, reader.locale);
    follows.iter().filter(|follow| follow.is_active()).filter_map(move |follow| {
        Some((follow, Course::of(&follow.child.journey, library, locale, leap_rule(library))?))
    })
}

/// The children's sections, youngest first. A child on the way is younger than any that is born, and
/// twins keep the order of their registration.
fn sections_on(reader: &ReaderPlan<'_>, day: NaiveDate, library: &Library) -> Vec<Section> {
    let mut sections: Vec<_> = courses(reader, library)
        .filter_map(|(follow, course)| Some((by_age(course.anchor()), section_on(follow, &course, day)?)))
        .collect();
    sections.sort_by_key(|(age, section)| (*age, section.child));
    sections.into_iter().map(|(_, section)| section).collect()
}

/// Sorts the youngest first.
const fn by_age(anchor: Anchor) -> (bool, std::cmp::Reverse<NaiveDate>) {
    match anchor {
        Anchor::Due(due) => (false, std::cmp::Reverse(due.date())),
        Anchor::Born(born) => (true, std::cmp::Reverse(born.date())),
    }
}

fn section_on(follow: &Follow, course: &Course<'_>, day: NaiveDate) -> Option<Section> {
    let slots = course.slots_on(day);
    if slots.is_empty() {
        return None;
    }
    Some(Section {
        child: follow.child.id,
        nickname: follow.child.nickname.clone(),
        role: follow.role,
        call: call_on(course.anchor(), &slots, day)?,
        slots,
        corrected: corrected_slot(follow, course, day),
    })
}

fn call_on(anchor: Anchor, slots: &[Slot], day: NaiveDate) -> Option<Call> {
    match anchor {
        Anchor::Due(due) => {
            let age = GestationalAge::on(day, due).ok()?;
            Some(Call::Pregnancy { weeks: age.weeks(), days: age.days() })
        }
        Anchor::Born(born) => {
            let day_count = born.day_count(day)?;
            let birthday = slots.iter().find_map(|slot| birthday_of(*slot));
            Some(birthday.map_or(Call::Day { day_count }, |years| Call::Birthday { years, day_count }))
        }
    }
}

/// Which birthday a slot stands on, if it stands on one.
const fn birthday_of(slot: Slot) -> Option<u8> {
    match slot {
        Slot::Week { year, week: 0 } | Slot::Birthday(year) => Some(year),
        Slot::Week { .. } | Slot::Pregnancy(_) | Slot::Day(_) | Slot::Round(_) => None,
    }
}

/// What stands for "no development paragraph yet" between an early birth and the due date. No pack
/// has a text there.
pub(crate) const BEFORE_DUE: Slot = Slot::Day(0);

/// Where the development paragraphs come from for a child that was born before 37 weeks and whose
/// family chose the corrected age: the last regular slot as if it had been born when it was due.
fn corrected_slot(follow: &Follow, course: &Course<'_>, day: NaiveDate) -> Option<Slot> {
    let Journey::Born { due: Some(due), .. } = follow.child.journey else { return None };
    if !follow.child.corrected || !follow.child.came_early() {
        return None;
    }
    let from_due = course.from_anchor(Anchor::Born(BirthDate::kept(due)));
    Some(from_due.last_regular_slot_to(day).unwrap_or(BEFORE_DUE))
}

#[cfg(test)]
mod tests;
