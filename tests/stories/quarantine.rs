//! Webhooks that were put aside are not lost: the start after the mending reads them again.

use hagukumi::simulator::User;
use hagukumi::store::EventState;
use serde_json::{Value, json};

use crate::stage::{ByHand, Stage};
use crate::support::{BOT, time};

const ANOTHER: [(&str, &str); 1] = [("BOT_USER_ID", "Uffffffffffffffffffffffffffffffff")];
const OURS: [(&str, &str); 1] = [("BOT_USER_ID", BOT)];

async fn aside(bot: &ByHand) -> u64 {
    bot.app.store().events_in(EventState::Quarantined).await.unwrap()
}

async fn until(stage: &Stage, bot: &ByHand, target: &str) {
    bot.app.advance_to(&stage.clock, time(target)).await.unwrap();
}

fn pushes(stage: &Stage, user: &User) -> usize {
    stage.line.pushes_to(user.id()).len()
}

#[tokio::test]
async fn what_a_wrong_setting_put_aside_is_done_by_the_start_that_has_it_right() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let (hana, mio) = (stage.registered("2027-03-01").await, stage.registered("2027-03-01").await);
    let wrong = stage.by_hand_with(&ANOTHER).await;
    assert_eq!(hana.says("停止").await, 200);
    assert_eq!(hana.redeliver_last().await, 200);
    wrong.settle().await;
    assert_eq!(aside(&wrong).await, 2, "a redelivery says that it is one, so its body is another");
    wrong.leave().await;
    let heard = hana.texts().len();

    let still_wrong = stage.by_hand_with(&ANOTHER).await;
    assert_eq!(aside(&still_wrong).await, 2);
    still_wrong.leave().await;

    stage.clock.advance_to(time("2026-11-22 09:50"));
    let right = stage.by_hand_with(&OURS).await;
    right.settle().await;
    assert_eq!(aside(&right).await, 0);
    // The same webhook once more changes nothing.
    assert_eq!(hana.redeliver_last().await, 200);
    right.settle().await;
    assert_eq!(hana.texts().len(), heard + 1, "{:?}", hana.texts());
    assert!(hana.texts().last().is_some_and(|said| said.contains("お届けを止めました")), "{:?}", hana.texts());
    let answered = pushes(&stage, &hana);
    until(&stage, &right, "2026-11-23 09:00").await;
    assert_eq!((pushes(&stage, &hana), pushes(&stage, &mio)), (answered, 1));
    right.leave().await;
}

#[tokio::test]
async fn an_answer_that_would_come_hours_late_stays_unsaid_and_what_was_decided_counts() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let hana = stage.registered("2027-03-01").await;
    let wrong = stage.by_hand_with(&ANOTHER).await;
    for word in ["ヘルプ", "停止", "ヘルプ"] {
        assert_eq!(hana.says(word).await, 200);
    }
    wrong.leave().await;
    let heard = hana.texts().len();
    stage.clock.advance_to(time("2026-11-25 12:00"));
    let right = stage.by_hand_with(&OURS).await;
    right.settle().await;
    assert_eq!(aside(&right).await, 0);
    assert_eq!(hana.texts().len(), heard);
    until(&stage, &right, "2026-11-26 09:00").await;
    assert_eq!(pushes(&stage, &hana), 0);
    right.leave().await;
}

#[tokio::test]
async fn what_still_cannot_be_read_stays_aside_over_any_number_of_starts() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let unreadable: [&[u8]; 3] = [b"{", b"\xff\xfe", br#"{"destination":"Ub07"}"#];
    let bot = stage.by_hand().await;
    for body in unreadable {
        assert_eq!(stage.line.raw_webhook(body, Some(&stage.line.sign(body))).await, 200);
    }
    bot.leave().await;
    for _ in 0..2 {
        let bot = stage.by_hand_with(&OURS).await;
        bot.settle().await;
        assert_eq!(aside(&bot).await, 3);
        bot.leave().await;
    }
}

/// An event that is as it should be, but for what is given.
fn event(id: &str, text: &str, kind: &str) -> Value {
    json!({
        "type": kind, "mode": "active", "timestamp": 1_795_305_600_000_i64, "webhookEventId": id,
        "source": { "type": "user", "userId": "U00000000000000000000000000000abc" },
        "message": { "type": "text", "id": "1", "text": text },
    })
}

#[tokio::test]
async fn two_events_with_one_id_are_told_to_the_operator_and_no_text_reaches_the_log() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let server = stage.serve("2026-11-22 09:00", &[("LOG", "trace"), ("LOG_FORMAT", "pretty")]);
    let strange = "\u{1b}[2J\u{202e}そらまめ\u{0}";
    let events = vec![
        event("one", "こんにちは", "message"),
        event("one", "停止", "message"),
        event("two", strange, "message"),
        event("three", "x", strange),
        event(strange, "x", "message"),
    ];
    assert_eq!(stage.line.post_events(events).await, 200);
    server.until_said("two different events have the same id");
    let said = server.stop();
    for never in ["\u{1b}[2J", "\u{202e}", "そらまめ", "こんにちは", "停止"] {
        assert!(!said.contains(never), "{never:?}");
    }
    // Whatever was not decided when it stopped.
    let next = stage.by_hand().await;
    next.settle().await;
    next.leave().await;
}
