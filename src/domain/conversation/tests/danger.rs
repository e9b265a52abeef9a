//! The shipped danger words against the shipped sentences, and what happens when one is found.

use super::super::danger::{Category, Found, Variant};
use super::world::{World, danger_words};

#[derive(serde::Deserialize)]
struct Examples {
    ordinary: Vec<String>,
    danger: Vec<Example>,
}

#[derive(serde::Deserialize)]
struct Example {
    text: String,
    category: String,
}

fn examples() -> Examples {
    toml::from_str(include_str!("../../../../content/danger/examples.ja.toml")).unwrap()
}

fn key(found: Found) -> &'static str {
    match (found.category, found.variant) {
        (Category::Life, _) => "A",
        (Category::ChildAbuse, Variant::Witnessed) => "B2",
        (Category::ChildAbuse, _) => "B",
        (Category::Violence, _) => "C",
        (Category::Emergency, _) => "D",
        (Category::PregnancyOrLoss, Variant::Unwanted) => "E1",
        (Category::PregnancyOrLoss, _) => "E2",
        (Category::Exhaustion, _) => "F",
    }
}

#[test]
fn every_listed_cry_for_help_is_heard() {
    let words = danger_words();
    let wrong: Vec<_> = examples()
        .danger
        .into_iter()
        .map(|example| (words.category(&example.text).map(key), example))
        .filter(|(found, example)| *found != Some(example.category.as_str()))
        .map(|(found, example)| format!("{} is {} and was {found:?}", example.text, example.category))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_listed_ordinary_question_is_met_with_alarm() {
    let words = danger_words();
    let alarmed: Vec<_> = examples()
        .ordinary
        .into_iter()
        .filter_map(|text| words.category(&text).map(|found| (text, key(found))))
        .filter(|(_, key)| *key != "F")
        .collect();
    assert!(alarmed.is_empty(), "{alarmed:#?}");
}

/// A code is drawn, and may hold the letters of a word.
#[test]
fn a_code_is_read_as_a_code_whatever_letters_it_holds() {
    World::new().says("7DV9-2345").sees_not("あなたが悪いのではありません");
    World::new().says("７ｄｖ９ ２３４５").sees_not("あなたが悪いのではありません");
    World::new().says("DV").sees("あなたが悪いのではありません");
    World::new().says("夫のDV9回目").sees("あなたが悪いのではありません");
}
