//! One area: what is read aloud, what a tap means, where it is and how it is drawn.

use unicode_segmentation::UnicodeSegmentation as _;

use super::page::Names;
use crate::content::finding::{Log, at, suggestion};
use crate::content::table::{At, Table};
use crate::domain::conversation::reading::words::command;
use crate::domain::menu::frame::Bounds;
use crate::domain::menu::meaning::{DATES, Meaning, REPLIES, date, reply};
use crate::domain::menu::set::{Area, Look};
use crate::domain::municipal::Municipality;

/// The longest label (LINE's reference: action objects of rich menus, 20 characters).
const LONGEST_LABEL: usize = 20;
/// The longest text of a message action (LINE's reference).
const LONGEST_TEXT: usize = 300;
/// The longest address of a URI action (LINE's reference).
const LONGEST_ADDRESS: usize = 1_000;
/// Lines of drawn words.
const MOST_LINES: usize = 2;
/// What a tap can mean, of which each area has one.
const MEANINGS: [&str; 6] = ["reply", "page", "phone", "text", "tab", "date"];
const KEYS: [&str; 4] = ["label", "words", "icon", "at"];

/// An area whose meaning is not tied to anything yet.
pub(super) struct AreaDraft {
    /// Its place in the file, from 1.
    number: usize,
    pub(super) line: usize,
    label: Option<String>,
    pub(super) bounds: Option<Bounds>,
    look: Look,
    meaning: Option<(&'static str, At<String>)>,
}

/// Reads the area of that number.
pub(super) fn read(number: usize, table: &Table<'_>, log: &mut Log) -> AreaDraft {
    let line = table.place().line;
    table.only(log, &[&KEYS[..], &MEANINGS[..]].concat());
    let mut draft = AreaDraft {
        number,
        line,
        label: None,
        bounds: bounds(number, table, log),
        look: Look::default(),
        meaning: meaning(number, table, log),
    };
    let file = table.place().file;
    let label = table.text(log, "label").filter(|label| !label.value.is_empty());
    match label {
        None => draft.error(
            &file,
            "読み上げる名前がありません。label = \"相談する\" のように書いてください（画面を見ない方に要ります）。",
            log,
        ),
        Some(label) => {
            let whose = format!("領域{number}");
            draft.label = check_label(&label.value, (&file, label.line, &whose), log).map(|()| label.value);
        }
    }
    let words = table.texts(log, "words").map(|words| words.value);
    draft.look.words = words.unwrap_or_else(|| draft.label.iter().cloned().collect());
    draft.look.icon = table.text(log, "icon").map(|icon| icon.value);
    if draft.look.words.len() > MOST_LINES {
        draft.error(&file, "words（絵に書くことば）は2行までです。", log);
    }
    draft
}

/// Whether LINE takes a label.
pub(super) fn check_label(label: &str, (file, line, whose): (&str, usize, &str), log: &mut Log) -> Option<()> {
    let length = label.graphemes(true).count();
    if length > LONGEST_LABEL {
        let sentence =
            format!("{whose}「{label}」: 読み上げる名前は{LONGEST_LABEL}文字までです（いまは{length}文字）。");
        log.error(at(file, line), sentence);
        return None;
    }
    Some(())
}

fn bounds(number: usize, table: &Table<'_>, log: &mut Log) -> Option<Bounds> {
    let at = table.numbers(log, "at")?;
    let [x, y, width, height] = at.value[..] else {
        let sentence = format!("領域{number}: at は [左, 上, 幅, 高さ] の4つの数字で書いてください。");
        log.error(table.place_at(at.line), sentence);
        return None;
    };
    Some(Bounds { x, y, width, height })
}

fn meaning(number: usize, table: &Table<'_>, log: &mut Log) -> Option<(&'static str, At<String>)> {
    let given: Vec<_> = MEANINGS.iter().filter_map(|name| Some((*name, table.text(log, name)?))).collect();
    if given.len() == 1 {
        return given.into_iter().next();
    }
    let all = MEANINGS.join("、");
    let sentence = match given.len() {
        0 => format!("領域{number}: 押すと何が起きるかがありません。{all} のどれかひとつを書いてください。"),
        _ => {
            let names: Vec<&str> = given.iter().map(|(name, _)| *name).collect();
            format!("領域{number}: {} がいっしょに書かれています。ひとつだけにしてください。", names.join(" と "))
        }
    };
    log.error(table.place(), sentence);
    None
}

impl AreaDraft {
    /// A sentence about this area.
    pub(super) fn named(&self, sentence: &str) -> String {
        match &self.label {
            Some(label) => format!("領域{}「{label}」: {sentence}", self.number),
            None => format!("領域{}: {sentence}", self.number),
        }
    }

