//! Which municipal texts ride on a daily message.
//!
//! A municipal text makes no days of its own: it waits for the first delivery day of a child that
//! lies in its range. What was shown is remembered under a *key*: the text's id, or `id#child` for a
//! text that is shown once for each child.
//!
//! - At most one text for a child and [`MOST_IN_A_PUSH`] in a push; the one whose range ends first
//!   goes first, the others wait for the next delivery day in their range.
//! - A text for some areas reaches their readers only; whoever told no area gets the texts for everybody.
//! - Twins share one text: it is shown once, and remembered for both.
//! - The day it was shown on it is shown again, so that a message can be read twice and stays the same.

use chrono::NaiveDate;

use super::cadence::Anchor;
use crate::domain::calendar::{LeapRule, days_after};
use crate::domain::child::BirthDate;
use crate::domain::delivery::{Call, DailyParts, Section};
use crate::domain::family::Profile;
use crate::domain::ids::ChildId;
use crate::domain::library::Library;
use crate::domain::municipal::{MunicipalText, Municipality};
use crate::domain::pregnancy::{DueDate, GestationalAge};

/// The most municipal texts in one push, so that they fit beside the children's own texts even in
/// an answer, where four objects are left.
pub const MOST_IN_A_PUSH: usize = 2;

/// The ids of the municipal texts that ride on the message of `day` with these sections, most
/// pressing first.
#[must_use]
pub(super) fn texts_for(
    sections: &[Section],
    day: NaiveDate,
    profile: &Profile,
    municipality: &Municipality,
    leap: LeapRule,
) -> Vec<String> {
    let mut waiting: Vec<Candidate<'_>> = candidates(sections, day, municipality, leap)
        .filter(|candidate| candidate.text.is_for(profile.area.as_deref()))
        .filter(|candidate| candidate.text.valid_until.is_none_or(|last| last >= day))
        .filter(|candidate| profile.shown.get(&candidate.key()).is_none_or(|on| *on == day))
        .collect();
    waiting.sort_by(|a, b| (a.ends, &a.text.id).cmp(&(b.ends, &b.text.id)));
    chosen(&waiting)
}

/// The keys to remember in `Profile::shown`, with the message's day, when this message is planned.
/// Keys that are remembered already keep their first day.
#[must_use]
pub fn shown_keys(parts: &DailyParts, library: &Library) -> Vec<String> {
    let leap = super::plan::leap_rule(library);
    let mut keys: Vec<String> = candidates(&parts.sections, parts.day, &library.municipality, leap)
        .filter(|candidate| parts.municipal.contains(&candidate.text.id))
        .map(|candidate| candidate.key())
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// A municipal text that could be shown for a child.
struct Candidate<'a> {
    text: &'a MunicipalText,
    child: ChildId,
    ends: NaiveDate,
}

impl Candidate<'_> {
    fn key(&self) -> String {
        if self.text.once { self.text.id.clone() } else { format!("{}#{}", self.text.id, self.child) }
    }
}

/// Every text whose range holds the day, for every child that has a section.
fn candidates<'a>(
    sections: &[Section],
    day: NaiveDate,
    municipality: &'a Municipality,
    leap: LeapRule,
) -> impl Iterator<Item = Candidate<'a>> {
    sections.iter().flat_map(move |section| {
        let child = section.child;
        let anchor = anchor_of(section.call, day);
        municipality.texts.iter().filter_map(move |text| {
            let (starts, ends) = range(text, anchor?, leap)?;
            (starts..=ends).contains(&day).then_some(Candidate { text, child, ends })
        })
    })
}

fn chosen(waiting: &[Candidate<'_>]) -> Vec<String> {
    let (mut texts, mut served): (Vec<String>, Vec<ChildId>) = (Vec::new(), Vec::new());
    for candidate in waiting {
        let rides_already = texts.contains(&candidate.text.id);
        if served.contains(&candidate.child) || (!rides_already && texts.len() == MOST_IN_A_PUSH) {
            continue;
        }
        served.push(candidate.child);
        if !rides_already {
            texts.push(candidate.text.id.clone());
        }
    }
    texts
}

/// The first and last day of a text's range for a child, ends included. A range may begin in
/// pregnancy and end after the birth; each part of life sees its own share of it.
fn range(text: &MunicipalText, anchor: Anchor, leap: LeapRule) -> Option<(NaiveDate, NaiveDate)> {
    let (starts, ends) = (anchor.day_of(text.from, leap), anchor.day_of(text.to, leap));
    match anchor {
        Anchor::Due(due) => Some((starts?, ends.unwrap_or_else(|| due.day_of(GestationalAge::LAST_DAY)))),
        Anchor::Born(born) => Some((starts.unwrap_or_else(|| born.date()), ends?)),
    }
}

/// The date behind a call that was made on `day`.
fn anchor_of(call: Call, day: NaiveDate) -> Option<Anchor> {
    let back = |days: i64| days_after(day, -days);
    match call {
        Call::Pregnancy { weeks, days } => {
            let first_day = back(i64::from(weeks) * 7 + i64::from(days));
            let due = days_after(first_day, i64::from(GestationalAge::DUE_DAY));
            Some(Anchor::Due(DueDate::kept(due)))
        }
        Call::Day { day_count } | Call::Birthday { day_count, .. } => {
            Some(Anchor::Born(BirthDate::kept(back(i64::from(day_count.checked_sub(1)?)))))
        }
    }
}

#[cfg(test)]
mod tests;
