//! What is wrong with a content file, and where.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::domain::programme::pack::Place;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Must be put right: content with errors is not served.
    Error,
    /// Worth a look; nothing is held back.
    Warning,
}

/// One thing an author should look at: where, and in one Japanese sentence what is wrong and what
/// would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// File below the content folder, and line from 1.
    pub place: Place,
    /// For municipal staff and editors, so in Japanese.
    pub sentence: String,
}

/// Writes `FILE:LINE: sentence`; warnings begin with 「（注意）」.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.severity == Severity::Warning { "（注意）" } else { "" };
        write!(f, "{}:{}: {mark}{}", self.place.file, self.place.line, self.sentence)
    }
}

/// Everything that keeps content from being loaded, all reported together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings(pub Vec<Finding>);

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "content has {} finding(s)", self.0.len())?;
        self.0.iter().try_for_each(|finding| write!(f, "\n{finding}"))
    }
}

impl std::error::Error for Findings {}

/// On which line each paragraph of a text begins, by the place of the text.
pub(super) type Lines = BTreeMap<Place, Vec<usize>>;

/// Gathers what comes to light while files are read: findings, so that one mistake does not hide the
/// next, and the lines of paragraphs, which the texts themselves do not carry.
#[derive(Debug, Default)]
pub(super) struct Log {
    findings: Vec<Finding>,
    /// Where paragraphs begin.
    pub(super) lines: Lines,
}

impl Log {
    /// Notes a mistake.
    pub(super) fn error(&mut self, place: Place, sentence: impl Into<String>) {
        self.note(Severity::Error, place, sentence.into());
    }

    /// Notes something worth a look.
    pub(super) fn warn(&mut self, place: Place, sentence: impl Into<String>) {
        self.note(Severity::Warning, place, sentence.into());
    }

    /// One finding is one line, whatever was quoted in it.
    fn note(&mut self, severity: Severity, mut place: Place, sentence: String) {
        let one_line = |text: String| text.replace(char::is_control, " ");
        place.file = one_line(place.file);
        self.findings.push(Finding { severity, place, sentence: one_line(sentence) });
    }

    /// Whether anything must be put right.
    pub(super) fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// What must be put right, by file and line.
    pub(super) fn into_errors(self) -> Findings {
        Findings(self.into_sorted().into_iter().filter(|finding| finding.severity == Severity::Error).collect())
    }

    /// All findings by file and line; the same finding is said once.
    pub(super) fn into_sorted(mut self) -> Vec<Finding> {
        self.findings.sort_by(|a, b| (&a.place, a.severity, &a.sentence).cmp(&(&b.place, b.severity, &b.sentence)));
        self.findings.dedup();
        self.findings
    }
}

/// A place in a file.
pub(super) fn at(file: &str, line: usize) -> Place {
    Place { file: file.to_owned(), line }
}

/// 「もしかして…」 with the nearest of `known`, when one is near; otherwise nothing.
pub(super) fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near = known.into_iter().map(|name| (strsim::damerau_levenshtein(word, name), name)).min();
    match near {
        Some((distance, name)) if distance * 2 <= name.chars().count().max(2) => {
            format!("もしかして「{name}」ですか。")
        }
        _ => String::new(),
    }
}
