//! Menus as staff would write them, in a folder of a story's own.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use hagukumi::app::menus::built;
use hagukumi::content::{self, MenuSource, Source};
use hagukumi::domain::municipal::Municipality;
use hagukumi::menu::build::Built;
use tempfile::TempDir;

/// A folder of menus. Their pictures are the heads of PNG files: nobody looks at them.
pub struct MenuFiles(TempDir);

/// The municipality of the stories. Reading all its texts takes longer than anything here.
static AOBA: LazyLock<Municipality> =
    LazyLock::new(|| content::load(&Source::Embedded, None).unwrap().library.municipality);

/// The stages, with a word on each page that a story can change.
const STAGES: [(&str, &str); 4] =
    [("unregistered", "register"), ("pregnancy", "born"), ("childcare", "invite"), ("quiet", "consult")];

/// A picture of that size, as far as anybody reads it.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

impl MenuFiles {
    /// One set for all days: four stages, and a tab for those who expect or raise a child.
    pub fn new() -> Self {
        let files = Self(TempDir::new().unwrap());
        files.set("futsuu", "", "");
        files
    }

    /// A set with these lines in its head; `word` stands on every first page.
    pub fn set(&self, slug: &str, head: &str, word: &str) {
        self.write(&format!("{slug}/set.toml"), &format!("name = \"組{slug}\"\n{head}\n"));
        fs::write(self.path().join(slug).join("p.png"), picture(800, 540)).unwrap();
        for (stage, reply) in STAGES {
            let tab = ["pregnancy", "childcare"].contains(&stage).then(|| format!("{stage}-town"));
            self.page(slug, stage, &format!("stage = \"{stage}\""), (reply, tab.as_deref(), word));
            if let Some(tab) = tab {
                self.page(slug, &tab, "", ("help", Some(stage), word));
            }
        }
    }

    /// One page: an area that is answered, and one that leads to another page.
    fn page(&self, set: &str, slug: &str, stage: &str, (reply, tab, word): (&str, Option<&str>, &str)) {
        let tab = tab.map_or_else(String::new, |tab| {
            format!("[[area]]\nat = [400, 0, 400, 540]\nlabel = \"ほかの面\"\ntab = \"{tab}\"\n")
        });
        let text = format!(
            "name = \"{slug}\"\n{stage}\nsize = [800, 540]\npicture = \"p.png\"\n\n[[area]]\nat = [0, 0, 400, 540]\nlabel = \"返事{word}\"\nreply = \"{reply}\"\n\n{tab}"
        );
        self.write(&format!("{set}/{slug}.toml"), &text);
    }

    /// Changes a word of one page.
    pub fn reword(&self, page: &str, from: &str, to: &str) {
        let path = self.path().join(page);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// What is declared now, as LINE takes it.
    pub fn built(&self) -> Built {
        let source = MenuSource::Directory(self.path().to_owned());
        built(&source, &AOBA, "main").unwrap().0
    }
}
