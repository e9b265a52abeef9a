//! One page: its head, its division, its areas, its picture.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation as _;

mod layout;

use layout::Layout;

use super::area::{self, AreaDraft};
use super::{HEAD, is_slug, picture};
use crate::content::finding::{Log, at, suggestion};
use crate::content::source::{self, Files};
use crate::content::table::{Piece, Table};
use crate::domain::menu::Stage;
use crate::domain::menu::colour::Colour;
use crate::domain::menu::set::{Area, Page};
use crate::domain::municipal::Municipality;

/// What every page of a set is read with.
pub(super) struct Shared<'a> {
    pub(super) files: &'a Files,
    pub(super) icons: &'a BTreeMap<String, String>,
    pub(super) municipality: &'a Municipality,
    pub(super) slug: &'a str,
}

/// What a set says for all its pages.
pub(super) struct Head {
    pub(super) bar: String,
    pub(super) open: bool,
    pub(super) colour: Option<Colour>,
}

/// A page whose tabs are not tied to the other pages yet.
pub(super) struct Draft {
    pub(super) file: String,
    pub(super) stage: Option<Stage>,
    pub(super) stage_line: usize,
    slug: String,
    name: Option<String>,
    /// What it is called on a strip of tabs.
    tab: Option<String>,
    bar: String,
    open: bool,
    layout: Option<Layout>,
    tabs: Vec<String>,
    tabs_line: usize,
    areas: Vec<AreaDraft>,
    picture: Option<picture::Source>,
}

/// The longest text of the bar (LINE's reference: `chatBarText`).
const LONGEST_BAR: usize = 14;
const LONGEST_PAGE_SLUG: usize = 40;
const KEYS: [&str; 10] = ["name", "stage", "bar", "open", "template", "size", "tabs", "tab", "picture", "area"];

/// Reads all pages of a set, by their files.
pub(super) fn read_all(shared: &Shared<'_>, head: &Head, log: &mut Log) -> Vec<Draft> {
    let folder = format!("{}/", shared.slug);
    let mut drafts = Vec::new();
    for (path, bytes) in shared.files.iter().filter(|(path, _)| path.starts_with(&folder)) {
        let name = &path[folder.len()..];
        match name.strip_suffix(".toml") {
            Some("set") => {}
            Some(slug) if is_slug(slug, LONGEST_PAGE_SLUG) => {
                drafts.extend(source::text(path, bytes, log).and_then(|text| read((path, slug), text, head, log)));
            }
            Some(slug) => {
                let sentence = format!(
                    "メニューのファイル名「{slug}」は、英小文字・数字・ハイフンにしてください（大文字は使えません）。"
                );
                log.error(at(path, 1), sentence);
            }
            None => {}
        }
    }
    if drafts.is_empty() {
        log.error(at(&format!("{folder}{HEAD}"), 1), "この組には、メニューのファイルがひとつもありません。");
    }
    drafts
}

fn read((file, slug): (&str, &str), text: &str, head: &Head, log: &mut Log) -> Option<Draft> {
    let piece = Piece { file, text, line: 1 };
    let parsed = piece.parse(log)?;
    let table = Table::root(piece, &parsed);
    table.only(log, &KEYS);
    let name = table.required(log, "name").map(|name| name.value);
    let stage = stage(&table, log);
    let tabs = table.texts(log, "tabs");
    Some(Draft {
        file: file.to_owned(),
        slug: slug.to_owned(),
        name,
        stage: stage.map(|(stage, _)| stage),
        stage_line: stage.map_or(1, |(_, line)| line),
        tab: table.text(log, "tab").map(|tab| tab.value),
        bar: bar(&table, log).unwrap_or_else(|| head.bar.clone()),
        open: table.flag(log, "open").map_or(head.open, |open| open.value),
        layout: layout::layout(&table, log),
        tabs_line: tabs.as_ref().map_or(1, |tabs| tabs.line),
        tabs: tabs.map(|tabs| tabs.value).unwrap_or_default(),
        areas: table
            .tables(log, "area")
            .into_iter()
            .enumerate()
            .map(|(at, area)| area::read(at + 1, &area, log))
            .collect(),
        picture: picture::source(&table, head.colour, log),
    })
}

