//! What can be touched in a chat: buttons of messages, quick replies, areas of the rich menu.

use serde_json::Value;

use super::words;
use super::world::{Bubble, Speaker};

/// Where something touchable is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// In the message with this id.
    Message(String),
    /// A quick reply under the message with this id.
    Quick(String),
    /// In the rich menu.
    Menu,
}

/// Something that can be touched.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Touchable {
    pub(super) label: String,
    pub(super) action: Value,
    pub(super) place: Place,
}

/// Everything that can be touched now, from the oldest message to the quick replies and the menu.
pub(super) fn in_chat(chat: &[Bubble], menu: Option<&Value>) -> Vec<Touchable> {
    let mut found = Vec::new();
    for bubble in chat.iter().filter(|bubble| bubble.from == Speaker::Bot && !bubble.unsent) {
        let place = Place::Message(bubble.id.clone());
        let mut add = |label: String, action: &Value| {
            found.push(Touchable { label, action: action.clone(), place: place.clone() });
        };
        of_message(&bubble.message, &mut add);
    }
    if let Some((id, items)) = quick_replies(chat) {
        for item in items {
            let (label, place) = (label_of(&item["action"]), Place::Quick(id.clone()));
            found.push(Touchable { label, action: item["action"].clone(), place });
        }
    }
    for area in menu.and_then(|menu| menu["areas"].as_array()).into_iter().flatten() {
        let label = label_of(&area["action"]);
        found.push(Touchable { label, action: area["action"].clone(), place: Place::Menu });
    }
    found
}

/// The quick replies that show: those of the chat's last message, until one was used.
pub(super) fn quick_replies(chat: &[Bubble]) -> Option<(String, &Vec<Value>)> {
    let last = chat.last().filter(|bubble| bubble.from == Speaker::Bot && !bubble.answered)?;
    Some((last.id.clone(), last.message["quickReply"]["items"].as_array()?))
}

fn of_message(message: &Value, add: &mut impl FnMut(String, &Value)) {
    match message["type"].as_str().unwrap_or_default() {
        "template" => of_template(&message["template"], add),
        "flex" => of_flex(&message["contents"], add),
        "imagemap" => {
            let areas = message["actions"].as_array().into_iter().flatten();
            areas.for_each(|action| add(label_of(action), action));
        }
        _ => {}
    }
}

fn of_template(template: &Value, add: &mut impl FnMut(String, &Value)) {
    for action in template["actions"].as_array().into_iter().flatten() {
        add(label_of(action), action);
    }
    for column in template["columns"].as_array().into_iter().flatten() {
        if column["action"].is_object() {
            add(label_of(&column["action"]), &column["action"]);
        }
        for action in column["actions"].as_array().into_iter().flatten() {
            add(label_of(action), action);
        }
    }
}

fn of_flex(part: &Value, add: &mut impl FnMut(String, &Value)) {
    let action = &part["action"];
    if action.is_object() {
        let label = label_of(action);
        // A tappable box without a label is known by its words.
        let words = || words::of_message(&serde_json::json!({ "type": "flex", "contents": part }));
        add(if label.is_empty() { words() } else { label }, action);
    }
    for block in ["header", "hero", "body", "footer"] {
        if part[block].is_object() {
            of_flex(&part[block], add);
        }
    }
    part["contents"].as_array().into_iter().flatten().for_each(|inner| of_flex(inner, add));
}

fn label_of(action: &Value) -> String {
    action["label"].as_str().unwrap_or_default().to_owned()
}
