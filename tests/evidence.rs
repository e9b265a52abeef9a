//! What the documents claim is shown by a test that exists.
//!
//! The tables under `docs/reliability/` and `docs/security.md` name, row by row, the tests that show a
//! promise: `stories::stop::name_of_the_test`, that is target (`hagukumi` for the library), modules, function. Here every
//! such name is looked up, and every fault and bad input that the tables must answer has a row, with a
//! test or with a word that says why there is none.

#![expect(clippy::unwrap_used, reason = "a test that cannot read the documents fails, and says where")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// How a row says that it is argued, not tested; at most eight faults may be.
const ARGUED: &str = "論証";
const MOST_ARGUED: usize = 8;
/// How a row says that it waits for the staff pages.
const WITH_THE_CONSOLE: &str = "職員画面とともに";

/// A row of a table, by the id in its first cell.
struct Row {
    file: String,
    id: String,
    text: String,
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![workspace().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(workspace()).unwrap().to_str().unwrap().to_owned()
}

/// The documents that make claims.
fn documents() -> Vec<(String, String)> {
    let mut paths = files("docs/reliability", "md");
    paths.extend([workspace().join("docs/reliability.md"), workspace().join("docs/security.md")]);
    paths.iter().map(|path| (relative(path), fs::read_to_string(path).unwrap())).collect()
}

/// The ids of a first cell: `F13`, or `B53〜B57` for several that share a row.
fn ids(cell: &str) -> Vec<String> {
    let id = Regex::new(r"^([A-Z])(\d+)(?:〜[A-Z](\d+))?$").unwrap();
    let Some(found) = id.captures(cell.trim()) else { return Vec::new() };
    let first: u32 = found[2].parse().unwrap();
    let last = found.get(3).map_or(first, |last| last.as_str().parse().unwrap());
    (first..=last).map(|number| format!("{}{number}", &found[1])).collect()
}

fn rows() -> Vec<Row> {
    let of = |(file, text): &(String, String)| {
        let row = |line: &str| {
            let cell = line.strip_prefix('|').and_then(|rest| rest.split('|').next()).unwrap_or_default();
            let row = |id| Row { file: file.clone(), id, text: line.to_owned() };
            ids(cell).into_iter().map(row).collect::<Vec<_>>()
        };
        text.lines().flat_map(row).collect::<Vec<_>>()
    };
    documents().iter().flat_map(of).collect()
}

/// The tests that a text names.
fn named(text: &str) -> Vec<String> {
    let name = Regex::new(r"`([a-z0-9_]+(?:::[a-z0-9_]+)+)`").unwrap();
    name.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

/// Where a test file begins in a name: its target, or `hagukumi`, and its modules.
fn modules(file: &str) -> Vec<String> {
    let inside = file.strip_prefix("tests/").map_or_else(
        || file.strip_prefix("src/").map(|rest| format!("hagukumi/{rest}")).unwrap_or_default(),
        str::to_owned,
    );
    let path = inside.trim_end_matches(".rs").trim_end_matches("/mod").trim_end_matches("/main");
    path.split('/').map(str::to_owned).collect()
}

/// Every test: the modules its file stands for, the modules written inside of it, the functions.
struct Tests(Vec<(Vec<String>, BTreeSet<String>, BTreeSet<String>)>);

impl Tests {
    fn read() -> Self {
        let function = Regex::new(r"(?m)^\s*#\[[^\n]*test[^\n]*\]\s*(?:#\[[^\n]*\]\s*)*(?:async )?fn (\w+)").unwrap();
        // `points! { name: …; }`, where a macro makes a test of each line.
        let made = Regex::new(r"(?m)^    (\w+): [A-Z]").unwrap();
        let module = Regex::new(r"(?m)^\s*(?:pub )?mod (\w+) \{").unwrap();
        let names =
            |pattern: &Regex, text: &str| pattern.captures_iter(text).map(|found| found[1].to_owned()).collect();
        let of = |path: &PathBuf| {
            let text = fs::read_to_string(path).unwrap();
            let mut functions: BTreeSet<String> = names(&function, &text);
            if text.contains("async fn $name()") {
                functions.extend(names(&made, &text));
            }
            (modules(&relative(path)), names(&module, &text), functions)
        };
        Self(files("tests", "rs").iter().chain(&files("src", "rs")).map(of).collect())
    }

    fn has(&self, name: &str) -> bool {
        let parts: Vec<String> = name.split("::").map(str::to_owned).collect();
        let (function, path) = parts.split_last().unwrap();
        self.0.iter().any(|(file, inside, functions)| {
            // A folder beside the targets belongs to the target that takes it in.
            let rest = path.strip_prefix(file.as_slice()).or_else(|| path[1..].strip_prefix(file.as_slice()));
            functions.contains(function) && rest.is_some_and(|rest| rest.iter().all(|module| inside.contains(module)))
        })
    }
}

#[test]
fn every_test_that_a_document_names_exists() {
    let tests = Tests::read();
    let mut missing = Vec::new();
    for (file, text) in documents() {
        missing.extend(named(&text).into_iter().filter(|name| !tests.has(name)).map(|name| format!("{file}: {name}")));
    }
    assert!(missing.is_empty(), "{} tests are named and not there:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn every_fault_and_every_bad_input_has_its_row_and_every_row_its_evidence() {
    let mut by_id: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows() {
        by_id.entry(row.id.clone()).or_default().push(row);
    }
    let wanted = (1..=60).map(|number| format!("F{number}")).chain((1..=68).map(|number| format!("B{number}")));
    for id in wanted {
        assert!(by_id.contains_key(&id), "{id} has no row");
    }
    // The invariants are judged after every test, and name none.
    for row in by_id.into_values().flatten().filter(|row| !row.id.starts_with('I')) {
        let reasons = [ARGUED, WITH_THE_CONSOLE];
        let said = !named(&row.text).is_empty() || reasons.iter().any(|word| row.text.contains(word));
        assert!(said, "{}: {} names no test and no reason: {}", row.file, row.id, row.text);
    }
}

#[test]
fn few_faults_are_argued_instead_of_tested() {
    let argued: Vec<String> = rows()
        .into_iter()
        .filter(|row| row.id.starts_with('F') && named(&row.text).is_empty() && row.text.contains(ARGUED))
        .map(|row| row.id)
        .collect();
    assert!(argued.len() <= MOST_ARGUED, "{} faults are argued only: {argued:?}", argued.len());
}

#[test]
fn a_name_is_found_by_its_target_its_modules_and_its_function_only() {
    let tests = Tests::read();
    let this = "evidence::a_name_is_found_by_its_target_its_modules_and_its_function_only";
    assert!(tests.has(this));
    assert!(!tests.has(&this.replace("evidence::", "stories::")), "another target");
    assert!(!tests.has(&this.replace("evidence::", "evidence::more::")), "a module that is not there");
    assert!(!tests.has(&format!("{this}s")), "another function");
    assert!(!tests.has("evidence::named"), "a function that is no test");
}
