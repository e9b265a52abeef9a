//! Everything that can be said, read from files.
//!
//! Authors write packs of manuscripts, municipal texts and the wording of the conversation as plain
//! files (`content/README.md` tells them how). This room reads them into the domain's
//! [`Library`] and says what is wrong with them.
//!
//! - **All mistakes are reported together**, each with file and line and one Japanese sentence that
//!   says what would be right. Authors are municipal staff and editors, not programmers.
//! - **An error keeps content from being served; a warning never does.**
//! - **Nothing is silently passed over**: unknown keys, tags, placeholders and files are findings.
//! - [`load`] needs no date and judges what a file says; [`check()`] judges it on a day and reads as
//!   an editor would.

mod cadence;
mod check;
mod danger;
mod finding;
mod length;
mod manuscript;
mod menu;
mod municipal_text;
mod municipality;
mod pack;
mod paragraphs;
mod phrases;
mod plan;
mod source;
mod table;

#[cfg(test)]
pub(crate) mod tests;

pub use check::{check, has_errors};
/// Stands in the place of a file for findings about settings, which are not content.
pub const SETTINGS: &str = "設定";

pub use finding::{Finding, Findings, Severity};
pub use menu::{LoadedMenus, MenuSource, load_menus};
pub use phrases::{phrase_placeholders, required_labels, required_phrases};
pub use plan::{Plan, Planned, Stage};
pub use source::Source;

use crate::domain::library::Library;
use finding::{Lines, Log, at};
use source::Files;

/// Content that can be served.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The texts.
    pub library: Library,
    /// What is worth a look, by file and line.
    pub warnings: Vec<Finding>,
    /// What the authors planned, if they did.
    pub plan: Option<Plan>,
    lines: Lines,
}

/// Reads all content; `municipality` names a folder under `municipal/` and may be left out where
/// there is only one.
///
/// # Errors
///
/// [`Findings`] with every mistake by file and line. Warnings wait until the mistakes are gone.
pub fn load(source: &Source, municipality: Option<&str>) -> Result<Loaded, Findings> {
    let mut log = Log::default();
    let files = source.files(&mut log);
    if log.has_errors() {
        return Err(log.into_errors());
    }
    strays(&files, &mut log);
    let packs = pack::read_all(&files, &mut log);
    let municipality = municipality::read(municipality, &files, &packs, &mut log);
    let phrases = phrases::read_all(&files, &mut log);
    let danger = danger::read(&files, &mut log);
    let plan = plan::read(&files, &mut log);
    let sound = !log.has_errors();
    let lines = std::mem::take(&mut log.lines);
    match (municipality, danger) {
        (Some(municipality), Some(danger)) if sound => {
            let library = Library { packs, phrases, municipality, danger };
            Ok(Loaded { library, warnings: log.into_sorted(), plan, lines })
        }
        _ => Err(log.into_errors()),
    }
}

/// Files that lie where nobody looks.
fn strays(files: &Files, log: &mut Log) {
    let for_people = ["README.md", "PLAN.md", "SOURCES.md"];
    for path in files.keys() {
        let read = match path.split_once('/') {
            None => for_people.contains(&path.as_str()),
            Some(("packs" | "municipal" | "phrases", rest)) => rest.contains('/') || for_people.contains(&rest),
            Some(("danger", _)) => true,
            Some(_) => false,
        };
        if !read {
            let sentence = "このファイルは読まれません。packs、municipal、phrases、danger のどれかの、決まったフォルダーに置いてください。";
            log.warn(at(path, 1), sentence);
        }
    }
}
