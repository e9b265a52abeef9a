use line_bot_sdk_rust::line_webhook::models;
use serde_json::{Value, json};

use super::*;

const USER: &str = "U0123456789abcdef0123456789abcdef";

/// A body with these events.
fn body(events: &[String]) -> Vec<u8> {
    format!(r#"{{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[{}]}}"#, events.join(",")).into_bytes()
}

/// An event with everything LINE documents around its own properties.
fn event(own: Value) -> Value {
    let mut event = json!({
        "mode": "active", "timestamp": 1_625_665_242_211_i64, "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
        "deliveryContext": {"isRedelivery": false}, "replyToken": "757913772c4646b784d4b7ce46d12671",
        "source": {"type": "user", "userId": USER},
    });
    for (name, value) in own.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

fn arrived(own: Value) -> Arrived {
    read_event(&event(own).to_string())
}

fn kind(own: Value) -> Kind {
    arrived(own).kind
}

fn text(text: &str) -> Kind {
    Kind::Input(Input::Text(text.to_owned()))
}

fn other(name: &str) -> Kind {
    Kind::Other(name.to_owned())
}

#[test]
fn an_ordinary_text_arrives_whole() {
    let message = json!({"type": "text", "id": "444573844083572737", "quoteToken": "q3Plxr4AgKd", "text": "やめる 😄"});
    let event = arrived(json!({"type": "message", "message": message}));
    assert_eq!(event.event_id, "01FZ74A0TDDPYRVKNK77XKC3ZR");
    assert_eq!(event.timestamp_ms, Some(1_625_665_242_211));
    assert!(!event.redelivery && !event.standby);
    assert_eq!(event.source, Source::User(LineUserId::parse(USER).unwrap()));
    assert_eq!(event.message_id.as_deref(), Some("444573844083572737"));
    assert_eq!(event.reply_token, Some(ReplyToken::new("757913772c4646b784d4b7ce46d12671")));
    assert_eq!(event.kind, text("やめる 😄"));
}

#[test]
fn every_kind_of_event_line_documents_is_told_apart_and_known_to_the_sdk_too() {
    let message = |message: Value| json!({"type": "message", "message": message});
    let line = json!({"type": "line"});
    let kinds = [
        (message(json!({"type": "text", "id": "1", "quoteToken": "q", "text": "a"})), text("a")),
        (
            message(
                json!({"type": "sticker", "id": "1", "quoteToken": "q", "stickerId": "2", "packageId": "3", "stickerResourceType": "STATIC"}),
            ),
            Kind::Input(Input::Sticker),
        ),
        (
            message(json!({"type": "image", "id": "1", "quoteToken": "q", "contentProvider": line})),
            Kind::Input(Input::Media),
        ),
        (message(json!({"type": "audio", "id": "1", "contentProvider": line})), Kind::Input(Input::Media)),
        (message(json!({"type": "file", "id": "1", "fileName": "a", "fileSize": 1})), Kind::Input(Input::Media)),
        (
            message(json!({"type": "location", "id": "1", "latitude": 35.0, "longitude": 139.0})),
            Kind::Input(Input::Media),
        ),
        (json!({"type": "follow", "follow": {"isUnblocked": false}}), Kind::Input(Input::Followed)),
        (json!({"type": "unfollow"}), Kind::Input(Input::Unfollowed)),
        (
            json!({"type": "postback", "postback": {"data": "h1|reg|due||3|", "params": {"date": "2027-05-21"}}}),
            Kind::Input(Input::Postback { data: "h1|reg|due||3|".into(), date: Some("2027-05-21".into()) }),
        ),
        (
            json!({"type": "postback", "postback": {"data": "tab", "params": {"newRichMenuAliasId": "b", "status": "SUCCESS"}}}),
            other("postback/richmenuswitch"),
        ),
        (json!({"type": "unsend", "unsend": {"messageId": "325708"}}), Kind::Unsend { message_id: "325708".into() }),
        (json!({"type": "join", "source": {"type": "group", "groupId": "C1"}}), Kind::Joined),
        (json!({"type": "leave", "source": {"type": "group", "groupId": "C1"}}), other("leave")),
        (
            json!({"type": "message", "source": {"type": "room", "roomId": "R1"}, "message": {"type": "text", "id": "1", "quoteToken": "q", "text": "a"}}),
            Kind::GroupMessage,
        ),
        (json!({"type": "accountLink", "link": {"result": "ok", "nonce": "n"}}), other("accountLink")),
        (json!({"type": "videoPlayComplete", "videoPlayComplete": {"trackingId": "t"}}), other("videoPlayComplete")),
    ];
    for (own, expected) in kinds {
        let json = event(own).to_string();
        assert_eq!(read_event(&json).kind, expected, "{json}");
        let known: models::Event = serde_json::from_str(&json).unwrap();
        assert_ne!(known, models::Event::UnknownEvent, "{json}");
    }
}

#[test]
fn payloads_of_older_times_are_read_though_the_sdk_refuses_them() {
    for (own, expected) in [
        (
            json!({"type": "message", "message": {"type": "text", "id": "1", "text": "Hello, world"}}),
            text("Hello, world"),
        ),
        (json!({"type": "follow", "deliveryContext": null}), Kind::Input(Input::Followed)),
        (
            json!({"type": "message", "message": {"type": "sticker", "id": "1", "stickerResourceType": "HOLOGRAM"}}),
            Kind::Input(Input::Sticker),
        ),
        (json!({"type": "follow", "mode": "future", "follow": 7}), Kind::Input(Input::Followed)),
    ] {
        let json = event(own).to_string();
        assert!(serde_json::from_str::<models::Event>(&json).is_err(), "{json}");
        assert_eq!(read_event(&json).kind, expected, "{json}");
    }
}

#[test]
fn one_strange_event_never_costs_its_batch() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let events = [
        "7".to_owned(),
        event(json!({"type": "telepathy"})).to_string(),
        deep.clone(),
        format!(r#"{{"type":"follow","follow":{deep},"source":{deep}}}"#),
        "{}".to_owned(),
        "null".to_owned(),
        r#"{"type":"message","message":{"type":"text","text":1e999}}"#.to_owned(),
        event(json!({"type": "unfollow"})).to_string(),
    ];
    let kinds: Vec<Kind> = read(&body(&events)).unwrap().events.into_iter().map(|event| event.kind).collect();
    let followed = Kind::Input(Input::Followed);
    let unfollowed = Kind::Input(Input::Unfollowed);
    let strange = || Kind::Strange;
    let expected =
        [strange(), other("telepathy"), strange(), followed, strange(), strange(), other("message/text"), unfollowed];
    assert_eq!(kinds, expected);
}

#[test]
fn an_unknown_kind_of_message_is_named_and_a_hostile_name_is_not_repeated() {
    assert_eq!(kind(json!({"type": "message", "message": {"type": "smell", "id": "1"}})), other("message/smell"));
    assert_eq!(kind(json!({"type": "\u{1b}[2J"})), other("unnamed"));
    assert_eq!(kind(json!({"type": "a".repeat(41)})), other("unnamed"));
    assert_eq!(kind(json!({"type": "postback", "postback": {}})), other("postback"));
    assert_eq!(kind(json!({"type": "unsend"})), other("unsend"));
    let edited = json!({"type": "messageEdited", "message": {"type": "text", "id": "1", "text": "a"}});
    assert_eq!(kind(edited), other("messageEdited"));
}

#[test]
fn a_test_of_the_connection_has_no_events() {
    let delivery = read(&body(&[])).unwrap();
    assert_eq!(delivery.destination, "U8e742f61d673b39c7fff3cecb7536ef0");
    assert_eq!(delivery.events, []);
}

#[test]
fn a_body_that_is_no_webhook_is_unreadable_and_nothing_of_it_is_repeated() {
    let deep = "[".repeat(100_000).into_bytes();
    let deep_events = [br#"{"events":"#.as_slice(), &deep].concat();
    for wrong in [b"".as_slice(), b"i am not jason", b"[]", b"{\"events\":[", &deep, &deep_events, b"\"secret\""] {
        let why = read(wrong).unwrap_err();
        assert!(matches!(why, Unreadable::NotJson { .. }), "{why}");
        assert!(!why.to_string().contains("secret"));
    }
    assert_eq!(read(br#"{"destination":"U1"}"#), Err(Unreadable::NoEvents));
    assert_eq!(read(br#"{"events":{"a":"secret"}}"#), Err(Unreadable::NoEvents));
    assert_eq!(read(b"{\"events\":[\"\xff\"]}"), Err(Unreadable::NotUtf8));
}

#[test]
fn of_two_properties_with_the_same_name_the_last_one_counts() {
    let twice = r#"{"type":"unfollow","type":"follow","webhookEventId":"a","webhookEventId":"b"}"#;
    let event = read_event(twice);
    assert_eq!((event.kind, event.event_id.as_str()), (Kind::Input(Input::Followed), "b"));
    assert_eq!(read(br#"{"events":7,"events":[]}"#).unwrap().events, []);
}

#[test]
fn an_event_without_a_usable_id_is_known_by_the_hash_of_its_own_text() {
    let plain = read_event(r#"{"type":"follow"}"#);
    assert_eq!(plain.event_id, "h:dff2189cfc0f6b1548f8eefca26d4ae78706fd548c242fb171fe4fe07f1af95a");
    for wrong in [json!(7), json!(""), json!("a b"), json!("あ"), json!("a".repeat(65))] {
        let event = arrived(json!({"type": "follow", "webhookEventId": wrong}));
        assert!(event.event_id.starts_with("h:") && event.event_id.len() == 66, "{wrong}");
    }
    assert_ne!(plain.event_id, read_event(r#"{"type":"follow" }"#).event_id);
}

#[test]
fn a_timestamp_nobody_can_believe_is_none() {
    for wrong in [
        json!(-1),
        json!(0),
        json!(9_223_372_036_854_775_808_u64),
        json!("1625665242211"),
        json!(253_402_300_799_999_i64),
        json!(1.5),
    ] {
        assert_eq!(arrived(json!({"type": "follow", "timestamp": wrong})).timestamp_ms, None, "{wrong}");
    }
}

#[test]
fn a_standby_event_cannot_be_answered() {
    let event = arrived(json!({"type": "follow", "mode": "standby"}));
    assert!(event.standby);
    assert_eq!(event.reply_token, None);
}

#[test]
fn a_redelivery_says_so_and_keeps_its_id_and_token() {
    let event = arrived(json!({"type": "follow", "deliveryContext": {"isRedelivery": true}}));
    assert!(event.redelivery && event.reply_token.is_some());
    assert_eq!(event.event_id, "01FZ74A0TDDPYRVKNK77XKC3ZR");
}

#[test]
fn sources_that_are_nobody_we_know_are_told_apart() {
    let source = |source: Value| arrived(json!({"type": "follow", "source": source})).source;
    assert_eq!(source(json!({"type": "user", "userId": "U4af4980629..."})), Source::UserInvalid);
    assert_eq!(source(json!({"type": "user"})), Source::None);
    assert_eq!(source(json!({"type": "group", "groupId": "C1", "userId": USER})), Source::Group("C1".into()));
    assert_eq!(source(json!({"type": "room", "roomId": "R1"})), Source::Room("R1".into()));
    assert_eq!(source(json!({"type": "galaxy"})), Source::None);
    assert_eq!(source(Value::Null), Source::None);
}

#[test]
fn strange_characters_in_a_text_are_kept_and_halves_of_characters_replaced() {
    let message = |text: &str| format!(r#"{{"type":"message","message":{{"type":"text","text":"{text}"}}}}"#);
    for (sent, got) in [
        (r"\u0000\u001b[2J", "\u{0}\u{1b}[2J"),
        (r"a\ud800b", "a\u{fffd}b"),
        (r"\ud83d\ude04", "😄"),
        ("\u{feff}\u{202e}👨‍👩‍👧", "\u{feff}\u{202e}👨‍👩‍👧"),
    ] {
        let event = read_event(&message(sent));
        assert_eq!(event.kind, text(got));
        assert_eq!(event.raw, message(sent));
    }
    let long = "あ".repeat(100_000);
    assert_eq!(read_event(&message(&long)).kind, text(&long));
}

#[test]
fn ten_thousand_events_are_read_in_their_order() {
    let events: Vec<String> =
        (0..10_000).map(|i| event(json!({"type": "follow", "webhookEventId": format!("e{i}")})).to_string()).collect();
    let read = read(&body(&events)).unwrap().events;
    assert!(read.iter().enumerate().all(|(i, event)| event.event_id == format!("e{i}")));
    assert_eq!(read.len(), 10_000);
}

#[test]
fn nothing_personal_shows_itself_when_debugged() {
    let message = json!({"type": "text", "id": "1", "text": "ひみつ"});
    let debugged = format!("{:?}", arrived(json!({"type": "message", "message": message})));
    for personal in ["ひみつ", USER, "757913772c4646b784d4b7ce46d12671"] {
        assert!(!debugged.contains(personal), "{debugged}");
    }
    assert!(debugged.contains("01FZ74A0TDDPYRVKNK77XKC3ZR") && debugged.contains("text"));
}

proptest::proptest! {
    #[test]
    fn reading_never_panics_whatever_arrives(bytes: Vec<u8>, json in "[\\[\\]{}:,\"\\\\u0-9a-fd ]{0,80}") {
        let _ = read(&bytes);
        let _ = read_event(&json);
        let _ = read(json.as_bytes());
    }
}
