//! The table of the rooms: what each may and may not use.

use std::collections::BTreeSet;
use std::fmt;

use crate::scan::{Mention, Module, Scanned, Target};

/// Who may be used.
pub enum Allowed {
    /// These and nothing else.
    Only(&'static [&'static str]),
    /// Everything but these.
    AllBut(&'static [&'static [&'static str]]),
}

use Allowed::{AllBut, Only};

/// The walls of one room.
pub struct Wall {
    room: &'static str,
    rooms: Allowed,
    crates: Allowed,
    /// Paths that are closed although their crate is open.
    closed: &'static [&'static str],
    /// Crates that are open to one file or folder of the room only.
    nooks: &'static [(&'static str, &'static str)],
    /// Whether tests beside the code keep to `crates` as well.
    strict_tests: bool,
}

/// What speaks to the database.
const DATABASE: &[&str] = &["sea_orm", "sea_orm_migration", "entity", "migration"];

/// What speaks HTTP with our callers, and what speaks with LINE.
const WEB: &[&str] = &["actix_web", "line_bot_sdk_rust", "reqwest"];

/// Where everything is put together; no other room looks up to it.
const TOP: &[&str] = &["simulator", "app", "commands"];

/// What others reach us by.
const PAGES: &[&str] = &["http", "console"];

/// Crates that belong to one room and are not passed on, and where they belong.
const GUARDED: [(&str, &str); 11] = [
    ("sea_orm", "rows and queries live in `store`"),
    ("sea_orm_migration", "changes of the schema live in `migration`, and `store` runs them"),
    ("entity", "rows and queries live in `store`"),
    ("migration", "`store` runs the migrations"),
    ("resvg", "pictures are drawn by `picture`"),
    ("redis", "Redis is spoken in `timers::redis` and `delivery::pace`"),
    ("actix_web", "HTTP is served by `http` and `console`"),
    ("line_bot_sdk_rust", "LINE's wire lives in `line`"),
    ("reqwest", "requests to LINE are made by `line`"),
    ("tracing", "who calls it logs what it decides"),
    ("tokio", "who calls it waits"),
];

const ANY: Allowed = AllBut(&[]);

