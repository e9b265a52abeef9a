//! Webhook events in LINE's documented shapes.

use serde_json::{Map, Value, json};

use super::ids::Ids;

/// Where an event happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    User(String),
    /// A group, and who in it, where the event has somebody.
    Group(String, Option<String>),
}

impl Source {
    /// The chat a reply goes to.
    pub(super) fn chat(&self) -> &str {
        match self {
            Self::User(chat) | Self::Group(chat, _) => chat,
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::User(user) => json!({ "type": "user", "userId": user }),
            Self::Group(group, None) => json!({ "type": "group", "groupId": group }),
            Self::Group(group, Some(user)) => json!({ "type": "group", "groupId": group, "userId": user }),
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Happening {
    Follow { unblocked: bool },
    Unfollow,
    Join,
    Leave,
    MemberJoined(Vec<String>),
    MemberLeft(Vec<String>),
    Message(Value),
    MessageEdited(Value),
    Unsend(String),
    Postback { data: String, params: Option<Value> },
}

impl Happening {
    fn kind(&self) -> &'static str {
        match self {
            Self::Follow { .. } => "follow",
            Self::Unfollow => "unfollow",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::MemberJoined(_) => "memberJoined",
            Self::MemberLeft(_) => "memberLeft",
            Self::Message(_) => "message",
            Self::MessageEdited(_) => "messageEdited",
            Self::Unsend(_) => "unsend",
            Self::Postback { .. } => "postback",
        }
    }

    fn can_be_replied_to(&self) -> bool {
        match self {
            Self::Unfollow | Self::Leave | Self::MemberLeft(_) | Self::Unsend(_) => false,
            Self::Follow { .. } | Self::Join | Self::MemberJoined(_) => true,
            Self::Message(_) | Self::MessageEdited(_) | Self::Postback { .. } => true,
        }
    }

    fn own_fields(self, event: &mut Map<String, Value>) {
        match self {
            Self::Follow { unblocked } => set(event, "follow", json!({ "isUnblocked": unblocked })),
            Self::Unfollow | Self::Join | Self::Leave => {}
            Self::MemberJoined(members) => set(event, "joined", people(&members)),
            Self::MemberLeft(members) => set(event, "left", people(&members)),
            Self::Message(message) | Self::MessageEdited(message) => set(event, "message", message),
            Self::Unsend(id) => set(event, "unsend", json!({ "messageId": id })),
            Self::Postback { data, params: None } => set(event, "postback", json!({ "data": data })),
            Self::Postback { data, params: Some(params) } => {
                set(event, "postback", json!({ "data": data, "params": params }));
            }
        }
    }
}

/// One event that happened at `at_ms`.
pub(super) fn event(ids: &Ids, at_ms: i64, source: &Source, happening: Happening) -> Value {
    let mut event = Map::new();
    set(&mut event, "type", happening.kind().into());
    set(&mut event, "mode", "active".into());
    set(&mut event, "timestamp", at_ms.into());
    set(&mut event, "source", source.json());
    set(&mut event, "webhookEventId", ids.webhook_event(at_ms).into());
    set(&mut event, "deliveryContext", json!({ "isRedelivery": false }));
    if happening.can_be_replied_to() {
        set(&mut event, "replyToken", ids.reply_token().into());
    }
    happening.own_fields(&mut event);
    Value::Object(event)
}

/// The same event on its way again.
pub(super) fn redelivered(event: &Value) -> Value {
    let mut event = event.clone();
    event["deliveryContext"]["isRedelivery"] = true.into();
    event
}

/// A text somebody typed.
pub(super) fn text(ids: &Ids, text: &str) -> Value {
    message(ids, "text", json!({ "text": text }))
}

/// A sticker from one of the packages everybody has.
pub(super) fn sticker(ids: &Ids) -> Value {
    let sticker = json!({
        "packageId": "11537",
        "stickerId": "52002738",
        "stickerResourceType": "ANIMATION",
        "keywords": ["hi", "Hello", "wave", "greetings"],
    });
    message(ids, "sticker", sticker)
}

/// A photograph, kept at LINE.
pub(super) fn image(ids: &Ids) -> Value {
    message(ids, "image", json!({ "contentProvider": { "type": "line" } }))
}

/// A place on the map.
pub(super) fn location(ids: &Ids) -> Value {
    let place = json!({ "title": "あおば市役所", "address": "あおば市中央1-1", "latitude": 35.0, "longitude": 139.0 });
    let mut message = message(ids, "location", place);
    message.as_object_mut().expect("a message is an object").remove("quoteToken");
    message
}

fn message(ids: &Ids, kind: &str, fields: Value) -> Value {
    let mut message = fields;
    message["type"] = kind.into();
    message["id"] = ids.message().into();
    message["quoteToken"] = ids.quote_token().into();
    message["markAsReadToken"] = ids.quote_token().into();
    message
}

fn people(members: &[String]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({ "type": "user", "userId": id })).collect();
    json!({ "members": members })
}

fn set(event: &mut Map<String, Value>, key: &str, value: Value) {
    event.insert(key.to_owned(), value);
}
