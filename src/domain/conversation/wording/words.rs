//! Phrases with the account's own values filled in, and buttons that carry the right turn.

use super::super::Facts;
use super::super::postback::{ChildRef, Data, Tap};
use super::days;
use crate::domain::message::{Action, Body, Button, Card, Message};
use crate::domain::municipal::Desk;
use crate::domain::phrases::{Phrase, Phrases, fill};

/// Values beside those of the account.
pub(super) type Values<'a> = [(&'a str, &'a str)];

/// What wording needs: the facts after the step, and the phrases.
pub(super) struct Words<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) phrases: &'a Phrases,
}

impl Words<'_> {
    /// The phrase of that key. `check` refuses content in which one is missing; should it happen all
    /// the same, the desk's number is better than silence.
    fn phrase(&self, key: &str) -> Phrase {
        let found = self.phrases.get(key).cloned();
        debug_assert!(found.is_some(), "the phrase {key} is missing");
        let mut phrase = found.unwrap_or_else(|| Phrase { text: "{desk} {phone}".to_owned(), ..Phrase::default() });
        if let Some(text) = phrase.menu.take().filter(|_| self.facts.account.menu) {
            phrase.text = text;
        }
        phrase
    }

    fn filled(&self, text: &str, more: &Values<'_>) -> String {
        let account = &self.facts.account;
        let town = account.municipality;
        let time = days::time_of_day(self.facts.profile.minute.unwrap_or(account.minute));
        let own = [
            ("municipality", town.name.as_str()),
            ("service", town.service.as_str()),
            ("desk", town.desk.name.as_str()),
            ("phone", town.desk.phone.as_str()),
            ("hours", town.desk.hours.as_str()),
            ("time", time.as_str()),
        ];
        fill(text, &[more, own.as_slice()].concat())
    }

    /// The text of a phrase.
    pub(super) fn text(&self, key: &str, more: &Values<'_>) -> String {
        self.filled(self.phrase(key).text.trim_end(), more)
    }

    /// The heading of a card's phrase.
    pub(super) fn title(&self, key: &str, more: &Values<'_>) -> String {
        let phrase = self.phrase(key);
        self.filled(phrase.title.as_deref().unwrap_or(&phrase.text), more)
    }

    /// The label of one of a phrase's buttons.
    pub(super) fn label(&self, key: &str, name: &str) -> String {
        let label = self.phrase(key).labels.get(name).cloned();
        debug_assert!(label.is_some(), "the phrase {key} has no label {name}");
        self.filled(label.as_deref().unwrap_or("…"), &[])
    }

    /// What is read aloud: the phrase's own, or the beginning of the text.
    pub(super) fn alt(&self, key: &str, more: &Values<'_>) -> String {
        let phrase = self.phrase(key);
        let text = self.filled(phrase.alt.as_deref().unwrap_or(&phrase.text), more);
        if phrase.alt.is_some() { text } else { text.split_whitespace().collect::<String>().chars().take(60).collect() }
    }

    /// A plain text.
    pub(super) fn line(&self, key: &str, more: &Values<'_>) -> Message {
        Message::text(self.text(key, more))
    }

    /// A question or notice with one to four buttons.
    pub(super) fn buttons(&self, key: &str, more: &Values<'_>, buttons: Vec<Button>) -> Message {
        Body::Buttons { text: self.text(key, more), alt: self.alt(key, more), buttons }.into()
    }

    /// A question with two answers.
    pub(super) fn confirm(&self, key: &str, more: &Values<'_>, buttons: [Button; 2]) -> Message {
        Body::Confirm { text: self.text(key, more), alt: self.alt(key, more), buttons }.into()
    }

    /// A card.
    pub(super) fn card(&self, key: &str, more: &Values<'_>, card: Card) -> Message {
        Message::card(self.alt(key, more), card)
    }

    /// A button that answers the question that is open after the step.
    pub(super) fn answer(&self, key: &str, name: &str, tap: Tap) -> Button {
        Button::postback(self.label(key, name), Data::answer(tap, self.facts.turn).to_string())
    }

    /// A button that is always valid.
    pub(super) fn entry(&self, key: &str, name: &str, tap: Tap) -> Button {
        Button::postback(self.label(key, name), Data::entry(tap).to_string())
    }

    /// A button about a child that is valid while its version is.
    pub(super) fn about(&self, key: &str, name: &str, tap: Tap, child: ChildRef) -> Button {
        Button::postback(self.label(key, name), Data::entry(tap).about(child).to_string())
    }

    /// Opens the keyboard as well, where the answer is typed.
    pub(super) fn typed(button: Button) -> Button {
        match button.action {
            Action::Postback { data, .. } => {
                Button { label: button.label, action: Action::Postback { data, keyboard: true } }
            }
            other => Button { label: button.label, action: other },
        }
    }

    /// Whether the reader's deliveries rest today.
    pub(super) fn rests(&self) -> bool {
        self.facts.profile.rests_on(self.facts.now.date())
    }

    /// Leads back to the open question.
    pub(super) fn way_back(&self, registration: bool) -> Button {
        self.entry("way_back", if registration { "registration" } else { "question" }, Tap::Continue)
    }

    /// Telephones the municipality's desk.
    pub(super) fn call_desk(&self, key: &str) -> Button {
        Button::uri(self.label(key, "call"), tel(&self.facts.account.municipality.desk))
    }
}

/// `tel:` with digits only; the # of short numbers is escaped.
pub(super) fn tel(desk: &Desk) -> String {
    let mut uri = String::from("tel:");
    for letter in desk.phone.chars() {
        match letter {
            '#' | '＃' => uri.push_str("%23"),
            '+' if uri == "tel:" => uri.push('+'),
            other => uri.extend(other.to_digit(10).and_then(|digit| char::from_digit(digit, 10))),
        }
    }
    uri
}
