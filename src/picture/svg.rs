//! A page as SVG.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::domain::menu::colour::Colour;
use crate::domain::menu::frame::{Bounds, Frame};
use crate::domain::menu::meaning::Meaning;
use crate::domain::menu::set::{Area, Page, size_of_words};

/// Words on cards: 15:1 on white.
const INK: &str = "#1c2429";
/// Between cards, on a page 2,500 pixels wide.
const GAP: u32 = 14;
const CORNER: u32 = 40;
/// The side of an icon's own drawing.
const ICON: f64 = 48.0;

/// The page, drawn in this colour.
pub(super) fn of(page: &Page, colour: Colour, icons: &BTreeMap<String, String>) -> String {
    let Frame { width, height } = page.frame;
    let ground = colour.towards_white(86);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"><rect width=\"{width}\" height=\"{height}\" fill=\"{ground}\"/>"
    );
    for area in &page.areas {
        let drawing = Drawing { frame: page.frame, area, colour, ground };
        if is_tab(page, area) { drawing.tab(&mut svg) } else { drawing.card(icons, &mut svg) }
    }
    svg.push_str("</svg>");
    svg
}

/// Whether it belongs to a strip at the top: only those have a tab of their own page beside them.
fn is_tab(page: &Page, area: &Area) -> bool {
    let strip = |one: &Area| one.look.own_tab && one.bounds.y == area.bounds.y;
    matches!(area.meaning, Meaning::Tab(_)) && page.areas.iter().any(strip)
}

struct Drawing<'a> {
    frame: Frame,
    area: &'a Area,
    colour: Colour,
    ground: Colour,
}

impl Drawing<'_> {
    fn scaled(&self, pixels: u32) -> u32 {
        pixels * u32::from(self.frame.width) / 2500
    }

    fn words_size(&self) -> u32 {
        size_of_words(&self.area.look.words, self.frame, self.area.bounds).unwrap_or_default().into()
    }

    /// The page's own tab is one with the ground below it; the others stand behind it.
    fn tab(&self, svg: &mut String) {
        let Bounds { x, y, width, height } = self.area.bounds;
        let own = self.area.look.own_tab;
        let fill = if own { self.ground } else { self.colour };
        let _ = write!(svg, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>");
        if own {
            let (bar, colour) = (self.scaled(26), self.colour);
            let _ = write!(svg, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{bar}\" fill=\"{colour}\"/>");
        }
        let white = Colour::WHITE.to_string();
        self.words(u32::from(y) + u32::from(height) / 2, if own { INK } else { &white }, svg);
    }

    fn card(&self, icons: &BTreeMap<String, String>, svg: &mut String) {
        let Bounds { x, y, width, height } = self.area.bounds;
        let (gap, corner) = (self.scaled(GAP), self.scaled(CORNER));
        let (left, top) = (u32::from(x) + gap, u32::from(y) + gap);
        let (wide, high) = (u32::from(width) - 2 * gap, u32::from(height) - 2 * gap);
        let _ = write!(
            svg,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\" rx=\"{corner}\" fill=\"#ffffff\"/>"
        );
        let middle = u32::from(y) + u32::from(height) / 2;
        let Some(shapes) = self.area.look.icon.as_ref().and_then(|icon| icons.get(icon)) else {
            return self.words(middle, INK, svg);
        };
        let lines = u32::try_from(self.area.look.words.len()).unwrap_or(1);
        let size = self.words_size();
        let (text, space) = (lines * size * 5 / 4, size / 2);
        // The same for one line of words as for two, so that a row of cards looks like one.
        let side = (high.saturating_sub(text + space + self.scaled(60))).min(self.scaled(240));
        let from = middle - (side + space + text) / 2;
        self.icon(shapes, side, from, svg);
        self.words(from + side + space + text / 2, INK, svg);
    }

    fn icon(&self, shapes: &str, side: u32, top: u32, svg: &mut String) {
        let centre = u32::from(self.area.bounds.x) + u32::from(self.area.bounds.width) / 2;
        let (left, scale) = (centre - side / 2, f64::from(side) / ICON);
        let _ = write!(
            svg,
            "<g transform=\"translate({left} {top}) scale({scale:.4})\" color=\"{}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\" stroke-linecap=\"round\" stroke-linejoin=\"round\">{shapes}</g>",
            self.colour
        );
    }

    /// The words, in the middle of the area and around this height.
    fn words(&self, middle: u32, ink: &str, svg: &mut String) {
        let centre = u32::from(self.area.bounds.x) + u32::from(self.area.bounds.width) / 2;
        let (words, size) = (&self.area.look.words, self.words_size());
        let high = size * 5 / 4;
        let lines = u32::try_from(words.len()).unwrap_or(1);
        let first = middle.saturating_sub(lines * high / 2);
        for (at, line) in (0..lines).zip(words) {
            // The letters of this face stand on their line with 12 percent below it.
            let base = first + at * high + high / 2 + size * 38 / 100;
            let _ = write!(
                svg,
                "<text x=\"{centre}\" y=\"{base}\" font-family=\"BIZ UDGothic\" font-weight=\"700\" font-size=\"{size}\" text-anchor=\"middle\" fill=\"{ink}\">{}</text>",
                escaped(line)
            );
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
