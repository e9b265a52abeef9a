//! One more child, twins, and the count of a child that came early.

use super::super::postback::{ChildRef, Tap};
use super::super::state::Called;
use super::notices::first_message;
use super::questions::birth_picker;
use super::words::Words;
use super::{days, family};
use crate::domain::family::{Follow, Journey};
use crate::domain::message::{Button, Message};

/// The phrase that holds the labels of what can be added or chosen for children.
const KEY: &str = "children";

/// What may come after a registration.
pub(super) fn quick(words: &Words<'_>) -> Vec<Button> {
    add_twins(words).into_iter().chain([words.entry(KEY, "add", Tap::AddChild)]).collect()
}

/// Nobody who lost one of twins is offered to add twins, and nobody who has them.
fn add_twins(words: &Words<'_>) -> Option<Button> {
    words.facts.may_add_twins().then(|| words.entry(KEY, "twins", Tap::AddTwins))
}

/// The entry to the count, for a child that came early.
pub(super) fn count_entry(words: &Words<'_>, follow: &Follow) -> Option<Button> {
    let child = ChildRef { id: follow.child.id, version: follow.child.version };
    follow.child.came_early().then(|| words.about(KEY, "count", Tap::AskCount, child))
}

/// How many children the reader has whose letters go on. A lost one is never counted.
fn going(words: &Words<'_>) -> String {
    words.facts.active().count().to_string()
}

pub(super) fn sibling(words: &Words<'_>) -> Message {
    let values = [("count", going(words)), ("today", first_message(words))];
    words
        .line("sibling_registered", &values.each_ref().map(|(name, value)| (*name, value.as_str())))
        .with_quick(add_twins(words).into_iter().chain([words.entry(KEY, "profile", Tap::ShowProfile)]).collect())
}

pub(super) fn twins(words: &Words<'_>) -> Message {
    let quick = vec![words.entry(KEY, "profile", Tap::ShowProfile)];
    words.line("twins_registered", &[("today", &first_message(words))]).with_quick(quick)
}

/// How many there are. Words and numbers are read as they are meant: 「2」 is two children.
pub(super) fn ask_count_of_twins(words: &Words<'_>) -> Message {
    let key = "ask_twins";
    let picks = [("two", 0), ("three", 1), ("four", 2)].map(|(name, index)| words.answer(key, name, Tap::Pick(index)));
    words.buttons(key, &[], picks.into_iter().chain([words.answer(key, "back", Tap::Back)]).collect())
}

/// The nickname of the next one.
pub(super) fn ask_twin_name(words: &Words<'_>, child: ChildRef, named: &[Called]) -> Message {
    let key = "ask_twin_name";
    let journey =
        words.facts.follows.iter().find(|follow| follow.child.id == child.id).map(|follow| &follow.child.journey);
    let known =
        words.facts.follows.iter().filter(|follow| follow.is_active() && Some(&follow.child.journey) == journey);
    let number = (known.count() + named.len() + 1).to_string();
    let buttons = vec![words.answer(key, "skip", Tap::SkipName), words.answer(key, "back", Tap::Back)];
    words.buttons(key, &[("count", &number)], buttons)
}

/// Whether the twins were born on the same day.
pub(super) fn confirm_twins(words: &Words<'_>, children: &[ChildRef], born: chrono::NaiveDate) -> Message {
    let key = "confirm_twins";
    let others = children.iter().skip(1);
    let names: Option<Vec<String>> = others.map(|child| family::nickname_of(words, *child)).collect();
    let names = names.map_or_else(|| words.label("child_words", "others"), |names| names.join("・"));
    let said = [("child", names.as_str()), ("day", &days::full_day(born))];
    let taps = [("yes", Tap::Yes), ("apart", Tap::Apart), ("sad", Tap::SadTwin)];
    words.buttons(key, &said, taps.map(|(name, tap)| words.answer(key, name, tap)).into())
}

/// The birth date of a twin whose sibling is born: named, and with a way for sad news of this one alone.
pub(super) fn ask_birth_of_twin(words: &Words<'_>, child: ChildRef) -> Message {
    let key = "ask_birth_twin";
    let buttons =
        vec![birth_picker(words, key), words.answer(key, "sad", Tap::SadTwin), words.answer(key, "back", Tap::Back)];
    words.buttons(key, &[("child", &family::name_of(words, child))], buttons)
}

/// From which date the development is counted.
pub(super) fn ask_count(words: &Words<'_>) -> Message {
    let key = "ask_count";
    let taps = [("due", Tap::CountFromDue), ("birth", Tap::CountFromBirth), ("later", Tap::CountLater)];
    words.buttons(key, &[], taps.map(|(name, tap)| words.answer(key, name, tap)).into())
}

/// What a journey is counted from, as the card of a child that came early says it.
pub(super) fn count_line(words: &Words<'_>, follow: &Follow) -> Option<String> {
    let chosen = follow.child.corrected && matches!(follow.child.journey, Journey::Born { .. });
    (chosen && follow.child.came_early()).then(|| words.text("counted_line", &[]))
}
