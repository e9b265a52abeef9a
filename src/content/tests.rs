//! Content is read whole, and every mistake is said with its place.

use std::path::Path;

use tempfile::TempDir;

use super::*;

/// The least that can be served, one file a line.
const LEAST: &[(&str, &str)] = &[
    (
        "packs/maternity.ja/pack.toml",
        "id = \"maternity.ja\"\nseries = \"maternity\"\nlocale = \"ja\"\nfooter = \"※個人差があります。\"\n\n[[cadence]]\nkind = \"gestation\"\nfrom = \"4w0d\"\nto = \"41w6d\"\nevery = 1\n",
    ),
    (
        "packs/childcare.ja/pack.toml",
        "id = \"childcare.ja\"\nseries = \"childcare\"\nlocale = \"ja\"\nfooter = \"※個人差があります。\"\n\n[[cadence]]\nkind = \"days\"\nfrom = 1\nto = 100\nevery = 1\n",
    ),
    ("phrases/ja/a.toml", "[hello]\ntext = \"こんにちは\"\n"),
    ("danger/ja.toml", "version = 1\n[patterns]\nA = \"a\"\nB = \"b\"\nC = \"c\"\nD = \"d\"\nE = \"e\"\nF = \"f\"\n"),
    ("municipal/aoba/municipality.toml", include_str!("../../content/municipal/aoba/municipality.toml")),
    ("municipal/aoba/privacy.md", "# 個人情報のあつかい\n{municipality}\n"),
];

/// A content folder with the least, and these files written over it.
struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        LEAST.iter().chain(files).for_each(|(path, text)| folder.write(path, text.as_bytes()));
        folder
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn load(&self) -> Result<Loaded, Findings> {
        load(&Source::Directory(self.path().to_path_buf()), None)
    }
}

#[test]
fn the_least_content_can_be_served() {
    let loaded = Folder::with(&[]).load().unwrap();
    assert_eq!(loaded.library.packs.len(), 2);
    assert_eq!(loaded.library.municipality.slug, "aoba");
    assert_eq!(loaded.library.municipality.hotline("kokoro").unwrap().phone, "0570-064-556");
}

#[test]
fn zz_try() {
    let Ok(dir) = std::env::var("HG") else { return };
    match load(&Source::Directory(Path::new(&dir).to_path_buf()), None) {
        Ok(loaded) => {
            check(&loaded, NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()).iter().for_each(|w| eprintln!("{w}"))
        }
        Err(f) => eprintln!("{f}"),
    }
}
use chrono::NaiveDate;
