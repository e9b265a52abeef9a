//! Rich menus, read from files: `rich-menu/<set>/set.toml`, one `.toml` a page, and pictures beside them.
//!
//! As with texts, **all mistakes are reported together**, each with file, line and area and a sentence that
//! says what would be right; what has one is not applied. `rich-menu/README.md` tells staff how to write them.

mod area;
mod page;
mod picture;

use std::path::PathBuf;

use rust_embed::RustEmbed;

use super::finding::{Finding, Findings, Log, at};
use super::source::{self, Files};
use super::table::{At, Piece, Table};
use crate::domain::menu::Stage;
use crate::domain::menu::colour::Colour;
use crate::domain::menu::set::{MenuSet, MenuSets};
use crate::domain::municipal::Municipality;
use page::{Draft, Shared};

#[cfg(test)]
mod tests;

/// Where menus come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum MenuSource {
    /// What was compiled in.
    #[default]
    Embedded,
    /// A folder laid out like `rich-menu/`.
    Directory(PathBuf),
}

#[derive(RustEmbed)]
#[folder = "rich-menu"]
struct Embedded;

/// Menus that can be applied.
#[derive(Debug, Clone)]
pub struct LoadedMenus {
    /// The menus.
    pub menus: MenuSets,
    /// What is worth a look, by file and line.
    pub warnings: Vec<Finding>,
}

/// The file that says when a set is shown.
const HEAD: &str = "set.toml";
/// The folder of icons beside the sets.
const ICONS: &str = "icons";
/// The longest name of a set's folder: it becomes part of LINE's aliases, which have at most 32 letters.
const LONGEST_SLUG: usize = 16;

impl MenuSource {
    /// The folder as an author would write it; findings are shown with it in front.
    #[must_use]
    pub fn root(&self) -> String {
        match self {
            Self::Embedded => "rich-menu".to_owned(),
            Self::Directory(folder) => folder.display().to_string().trim_end_matches('/').to_owned(),
        }
    }

    fn files(&self, log: &mut Log) -> Files {
        match self {
            Self::Embedded => source::embedded::<Embedded>(),
            Self::Directory(folder) => source::directory(folder, "メニューのフォルダー（rich-menu）", log),
        }
    }
}

/// Reads all menus of a municipality.
///
/// # Errors
///
/// [`Findings`] with every mistake by file and line.
pub fn load_menus(source: &MenuSource, municipality: &Municipality) -> Result<LoadedMenus, Findings> {
    let mut log = Log::default();
    let files = source.files(&mut log);
    let icons = picture::icons(&files, &mut log);
    let slugs = slugs(&files);
    if slugs.is_empty() && !log.has_errors() {
        let sentence = "メニューの組がありません。rich-menu/futsuu/set.toml のように、フォルダーを作ってください。";
        log.error(at("", 1), sentence);
    }
    let sets: Vec<(MenuSet, At<()>)> = slugs
        .into_iter()
        .filter_map(|slug| set(&Shared { files: &files, icons: &icons, municipality, slug }, &mut log))
        .collect();
    periods(&sets, &mut log);
    if log.has_errors() {
        return Err(log.into_errors());
    }
    let sets = sets.into_iter().map(|(set, _)| set).collect();
    Ok(LoadedMenus { menus: MenuSets { sets, icons }, warnings: log.into_sorted() })
}

fn slugs(files: &Files) -> Vec<&str> {
    let mut slugs: Vec<&str> = files
        .keys()
        .filter_map(|path| path.split_once('/'))
        .map(|(slug, _)| slug)
        .filter(|slug| *slug != ICONS)
        .collect();
    slugs.dedup();
    slugs
}

/// Whether a name can become part of LINE's aliases (LINE's reference: `[a-z0-9_-]`).
fn is_slug(name: &str, longest: usize) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=longest).contains(&name.len()) && name.bytes().all(plain)
}

fn set(shared: &Shared<'_>, log: &mut Log) -> Option<(MenuSet, At<()>)> {
    let (slug, file) = (shared.slug, format!("{}/{HEAD}", shared.slug));
    if !is_slug(slug, LONGEST_SLUG) {
        let sentence = format!(
            "組のフォルダー「{slug}」の名前は、英小文字・数字・ハイフンで{LONGEST_SLUG}文字までにしてください（LINE のエイリアスになるため、大文字は使えません）。"
        );
        log.error(at(&file, 1), sentence);
        return None;
    }
    let Some(bytes) = shared.files.get(&file) else {
        log.error(at(&file, 1), "組の見出し（set.toml）がありません。name と colour を書いて置いてください。");
        return None;
    };
    let text = source::text(&file, bytes, log)?;
    let piece = Piece { file: &file, text, line: 1 };
    let parsed = piece.parse(log)?;
    let table = Table::root(piece, &parsed);
    table.only(log, &["name", "bar", "colour", "open", "from", "until"]);
    let name = table.required(log, "name");
    let head = page::Head {
        bar: page::bar(&table, log).unwrap_or_else(|| "メニュー".to_owned()),
        open: table.flag(log, "open").is_none_or(|open| open.value),
        colour: colour(&table, log),
    };
    let (from, until) = (table.date(log, "from"), table.date(log, "until"));
    let line = from.as_ref().or(until.as_ref()).map_or(1, |day| day.line);
    let (from, until) = (from.map(|day| day.value), until.map(|day| day.value));
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        log.error(at(&file, line), "until（終わりの日）が from（始まりの日）より前です。");
    }
    if from.is_none() && until.is_some() {
        log.error(at(&file, line), "until だけでは、いつからの組か決まりません。from も書いてください。");
    }
    let drafts = page::read_all(shared, &head, log);
    let is_open = from.is_none() && until.is_none();
    stages(&drafts, &file, is_open, log);
    let pages = page::finish(drafts, shared, log);
    let set = MenuSet { slug: slug.to_owned(), name: name?.value, from, until, pages: pages? };
    lonely(&set, log);
    Some((set.in_order(), At { value: (), line }))
}

