//! A municipal text as a card: what, who answers, and two buttons at most.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::words::Words;
use crate::domain::delivery::DailyParts;
use crate::domain::message::{Button, Card, Message, Row, Weight};
use crate::domain::municipal::MunicipalText;
use crate::domain::phrases::fill;

/// How much of the body is read aloud and shown in the list of talks, in graphemes.
const OPENING: usize = 60;

/// The cards of a daily message, most pressing first. A text that is gone since is passed over.
pub(super) fn cards(parts: &DailyParts, words: &Words<'_>) -> Vec<Message> {
    let texts = parts.municipal.iter().filter_map(|id| words.library.municipality.text(id));
    texts.map(|text| message(text, words)).collect()
}

fn message(text: &MunicipalText, words: &Words<'_>) -> Message {
    let paragraphs: Vec<String> =
        text.paragraphs.iter().map(|paragraph| fill(paragraph, &words.of_municipality())).collect();
    let opening: String = paragraphs.concat().graphemes(true).take(OPENING).collect();
    let said = |pattern: &str| fill(pattern.trim_end(), &values(text, &opening, words));
    let phrase = words.phrase("daily_municipal");
    let contact = phrase.map(|phrase| said(&phrase.text)).filter(|line| !line.is_empty());
    let card = Card {
        kicker: phrase.and_then(|phrase| phrase.title.as_deref()).map(&said),
        title: text.title.clone(),
        rows: rows(paragraphs, contact, buttons(text, words)),
        note: text.review.reviewer.is_none().then(|| words.say("daily_unreviewed", &[])),
    };
    let alt = phrase.and_then(|phrase| phrase.alt.as_deref()).map_or_else(|| opening.clone(), said);
    let sender = Some(words.library.municipality.sender.clone()).filter(|sender| !sender.is_empty());
    Message { sender, ..Message::card(alt, card) }
}

fn values<'a>(text: &'a MunicipalText, opening: &'a str, words: &Words<'a>) -> [(&'static str, &'a str); 6] {
    [
        ("municipality", &words.library.municipality.name),
        ("title", &text.title),
        ("department", &text.department),
        ("phone", &text.phone),
        ("hours", &text.hours),
        ("opening", opening),
    ]
}

fn rows(paragraphs: Vec<String>, contact: Option<String>, buttons: Vec<(Button, Weight)>) -> Vec<Row> {
    let paragraphs = paragraphs.into_iter().map(|text| Row::Text { text });
    let contact = contact.into_iter().map(|text| Row::Small { text });
    let buttons = buttons.into_iter().map(|(button, weight)| Row::Button { button, weight });
    paragraphs.chain(contact).chain(buttons).collect()
}

/// A button stands only where it leads somewhere.
fn buttons(text: &MunicipalText, words: &Words<'_>) -> Vec<(Button, Weight)> {
    let label = |name| words.phrase("daily_municipal").and_then(|phrase| phrase.labels.get(name)).cloned();
    let button = |name, uri: Option<String>| Some(Button::uri(label(name)?, uri?));
    let page = text.page.clone().filter(|page| page.starts_with("https://"));
    let call = button("phone", telephone(&text.phone)).map(|button| (button, Weight::Primary));
    let more = button("page", page).map(|button| (button, Weight::Secondary));
    call.into_iter().chain(more).collect()
}

/// `tel:` and what can be dialled of a number as it is read; `None` when nothing can.
fn telephone(phone: &str) -> Option<String> {
    let dialled = |c: char| match c {
        '0'..='9' | '+' | '*' => Some(c.to_string()),
        '#' => Some("%23".to_owned()),
        _ => None,
    };
    let number: String = phone.nfkc().filter_map(dialled).collect();
    number.contains(|c: char| c.is_ascii_digit()).then(|| format!("tel:{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_dialled_becomes_a_telephone_link() {
        assert_eq!(telephone("000-000-0000").as_deref(), Some("tel:0000000000"));
        assert_eq!(telephone("０１２（３４）５６").as_deref(), Some("tel:0123456"));
        assert_eq!(telephone("#8000").as_deref(), Some("tel:%238000"));
        assert_eq!(telephone("準備中"), None);
    }
}
