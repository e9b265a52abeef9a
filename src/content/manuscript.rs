//! A manuscript file: front matter, then one section for every slot.
//!
//! ```text
//! +++
//! reviewer = ""
//! +++
//!
//! # preg/w12d0 つわりの折り返し
//! { expires = 2027-03-31, law = ["boshi"] }
//!
//! 段落。
//! ```

use super::finding::{Log, at};
use super::length;
use super::paragraphs::{self, Line};
use super::table::{Piece, Table};
use crate::domain::programme::pack::{Manuscript, Review, Series};
use crate::domain::programme::slot::Slot;

/// What a pack says about all of its manuscripts.
pub(super) struct Setting<'a> {
    pub(super) series: Series,
    /// Every slot of its cadence.
    pub(super) slots: Vec<Slot>,
    pub(super) footer: &'a str,
}

/// What a file's front matter, or the line under a heading, says about a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) review: Review,
    pub(super) expires: Option<chrono::NaiveDate>,
    pub(super) law: Vec<String>,
}

/// The keys of front matter and of the line under a heading.
const KEYS: [&str; 5] = ["reviewer", "reviewed_on", "expires", "law", "sources"];

impl Facts {
    /// These facts, where the table does not say otherwise.
    pub(super) fn overridden_by(&self, table: &Table<'_>, log: &mut Log) -> Self {
        let mut facts = self.clone();
        if let Some(name) = table.text(log, "reviewer") {
            facts.review = Review { reviewer: Some(name.value).filter(|name| !name.is_empty()), on: None };
        }
        if let Some(day) = table.date(log, "reviewed_on") {
            facts.review.on = Some(day.value);
        }
        if let Some(day) = table.date(log, "expires") {
            facts.expires = Some(day.value);
        }
        if let Some(law) = table.texts(log, "law") {
            facts.law = law.value;
        }
        // For the reviewer; the program does not use it, but a mistake in it is still said.
        table.texts(log, "sources");
        facts
    }
}

/// The front matter of a file and the lines after it.
///
/// `None` is a file whose front matter is never closed; that is a finding.
pub(super) fn split<'t>(file: &'t str, text: &'t str, log: &mut Log) -> Option<(Piece<'t>, Vec<Line<'t>>)> {
    let mut lines = text.lines().enumerate().map(|(index, text)| Line { text, number: index + 1 });
    let rest = |lines: &mut dyn Iterator<Item = Line<'t>>| lines.collect::<Vec<_>>();
    let Some(open) = lines.clone().find(|line| !line.is_blank()).filter(|line| line.text.trim() == "+++") else {
        return Some((Piece { file, text: "", line: 1 }, rest(&mut lines)));
    };
    let mut lines = lines.skip(open.number);
    let Some(close) = lines.find(|line| line.text.trim() == "+++") else {
        log.error(
            at(file, open.number),
            "「+++」で始めた前書きが閉じていません。前書きの終わりにも「+++」の行を置いてください。",
        );
        return None;
    };
    let start = open.text.as_ptr() as usize - text.as_ptr() as usize + open.text.len();
    let end = close.text.as_ptr() as usize - text.as_ptr() as usize;
    Some((Piece { file, text: &text[start..end], line: open.number }, rest(&mut lines)))
}

/// The manuscripts of one file.
pub(super) fn read(file: &str, text: &str, setting: &Setting<'_>, log: &mut Log) -> Vec<Manuscript> {
    let Some((front, lines)) = split(file, text, log) else { return Vec::new() };
    let facts = front.parse(log).map_or_else(Facts::default, |parsed| {
        let table = Table::root(front, &parsed);
        table.only(log, &KEYS);
        Facts::default().overridden_by(&table, log)
    });
    let mut sections: Vec<(Line<'_>, Vec<Line<'_>>)> = Vec::new();
    for line in lines {
        match (heading(file, &line, log), sections.last_mut()) {
            (true, _) => sections.push((line, Vec::new())),
            (false, Some((_, body))) => body.push(line),
            (false, None) if line.is_blank() => {}
            (false, None) => log.error(
                at(file, line.number),
                "見出しの前に文章があります。先に「# day/37 題名」の形の見出しを書いてください。",
            ),
        }
    }
    if sections.is_empty() && !log.has_errors() {
        log.warn(at(file, 1), "原稿がひとつもありません。「# day/37 題名」の形の見出しで始めてください。");
    }
    sections.into_iter().filter_map(|(head, body)| section(file, &head, &body, &facts, setting, log)).collect()
}