/// The right column of the table in the design, and what follows from its one direction: lower rooms do
/// not look up.
#[rustfmt::skip]
static WALLS: [Wall; 22] = [
    Wall {
        closed: &[
            "std::env", "std::fs", "std::io", "std::net", "std::os", "std::process", "std::thread",
            "std::time::Instant", "std::time::SystemTime", "std::time::UNIX_EPOCH", "chrono::Local",
        ],
        ..wall("domain", Only(&[]), Only(&[
            "std", "core", "alloc", "chrono", "serde", "thiserror", "regex", "uuid", "unicode_normalization",
            "unicode_segmentation",
        ]))
    },
    Wall {
        closed: &["std::env", "std::net", "std::process", "std::thread", "std::time::Instant", "std::time::SystemTime"],
        ..wall("content", Only(&["domain"]), Only(&[
            "std", "core", "alloc", "chrono", "serde", "serde_json", "toml", "thiserror", "regex", "sha2",
            "rust_embed", "strsim", "imagesize", "pulldown_cmark", "unicode_normalization", "unicode_segmentation",
        ]))
    },
    wall("picture", Only(&["domain"]), Only(&["std", "core", "alloc", "thiserror", "resvg"])),
    wall(
        "line",
        AllBut(&[&["store", "timers", "inbox", "delivery", "menu", "content", "picture"], PAGES, TOP]),
        AllBut(&[DATABASE, &["redis", "actix_web", "resvg"]]),
    ),
    wall(
        "store",
        AllBut(&[&["line", "inbox", "delivery", "menu", "content", "picture"], PAGES, TOP]),
        AllBut(&[WEB, &["redis", "resvg"]]),
    ),
    Wall {
        nooks: &[("redis", "src/timers/redis")],
        ..wall(
            "timers",
            AllBut(&[&["line", "store", "inbox", "delivery", "menu", "content", "picture"], PAGES, TOP]),
            AllBut(&[DATABASE, WEB, &["redis"]]),
        )
    },
    wall("inbox", AllBut(&[&["delivery", "menu"], PAGES, TOP]), AllBut(&[DATABASE, WEB, &["redis"]])),
    Wall {
        nooks: &[("redis", "src/delivery/pace")],
        ..wall("delivery", AllBut(&[&["inbox", "menu"], PAGES, TOP]), AllBut(&[DATABASE, WEB, &["redis"]]))
    },
    wall("menu", AllBut(&[&["inbox", "content", "picture"], PAGES, TOP]), AllBut(&[DATABASE, WEB, &["redis", "resvg"]])),
    wall("http", AllBut(&[TOP]), AllBut(&[DATABASE, &["redis", "line_bot_sdk_rust"]])),
    wall("console", AllBut(&[TOP]), AllBut(&[DATABASE, &["redis", "line_bot_sdk_rust"]])),
    Wall {
        strict_tests: true,
        ..wall("simulator", Only(&[]), AllBut(&[DATABASE, &["redis", "line_bot_sdk_rust"]]))
    },
    wall("clock", Only(&["domain"]), AllBut(&[DATABASE, WEB, &["redis"]])),
    wall(
        "config",
        AllBut(&[&["store", "timers", "inbox", "delivery"], PAGES, TOP]),
        AllBut(&[DATABASE, WEB, &["redis"]]),
    ),
    wall("fail", Only(&[]), AllBut(&[DATABASE, WEB, &["redis"]])),
    wall("logging", Only(&["config"]), AllBut(&[DATABASE, WEB, &["redis"]])),
    wall("app", ANY, ANY),
    wall("commands", ANY, ANY),
    wall("main", ANY, ANY),
    wall("lib", Only(&[]), Only(&[])),
    wall("entity", Only(&[]), Only(&["std", "core", "alloc", "sea_orm", "serde", "chrono"])),
    wall("migration", Only(&[]), Only(&["std", "core", "alloc", "sea_orm", "sea_orm_migration", "async_trait"])),
];

const fn wall(room: &'static str, rooms: Allowed, crates: Allowed) -> Wall {
    Wall { room, rooms, crates, closed: &[], nooks: &[], strict_tests: false }
}

/// The walls of a room, if it has its row in the table.
pub fn wall_of(room: &str) -> Option<&'static Wall> {
    WALLS.iter().find(|wall| wall.room == room)
}

/// Crates that have a place of their own, whether a manifest lists them already or not.
pub fn guarded_crates() -> BTreeSet<String> {
    GUARDED.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// Something that a room does and may not do.
pub struct Violation {
    file: String,
    line: usize,
    room: String,
    does: &'static str,
    path: String,
    belongs: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, room, does, path, belongs } = self;
        write!(f, "{file}:{line}: `{room}` may not {does} `{path}`: {belongs}")
    }
}

/// Everything that a file does and its room may not do.
pub fn judge(scanned: &Scanned, crates: &BTreeSet<String>, tests: &BTreeSet<Module>) -> Vec<Violation> {
    let Some(wall) = wall_of(scanned.module.room()) else { return Vec::new() };
    let all_test = tests.iter().any(|test| scanned.module.is_within(test));
    let mentions = scanned.mentions.iter().cloned();
    mentions
        .map(|mention| Mention { in_test: mention.in_test || all_test, ..mention })
        .filter_map(|mention| wall.judge(scanned, &mention, crates))
        .collect()
}

impl Wall {
    fn judge(&self, scanned: &Scanned, mention: &Mention, crates: &BTreeSet<String>) -> Option<Violation> {
        let (does, path, belongs) = match &mention.target {
            Target::Keyword(word) => self.judge_keyword(word, mention)?,
            Target::Ours(path) => self.judge_ours(path, mention)?,
            Target::Other { rooted, path } => {
                let is_crate = crates.contains(&path[0]) && (*rooted || !scanned.names.contains(&path[0]));
                if self.room == "lib" && mention.passed_on {
                    return self.violation(scanned, mention, ("pass on", path.join("::"), NO_SHORTCUTS.to_owned()));
                }
                if !is_crate {
                    return None;
                }
                self.judge_crate(path, mention, &scanned.file)?
            }
        };
        self.violation(scanned, mention, (does, path, belongs))
    }

