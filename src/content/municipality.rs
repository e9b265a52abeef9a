//! A municipality's folder: `municipality.toml`, `privacy.md` and `texts/*.md`.

use super::finding::{Log, at, suggestion};
use super::municipal_text;
use super::paragraphs::{self, Line};
use super::source::{self, Files};
use super::table::{At, Piece, Table};
use crate::domain::calendar::LeapRule;
use crate::domain::municipal::{Desk, MunicipalText, Municipality};
use crate::domain::programme::pack::Pack;

/// The municipalities' folder below the content folder.
const FOLDER: &str = "municipal/";

/// The longest sender name (LINE: `sender.name`, 20 characters).
const LONGEST_SENDER: usize = 20;

/// The help lines that the cards of the conversation show.
pub(super) const HOTLINES: [&str; 14] = [
    "ambulance",
    "police",
    "child_abuse",
    "child_guidance",
    "child_medical",
    "emergency_advice",
    "yorisoi",
    "inochi_sos",
    "kokoro",
    "dv_plus",
    "dv_navi",
    "poison",
    "pregnancy_sos",
    "loss",
];

/// Nobody should ring these to see whether they answer.
const NEVER_TRIED: [&str; 2] = ["110", "119"];

/// What a municipality's page on personal data may fill in.
const PRIVACY_PLACEHOLDERS: [&str; 5] = ["municipality", "service", "desk", "phone", "hours"];

/// Reads the named municipality, or the only one.
pub(super) fn read(wanted: Option<&str>, files: &Files, packs: &[Pack], log: &mut Log) -> Option<Municipality> {
    let slug = choose(wanted, files, log)?;
    let folder = format!("{FOLDER}{slug}/");
    let settings = format!("{folder}municipality.toml");
    let privacy = privacy(&folder, files, log);
    let found = match files.get(&settings) {
        Some(bytes) => source::text(&settings, bytes, log)
            .and_then(|text| head(&slug, Piece { file: &settings, text, line: 1 }, log)),
        None => {
            log.error(at(&settings, 1), "自治体のフォルダーに municipality.toml がありません。");
            None
        }
    };
    // Texts are read also where the settings cannot be, so that one mistake does not hide the next.
    let areas = found.as_ref().map(|found| found.areas.clone());
    let texts = texts(&folder, files, (packs, areas.as_deref()), log);
    let mut found = found?;
    found.privacy = privacy?;
    found.texts = texts;
    Some(found)
}

fn choose(wanted: Option<&str>, files: &Files, log: &mut Log) -> Option<String> {
    let mut slugs: Vec<&str> =
        files.keys().filter_map(|path| path.strip_prefix(FOLDER)?.split_once('/').map(|(slug, _)| slug)).collect();
    slugs.dedup();
    let sentence = match (wanted, slugs.as_slice()) {
        (Some(wanted), _) if slugs.contains(&wanted) => return Some(wanted.to_owned()),
        (None, [only]) => return Some((*only).to_owned()),
        (_, []) => {
            "自治体のフォルダーがありません。municipal/aoba/municipality.toml のように置いてください。".to_owned()
        }
        (Some(wanted), _) => {
            let hint = suggestion(wanted, slugs.iter().copied());
            format!("「{wanted}」という自治体のフォルダーはありません。{hint}あるのは {} です。", slugs.join("、"))
        }
        (None, _) => format!(
            "自治体のフォルダーがいくつもあります（{}）。HAGUKUMI_MUNICIPALITY でひとつ選んでください。",
            slugs.join("、")
        ),
    };
    log.error(at("municipal", 1), sentence);
    None
}

fn head(slug: &str, piece: Piece<'_>, log: &mut Log) -> Option<Municipality> {
    let parsed = piece.parse(log)?;
    let table = Table::root(piece, &parsed);
    let known = ["name", "service", "sender", "page", "leap_birthday", "desk", "hotline", "areas", "line_id"];
    table.only(log, &known);
    let (name, service) = (table.required(log, "name"), table.required(log, "service"));
    let sender = table.required(log, "sender").and_then(|sender| sender_name(&table, sender, log));
    let page = page(&table, log);
    let leap = leap_birthday(&table, log);
    let own = table.table(log, "desk");
    if own.is_none() {
        log.error(table.place(), "相談の窓口（[desk]）がありません。name、phone、hours を書いてください。");
    }
    let own = own.and_then(|own| desk(&own, log));
    let hotlines = hotlines(&table, log);
    let (areas, line_id) = (areas(&table, log), line_id(&table, log));
    Some(Municipality {
        slug: slug.to_owned(),
        name: name?.value,
        service: service?.value,
        sender: sender?,
        desk: own?,
        page,
        hotlines,
        leap,
        privacy: String::new(),
        texts: Vec::new(),
        areas: areas?,
        line_id: line_id?,
    })
}

