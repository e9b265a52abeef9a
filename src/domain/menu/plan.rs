//! What differs between what is declared and what LINE has, and so what is to be done.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::stage::Stage;
use super::version::{Body, PageId, Period, Placed, Version, set_on};

/// Versions that are kept at LINE, the present one among them, so that one can go back.
pub const KEPT_VERSIONS: usize = 3;
/// Creations in an hour, and deletions in an hour, that LINE takes at most (its reference, rate limits).
pub const AN_HOUR: u64 = 100;
/// Readers in one bulk link (LINE's reference, link rich menu to multiple users).
pub const BULK: u64 = 500;

/// What is declared, drawn and named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The sets.
    pub sets: Vec<Period>,
    /// Their pages.
    pub pages: Vec<PageId>,
}

/// A page as LINE lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// LINE's id.
    pub line: String,
    /// The name it was given.
    pub name: String,
    /// Whether it has its picture; looked for only where it is ours.
    pub picture: bool,
}

/// What LINE has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Its pages.
    pub pages: Vec<Listed>,
    /// Its aliases, and the page that each leads to.
    pub aliases: BTreeMap<String, String>,
    /// The page that is shown to everybody who has no other.
    pub default: Option<String>,
}

/// Readers of a stage, by the page (ours) that they were last given.
pub type Census = BTreeMap<(Stage, Option<i64>), u64>;

/// Everything that is known before something is done.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What is declared.
    pub declared: &'a Declared,
    /// What LINE has.
    pub seen: &'a Seen,
    /// What was applied, the newest first.
    pub versions: &'a [Version],
    /// Where the readers are.
    pub census: &'a Census,
    /// The account's day.
    pub today: NaiveDate,
    /// What the names of our pages begin with.
    pub ours: &'a str,
}

/// A page of ours that nothing needs any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unneeded {
    /// LINE's id.
    pub line: String,
    /// Its name.
    pub name: String,
}

/// What was changed at LINE by others than us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// This page is gone.
    PageGone(String),
    /// This page has lost its picture, or never had it.
    PictureGone(String),
    /// This alias is gone or leads elsewhere.
    Alias(String),
    /// Another page is shown to everybody, or none.
    Default,
}

/// What is to be done, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Where each declared page is at LINE.
    pub found: Vec<Option<String>>,
    /// Pages to be made, by their places.
    pub create: Vec<usize>,
    /// Pages whose picture is to be brought.
    pub upload: Vec<usize>,
    /// Pages whose alias is to be made (`false`) or led to them (`true`).
    pub alias: Vec<(usize, bool)>,
    /// The page to be shown to everybody who has no other.
    pub default: Option<usize>,
    /// Whether what is declared is to be written down as a version.
    pub version: bool,
    /// Readers to be given another page.
    pub link: Vec<(Stage, u64)>,
    /// Pages of ours to be removed.
    pub delete: Vec<Unneeded>,
    /// Aliases of ours to be removed.
    pub drop_alias: Vec<String>,
    /// Pages that are not ours. They stay as they are.
    pub foreign: usize,
    /// What others changed.
    pub drift: Vec<Drift>,
}

impl Plan {
    /// Whether there is nothing to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let pages = self.create.is_empty() && self.upload.is_empty() && self.alias.is_empty();
        let shown = self.default.is_none() && !self.version && self.link.is_empty();
        pages && shown && self.delete.is_empty() && self.drop_alias.is_empty()
    }

    /// How many readers are to be given another page.
    #[must_use]
    pub fn readers(&self) -> u64 {
        self.link.iter().map(|(_, readers)| readers).sum()
    }

    /// How often LINE will be asked to link: in bulk, or one by one where there are few.
    #[must_use]
    pub fn links(&self) -> u64 {
        self.link.iter().map(|(_, readers)| if *readers <= FEW { *readers } else { readers.div_ceil(BULK) }).sum()
    }
}

/// Up to this many readers are linked one by one, which LINE shows at once.
pub const FEW: u64 = 5;

/// Works out what is to be done.
#[must_use]
pub fn plan(known: Known<'_>) -> Plan {
    let found: Vec<Option<&Listed>> = known.declared.pages.iter().map(|page| known.find(page)).collect();
    let create = (0..found.len()).filter(|at| found[*at].is_none()).collect();
    let upload = (0..found.len()).filter(|at| found[*at].is_none_or(|listed| !listed.picture)).collect();
    let version = known.is_new();
    let kept = known.kept(version);
    let delete = known.unneeded(&kept, &found);
    Plan {
        create,
        upload,
        alias: known.aliases(&found),
        default: known.default(&found),
        version,
        link: known.links(),
        drop_alias: known.unneeded_aliases(&kept),
        foreign: known.seen.pages.iter().filter(|listed| !listed.name.starts_with(known.ours)).count(),
        drift: known.drift(),
        found: found.into_iter().map(|listed| listed.map(|listed| listed.line.clone())).collect(),
        delete,
    }
}

