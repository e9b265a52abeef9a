//! LINE's limits on everything that can be said, with the longest names and the most children.

use unicode_segmentation::UnicodeSegmentation;

use super::super::Today;
use super::super::postback::MAX_LENGTH;
use super::super::wording::keys::{PHRASES, missing, unfilled};
use super::super::wording::{Prompt, group_farewell, render};
use super::samples::{big_family, prompts};
use super::world::{World, buttons_of, day, phrases, text_of};
use crate::domain::family::{Journey, Pause, Role};
use crate::domain::message::{Action, Body, Message, Row};
use crate::domain::phrases::{Phrase, Phrases, placeholders};

fn graphemes(text: &str) -> usize {
    text.graphemes(true).count()
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

/// What LINE would refuse in this message.
pub(super) fn refusals(message: &Message) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    let label = match &message.body {
        Body::Text { text } => {
            must(!text.trim().is_empty() && utf16(text) <= 5_000, "text 1 to 5,000");
            20
        }
        Body::Buttons { text, alt, buttons } => {
            must((1..=160).contains(&graphemes(text)), "buttons text 1 to 160");
            must((1..=4).contains(&buttons.len()), "1 to 4 buttons");
            must((1..=1_500).contains(&utf16(alt)), "alt 1 to 1,500");
            20
        }
        Body::Confirm { text, alt, .. } => {
            must((1..=240).contains(&graphemes(text)), "confirm text 1 to 240");
            must((1..=1_500).contains(&utf16(alt)), "alt 1 to 1,500");
            20
        }
        Body::Cards { alt, cards } => {
            must((1..=1_500).contains(&utf16(alt)), "alt 1 to 1,500");
            must((1..=12).contains(&cards.len()), "1 to 12 cards");
            for card in cards {
                must(!card.title.trim().is_empty() && !card.rows.is_empty(), "a card has a title and rows");
                for row in &card.rows {
                    if let Row::Text { text } | Row::Small { text } = row {
                        must(!text.trim().is_empty(), "a row says something");
                    }
                }
            }
            40
        }
    };
    must(message.quick.len() <= 13, "at most 13 quick replies");
    for button in buttons_of(message) {
        let quick = message.quick.contains(&button);
        let most = if quick { 20 } else { label };
        must((1..=most).contains(&graphemes(&button.label)), &format!("label {} 1 to {most}", button.label));
        match &button.action {
            Action::Postback { data, .. } => must(data.len() <= MAX_LENGTH, "data at most 300"),
            Action::Uri { uri } => must(uri.starts_with("https://") || is_telephone(uri), "https or tel"),
            Action::Date { data, initial, min, max } => {
                must(data.len() <= MAX_LENGTH, "data at most 300");
                must(min <= initial && initial <= max, "the first date shown lies within its bounds");
            }
            Action::Copy { text } => must(text.chars().count() <= 1_000, "copy at most 1,000"),
        }
    }
    wrong
}

fn is_telephone(uri: &str) -> bool {
    let digits = uri.strip_prefix("tel:").map(|number| number.replacen("%23", "", 1));
    digits.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit()))
}

#[test]
fn nothing_that_can_be_said_breaks_a_limit_of_line() {
    let mut away = big_family();
    away.privacy_url = None;
    away.municipality.page = None;
    away.municipality.hotlines.clear();
    let mut with_menu = big_family();
    with_menu.menu = true;
    for world in [big_family(), World::new(), away, with_menu] {
        for prompt in prompts() {
            for message in render(std::slice::from_ref(&prompt), &world.facts(), &phrases()) {
                assert_eq!(refusals(&message), Vec::<String>::new(), "{prompt:?}");
            }
        }
    }
}

#[test]
fn no_placeholder_is_left_unfilled() {
    let mut world = big_family();
    for prompt in prompts().into_iter().chain(prompts()) {
        world.menu = !world.menu;
        for message in render(std::slice::from_ref(&prompt), &world.facts(), &phrases()) {
            let labels: String = buttons_of(&message).into_iter().map(|button| button.label).collect();
            let alt = match &message.body {
                Body::Buttons { alt, .. } | Body::Confirm { alt, .. } | Body::Cards { alt, .. } => alt.as_str(),
                Body::Text { .. } => "",
            };
            let said = format!("{}{labels}{alt}", text_of(&message));
            assert_eq!(placeholders(&said).collect::<Vec<_>>(), Vec::<&str>::new(), "{prompt:?}");
        }
    }
}

