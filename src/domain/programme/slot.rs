//! The moment a manuscript belongs to.
//!
//! A slot's key never depends on the calendar, so the same text belongs to the same moment of
//! every child: `preg/w12d3`, `day/37`, `y1/w05`, `y2/w08`, `birthday/3`, `round/200`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which part of life a pack accompanies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Series {
    /// From the due date.
    Maternity,
    /// From the birth date.
    Childcare,
}

/// The moment a manuscript belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Slot {
    /// `preg/w12d3`: a day of pregnancy, in whole days since its first (12 × 7 + 3).
    Pregnancy(u16),
    /// `day/37`: 「生まれて37日目」, the birth date being 1.
    Day(u16),
    /// `y1/w05`, `y2/w08`: whole weeks after the first or second birthday, which is week 0.
    Week {
        /// 1 or 2: after which birthday.
        year: u8,
        /// Weeks since.
        week: u8,
    },
    /// `birthday/3`: a birthday.
    Birthday(u8),
    /// `round/200`: a round day, counted like [`Slot::Day`].
    Round(u16),
}

impl Slot {
    /// The series that fills it.
    #[must_use]
    pub const fn series(&self) -> Series {
        match self {
            Self::Pregnancy(_) => Series::Maternity,
            Self::Day(_) | Self::Week { .. } | Self::Birthday(_) | Self::Round(_) => Series::Childcare,
        }
    }
}

/// The text is no slot key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a slot: write preg/w12d3, day/37, y1/w05, y2/w08, birthday/3 or round/200")]
pub struct NotASlot;

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pregnancy(days) => write!(f, "preg/w{:02}d{}", days / 7, days % 7),
            Self::Day(day) => write!(f, "day/{day}"),
            Self::Week { year, week } => write!(f, "y{year}/w{week:02}"),
            Self::Birthday(years) => write!(f, "birthday/{years}"),
            Self::Round(day) => write!(f, "round/{day}"),
        }
    }
}

impl FromStr for Slot {
    type Err = NotASlot;

    fn from_str(text: &str) -> Result<Self, NotASlot> {
        let (series, moment) = text.split_once('/').ok_or(NotASlot)?;
        let slot = match series {
            "preg" => pregnancy(moment)?,
            "day" => Self::Day(number(moment)?),
            "round" => Self::Round(number(moment)?),
            "birthday" => Self::Birthday(number(moment)?),
            "y1" | "y2" => Self::Week {
                year: if series == "y1" { 1 } else { 2 },
                week: number(moment.strip_prefix('w').ok_or(NotASlot)?)?,
            },
            _ => return Err(NotASlot),
        };
        // One spelling for each slot, so that a key in a file and a key in a row are the same text.
        if slot.to_string() == text { Ok(slot) } else { Err(NotASlot) }
    }
}

fn pregnancy(moment: &str) -> Result<Slot, NotASlot> {
    let (weeks, days) = moment.strip_prefix('w').and_then(|rest| rest.split_once('d')).ok_or(NotASlot)?;
    let (weeks, days) = (number::<u16>(weeks)?, number::<u16>(days)?);
    if weeks > 45 || days > 6 { Err(NotASlot) } else { Ok(Slot::Pregnancy(weeks * 7 + days)) }
}

fn number<N: FromStr>(text: &str) -> Result<N, NotASlot> {
    text.parse().map_err(|_| NotASlot)
}

impl TryFrom<String> for Slot {
    type Error = NotASlot;

    fn try_from(text: String) -> Result<Self, NotASlot> {
        text.parse()
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> Self {
        slot.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_reads_back_as_its_slot() {
        for key in ["preg/w04d0", "preg/w41d6", "day/1", "day/364", "y1/w00", "y2/w50", "birthday/3", "round/1000"] {
            assert_eq!(key.parse::<Slot>().unwrap().to_string(), key);
        }
    }

    #[test]
    fn another_spelling_of_a_slot_is_refused() {
        for key in ["", "preg/w4d0", "preg/w12d7", "day/01", "day/", "y3/w01", "y1/5", "birthday/x", "day/70000"] {
            assert_eq!(key.parse::<Slot>(), Err(NotASlot), "{key}");
        }
    }
}
