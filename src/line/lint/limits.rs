//! LINE's limits, walked over the JSON of one message object.

use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;

use super::Breach;

/// Message objects in one push or reply.
const OBJECTS: usize = 5;
/// Bytes of one request.
const REQUEST_BYTES: usize = 2_000_000;
/// UTF-16 units of a text message.
const TEXT: usize = 5_000;
/// UTF-16 units of an alternative text.
const ALT: usize = 1_500;
/// Graphemes of the text of a buttons template without picture and title.
const BUTTONS_TEXT: usize = 160;
/// Graphemes of the text of a confirm template.
const CONFIRM_TEXT: usize = 240;
/// Buttons of a buttons template.
const BUTTONS: usize = 4;
/// Items of a quick reply.
const QUICK: usize = 13;
/// Graphemes of the label of an action in a template or quick reply.
const LABEL: usize = 20;
/// Graphemes of the label of a Flex button.
const FLEX_LABEL: usize = 40;
/// UTF-16 units of postback data.
const DATA: usize = 300;
/// UTF-16 units of an address.
const URI: usize = 1_000;
/// UTF-16 units of a text to be copied.
const COPY: usize = 1_000;
/// UTF-16 units of a sender's name.
const SENDER: usize = 20;
/// Bubbles of a carousel.
const BUBBLES: usize = 12;
/// Bytes of the JSON of one bubble.
const BUBBLE_BYTES: usize = 30_000;
/// Bytes of the JSON of a carousel.
const CAROUSEL_BYTES: usize = 50_000;
/// First and last date of a date picker.
const DATES: (&str, &str) = ("1900-01-01", "2100-12-31");

/// Every limit of LINE that a request with these message objects breaks.
#[must_use]
pub fn request_breaches(messages: &[Value]) -> Vec<Breach> {
    let mut found = Findings::default();
    found.within("messages", "objects", messages.len(), 1..=OBJECTS);
    let bytes = messages.iter().map(|message| message.to_string().len()).sum();
    found.within("messages", "bytes", bytes, 0..=REQUEST_BYTES);
    for (i, message) in messages.iter().enumerate() {
        let inside = |breach: Breach| Breach { path: format!("messages[{i}].{}", breach.path), ..breach };
        found.0.extend(breaches(message).into_iter().map(inside));
    }
    found.0
}

/// Every limit of LINE that this message object breaks.
#[must_use]
pub fn breaches(message: &Value) -> Vec<Breach> {
    let mut found = Findings::default();
    match message["type"].as_str() {
        Some("text") => found.units("text", &message["text"], TEXT),
        Some("template") => template(&mut found, message),
        Some("flex") => flex(&mut found, message),
        _ => found.breach("type", "text, template or flex"),
    }
    quick_reply(&mut found, &message["quickReply"]);
    if let Some(sender) = message.get("sender") {
        found.units("sender.name", &sender["name"], SENDER);
    }
    found.0
}

fn template(found: &mut Findings, message: &Value) {
    found.units("altText", &message["altText"], ALT);
    let template = &message["template"];
    let actions = list(&template["actions"]);
    let (text, fewest, most) = match template["type"].as_str() {
        Some("confirm") => (CONFIRM_TEXT, 2, 2),
        _ => (BUTTONS_TEXT, 1, BUTTONS),
    };
    found.graphemes("template.text", &template["text"], text);
    found.within("template.actions", "actions", actions.len(), fewest..=most);
    for (i, one) in actions.iter().enumerate() {
        action(found, &format!("template.actions[{i}]"), one, LABEL);
    }
}

fn flex(found: &mut Findings, message: &Value) {
    found.units("altText", &message["altText"], ALT);
    let contents = &message["contents"];
    if contents["type"] == "carousel" {
        let bubbles = list(&contents["contents"]);
        found.within("contents.contents", "bubbles", bubbles.len(), 1..=BUBBLES);
        found.within("contents", "bytes", contents.to_string().len(), 0..=CAROUSEL_BYTES);
        for (i, one) in bubbles.iter().enumerate() {
            bubble(found, &format!("contents.contents[{i}]"), one);
        }
    } else {
        bubble(found, "contents", contents);
    }
}

