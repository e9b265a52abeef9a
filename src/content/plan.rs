//! The plan of the manuscripts, `PLAN.md`: what every morning is about, decided before it is written.
//!
//! Authors read it from top to bottom; here it is held beside what was written. A *topic* (題材) is one of a
//! list that the plan begins with. A municipality that writes without a plan has none, and nothing is said.

use std::collections::BTreeMap;

use super::cadence;
use super::finding::{Log, at};
use super::source::{self, Files};
use crate::domain::programme::pack::{Pack, Place};
use crate::domain::programme::slot::Slot;

/// The file below the content folder.
pub(super) const FILE: &str = "PLAN.md";
/// The heading under which topics are listed.
const TOPICS: &str = "## 題材の一覧";
/// Neighbours on the same topic that tire a reader.
const RUNNING: usize = 3;
/// The locale that the plan's titles are written in.
const LOCALE: &str = "ja";

/// What a slot is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The title, without the planner's marks (〔済〕, 〔軽〕, …).
    pub title: String,
    /// One of the plan's topics.
    pub topic: String,
    /// Its row.
    pub(super) place: Place,
}

/// The whole plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The topics, in the order in which they are listed.
    pub topics: Vec<String>,
    /// What is planned, by slot.
    pub rows: BTreeMap<Slot, Planned>,
}

/// Reads the plan; `None` where there is no such file.
pub(super) fn read(files: &Files, log: &mut Log) -> Option<Plan> {
    let text = source::text(FILE, files.get(FILE)?, log)?;
    let mut plan = Plan::default();
    let mut in_topics = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            in_topics = line.starts_with(TOPICS);
        }
        let cells = cells(line);
        let place = at(FILE, number + 1);
        match (cells.first().and_then(|cell| cell.parse::<Slot>().ok()), cells.as_slice()) {
            (Some(slot), [_, title, _, topic, ..]) => plan.keep(slot, title, topic, place, log),
            (None, [topic, _]) if in_topics && !is_rule(topic) => plan.topics.push((*topic).to_owned()),
            (Some(_) | None, _) => {}
        }
    }
    // The first row of the list names its columns.
    if !plan.topics.is_empty() {
        plan.topics.remove(0);
    }
    Some(plan)
}

/// The cells of a row of a table; none for any other line.
fn cells(line: &str) -> Vec<&str> {
    let row = line.trim().strip_prefix('|').and_then(|row| row.strip_suffix('|'));
    row.map(|row| row.split('|').map(str::trim).collect()).unwrap_or_default()
}

/// The line between a table's head and its rows.
fn is_rule(cell: &str) -> bool {
    cell.chars().all(|letter| matches!(letter, '-' | ':'))
}

impl Plan {
    fn keep(&mut self, slot: Slot, title: &str, topic: &str, place: Place, log: &mut Log) {
        let title = title.split('〔').next().unwrap_or_default().trim().to_owned();
        if let Some(known) = self.rows.get(&slot) {
            log.warn(
                place,
                format!("「{slot}」の行が2つあります（{}行目）。どちらかを消してください。", known.place.line),
            );
            return;
        }
        self.rows.insert(slot, Planned { title, topic: topic.to_owned(), place });
    }

    /// How many texts of a stage are about each topic, by the order of [`Plan::topics`], for what was written.
    #[must_use]
    pub fn table(&self, packs: &[Pack]) -> Vec<(Stage, Vec<usize>)> {
        let written = |slot: &Slot| packs.iter().any(|pack| pack.manuscripts.contains_key(slot));
        let about = |stage: Stage, topic: &str| {
            let rows = self.rows.iter().filter(|(slot, row)| Stage::of(**slot) == stage && row.topic == topic);
            rows.filter(|(slot, _)| written(slot)).count()
        };
        let counts = |stage| self.topics.iter().map(|topic| about(stage, topic)).collect();
        Stage::ALL.map(|stage| (stage, counts(stage))).into()
    }

    /// Holds the plan beside what was written.
    pub(super) fn check(&self, packs: &[Pack], log: &mut Log) {
        for row in self.rows.values().filter(|row| !self.topics.contains(&row.topic)) {
            log.warn(row.place.clone(), format!("題材「{}」は、題材の一覧にありません。", row.topic));
        }
        for pack in packs.iter().filter(|pack| pack.locale == LOCALE) {
            self.titles(pack, log);
            self.running(pack, log);
        }
    }

