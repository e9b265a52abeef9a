//! Drawn pages become what LINE takes: objects, with names and aliases that say what they are.
//!
//! A page's *hash* is over its object and its picture; it stands at the end of its name, which LINE keeps
//! and shows to nobody. So what LINE has is known from LINE alone. Pages that are tied together by tabs have
//! aliases with a hash over all of them: a changed page brings new aliases with it, and readers who still
//! see the old ones turn among old ones.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::domain::menu::meaning::Meaning;
use crate::domain::menu::plan::{ALIAS, Declared};
use crate::domain::menu::set::{Image, MenuSet};
use crate::domain::menu::version::{PageId, Period};
use crate::line::rich_menu::object;

/// Hexadecimal digits of a page's hash, and of those in aliases.
const HASH_DIGITS: usize = 16;
const ALIAS_DIGITS: usize = 6;

/// A page as LINE takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct BuiltPage {
    /// LINE's object.
    pub object: Value,
    /// Its picture.
    pub image: Image,
}

/// Everything that is declared, as LINE takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    /// What is compared.
    pub declared: Declared,
    /// What is sent, in the same order.
    pub pages: Vec<BuiltPage>,
}

/// What the names of our pages begin with, in an account.
#[must_use]
pub fn ours(account: &str) -> String {
    format!("hagukumi/{account}/")
}

/// Builds the sets of an account; `images` are the pictures of each set's pages.
///
/// # Panics
///
/// When there is not one picture for each page.
#[must_use]
pub fn build(account: &str, sets: &[MenuSet], images: Vec<Vec<Image>>) -> Built {
    let mut built = Built { declared: Declared { sets: Vec::new(), pages: Vec::new() }, pages: Vec::new() };
    for (at, (set, images)) in sets.iter().zip(images).enumerate() {
        assert_eq!(set.pages.len(), images.len(), "each page has its picture");
        let (slug, name) = (set.slug.clone(), set.name.clone());
        built.declared.sets.push(Period { slug, name, from: set.from, until: set.until });
        let aliases = aliases(set, &images);
        for (place, (page, image)) in set.pages.iter().zip(images).enumerate() {
            let alias = |to: usize| aliases.get(&to).cloned().unwrap_or_default();
            let hash = digest(&object(page, "", &alias), &image, HASH_DIGITS);
            let name = format!("{}{}/{}/{hash}", ours(account), set.slug, page.slug);
            built.declared.pages.push(PageId {
                set: at,
                title: format!("{}／{}", set.name, page.name),
                name: name.clone(),
                hash,
                alias: aliases.get(&place).cloned(),
                stage: page.stage,
                seen_by: set.stages_of(place),
            });
            built.pages.push(BuiltPage { object: object(page, &name, &alias), image });
        }
    }
    built
}

/// The aliases of the pages that tabs lead to.
fn aliases(set: &MenuSet, images: &[Image]) -> BTreeMap<usize, String> {
    let leads = |page: &crate::domain::menu::set::Page| {
        let tabs = page.areas.iter().filter_map(|area| match area.meaning {
            Meaning::Tab(to) => Some(to),
            _ => None,
        });
        tabs.collect::<Vec<_>>()
    };
    let mut aliases = BTreeMap::new();
    for to in set.pages.iter().flat_map(leads) {
        let digest = group_digest(set, images, to);
        aliases.insert(to, format!("{ALIAS}{}-{}-{digest}", set.slug, to + 1));
    }
    aliases
}

/// Over every page that is tied to this one by tabs, whichever way they lead.
fn group_digest(set: &MenuSet, images: &[Image], page: usize) -> String {
    let tied =
        |one: usize, other: usize| set.reached_from(one).contains(&other) || set.reached_from(other).contains(&one);
    let mut group = vec![page];
    while let Some(more) =
        (0..set.pages.len()).find(|new| !group.contains(new) && group.iter().any(|old| tied(*old, *new)))
    {
        group.push(more);
    }
    group.sort_unstable();
    let mut hash = Sha256::new();
    for at in group {
        let plain = object(&set.pages[at], "", &|to| format!("@{to}"));
        hash.update(digest(&plain, &images[at], 64));
    }
    hex(&hash.finalize(), ALIAS_DIGITS)
}

fn digest(object: &Value, image: &Image, digits: usize) -> String {
    let mut hash = Sha256::new();
    hash.update(object.to_string());
    hash.update(Sha256::digest(&image.bytes));
    hex(&hash.finalize(), digits)
}

fn hex(bytes: &[u8], digits: usize) -> String {
    let all: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    all[..digits].to_owned()
}
