//! The card of 42 weeks 0 days: neutral, once, with the ways to go on.

use super::words::Words;
use crate::domain::calendar::days_after;
use crate::domain::conversation::postback::{ChildRef, Data, Tap};
use crate::domain::delivery::{DailyParts, Overdue};
use crate::domain::message::{Action, Body, Button, Message};
use crate::domain::retention::KEPT_DAYS;

/// Days back to 22 weeks 0 days: an earlier birth is met in the talk, not in a picker.
const EARLIEST_BIRTH: i64 = 140;

/// The card for those who are 42 weeks 0 days along; twins share it.
pub(super) fn card(parts: &DailyParts, words: &Words<'_>) -> Option<Message> {
    parts.overdue.first()?;
    let speaks = parts.overdue.iter().find(|child| child.parent);
    let key = if speaks.is_some() { "daily_overdue" } else { "daily_overdue_family" };
    let birth = speaks.map(|child| birth(child, parts, words));
    let later = birth.is_some().then(|| entry(key, "later", Tap::DecideLater, words));
    let end = entry(key, "end", Tap::EndPregnancy, words);
    let buttons = birth.into_iter().chain(later).chain([end]).collect();
    let text = words.say(key, &[]);
    let alt = text.split_whitespace().collect();
    Some(Body::Buttons { text, alt, buttons }.into())
}

/// The card stays in the talk: its picker goes on to the day on which we forget.
fn birth(child: &Overdue, parts: &DailyParts, words: &Words<'_>) -> Button {
    let child = ChildRef { id: child.child, version: child.version };
    let action = Action::Date {
        data: Data::entry(Tap::AskBirth).about(child).to_string(),
        initial: parts.day,
        min: days_after(parts.day, -EARLIEST_BIRTH),
        max: days_after(parts.day, KEPT_DAYS),
    };
    Button { label: words.label("daily_overdue", "birth"), action }
}

fn entry(key: &str, name: &str, tap: Tap, words: &Words<'_>) -> Button {
    Button::postback(words.label(key, name), Data::entry(tap).to_string())
}
