//! Sizes of pages, and templates that tile them: each pixel belongs to one area.

/// Most areas of a page, tabs among them (LINE's reference, rich menu object).
pub const MOST_AREAS: usize = 20;
/// An area's short side on a page 2,500 pixels wide, at least: 44 points on a phone 375 points wide.
pub const SHORTEST_SIDE: u16 = 290;
/// The height of the strip of tabs at the top.
pub const TAB_STRIP: u16 = 300;
/// How many tabs there can be.
pub const TABS: std::ops::RangeInclusive<usize> = 2..=4;

/// The width and height of a page, in pixels of its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// 800 to 2,500.
    pub width: u16,
    /// At least 250, and not more than the width divided by 1.45.
    pub height: u16,
}

impl Frame {
    /// 大
    pub const LARGE: Self = Self { width: 2500, height: 1686 };
    /// 小
    pub const SMALL: Self = Self { width: 2500, height: 843 };

    /// Whether LINE takes it (its reference, upload rich menu image).
    #[must_use]
    pub const fn is_possible(self) -> bool {
        let flat = self.width as u32 * 100 >= self.height as u32 * 145;
        self.width >= 800 && self.width <= 2500 && self.height >= 250 && flat
    }

    /// The short side that an area needs to be hit by a thumb.
    #[must_use]
    pub fn shortest_side(self) -> u16 {
        u16::try_from(u32::from(SHORTEST_SIDE) * u32::from(self.width) / 2500).unwrap_or(SHORTEST_SIDE)
    }
}

/// Where an area lies, in pixels from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bounds {
    /// From the left.
    pub x: u16,
    /// From the top.
    pub y: u16,
    /// To the right.
    pub width: u16,
    /// Down.
    pub height: u16,
}

impl Bounds {
    /// Whether it has an inside, and that lies within the frame.
    #[must_use]
    pub fn is_within(self, frame: Frame) -> bool {
        let ends = |from: u16, long: u16, end: u16| long > 0 && u32::from(from) + u32::from(long) <= u32::from(end);
        ends(self.x, self.width, frame.width) && ends(self.y, self.height, frame.height)
    }

    /// Whether some pixel belongs to both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let meet = |a: u16, along: u16, b: u16, blong: u16| {
            u32::from(a) < u32::from(b) + u32::from(blong) && u32::from(b) < u32::from(a) + u32::from(along)
        };
        meet(self.x, self.width, other.x, other.width) && meet(self.y, self.height, other.y, other.height)
    }

    /// The shorter of its sides.
    #[must_use]
    pub fn short_side(self) -> u16 {
        self.width.min(self.height)
    }
}

/// A way of dividing a page: a grid, and cells that take whole fields of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Template {
    /// How it is called in files, such as `L12`.
    pub name: &'static str,
    /// What it divides.
    pub frame: Frame,
    columns: u16,
    rows: u16,
    /// Column, row, how many columns and how many rows, in reading order.
    cells: &'static [(u16, u16, u16, u16)],
}

/// The areas of a divided page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiling {
    /// The tabs, from left to right; none without tabs.
    pub tabs: Vec<Bounds>,
    /// The cells, in reading order.
    pub cells: Vec<Bounds>,
}

const fn large(name: &'static str, (columns, rows): (u16, u16), cells: &'static [(u16, u16, u16, u16)]) -> Template {
    Template { name, frame: Frame::LARGE, columns, rows, cells }
}

const fn small(name: &'static str, columns: u16, cells: &'static [(u16, u16, u16, u16)]) -> Template {
    Template { name, frame: Frame::SMALL, columns, rows: 1, cells }
}

/// Every template.
pub static TEMPLATES: [Template; 17] = [
    large("L1", (1, 1), &[(0, 0, 1, 1)]),
    large("L2", (2, 1), &[(0, 0, 1, 1), (1, 0, 1, 1)]),
    large("L3", (1, 2), &[(0, 0, 1, 1), (0, 1, 1, 1)]),
    large("L4", (3, 1), &[(0, 0, 2, 1), (2, 0, 1, 1)]),
    large("L5", (3, 1), &[(0, 0, 1, 1), (1, 0, 2, 1)]),
    large("L6", (3, 2), &[(0, 0, 2, 2), (2, 0, 1, 1), (2, 1, 1, 1)]),
    large("L7", (2, 2), &[(0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1)]),
    large("L8", (2, 2), &[(0, 0, 1, 1), (1, 0, 1, 1), (0, 1, 2, 1)]),
    large("L9", (2, 2), &[(0, 0, 1, 1), (1, 0, 1, 1), (0, 1, 1, 1), (1, 1, 1, 1)]),
    large("L10", (3, 2), &[(0, 0, 3, 1), (0, 1, 1, 1), (1, 1, 1, 1), (2, 1, 1, 1)]),
    large("L11", (3, 2), &[(0, 0, 1, 1), (1, 0, 1, 1), (2, 0, 1, 1), (0, 1, 3, 1)]),
    large("L12", (3, 2), &[(0, 0, 1, 1), (1, 0, 1, 1), (2, 0, 1, 1), (0, 1, 1, 1), (1, 1, 1, 1), (2, 1, 1, 1)]),
    small("S1", 1, &[(0, 0, 1, 1)]),
    small("S2", 2, &[(0, 0, 1, 1), (1, 0, 1, 1)]),
    small("S3", 3, &[(0, 0, 1, 1), (1, 0, 1, 1), (2, 0, 1, 1)]),
    small("S4", 3, &[(0, 0, 1, 1), (1, 0, 2, 1)]),
    small("S5", 3, &[(0, 0, 2, 1), (2, 0, 1, 1)]),
];

impl Template {
    /// The template of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.name == name)
    }

    /// How many cells it has.
    #[must_use]
    pub const fn cells(&self) -> usize {
        self.cells.len()
    }

    /// Its areas, under a strip of as many tabs.
    #[must_use]
    pub fn tile(&self, tabs: u16) -> Tiling {
        let Frame { width, height } = self.frame;
        let strip = if tabs == 0 { 0 } else { TAB_STRIP };
        let tab = |at| {
            let (x, end) = (edge(width, at, tabs), edge(width, at + 1, tabs));
            Bounds { x, y: 0, width: end - x, height: strip }
        };
        let cell = |&(column, row, wide, high): &(u16, u16, u16, u16)| {
            let (x, end) = (edge(width, column, self.columns), edge(width, column + wide, self.columns));
            let (y, bottom) = (edge(height - strip, row, self.rows), edge(height - strip, row + high, self.rows));
            Bounds { x, y: strip + y, width: end - x, height: bottom - y }
        };
        Tiling { tabs: (0..tabs).map(tab).collect(), cells: self.cells.iter().map(cell).collect() }
    }
}

/// Edge number `at` of `parts` equal parts, rounded to whole pixels, so that neighbours share it.
fn edge(length: u16, at: u16, parts: u16) -> u16 {
    let (length, at, parts) = (u32::from(length), u32::from(at), u32::from(parts));
    u16::try_from((2 * length * at + parts) / (2 * parts)).unwrap_or(u16::MAX)
}
