//! A pack's folder: `pack.toml`, and manuscripts in any number of `*.md` files.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::cadence;
use super::finding::{Log, at};
use super::manuscript::{self, Setting};
use super::source::{self, Files};
use super::table::{At, Piece, Table};
use crate::domain::programme::pack::{Cadence, Manuscript, Pack, Series};
use crate::domain::programme::slot::Slot;

/// The packs' folder below the content folder.
const FOLDER: &str = "packs/";

/// Files in a pack's folder that are for people.
const FOR_PEOPLE: [&str; 2] = ["README.md", "PLAN.md"];

/// All packs; those of the fallback locale `ja` first.
pub(super) fn read_all(files: &Files, log: &mut Log) -> Vec<Pack> {
    let mut ids: Vec<&str> =
        files.keys().filter_map(|path| path.strip_prefix(FOLDER)?.split_once('/').map(|(id, _)| id)).collect();
    ids.dedup();
    if ids.is_empty() {
        log.error(at("packs", 1), "原稿集がひとつもありません。packs/childcare.ja/pack.toml のように置いてください。");
    }
    let mut packs: Vec<Pack> = Vec::new();
    for id in ids {
        let Some(pack) = read(id, files, log) else { continue };
        if let Some(twin) = packs.iter().find(|other| (other.series, &other.locale) == (pack.series, &pack.locale)) {
            let sentence =
                format!("原稿集「{}」と時期（series）・言語（locale）が同じです。どちらかを直してください。", twin.id);
            log.error(at(&format!("{FOLDER}{}/pack.toml", pack.id), 1), sentence);
        }
        packs.push(pack);
    }
    packs.sort_by_key(|pack| pack.locale != "ja");
    packs
}

fn read(id: &str, files: &Files, log: &mut Log) -> Option<Pack> {
    let folder = format!("{FOLDER}{id}/");
    let own: BTreeMap<&str, &[u8]> =
        files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&folder)?, bytes.as_slice()))).collect();
    let settings = format!("{folder}pack.toml");
    let Some(bytes) = own.get("pack.toml") else {
        log.error(at(&settings, 1), "原稿集のフォルダーに pack.toml がありません。");
        return None;
    };
    let text = source::text(&settings, bytes, log)?;
    let mut pack = head(id, Piece { file: &settings, text, line: 1 }, log)?;
    pack.revision = revision(&own);
    let setting = Setting { series: pack.series, slots: cadence::slots(&pack.cadence), footer: &pack.footer };
    let mut manuscripts = BTreeMap::new();
    for (name, bytes) in own.iter().filter(|(name, _)| **name != "pack.toml" && !FOR_PEOPLE.contains(name)) {
        let file = format!("{folder}{name}");
        if !name.ends_with(".md") {
            log.warn(at(&file, 1), "このファイルは読まれません。原稿は .md で終わる名前にしてください。");
        } else if let Some(text) = source::text(&file, bytes, log) {
            manuscript::read(&file, text, &setting, log).into_iter().for_each(|text| keep(text, &mut manuscripts, log));
        }
    }
    pack.manuscripts = manuscripts;
    Some(pack)
}

fn keep(text: Manuscript, manuscripts: &mut BTreeMap<Slot, Manuscript>, log: &mut Log) {
    match manuscripts.entry(text.slot) {
        Entry::Vacant(free) => drop(free.insert(text)),
        Entry::Occupied(taken) => {
            let first = &taken.get().place;
            let sentence = format!(
                "{} の原稿は {} の{}行目にもあります。ひとつだけ残してください。",
                text.slot, first.file, first.line
            );
            log.error(text.place, sentence);
        }
    }
}

fn head(id: &str, piece: Piece<'_>, log: &mut Log) -> Option<Pack> {
    let parsed = piece.parse(log)?;
    let table = Table::root(piece, &parsed);
    table.only(log, &["id", "series", "locale", "complete", "footer", "cadence"]);
    let named = table.required(log, "id");
    if let Some(named) = named.filter(|named| named.value != id) {
        log.error(table.place_at(named.line), format!("id はフォルダーの名前と同じ「{id}」にしてください。"));
    }
    let series = table.required(log, "series").and_then(|word| series(&table, &word, log));
    let locale = table.required(log, "locale");
    let footer = table.required(log, "footer");
    let complete = table.flag(log, "complete").is_some_and(|flag| flag.value);
    let cadence: Vec<Cadence> = series.map(|series| cadence::read(&table, series, log)).unwrap_or_default();
    Some(Pack {
        id: id.to_owned(),
        series: series?,
        locale: locale?.value,
        cadence,
        footer: footer?.value,
        complete,
        revision: String::new(),
        manuscripts: BTreeMap::new(),
    })
}

fn series(table: &Table<'_>, word: &At<String>, log: &mut Log) -> Option<Series> {
    match word.value.as_str() {
        "maternity" => Some(Series::Maternity),
        "childcare" => Some(Series::Childcare),
        _ => {
            log.error(
                table.place_at(word.line),
                "series は \"maternity\"（妊娠中）か \"childcare\"（生まれてから）のどちらかです。",
            );
            None
        }
    }
}

/// The first 16 hexadecimal digits of a SHA-256 over every path and its bytes, in the order of the
/// paths. Lengths are hashed too, so that bytes cannot move between files unseen.
fn revision(files: &BTreeMap<&str, &[u8]>) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in files {
        hash.update((path.len() as u64).to_be_bytes());
        hash.update(path);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
    hash.finalize().iter().take(8).fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything that is written to it");
        text
    })
}
