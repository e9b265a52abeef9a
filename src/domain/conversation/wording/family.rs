//! Children: how they are called, the cards of 変更, and questions about one of them.

use chrono::NaiveDate;
use unicode_segmentation::UnicodeSegmentation as _;

use super::super::goes_on::before_stop;
use super::super::postback::{ChildRef, Data, Tap};
use super::super::state::Matter;
use super::super::{Dates, ages};
use super::questions::{birth_date, date_of, due_date, kind_word, two};
use super::words::Words;
use super::{days, newcomers, settings};
use crate::domain::family::{Follow, Journey};
use crate::domain::message::{Action, Body, Button, Card, Message, Row, Weight};

/// LINE puts at most 12 bubbles side by side; one is for deliveries, one for family and settings.
const MOST_CARDS: usize = 10;

/// The dates of a child that goes on.
pub(super) fn dates_of(journey: &Journey) -> Option<Dates> {
    match journey {
        Journey::Expected { due } => Some(Dates::Due { due: *due }),
        Journey::Born { born, .. } => Some(Dates::Born { born: *born }),
        Journey::Stopped { .. } => None,
    }
}

/// Its nickname, or 「おなかの赤ちゃん」, 「お子さん」.
fn name(words: &Words<'_>, follow: &Follow) -> String {
    match (&follow.child.nickname, &follow.child.journey) {
        (Some(nickname), _) => nickname.expose().to_owned(),
        (None, Journey::Expected { .. }) => words.label("child_words", "expected"),
        (None, Journey::Born { .. } | Journey::Stopped { .. }) => words.label("child_words", "born"),
    }
}

/// The nickname of a child, if the family gave one.
pub(super) fn nickname_of(words: &Words<'_>, child: ChildRef) -> Option<String> {
    found(words, child)?.child.nickname.as_ref().map(|nickname| nickname.expose().to_owned())
}

fn found<'a>(words: &'a Words<'_>, child: ChildRef) -> Option<&'a Follow> {
    words.facts.follows.iter().find(|follow| follow.child.id == child.id)
}

/// What a message about a child calls it, even when the child is not to be found.
pub(super) fn name_of(words: &Words<'_>, child: ChildRef) -> String {
    found(words, child).map_or_else(|| words.label("child_words", "born"), |follow| name(words, follow))
}

/// Everything that is registered and goes on. What was lost is not shown again.
pub(super) fn profile(words: &Words<'_>) -> Message {
    let shown = words.facts.follows.iter().filter(|follow| follow.is_active());
    let mut cards: Vec<Card> = shown.take(MOST_CARDS).filter_map(|follow| child_card(words, follow)).collect();
    cards.push(deliveries_card(words));
    cards.push(settings::card(words));
    Body::Cards { alt: words.alt("profile", &[]), cards }.into()
}

fn child_card(words: &Words<'_>, follow: &Follow) -> Option<Card> {
    let dates = dates_of(&follow.child.journey)?;
    let today = words.facts.now.date();
    let mut rows = Vec::new();
    if let Some(age) = days::age(dates, today) {
        rows.push(Row::Text { text: words.text("today_is", &[("age", &age)]) });
    }
    let (kind, day) = (kind_word(words, dates), days::full_day(date_of(dates)));
    rows.push(Row::Small { text: words.text("date_line", &[("kind", &kind), ("day", &day)]) });
    rows.extend(newcomers::count_line(words, follow).map(|text| Row::Small { text }));
    if follow.is_parent() {
        rows.extend(change_buttons(words, follow, dates));
    }
    Some(Card { kicker: Some(words.title("profile", &[])), title: name(words, follow), rows, note: None })
}

