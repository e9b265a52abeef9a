//! `rich-menu export`: what LINE has, in the form of files.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::Value;
use toml::Table;

use crate::domain::menu::meaning::{DATES, name_of};
use crate::domain::menu::version::{PageId, Period};
use crate::menu::{Exported, ExportedPage};

/// Files by their path below the folder.
pub type FilesOut = BTreeMap<String, Vec<u8>>;

/// What LINE has, as files that declare the same.
#[must_use]
pub fn files(exported: &Exported) -> FilesOut {
    let mut files = FilesOut::new();
    for (at, set) in exported.body.sets.iter().enumerate() {
        files.insert(format!("{}/set.toml", set.slug), head(set).into_bytes());
        let pages: Vec<&ExportedPage> = exported.pages.iter().filter(|page| page.page.set == at).collect();
        let slugs: BTreeMap<&str, &str> =
            pages.iter().filter_map(|page| Some((page.page.alias.as_deref()?, slug(&page.page)))).collect();
        for page in pages {
            let name = slug(&page.page);
            let picture = page.picture.as_ref().map(|bytes| (format!("{name}.{}", extension(bytes)), bytes.clone()));
            let text = self::page(page, picture.as_ref().map(|(file, _)| file.as_str()), &slugs);
            files.insert(format!("{}/{name}.toml", set.slug), text.into_bytes());
            files.extend(picture.map(|(file, bytes)| (format!("{}/{file}", set.slug), bytes)));
        }
    }
    if !exported.foreign.is_empty() {
        let all = serde_json::to_string_pretty(&exported.foreign).unwrap_or_default();
        files.insert("others.json".to_owned(), all.into_bytes());
    }
    files
}

/// Writes them into a folder that is new or empty.
///
/// # Errors
///
/// When it is not, or cannot be written.
pub fn write(folder: &Path, files: &FilesOut) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    if std::fs::read_dir(folder)?.next().is_some() {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "フォルダーが空ではありません。新しい名前にしてください",
        ));
    }
    for (path, bytes) in files {
        let file = folder.join(path);
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(file, bytes)?;
    }
    Ok(())
}

/// Names are `hagukumi/<account>/<set>/<page>/<hash>`.
fn slug(page: &PageId) -> &str {
    page.name.rsplit('/').nth(1).unwrap_or_default()
}

fn extension(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"\xff\xd8") { "jpg" } else { "png" }
}

fn head(set: &Period) -> String {
    let mut table = Table::new();
    table.insert("name".into(), set.name.clone().into());
    for (key, day) in [("from", set.from), ("until", set.until)] {
        if let Some(day) = day {
            table.insert(key.into(), day.to_string().into());
        }
    }
    table.to_string()
}

fn page(page: &ExportedPage, picture: Option<&str>, slugs: &BTreeMap<&str, &str>) -> String {
    let object = &page.object;
    let mut table = Table::new();
    let title = page.page.title.split_once('／').map_or(page.page.title.as_str(), |(_, title)| title);
    table.insert("name".into(), title.into());
    if let Some(stage) = page.page.stage {
        table.insert("stage".into(), stage.word().into());
    }
    table.insert("bar".into(), object["chatBarText"].as_str().unwrap_or_default().into());
    table.insert("open".into(), object["selected"].as_bool().unwrap_or(true).into());
    let number = |value: &Value| toml::Value::Integer(value.as_i64().unwrap_or_default());
    let size = ["width", "height"].map(|side| number(&object["size"][side]));
    table.insert("size".into(), size.to_vec().into());
    if let Some(picture) = picture {
        table.insert("picture".into(), picture.into());
    }
    let areas = object["areas"].as_array().into_iter().flatten().map(|area| {
        let mut table = Table::new();
        table.insert("label".into(), area["action"]["label"].as_str().unwrap_or_default().into());
        let bounds = ["x", "y", "width", "height"].map(|side| number(&area["bounds"][side]));
        table.insert("at".into(), bounds.to_vec().into());
        let (key, value) = meaning(&area["action"], slugs);
        table.insert(key.into(), value.into());
        toml::Value::Table(table)
    });
    table.insert("area".into(), toml::Value::Array(areas.collect()));
    table.to_string()
}

fn meaning(action: &Value, slugs: &BTreeMap<&str, &str>) -> (&'static str, String) {
    let text = |key: &str| action[key].as_str().unwrap_or_default().to_owned();
    match action["type"].as_str().unwrap_or_default() {
        "postback" => ("reply", name_of(&text("data")).unwrap_or_default().to_owned()),
        "datetimepicker" => ("date", DATES[0].0.to_owned()),
        "message" => ("text", text("text")),
        "richmenuswitch" => {
            ("tab", slugs.get(text("richMenuAliasId").as_str()).copied().unwrap_or_default().to_owned())
        }
        _ => match text("uri").strip_prefix("tel:") {
            Some(number) => ("phone", number.replace("%23", "#")),
            None => ("page", text("uri")),
        },
    }
}
