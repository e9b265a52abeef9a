//! Slots, facts and an object budget become messages.
//!
//! A daily message is, in this order: lines that explain something unusual, one text for each child
//! (the call by name and age, the manuscript, the pack's footer), how to change or stop, and the
//! municipality's cards.
//!
//! - **Siblings and twins travel in one push.** Twins that would read the same words get one text
//!   with both names.
//! - **Nothing is cut.** Where objects are short, texts are joined from the eldest up; municipal
//!   cards go before any child's words.
//! - **A manuscript that is missing or expired leaves its day standing**: call and footer still come.
//! - Placeholders are filled once; what a family typed is never read as one.

mod card;
mod letter;
mod words;

use super::delivery::DailyParts;
use super::library::Library;
use super::message::Message;
use words::Words;
pub use words::{MANUSCRIPT_PLACEHOLDERS, PHRASES};

/// The most message objects one push or reply may hold (LINE: 5).
pub const MAX_OBJECTS: usize = 5;

/// The longest text of one object in UTF-16 units (LINE: 5,000).
pub const MAX_TEXT_UNITS: usize = 5_000;

/// Stands between the texts of two children that share one object.
const SEPARATOR: &str = "\n\n＊＊＊\n\n";

/// The message objects of a daily message, at most `budget` of them (1 to [`MAX_OBJECTS`]). From a
/// budget of three on nothing planned is left out.
#[must_use]
pub fn daily(parts: &DailyParts, library: &Library, budget: usize) -> Vec<Message> {
    let words = Words::new(library, &parts.locale);
    let mut letters = letter::letters(parts, &words);
    let mut cards = card::cards(parts, &words);
    frame(&mut letters, parts, &words);
    fit(&mut letters, &mut cards, budget.clamp(1, MAX_OBJECTS));
    letters.into_iter().map(Message::text).chain(cards).collect()
}

/// The length of a text as LINE counts it, in UTF-16 units.
#[must_use]
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Puts what opens and what closes the whole message on its first and last text.
fn frame(letters: &mut [String], parts: &DailyParts, words: &Words<'_>) {
    let leads: Vec<String> = parts.leads.iter().map(|lead| words.say(words::of_lead(*lead), &[])).collect();
    if let Some(first) = letters.first_mut().filter(|_| !leads.is_empty()) {
        *first = format!("{}\n\n{first}", leads.join("\n"));
    }
    if let Some(last) = letters.last_mut() {
        last.push('\n');
        last.push_str(&words.say("daily_footer", &[]));
    }
}

/// Brings texts and cards into the budget.
fn fit(letters: &mut Vec<String>, cards: &mut Vec<Message>, budget: usize) {
    while letters.len() + cards.len() > budget && (join_two(letters) || cards.pop().is_some()) {}
    // Only reached by texts of thousands of units for more than five children; `check` keeps
    // manuscripts far below, and the youngest children's words are those that matter most.
    letters.truncate(budget);
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