fn stage(table: &Table<'_>, log: &mut Log) -> Option<(Stage, usize)> {
    let word = table.text(log, "stage")?;
    let stage = Stage::read(&word.value);
    if stage.is_none() {
        let words = Stage::ALL.map(|stage| format!("{}（{}）", stage.word(), stage.name())).join("、");
        let hint = suggestion(&word.value, Stage::ALL.map(Stage::word));
        let sentence = format!("「{}」という時期はありません。{hint}使えるのは {words} です。", word.value);
        log.error(table.place_at(word.line), sentence);
    }
    stage.map(|stage| (stage, word.line))
}

/// The text of the bar under the chat, where one is given.
pub(super) fn bar(table: &Table<'_>, log: &mut Log) -> Option<String> {
    let bar = table.text(log, "bar")?;
    let length = bar.value.graphemes(true).count();
    if !(1..=LONGEST_BAR).contains(&length) {
        let sentence =
            format!("bar（メニューを開くところの文字）は、1文字から{LONGEST_BAR}文字までです（いまは{length}文字）。");
        log.error(table.place_at(bar.line), sentence);
    }
    Some(bar.value)
}

/// Ties tabs to pages, and judges what needs more than its own line. `None` where something is missing.
pub(super) fn finish(drafts: Vec<Draft>, shared: &Shared<'_>, log: &mut Log) -> Option<Vec<Page>> {
    let slugs: Vec<String> = drafts.iter().map(|draft| draft.slug.clone()).collect();
    let tabs: Vec<_> = drafts.iter().map(|draft| draft.tab.clone()).collect();
    let names = Names { slugs: &slugs, tabs: &tabs };
    let pages: Vec<Option<Page>> = drafts.into_iter().map(|draft| draft.finish(&names, shared, log)).collect();
    pages.into_iter().collect()
}

/// The pages of a set, by the names that files use.
pub(super) struct Names<'a> {
    slugs: &'a [String],
    tabs: &'a [Option<String>],
}

impl Names<'_> {
    /// The place of the page of that name; a name nobody has is a finding.
    pub(super) fn place(&self, slug: &str, (file, line): (&str, usize), log: &mut Log) -> Option<usize> {
        let place = self.slugs.iter().position(|known| known == slug);
        if place.is_none() {
            let hint = suggestion(slug, self.slugs.iter().map(String::as_str));
            let known = self.slugs.join("、");
            log.error(
                at(file, line),
                format!("「{slug}」というメニューは、この組にありません。{hint}あるのは {known} です。"),
            );
        }
        place
    }
}

impl Draft {
    fn finish(self, names: &Names<'_>, shared: &Shared<'_>, log: &mut Log) -> Option<Page> {
        let layout = self.layout.as_ref()?;
        let frame = match layout {
            Layout::Template(template) => template.frame,
            Layout::Free(frame) => *frame,
        };
        let (strip, cells) = self.bounds(layout, log)?;
        self.judge(&cells, strip.len(), frame, log);
        let own = self.areas.iter().zip(cells);
        let drafts: Vec<Option<Area>> =
            own.map(|(draft, bounds)| draft.finish((&self.file, bounds), names, shared.municipality, log)).collect();
        let mut areas = self.strip(&strip, names, log)?;
        areas.extend(drafts.into_iter().collect::<Option<Vec<_>>>()?);
        let lines = vec![self.tabs_line; strip.len()].into_iter().chain(self.areas.iter().map(|area| area.line));
        let drawn: Vec<(usize, &Area)> = lines.zip(&areas).collect();
        let picture = self.picture.as_ref()?.finish((&self.file, frame), &drawn, shared, log)?;
        let (name, bar) = (self.name.clone()?, self.bar.clone());
        Some(Page { slug: self.slug, name, stage: self.stage, bar, open: self.open, frame, areas, picture })
    }
}