fn bubble(found: &mut Findings, path: &str, bubble: &Value) {
    found.within(path, "bytes", bubble.to_string().len(), 0..=BUBBLE_BYTES);
    for part in ["header", "hero", "body", "footer"] {
        component(found, &format!("{path}.{part}"), &bubble[part]);
    }
}

fn component(found: &mut Findings, path: &str, part: &Value) {
    match part["type"].as_str() {
        Some("box") => {
            for (i, inner) in list(&part["contents"]).iter().enumerate() {
                component(found, &format!("{path}.contents[{i}]"), inner);
            }
        }
        Some("text") if list(&part["contents"]).is_empty() => found.units(&format!("{path}.text"), &part["text"], TEXT),
        Some("button") => action(found, &format!("{path}.action"), &part["action"], FLEX_LABEL),
        _ => {}
    }
}

fn quick_reply(found: &mut Findings, quick: &Value) {
    let items = list(&quick["items"]);
    if !quick.is_null() {
        found.within("quickReply.items", "items", items.len(), 1..=QUICK);
    }
    for (i, item) in items.iter().enumerate() {
        action(found, &format!("quickReply.items[{i}].action"), &item["action"], LABEL);
    }
}

fn action(found: &mut Findings, path: &str, action: &Value, label: usize) {
    let at = |name: &str| format!("{path}.{name}");
    found.graphemes(&at("label"), &action["label"], label);
    match action["type"].as_str() {
        Some("postback") => found.units(&at("data"), &action["data"], DATA),
        Some("uri") => uri(found, &at("uri"), &action["uri"]),
        Some("clipboard") => found.units(&at("clipboardText"), &action["clipboardText"], COPY),
        Some("message") => found.graphemes(&at("text"), &action["text"], DATA),
        Some("datetimepicker") => {
            found.units(&at("data"), &action["data"], DATA);
            dates(found, path, action);
        }
        _ => found.breach(&at("type"), "an action of LINE"),
    }
}

fn uri(found: &mut Findings, path: &str, uri: &Value) {
    found.units(path, uri, URI);
    let uri = uri.as_str().unwrap_or_default();
    if !["https:", "http:", "line:", "tel:"].iter().any(|scheme| uri.starts_with(scheme)) {
        found.breach(path, "an address with https, http, line or tel");
    }
    if !uri.bytes().all(|b| b.is_ascii_graphic()) {
        found.breach(path, "percent-encoded");
    }
}

fn dates(found: &mut Findings, path: &str, picker: &Value) {
    let [initial, min, max] = ["initial", "min", "max"].map(|name| picker[name].as_str().unwrap_or_default());
    // Dates of this form sort as texts.
    if !(DATES.0 <= min && min < max && max <= DATES.1 && (min..=max).contains(&initial)) {
        found.breach(path, "1900-01-01 <= min <= initial <= max <= 2100-12-31 and min < max");
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[derive(Default)]
struct Findings(Vec<Breach>);

impl Findings {
    fn breach(&mut self, path: &str, limit: impl Into<String>) {
        self.0.push(Breach { path: path.to_owned(), limit: limit.into() });
    }

    fn within(&mut self, path: &str, unit: &str, found: usize, allowed: std::ops::RangeInclusive<usize>) {
        if !allowed.contains(&found) {
            self.breach(path, format!("{} to {} {unit}, found {found}", allowed.start(), allowed.end()));
        }
    }

    fn units(&mut self, path: &str, text: &Value, most: usize) {
        let length = text.as_str().map_or(0, |text| text.encode_utf16().count());
        self.within(path, "UTF-16 units", length, 1..=most);
    }

    fn graphemes(&mut self, path: &str, text: &Value, most: usize) {
        let length = text.as_str().map_or(0, |text| text.graphemes(true).count());
        self.within(path, "graphemes", length, 1..=most);
    }
}