    fn violation(
        &self,
        scanned: &Scanned,
        mention: &Mention,
        said: (&'static str, String, String),
    ) -> Option<Violation> {
        let (does, path, belongs) = said;
        let (file, room) = (scanned.file.clone(), self.room.to_owned());
        Some(Violation { file, line: mention.line, room, does, path, belongs })
    }

    fn judge_keyword(&self, word: &str, mention: &Mention) -> Option<(&'static str, String, String)> {
        let waits = self.room == "domain" && !mention.in_test;
        waits.then(|| ("use", word.to_owned(), "what decides does not wait".to_owned()))
    }

    fn judge_ours(&self, path: &[String], mention: &Mention) -> Option<(&'static str, String, String)> {
        let target = path.first().map(String::as_str);
        let shown = ["crate"].into_iter().chain(path.iter().map(String::as_str)).collect::<Vec<_>>().join("::");
        match target {
            Some(room) if room == self.room => None,
            None if matches!(self.rooms, AllBut(&[])) => None,
            None => Some(("use", shown, "name the room that is meant".to_owned())),
            Some(room) if !self.rooms.allows(room) => Some(("use", shown, belongs_to_room(room))),
            Some(room) if wall_of(room).is_none() => Some(("use", shown, NO_SHORTCUTS.to_owned())),
            Some("domain") => None,
            Some(_) if mention.passed_on && self.is_walled() => {
                Some(("pass on", shown, "whoever may use it takes it from its own room".to_owned()))
            }
            Some(_) => None,
        }
    }

    fn judge_crate(&self, path: &[String], mention: &Mention, file: &str) -> Option<(&'static str, String, String)> {
        let name = path[0].as_str();
        let shown = path.join("::");
        let in_nook = self.nooks.iter().any(|(krate, place)| *krate == name && file.contains(place));
        let free_test = mention.in_test && !self.strict_tests;
        let closed = self.closed.iter().find(|closed| reaches(path, closed, mention.used));
        if closed.is_some() && !free_test {
            return Some(("use", shown, "the system is asked outside, and what it says is passed in".to_owned()));
        }
        if !self.crates.allows(name) && !in_nook && !free_test {
            return Some(("use", shown, belongs(name)));
        }
        let guarded = GUARDED.iter().any(|(guarded, _)| *guarded == name) && name != "reqwest";
        let launders =
            mention.passed_on && guarded && self.is_walled() && !["entity", "migration"].contains(&self.room);
        launders.then(|| ("pass on", shown, belongs(name)))
    }

    fn is_walled(&self) -> bool {
        !matches!(self.rooms, AllBut(&[]))
    }
}

const NO_SHORTCUTS: &str = "`src/lib.rs` lists the rooms and nothing else";

impl Allowed {
    fn allows(&self, name: &str) -> bool {
        match self {
            Only(names) => names.contains(&name),
            AllBut(names) => !names.concat().contains(&name),
        }
    }
}

/// Whether a path is closed, is inside something closed, or brings something closed within reach.
fn reaches(path: &[String], closed: &str, used: bool) -> bool {
    let closed: Vec<&str> = closed.split("::").collect();
    let same = path.iter().zip(&closed).all(|(part, closed)| part == closed);
    same && (path.len() >= closed.len() || used)
}

fn belongs(krate: &str) -> String {
    let known = GUARDED.iter().find(|(name, _)| *name == krate);
    known.map_or_else(|| "this room does without it".to_owned(), |(_, place)| (*place).to_owned())
}

fn belongs_to_room(room: &str) -> String {
    match room {
        "store" => "what is stored is passed in, or asked through a trait of this room",
        "simulator" => "the simulator and we share nothing, so that no bug hides in both",
        "app" | "commands" | "main" => "what is put together there is passed in",
        _ => "the picture in `src/lib.rs` has one direction; move the code to where both ends are known",
    }
    .to_owned()
}
