//! One municipal text: front matter with its desk and its range, then paragraphs.

use super::cadence;
use super::finding::{Log, at, suggestion};
use super::manuscript;
use super::municipality;
use super::paragraphs::{self, Line};
use super::table::{At, Table};
use crate::domain::municipal::MunicipalText;
use crate::domain::programme::pack::{Pack, Review};
use crate::domain::programme::slot::Slot;

/// The keys of its front matter.
const KEYS: [&str; 14] = [
    "title",
    "department",
    "phone",
    "hours",
    "page",
    "from",
    "to",
    "once",
    "valid_until",
    "law",
    "reviewer",
    "reviewed_on",
    "sources",
    "area",
];

/// What a municipal text may fill in.
const PLACEHOLDERS: [&str; 4] = ["municipality", "service", "desk", "phone"];

/// A card with more characters than this is hardly read.
const MANY: usize = 300;

/// The most a card may hold; LINE refuses bubbles above 30 kB of JSON.
const MOST: usize = 1_500;

/// Reads one text. `areas` are those of the municipality, where its settings could be read.
pub(super) fn read(
    (id, file): (&str, &str),
    text: &str,
    (packs, areas): (&[Pack], Option<&[String]>),
    log: &mut Log,
) -> Option<MunicipalText> {
    name(id, file, log);
    let (front, lines) = manuscript::split(file, text, log)?;
    let paragraphs = body(file, &lines, log);
    if front.text.is_empty() {
        log.error(
            at(file, 1),
            "前書きがありません。+++ の行のあいだに title、department、phone、hours、from、to を書いてください。",
        );
        return None;
    }
    let parsed = front.parse(log)?;
    let table = Table::root(front, &parsed);
    table.only(log, &KEYS);
    let (title, department) = (table.required(log, "title"), table.required(log, "department"));
    let (phone, hours) = (municipality::phone(&table, log), table.required(log, "hours"));
    let page = municipality::page(&table, log);
    let (from, to) = (point(&table, "from", log), point(&table, "to", log));
    range(&table, from.as_ref(), to.as_ref(), packs, log);
    let law = law(&table, log);
    let areas = area(&table, areas, log);
    let reviewer = table.text(log, "reviewer").map(|name| name.value).filter(|name| !name.is_empty());
    let on = table.date(log, "reviewed_on").map(|day| day.value);
    table.texts(log, "sources");
    Some(MunicipalText {
        id: id.to_owned(),
        once: table.flag(log, "once").is_some_and(|flag| flag.value),
        areas,
        valid_until: table.date(log, "valid_until").map(|day| day.value),
        title: title?.value,
        department: department?.value,
        phone: phone?,
        hours: hours?.value,
        from: from?.value,
        to: to?.value,
        page,
        paragraphs,
        law,
        review: Review { reviewer, on },
        place: at(file, 1),
    })
}

fn name(id: &str, file: &str, log: &mut Log) {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if id.is_empty() || id.len() > 60 || !id.chars().all(plain) {
        log.error(
            at(file, 1),
            "ファイルの名前は、半角の小文字と数字とハイフンだけで、60文字までにしてください（例：kenshin-4m.md）。",
        );
    }
}

