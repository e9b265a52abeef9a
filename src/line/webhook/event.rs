//! One event: what of it matters to us.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use sha2::{Digest, Sha256};

use super::fields::{Fields, mend_surrogates};
use super::{Arrived, Kind, ReplyToken, Source};
use crate::domain::conversation::Input;
use crate::domain::ids::LineUserId;

/// Believable times of events: from the year 2000 until the year 2100, in milliseconds. Others are
/// no times, and sorting by them would let one event block its lane.
const BELIEVABLE_MS: RangeInclusive<i64> = 946_684_800_000..=4_102_444_800_000;

/// LINE's ids of events are ULIDs of 26 characters; longer than this is not an id.
const MAX_EVENT_ID: usize = 64;

/// Names of types end up in logs and metrics; longer than this is not a name.
const MAX_TYPE_NAME: usize = 40;

/// Reads one event. Total: what is not understood becomes [`Kind::Strange`] or [`Kind::Other`].
pub(super) fn read(raw: &str) -> Arrived {
    let json = mend_surrogates(raw);
    let Some(fields) = Fields::of(&json) else { return strange(raw) };
    let standby = fields.text("mode").is_some_and(|mode| mode == "standby");
    let source = source(&fields);
    Arrived {
        event_id: event_id(&fields, raw),
        timestamp_ms: fields.get("timestamp").filter(|ms| BELIEVABLE_MS.contains(ms)),
        redelivery: fields.object("deliveryContext").and_then(|c| c.get("isRedelivery")).unwrap_or(false),
        standby,
        message_id: fields.object("message").and_then(|message| message.text("id")),
        reply_token: fields.text("replyToken").filter(|_| !standby).map(ReplyToken),
        kind: kind(&fields, &source),
        source,
        raw: raw.to_owned(),
    }
}

fn strange(raw: &str) -> Arrived {
    Arrived {
        event_id: hashed_id(raw),
        timestamp_ms: None,
        redelivery: false,
        standby: false,
        source: Source::None,
        message_id: None,
        reply_token: None,
        kind: Kind::Strange,
        raw: raw.to_owned(),
    }
}

fn event_id(fields: &Fields<'_>, raw: &str) -> String {
    let usable = |id: &String| id.len() <= MAX_EVENT_ID && id.bytes().all(|b| b.is_ascii_graphic());
    fields.text("webhookEventId").filter(usable).unwrap_or_else(|| hashed_id(raw))
}

fn hashed_id(raw: &str) -> String {
    Sha256::digest(raw).iter().fold("h:".to_owned(), |mut id, byte| {
        write!(id, "{byte:02x}").expect("writing to a String cannot fail");
        id
    })
}

fn source(fields: &Fields<'_>) -> Source {
    let Some(source) = fields.object("source") else { return Source::None };
    let named = match source.text("type").as_deref() {
        Some("user") => source.text("userId").map(|id| match LineUserId::parse(&id) {
            Ok(id) => Source::User(id),
            Err(_) => Source::UserInvalid,
        }),
        Some("group") => source.text("groupId").map(Source::Group),
        Some("room") => source.text("roomId").map(Source::Room),
        _ => None,
    };
    named.unwrap_or(Source::None)
}

fn kind(fields: &Fields<'_>, source: &Source) -> Kind {
    let Some(name) = fields.text("type") else { return Kind::Strange };
    let among_many = matches!(source, Source::Group(_) | Source::Room(_));
    match name.as_str() {
        "message" | "postback" if among_many => Kind::GroupMessage,
        "message" => message(fields),
        // LINE has shown the other page of the menu by itself.
        "postback" if turns_a_menu(fields) => other("postback/richmenuswitch"),
        "postback" => postback(fields).map_or_else(|| other(&name), Kind::Input),
        "follow" => Kind::Input(Input::Followed),
        "unfollow" => Kind::Input(Input::Unfollowed),
        "unsend" => match fields.object("unsend").and_then(|unsend| unsend.text("messageId")) {
            Some(message_id) => Kind::Unsend { message_id },
            None => other(&name),
        },
        "join" => Kind::Joined,
        _ => other(&name),
    }
}

fn message(fields: &Fields<'_>) -> Kind {
    let Some(message) = fields.object("message") else { return other("message") };
    let name = message.text("type").unwrap_or_default();
    match name.as_str() {
        "text" => match message.get("text") {
            Some(text) => Kind::Input(Input::Text(text)),
            None => other("message/text"),
        },
        "sticker" => Kind::Input(Input::Sticker),
        "image" | "video" | "audio" | "file" | "location" => Kind::Input(Input::Media),
        _ => other(&format!("message/{name}")),
    }
}

/// Whether a tab of a rich menu was tapped: `params` says which page is shown now.
fn turns_a_menu(fields: &Fields<'_>) -> bool {
    let params = fields.object("postback").and_then(|postback| postback.object("params"));
    params.is_some_and(|params| params.text("newRichMenuAliasId").is_some())
}

fn postback(fields: &Fields<'_>) -> Option<Input> {
    let postback = fields.object("postback")?;
    let date = postback.object("params").and_then(|params| params.text("date"));
    Some(Input::Postback { data: postback.get("data")?, date })
}

/// Something by its name, as far as the name is one.
fn other(name: &str) -> Kind {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/_-.".contains(&b);
    let named = name.len() <= MAX_TYPE_NAME && name.bytes().all(plain);
    Kind::Other(if named { name } else { "unnamed" }.to_owned())
}
