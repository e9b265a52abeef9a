//! Slots, facts and an object budget become messages.
//!
//! A daily message is, in this order: lines that explain something unusual, one text for each child
//! (the call by name and age, the manuscript, the pack's footer), how to change or stop, and the
//! municipality's cards. A pregnancy of 42 weeks 0 days has no text but one card that asks how to go on.
//!
//! - **Siblings and twins travel in one push.** Twins that would read the same words get one text
//!   with both names.
//! - **Nothing is cut.** Where objects are short, texts are joined from the eldest up; municipal
//!   cards that still find no room are left for another day *before* the message is planned
//!   ([`within()`]), so that what is noted as shown was shown.
//! - **A manuscript that is missing or expired leaves its day standing**: call and footer still come.
//! - Placeholders are filled once; what a family typed is never read as one.

mod card;
mod letter;
mod overdue;
mod words;

use super::delivery::DailyParts;
use super::library::Library;
use super::message::Message;
use words::Words;
pub use words::{LABELS, MANUSCRIPT_PLACEHOLDERS, PHRASES};

/// The most message objects one push or reply may hold (LINE: 5).
pub const MAX_OBJECTS: usize = 5;

/// The longest text of one object in UTF-16 units (LINE: 5,000).
pub const MAX_TEXT_UNITS: usize = 5_000;

/// Stands between the texts of two children that share one object.
const SEPARATOR: &str = "\n\n＊＊＊\n\n";

/// The message objects of a daily message, at most `budget` of them (1 to [`MAX_OBJECTS`]). Of parts
/// that were brought [`within()`] that budget nothing is left out from a budget of two on.
#[must_use]
pub fn daily(parts: &DailyParts, library: &Library, budget: usize) -> Vec<Message> {
    let words = Words::new(library, &parts.locale);
    let mut letters = framed(parts, &words);
    let mut asked = overdue::card(parts, &words);
    let mut cards = card::cards(parts, &words);
    let budget = budget.clamp(1, MAX_OBJECTS);
    while letters.len() + usize::from(asked.is_some()) + cards.len() > budget
        && (join_two(&mut letters) || cards.pop().is_some())
    {}
    // Only reached by a budget of one, and by texts of thousands of units for more than five children;
    // `check` keeps manuscripts far below, and the youngest children's words are those that matter most.
    letters.truncate(budget);
    asked = asked.filter(|_| letters.len() < budget);
    letters.into_iter().map(Message::text).chain(asked).chain(cards).collect()
}

/// The same parts without the municipal texts that would find no room in `budget` objects. They are
/// not noted as shown, and ride on the next delivery day in their range.
#[must_use]
pub fn within(mut parts: DailyParts, library: &Library, budget: usize) -> DailyParts {
    let words = Words::new(library, &parts.locale);
    let mut letters = framed(&parts, &words);
    let asked = usize::from(!parts.overdue.is_empty());
    while letters.len() + asked + parts.municipal.len() > budget && join_two(&mut letters) {}
    parts.municipal.truncate(budget.saturating_sub(letters.len() + asked));
    parts
}

/// The length of a text as LINE counts it, in UTF-16 units.
#[must_use]
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The children's texts with what opens and what closes the whole message on the first and the last.
fn framed(parts: &DailyParts, words: &Words<'_>) -> Vec<String> {
    let mut letters = letter::letters(parts, words);
    if let Some(last) = letters.last_mut() {
        last.push('\n');
        last.push_str(&words.say("daily_footer", &[]));
    }
    // One line says it, also for twins.
    let mut leads: Vec<String> = Vec::new();
    for said in parts.leads.iter().map(|lead| words.say(words::of_lead(*lead), &[])) {
        if !leads.contains(&said) {
            leads.push(said);
        }
    }
    match letters.first_mut() {
        _ if leads.is_empty() => {}
        Some(first) => *first = format!("{}\n\n{first}", leads.join("\n")),
        // On a day that has nothing but a card.
        None => letters.push(leads.join("\n")),
    }
    letters
}

/// Joins the two neighbours nearest to the end whose texts fit into one object.
fn join_two(letters: &mut Vec<String>) -> bool {
    let fits =
        |index: &usize| units(&letters[index - 1]) + units(SEPARATOR) + units(&letters[*index]) <= MAX_TEXT_UNITS;
    let Some(index) = (1..letters.len()).rev().find(fits) else { return false };
    let elder = letters.remove(index);
    letters[index - 1].push_str(SEPARATOR);
    letters[index - 1].push_str(&elder);
    true
}

#[cfg(test)]
mod tests;