    pub(super) fn error(&self, file: &str, sentence: &str, log: &mut Log) {
        log.error(at(file, self.line), self.named(sentence));
    }

    /// The area, with its meaning understood.
    pub(super) fn finish(
        &self,
        (file, bounds): (&str, Bounds),
        names: &Names<'_>,
        municipality: &Municipality,
        log: &mut Log,
    ) -> Option<Area> {
        let (kind, value) = self.meaning.as_ref()?;
        if *kind == "text" && command(&value.value).is_none() {
            let sentence = format!(
                "「{}」と送られても、会話は決まった返事を持っていません。reply を使うか、「相談」「変更」などのことばにしてください。",
                value.value
            );
            log.warn(at(file, value.line), self.named(&sentence));
        }
        let meaning = match *kind {
            "tab" => Meaning::Tab(names.place(&value.value, (file, value.line), log)?),
            kind => match understood(kind, &value.value, municipality) {
                Ok(meaning) => meaning,
                Err(sentence) => {
                    log.error(at(file, value.line), self.named(&sentence));
                    return None;
                }
            },
        };
        Some(Area { bounds, label: self.label.clone()?, meaning, look: self.look.clone() })
    }
}

/// What a tap means, or what is wrong with what is written.
fn understood(kind: &str, text: &str, municipality: &Municipality) -> Result<Meaning, String> {
    match kind {
        "reply" => reply(text).ok_or_else(|| unknown(kind, text, &REPLIES.map(|(name, _)| name))),
        "date" => date(text).ok_or_else(|| unknown(kind, text, &DATES.map(|(name, _)| name))),
        "page" => page(text, municipality).map(Meaning::Page),
        "phone" => phone(text, municipality).map(Meaning::Phone),
        _ if (1..=LONGEST_TEXT).contains(&text.encode_utf16().count()) => Ok(Meaning::Text(text.to_owned())),
        _ => Err(format!("text は1文字から{LONGEST_TEXT}文字までです。")),
    }
}

fn unknown(kind: &str, text: &str, known: &[&str]) -> String {
    let hint = suggestion(text, known.iter().copied());
    format!("{kind} に「{text}」は書けません。{hint}使えるのは {} です。", known.join("、"))
}

/// An address, or the municipality's own page.
fn page(text: &str, municipality: &Municipality) -> Result<String, String> {
    if text == "home" {
        return municipality
            .page
            .clone()
            .ok_or_else(|| "page = \"home\" は municipality.toml の page ですが、そこに書かれていません。".to_owned());
    }
    let host = text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if host && text.is_ascii() && !text.contains(char::is_whitespace) && text.len() <= LONGEST_ADDRESS {
        return Ok(text.to_owned());
    }
    Err("page は https:// で始まるアドレスを、空白や全角文字なしで書いてください（自治体のページなら \"home\"）。"
        .to_owned())
}

/// The desk's number, a help line's by its key, or a number.
fn phone(text: &str, municipality: &Municipality) -> Result<String, String> {
    let line = municipality.hotline(text).or_else(|| (text == "desk").then_some(&municipality.desk));
    if let Some(desk) = line {
        return Ok(desk.phone.clone());
    }
    let digits = text.strip_prefix('#').unwrap_or(text);
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if plain && (3..=12).contains(&count) {
        return Ok(text.to_owned());
    }
    let keys = municipality.hotlines.iter().map(|(key, _)| key.as_str());
    let hint = suggestion(text, keys.chain(["desk"]));
    Err(format!(
        "phone は desk（相談窓口）か、municipality.toml の [hotline.…] の名前か、000-000-0000 の形の番号を書いてください。{hint}"
    ))
}