/// Whether a line opens a section. Lines that were meant to are findings.
fn heading(file: &str, line: &Line<'_>, log: &mut Log) -> bool {
    let Some(rest) = line.text.strip_prefix('#') else {
        if line.text.starts_with('＃') {
            log.error(at(file, line.number), "見出しの「＃」は半角の「#」にしてください。");
        }
        return false;
    };
    let spaced = rest.starts_with(char::is_whitespace);
    if !spaced && (rest.starts_with('#') || rest.contains('/')) {
        log.error(at(file, line.number), "見出しは「# day/37 題名」のように、# ひとつと空白で始めてください。");
    }
    spaced
}

fn section(
    file: &str,
    head: &Line<'_>,
    body: &[Line<'_>],
    facts: &Facts,
    setting: &Setting<'_>,
    log: &mut Log,
) -> Option<Manuscript> {
    let place = at(file, head.number);
    let words = head.text.trim_start_matches('#').trim();
    let (key, title) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let title = title.trim();
    if title.is_empty() {
        log.error(
            place.clone(),
            format!("題名がありません。「# {key} 題名」のように、枠の名前のあとに書いてください。"),
        );
    }
    let (own, body) = override_line(file, body, facts, log);
    let (paragraphs, lines) = paragraphs::read(file, body, setting.series, log);
    log.lines.insert(place.clone(), lines);
    let slot = slot(key, setting, log, &place)?;
    let manuscript = Manuscript {
        slot,
        title: title.to_owned(),
        paragraphs,
        review: own.review,
        expires: own.expires,
        law: own.law,
        place,
    };
    length::judge(&manuscript, setting, log);
    Some(manuscript)
}

/// Reads the `{ … }` line directly under a heading, if there is one.
fn override_line<'b, 't>(file: &str, body: &'b [Line<'t>], facts: &Facts, log: &mut Log) -> (Facts, &'b [Line<'t>]) {
    let Some((first, rest)) = body.split_first().filter(|(first, _)| is_override(first.text)) else {
        return (facts.clone(), body);
    };
    let toml = format!("facts = {}", first.text.trim());
    let piece = Piece { file, text: &toml, line: first.number };
    let own = piece.parse(log).and_then(|parsed| {
        let table = Table::root(piece, &parsed).table(log, "facts")?;
        table.only(log, &KEYS);
        Some(facts.overridden_by(&table, log))
    });
    (own.unwrap_or_else(|| facts.clone()), rest)
}

/// `{ name = … }`: no placeholder has an equals sign.
pub(super) fn is_override(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('{') && line.contains('=')
}

fn slot(
    key: &str,
    setting: &Setting<'_>,
    log: &mut Log,
    place: &crate::domain::programme::pack::Place,
) -> Option<Slot> {
    let Ok(slot) = key.parse::<Slot>() else {
        let hint = super::finding::suggestion(
            key,
            setting.slots.iter().map(ToString::to_string).collect::<Vec<_>>().iter().map(String::as_str),
        );
        log.error(
            place.clone(),
            format!("「{key}」は枠の名前として読めません。{hint}preg/w12d3、day/37、y1/w05、y2/w08、birthday/3、round/200 のように書いてください。"),
        );
        return None;
    };
    if setting.slots.contains(&slot) {
        return Some(slot);
    }
    log.error(
        place.clone(),
        format!("{slot} は、この原稿集の配信日（pack.toml の cadence）にありません。{}", nearest(slot, setting)),
    );
    None
}

/// The neighbours of a slot that the cadence does not have.
fn nearest(slot: Slot, setting: &Setting<'_>) -> String {
    if let Slot::Birthday(years @ 1..=2) = slot {
        return format!("{years}歳の誕生日の枠は y{years}/w00 です。");
    }
    let same = |other: &&Slot| std::mem::discriminant(*other) == std::mem::discriminant(&slot);
    let before = setting.slots.iter().filter(same).filter(|other| **other < slot).max();
    let after = setting.slots.iter().filter(same).filter(|other| **other > slot).min();
    let near: Vec<String> = before.into_iter().chain(after).map(ToString::to_string).collect();
    if near.is_empty() { String::new() } else { format!("近い枠は {} です。", near.join(" と ")) }
}