/// Whether the family's deliveries stop too; with several children that is known only later.
pub(super) fn confirm_loss_key(words: &Words<'_>) -> &'static str {
    if words.facts.concerned_by_loss().len() > 1 {
        return "confirm_loss_several";
    }
    let speaks = words.facts.follows.iter().any(|follow| follow.is_parent() && !follow.child.journey.is_stopped());
    if speaks { "confirm_loss" } else { "confirm_loss_own" }
}

fn change_buttons(words: &Words<'_>, follow: &Follow, dates: Dates) -> Vec<Row> {
    let key = "profile";
    let child = ChildRef { id: follow.child.id, version: follow.child.version };
    let picker = |name: &str, action: Action| Button { label: words.label(key, name), action };
    let mut rows = match dates {
        Dates::Due { .. } => vec![
            primary(words.about(key, "birth", Tap::AskBirth, child)),
            secondary(picker("move_due", due_date(words, Data::entry(Tap::MoveDue).about(child)))),
        ],
        Dates::Born { .. } => {
            vec![secondary(picker("move_birth", birth_date(words, Data::entry(Tap::MoveBirth).about(child))))]
        }
    };
    rows.push(secondary(Words::typed(words.about(key, "rename", Tap::Rename, child))));
    rows.extend(newcomers::count_entry(words, follow).map(secondary));
    rows
}

fn deliveries_card(words: &Words<'_>) -> Card {
    let key = "profile_deliveries";
    let text = match words.facts.profile.pause {
        Some(pause) => pause_text(words, pause.until),
        None => words.text(key, &[]),
    };
    let mut rows = vec![Row::Text { text }];
    if words.facts.profile.pause.is_some() {
        rows.push(primary(words.entry(key, "resume", Tap::Resume)));
    }
    rows.extend(newcomers::quick(words).into_iter().map(secondary));
    rows.push(secondary(words.entry(key, "rest", Tap::AskRest)));
    rows.push(secondary(words.entry(key, "help", Tap::ShowHelp)));
    Card { kicker: None, title: words.title(key, &[]), rows, note: None }
}

fn pause_text(words: &Words<'_>, until: Option<NaiveDate>) -> String {
    match until {
        Some(until) => words.text("resting_until", &[("day", &days::day(until))]),
        None => words.text("resting_open", &[]),
    }
}

pub(super) fn primary(button: Button) -> Row {
    Row::Button { button, weight: Weight::Primary }
}

pub(super) fn secondary(button: Button) -> Row {
    Row::Button { button, weight: Weight::Secondary }
}

/// One row a child, numbered, so that the number can be typed.
fn child_rows(words: &Words<'_>, children: &[ChildRef]) -> Vec<Row> {
    let row = |(child, index): (&ChildRef, u8)| {
        let date = found(words, *child).and_then(|follow| dates_of(before_stop(&follow.child.journey)));
        let date = date.map_or_else(String::new, |dates| {
            let day = date_of(dates);
            format!("（{} {}）", kind_word(words, dates), days::month_and_day(day))
        });
        let label = format!("{} {}{date}", index + 1, name_of(words, *child));
        secondary(Button::postback(label, Data::answer(Tap::Pick(index), words.facts.turn).to_string()))
    };
    children.iter().zip(0u8..).map(row).collect()
}

pub(super) fn which_child(words: &Words<'_>, matter: Matter, children: &[ChildRef]) -> Message {
    let key = match matter {
        Matter::DueDate => "ask_which_due_date",
        Matter::BirthDate => "ask_which_birth_date",
        Matter::Name => "ask_which_name",
        Matter::Birth => "ask_which_birth",
        Matter::Twins => "ask_which_twins",
        Matter::Count => "ask_which_count",
    };
    let mut rows = child_rows(words, children);
    rows.push(link(words.answer("ask_which_child", "back", Tap::Back)));
    words.card(key, &[], Card { kicker: None, title: words.text(key, &[]), rows, note: None })
}

pub(super) fn link(button: Button) -> Row {
    Row::Button { button, weight: Weight::Link }
}

pub(super) fn which_lost(words: &Words<'_>, children: &[ChildRef], together: &[Vec<ChildRef>]) -> Message {
    let key = "ask_which_lost";
    let mut rows = vec![Row::Text { text: words.text(key, &[]) }];
    rows.extend(child_rows(words, children));
    let twins = together.iter().zip(children.len()..).filter_map(|(twins, index)| twins_row(words, twins, index));
    rows.extend(twins);
    rows.push(secondary(words.answer(key, "all", Tap::PickAll)));
    rows.push(link(words.answer(key, "none", Tap::PickNone)));
    words.card(key, &[], Card { kicker: None, title: words.title(key, &[]), rows, note: None })
}

/// The row of twins, by their nicknames where all have one and LINE has room (40 characters in a card).
fn twins_row(words: &Words<'_>, twins: &[ChildRef], index: usize) -> Option<Row> {
    let names: Option<Vec<String>> = twins.iter().map(|twin| nickname_of(words, *twin)).collect();
    let names = names.map(|names| names.join("・")).filter(|names| names.graphemes(true).count() <= 36);
    let names = names.unwrap_or_else(|| words.label("ask_which_lost", "together"));
    let data = Data::answer(Tap::Pick(u8::try_from(index).ok()?), words.facts.turn);
    Some(secondary(Button::postback(format!("{} {names}", index + 1), data.to_string())))
}

pub(super) fn ask_new_name(words: &Words<'_>, child: ChildRef) -> Message {
    let key = "ask_new_name";
    let buttons = vec![words.answer(key, "none", Tap::SkipName), words.answer(key, "back", Tap::Back)];
    words.buttons(key, &[("child", &name_of(words, child))], buttons)
}

pub(super) fn confirm_move(words: &Words<'_>, child: ChildRef, dates: Dates) -> Message {
    let new = date_of(dates);
    let old = found(words, child).and_then(|follow| dates_of(&follow.child.journey)).map_or(new, date_of);
    let apart = (new - old).num_days().abs().to_string();
    let (kind, day) = (kind_word(words, dates), days::full_day(new));
    let said = [("kind", kind.as_str()), ("day", &day), ("days", &apart)];
    two(words, "confirm_move", &said, [("yes", Tap::Yes), ("no", Tap::No)])
}

pub(super) fn confirm_birth(words: &Words<'_>, child: ChildRef, born: NaiveDate) -> Message {
    let count = ages::ordinal(words.facts.now.date(), born).to_string();
    let (name, day) = (name_of(words, child), days::full_day(born));
    let said = [("child", name.as_str()), ("day", &day), ("day_count", &count)];
    two(words, "confirm_birth", &said, [("yes", Tap::Yes), ("no", Tap::No)])
}