fn body(file: &str, lines: &[Line<'_>], log: &mut Log) -> Vec<String> {
    for line in lines {
        paragraphs::braces(file, line, &PLACEHOLDERS, log);
        if line.text.starts_with("# ") || line.text.starts_with('＃') {
            log.error(
                at(file, line.number),
                "自治体の原稿に見出しの行は書けません。題名は前書きの title に書いてください。",
            );
        }
        if paragraphs::tag_line(line.text).is_some() {
            log.error(at(file, line.number), "自治体の原稿では [father] などのタグは使えません。行を消してください。");
        }
    }
    let blocks = || paragraphs::blocks(lines);
    log.lines.insert(at(file, 1), blocks().filter_map(|block| Some(block.first()?.number)).collect());
    let paragraphs: Vec<String> = blocks().map(paragraphs::joined).collect();
    let length: usize = paragraphs.iter().map(|text| text.chars().count()).sum();
    let first = lines.first().map_or(1, |line| line.number);
    match length {
        0 => log.error(at(file, first), "本文がありません。"),
        length if length > MOST => {
            log.error(at(file, first), format!("本文が長すぎます（{length}文字）。{MOST}文字までにしてください。"))
        }
        length if length > MANY => log.warn(
            at(file, first),
            format!("本文が長めです（{length}文字）。{MANY}文字くらいまでにして、くわしくは page に譲ってください。"),
        ),
        _ => {}
    }
    paragraphs
}

/// A text that depends on a law needs a day after which it is not sent.
fn law(table: &Table<'_>, log: &mut Log) -> Vec<String> {
    let Some(law) = table.texts(log, "law") else { return Vec::new() };
    if !law.value.is_empty() && table.date(&mut Log::default(), "valid_until").is_none() {
        let sentence = "法令にもとづく原稿（law）には、valid_until = 2027-03-31 の形で使える最後の日を書いてください。";
        log.error(table.place_at(law.line), sentence);
    }
    law.value
}

/// The areas whose readers get the text; they must be among those of the municipality.
fn area(table: &Table<'_>, known: Option<&[String]>, log: &mut Log) -> Vec<String> {
    let Some(areas) = table.texts(log, "area") else { return Vec::new() };
    let strange = |name: &&String| known.is_some_and(|known| !known.contains(name));
    for name in areas.value.iter().filter(strange) {
        let hint = suggestion(name, known.unwrap_or_default().iter().map(String::as_str));
        let sentence = format!("「{name}」という地域は、municipality.toml の areas にありません。{hint}");
        log.error(table.place_at(areas.line), sentence);
    }
    areas.value
}

fn point(table: &Table<'_>, name: &str, log: &mut Log) -> Option<At<Slot>> {
    let text = table.required(log, name)?;
    let slot = text.value.parse().ok().filter(|slot| nominal(*slot).is_some());
    if slot.is_none() {
        let sentence = format!(
            "「{name}」は、preg/w12d0（4週0日から41週6日）、day/37（1から1097）、y1/w05、y2/w08（52まで）、birthday/3 の形で書いてください。"
        );
        log.error(table.place_at(text.line), sentence);
    }
    Some(At { value: slot?, line: text.line })
}

/// Where a slot lies on the way, in days from the birth of a child that comes on its due date and
/// meets no leap year; `None` for a slot that is no range point.
fn nominal(slot: Slot) -> Option<i32> {
    match slot {
        Slot::Pregnancy(days @ 28..=293) => Some(i32::from(days) - 1_000),
        Slot::Day(day @ 1..=1_097) => Some(i32::from(day) - 1),
        Slot::Week { year, week: week @ 0..=52 } => Some(365 * i32::from(year) + 7 * i32::from(week)),
        Slot::Birthday(years @ 1..=3) => Some(365 * i32::from(years)),
        Slot::Pregnancy(_) | Slot::Day(_) | Slot::Week { .. } | Slot::Birthday(_) | Slot::Round(_) => None,
    }
}

fn range(table: &Table<'_>, from: Option<&At<Slot>>, to: Option<&At<Slot>>, packs: &[Pack], log: &mut Log) {
    let (Some(from), Some(to)) = (from, to) else { return };
    let (Some(first), Some(last)) = (nominal(from.value), nominal(to.value)) else { return };
    if first > last {
        log.error(table.place_at(from.line), "from が to より後になっています。入れかえてください。");
        return;
    }
    let mut moments = packs.iter().flat_map(|pack| cadence::slots(&pack.cadence)).filter_map(nominal);
    if !packs.is_empty() && !moments.any(|moment| (first..=last).contains(&moment)) {
        log.warn(
            table.place_at(from.line),
            "from から to までのあいだに配信日がないので、この原稿は届きません。もう少し広げてください。",
        );
    }
}
