//! The reader's own settings: role, time of day, area, and the card that leads to them.

use super::super::postback::{Data, Tap};
use super::family::{link, secondary};
use super::words::Words;
use super::{days, newcomers};
use crate::domain::family::{Follow, Role};
use crate::domain::message::{Button, Card, Message, Row};

/// 「お母さん・妊婦さん」; in a list of others, nobody 「does not answer」.
pub(super) fn role_word(words: &Words<'_>, role: Role, listed: bool) -> String {
    let name = if listed && role == Role::Other { "somebody" } else { role.as_str() };
    words.label("role_words", name)
}

/// A button for each role.
pub(super) fn role_buttons(words: &Words<'_>) -> Vec<Button> {
    let taps = [Tap::RoleMother, Tap::RoleFather, Tap::RoleGrandparent, Tap::RoleOther];
    Role::ALL.iter().zip(taps).map(|(role, tap)| words.answer("role_words", role.as_str(), tap)).collect()
}

pub(super) fn ask_role(words: &Words<'_>) -> Message {
    let key = "ask_role";
    let mut rows = vec![Row::Text { text: words.text(key, &[]) }];
    rows.extend(role_buttons(words).into_iter().map(secondary));
    rows.push(link(words.answer(key, "back", Tap::Back)));
    words.card(key, &[], Card { kicker: None, title: words.title(key, &[]), rows, note: None })
}

pub(super) fn role_set(words: &Words<'_>, role: Role) -> Message {
    words.line("role_set", &[("role", &role_word(words, role, false))])
}

pub(super) fn ask_time(words: &Words<'_>) -> Message {
    let key = "ask_time";
    let names = ["morning", "noon", "evening"];
    let mut buttons: Vec<Button> =
        names.iter().zip(0u8..).map(|(name, index)| words.answer(key, name, Tap::Pick(index))).collect();
    buttons.push(words.answer(key, "back", Tap::Back));
    words.buttons(key, &[], buttons)
}

/// `{time}` is the new time.
pub(super) fn time_set(words: &Words<'_>, clipped: bool) -> Message {
    let hours = words.facts.account.hours;
    let (opens, closes) = (days::time_of_day(hours.opens), days::time_of_day(hours.closes));
    words.line(if clipped { "time_clipped" } else { "time_set" }, &[("opens", &opens), ("closes", &closes)])
}

pub(super) fn ask_area(words: &Words<'_>, areas: &[String]) -> Message {
    let key = "ask_area";
    let button = |(area, index): (&String, u8)| {
        Button::postback(area.clone(), Data::answer(Tap::Pick(index), words.facts.turn).to_string())
    };
    let mut rows = vec![Row::Text { text: words.text(key, &[]) }];
    rows.extend(areas.iter().zip(0u8..).map(button).map(secondary));
    rows.push(secondary(words.answer(key, "none", Tap::PickNone)));
    rows.push(link(words.answer(key, "back", Tap::Back)));
    words.card(key, &[], Card { kicker: None, title: words.title(key, &[]), rows, note: None })
}

pub(super) fn area_set(words: &Words<'_>, area: Option<&str>) -> Message {
    match area {
        Some(area) => words.line("area_set", &[("area", area)]),
        None => words.line("area_unset", &[]),
    }
}

/// What can be told or done next, if one likes: quick replies under a new registration.
pub(super) fn next_steps(words: &Words<'_>) -> Vec<Button> {
    let key = "next_steps";
    let mut taps = vec![("invite", Tap::Invite), ("role", Tap::AskRole), ("time", Tap::AskTime)];
    if has_areas(words) {
        taps.push(("area", Tap::AskArea));
    }
    let own = taps.into_iter().map(|(name, tap)| words.entry(key, name, tap));
    own.chain(newcomers::quick(words)).collect()
}

fn has_areas(words: &Words<'_>) -> bool {
    !words.facts.account.municipality.areas.is_empty()
}

/// The card of 変更 about the family and the reader's own settings.
pub(super) fn card(words: &Words<'_>) -> Card {
    let key = "profile_settings";
    let parent = words.facts.follows.iter().any(|follow| follow.is_active() && Follow::is_parent(follow));
    let mut taps = Vec::new();
    if parent {
        taps.extend([("invite", Tap::Invite), ("family", Tap::ShowFamily)]);
    }
    taps.extend([("role", Tap::AskRole), ("time", Tap::AskTime)]);
    if has_areas(words) {
        taps.push(("area", Tap::AskArea));
    }
    taps.push(("transfer", Tap::AskTransfer));
    let mut rows = vec![Row::Text { text: words.text(key, &[]) }];
    rows.extend(taps.into_iter().map(|(name, tap)| secondary(words.entry(key, name, tap))));
    rows.push(link(words.entry(key, "enquiry", Tap::ShowEnquiry)));
    rows.push(link(words.entry(key, "erase", Tap::AskErase)));
    Card { kicker: None, title: words.title(key, &[]), rows, note: None }
}
