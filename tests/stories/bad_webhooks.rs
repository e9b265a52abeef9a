//! Signed webhooks with strange contents: kept or put aside, never half, never a fall.

use hagukumi::store::EventState;
use serde_json::{Value, json};

use crate::support::{BOT, Registers, World};

const USER: &str = "U00000000000000000000000000000abc";

async fn send(world: &World, body: &[u8]) -> u16 {
    world.line.raw_webhook(body, Some(&world.line.sign(body))).await
}

async fn send_events(world: &World, events: Value) -> u16 {
    send(world, json!({ "destination": BOT, "events": events }).to_string().as_bytes()).await
}

async fn events_in(world: &World, state: EventState) -> u64 {
    world.app.store().events_in(state).await.unwrap()
}

/// A text event that is as it should be.
fn text(id: &str, text: &str) -> Value {
    json!({
        "type": "message", "mode": "active", "timestamp": 1_795_305_600_000_i64,
        "source": { "type": "user", "userId": USER }, "webhookEventId": id,
        "deliveryContext": { "isRedelivery": false }, "replyToken": format!("token-{id}"),
        "message": { "type": "text", "id": "1", "text": text, "quoteToken": "q" },
    })
}

/// The event with some of its properties changed.
fn changed(mut event: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

/// A family can still register from the beginning to the end.
async fn assert_it_goes_on(world: &World) {
    world.line.faults().clear();
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.was_told("きょうは妊娠25週6日です");
}

#[tokio::test]
async fn the_consoles_verify_button_is_answered_and_keeps_nothing() {
    let world = World::at("2026-11-22 09:00").await;
    assert_eq!(world.line.verify().await, 200);
    assert_eq!(send(&world, br#"{"destination":"Uffffffffffffffffffffffffffffffff","events":[]}"#).await, 200);
    assert_eq!(events_in(&world, EventState::Done).await, 0);
}

#[tokio::test]
async fn signed_bodies_that_cannot_be_read_are_put_aside_once() {
    let world = World::at("2026-11-22 09:00").await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_inside = format!(r#"{{"destination":"{BOT}","events":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let bodies: [&[u8]; 11] = [
        b"",
        b" ",
        b"null",
        b"[]",
        b"42",
        b"{",
        br#"{"destination":"Ub07","events":"#,
        br#"{"destination":"Ub07"}"#,
        br#"{"destination":"Ub07","events":{}}"#,
        b"\xff\xfe\x00{\"events\":[]}",
        deep.as_bytes(),
    ];
    for (at, body) in bodies.iter().enumerate() {
        assert_eq!(send(&world, body).await, 200, "{at}");
        assert_eq!(send(&world, body).await, 200, "again {at}");
        assert_eq!(events_in(&world, EventState::Quarantined).await, at as u64 + 1, "{at}");
    }
    assert_eq!(send(&world, deep_inside.as_bytes()).await, 200, "one strange event");
    world.settle().await;
    assert_eq!(events_in(&world, EventState::Ignored).await, 1);
    assert_it_goes_on(&world).await;
}

#[tokio::test]
async fn a_webhook_for_another_bot_is_put_aside_whole_and_not_processed() {
    let world = World::with("2026-11-22 09:00", &[("BOT_USER_ID", BOT)]).await;
    let body = json!({ "destination": "Uffffffffffffffffffffffffffffffff", "events": [text("a", "停止"), text("b", "ヘルプ")] });
    assert_eq!(send(&world, body.to_string().as_bytes()).await, 200);
    world.settle().await;
    assert_eq!(events_in(&world, EventState::Quarantined).await, 1);
    assert_eq!(events_in(&world, EventState::Done).await, 0);
    assert_eq!(world.app.store().count("reader").await.unwrap(), 0);
    assert_it_goes_on(&world).await;
}

#[tokio::test]
async fn ten_thousand_events_in_one_body_are_kept_all_or_none() {
    let world = World::at("2026-11-22 09:00").await;
    let event = |n: usize| format!(r#"{{"type":"x","timestamp":1795305600000,"webhookEventId":"e{n}"}}"#);
    let all = |count: usize| {
        let events: Vec<String> = (0..count).map(event).collect();
        format!(r#"{{"destination":"{BOT}","events":[{}]}}"#, events.join(","))
    };
    let kept = world.app.store();
    let status = send(&world, all(10_000).as_bytes()).await;
    let rows = kept.count("webhook_event").await.unwrap();
    assert!((status, rows) == (200, 10_000) || (status == 503), "{status}, {rows} rows");
    // Told to come again, it comes again; what was kept the first time is not kept twice.
    while send(&world, all(10_000).as_bytes()).await != 200 {}
    assert_eq!(kept.count("webhook_event").await.unwrap(), 10_000);
    assert_eq!(send(&world, all(40_000).as_bytes()).await, 413);
    assert_eq!(kept.count("webhook_event").await.unwrap(), 10_000);
}

#[tokio::test]
async fn one_strange_event_never_costs_its_batch() {
    let world = World::at("2026-11-22 09:00").await;
    let strange = json!([
        null,
        1,
        "event",
        [],
        {},
        { "type": 7 },
        { "type": "mystery", "webhookEventId": "s1", "source": { "type": "planet", "id": "x" } },
        changed(text("s2", "x"), json!({ "message": { "type": "hologram", "id": "1" } })),
        changed(text("s3", "x"), json!({ "message": { "type": "text", "id": "1" } })),
        changed(text("s4", "x"), json!({ "message": null })),
        changed(text("s5", "x"), json!({ "type": "postback", "postback": { "data": 5 } })),
        changed(text("s6", "x"), json!({ "type": "postback", "postback": null })),
        changed(text("s7", "x"), json!({ "source": null })),
        changed(text("s8", "x"), json!({ "webhookEventId": null })),
        changed(text("s9", "x"), json!({ "webhookEventId": "x".repeat(10_000) })),
        changed(text("s10", "x"), json!({ "type": "unsend", "unsend": { "messageId": "unknown" } })),
        changed(text("s11", "x"), json!({ "type": "unfollow", "source": { "type": "user", "userId": "Uffffffffffffffffffffffffffffffff" } })),
        changed(text("s12", "x"), json!({ "type": "videoPlayComplete", "videoPlayComplete": { "trackingId": "t" } })),
        changed(text("s13", "x"), json!({ "mode": "future", "source": { "type": "user", "userId": "U000000000000000000000000000000ff" } })),
        text("good", "ヘルプ"),
    ]);
    assert_eq!(send_events(&world, strange).await, 200);
    world.settle().await;
    assert_eq!(events_in(&world, EventState::Pending).await, 0);
    assert_eq!(events_in(&world, EventState::Dead).await, 0);
    let good = world.line.user_with_id(USER.to_owned());
    assert!(good.texts().is_empty(), "its reply token is none of LINE's, and a push is not for strangers' tokens");
    assert_it_goes_on(&world).await;
}

#[tokio::test]
async fn times_that_are_none_do_not_block_a_lane() {
    let world = World::at("2026-11-22 09:00").await;
    let times = [
        json!(-1),
        json!(0),
        json!(u64::MAX),
        json!("yesterday"),
        json!(253_402_300_799_000_i64),
        json!(1.5),
        Value::Null,
    ];
    for (at, time) in times.into_iter().enumerate() {
        let event = changed(text(&format!("t{at}"), "ヘルプ"), json!({ "timestamp": time }));
        assert_eq!(send_events(&world, json!([event])).await, 200);
    }
    world.settle().await;
    assert_eq!(events_in(&world, EventState::Pending).await, 0);
    assert_eq!(events_in(&world, EventState::Done).await, 7);
}

#[tokio::test]
async fn the_first_of_two_events_with_one_id_wins() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let before = world.app.store().count("webhook_event").await.unwrap();
    let hers = |word| {
        changed(
            text("same", word),
            json!({ "replyToken": null, "source": { "type": "user", "userId": hana.user.id() } }),
        )
    };
    assert_eq!(send_events(&world, json!([hers("ヘルプ"), hers("停止")])).await, 200);
    assert_eq!(send_events(&world, json!([hers("停止")])).await, 200);
    world.settle().await;
    assert_eq!(world.app.store().count("webhook_event").await.unwrap(), before + 1);
    world.until("2026-11-23 09:00").await;
    // The help is pushed: the event has no reply token.
    hana.was_pushed(&["11-22 09:00", "11-23 08:00"]);
}

#[tokio::test]
async fn of_two_properties_with_one_name_the_last_is_what_is_kept_and_what_is_done() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let hers = |id: &str, word: &str| {
        let event = changed(
            text(id, word),
            json!({ "replyToken": null, "source": { "type": "user", "userId": hana.user.id() } }),
        );
        event.to_string()
    };
    let twice = hers("twice", "停止").replacen(r#""text":"停止""#, r#""text":"停止","text":"ヘルプ""#, 1);
    let (unread, read) = (hers("unread", "停止"), twice);
    let body = format!(r#"{{"destination":"Ux","events":[{unread}],"destination":"{BOT}","events":[{read}]}}"#);
    assert_eq!(send(&world, body.as_bytes()).await, 200);
    world.settle().await;
    world.until("2026-11-23 09:00").await;
    // The help is pushed: the event has no reply token.
    hana.was_pushed(&["11-22 09:00", "11-23 08:00"]);
}

#[tokio::test]
async fn a_user_id_that_is_none_is_put_aside_with_an_alarm() {
    let world = World::at("2026-11-22 09:00").await;
    for (at, id) in
        ["", "U", "Uxyz", "' OR 1=1 --", "U0000000000000000000000000000ABC0", "../../etc/passwd"].iter().enumerate()
    {
        let event = changed(text(&format!("u{at}"), "x"), json!({ "source": { "type": "user", "userId": id } }));
        assert_eq!(send_events(&world, json!([event])).await, 200);
    }
    world.settle().await;
    assert_eq!(events_in(&world, EventState::Dead).await + events_in(&world, EventState::Ignored).await, 6);
    assert_eq!(world.app.store().count("reader").await.unwrap(), 0);
    assert_it_goes_on(&world).await;
}

#[tokio::test]
async fn nothing_is_sent_while_another_module_has_the_word() {
    let world = World::at("2026-11-22 09:00").await;
    assert_eq!(send_events(&world, json!([changed(text("sb", "登録"), json!({ "mode": "standby" }))])).await, 200);
    world.settle().await;
    assert_eq!(events_in(&world, EventState::Ignored).await, 1);
    assert!(world.line.ledger().is_empty());
}

#[tokio::test]
async fn hostile_texts_in_every_question_break_nothing() {
    let hostile = [
        "\u{0}",
        "\u{feff}\u{202e}txet",
        "\u{1b}[2J\u{1b}[31m",
        "👨\u{200d}👩\u{200d}👧\u{200d}👦".repeat(500).leak(),
        "あ".repeat(5_000).leak(),
        "{nickname} {phone} {{}} %s %n ${jndi:ldap://x} <script>alert(1)</script>",
        "'; DROP TABLE reader; --",
        "\n\n\n\n\r\n\t",
        "=HYPERLINK(\"https://example.com\")",
        "../../../../etc/passwd",
        "0000-00-00",
        "9999999999999999999999年99月99日",
        "h1|registration|confirm|yes|1|1",
    ];
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    for label in [Some("同意して登録する"), None] {
        for text in hostile {
            assert_eq!(hana.user.says(text).await, 200);
            world.settle().await;
        }
        if let Some(label) = label {
            hana.taps(label).await;
        }
    }
    for data in hostile.iter().chain(&["", "h1", "h1|||||", "h9|x|y|z|-1|9223372036854775808", "h1|today|open||0|0"]) {
        assert_eq!(hana.user.posts_back(data).await, 200);
        world.settle().await;
    }
    let endless = text("endless", &"あ".repeat(33_000)).to_string();
    assert_eq!(send(&world, format!(r#"{{"destination":"{BOT}","events":[{endless}]}}"#).as_bytes()).await, 200);
    world.settle().await;
    for lone in [r#""\ud800""#, r#""\udc00\ud83d""#, r#""\u0000""#] {
        let event =
            text("X", "TEXT").to_string().replace(r#""TEXT""#, lone).replace(r#""X""#, &format!("\"e{}\"", lone.len()));
        let body = format!(r#"{{"destination":"{BOT}","events":[{event}]}}"#);
        assert_eq!(send(&world, body.as_bytes()).await, 200);
        world.settle().await;
    }
    assert_eq!(events_in(&world, EventState::Pending).await, 0);
    assert_eq!(events_in(&world, EventState::Dead).await, 0);
    assert_it_goes_on(&world).await;
}

#[tokio::test]
async fn pictures_places_and_stickers_are_met_and_never_fetched() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.user.sends_image().await;
    hana.user.sends_location().await;
    hana.user.sends_sticker().await;
    assert_eq!(hana.user.unsends_last().await, 200);
    world.settle().await;
    assert!(world.line.ledger().iter().all(|entry| !entry.endpoint.contains("content")));
    assert_eq!(events_in(&world, EventState::Pending).await, 0);
}

#[tokio::test]
async fn follows_and_blocks_in_any_number_end_in_the_same_state() {
    let world = World::at("2026-11-22 09:00").await;
    let stranger = world.somebody();
    stranger.blocks().await;
    let hana = world.somebody();
    for _ in 0..3 {
        hana.adds_the_account().await;
    }
    assert_eq!(world.app.store().count("reader").await.unwrap(), 1);
    assert_it_goes_on(&world).await;
}
