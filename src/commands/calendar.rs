//! `calendar`: which day brings what, for the dates of a family; today does not matter.

use std::io::{self, Write};

use chrono::{Datelike, NaiveDate};
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, FromArgMatches};
use serde::Serialize;

use super::{CommandError, Format, LOCALES, Outcome, unless_closed};
use crate::domain::delivery::{Call, DailyParts, Section};
use crate::domain::family::{Child, Follow, Journey, Profile, Role};
use crate::domain::ids::ChildId;
use crate::domain::library::Library;
use crate::domain::programme::letters;
use crate::domain::programme::plan::ReaderPlan;
use crate::domain::programme::slot::Slot;

/// The years whose dates are taken.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// The arguments of `calendar`.
#[derive(Debug, Clone, clap::Args)]
pub struct CalendarArgs {
    /// The family.
    #[command(flatten)]
    pub children: Children,
    /// The first day shown (default: the first of the series).
    #[arg(long, value_name = "DATE", value_parser = super::day, help = "この日から（なければ、はじめから）")]
    pub from: Option<NaiveDate>,
    /// The last day shown (default: the last of the series).
    #[arg(long, value_name = "DATE", value_parser = super::day, help = "この日まで（なければ、おわりまで）")]
    pub to: Option<NaiveDate>,
    /// The reader: mother, father, grandparent or other.
    #[arg(long, value_parser = super::role, default_value = "other", help = "読む人：mother、father、grandparent、other")]
    pub role: Role,
    /// The reader's language.
    #[arg(long, value_parser = LOCALES, default_value = "ja", help = "ことば")]
    pub locale: String,
    /// The reader's area, one of the municipality's; without it, texts for everybody alone.
    #[arg(long, help = "地域（municipality.toml の areas のどれか）")]
    pub area: Option<String>,
    /// How the days are written.
    #[arg(long, value_enum, default_value_t, help = "出し方")]
    pub format: Format,
}

/// Children in the order of the command line: `--due DATE` and `--born DATE`, once or several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Children(pub Vec<Journey>);

