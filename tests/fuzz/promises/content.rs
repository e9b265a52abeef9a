//! A file of the content: it becomes texts, or findings that an editor can open.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use hagukumi::content::{Finding, Findings, Loaded, Source, check, load};
use tempfile::TempDir;

/// Which file the rest of the bytes stands in, by the first byte.
const FILES: [&str; 8] = [
    "packs/childcare.ja/days.md",
    "packs/maternity.ja/weeks.md",
    "packs/childcare.ja/pack.toml",
    "packs/maternity.ja/pack.toml",
    "municipal/aoba/texts/any.md",
    "municipal/aoba/municipality.toml",
    "phrases/ja/common.toml",
    "danger/ja.toml",
];

/// What is needed beside the file.
const BESIDE: [&str; 5] = [
    "packs/childcare.ja/pack.toml",
    "packs/maternity.ja/pack.toml",
    "municipal/aoba/municipality.toml",
    "municipal/aoba/privacy.md",
    "phrases",
];

/// Stands for the shipped patterns, which take longer to compile than everything else together.
const DANGER: &str = "version = 1\nexclusions = ['貧血']\n[patterns]\nA = '死にた'\nB = '手を'\nB2 = '虐待'\nC = 'dv'\n\
    D = '血が'\nE1 = '中絶'\nE2 = '流産'\nF = 'つら'\n";

thread_local! {
    static FOLDER: RefCell<Option<TempDir>> = const { RefCell::new(None) };
}

/// Reads any bytes as a file of the content, and judges what was read.
pub fn holds(bytes: &[u8]) {
    let Some((which, text)) = bytes.split_first() else { return };
    let file = FILES[usize::from(*which) % FILES.len()];
    FOLDER.with_borrow_mut(|folder| {
        let folder = folder.get_or_insert_with(folder_of_least);
        with_file(folder.path(), file, text, |folder| judge(folder, file, text));
    });
}

fn judge(folder: &Path, file: &str, text: &[u8]) {
    let read = || load(&Source::Directory(folder.to_path_buf()), None);
    let first = read();
    findings(&first).iter().for_each(|finding| an_editor_can_open_it(finding, file, text));
    assert_eq!(findings(&first), findings(&read()), "the same file is judged the same twice");
}

fn findings(loaded: &Result<Loaded, Findings>) -> Vec<Finding> {
    let day = NaiveDate::from_ymd_opt(2026, 11, 22).expect("that day is");
    match loaded {
        Ok(loaded) => check(loaded, day),
        Err(findings) => findings.0.clone(),
    }
}

/// A finding is one line, and names a file and a line that there is (or would come next).
fn an_editor_can_open_it(finding: &Finding, file: &str, text: &[u8]) {
    let shown = finding.to_string();
    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert!(!finding.place.file.is_empty() && finding.place.line > 0, "{shown}");
    let lines = text.iter().filter(|byte| **byte == b'\n').count() + 1;
    assert!(finding.place.file != file || finding.place.line <= lines + 1, "{shown}: {lines} lines");
}

/// The file as it was comes back afterwards.
fn with_file(folder: &Path, file: &str, text: &[u8], work: impl FnOnce(&Path)) {
    let path = folder.join(file);
    let before = fs::read(&path).ok();
    fs::write(&path, text).expect("the folder can be written");
    work(folder);
    match before {
        Some(before) => fs::write(&path, before).expect("the folder can be written"),
        None => fs::remove_file(&path).expect("the file was written above"),
    }
}

fn folder_of_least() -> TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for file in FILES {
        let parent = folder.path().join(file);
        fs::create_dir_all(parent.parent().expect("every file lies in a folder")).expect("there is room");
    }
    for name in BESIDE {
        copy(&shipped().join(name), &folder.path().join(name));
    }
    fs::write(folder.path().join("danger/ja.toml"), DANGER).expect("there is room");
    folder
}

fn shipped() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let up = if package.ends_with("tests/fuzz") { "../../content" } else { "content" };
    package.join(up)
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("there is room");
        for entry in fs::read_dir(from).expect("what ships can be read") {
            let entry = entry.expect("what ships can be read");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).expect("what ships can be read");
    }
}
