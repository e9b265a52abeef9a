//! A content folder for a test.

use chrono::NaiveDate;
use tempfile::TempDir;

use crate::content::{Finding, Findings, Loaded, Source, check, load};

pub(crate) const MATERNITY: &str = r#"id = "maternity.ja"
series = "maternity"
locale = "ja"
footer = "※個人差があります。"

[[cadence]]
kind = "gestation"
from = "4w0d"
to = "41w6d"
every = 1
"#;

pub(crate) const CHILDCARE: &str = r#"id = "childcare.ja"
series = "childcare"
locale = "ja"
footer = "※個人差があります。"

[[cadence]]
kind = "days"
from = 1
to = 100
every = 1

[[cadence]]
kind = "days"
from = 103
to = 364
every = 3

[[cadence]]
kind = "weeks"
year = 1
from = 0
to = 52
every = 1

[[cadence]]
kind = "birthday"
years = 3
"#;

pub(crate) const MUNICIPALITY: &str = include_str!("../../../content/municipal/aoba/municipality.toml");

/// A paragraph of a proper length.
pub(crate) const BODY: &str = "きょうは、窓をあけて、外の音を聞いてみる日です。鳥の声、車の音、だれかの話し声。\
どれかに、赤ちゃんの目がとまるかもしれません。とまらない日もあります。それで、かまいません。\n";

/// The least that can be served.
const LEAST: [(&str, &str); 7] = [
    ("packs/maternity.ja/pack.toml", MATERNITY),
    ("packs/childcare.ja/pack.toml", CHILDCARE),
    ("phrases/ja/daily.toml", include_str!("../../../content/phrases/ja/daily.toml")),
    (
        "phrases/ja/a.toml",
        concat!(
            include_str!("../../../content/phrases/ja/birth.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/change.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/children.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/common.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/danger.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/dates.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/greeting.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/help.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/registration.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/rest.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/settings.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/sharing.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/stop.toml"),
            "\n",
            include_str!("../../../content/phrases/ja/today.toml")
        ),
    ),
    (
        "danger/ja.toml",
        "version = 1\n\n[patterns]\nA = \"a\"\nB = \"b\"\nB2 = \"b\"\nC = \"c\"\nD = \"d\"\nE1 = \"e\"\nE2 = \"e\"\nF = \"f\"\n",
    ),
    ("municipal/aoba/municipality.toml", MUNICIPALITY),
    ("municipal/aoba/privacy.md", "# 個人情報のあつかい\n{municipality}\n"),
];

/// A content folder with the least that can be served.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// With these files written over the least.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        LEAST.iter().chain(files).for_each(|(path, text)| folder.write(path, text.as_bytes()));
        folder
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.0.path().join(path)).unwrap();
    }

    pub(crate) fn source(&self) -> Source {
        Source::Directory(self.0.path().to_path_buf())
    }

    pub(crate) fn load(&self) -> Result<Loaded, Findings> {
        load(&self.source(), None)
    }

    /// Everything `check` says on that day, or what keeps the content from being loaded.
    pub(crate) fn findings(&self, on: &str) -> Vec<Finding> {
        match self.load() {
            Ok(loaded) => check(&loaded, on.parse::<NaiveDate>().unwrap()),
            Err(findings) => findings.0,
        }
    }
}

/// The findings as an author sees them.
pub(crate) fn said(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}
