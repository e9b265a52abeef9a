//! Rich menu objects.

use serde_json::Value;

use super::action::{self, Where};
use super::{Count, Findings, Look};

const NAME_MAX: usize = 300;
const BAR_MAX: usize = 14;
const AREAS_MAX: usize = 20;
/// LINE's own examples have areas that end one pixel outside the picture.
const OUTSIDE_MAX: i64 = 1;

/// Checks a rich menu object (LINE's reference, rich menu object).
pub(in crate::simulator) fn rich_menu(menu: &Value, found: &mut Findings) {
    let mut look = Look::new(menu, "", found);
    for key in ["size", "selected", "name", "chatBarText", "areas"] {
        if !look.has(key) {
            look.say(key, "must be specified");
        }
    }
    look.may_have_text("name", NAME_MAX, Count::Graphemes);
    look.may_have_text("chatBarText", BAR_MAX, Count::Graphemes);
    look.may_be_bool("selected");
    size(&mut look);
    areas(&mut look);
}

fn size(look: &mut Look<'_>) {
    if !look.has("size") {
        return;
    }
    let mut size = look.inner("size");
    size.needs_number("width", 800.0, 2500.0);
    size.needs_number("height", 250.0, f64::from(u32::MAX));
    let (width, height) = (size.value["width"].as_f64(), size.value["height"].as_f64());
    if width.zip(height).is_some_and(|(width, height)| width / height < 1.45) {
        size.say("height", "The aspect ratio must be 1.45 or more");
    }
}

fn areas(look: &mut Look<'_>) {
    if !look.has("areas") {
        return;
    }
    if look.value["areas"].as_array().is_none_or(|areas| areas.len() > AREAS_MAX) {
        look.say("areas", format!("Size must be between 0 and {AREAS_MAX}"));
    }
    let limit = |key: &str| look.value["size"][key].as_i64().unwrap_or(i64::MAX - OUTSIDE_MAX);
    let (width, height) = (limit("width"), limit("height"));
    for (at, area) in look.list("areas").iter().enumerate() {
        let path = look.at(&format!("areas[{at}]"));
        let mut area = Look::new(area, path, look.found);
        bounds(&mut area, width, height);
        if area.needs_object("action") {
            action::check(area.inner("action"), Where::RichMenu);
        }
    }
}

fn bounds(area: &mut Look<'_>, width: i64, height: i64) {
    let side = |key: &str| area.value["bounds"][key].as_i64();
    let [Some(x), Some(y), Some(w), Some(h)] = ["x", "y", "width", "height"].map(side) else {
        return area.say("bounds", "must be specified");
    };
    let fits = |from: i64, long: i64, end: i64| from >= 0 && long > 0 && from.saturating_add(long) <= end + OUTSIDE_MAX;
    if !fits(x, w, width) || !fits(y, h, height) {
        area.say("bounds", "Must be inside the rich menu");
    }
}
