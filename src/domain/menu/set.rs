//! What files declare: sets of pages, before anything was drawn.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::colour::Colour;
use super::frame::{Bounds, Frame};
use super::meaning::Meaning;
use super::stage::Stage;

/// Everything that a folder declares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MenuSets {
    /// The sets, by their slugs.
    pub sets: Vec<MenuSet>,
    /// Icons of drawn pictures: what stands inside an SVG of 48 × 48, by name.
    pub icons: BTreeMap<String, String>,
}

/// What is shown in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuSet {
    /// The folder's name: lower-case letters, digits and hyphens, at most 16.
    pub slug: String,
    /// As staff call it.
    pub name: String,
    /// Its first day; `None` for the set of all other days.
    pub from: Option<NaiveDate>,
    /// Its last day.
    pub until: Option<NaiveDate>,
    /// Its pages.
    pub pages: Vec<Page>,
}

/// One page of a set: what LINE calls a rich menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The file's name without its ending.
    pub slug: String,
    /// As staff call it.
    pub name: String,
    /// Whose first page it is; `None` for a page that is opened by a tab.
    pub stage: Option<Stage>,
    /// What stands on the bar under the chat: at most 14 characters.
    pub bar: String,
    /// Whether it is unfolded when a chat is opened.
    pub open: bool,
    /// Its size.
    pub frame: Frame,
    /// Its areas in reading order, the tabs first.
    pub areas: Vec<Area>,
    /// What it looks like.
    pub picture: Picture,
}

/// An area that can be tapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Where it is.
    pub bounds: Bounds,
    /// What is read aloud: at most 20 characters.
    pub label: String,
    /// What a tap means.
    pub meaning: Meaning,
    /// How it is drawn, where the picture is.
    pub look: Look,
}

/// How an area is drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Lines of words, at most two.
    pub words: Vec<String>,
    /// The name of an icon.
    pub icon: Option<String>,
    /// For tabs: whether it is the page's own.
    pub own_tab: bool,
}

/// What a page looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// A file of the set.
    File(Image),
    /// Drawn from the words and icons of its areas, in this colour.
    Drawn(Colour),
}

/// A finished picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// What it is written in.
    pub kind: ImageKind,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What LINE takes as a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl ImageKind {
    /// As HTTP names it.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// As files end.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }
}

impl MenuSet {
    /// The pages that tabs lead to from one, and itself.
    #[must_use]
    pub fn reached_from(&self, page: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::from([page]);
        let mut ahead = vec![page];
        while let Some(at) = ahead.pop() {
            let tabs = self.pages[at].areas.iter().filter_map(|area| match area.meaning {
                Meaning::Tab(to) => Some(to),
                _ => None,
            });
            ahead.extend(tabs.filter(|to| reached.insert(*to)));
        }
        reached
    }

    /// The same with its pages in the order of a reader's way, each first page before its tabs.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        let mut order: Vec<usize> = (0..self.pages.len()).collect();
        order.sort_by_key(|at| (self.stages_of(*at).first().copied(), self.pages[*at].stage.is_none()));
        let moved = |to: usize| order.iter().position(|at| *at == to).unwrap_or(to);
        for area in self.pages.iter_mut().flat_map(|page| &mut page.areas) {
            if let Meaning::Tab(to) = &mut area.meaning {
                *to = moved(*to);
            }
        }
        self.pages = order.iter().map(|at| self.pages[*at].clone()).collect();
        self
    }

    /// The stages whose readers can see a page.
    #[must_use]
    pub fn stages_of(&self, page: usize) -> Vec<Stage> {
        let first = |stage: &Stage| self.pages.iter().position(|page| page.stage == Some(*stage));
        let seen = |stage: &Stage| first(stage).is_some_and(|first| self.reached_from(first).contains(&page));
        Stage::ALL.into_iter().filter(seen).collect()
    }
}

/// The size of drawn words in pixels: as large as fits, and large enough to be read on a phone 375 points
/// wide (13 points are 88 pixels). `None` where they do not fit. Letters are as wide as they are high, or
/// half of that in ASCII and half-width kana; that holds for the typeface that draws them.
#[must_use]
pub fn size_of_words(words: &[String], frame: Frame, bounds: Bounds) -> Option<u16> {
    const LARGEST: u32 = 116;
    const SMALLEST: u32 = 88;
    const MARGIN: u32 = 44;
    let scale = |pixels: u32| pixels * u32::from(frame.width) / 2500;
    let halves = words.iter().map(|line| width_in_halves(line)).max().filter(|halves| *halves > 0)?;
    let room = u32::from(bounds.width).checked_sub(2 * scale(MARGIN))?;
    let fits = (room * 2 / halves).min(scale(LARGEST));
    let lines = u32::try_from(words.len()).ok()?;
    let high = lines * fits * 5 / 4 <= u32::from(bounds.height);
    if fits >= scale(SMALLEST) && high { u16::try_from(fits).ok() } else { None }
}

fn width_in_halves(line: &str) -> u32 {
    line.chars().map(|c| if c.is_ascii() || ('\u{ff61}'..='\u{ff9f}').contains(&c) { 1 } else { 2 }).sum()
}
