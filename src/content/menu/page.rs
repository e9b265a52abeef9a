//! One page: its head, its division, its areas, its picture.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation as _;

use super::area::{self, AreaDraft};
use super::{HEAD, is_slug, picture};
use crate::content::finding::{Log, at, suggestion};
use crate::content::source::{self, Files};
use crate::content::table::{Piece, Table};
use crate::domain::menu::Stage;
use crate::domain::menu::colour::Colour;
use crate::domain::menu::frame::{Bounds, Frame, MOST_AREAS, TABS, TEMPLATES, Template};
use crate::domain::menu::meaning::Meaning;
use crate::domain::menu::set::{Area, Look, Page};
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

enum Layout {
    Template(&'static Template),
    Free(Frame),
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
        layout: layout(&table, log),
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

fn layout(table: &Table<'_>, log: &mut Log) -> Option<Layout> {
    let (template, size) = (table.text(log, "template"), frame(table, log));
    match (template, size) {
        (Some(name), None) => {
            let template = Template::named(&name.value);
            if template.is_none() {
                let known: Vec<&str> = TEMPLATES.iter().map(|template| template.name).collect();
                let sentence =
                    format!("「{}」という型はありません。使えるのは {} です。", name.value, known.join("、"));
                log.error(table.place_at(name.line), sentence);
            }
            template.map(Layout::Template)
        }
        (None, Some(frame)) => frame.map(Layout::Free),
        (Some(name), Some(_)) => {
            log.error(table.place_at(name.line), "template と size は、どちらかひとつだけ書いてください。");
            None
        }
        (None, None) => {
            log.error(
                table.place(),
                "分け方がありません。template = \"L12\"（型）か、size = [2500, 1686]（自由に分ける）を書いてください。",
            );
            None
        }
    }
}

/// The size of a freely divided page, where one is given.
fn frame(table: &Table<'_>, log: &mut Log) -> Option<Option<Frame>> {
    let size = table.numbers(log, "size")?;
    let frame = match size.value.as_slice() {
        [width, height] => Some(Frame { width: *width, height: *height }).filter(|frame| frame.is_possible()),
        _ => None,
    };
    if frame.is_none() {
        let sentence = "size は [横, 縦] で、横は800から2500、縦は250以上、横は縦の1.45倍以上にしてください（大 [2500, 1686]、小 [2500, 843]）。";
        log.error(table.place_at(size.line), sentence);
    }
    Some(frame)
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

    /// Where tabs and areas lie.
    fn bounds(&self, layout: &Layout, log: &mut Log) -> Option<(Vec<Bounds>, Vec<Bounds>)> {
        let tabs = self.tabs.len();
        if tabs > 0 && !TABS.contains(&tabs) {
            log.error(at(&self.file, self.tabs_line), format!("tabs は2つから4つまでです（いまは{tabs}つ）。"));
            return None;
        }
        match layout {
            Layout::Template(template) => {
                if template.cells() != self.areas.len() {
                    let sentence = format!(
                        "型 {} の領域は{}つですが、[[area]] は{}つあります。",
                        template.name,
                        template.cells(),
                        self.areas.len()
                    );
                    log.error(at(&self.file, self.areas.last().map_or(1, |area| area.line)), sentence);
                    return None;
                }
                let tiling = template.tile(u16::try_from(tabs).unwrap_or_default());
                let misplaced = self.areas.iter().filter(|area| area.bounds.is_some());
                misplaced.for_each(|area| area.error(&self.file, "at は、型（template）を使うときは書けません。", log));
                Some((tiling.tabs, tiling.cells))
            }
            Layout::Free(_) if tabs > 0 => {
                let sentence = "tabs は、型（template）を使うメニューだけに書けます。size のときは、[[area]] に tab を書いてください。";
                log.error(at(&self.file, self.tabs_line), sentence);
                None
            }
            Layout::Free(_) => {
                let without = self.areas.iter().filter(|area| area.bounds.is_none());
                without.for_each(|area| {
                    area.error(&self.file, "場所がありません。at = [左, 上, 幅, 高さ] を書いてください。", log)
                });
                Some((Vec::new(), self.areas.iter().map(|area| area.bounds).collect::<Option<_>>()?))
            }
        }
    }

    /// The areas of the strip of tabs; a tab of the page itself leads to itself, and says so aloud.
    fn strip(&self, bounds: &[Bounds], names: &Names<'_>, log: &mut Log) -> Option<Vec<Area>> {
        let place = (self.file.as_str(), self.tabs_line);
        let own = self.tabs.iter().filter(|slug| **slug == self.slug).count();
        if !self.tabs.is_empty() && own != 1 {
            log.error(
                at(place.0, place.1),
                format!("tabs には、このメニュー（{}）も一度だけ入れてください。", self.slug),
            );
            return None;
        }
        let tabs: Vec<Option<Area>> = self
            .tabs
            .iter()
            .zip(bounds)
            .map(|(slug, bounds)| {
                let to = names.place(slug, place, log)?;
                let Some(title) = &names.tabs[to] else {
                    log.error(at(place.0, place.1), format!("「{slug}」に、タブの名前（tab = \"…\"）がありません。"));
                    return None;
                };
                let own_tab = *slug == self.slug;
                let label = if own_tab { format!("{title}（いまの面）") } else { format!("{title}にかえる") };
                area::check_label(&label, (place.0, place.1, "タブ"), log)?;
                let look = Look { words: vec![title.clone()], icon: None, own_tab };
                Some(Area { bounds: *bounds, label, meaning: Meaning::Tab(to), look })
            })
            .collect();
        tabs.into_iter().collect()
    }

    /// What only all areas together show.
    fn judge(&self, cells: &[Bounds], tabs: usize, frame: Frame, log: &mut Log) {
        let all = cells.len() + tabs;
        if all == 0 {
            log.error(at(&self.file, 1), "押すところ（[[area]]）がひとつもありません。");
        }
        if all > MOST_AREAS {
            let line = self.areas.last().map_or(1, |area| area.line);
            log.error(at(&self.file, line), format!("押すところは、タブを入れて{MOST_AREAS}までです（いまは{all}）。"));
        }
        for (number, (draft, bounds)) in self.areas.iter().zip(cells).enumerate() {
            if !bounds.is_within(frame) {
                let sentence = format!(
                    "絵（{}×{}）からはみ出しています。左+幅は{}まで、上+高さは{}までにしてください。",
                    frame.width, frame.height, frame.width, frame.height
                );
                draft.error(&self.file, &sentence, log);
            } else if bounds.short_side() < frame.shortest_side() {
                let sentence = format!(
                    "短い辺が{}で、指で押しにくい大きさです。{}以上にしてください。",
                    bounds.short_side(),
                    frame.shortest_side()
                );
                log.warn(at(&self.file, draft.line), draft.named(&sentence));
            }
            let under = cells[..number].iter().position(|other| other.overlaps(*bounds));
            if let Some(other) = under {
                let sentence =
                    format!("領域{}と重なっています。どこを押したか決まるように、離してください。", other + 1);
                draft.error(&self.file, &sentence, log);
            }
        }
    }
}