/// The colour of what is drawn; white words on it must be readable.
fn colour(table: &Table<'_>, log: &mut Log) -> Option<Colour> {
    let text = table.text(log, "colour")?;
    let Some(colour) = Colour::parse(&text.value) else {
        let sentence =
            format!("色「{}」を読めません。colour = \"#1f6f5c\" のように、#と6けたで書いてください。", text.value);
        log.error(table.place_at(text.line), sentence);
        return None;
    };
    let contrast = colour.contrast(Colour::WHITE);
    if contrast < crate::domain::menu::colour::READABLE {
        let sentence = format!(
            "色 {colour} は、白い文字との差が {contrast:.1}:1 しかなく、読めない方がいます。4.5:1 以上の、もっと濃い色にしてください。"
        );
        log.error(table.place_at(text.line), sentence);
    }
    Some(colour)
}

/// Each stage has one first page; the open set has all of them, since others fall back on it.
fn stages(drafts: &[Draft], head: &str, is_open: bool, log: &mut Log) {
    for stage in Stage::ALL {
        let mut of_stage = drafts.iter().filter(|draft| draft.stage == Some(stage));
        match (of_stage.next(), of_stage.next()) {
            (Some(one), Some(other)) => {
                let sentence = format!(
                    "「{}」のメニューが2つあります（{} にもあります）。stage は、どちらかひとつだけに書いてください。",
                    stage.name(),
                    one.file
                );
                log.error(at(&other.file, other.stage_line), sentence);
            }
            (None, _) if is_open => {
                let sentence = format!(
                    "「{}」のメニューがありません。stage = \"{}\" と書いたファイルを足してください（期間のない組には、4つの時期すべてが要ります）。",
                    stage.name(),
                    stage.word()
                );
                log.error(at(head, 1), sentence);
            }
            _ => {}
        }
    }
}

/// A page that no stage begins with and no tab leads to.
fn lonely(set: &MenuSet, log: &mut Log) {
    for (place, page) in set.pages.iter().enumerate() {
        if page.stage.is_none() && set.stages_of(place).is_empty() {
            let file = format!("{}/{}.toml", set.slug, page.slug);
            let sentence = "このメニューは、だれにも出ません。stage を書くか、ほかのメニューの tabs か tab から開けるようにしてください。";
            log.error(at(&file, 1), sentence);
        }
    }
}

/// One open set, and others that do not share a day.
fn periods(sets: &[(MenuSet, At<()>)], log: &mut Log) {
    let place = |(set, line): &(MenuSet, At<()>)| at(&format!("{}/{HEAD}", set.slug), line.line);
    let is_open = |set: &MenuSet| set.from.is_none() && set.until.is_none();
    let mut open = sets.iter().filter(|(set, _)| is_open(set));
    match (open.next(), open.next()) {
        (None, _) if !sets.is_empty() && !log.has_errors() => {
            log.error(
                place(&sets[0]),
                "期間のない組（from も until もない set.toml）が、ひとつ要ります。ほかの組がない日に出ます。",
            );
        }
        (Some((one, _)), Some(other)) => {
            log.error(
                place(other),
                format!("期間のない組が2つあります（「{}」もそうです）。どちらかに from を書いてください。", one.slug),
            );
        }
        _ => {}
    }
    let dated: Vec<_> = sets.iter().filter(|(set, _)| !is_open(set)).collect();
    for (at, other) in dated.iter().enumerate() {
        let meets = dated[..at].iter().find(|one| share_a_day(&one.0, &other.0));
        if let Some((one, _)) = meets {
            let sentence = format!("「{}」と、期間が重なっています。同じ日に出せる組は、ひとつだけです。", one.slug);
            log.error(place(other), sentence);
        }
    }
}

fn share_a_day(one: &MenuSet, other: &MenuSet) -> bool {
    let begins_in_time = |a: &MenuSet, b: &MenuSet| a.from.zip(b.until).is_none_or(|(from, until)| from <= until);
    begins_in_time(one, other) && begins_in_time(other, one)
}
