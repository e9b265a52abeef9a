//! Message objects and what is common to all of them.

use serde_json::Value;

use super::action::{self, Where};
use super::{ALT_TEXT_MAX, Count, Findings, Look, flex, template};

/// LINE's reference, sending messages.
const MESSAGES_MAX: usize = 5;
/// LINE's reference, text message.
const TEXT_MAX: usize = 5000;
/// LINE's reference, quick reply.
const QUICK_REPLIES_MAX: usize = 13;
/// LINE's reference, text message and textV2.
const EMOJI_MAX: usize = 20;
/// LINE's reference, icon and display name.
const SENDER_MAX: usize = 20;

const KINDS: [&str; 11] =
    ["text", "textV2", "image", "video", "audio", "location", "sticker", "template", "imagemap", "flex", "coupon"];

/// Checks the `messages` of a request.
pub(in crate::simulator) fn messages(body: &Value, found: &mut Findings) {
    let mut look = Look::new(body, "", found);
    look.needs_list("messages", 1, MESSAGES_MAX);
    for (at, message) in look.list("messages").iter().enumerate() {
        one(Look::new(message, format!("messages[{at}]"), look.found));
    }
}

fn one(mut look: Look<'_>) {
    if !look.has("type") {
        return look.say("type", "May not be empty");
    }
    if !look.needs_one_of("type", &KINDS) {
        return;
    }
    sender(&mut look);
    quick_reply(&mut look);
    match look.text("type").unwrap_or_default() {
        "text" => text(&mut look),
        "textV2" => text_v2(&mut look),
        "image" => pair_of_addresses(&mut look),
        "video" => {
            pair_of_addresses(&mut look);
            look.may_have_text("trackingId", 100, Count::Utf16);
        }
        "audio" => {
            look.needs_https("originalContentUrl");
            look.needs_number("duration", 1.0, f64::MAX);
        }
        "location" => location(&mut look),
        "sticker" => {
            look.needs_text("packageId", 20, Count::Utf16);
            look.needs_text("stickerId", 20, Count::Utf16);
        }
        "template" => {
            look.needs_text("altText", ALT_TEXT_MAX, Count::Utf16);
            if look.needs_object("template") {
                template::check(look.inner("template"));
            }
        }
        "flex" => {
            look.needs_text("altText", ALT_TEXT_MAX, Count::Utf16);
            if look.needs_object("contents") {
                flex::check(look.inner("contents"));
            }
        }
        "imagemap" => imagemap(&mut look),
        _ => look.needs_text("couponId", 100, Count::Utf16),
    }
}

fn text(look: &mut Look<'_>) {
    look.needs_text("text", TEXT_MAX, Count::Utf16);
    let emojis = look.list("emojis");
    if emojis.len() > EMOJI_MAX {
        look.say("emojis", format!("Size must be between 0 and {EMOJI_MAX}"));
    }
    let units: Vec<u16> = look.text("text").unwrap_or_default().encode_utf16().collect();
    for (at, emoji) in emojis.iter().enumerate() {
        let index = emoji["index"].as_u64().and_then(|index| usize::try_from(index).ok());
        // Each emoji takes the place of a dollar sign.
        if index.and_then(|index| units.get(index)) != Some(&u16::from(b'$')) {
            look.say(&format!("emojis[{at}].index"), "The specified index is invalid");
        }
    }
}

fn text_v2(look: &mut Look<'_>) {
    look.needs_text("text", TEXT_MAX, Count::Utf16);
    let keys = look.value["substitution"].as_object();
    if keys.is_some_and(|keys| keys.len() > 100) {
        look.say("substitution", "Size must be between 0 and 100");
    }
    let known = |key: &str| keys.is_some_and(|keys| keys.contains_key(key));
    match placeholders(look.text("text").unwrap_or_default()) {
        None => look.say("text", "A brace is not escaped"),
        Some(used) => {
            if let Some(missing) = used.iter().find(|key| !known(key)) {
                look.say("substitution", format!("{missing} is not specified"));
            }
        }
    }
}

/// The keys in `{key}`, where `{{` and `}}` are plain braces. `None` when a brace stands alone.
fn placeholders(text: &str) -> Option<Vec<&str>> {
    let (mut keys, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find(['{', '}']) {
        let (brace, after) = (&rest[at..=at], &rest[at + 1..]);
        if after.starts_with(brace) {
            rest = &after[1..];
            continue;
        }
        let (key, behind) = after.split_once('}')?;
        let fine = (1..=20).contains(&key.len()) && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if brace == "}" || !fine {
            return None;
        }
        keys.push(key);
        rest = behind;
    }
    Some(keys)
}

fn pair_of_addresses(look: &mut Look<'_>) {
    look.needs_https("originalContentUrl");
    look.needs_https("previewImageUrl");
}

fn location(look: &mut Look<'_>) {
    look.needs_text("title", 100, Count::Utf16);
    look.needs_text("address", 100, Count::Utf16);
    look.needs_number("latitude", -90.0, 90.0);
    look.needs_number("longitude", -180.0, 180.0);
}

fn imagemap(look: &mut Look<'_>) {
    look.needs_text("altText", ALT_TEXT_MAX, Count::Utf16);
    look.needs_https("baseUrl");
    if look.value["baseSize"]["width"].as_u64() != Some(1040) {
        look.say("baseSize.width", "Must be 1040");
    }
    look.needs_list("actions", 1, 50);
}

fn sender(look: &mut Look<'_>) {
    if !look.has("sender") {
        return;
    }
    let mut sender = look.inner("sender");
    sender.may_have_text("name", SENDER_MAX, Count::Utf16);
    sender.may_have_https("iconUrl");
    if sender.text("name").is_some_and(|name| name.to_uppercase().contains("LINE")) {
        sender.say("name", "The name contains a word that is not allowed");
    }
}

fn quick_reply(look: &mut Look<'_>) {
    if !look.has("quickReply") {
        return;
    }
    let mut quick = look.inner("quickReply");
    quick.needs_list("items", 1, QUICK_REPLIES_MAX);
    for (at, item) in quick.list("items").iter().enumerate() {
        let path = quick.at(&format!("items[{at}]"));
        let mut item = Look::new(item, path, quick.found);
        item.needs_one_of("type", &["action"]);
        item.may_have_https("imageUrl");
        if item.needs_object("action") {
            action::check(item.inner("action"), Where::QuickReply);
        }
    }
}
