//! Commands: `check`, `calendar`, `preview`, `enquiry`, and what `backup`, `restore`, `key` and `rich-menu` say.
//!
//! Each has its arguments (as the command line takes them) and a function `run` that writes to the
//! given output and says what came of it. Nothing here has side effects, asks the clock or reads the
//! environment; `main` passes all of that in.

pub mod backup;
pub mod calendar;
pub mod check;
pub mod enquiry;
pub mod key;
pub mod preview;
pub mod restore;
pub mod rich_menu;

#[cfg(test)]
mod tests;

use std::io;

use chrono::NaiveDate;
use clap::ValueEnum;

use crate::domain::family::Role;
use crate::domain::programme::slot::Slot;

/// What a command came to, for the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing to put right; warnings are fine too.
    Fine,
    /// There is something to put right.
    Findings,
}

impl Outcome {
    /// The exit code: 0 or 1. (2 is for wrong usage.)
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
        }
    }
}

/// Why a command could not do what it was asked; exit code 1.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The output could not be written.
    #[error("the output could not be written")]
    Output(#[from] io::Error),
    /// No pack of that locale has a text there.
    #[error("{0} の原稿は、まだありません")]
    NoManuscript(Slot),
    /// The text is no enquiry number.
    #[error("問い合わせ番号は、48 20 71 93 のような8けたの数字です")]
    NoNumber,
    /// The municipality has no such area.
    #[error("「{0}」という地域は、municipality.toml の areas にありません")]
    NoSuchArea(String),
    /// No pack has any text.
    #[error("原稿がひとつもありません")]
    Empty,
}

/// How findings and days are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    #[value(help = "人が読む形")]
    Table,
    /// One JSON object a line.
    #[value(help = "1行に1つの JSON")]
    Json,
}

/// Whoever reads the output may have seen enough, such as `head`; that is no failure.
fn unless_closed(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// The locales a reader can choose.
const LOCALES: [&str; 3] = ["ja", "en", "ja-easy"];

/// Reads a day as `2027-03-31`.
fn day(text: &str) -> Result<NaiveDate, String> {
    let ten = text.len() == 10;
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| ten);
    day.ok_or_else(|| "2027-03-31 の形の日付を書いてください".to_owned())
}

/// Reads a role by its word.
fn role(text: &str) -> Result<Role, String> {
    Role::from_word(text).ok_or_else(|| format!("{} のどれかを書いてください", Role::ALL.map(Role::as_str).join("、")))
}