#[test]
fn a_nickname_that_looks_like_a_placeholder_is_said_as_typed() {
    let mut world = World::new();
    world.says("登録").says("同意").says("2027/3/1").says("{phone}").sees("よび名：{phone}");
}

#[test]
fn a_number_that_the_municipality_did_not_give_has_no_row() {
    let mut world = big_family();
    world.says("#8000").sees("0120-279-338");
    world.municipality.hotlines.retain(|(key, _)| key == "ambulance");
    world.says("いそぐとき").sees("119").sees("000-000-0000").sees_not("0120-279-338");
}

#[test]
fn every_shipped_phrase_is_calm_and_says_nothing_that_is_left_over() {
    let phrases = phrases();
    for (key, phrase) in phrases.iter() {
        let labels = phrase.labels.values().cloned().collect::<String>();
        let said = format!(
            "{}{}{}{}{labels}",
            phrase.text,
            phrase.menu.as_deref().unwrap_or(""),
            phrase.title.as_deref().unwrap_or(""),
            phrase.alt.as_deref().unwrap_or("")
        );
        for word in ["！", "!", "ママ", "パパ", "頑張"] {
            assert!(!said.contains(word), "{key} says {word}");
        }
    }
}

#[test]
fn the_list_of_phrases_is_the_shipped_ones() {
    let phrases = phrases();
    assert_eq!(missing(&phrases), Vec::<String>::new());
    assert_eq!(unfilled(&phrases), Vec::new());
    assert_eq!(phrases.iter().count(), PHRASES.len());
    assert_eq!(missing(&Phrases::default()).len(), PHRASES.len());
}

/// Phrases that say nothing but their own keys.
fn echoes() -> Phrases {
    let shipped = phrases();
    let echo = |(key, phrase): (&str, &Phrase)| {
        let labels = phrase.labels.keys().map(|name| (name.clone(), format!("<{key}.{name}>"))).collect();
        let values: String = placeholders(&phrase.text).map(|name| format!("{{{name}}}")).collect();
        (key.to_owned(), Phrase { text: format!("<{key}>{values}"), menu: None, title: None, alt: None, labels })
    };
    Phrases::new("ja".into(), shipped.iter().map(echo).collect())
}

#[test]
fn every_shipped_phrase_and_label_is_said_somewhere() {
    let mut reviewed = big_family();
    reviewed.reviewed = true;
    let mut quiet = big_family();
    quiet.says("流産しました");
    let mut bare = World::new();
    (bare.privacy_url, bare.municipality.page) = (None, None);
    let mut between = World::new();
    between.today = Today::NotToday { next: Some(day("2026-11-24")), earlier: false };
    let mut resting = [big_family(), big_family()];
    resting[0].profile.pause = Some(Pause { until: None });
    resting[1].profile.pause = Some(Pause { until: Some(day("2026-12-01")) });
    let mut early = World::with(&[]);
    early.add("", Journey::Born { born: day("2026-11-01"), due: Some(day("2026-12-31")) }, Role::Mother, true);
    early.follows[0].child.corrected = true;
    let mut born_apart = big_family();
    born_apart.follows[3].child.journey = Journey::Born { born: day("2026-11-20"), due: Some(day("2026-12-31")) };
    let lost =
        Journey::Stopped { on: day("2026-11-20"), before: Box::new(Journey::Expected { due: day("2027-03-01") }) };
    let mut told = World::with(&[]);
    told.add("", lost, Role::Grandparent, false);
    let worlds =
        [vec![early, born_apart, told], vec![big_family(), reviewed, quiet, bare, between], resting.into()].concat();
    let mut said: String = group_farewell(&echoes()).iter().map(text_of).collect();
    for world in worlds {
        for prompt in prompts() {
            for registration in [true, false] {
                for message in render(&[prompt.clone(), Prompt::WayBack { registration }], &world.facts(), &echoes()) {
                    said += &text_of(&message);
                    for button in buttons_of(&message) {
                        said += &button.label;
                        if let Action::Uri { uri } = button.action {
                            said += &uri.replace("%3C", "<").replace("%3E", ">");
                        }
                    }
                }
            }
        }
    }
    for (key, phrase) in phrases().iter() {
        let text_is_said = phrase.text.is_empty() || said.contains(&format!("<{key}>"));
        assert!(text_is_said, "nobody says {key}");
        for name in phrase.labels.keys() {
            assert!(said.contains(&format!("<{key}.{name}>")), "nobody shows {key}.{name}");
        }
    }
}
