//! Days that calendars make difficult, and what the town adds to a day.

use serde_json::Value;

use crate::support::{Registers, World};

#[tokio::test]
async fn a_child_of_29_february_has_its_last_birthday_on_the_28th() {
    let world = World::at("2027-02-26 09:00").await;
    let hana = world.registered(Registers::Born, "2024-02-29", Some("うるう")).await;
    hana.waits_until("2027-02-28 12:00").await.in_bubbles(1).tells("うるう、きょうは3歳のお誕生日です。");
    hana.waits_until("2027-03-05 12:00").await.silence();
    hana.was_pushed(&["02-28 08:00"]);
}

#[tokio::test]
async fn a_child_of_29_february_has_its_first_birthday_on_the_28th_too() {
    let world = World::at("2025-02-27 09:00").await;
    let hana = world.registered(Registers::Born, "2024-02-29", Some("うるう")).await;
    hana.waits_until("2025-02-28 12:00").await.tells("うるう、きょうは1歳のお誕生日です。");
    world.until("2025-03-07 12:00").await;
    hana.was_pushed(&["02-28 08:00", "03-07 08:00"]);
}

#[tokio::test]
async fn a_round_day_that_falls_on_a_regular_one_travels_in_the_same_push() {
    let world = World::at("2028-08-11 09:00").await;
    let hana = world.registered(Registers::Born, "2027-04-01", None).await;
    hana.waits_until("2028-08-12 12:00").await.tells_times(1, "生まれて500日目です。");
    hana.waits_until("2028-08-19 12:00").await.tells("生まれて507日目です。");
    hana.was_pushed(&["08-12 08:00", "08-19 08:00"]);
}

#[tokio::test]
async fn a_round_day_between_regular_ones_has_its_own_push() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Born, "2026-05-08", None).await;
    hana.waits_until("2026-11-23 12:00").await.tells("生まれて200日目です。");
    hana.waits_until("2026-11-25 12:00").await.tells("生まれて202日目です。");
    hana.was_pushed(&["11-23 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn a_municipal_text_comes_once_in_the_days_push_under_the_towns_own_name() {
    let world = World::at("2026-11-22 09:00").await;
    // Day 90 is 2026-11-24, where 「3〜4か月児健診」 begins.
    let hana = world.registered(Registers::Born, "2026-08-27", None).await;
    hana.waits_until("2026-11-23 12:00").await.never_tells(&["3〜4か月児健診"]);
    hana.waits_until("2026-11-24 12:00")
        .await
        .tells_times(1, "3〜4か月児健診")
        .tells("保健センター 健診係")
        .tells("000-000-0106")
        .offers("くわしく見る");
    let cards = |messages: &[Value]| {
        let is_card = |message: &&Value| message["type"] == "flex" && message["altText"].to_string().contains("健診");
        messages.iter().filter(is_card).cloned().collect::<Vec<_>>()
    };
    let pushes = hana.pushes();
    let found: Vec<Value> = pushes.iter().flat_map(|entry| cards(&entry.messages)).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["sender"]["name"], "あおば市 こども家庭センター");
    assert!(
        pushes.iter().flat_map(|entry| &entry.messages).filter(|m| m["type"] == "text").all(|m| m["sender"].is_null())
    );
    hana.waits_until("2026-11-30 12:00").await.never_tells(&["3〜4か月児健診"]);
    hana.was_pushed(&[
        "11-23 08:00",
        "11-24 08:00",
        "11-25 08:00",
        "11-26 08:00",
        "11-27 08:00",
        "11-28 08:00",
        "11-29 08:00",
        "11-30 08:00",
    ]);
}

#[tokio::test]
async fn a_municipal_text_shown_in_an_answer_is_not_shown_again_the_next_morning() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2026-11-25", None).await;
    world.until("2026-11-24 10:00").await;
    hana.says("生まれた").await;
    hana.picks("誕生日をえらぶ", "2026-11-24").await;
    hana.taps("はい").await.tells_times(1, "出生届は14日以内に");
    hana.waits_until("2026-11-25 12:00").await.tells("生まれて2日目です。").never_tells(&["出生届は14日以内に"]);
    hana.waits_until("2026-11-26 12:00").await.never_tells(&["出生届は14日以内に"]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00", "11-26 08:00"]);
}