impl clap::Args for Children {
    fn augment_args(command: Command) -> Command {
        let date = |name: &'static str, help: &'static str| {
            let arg = Arg::new(name).long(name).value_name("DATE").value_parser(family_day);
            arg.action(ArgAction::Append).help(help)
        };
        command
            .arg(date("due", "おなかの子の予定日（何人かいるときは、くり返す）"))
            .arg(date("born", "生まれた子の誕生日（何人かいるときは、くり返す）"))
            .group(ArgGroup::new("children").args(["due", "born"]).required(true).multiple(true))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Children {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let dates = |name: &str| {
            let days: Vec<NaiveDate> = matches.get_many(name).into_iter().flatten().copied().collect();
            matches.indices_of(name).into_iter().flatten().zip(days).collect::<Vec<_>>()
        };
        let due = dates("due").into_iter().map(|(index, due)| (index, Journey::Expected { due }));
        let born = dates("born").into_iter().map(|(index, born)| (index, Journey::Born { born, due: None }));
        let mut children: Vec<_> = due.chain(born).collect();
        children.sort_by_key(|(index, _)| *index);
        Ok(Self(children.into_iter().map(|(_, journey)| journey).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn family_day(text: &str) -> Result<NaiveDate, String> {
    let day = super::day(text)?;
    let sentence = || format!("{}年から{}年までの日付を書いてください", YEARS.start(), YEARS.end());
    if YEARS.contains(&day.year()) { Ok(day) } else { Err(sentence()) }
}

/// One child's part of a day, as others rely on it: names and order are fixed.
#[derive(Debug, Serialize)]
struct Row<'a> {
    date: NaiveDate,
    /// Which child of the command line, from 1.
    child: i64,
    slots: &'a [Slot],
    day_count: Option<u32>,
    weeks: Option<u16>,
    days: Option<u16>,
    /// `None` where no text fills any of the slots.
    title: Option<String>,
    /// Ids of the municipal texts of the day.
    municipal: &'a [String],
    /// The other children whose parts travel in the same push.
    merged_with: Vec<i64>,
}

/// Writes every delivery day of the family, a line for each child.
///
/// # Errors
///
/// [`CommandError::NoSuchArea`], [`CommandError::Output`] when the output cannot be written.
pub fn run(args: &CalendarArgs, library: &Library, out: &mut impl Write) -> Result<Outcome, CommandError> {
    let follows = follows(&args.children.0, args.role);
    let areas = &library.municipality.areas;
    if let Some(strange) = args.area.as_ref().filter(|area| !areas.contains(area)) {
        return Err(CommandError::NoSuchArea(strange.clone()));
    }
    let profile = Profile { area: args.area.clone(), ..Profile::default() };
    let reader = ReaderPlan { follows: &follows, profile: &profile, locale: &args.locale };
    // From the beginning, since a municipal text that was shown before `from` does not come again.
    let mut shown =
        letters(reader, library, None, args.to).filter(|parts| args.from.is_none_or(|from| parts.day >= from));
    unless_closed(shown.try_for_each(|parts| write_day(&parts, args.format, follows.len() > 1, library, out)))?;
    Ok(Outcome::Fine)
}

fn write_day(
    parts: &DailyParts,
    format: Format,
    several: bool,
    library: &Library,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut sections: Vec<&Section> = parts.sections.iter().collect();
    sections.sort_by_key(|section| section.child);
    sections.into_iter().map(|section| row(section, parts, library)).try_for_each(|row| match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&row)?),
        Format::Table => writeln!(out, "{}", line(&row, several)),
    })
}

/// The family as one reader follows it.
pub(super) fn follows(children: &[Journey], role: Role) -> Vec<Follow> {
    let follow = |(number, journey): (i64, &Journey)| {
        let journey = journey.clone();
        let child = Child { id: ChildId(number), version: 1, nickname: None, journey, corrected: false };
        Follow { child, role, registrant: true, stopped: None }
    };
    (1..).zip(children).map(follow).collect()
}

fn row<'a>(section: &'a Section, parts: &'a DailyParts, library: &Library) -> Row<'a> {
    let (day_count, weeks, days) = match section.call {
        Call::Pregnancy { weeks, days } => (None, Some(weeks), Some(days)),
        Call::Day { day_count } | Call::Birthday { day_count, .. } => (Some(day_count), None, None),
    };
    let others = parts.sections.iter().map(|other| other.child).filter(|child| *child != section.child);
    let mut merged_with: Vec<i64> = others.map(|child| child.0).collect();
    merged_with.sort_unstable();
    Row {
        date: parts.day,
        child: section.child.0,
        slots: &section.slots,
        day_count,
        weeks,
        days,
        title: title(&section.slots, &parts.locale, library),
        municipal: &parts.municipal,
        merged_with,
    }
}

/// The titles of the texts that fill the slots.
fn title(slots: &[Slot], locale: &str, library: &Library) -> Option<String> {
    let titles: Vec<&str> = slots
        .iter()
        .filter_map(|slot| library.pack(slot.series(), locale)?.manuscripts.get(slot))
        .map(|text| text.title.as_str())
        .collect();
    (!titles.is_empty()).then(|| titles.join("／"))
}

/// A day for people: 「2026-07-09（木） 生まれて100日目  day/100  題名」
fn line(row: &Row<'_>, several: bool) -> String {
    let weekday = ["月", "火", "水", "木", "金", "土", "日"]
        .get(row.date.weekday().num_days_from_monday() as usize)
        .copied()
        .unwrap_or_default();
    let child = if several { format!(" 子{}", row.child) } else { String::new() };
    let age = match (row.day_count, row.weeks, row.days) {
        (Some(count), ..) => format!("生まれて{count}日目"),
        (None, weeks, days) => format!("妊娠{}週{}日", weeks.unwrap_or_default(), days.unwrap_or_default()),
    };
    let slots: Vec<String> = row.slots.iter().map(ToString::to_string).collect();
    let title = row.title.as_deref().unwrap_or("（原稿なし）");
    let municipal = row.municipal.iter().map(|id| format!("  ＋{id}")).collect::<String>();
    let merged = row.merged_with.iter().map(|child| format!("  （子{child}と1通）")).collect::<String>();
    format!("{}（{weekday}）{child} {age}  {}  {title}{municipal}{merged}", row.date, slots.join(" "))
}
