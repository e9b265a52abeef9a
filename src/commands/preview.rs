//! `preview`: the message objects that a reader would get.

use std::io::{self, Write};

use chrono::NaiveDate;
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;

use super::calendar::follows;
use super::{CommandError, LOCALES, Outcome, unless_closed};
use crate::domain::compose::{self, MAX_OBJECTS};
use crate::domain::delivery::DailyParts;
use crate::domain::family::{Journey, Nickname, Profile, Role};
use crate::domain::library::Library;
use crate::domain::message::Message;
use crate::domain::programme::letters;
use crate::domain::programme::pack::Series;
use crate::domain::programme::plan::ReaderPlan;
use crate::domain::programme::slot::Slot;

/// The arguments of `preview`.
#[derive(Debug, Clone, clap::Args)]
pub struct PreviewArgs {
    /// The moment to show, such as preg/w12d0, day/100, y1/w05 or birthday/3.
    #[arg(long, value_parser = slot, required_unless_present = "random", conflicts_with = "random", help = "枠：preg/w12d0、day/100、y1/w05、birthday/3 など")]
    pub slot: Option<Slot>,
    /// What the family calls the child, 1 to 20 characters.
    #[arg(long, value_parser = nickname, help = "よび名（20文字まで）")]
    pub nickname: Option<Nickname>,
    /// The reader: mother, father, grandparent or other.
    #[arg(long, value_parser = super::role, default_value = "other", help = "読む人：mother、father、grandparent、other")]
    pub role: Role,
    /// The reader's language.
    #[arg(long, value_parser = LOCALES, default_value = "ja", help = "ことば")]
    pub locale: String,
    /// Show this many texts picked from all that are written.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000), help = "書かれた原稿から、この本数をえらぶ")]
    pub random: Option<u16>,
    /// The same seed picks the same texts: a number, or the hash of a commit, so that nobody chooses what is shown.
    #[arg(long, value_name = "S", value_parser = seed, default_value = "0", help = "同じ数（コミットのハッシュでも）なら、同じ原稿をえらぶ")]
    pub seed: u64,
}

/// A number, or up to 16 hexadecimal digits at the beginning of a hash.
fn seed(text: &str) -> Result<u64, String> {
    let hash = text.get(..16).unwrap_or(text);
    let number = text.parse().or_else(|_| u64::from_str_radix(hash, 16));
    number.map_err(|_| "数か、コミットのハッシュ（0〜9、a〜f）で書いてください。".to_owned())
}

fn slot(text: &str) -> Result<Slot, String> {
    text.parse()
        .map_err(|_| "preg/w12d3、day/37、y1/w05、y2/w08、birthday/3、round/200 のように書いてください".to_owned())
}

fn nickname(text: &str) -> Result<Nickname, String> {
    let name = text.trim();
    let fits = (1..=Nickname::MAX_GRAPHEMES).contains(&name.graphemes(true).count());
    if fits && !name.contains(char::is_control) {
        Ok(Nickname::from_read(name.to_owned()))
    } else {
        Err(format!("よび名は{}文字までです", Nickname::MAX_GRAPHEMES))
    }
}

/// Writes one JSON array with the message objects of the asked moments; `to_line` turns a message
/// into LINE's JSON.
///
/// The reader has followed a child from the beginning, so municipal texts ride where they would in
/// life. Whether a text has expired is not asked here; `check` does that.
///
/// # Errors
///
/// [`CommandError::NoManuscript`] when the moment has no text, [`CommandError::Empty`] when nothing
/// can be picked, [`CommandError::Output`] when the output cannot be written.
pub fn run(
    args: &PreviewArgs,
    library: &Library,
    to_line: &dyn Fn(&Message) -> Value,
    out: &mut impl Write,
) -> Result<Outcome, CommandError> {
    let slots = match (args.slot, args.random) {
        (Some(slot), _) if !filled(library, &args.locale).contains(&slot) => {
            return Err(CommandError::NoManuscript(slot));
        }
        (Some(slot), _) => vec![slot],
        (None, wanted) => pick(filled(library, &args.locale), wanted.unwrap_or(1), args.seed),
    };
    if slots.is_empty() {
        return Err(CommandError::Empty);
    }
    let library = lasting(library);
    let mut objects: Vec<Value> = Vec::new();
    for slot in slots {
        let parts = parts(slot, args, &library).ok_or(CommandError::NoManuscript(slot))?;
        objects.extend(compose::daily(&parts, &library, MAX_OBJECTS).iter().map(to_line));
    }
    let array = serde_json::to_string_pretty(&objects).map_err(io::Error::from)?;
    unless_closed(writeln!(out, "{array}"))?;
    Ok(Outcome::Fine)
}

/// Every slot that has a text, in order.
fn filled(library: &Library, locale: &str) -> Vec<Slot> {
    let packs = [Series::Maternity, Series::Childcare].into_iter().filter_map(|series| library.pack(series, locale));
    packs.flat_map(|pack| pack.manuscripts.keys().copied()).collect()
}

/// The library without last days: a preview has no date.
fn lasting(library: &Library) -> Library {
    let mut library = library.clone();
    let manuscripts = library.packs.iter_mut().flat_map(|pack| pack.manuscripts.values_mut());
    manuscripts.for_each(|text| text.expires = None);
    library.municipality.texts.iter_mut().for_each(|text| text.valid_until = None);
    library
}

/// What the reader of an imagined child gets at that moment.
fn parts(slot: Slot, args: &PreviewArgs, library: &Library) -> Option<DailyParts> {
    // Any day does; this one has no leap day before the second birthday.
    let day = NaiveDate::from_ymd_opt(2025, 4, 1)?;
    let journey = match slot.series() {
        Series::Maternity => Journey::Expected { due: day },
        Series::Childcare => Journey::Born { born: day, due: None },
    };
    let mut follows = follows(&[journey], args.role);
    follows.iter_mut().for_each(|follow| follow.child.nickname.clone_from(&args.nickname));
    let profile = Profile::default();
    let reader = ReaderPlan { follows: &follows, profile: &profile, locale: &args.locale };
    let mut letters = letters(reader, library, None, None);
    letters.find(|parts| parts.sections.iter().any(|section| section.slots.contains(&slot)))
}

/// Picks without repeating, the same for the same seed.
fn pick(mut slots: Vec<Slot>, wanted: u16, seed: u64) -> Vec<Slot> {
    let mut state = seed;
    let count = slots.len().min(usize::from(wanted));
    for index in 0..count {
        let left = (slots.len() - index) as u64;
        let step = usize::try_from(splitmix(&mut state) % left).unwrap_or_default();
        slots.swap(index, index + step);
    }
    slots.truncate(count);
    slots
}

/// SplitMix64 (Steele, Lea, Flood 2014): even numbers from any seed; chance has no part in it.
const fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
