//! Rich menus as LINE writes them: a page becomes LINE's object and back.

use serde_json::{Value, json};

use super::outgoing::encoded;
use crate::domain::conversation::postback::Data;
use crate::domain::menu::meaning::{Meaning, TAB_DATA};
use crate::domain::menu::set::{Area, Page};

/// A page as LINE's rich menu object, under a name that LINE shows to nobody; `alias` gives the alias of a
/// page by its place.
#[must_use]
pub fn object(page: &Page, name: &str, alias: &dyn Fn(usize) -> String) -> Value {
    let areas: Vec<Value> = page
        .areas
        .iter()
        .map(|area| {
            let bounds = area.bounds;
            json!({
                "bounds": {"x": bounds.x, "y": bounds.y, "width": bounds.width, "height": bounds.height},
                "action": action(area, alias),
            })
        })
        .collect();
    json!({
        "size": {"width": page.frame.width, "height": page.frame.height},
        "selected": page.open,
        "name": name,
        "chatBarText": page.bar,
        "areas": areas,
    })
}

fn action(area: &Area, alias: &dyn Fn(usize) -> String) -> Value {
    let label = &area.label;
    match &area.meaning {
        Meaning::Reply(tap) => json!({"type": "postback", "label": label, "data": Data::entry(*tap).to_string()}),
        Meaning::Page(address) => json!({"type": "uri", "label": label, "uri": encoded(address)}),
        Meaning::Phone(number) => {
            let digits: String = number.chars().filter(|c| *c != '-').collect();
            json!({"type": "uri", "label": label, "uri": encoded(&format!("tel:{digits}"))})
        }
        Meaning::Text(text) => json!({"type": "message", "label": label, "text": text}),
        Meaning::Tab(page) => {
            json!({"type": "richmenuswitch", "label": label, "richMenuAliasId": alias(*page), "data": TAB_DATA})
        }
        Meaning::Date(tap) => {
            let data = Data::entry(*tap).to_string();
            json!({"type": "datetimepicker", "label": label, "data": data, "mode": "date"})
        }
    }
}
