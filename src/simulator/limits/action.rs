//! Action objects.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::{Count, Look};

/// LINE's reference, action objects: postback data, display text, message text.
const DATA_MAX: usize = 300;
/// LINE's reference, clipboard action.
const CLIPBOARD_MAX: usize = 1000;
/// LINE's reference, URI action.
const URI_MAX: usize = 1000;
/// LINE's reference, rich menu switch action.
const ALIAS_MAX: usize = 32;

/// Where an action stands: it decides which kinds are allowed and how long a label may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// A button of a template.
    Template,
    /// A column of an image carousel.
    ImageColumn,
    /// A quick reply.
    QuickReply,
    /// A button of a Flex message.
    FlexButton,
    /// Another Flex component, a whole message or picture: no label shows.
    Tappable,
    /// An area of a rich menu.
    RichMenu,
}

impl Where {
    fn label_max(self) -> usize {
        match self {
            Self::ImageColumn => 12,
            Self::FlexButton => 40,
            Self::Template | Self::QuickReply | Self::Tappable | Self::RichMenu => 20,
        }
    }

    fn needs_label(self) -> bool {
        matches!(self, Self::Template | Self::QuickReply | Self::FlexButton)
    }

    fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::QuickReply => {
                &["postback", "message", "uri", "datetimepicker", "camera", "cameraRoll", "location", "clipboard"]
            }
            Self::RichMenu => &["postback", "message", "uri", "datetimepicker", "richmenuswitch"],
            Self::Template | Self::ImageColumn | Self::FlexButton | Self::Tappable => {
                &["postback", "message", "uri", "datetimepicker", "clipboard"]
            }
        }
    }
}

pub(super) fn check(mut look: Look<'_>, place: Where) {
    if !look.needs_one_of("type", place.kinds()) {
        return;
    }
    if place.needs_label() {
        look.needs_text("label", place.label_max(), Count::Graphemes);
    } else {
        look.may_have_text("label", place.label_max(), Count::Graphemes);
    }
    match look.text("type").unwrap_or_default() {
        "postback" => postback(&mut look),
        "message" => look.needs_text("text", DATA_MAX, Count::Graphemes),
        "uri" => uri(&mut look),
        "datetimepicker" => date_picker(&mut look),
        "clipboard" => look.needs_text("clipboardText", CLIPBOARD_MAX, Count::Utf16),
        "richmenuswitch" => {
            look.needs_text("richMenuAliasId", ALIAS_MAX, Count::Utf16);
            look.needs_text("data", DATA_MAX, Count::Utf16);
        }
        // Camera, camera roll and location have nothing but a label.
        _ => {}
    }
}

fn postback(look: &mut Look<'_>) {
    look.needs_text("data", DATA_MAX, Count::Utf16);
    look.may_have_text("displayText", DATA_MAX, Count::Graphemes);
    look.may_have_text("text", DATA_MAX, Count::Graphemes);
    look.may_have_text("fillInText", DATA_MAX, Count::Graphemes);
    look.may_be_one_of("inputOption", &["closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"]);
    if look.has("displayText") && look.has("text") {
        look.say("text", "Must not be specified together with displayText");
    }
    if look.has("fillInText") && look.text("inputOption") != Some("openKeyboard") {
        look.say("fillInText", "Must be specified together with inputOption openKeyboard");
    }
}

fn uri(look: &mut Look<'_>) {
    look.needs_text("uri", URI_MAX, Count::Utf16);
    for part in ["uri", "altUri.desktop"] {
        let value = match part {
            "uri" => look.text("uri"),
            _ => look.value["altUri"]["desktop"].as_str(),
        };
        if value.is_some_and(|uri| !uri.is_empty() && !is_uri(uri)) {
            look.say(part, "invalid uri");
        }
    }
}

fn is_uri(uri: &str) -> bool {
    let known = ["http://", "https://", "line://", "tel:"].iter().any(|scheme| {
        uri.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) && uri.len() > scheme.len()
    });
    // Everything else must be percent-encoded.
    known && uri.chars().all(|c| c.is_ascii_graphic())
}

fn date_picker(look: &mut Look<'_>) {
    look.needs_text("data", DATA_MAX, Count::Utf16);
    if !look.needs_one_of("mode", &["date", "time", "datetime"]) {
        return;
    }
    let mode = look.text("mode").unwrap_or_default();
    let mut moments = [None; 3];
    for (moment, key) in moments.iter_mut().zip(["min", "initial", "max"]) {
        *moment = look.text(key).and_then(|text| moment_of(mode, text));
        if look.has(key) && moment.is_none() {
            look.say(key, "invalid datetime format");
        }
    }
    let [min, initial, max] = moments;
    if min.zip(max).is_some_and(|(min, max)| max <= min) {
        look.say("max", "Must be greater than min");
    }
    let outside = |initial| min.is_some_and(|min| initial < min) || max.is_some_and(|max| initial > max);
    if initial.is_some_and(outside) {
        look.say("initial", "Must be between min and max");
    }
}

/// Dates run from 1900-01-01 to 2100-12-31.
fn moment_of(mode: &str, text: &str) -> Option<NaiveDateTime> {
    let day = |text: &str| {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        let written_in_full = text.len() == "2026-01-01".len();
        (written_in_full && ("1900-01-01".."2100-12-32").contains(&text)).then_some(day)
    };
    let time = |text: &str| (text.len() == 5).then(|| NaiveTime::parse_from_str(text, "%H:%M").ok()).flatten();
    match mode {
        "date" => Some(day(text)?.and_time(NaiveTime::MIN)),
        "time" => Some(NaiveDate::MIN.and_time(time(text)?)),
        _ => {
            let (first, last) = text.split_once(['T', 't'])?;
            Some(day(first)?.and_time(time(last)?))
        }
    }
}
