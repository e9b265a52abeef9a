//! How a page is divided: by a template, or freely; and its strip of tabs.

use super::{Draft, Names};
use crate::content::finding::{Log, at};
use crate::content::menu::area;
use crate::content::table::Table;
use crate::domain::menu::frame::{Bounds, Frame, MOST_AREAS, TABS, TEMPLATES, Template};
use crate::domain::menu::meaning::Meaning;
use crate::domain::menu::set::{Area, Look};

pub(super) enum Layout {
    Template(&'static Template),
    Free(Frame),
}

pub(super) fn layout(table: &Table<'_>, log: &mut Log) -> Option<Layout> {
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

impl Draft {
    /// Where tabs and areas lie.
    pub(super) fn bounds(&self, layout: &Layout, log: &mut Log) -> Option<(Vec<Bounds>, Vec<Bounds>)> {
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
    pub(super) fn strip(&self, bounds: &[Bounds], names: &Names<'_>, log: &mut Log) -> Option<Vec<Area>> {
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
    pub(super) fn judge(&self, cells: &[Bounds], tabs: usize, frame: Frame, log: &mut Log) {
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