    fn titles(&self, pack: &Pack, log: &mut Log) {
        for text in pack.manuscripts.values() {
            match self.rows.get(&text.slot) {
                None => log.warn(text.place.clone(), format!("計画（{FILE}）に「{}」の行がありません。", text.slot)),
                Some(row) if row.title != text.title => log.warn(
                    text.place.clone(),
                    format!(
                        "題が計画（{FILE}:{}）の「{}」とちがいます。どちらかをそろえてください。",
                        row.place.line, row.title
                    ),
                ),
                Some(_) => {}
            }
        }
    }

    fn running(&self, pack: &Pack, log: &mut Log) {
        // Round days lie among the others, not after them.
        let slots = cadence::slots(&pack.cadence).into_iter().filter(|slot| !matches!(slot, Slot::Round(_)));
        let rows: Vec<&Planned> = slots.filter_map(|slot| self.rows.get(&slot)).collect();
        for row in rows.windows(RUNNING).filter(|few| few.iter().all(|row| row.topic == few[0].topic)) {
            let sentence = format!("題材「{}」が{RUNNING}つ続いています。", row[0].topic);
            log.warn(row[RUNNING - 1].place.clone(), sentence);
        }
    }
}

/// A part of the way, as authors speak of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// 4 to 11 weeks: nobody knows yet.
    Early,
    /// 12 to 15 weeks: telling.
    Telling,
    /// 16 to 27 weeks.
    Middle,
    /// 28 to 36 weeks.
    Late,
    /// From 37 weeks on.
    Waiting,
    /// The first fortnight.
    Newborn,
    /// Day 15 to 56.
    Nights,
    /// Day 57 to 100.
    Hundred,
    /// To half a year.
    HalfYear,
    /// To the first birthday.
    FirstYear,
    /// The second year.
    SecondYear,
    /// The third, with the last message.
    ThirdYear,
    /// The round days, at any age.
    RoundDays,
}

impl Stage {
    /// All, in their order.
    pub const ALL: [Self; 13] = [
        Self::Early,
        Self::Telling,
        Self::Middle,
        Self::Late,
        Self::Waiting,
        Self::Newborn,
        Self::Nights,
        Self::Hundred,
        Self::HalfYear,
        Self::FirstYear,
        Self::SecondYear,
        Self::ThirdYear,
        Self::RoundDays,
    ];

    /// The stage that a slot belongs to.
    #[must_use]
    pub const fn of(slot: Slot) -> Self {
        match slot {
            Slot::Pregnancy(day) if day < 12 * 7 => Self::Early,
            Slot::Pregnancy(day) if day < 16 * 7 => Self::Telling,
            Slot::Pregnancy(day) if day < 28 * 7 => Self::Middle,
            Slot::Pregnancy(day) if day < 37 * 7 => Self::Late,
            Slot::Pregnancy(_) => Self::Waiting,
            Slot::Day(day) if day <= 14 => Self::Newborn,
            Slot::Day(day) if day <= 56 => Self::Nights,
            Slot::Day(day) if day <= 100 => Self::Hundred,
            Slot::Day(day) if day <= 182 => Self::HalfYear,
            Slot::Day(_) => Self::FirstYear,
            Slot::Week { year: 1, .. } => Self::SecondYear,
            Slot::Week { .. } | Slot::Birthday(_) => Self::ThirdYear,
            Slot::Round(_) => Self::RoundDays,
        }
    }

    /// As authors write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Early => "4〜11週",
            Self::Telling => "12〜15週",
            Self::Middle => "16〜27週",
            Self::Late => "28〜36週",
            Self::Waiting => "37〜41週",
            Self::Newborn => "1〜14日",
            Self::Nights => "15〜56日",
            Self::Hundred => "57〜100日",
            Self::HalfYear => "〜6か月",
            Self::FirstYear => "〜1歳",
            Self::SecondYear => "1歳",
            Self::ThirdYear => "2歳〜3歳",
            Self::RoundDays => "区切りの日",
        }
    }
}