fn sender_name(table: &Table<'_>, sender: At<String>, log: &mut Log) -> Option<String> {
    let length = sender.value.chars().count();
    if length > LONGEST_SENDER {
        let sentence = format!("sender は{LONGEST_SENDER}文字までです（いまは{length}文字）。");
        log.error(table.place_at(sender.line), sentence);
        return None;
    }
    if sender.value.to_lowercase().contains("line") {
        log.error(table.place_at(sender.line), "sender に「LINE」という言葉は使えません（LINEの決まり）。");
        return None;
    }
    Some(sender.value)
}

/// When a child of 29 February has its birthday; the law's day unless the municipality says otherwise.
fn leap_birthday(table: &Table<'_>, log: &mut Log) -> LeapRule {
    let Some(day) = table.text(log, "leap_birthday") else { return LeapRule::default() };
    match day.value.as_str() {
        "02-28" => LeapRule::TwentyEighth,
        "03-01" => LeapRule::FirstOfMarch,
        _ => {
            let sentence =
                "leap_birthday は \"02-28\" か \"03-01\" と書いてください（2月29日生まれの子の、平年の誕生日）。";
            log.error(table.place_at(day.line), sentence);
            LeapRule::default()
        }
    }
}

/// More areas than these do not fit on one card.
const MOST_AREAS: usize = 10;
/// The longest name of an area, as a button's label (LINE: 20 characters).
const LONGEST_AREA: usize = 20;

/// The areas, in the order in which they are offered; none where the key is missing.
fn areas(table: &Table<'_>, log: &mut Log) -> Option<Vec<String>> {
    let Some(areas) = table.texts(log, "areas") else { return Some(Vec::new()) };
    let place = table.place_at(areas.line);
    let wrong = |name: &&String| name.trim().is_empty() || name.chars().count() > LONGEST_AREA;
    if let Some(name) = areas.value.iter().find(wrong) {
        log.error(place, format!("地域の名前「{name}」は、1文字から{LONGEST_AREA}文字までにしてください。"));
        return None;
    }
    if areas.value.len() > MOST_AREAS {
        let count = areas.value.len();
        log.error(place, format!("地域（areas）は{MOST_AREAS}までです（いまは{count}）。まとめてください。"));
        return None;
    }
    let twice = (1..areas.value.len()).find(|at| areas.value[..*at].contains(&areas.value[*at]));
    if let Some(at) = twice {
        log.error(place, format!("地域「{}」が2回あります。ひとつにしてください。", areas.value[at]));
        return None;
    }
    Some(areas.value)
}

/// The account's basic id, if it is given: `@` and letters that LINE allows.
fn line_id(table: &Table<'_>, log: &mut Log) -> Option<Option<String>> {
    let Some(id) = table.text(log, "line_id").filter(|id| !id.value.is_empty()) else { return Some(None) };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let right =
        id.value.strip_prefix('@').is_some_and(|rest| !rest.is_empty() && rest.len() <= 30 && rest.chars().all(plain));
    if !right {
        log.error(
            table.place_at(id.line),
            "line_id は、LINE Official Account Manager にある「@」で始まるベーシックIDを、そのまま書いてください（例：@aoba）。",
        );
        return None;
    }
    Some(Some(id.value))
}

/// An optional page; it must be `https`.
pub(super) fn page(table: &Table<'_>, log: &mut Log) -> Option<String> {
    let page = table.text(log, "page")?;
    if page.value.is_empty() {
        return None;
    }
    let host = page.value.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if !host || page.value.contains(char::is_whitespace) || !page.value.is_ascii() {
        log.error(
            table.place_at(page.line),
            "page は https:// で始まるアドレスを、空白や全角文字なしで書いてください。",
        );
        return None;
    }
    Some(page.value)
}

