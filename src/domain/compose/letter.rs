//! One child's text: the call, the manuscript, the footer.

use chrono::NaiveDate;

use super::words::Words;
use crate::domain::child::BirthDate;
use crate::domain::delivery::{Call, DailyParts, Section};
use crate::domain::family::{Nickname, Role};
use crate::domain::phrases::fill;
use crate::domain::programme::pack::{Manuscript, Pack, Paragraph, Series};
use crate::domain::programme::slot::Slot;

/// The texts of all children, youngest first; twins that would read the same share one.
pub(super) fn letters(parts: &DailyParts, words: &Words<'_>) -> Vec<String> {
    let mut groups: Vec<Vec<&Section>> = Vec::new();
    for section in &parts.sections {
        match groups.iter_mut().find(|group| reads_the_same(group[0], section)) {
            Some(group) => group.push(section),
            None => groups.push(vec![section]),
        }
    }
    groups.iter().map(|group| Letter::new(group, parts, words).write()).collect()
}

fn reads_the_same(one: &Section, other: &Section) -> bool {
    let words = |section: &Section| (section.call, section.role, section.slots.clone(), section.corrected);
    words(one) == words(other)
}

struct Letter<'a> {
    section: &'a Section,
    /// The nicknames of all children it is about; `None` when one of them has none.
    names: Option<String>,
    /// Whether it is about more than one.
    several: bool,
    /// Those whose letters go on after this child's last one.
    onward: &'a [Option<Nickname>],
    day: NaiveDate,
    pack: Option<&'a Pack>,
    words: &'a Words<'a>,
}

impl<'a> Letter<'a> {
    fn new(children: &[&'a Section], parts: &'a DailyParts, words: &'a Words<'a>) -> Self {
        let section = children[0];
        let names = joined(children.iter().map(|child| child.nickname.as_ref()));
        let is_last = matches!(section.call, Call::Birthday { years: BirthDate::LAST_BIRTHDAY, .. });
        let onward = if is_last { parts.onward.as_slice() } else { &[] };
        let pack = words.library.pack(series(section.call), words.locale);
        Self { section, names, several: children.len() > 1, onward, day: parts.day, pack, words }
    }

    fn write(&self) -> String {
        let (body, reviewed) = self.body();
        let footer = self.pack.map_or("", |pack| pack.footer.as_str());
        let mark = if reviewed { String::new() } else { self.words.say("daily_unreviewed", &[]) };
        let call = call(self.section.call, self.names.as_deref(), self.words);
        let lines = [Some(call), self.other_locale()].into_iter().flatten().chain(body).chain(self.goes_on());
        let lines: Vec<String> =
            lines.chain([format!("{footer}{mark}")]).filter(|line| !line.trim().is_empty()).collect();
        lines.join("\n\n")
    }

    /// One line where the pack speaks another language than the reader asked for.
    fn other_locale(&self) -> Option<String> {
        let foreign = self.pack.is_some_and(|pack| pack.locale != self.words.locale);
        foreign.then(|| self.words.say("daily_other_locale", &[]))
    }

    /// Under somebody's last letter: whose letters go on.
    fn goes_on(&self) -> Option<String> {
        if self.onward.is_empty() {
            return None;
        }
        Some(match joined(self.onward.iter().map(Option::as_ref)) {
            Some(names) => self.words.say("daily_onward_named", &[("nickname", &names)]),
            None => self.words.say("daily_onward", &[]),
        })
    }

    /// The paragraphs, and whether every text they come from was reviewed.
    fn body(&self) -> (Vec<String>, bool) {
        let mut texts: Vec<&Manuscript> = self.section.slots.iter().filter_map(|slot| self.manuscript(*slot)).collect();
        let own: Vec<&Paragraph> = texts.iter().flat_map(|text| self.for_role(text)).collect();
        let paragraphs = match self.section.corrected {
            None => own.into_iter().map(|paragraph| self.filled(paragraph)).collect(),
            Some(slot) => {
                let source = self.manuscript(slot);
                let (paragraphs, used) = self.with_development_of(source, &own);
                texts.extend(source.filter(|_| used));
                paragraphs
            }
        };
        (paragraphs, texts.iter().all(|text| text.review.reviewer.is_some()))
    }

    /// The own paragraphs with those about development taken from `source` instead, where the first
    /// of them stood, or at the end. Tells whether `source` had any.
    fn with_development_of(&self, source: Option<&'a Manuscript>, own: &[&Paragraph]) -> (Vec<String>, bool) {
        let development = source.into_iter().flat_map(|text| self.for_role(text)).filter(|p| p.corrected);
        let mut development: Vec<String> = development.map(|paragraph| self.filled(paragraph)).collect();
        let used = !development.is_empty();
        if let Some(first) = development.first_mut() {
            *first = format!("{}\n{first}", self.words.say("daily_corrected", &[]));
        }
        let at = own.iter().take_while(|paragraph| !paragraph.corrected).count();
        let by_birth_date = own.iter().filter(|paragraph| !paragraph.corrected);
        let mut paragraphs: Vec<String> = by_birth_date.map(|paragraph| self.filled(paragraph)).collect();
        paragraphs.splice(at..at, development);
        (paragraphs, used)
    }

    /// The manuscript of a slot, unless its time is over.
    fn manuscript(&self, slot: Slot) -> Option<&'a Manuscript> {
        let text = self.pack?.manuscripts.get(&slot)?;
        text.expires.is_none_or(|last| last >= self.day).then_some(text)
    }

