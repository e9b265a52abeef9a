//! Patterns of messages that need a person: `danger/ja.toml`.

use std::collections::BTreeMap;

use super::finding::{Log, at};
use super::source::{self, Files};
use super::table::{Piece, Table};
use crate::domain::conversation::danger::{DangerWords, PatternError};

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
    let (mut words, mut lines) = (BTreeMap::new(), BTreeMap::new());
    for category in DangerWords::KEYS {
        let Some(pattern) = patterns.required(log, category) else { continue };
        lines.insert(category, pattern.line);
        words.insert(category.to_owned(), pattern.value);
    }
    match DangerWords::new(&exclusions, &words) {
        Ok(words) => Some(words),
        Err(errors) => {
            for error in errors {
                let (key, why) = told(error);
                let line = lines.get(key.as_str()).copied().unwrap_or_else(|| patterns.place().line);
                log.error(patterns.place_at(line), format!("{key} の言葉の書き方にまちがいがあります（{why}）。"));
            }
            None
        }
    }
}

/// Whose pattern cannot be used, and why, in one line.
fn told(error: PatternError) -> (String, String) {
    match error {
        PatternError::Unreadable { key, cause } => {
            let why = cause.to_string();
            (key, why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())
        }
        PatternError::UnknownKey(key) => (key, "この名前の分類はありません".to_owned()),
    }
}
