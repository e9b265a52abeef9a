//! The walls between the rooms (see `src/lib.rs`), held by reading the sources.
//!
//! Every path that is used or spelt out, also inside macros and attributes, is looked up in the table of
//! `rooms`. To cross a wall, move the code, not the wall.

#![expect(clippy::unwrap_used, reason = "a test that cannot read the sources fails, and says where")]

#[path = "architecture/rooms.rs"]
mod rooms;
#[path = "architecture/scan.rs"]
mod scan;
#[path = "supply/mod.rs"]
mod supply;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rooms::{Violation, judge};
use scan::{Module, Scanned};

/// A source file: where it is, relative to the workspace, and what it says.
struct Source {
    file: String,
    text: String,
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust sources that are part of the programme.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["src", "entity/src", "migration/src"] {
        collect(&workspace().join(folder), &mut found);
    }
    let relative = |path: &PathBuf| path.strip_prefix(workspace()).unwrap().to_str().unwrap().replace('\\', "/");
    found.iter().map(|path| Source { file: relative(path), text: fs::read_to_string(path).unwrap() }).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Names that a path can begin with because a manifest lists them.
fn crates() -> BTreeSet<String> {
    let mut names: BTreeSet<String> = ["std", "core", "alloc", "proc_macro", "hagukumi"].map(str::to_owned).into();
    for manifest in ["Cargo.toml", "entity/Cargo.toml", "migration/Cargo.toml"] {
        let manifest: toml::Table = fs::read_to_string(workspace().join(manifest)).unwrap().parse().unwrap();
        for section in ["dependencies", "dev-dependencies"] {
            let listed = manifest.get(section).and_then(toml::Value::as_table);
            names.extend(listed.into_iter().flat_map(|table| table.keys()).map(|name| name.replace('-', "_")));
        }
    }
    names
}

/// Everything that these sources do and may not do.
fn violations(sources: &[Source]) -> Vec<Violation> {
    let crates = &crates() | &rooms::guarded_crates();
    let scanned: Vec<Scanned> =
        sources.iter().map(|source| scan::read(&source.file, &source.text, Module::of(&source.file))).collect();
    let tests: BTreeSet<Module> = scanned.iter().flat_map(|scanned| scanned.test_modules.iter().cloned()).collect();
    scanned.iter().flat_map(|scanned| judge(scanned, &crates, &tests)).collect()
}

#[test]
fn no_room_uses_what_it_may_not() {
    let found: Vec<String> = violations(&sources()).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} walls are crossed:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_room_has_its_row_in_the_table() {
    let rooms: BTreeSet<String> = sources().iter().map(|source| Module::of(&source.file).room().to_owned()).collect();
    let unknown: Vec<&String> = rooms.iter().filter(|room| rooms::wall_of(room).is_none()).collect();
    assert!(unknown.is_empty(), "give these rooms a row in tests/architecture/rooms.rs: {unknown:?}");
}

/// Points at which a process kills itself are for tests: no feature brings them along, and one room alone
/// knows of them.
#[test]
fn nothing_of_the_fail_points_ships() {
    let manifest: toml::Table = fs::read_to_string(workspace().join("Cargo.toml")).unwrap().parse().unwrap();
    let features = manifest["features"].as_table().unwrap();
    let brings = |name: &String, brought: &toml::Value| {
        name != "fail-points" && brought.as_array().unwrap().iter().any(|one| one.as_str() == Some("fail-points"))
    };
    assert!(!features.iter().any(|(name, brought)| brings(name, brought)), "{features:?}");
    assert_eq!(manifest["dependencies"]["rustix"]["optional"].as_bool(), Some(true));
    let sources = sources();
    let known: Vec<&str> = sources
        .iter()
        .filter(|source| source.text.contains("fail-points"))
        .map(|source| source.file.as_str())
        .collect();
    assert_eq!(known, ["src/fail.rs"]);
    let harmless = sources.iter().find(|source| source.file == "src/fail/harmless.rs").unwrap();
    for nothing in ["const fn at(_point: Point) {}", "const fn soon(_point: Point) {}"] {
        assert!(harmless.text.contains(nothing), "{}", harmless.text);
    }
    let kills = sources.iter().filter(|source| source.text.contains("rustix::"));
    assert_eq!(kills.map(|source| source.file.as_str()).collect::<Vec<_>>(), ["src/fail/deadly.rs"]);
}

/// What is said about one file with this text.
fn planted(file: &str, text: &str) -> Vec<String> {
    let source = Source { file: file.to_owned(), text: text.to_owned() };
    violations(&[source]).iter().map(ToString::to_string).collect()
}

/// The file, its text, and how each complaint begins.
fn assert_caught(file: &str, text: &str, complaints: &[&str]) {
    let found = planted(file, text);
    assert_eq!(found.len(), complaints.len(), "in {file}: {text}\n{found:#?}");
    for (found, complaint) in found.iter().zip(complaints) {
        assert!(found.starts_with(complaint), "{found}\ndoes not begin with\n{complaint}");
    }
}

fn assert_free(file: &str, text: &str) {
    assert_caught(file, text, &[]);
}

#[test]
fn a_plain_use_is_caught() {
    let said = "src/line/client.rs:2: `line` may not use `crate::store::Store`";
    assert_caught("src/line/client.rs", "//! Head.\nuse crate::store::Store;", &[said]);
    assert_caught(
        "src/domain/child.rs",
        "use tokio::time::sleep;",
        &["src/domain/child.rs:1: `domain` may not use `tokio"],
    );
    assert_caught("src/inbox/mod.rs", "use sea_orm;", &["src/inbox/mod.rs:1: `inbox` may not use `sea_orm`"]);
    assert_caught("src/http/mod.rs", "extern crate redis;", &["src/http/mod.rs:1: `http` may not use `redis`"]);
}

#[test]
fn a_fully_qualified_path_is_caught() {
    let text = "fn f() {\n    let x = crate::store::Store::open();\n    ::sea_orm::Database::connect();\n}";
    let said =
        ["src/line/client.rs:2: `line` may not use `crate::store", "src/line/client.rs:3: `line` may not use `sea_orm"];
    assert_caught("src/line/client.rs", text, &said);
    assert_caught("src/domain/child.rs", "fn f() -> std::time::Instant { todo!() }", &["src/domain/child.rs:1"]);
    assert_caught("src/main.rs", "fn main() { hagukumi::app::run() }", &[]);
    assert_caught("src/timers/mod.rs", "fn f(x: hagukumi::line::Line) {}", &["src/timers/mod.rs:1: `timers` may not"]);
}

#[test]
fn a_grouped_renamed_or_nested_use_is_caught() {
    let text = "use crate::{\n    domain::ids,\n    store::{self, Store as Rows},\n};";
    let said = [
        "src/line/a.rs:3: `line` may not use `crate::store`",
        "src/line/a.rs:3: `line` may not use `crate::store::Store`",
    ];
    assert_caught("src/line/a.rs", text, &said);
    assert_caught(
        "src/domain/a.rs",
        "use {chrono::NaiveDate, std::{fmt, fs}};",
        &["src/domain/a.rs:1: `domain` may not use `std::fs`"],
    );
}

#[test]
fn a_use_inside_a_function_or_an_inline_module_is_caught() {
    assert_caught("src/delivery/a.rs", "fn f() { use actix_web::web; }", &["src/delivery/a.rs:1"]);
    assert_caught("src/inbox/a.rs", "mod b { fn f() { crate::delivery::send(); } }", &["src/inbox/a.rs:1"]);
}

#[test]
fn a_way_around_by_super_or_by_the_root_is_caught() {
    assert_caught(
        "src/line/client/a.rs",
        "use super::super::super::store::Store;",
        &["src/line/client/a.rs:1: `line` may not use `crate::store"],
    );
    assert_caught(
        "src/line/mod.rs",
        "mod a { use super::super::store; }",
        &["src/line/mod.rs:1: `line` may not use `crate::store`"],
    );
    for around in ["use crate as root;", "use crate::*;", "use super::super::{self as root};", "use hagukumi as root;"]
    {
        assert_caught("src/line/a.rs", around, &["src/line/a.rs:1: `line` may not use `crate`"]);
    }
    assert_caught("src/line/a.rs", "use crate::Store;", &["src/line/a.rs:1: `line` may not use `crate::Store`"]);
}

#[test]
fn a_glob_and_the_parent_of_something_forbidden_are_caught() {
    assert_caught("src/http/a.rs", "use sea_orm::entity::prelude::*;", &["src/http/a.rs:1"]);
    assert_caught("src/domain/a.rs", "use std::*;", &["src/domain/a.rs:1"]);
    assert_caught("src/domain/a.rs", "use std::time;", &["src/domain/a.rs:1"]);
}

#[test]
fn a_re_export_is_caught() {
    assert_caught("src/domain/mod.rs", "pub use crate::store::Store;", &["src/domain/mod.rs:1"]);
    let said = "src/inbox/mod.rs:1: `inbox` may not pass on `crate::store::Store`";
    assert_caught("src/inbox/mod.rs", "pub use crate::store::Store;", &[said]);
    let said = "src/store/mod.rs:1: `store` may not pass on `sea_orm::DbErr`";
    assert_caught("src/store/mod.rs", "pub use sea_orm::DbErr;", &[said]);
    assert_caught(
        "src/store/mod.rs",
        "pub(crate) use entity::reader as rows;",
        &["src/store/mod.rs:1: `store` may not pass on"],
    );
    assert_caught("src/lib.rs", "pub mod store;\npub use store::Store;", &["src/lib.rs:2: `lib` may not pass on"]);
    assert_free("src/store/mod.rs", "use sea_orm::DbErr;\npub(super) use entity::reader;\npub use crate::domain::ids;");
}

#[test]
fn a_path_inside_a_macro_or_an_attribute_is_caught() {
    let text = "fn f() {\n    tracing::info!(\n        id = crate::store::id(),\n    );\n}";
    assert_caught("src/line/a.rs", text, &["src/line/a.rs:3"]);
    assert_caught(
        "src/domain/a.rs",
        "fn f() { tracing::info!(\"a\"); }",
        &["src/domain/a.rs:1: `domain` may not use `tracing"],
    );
    let text = "macro_rules! m { () => { $crate::store::Store::open() }; }";
    assert_caught("src/line/a.rs", text, &["src/line/a.rs:1"]);
    assert_caught("src/line/a.rs", "#[derive(sea_orm::FromQueryResult)]\nstruct A;", &["src/line/a.rs:1"]);
    assert_caught("src/line/a.rs", "#[serde(with = \"crate::store::seal\")]\nstruct A;", &["src/line/a.rs:1"]);
}

#[test]
fn domain_waits_for_nothing() {
    assert_caught(
        "src/domain/a.rs",
        "async fn f() { g().await }",
        &["src/domain/a.rs:1: `domain` may not use `async`", "src/domain/a.rs:1: `domain` may not use `await`"],
    );
}

#[test]
fn redis_is_spoken_in_its_two_places_only() {
    assert_free("src/timers/redis/mod.rs", "use redis::Client;");
    assert_free("src/delivery/pace.rs", "use redis::Client;");
    assert_free("src/timers/mod.rs", "mod redis;\npub use redis::RedisTimers;");
    assert_caught("src/timers/mod.rs", "mod redis;\nuse ::redis::Client;", &["src/timers/mod.rs:2"]);
    assert_caught("src/timers/sql.rs", "use redis::Client;", &["src/timers/sql.rs:1"]);
    assert_caught("src/delivery/send.rs", "use redis::Client;", &["src/delivery/send.rs:1"]);
}

#[test]
fn a_migration_never_knows_the_entities_of_today() {
    let said = "migration/src/m1.rs:1: `migration` may not use `entity::reader`";
    assert_caught("migration/src/m1.rs", "use entity::reader;", &[said]);
    assert_caught("entity/src/reader.rs", "fn f() { hagukumi::domain::f() }", &["entity/src/reader.rs:1"]);
    assert_free("entity/src/reader.rs", "use crate::child;\nuse super::child as c;\nuse sea_orm::entity::prelude::*;");
}

#[test]
fn the_simulator_shares_nothing_with_us_even_in_tests() {
    assert_caught("src/simulator/a.rs", "use crate::domain::ids::ReaderId;", &["src/simulator/a.rs:1"]);
    let text = "#[cfg(test)]\nmod tests { use line_bot_sdk_rust::line_webhook::models::Event; }";
    assert_caught("src/simulator/a.rs", text, &["src/simulator/a.rs:2"]);
}

#[test]
fn tests_beside_the_code_may_use_any_crate_and_no_other_room() {
    let text =
        "#[cfg(test)]\nmod tests {\n    use proptest::prelude::*;\n    async fn f() { tokio::spawn(async {}); }\n}";
    assert_free("src/domain/a.rs", text);
    assert_caught("src/domain/a.rs", "#[cfg(test)]\nmod tests { use crate::store::Store; }", &["src/domain/a.rs:2"]);
    assert_caught("src/domain/a.rs", "#[cfg(test)]\nmod tests {}\nuse tokio::time;", &["src/domain/a.rs:3"]);
    assert_caught("src/domain/a.rs", "#[cfg(not(test))]\nmod a { use tokio::time; }", &["src/domain/a.rs:2"]);
    let parent = Source { file: "src/domain/a.rs".into(), text: "#[cfg(test)]\nmod tests;".into() };
    let tests = Source { file: "src/domain/a/tests.rs".into(), text: "use proptest::prelude::*;".into() };
    assert!(violations(&[parent, tests]).is_empty());
    assert_caught("src/domain/a/tests.rs", "use proptest::prelude::*;", &["src/domain/a/tests.rs:1"]);
}

#[test]
fn what_is_allowed_is_left_alone() {
    assert_free(
        "src/domain/a.rs",
        "//! See crate::store and [`sea_orm`].\nuse std::{collections::BTreeMap, fmt};\nuse chrono::NaiveDate;",
    );
    assert_free(
        "src/domain/a.rs",
        "mod words;\npub use words::Words;\nfn f() -> impl Iterator<Item = u8> + use<> { std::iter::empty() }",
    );
    assert_free(
        "src/domain/a.rs",
        "use super::ids::ReaderId;\nuse crate::domain::child;\nfn f() { child::g(); u16::MAX; }",
    );
    assert_free(
        "src/line/a.rs",
        "use crate::domain::ids;\nuse reqwest::Url;\nuse line_bot_sdk_rust::line_messaging_api::models;",
    );
    assert_free("src/store/a.rs", "use crate::timers::sql::Due;\nuse sea_orm::DbErr;\nuse entity::reader;");
    assert_free("src/app.rs", "use crate::{store, line, http};\nuse actix_web::HttpServer;");
    assert_free(
        "src/domain/a.rs",
        "/// `tokio::spawn` is not for us.\nfn f(s: &str) -> Option<Vec<u8>> { let x = \"crate::store\"; None }",
    );
}

#[test]
fn a_complaint_says_where_the_code_belongs() {
    let said = "src/http/a.rs:1: `http` may not use `sea_orm::DbErr`: rows and queries live in `store`";
    assert_eq!(planted("src/http/a.rs", "use sea_orm::DbErr;"), [said]);
}
