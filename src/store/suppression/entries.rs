//! What the lists of all servers say together: the last word about every reader and child.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use chrono::NaiveDate;

use super::fact::{Line, Token, Word};
use crate::domain::family::StopReason;
use crate::store::Sealer;

/// Clocks of servers, and a transaction under way while the backup was taken (milliseconds).
const MARGIN_MS: i64 = 3_600_000;

/// Everything that lists say about the time since a backup.
#[derive(Debug, Default)]
pub struct Entries {
    /// Lines about that time.
    pub lines: usize,
    /// Lines that are torn, damaged, or were written with another key.
    pub unreadable: usize,
    /// Backups that were taken in that time.
    backups: Vec<String>,
    pub(in crate::store) readers: HashMap<Token, OfReader>,
    /// When the family's loss of a child was told (milliseconds since 1970).
    pub(in crate::store) lost: HashMap<Token, i64>,
}

/// What is to be known of one reader.
#[derive(Debug, Default, Clone)]
pub(in crate::store) struct OfReader {
    pub erased: bool,
    pub moved: Option<i64>,
    pub away: Option<i64>,
    pub rest: Option<Option<NaiveDate>>,
    pub stops: HashMap<Token, (i64, StopReason)>,
    pub gone: Vec<Token>,
}

/// What applying a list came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Silenced {
    /// Readers who hear less now than the backup would have told them, those forgotten included.
    pub readers: u64,
    /// Of them, readers who are forgotten.
    pub erased: u64,
}

impl Entries {
    /// Reads lists, those parts that are younger than a backup of that moment (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn read(paths: &[impl AsRef<Path>], sealer: &Sealer, taken_ms: i64) -> io::Result<Self> {
        let (mut entries, mut lines) = (Self::default(), Vec::new());
        for path in paths {
            for text in String::from_utf8_lossy(&std::fs::read(path)?).lines().filter(|line| !line.is_empty()) {
                match Line::read(sealer, text) {
                    Some(line) => lines.push(line),
                    None => entries.unreadable += 1,
                }
            }
        }
        lines.retain(|line| line.at >= taken_ms - MARGIN_MS);
        // At the same moment of two servers, silence has the last word.
        lines.sort_by_key(|line| (line.at, !line.word.lifts()));
        entries.lines = lines.len();
        lines.into_iter().for_each(|line| entries.add(line));
        Ok(entries)
    }

    /// Whether the lists go on from the backup of that moment (milliseconds since 1970): a list that was begun
    /// anew knows nothing of the time before.
    #[must_use]
    pub fn goes_on_from(&self, taken_ms: i64) -> bool {
        self.backups.contains(&taken_ms.to_string())
    }

    fn add(&mut self, line: Line) {
        let Line { at, word, reader, what } = line;
        match word {
            Word::BackedUp => self.backups.push(what),
            Word::Lost => drop(self.lost.insert(what, at)),
            Word::Found => drop(self.lost.remove(&what)),
            _ => self.readers.entry(reader).or_default().add(at, word, what),
        }
    }
}

impl OfReader {
    fn add(&mut self, at: i64, word: Word, what: String) {
        match word {
            Word::Stopped => drop(self.stops.insert(what, (at, StopReason::Plain))),
            Word::LostOwn => drop(self.stops.insert(what, (at, StopReason::Loss))),
            Word::Resumed => drop(self.stops.remove(&what)),
            Word::Gone => self.gone.push(what),
            Word::Away => self.away = Some(at),
            Word::Back => self.away = None,
            Word::Rests => self.rest = Some(what.parse().ok()),
            Word::Rested => self.rest = None,
            Word::Moved => self.moved = Some(at),
            Word::Erased => self.erased = true,
            Word::Lost | Word::Found | Word::BackedUp => {}
        }
    }
}
