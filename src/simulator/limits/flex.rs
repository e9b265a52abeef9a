//! Flex messages: bubbles, carousels and their components.

use serde_json::Value;

use super::action::{self, Where};
use super::{Count, Look};

/// LINE's reference, bubble: the JSON of one bubble.
const BUBBLE_BYTES_MAX: usize = 30 * 1024;
/// LINE's reference, carousel: the JSON of the whole carousel.
const CAROUSEL_BYTES_MAX: usize = 50 * 1024;
/// LINE's reference, carousel.
const BUBBLES_MAX: usize = 12;

const SPACES: [&str; 7] = ["none", "xs", "sm", "md", "lg", "xl", "xxl"];
const SIZES: [&str; 9] = ["xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl"];
const WIDTHS: [&str; 8] = ["nano", "micro", "deca", "hecto", "kilo", "mega", "giga", "full"];

pub(super) fn check(mut look: Look<'_>) {
    if !look.needs_one_of("type", &["bubble", "carousel"]) {
        return;
    }
    if look.text("type") == Some("bubble") {
        return bubble(look);
    }
    look.needs_list("contents", 1, BUBBLES_MAX);
    if bytes(look.value) > CAROUSEL_BYTES_MAX {
        look.say("contents", format!("size must not be longer than {CAROUSEL_BYTES_MAX}"));
    }
    let bubbles = look.list("contents");
    for (at, one) in bubbles.iter().enumerate() {
        let path = look.at(&format!("contents[{at}]"));
        bubble(Look::new(one, path, look.found));
    }
    let width = |bubble: &Value| bubble["size"].as_str().unwrap_or("mega").to_owned();
    if bubbles.iter().any(|one| width(one) != width(&bubbles[0])) {
        look.say("contents", "All bubbles must have the same size");
    }
}

fn bubble(mut look: Look<'_>) {
    look.needs_one_of("type", &["bubble"]);
    look.may_be_one_of("size", &WIDTHS);
    look.may_be_one_of("direction", &["ltr", "rtl"]);
    if bytes(look.value) > BUBBLE_BYTES_MAX {
        let property = look.path.clone();
        look.found.add(property, format!("size must not be longer than {BUBBLE_BYTES_MAX}"));
    }
    if !["header", "hero", "body", "footer"].iter().any(|block| look.has(block)) {
        look.say("body", "At least one block must be specified");
    }
    for block in ["header", "body", "footer"] {
        if look.has(block) {
            let mut inner = look.inner(block);
            if inner.needs_one_of("type", &["box"]) {
                component(inner);
            }
        }
    }
    if look.has("hero") {
        let mut hero = look.inner("hero");
        if hero.needs_one_of("type", &["box", "image", "video"]) {
            component(hero);
        }
    }
    if look.has("action") {
        action::check(look.inner("action"), Where::Tappable);
    }
}

fn component(mut look: Look<'_>) {
    const KINDS: [&str; 8] = ["box", "button", "image", "icon", "text", "separator", "filler", "video"];
    if !look.needs_one_of("type", &KINDS) {
        return;
    }
    space(&mut look, "margin");
    colours(&mut look, &["color", "backgroundColor", "borderColor"]);
    match look.text("type").unwrap_or_default() {
        "box" => box_of(look),
        "button" => button(look),
        "text" => text(look),
        "image" => {
            look.needs_https("url");
            tappable(&mut look);
        }
        "icon" => look.needs_https("url"),
        "video" => {
            look.needs_https("url");
            look.needs_https("previewUrl");
        }
        // A separator or filler has nothing else that could be wrong.
        _ => {}
    }
}

fn box_of(mut look: Look<'_>) {
    look.needs_one_of("layout", &["horizontal", "vertical", "baseline"]);
    space(&mut look, "spacing");
    for key in ["paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd"] {
        length(&mut look, key, &SPACES);
    }
    tappable(&mut look);
    if !look.value["contents"].is_array() {
        look.say("contents", "May not be empty");
    }
    let baseline = look.text("layout") == Some("baseline");
    for (at, one) in look.list("contents").iter().enumerate() {
        let path = look.at(&format!("contents[{at}]"));
        let mut inner = Look::new(one, path, look.found);
        if !baseline || inner.needs_one_of("type", &["icon", "text", "filler"]) {
            component(inner);
        }
    }
}

fn button(mut look: Look<'_>) {
    look.may_be_one_of("style", &["primary", "secondary", "link"]);
    look.may_be_one_of("height", &["sm", "md"]);
    look.may_be_one_of("gravity", &["top", "bottom", "center"]);
    if look.needs_object("action") {
        action::check(look.inner("action"), Where::FlexButton);
    }
}

fn text(mut look: Look<'_>) {
    tappable(&mut look);
    style(&mut look);
    look.may_be_one_of("align", &["start", "end", "center"]);
    look.may_be_one_of("gravity", &["top", "bottom", "center"]);
    look.may_be_bool("wrap");
    let spans = look.list("contents");
    if spans.is_empty() && look.text("text").is_none_or(str::is_empty) {
        look.say("text", "must be non-empty text");
    }
    for (at, span) in spans.iter().enumerate() {
        let path = look.at(&format!("contents[{at}]"));
        let mut span = Look::new(span, path, look.found);
        span.needs_one_of("type", &["span"]);
        span.needs_text("text", usize::MAX, Count::Utf16);
        style(&mut span);
        colours(&mut span, &["color"]);
    }
}

fn style(look: &mut Look<'_>) {
    let mut sizes = SIZES.to_vec();
    sizes.push("5xl");
    length(look, "size", &sizes);
    look.may_be_one_of("weight", &["regular", "bold"]);
    look.may_be_one_of("style", &["normal", "italic"]);
    look.may_be_one_of("decoration", &["none", "underline", "line-through"]);
}

fn tappable(look: &mut Look<'_>) {
    if look.has("action") {
        action::check(look.inner("action"), Where::Tappable);
    }
}

fn space(look: &mut Look<'_>, key: &str) {
    length(look, key, &SPACES);
}

/// A keyword, pixels (`12px`) or a percentage.
fn length(look: &mut Look<'_>, key: &str, words: &[&str]) {
    if !look.has(key) {
        return;
    }
    let number = |text: &str| {
        let digits = text.strip_suffix("px").or_else(|| text.strip_suffix('%'));
        digits.is_some_and(|digits| digits.parse::<f32>().is_ok())
    };
    if !look.text(key).is_some_and(|text| words.contains(&text) || number(text)) {
        look.say(key, "invalid property");
    }
}

fn colours(look: &mut Look<'_>, keys: &[&str]) {
    let fine = |colour: &str| {
        let hex = colour.strip_prefix('#').unwrap_or_default();
        matches!(hex.len(), 6 | 8) && hex.chars().all(|c| c.is_ascii_hexdigit())
    };
    for key in keys {
        if look.has(key) && !look.text(key).is_some_and(fine) {
            look.say(key, "invalid color");
        }
    }
}

fn bytes(value: &Value) -> usize {
    value.to_string().len()
}
