//! One fact, and the line it becomes.

use chrono::{DateTime, NaiveDate, SecondsFormat};

use crate::domain::calendar::{JST, civil};
use crate::domain::family::{OwnStop, Standing, StopReason};
use crate::domain::ids::{ChildId, ReaderId};
use crate::store::Sealer;

/// The keyed hash of a reader's or a child's id: 16 bytes in hexadecimal.
pub type Token = String;

/// Begins every line of this form.
const FORM: &str = "h1";
/// Stands where a line names nobody.
const NOBODY: &str = "-";
/// Digits of a line's own proof.
const PROOF: usize = 16;

/// Something that a restored database must not have forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// A reader's own stop for a child was set, or lifted.
    Stop(ReaderId, ChildId, Option<OwnStop>),
    /// A reader does not follow a child any more.
    Gone(ReaderId, ChildId),
    /// A child was lost for its whole family, or that was taken back.
    Lost(ChildId, bool),
    /// A reader blocked the account, or follows again.
    Stands(ReaderId, Standing),
    /// A reader rests to the end of that day (`None`: until they come back), or rests no more.
    Rest(ReaderId, Option<Option<NaiveDate>>),
    /// Everything of a reader is another account of LINE's now.
    Moved(ReaderId),
    /// A reader was forgotten.
    Erased(ReaderId),
    /// A backup of that moment was taken (milliseconds since 1970): a list with this line goes on from there.
    BackedUp(i64),
}

/// What a line says, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Word {
    Stopped,
    LostOwn,
    Resumed,
    Gone,
    Lost,
    Found,
    Away,
    Back,
    Rests,
    Rested,
    Moved,
    Erased,
    BackedUp,
}

impl Word {
    const ALL: [(Self, &'static str); 13] = [
        (Self::Stopped, "stopped"),
        (Self::LostOwn, "lost-own"),
        (Self::Resumed, "resumed"),
        (Self::Gone, "gone"),
        (Self::Lost, "lost"),
        (Self::Found, "found"),
        (Self::Away, "away"),
        (Self::Back, "back"),
        (Self::Rests, "rests"),
        (Self::Rested, "rested"),
        (Self::Moved, "moved"),
        (Self::Erased, "erased"),
        (Self::BackedUp, "backup"),
    ];

    /// Whether it ends a silence.
    pub(super) const fn lifts(self) -> bool {
        matches!(self, Self::Resumed | Self::Found | Self::Back | Self::Rested)
    }

    fn written(self) -> &'static str {
        Self::ALL.into_iter().find(|(word, _)| *word == self).map_or(NOBODY, |(_, written)| written)
    }

    fn read(written: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, word)| *word == written).map(|(word, _)| word)
    }
}

impl Fact {
    /// Whether it ends a silence.
    #[must_use]
    pub const fn lifts(&self) -> bool {
        self.word().lifts()
    }

    /// Whether it says a later word about the same thing.
    pub(in crate::store) fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Stop(a, b, _), Self::Stop(c, d, _)) => (a, b) == (c, d),
            (Self::Lost(a, _), Self::Lost(b, _)) => a == b,
            (Self::Stands(a, _), Self::Stands(b, _)) | (Self::Rest(a, _), Self::Rest(b, _)) => a == b,
            _ => self == other,
        }
    }

    const fn word(&self) -> Word {
        match self {
            Self::Stop(_, _, Some(OwnStop { reason: StopReason::Plain, .. })) => Word::Stopped,
            Self::Stop(_, _, Some(OwnStop { reason: StopReason::Loss, .. })) => Word::LostOwn,
            Self::Stop(_, _, None) => Word::Resumed,
            Self::Gone(..) => Word::Gone,
            Self::Lost(_, true) => Word::Lost,
            Self::Lost(_, false) => Word::Found,
            Self::Stands(_, Standing::Following) => Word::Back,
            Self::Stands(_, Standing::Away | Standing::Erased) => Word::Away,
            Self::Rest(_, Some(_)) => Word::Rests,
            Self::Rest(_, None) => Word::Rested,
            Self::Moved(_) => Word::Moved,
            Self::Erased(_) => Word::Erased,
            Self::BackedUp(_) => Word::BackedUp,
        }
    }

    /// The line of the list, with its end; `at` in milliseconds since 1970.
    pub(super) fn line(&self, sealer: &Sealer, at: i64) -> String {
        let nobody = || NOBODY.to_owned();
        let (reader, what) = match self {
            Self::Stop(reader, child, _) | Self::Gone(reader, child) => {
                (reader_token(sealer, *reader), child_token(sealer, *child))
            }
            Self::Lost(child, _) => (nobody(), child_token(sealer, *child)),
            Self::Rest(reader, until) => {
                // How long it lasts says nothing of anybody; a date might.
                let days = |until: NaiveDate| until.signed_duration_since(civil_day(at)).num_days().to_string();
                let until = until.flatten().map_or_else(nobody, days);
                (reader_token(sealer, *reader), until)
            }
            Self::Stands(reader, _) | Self::Moved(reader) | Self::Erased(reader) => {
                (reader_token(sealer, *reader), nobody())
            }
            Self::BackedUp(taken_ms) => (nobody(), taken_ms.to_string()),
        };
        let at = DateTime::from_timestamp_millis(at).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true);
        let said = format!("{FORM} {at} {} {reader} {what}", self.word().written());
        let proof = proof(sealer, &said);
        format!("{said} {proof}\n")
    }
}

/// The civil day of a moment (milliseconds since 1970).
pub(in crate::store) fn civil_day(at: i64) -> NaiveDate {
    civil(DateTime::from_timestamp_millis(at).unwrap_or_default(), JST).date()
}

/// How the list names a reader.
pub(in crate::store) fn reader_token(sealer: &Sealer, reader: ReaderId) -> Token {
    sealer.suppression_token("reader", &reader.to_string())
}

/// How the list names a child.
pub(in crate::store) fn child_token(sealer: &Sealer, child: ChildId) -> Token {
    sealer.suppression_token("child", &child.to_string())
}

/// What tells a whole line, written with this key, from any other.
fn proof(sealer: &Sealer, said: &str) -> String {
    let mut proof = sealer.suppression_token("line", said);
    proof.truncate(PROOF);
    proof
}

/// A line, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub at: i64,
    pub word: Word,
    pub reader: Token,
    /// A child's token, or how many days a rest lasts.
    pub what: String,
}

impl Line {
    /// Reads a line; `None` when it is torn, damaged, or another key's.
    pub(super) fn read(sealer: &Sealer, line: &str) -> Option<Self> {
        let (said, told) = line.rsplit_once(' ')?;
        if proof(sealer, said) != told {
            return None;
        }
        let mut parts = said.split(' ');
        let form = parts.next().filter(|form| *form == FORM);
        let (at, word, reader, what) = (form.and(parts.next())?, parts.next()?, parts.next()?, parts.next()?);
        Some(Self { at: read_time(at)?, word: Word::read(word)?, reader: reader.to_owned(), what: what.to_owned() })
    }

    /// When a line was written (milliseconds since 1970), also one that cannot be read otherwise.
    pub(super) fn time_of(line: &str) -> Option<i64> {
        line.strip_prefix(FORM)?.split_ascii_whitespace().next().and_then(read_time)
    }
}

fn read_time(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis())
}
