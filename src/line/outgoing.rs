//! What leaves: a [`Message`] becomes LINE's JSON, exactly.
//!
//! Cards become Flex bubbles that follow the reader's font size, wrap, and keep a contrast of at least
//! 4.5:1 on white. Postbacks carry no `displayText`, so a tap leaves nothing in the talk. Limits are
//! kept where messages are made; [`super::lint`] finds what breaks them.

use serde_json::{Map, Value, json};

use crate::domain::message::{Action, Body, Button, Card, Message, Row, Weight};

/// Deep blue, 14:1 on white: the main thing to do.
const PRIMARY: &str = "#00118F";
/// Red, 6:1 on white: life and limb.
const URGENT: &str = "#C40000";
/// Grey, 7:1 on white: small print.
const GREY: &str = "#595959";

/// One message object as LINE's JSON.
#[must_use]
pub fn to_line(message: &Message) -> Value {
    let mut object = body(&message.body);
    if !message.quick.is_empty() {
        let items: Vec<Value> = message.quick.iter().map(|b| json!({"type": "action", "action": action(b)})).collect();
        object.insert("quickReply".into(), json!({ "items": items }));
    }
    if let Some(name) = &message.sender {
        object.insert("sender".into(), json!({ "name": name }));
    }
    Value::Object(object)
}

/// Several message objects as LINE's JSON, in their order.
#[must_use]
pub fn all_to_line(messages: &[Message]) -> Vec<Value> {
    messages.iter().map(to_line).collect()
}

fn body(body: &Body) -> Map<String, Value> {
    object(match body {
        Body::Text { text } => json!({"type": "text", "text": text}),
        Body::Buttons { text, alt, buttons } => template("buttons", alt, text, buttons),
        Body::Confirm { text, alt, buttons } => template("confirm", alt, text, buttons),
        Body::Cards { alt, cards } => json!({"type": "flex", "altText": alt, "contents": container(cards)}),
    })
}

fn template(kind: &str, alt: &str, text: &str, buttons: &[Button]) -> Value {
    let actions: Vec<Value> = buttons.iter().map(action).collect();
    json!({"type": "template", "altText": alt, "template": {"type": kind, "text": text, "actions": actions}})
}

fn container(cards: &[Card]) -> Value {
    match cards {
        [card] => bubble(card),
        cards => json!({"type": "carousel", "contents": cards.iter().map(bubble).collect::<Vec<_>>()}),
    }
}

fn bubble(card: &Card) -> Value {
    let kicker = card.kicker.iter().map(|line| text(line, json!({"size": "sm", "color": GREY})));
    let title = text(&card.title, json!({"weight": "bold", "size": "lg"}));
    let rows = card.rows.iter().map(row);
    let note = card.note.iter().map(|line| text(line, json!({"size": "xs", "color": GREY})));
    let contents: Vec<Value> = kicker.chain([title]).chain(rows).chain(note).flatten().collect();
    let body = json!({"type": "box", "layout": "vertical", "spacing": "md", "contents": contents});
    json!({"type": "bubble", "size": "mega", "body": body})
}

fn row(row: &Row) -> Option<Value> {
    match row {
        Row::Text { text: line } => text(line, json!({"lineSpacing": "8px"})),
        Row::Small { text: line } => text(line, json!({"size": "sm", "lineSpacing": "6px"})),
        Row::Button { button, weight } => Some(flex_button(button, *weight)),
    }
}

/// A text of a bubble. LINE refuses empty ones, so an empty line is left out.
fn text(line: &str, look: Value) -> Option<Value> {
    let plain = json!({"type": "text", "text": line, "wrap": true, "scaling": true});
    (!line.trim().is_empty()).then(|| with(plain, look))
}

fn flex_button(button: &Button, weight: Weight) -> Value {
    let look = match weight {
        Weight::Urgent => json!({"style": "primary", "color": URGENT}),
        Weight::Primary => json!({"style": "primary", "color": PRIMARY}),
        Weight::Secondary => json!({"style": "secondary"}),
        Weight::Link => json!({"style": "link"}),
    };
    // A button does not wrap: a long label shrinks rather than ending in dots.
    let plain = json!({"type": "button", "scaling": true, "adjustMode": "shrink-to-fit", "action": action(button)});
    with(plain, look)
}

fn action(button: &Button) -> Value {
    let of_kind = match &button.action {
        Action::Postback { data, keyboard: false } => json!({"type": "postback", "data": data}),
        Action::Postback { data, keyboard: true } => {
            json!({"type": "postback", "data": data, "inputOption": "openKeyboard"})
        }
        Action::Uri { uri } => json!({"type": "uri", "uri": encoded(uri)}),
        Action::Date { data, initial, min, max } => {
            json!({"type": "datetimepicker", "data": data, "mode": "date", "initial": initial, "min": min, "max": max})
        }
        Action::Copy { text } => json!({"type": "clipboard", "clipboardText": text}),
    };
    with(of_kind, json!({ "label": button.label }))
}

/// The address as LINE takes it: percent-encoded, and with it the `#` of numbers such as `#8000`,
/// which in an address would begin a fragment. What is encoded already stays as it is.
pub(super) fn encoded(uri: &str) -> String {
    let telephone = uri.starts_with("tel:");
    let plain = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c) && !(telephone && c == '#');
    uri.chars().fold(String::with_capacity(uri.len()), |mut encoded, c| {
        let mut utf8 = [0; 4];
        match plain(c) {
            true => encoded.push(c),
            false => encoded.extend(c.encode_utf8(&mut utf8).bytes().map(|byte| format!("%{byte:02X}"))),
        }
        encoded
    })
}

fn with(plain: Value, more: Value) -> Value {
    let mut all = object(plain);
    all.extend(object(more));
    Value::Object(all)
}

/// The properties of an object literal of this file; anything else has none.
fn object(literal: Value) -> Map<String, Value> {
    match literal {
        Value::Object(properties) => properties,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests;
