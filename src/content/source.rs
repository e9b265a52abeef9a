//! Where content comes from: compiled into the program, or a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

use super::finding::{Log, at};

/// The deepest folder that is looked into; deeper ones are a loop or a mistake.
const MAX_DEPTH: usize = 6;

/// The largest file that is read. All manuscripts of three years together are smaller.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Where content comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Source {
    /// What was compiled in.
    #[default]
    Embedded,
    /// A folder laid out like `content/`.
    Directory(PathBuf),
}

#[derive(RustEmbed)]
#[folder = "content"]
struct Embedded;

/// Files by their path below the content folder, `/` between folders on every system.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

impl Source {
    /// The folder as an author would write it; findings are shown with it in front.
    #[must_use]
    pub fn root(&self) -> String {
        match self {
            Self::Embedded => "content".to_owned(),
            Self::Directory(folder) => folder.display().to_string().trim_end_matches('/').to_owned(),
        }
    }

    /// All files, without those that editors and systems leave behind.
    pub(super) fn files(&self, log: &mut Log) -> Files {
        match self {
            Self::Embedded => embedded::<Embedded>(),
            Self::Directory(folder) => directory(folder, "原稿のフォルダー", log),
        }
    }
}

/// What was compiled in, without what editors and systems leave behind.
pub(super) fn embedded<E: RustEmbed>() -> Files {
    let kept = E::iter().filter(|path| path.split('/').all(|name| !is_litter(name)));
    kept.filter_map(|path| Some((path.to_string(), E::get(&path)?.data.into_owned()))).collect()
}

/// Everything in a folder, without what editors and systems leave behind; `what` says what it is.
pub(super) fn directory(folder: &Path, what: &str, log: &mut Log) -> Files {
    let mut files = Files::new();
    if folder.is_dir() {
        gather(folder, "", MAX_DEPTH, &mut files, log);
    } else {
        log.error(at("", 1), format!("{what}が見つかりません。場所を確かめてください。"));
    }
    files
}

/// Files nobody wrote on purpose: hidden ones and backups of editors.
fn is_litter(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || name.ends_with(".swp") || name == "Thumbs.db"
}

fn gather(folder: &Path, below: &str, depth: usize, files: &mut Files, log: &mut Log) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries.flatten(),
        Err(error) => return log.error(at(below, 1), format!("フォルダーを開けません（{error}）。")),
    };
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_litter(&name) {
            continue;
        }
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        read(&entry.path(), path, depth, files, log);
    }
}

fn read(file: &Path, path: String, depth: usize, files: &mut Files, log: &mut Log) {
    match fs::metadata(file) {
        Ok(found) if found.is_dir() && depth == 0 => log.error(at(&path, 1), "フォルダーが深すぎます。"),
        Ok(found) if found.is_dir() => gather(file, &path, depth - 1, files, log),
        Ok(found) if found.len() > MAX_BYTES => log.error(at(&path, 1), "ファイルが大きすぎます（4MBまで）。"),
        Ok(found) if !found.is_file() => {}
        Ok(_) => match fs::read(file) {
            Ok(bytes) => drop(files.insert(path, bytes)),
            Err(error) => log.error(at(&path, 1), format!("ファイルを読めません（{error}）。")),
        },
        Err(error) => log.error(at(&path, 1), format!("ファイルを読めません（{error}）。")),
    }
}

/// The file's text without a byte-order mark; a file that is not UTF-8 is a finding.
pub(super) fn text<'a>(file: &str, bytes: &'a [u8], log: &mut Log) -> Option<&'a str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            log.error(at(file, line), "文字コードがUTF-8ではありません。「UTF-8」で保存しなおしてください。");
            None
        }
    }
}