/// A telephone number that can be dialled: digits with hyphens, or `#` and digits.
pub(super) fn phone(table: &Table<'_>, log: &mut Log) -> Option<String> {
    let phone = table.required(log, "phone")?;
    let digits = phone.value.strip_prefix('#').unwrap_or(&phone.value);
    let count = digits.chars().filter(char::is_ascii_digit).count();
    let plain = digits.chars().all(|c| c.is_ascii_digit() || c == '-');
    if !plain || !(3..=12).contains(&count) || digits.starts_with('-') || digits.ends_with('-') {
        let sentence = "phone は半角の数字とハイフンで、000-000-0000、119、#8000 のように書いてください。";
        log.error(table.place_at(phone.line), sentence);
        return None;
    }
    Some(phone.value)
}

fn hotlines(table: &Table<'_>, log: &mut Log) -> Vec<(String, Desk)> {
    let Some(lines) = table.table(log, "hotline") else {
        log.error(table.place(), "相談・緊急の電話（[hotline.ambulance] など）がありません。");
        return Vec::new();
    };
    lines.only(log, &HOTLINES);
    let keys = lines.keys();
    for missing in HOTLINES.iter().filter(|name| keys.iter().all(|key| key.value != **name)) {
        log.error(lines.place(), format!("[hotline.{missing}] がありません。name、phone、hours を書いてください。"));
    }
    let known = keys.into_iter().filter(|key| HOTLINES.contains(&key.value.as_str()));
    known.filter_map(|key| Some((key.value.clone(), desk(&lines.table(log, &key.value)?, log)?))).collect()
}

fn desk(table: &Table<'_>, log: &mut Log) -> Option<Desk> {
    table.only(log, &["name", "phone", "hours", "confirmed_on"]);
    let (name, phone, hours) = (table.required(log, "name"), phone(table, log), table.required(log, "hours"));
    let confirmed = table.date(log, "confirmed_on");
    let (name, phone) = (name?, phone?);
    if confirmed.is_none() && !NEVER_TRIED.contains(&phone.as_str()) {
        let sentence = format!(
            "「{}」の番号と時間を確かめた日がありません。公式の案内や電話で確かめ、confirmed_on = 2027-04-01 の形で書いてください。",
            name.value
        );
        log.warn(table.place(), sentence);
    }
    if phone.starts_with("000") {
        log.warn(table.place(), format!("「{}」の電話番号が見本（000…）のままです。", name.value));
    }
    Some(Desk { name: name.value, phone, hours: hours?.value, confirmed_on: confirmed.map(|day| day.value) })
}

fn privacy(folder: &str, files: &Files, log: &mut Log) -> Option<String> {
    let file = format!("{folder}privacy.md");
    let Some(bytes) = files.get(&file) else {
        log.error(at(&file, 1), "個人情報のあつかいのページ（privacy.md）がありません。");
        return None;
    };
    let text = source::text(&file, bytes, log)?;
    for (index, text) in text.lines().enumerate() {
        paragraphs::braces(&file, &Line { text, number: index + 1 }, &PRIVACY_PLACEHOLDERS, log);
    }
    if text.trim().is_empty() {
        log.error(at(&file, 1), "個人情報のあつかいのページが空です。");
    }
    Some(text.to_owned())
}

fn texts(
    folder: &str,
    files: &Files,
    (packs, areas): (&[Pack], Option<&[String]>),
    log: &mut Log,
) -> Vec<MunicipalText> {
    let mut texts = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with(folder)) {
        let name = &path[folder.len()..];
        let id = name.strip_prefix("texts/").and_then(|name| name.strip_suffix(".md"));
        match id {
            Some(id) if id != "README" => {
                if let Some(text) = source::text(path, bytes, log) {
                    texts.extend(municipal_text::read((id, path), text, (packs, areas), log));
                }
            }
            Some(_) => {}
            None if ["municipality.toml", "privacy.md", "README.md", "PLAN.md"].contains(&name) => {}
            None => log.warn(
                at(path, 1),
                "このファイルは読まれません。自治体の原稿は texts/ の中に、.md で終わる名前で置いてください。",
            ),
        }
    }
    texts
}
