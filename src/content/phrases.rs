//! The wording of the conversation: `phrases/<locale>/*.toml`, one table a phrase.

use std::collections::BTreeMap;

use super::finding::{Finding, Log, at, suggestion};
use super::source::{self, Files};
use super::table::{Piece, Table};
use crate::domain::phrases::{Phrase, Phrases, placeholders};
use crate::domain::programme::pack::Place;

/// The phrases' folder below the content folder.
const FOLDER: &str = "phrases/";

/// The most a text may hold, in UTF-16 units (LINE: 5,000).
const MOST_UNITS: usize = 5_000;

/// The most an `alt` may hold, in UTF-16 units (LINE: `altText`, 1,500).
const MOST_ALT_UNITS: usize = 1_500;

/// The longest label that any button takes (LINE: buttons of Flex messages, 40; templates and quick
/// replies take 20, which the tests of the conversation hold).
const LONGEST_LABEL: usize = 40;

/// Phrases by locale, the fallback `ja` first.
pub(super) fn read_all(files: &Files, log: &mut Log) -> Vec<Phrases> {
    let mut found: BTreeMap<&str, BTreeMap<String, (Phrase, String)>> = BTreeMap::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with(FOLDER)) {
        let Some((locale, name)) = path[FOLDER.len()..].split_once('/').filter(|(_, name)| *name != "README.md") else {
            continue;
        };
        if !name.ends_with(".toml") {
            log.warn(at(path, 1), "このファイルは読まれません。ことばのファイルは .toml で終わる名前にしてください。");
        } else if let Some(text) = source::text(path, bytes, log) {
            read(Piece { file: path, text, line: 1 }, found.entry(locale).or_default(), log);
        }
    }
    if found.is_empty() {
        log.error(at("phrases", 1), "会話のことば（phrases/ja/*.toml）がありません。");
    }
    let mut all: Vec<Phrases> = found
        .into_iter()
        .map(|(locale, set)| {
            Phrases::new(locale.to_owned(), set.into_iter().map(|(key, (phrase, _))| (key, phrase)).collect())
        })
        .collect();
    all.sort_by_key(|phrases| phrases.locale != "ja");
    all
}

fn read(piece: Piece<'_>, set: &mut BTreeMap<String, (Phrase, String)>, log: &mut Log) {
    let Some(parsed) = piece.parse(log) else { return };
    let root = Table::root(piece, &parsed);
    for key in root.keys() {
        let Some(table) = root.table(log, &key.value) else { continue };
        let phrase = phrase(&table, log);
        if let Some((_, other)) = set.insert(key.value.clone(), (phrase, piece.file.to_owned())) {
            log.error(table.place(), format!("[{}] は {other} にもあります。ひとつだけ残してください。", key.value));
        }
    }
}

fn phrase(table: &Table<'_>, log: &mut Log) -> Phrase {
    table.only(log, &["text", "menu", "title", "alt", "labels"]);
    let mut short = |name, most| {
        let text = table.text(log, name)?;
        if text.value.encode_utf16().count() > most {
            log.error(table.place_at(text.line), format!("「{name}」が長すぎます。{most}文字までです。"));
        }
        Some(text.value)
    };
    let (text, title, alt) = (short("text", MOST_UNITS), short("title", MOST_UNITS), short("alt", MOST_ALT_UNITS));
    let menu = short("menu", MOST_UNITS);
    let labels = table.table(log, "labels").map(|labels| self::labels(&labels, log)).unwrap_or_default();
    Phrase { text: text.unwrap_or_default(), menu, title, alt, labels }
}

fn labels(table: &Table<'_>, log: &mut Log) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    for key in table.keys() {
        let Some(label) = table.required(log, &key.value) else { continue };
        let length = label.value.chars().count();
        if length > LONGEST_LABEL {
            let sentence = format!("ボタンの文字が長すぎます（{length}文字）。{LONGEST_LABEL}文字までです。");
            log.error(table.place_at(label.line), sentence);
        }
        labels.insert(key.value, label.value);
    }
    labels
}

/// The phrases that code asks for by key and that a locale does not have: one error each.
///
/// Code knows its keys; whoever checks content passes them in.
#[must_use]
pub fn required_phrases(phrases: &Phrases, keys: &[&str]) -> Vec<Finding> {
    let mut log = Log::default();
    for key in keys.iter().filter(|key| phrases.get(key).is_none()) {
        let hint = suggestion(key, phrases.iter().map(|(known, _)| known));
        log.error(folder_of(phrases), format!("会話のことば [{key}] がありません。{hint}"));
    }
    log.into_sorted()
}

/// Labels that buttons need and phrases do not have, one error each.
#[must_use]
pub fn required_labels(phrases: &Phrases, labels: &[(&str, &[&str])]) -> Vec<Finding> {
    let mut log = Log::default();
    for (key, names) in labels {
        let Some(phrase) = phrases.get(key) else { continue };
        for name in names.iter().filter(|name| !phrase.labels.contains_key(**name)) {
            log.error(folder_of(phrases), format!("会話のことば [{key}] に、ボタンのことば {name} がありません。"));
        }
    }
    log.into_sorted()
}

/// Placeholders that code cannot fill, one error each; `fillable` names those of each phrase's texts.
/// Phrases that are not named are passed over.
#[must_use]
pub fn phrase_placeholders(phrases: &Phrases, fillable: &[(&str, &[&str])]) -> Vec<Finding> {
    let mut log = Log::default();
    for (key, allowed) in fillable {
        let Some(phrase) = phrases.get(key) else { continue };
        let texts = [Some(&phrase.text), phrase.menu.as_ref(), phrase.title.as_ref(), phrase.alt.as_ref()];
        let names = texts.into_iter().flatten().flat_map(|text| placeholders(text));
        for name in names.filter(|name| !allowed.contains(name)) {
            let usable = allowed.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(" ");
            let hint = if usable.is_empty() { String::new() } else { format!("使えるのは {usable} です。") };
            let sentence = format!("会話のことば [{key}] では、{{{name}}} という差し込みは使えません。{hint}");
            log.error(folder_of(phrases), sentence);
        }
    }
    log.into_sorted()
}

fn folder_of(phrases: &Phrases) -> Place {
    at(&format!("{FOLDER}{}", phrases.locale), 1)
}