impl<'a> Known<'a> {
    /// Where a declared page is: the one that a version knows, else one with its picture, else any.
    fn find(self, page: &PageId) -> Option<&'a Listed> {
        let placed: BTreeSet<&str> = self.placed().map(|placed| placed.line.as_str()).collect();
        let same = self.seen.pages.iter().filter(|listed| listed.name == page.name);
        same.min_by_key(|listed| (!placed.contains(listed.line.as_str()), !listed.picture, listed.line.as_str()))
    }

    fn placed(self) -> impl Iterator<Item = &'a Placed> {
        self.versions.iter().take(KEPT_VERSIONS).flat_map(|version| &version.body.pages)
    }

    fn current(self) -> Option<&'a Body> {
        self.versions.first().map(|version| &version.body)
    }

    /// Whether what is declared differs from the newest version, or a page of that has been lost.
    fn is_new(self) -> bool {
        let Some(current) = self.current() else { return true };
        let same = current.sets == self.declared.sets
            && current.pages.iter().map(|placed| &placed.page).eq(&self.declared.pages);
        let at_line = |placed: &Placed| self.find(&placed.page).is_some_and(|listed| listed.line == placed.line);
        !same || !current.pages.iter().all(at_line)
    }

    /// The versions that stay beside what is declared.
    fn kept(self, new: bool) -> Vec<&'a Body> {
        let older = if new { KEPT_VERSIONS - 1 } else { KEPT_VERSIONS };
        self.versions.iter().take(older).map(|version| &version.body).collect()
    }

    fn aliases(self, found: &[Option<&Listed>]) -> Vec<(usize, bool)> {
        let step = |(at, page): (usize, &PageId)| {
            let alias = page.alias.as_ref()?;
            let leads = self.seen.aliases.get(alias);
            let right = leads.is_some() && leads == found[at].map(|listed| &listed.line);
            (!right).then_some((at, leads.is_some()))
        };
        self.declared.pages.iter().enumerate().filter_map(step).collect()
    }

    fn default(self, found: &[Option<&Listed>]) -> Option<usize> {
        let wanted = first_page(self.declared, Stage::Unregistered, self.today)?;
        let there = found[wanted].map(|listed| &listed.line);
        (there.is_none() || there != self.seen.default.as_ref()).then_some(wanted)
    }

    /// Readers who have another page than the one declared for them.
    fn links(self) -> Vec<(Stage, u64)> {
        let mut wanted: BTreeMap<Stage, u64> = BTreeMap::new();
        for ((stage, linked), readers) in self.census {
            let Some(page) = first_page(self.declared, *stage, self.today) else { continue };
            let page = &self.declared.pages[page];
            let has = linked.and_then(|id| self.placed().find(|placed| placed.id == id));
            let at_line = |placed: &Placed| self.find(page).is_some_and(|listed| listed.line == placed.line);
            if !has.is_some_and(|placed| placed.page.hash == page.hash && at_line(placed)) {
                *wanted.entry(*stage).or_default() += readers;
            }
        }
        wanted.into_iter().collect()
    }

    /// Pages of ours that are neither declared nor kept, and second ones of the same name.
    fn unneeded(self, kept: &[&Body], found: &[Option<&Listed>]) -> Vec<Unneeded> {
        let chosen = found.iter().flatten().map(|listed| listed.line.as_str());
        let old = kept.iter().flat_map(|body| body.pages.iter().map(|placed| placed.line.as_str()));
        let needed: BTreeSet<&str> = chosen.chain(old).collect();
        let ours = self.seen.pages.iter().filter(|listed| listed.name.starts_with(self.ours));
        let unneeded = ours.filter(|listed| !needed.contains(listed.line.as_str()));
        unneeded.map(|listed| Unneeded { line: listed.line.clone(), name: listed.name.clone() }).collect()
    }

    /// Aliases that lead to pages of ours, or to none, and are neither declared nor kept.
    fn unneeded_aliases(self, kept: &[&Body]) -> Vec<String> {
        let declared = self.declared.pages.iter().filter_map(|page| page.alias.as_ref());
        let old = kept.iter().flat_map(|body| body.pages.iter().filter_map(|placed| placed.page.alias.as_ref()));
        let needed: BTreeSet<&String> = declared.chain(old).collect();
        let named: BTreeMap<&str, &str> =
            self.seen.pages.iter().map(|listed| (listed.line.as_str(), listed.name.as_str())).collect();
        let is_ours = |alias: &str, line: &str| {
            alias.starts_with(ALIAS) && named.get(line).is_none_or(|name| name.starts_with(self.ours))
        };
        let unneeded = |(alias, line): &(&String, &String)| !needed.contains(alias) && is_ours(alias, line);
        self.seen.aliases.iter().filter(unneeded).map(|(alias, _)| alias.clone()).collect()
    }

    /// What others changed of the newest version.
    fn drift(self) -> Vec<Drift> {
        let Some(version) = self.versions.first() else { return Vec::new() };
        let listed = |line: &str| self.seen.pages.iter().find(|listed| listed.line == line);
        let mut drift = Vec::new();
        for placed in &version.body.pages {
            match listed(&placed.line) {
                None => drift.push(Drift::PageGone(placed.page.title.clone())),
                Some(page) if !page.picture => drift.push(Drift::PictureGone(placed.page.title.clone())),
                Some(_) => {}
            }
            let leads = placed.page.alias.as_ref().map(|alias| self.seen.aliases.get(alias));
            if leads.is_some_and(|leads| leads != Some(&placed.line)) {
                drift.push(Drift::Alias(placed.page.title.clone()));
            }
        }
        let told = version.body.pages.iter().find(|placed| Some(placed.id) == version.default);
        if told.is_some_and(|told| self.seen.default.as_ref() != Some(&told.line)) {
            drift.push(Drift::Default);
        }
        drift
    }
}

/// What the names of our aliases begin with.
pub const ALIAS: &str = "hg-";

/// As [`Body::first_page`], of what is declared.
#[must_use]
pub fn first_page(declared: &Declared, stage: Stage, day: NaiveDate) -> Option<usize> {
    let of = |set: usize| declared.pages.iter().position(|page| page.set == set && page.stage == Some(stage));
    let open = || declared.sets.iter().position(|set| set.from.is_none() && set.until.is_none());
    set_on(&declared.sets, day).and_then(of).or_else(|| open().and_then(of))
}
