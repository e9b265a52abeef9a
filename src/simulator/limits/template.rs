//! Template messages.

use super::action::{self, Where};
use super::{Count, Look};

const TITLE_MAX: usize = 40;

pub(super) fn check(mut look: Look<'_>) {
    if !look.needs_one_of("type", &["buttons", "confirm", "carousel", "image_carousel"]) {
        return;
    }
    match look.text("type").unwrap_or_default() {
        "buttons" => {
            card(&mut look, 160, 60, 4);
            picture_options(&mut look);
        }
        "confirm" => {
            look.needs_text("text", 240, Count::Graphemes);
            actions(&mut look, 2, 2);
        }
        "carousel" => carousel(&mut look),
        _ => image_carousel(&mut look),
    }
}

/// Title, text, picture and buttons: a buttons template, or a column of a carousel. The text is
/// shorter when there is a picture or a title.
fn card(look: &mut Look<'_>, text_max: usize, text_max_with_head: usize, actions_max: usize) {
    let head = look.has("title") || look.has("thumbnailImageUrl");
    look.needs_text("text", if head { text_max_with_head } else { text_max }, Count::Graphemes);
    look.may_have_text("title", TITLE_MAX, Count::Graphemes);
    look.may_have_https("thumbnailImageUrl");
    if look.has("defaultAction") {
        action::check(look.inner("defaultAction"), Where::Tappable);
    }
    actions(look, 1, actions_max);
}

fn picture_options(look: &mut Look<'_>) {
    look.may_be_one_of("imageAspectRatio", &["rectangle", "square"]);
    look.may_be_one_of("imageSize", &["cover", "contain"]);
}

fn actions(look: &mut Look<'_>, min: usize, max: usize) {
    look.needs_list("actions", min, max);
    for at in 0..look.list("actions").len() {
        let inner = &look.value["actions"][at];
        let path = look.at(&format!("actions[{at}]"));
        action::check(Look::new(inner, path, look.found), Where::Template);
    }
}

fn carousel(look: &mut Look<'_>) {
    picture_options(look);
    look.needs_list("columns", 1, 10);
    let columns = look.list("columns");
    for (at, column) in columns.iter().enumerate() {
        let path = look.at(&format!("columns[{at}]"));
        card(&mut Look::new(column, path, look.found), 120, 60, 3);
    }
    let Some(first) = columns.first() else { return };
    let buttons = |column: &serde_json::Value| column["actions"].as_array().map(Vec::len);
    if columns.iter().any(|column| buttons(column) != buttons(first)) {
        look.say("columns", "The number of actions must be the same in all columns");
    }
    for key in ["title", "thumbnailImageUrl"] {
        if columns.iter().any(|column| column[key].is_string() != first[key].is_string()) {
            look.say("columns", format!("{key} must be specified in all columns or in none"));
        }
    }
}

fn image_carousel(look: &mut Look<'_>) {
    look.needs_list("columns", 1, 10);
    for (at, column) in look.list("columns").iter().enumerate() {
        let path = look.at(&format!("columns[{at}]"));
        let mut column = Look::new(column, path, look.found);
        column.needs_https("imageUrl");
        if column.needs_object("action") {
            action::check(column.inner("action"), Where::ImageColumn);
        }
    }
}
