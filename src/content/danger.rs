//! Patterns of messages that need a person: `danger/ja.toml`.

use std::collections::BTreeMap;

use super::finding::{Log, at};
use super::source::{self, Files};
use super::table::{Piece, Table};
use crate::domain::conversation::danger::DangerWords;

/// The file below the content folder. Patterns look at Japanese, whatever the reader's locale.
const FILE: &str = "danger/ja.toml";

/// Reads and compiles the patterns.
pub(super) fn read(files: &Files, log: &mut Log) -> Option<DangerWords> {
    let Some(bytes) = files.get(FILE) else {
        log.error(at(FILE, 1), "助けのいる言葉の一覧（danger/ja.toml）がありません。");
        return None;
    };
    let piece = Piece { file: FILE, text: source::text(FILE, bytes, log)?, line: 1 };
    let parsed = piece.parse(log)?;
    let table = Table::root(piece, &parsed);
    table.only(log, &["version", "exclusions", "patterns"]);
    let exclusions = table.texts(log, "exclusions").map(|words| words.value).unwrap_or_default();
    let Some(patterns) = table.table(log, "patterns") else {
        log.error(table.place(), "[patterns] がありません。A、B、B2、C、D、E1、E2、F の言葉を書いてください。");
        return None;
    };
    patterns.only(log, &DangerWords::KEYS);
    let mut compiled = BTreeMap::new();
    for category in DangerWords::KEYS {
        let Some(pattern) = patterns.required(log, category) else { continue };
        if let Err(error) = regex::Regex::new(&pattern.value) {
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
            log.error(
                patterns.place_at(pattern.line),
                format!("{category} の言葉の書き方にまちがいがあります（{why}）。"),
            );
        }
        compiled.insert(category.to_owned(), pattern.value);
    }
    match DangerWords::new(exclusions, compiled) {
        Ok(words) => Some(words),
        Err(error) => {
            log.error(patterns.place(), format!("言葉の一覧が使えません（{error}）。"));
            None
        }
    }
}