    /// Its paragraphs for everybody and for the reader's role.
    fn for_role(&self, text: &'a Manuscript) -> impl Iterator<Item = &'a Paragraph> + use<'a> {
        let role: Role = self.section.role;
        text.paragraphs.iter().filter(move |paragraph| paragraph.roles.is_empty() || paragraph.roles.contains(&role))
    }

    fn filled(&self, paragraph: &Paragraph) -> String {
        let nameless = || {
            let key = match (series(self.section.call), self.several) {
                (Series::Maternity, false) => "daily_nameless_expected",
                (Series::Maternity, true) => "daily_nameless_expected_several",
                (Series::Childcare, false) => "daily_nameless",
                (Series::Childcare, true) => "daily_nameless_several",
            };
            self.words.say(key, &[])
        };
        let nickname = self.names.clone().unwrap_or_else(nameless);
        let age = Age::of(self.section.call);
        let values = [("nickname", nickname.as_str())].into_iter().chain(age.values());
        fill(&paragraph.text, &values.chain(self.words.of_municipality()).collect::<Vec<_>>())
    }
}

/// 「あお・はる」; `None` when one of them has no name.
fn joined<'a>(nicknames: impl Iterator<Item = Option<&'a Nickname>>) -> Option<String> {
    let names: Option<Vec<&str>> = nicknames.map(|name| name.map(Nickname::expose)).collect();
    names.map(|names| names.join("・"))
}

const fn series(call: Call) -> Series {
    match call {
        Call::Pregnancy { .. } => Series::Maternity,
        Call::Day { .. } | Call::Birthday { .. } => Series::Childcare,
    }
}

/// The line that opens a child's text.
fn call(call: Call, names: Option<&str>, words: &Words<'_>) -> String {
    let key = match call {
        Call::Pregnancy { days: 0, .. } => "daily_call_pregnancy_week",
        Call::Pregnancy { .. } => "daily_call_pregnancy",
        Call::Day { day_count: 1 } => "daily_call_birth_day",
        Call::Day { .. } => "daily_call_day",
        Call::Birthday { .. } => "daily_call_birthday",
    };
    let age = Age::of(call);
    let values: Vec<_> = names.map(|names| ("nickname", names)).into_iter().chain(age.values()).collect();
    let key = if names.is_some() { format!("{key}_named") } else { key.to_owned() };
    words.say(&key, &values)
}

/// The numbers of a call as text; empty where a number means nothing in that part of life.
#[derive(Default)]
struct Age {
    weeks: String,
    days: String,
    day_count: String,
    years: String,
}

impl Age {
    fn of(call: Call) -> Self {
        match call {
            Call::Pregnancy { weeks, days } => {
                Self { weeks: weeks.to_string(), days: days.to_string(), ..Self::default() }
            }
            Call::Day { day_count } => Self { day_count: day_count.to_string(), ..Self::default() },
            Call::Birthday { years, day_count } => {
                Self { years: years.to_string(), day_count: day_count.to_string(), ..Self::default() }
            }
        }
    }

    fn values(&self) -> [(&'static str, &str); 4] {
        [("weeks", &self.weeks), ("days", &self.days), ("day_count", &self.day_count), ("years", &self.years)]
    }
}
