//! A page's picture: a file beside it, or its words and icons, to be drawn.

use std::collections::BTreeMap;

use super::ICONS;
use super::page::Shared;
use crate::content::finding::{Log, at, suggestion};
use crate::content::source::{self, Files};
use crate::content::table::{At, Table};
use crate::domain::menu::colour::Colour;
use crate::domain::menu::frame::Frame;
use crate::domain::menu::set::{Area, Image, ImageKind, Picture, size_of_words};

/// The largest picture (LINE's reference, upload rich menu image: 1 MB).
const MOST_BYTES: usize = 1024 * 1024;

/// Where a picture comes from.
pub(super) enum Source {
    File(At<String>),
    Drawn(Colour),
}

/// What a page says of its picture; without a file it is drawn in the set's colour.
pub(super) fn source(table: &Table<'_>, colour: Option<Colour>, log: &mut Log) -> Option<Source> {
    if let Some(file) = table.text(log, "picture") {
        return Some(Source::File(file));
    }
    if colour.is_none() {
        log.error(
            table.place(),
            "絵がありません。picture = \"ファイル名.png\" を書くか、set.toml に colour = \"#1f6f5c\" を書いてください（ことばとアイコンで作ります）。",
        );
    }
    colour.map(Source::Drawn)
}

impl Source {
    pub(super) fn finish(
        &self,
        (file, frame): (&str, Frame),
        areas: &[(usize, &Area)],
        shared: &Shared<'_>,
        log: &mut Log,
    ) -> Option<Picture> {
        match self {
            Self::Drawn(colour) => {
                // Each is looked at, also after one that cannot be drawn.
                let undrawable =
                    areas.iter().filter(|(line, area)| !drawable((file, *line), frame, area, shared, log)).count();
                (undrawable == 0).then_some(Picture::Drawn(*colour))
            }
            Self::File(name) => image((file, name.line), &name.value, frame, shared, log).map(Picture::File),
        }
    }
}

/// Whether an area's words fit, and its icon is there.
fn drawable((file, line): (&str, usize), frame: Frame, area: &Area, shared: &Shared<'_>, log: &mut Log) -> bool {
    let words = &area.look.words;
    if !area.bounds.is_within(frame) {
        // That is said already.
        return false;
    }
    if size_of_words(words, frame, area.bounds).is_none() {
        let sentence = format!(
            "「{}」: 絵のことば「{}」が、この枠に読める大きさで入りません。words = [\"上の行\", \"下の行\"] のように短く分けてください。",
            area.label,
            words.join("／")
        );
        log.error(at(file, line), sentence);
        return false;
    }
    let Some(icon) = area.look.icon.as_ref().filter(|icon| !shared.icons.contains_key(*icon)) else { return true };
    let hint = suggestion(icon, shared.icons.keys().map(String::as_str));
    let known = shared.icons.keys().map(String::as_str).collect::<Vec<_>>().join("、");
    log.error(
        at(file, line),
        format!("「{}」: アイコン「{icon}」はありません。{hint}あるのは {known} です。", area.label),
    );
    false
}

fn image((file, line): (&str, usize), name: &str, frame: Frame, shared: &Shared<'_>, log: &mut Log) -> Option<Image> {
    let path = format!("{}/{name}", shared.slug);
    let Some(bytes) = shared.files.get(&path) else {
        log.error(
            at(file, line),
            format!("絵のファイル {path} がありません。このファイルと同じフォルダーに置いてください。"),
        );
        return None;
    };
    if bytes.len() > MOST_BYTES {
        let sentence =
            format!("絵 {name} が大きすぎます（{}バイト）。1MB（{MOST_BYTES}バイト）までです。", bytes.len());
        log.error(at(file, line), sentence);
        return None;
    }
    let kind = match imagesize::image_type(bytes) {
        Ok(imagesize::ImageType::Png) => ImageKind::Png,
        Ok(imagesize::ImageType::Jpeg) => ImageKind::Jpeg,
        _ => {
            log.error(
                at(file, line),
                format!("絵 {name} は PNG でも JPEG でもありません。PNG か JPEG で保存しなおしてください。"),
            );
            return None;
        }
    };
    let size = imagesize::blob_size(bytes).ok();
    let fits =
        size.is_some_and(|size| (size.width, size.height) == (usize::from(frame.width), usize::from(frame.height)));
    if !fits {
        let found =
            size.map_or_else(|| "読めません".to_owned(), |size| format!("いまは {}×{}", size.width, size.height));
        let sentence =
            format!("絵 {name} の大きさが違います（{found}）。{}×{} にしてください。", frame.width, frame.height);
        log.error(at(file, line), sentence);
        return None;
    }
    Some(Image { kind, bytes: bytes.clone() })
}

/// The icons beside the sets: what stands inside each `<svg viewBox="0 0 48 48">`.
pub(super) fn icons(files: &Files, log: &mut Log) -> BTreeMap<String, String> {
    let mut icons = BTreeMap::new();
    for (path, bytes) in files {
        let Some(name) = path.strip_prefix(ICONS).and_then(|rest| rest.strip_prefix('/')?.strip_suffix(".svg")) else {
            continue;
        };
        let Some(text) = source::text(path, bytes, log) else { continue };
        match inside(text) {
            Some(shapes) => drop(icons.insert(name.to_owned(), shapes.to_owned())),
            None => log.error(
                at(path, 1),
                "アイコンは <svg viewBox=\"0 0 48 48\" …> で始まり </svg> で終わる SVG にしてください。",
            ),
        }
    }
    icons
}

fn inside(svg: &str) -> Option<&str> {
    let (head, rest) = svg.split_once('>')?;
    let is_svg = head.trim_start().starts_with("<svg") && head.contains("viewBox=\"0 0 48 48\"");
    rest.rsplit_once("</svg>").map(|(inside, _)| inside.trim()).filter(|_| is_svg)
}
