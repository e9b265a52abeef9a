//! What the lists of all servers say together: the last word about every reader and child.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use chrono::NaiveDate;

use super::fact::{Line, Token, Word, civil_day};
use crate::domain::calendar::days_after;
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
            Word::Rests => self.rest = Some(what.parse().ok().map(|days| days_after(civil_day(at), days))),
            Word::Rested => self.rest = None,
            Word::Moved => self.moved = Some(at),
            Word::Erased => self.erased = true,
            Word::Lost | Word::Found | Word::BackedUp => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Ambient;
    use crate::domain::family::{OwnStop, Standing};
    use crate::domain::ids::{ChildId, ReaderId};
    use crate::store::suppression::fact::{Fact, child_token, reader_token};

    /// 2026-11-22 08:00 in Japan.
    const TAKEN: i64 = 1_795_302_000_000;
    const READER: ReaderId = ReaderId(7);
    const CHILD: ChildId = ChildId(9);

    fn sealer(root: u8) -> Sealer {
        Sealer::from_roots(&[(1, [root; 32])], Ambient::system())
    }

    fn stop() -> Fact {
        let on = "2026-11-22".parse().unwrap();
        Fact::Stop(READER, CHILD, Some(OwnStop { on, reason: StopReason::Plain }))
    }

    /// Lists of these facts at these moments, one a server.
    fn read(servers: &[&[(i64, Fact)]]) -> Entries {
        let folder = tempfile::tempdir().unwrap();
        let write = |(at, facts): (usize, &&[(i64, Fact)])| {
            let text: String = facts.iter().map(|(at, fact)| fact.line(&sealer(1), *at)).collect();
            let path = folder.path().join(at.to_string());
            std::fs::write(&path, text).unwrap();
            path
        };
        let paths: Vec<_> = servers.iter().enumerate().map(write).collect();
        Entries::read(&paths, &sealer(1), TAKEN).unwrap()
    }

    fn is_stopped(entries: &Entries) -> bool {
        let reader = entries.readers.get(&reader_token(&sealer(1), READER));
        reader.is_some_and(|reader| reader.stops.contains_key(&child_token(&sealer(1), CHILD)))
    }

    #[test]
    fn the_last_word_of_all_servers_counts_and_at_the_same_moment_silence() {
        let lifted = Fact::Stop(READER, CHILD, None);
        assert!(is_stopped(&read(&[&[(TAKEN + 1, lifted), (TAKEN + 2, stop())]])));
        assert!(!is_stopped(&read(&[&[(TAKEN + 3, lifted)], &[(TAKEN + 2, stop())]])));
        assert!(is_stopped(&read(&[&[(TAKEN + 2, lifted)], &[(TAKEN + 2, stop())]])));
        assert!(is_stopped(&read(&[&[(TAKEN + 2, stop())], &[(TAKEN + 2, lifted)]])));
    }

    #[test]
    fn what_the_backup_knew_already_is_left_out_and_clocks_may_differ() {
        assert!(!is_stopped(&read(&[&[(TAKEN - MARGIN_MS - 1, stop())]])));
        assert!(is_stopped(&read(&[&[(TAKEN - MARGIN_MS, stop())]])));
    }

    #[test]
    fn a_list_of_another_key_or_one_begun_anew_is_no_list() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        let lines = [Fact::BackedUp(TAKEN), stop(), Fact::Stands(READER, Standing::Away)];
        let text: String = lines.iter().map(|fact| fact.line(&sealer(1), TAKEN + 1)).collect();
        std::fs::write(&path, format!("{text}\nh1 torn")).unwrap();
        let ours = Entries::read(&[&path], &sealer(1), TAKEN).unwrap();
        assert_eq!((ours.lines, ours.unreadable, ours.goes_on_from(TAKEN)), (3, 1, true));
        assert!(!ours.goes_on_from(TAKEN + 1));
        let theirs = Entries::read(&[&path], &sealer(2), TAKEN).unwrap();
        assert_eq!((theirs.lines, theirs.unreadable, theirs.goes_on_from(TAKEN)), (0, 4, false));
    }

    #[test]
    fn a_rest_ends_on_its_own_day_and_no_line_holds_a_date_that_somebody_chose() {
        let until = "2026-12-24".parse().unwrap();
        let rest = Fact::Rest(READER, Some(Some(until)));
        assert!(!rest.line(&sealer(1), TAKEN).contains("12-24"));
        let entries = read(&[&[(TAKEN, rest)]]);
        assert_eq!(entries.readers[&reader_token(&sealer(1), READER)].rest, Some(Some(until)));
    }
}
