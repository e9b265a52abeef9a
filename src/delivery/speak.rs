//! What a row says, as LINE's message objects.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::domain::compose::{self, MAX_OBJECTS};
use crate::domain::delivery::{AnswerParts, Parts};
use crate::domain::library::Library;
use crate::domain::message::Message;
use crate::line::outgoing::to_line;

/// The message objects of a row; the same row gives the same objects.
pub fn objects(parts: &Parts, library: &Library) -> Vec<Value> {
    let messages = match parts {
        Parts::Daily(daily) => compose::daily(daily, library, MAX_OBJECTS),
        Parts::Answer { said, .. } => answer(said, library),
        Parts::Farewell { words, .. } => words.clone(),
    };
    messages.iter().map(to_line).collect()
}

fn answer(said: &AnswerParts, library: &Library) -> Vec<Message> {
    let mut messages = said.words.clone();
    let budget = MAX_OBJECTS.saturating_sub(messages.len());
    if let Some(today) = said.today.as_ref().filter(|_| budget > 0) {
        // LINE shows the quick replies of the last object only.
        let quick = messages.last_mut().map(|last| std::mem::take(&mut last.quick)).unwrap_or_default();
        messages.extend(compose::daily(today, library, budget));
        if let Some(last) = messages.last_mut().filter(|last| last.quick.is_empty()) {
            last.quick = quick;
        }
    }
    messages
}

/// A number for what a row is made of, equal for all readers of the same texts: to tell a content
/// that LINE refuses from a reader that it refuses.
pub fn content(parts: &Parts) -> u64 {
    let mut hasher = DefaultHasher::new();
    match parts {
        Parts::Daily(daily) => daily_content(daily, &mut hasher),
        Parts::Answer { said, .. } => match &said.today {
            Some(daily) => daily_content(daily, &mut hasher),
            None => "answer".hash(&mut hasher),
        },
        Parts::Farewell { .. } => "farewell".hash(&mut hasher),
    }
    hasher.finish()
}

fn daily_content(daily: &crate::domain::delivery::DailyParts, hasher: &mut DefaultHasher) {
    for section in &daily.sections {
        section.slots.hash(hasher);
        section.role.hash(hasher);
    }
    daily.municipal.hash(hasher);
    daily.overdue.is_empty().hash(hasher);
    daily.onward.is_empty().hash(hasher);
}
