//! The third birthday: the last message, with a sibling and without.

use crate::support::{Registers, World};

#[tokio::test]
async fn the_last_message_comes_on_the_third_birthday_and_the_next_morning_is_silent() {
    let world = World::at("2026-11-20 09:00").await;
    let hana = world.registered(Registers::Born, "2023-11-22", Some("ゆず")).await;
    hana.waits_until("2026-11-22 12:00")
        .await
        .tells("ゆず、きょうは3歳のお誕生日です。")
        .tells("このお届けは、きょうが最後です。")
        .tells("30日のあとに消えます")
        .tells("000-000-0000")
        .never_tells(&["このあとも、"]);
    hana.waits_until("2026-12-21 23:00").await.silence();
    hana.says("きょうのメッセージ").await.tells("3歳のお誕生日で終わりました");
    hana.waits_until("2026-12-22 12:00").await.silence();
    hana.says("変更").await.tells("いま、登録はありません");
    hana.was_pushed(&["11-22 08:00"]);
}

#[tokio::test]
async fn with_a_sibling_the_last_message_says_whose_letters_go_on_and_they_do() {
    let world = World::at("2026-11-20 09:00").await;
    let hana = world.registered(Registers::Born, "2023-11-22", Some("ゆず")).await;
    hana.says("きょうだいを追加").await;
    hana.picks("出産予定日をえらぶ", "2027-03-01").await;
    hana.says("あお").await;
    hana.taps("登録する").await.tells("2人目を登録しました");
    hana.waits_until("2026-11-21 12:00").await.tells("あお、").never_tells(&["ゆず"]);
    hana.waits_until("2026-11-22 12:00")
        .await
        .tells("あお、きょうは妊娠25週6日です。")
        .tells("ゆず、きょうは3歳のお誕生日です。")
        .tells_times(1, "このあとも、あおの分をお届けします。");
    hana.waits_until("2026-11-23 12:00")
        .await
        .tells("あお、きょうから妊娠26週です。")
        .never_tells(&["ゆず", "このあとも"]);
    hana.waits_until("2026-11-24 12:00").await.never_tells(&["ゆず"]);
    // Thirty days later only the elder is forgotten.
    world.until("2026-12-31 12:00").await;
    hana.says("変更").await.tells("あお").never_tells(&["ゆず"]);
    let november = (21..=30).map(|day| format!("11-{day:02} 08:00"));
    let all: Vec<String> = november.chain((1..=31).map(|day| format!("12-{day:02} 08:00"))).collect();
    hana.was_pushed(&all.iter().map(String::as_str).collect::<Vec<_>>());
}

#[tokio::test]
async fn twins_turn_three_in_one_push() {
    let world = World::at("2026-11-20 09:00").await;
    let hana = world.registered(Registers::Born, "2023-11-22", Some("あお")).await;
    hana.says("ふたご").await;
    hana.taps("ふたご").await;
    hana.says("はる").await;
    hana.waits_until("2026-11-22 12:00")
        .await
        .tells_times(1, "あお・はる、きょうは3歳のお誕生日です。")
        .never_tells(&["このあとも、"]);
    hana.waits_until("2026-11-25 12:00").await.silence();
    hana.was_pushed(&["11-22 08:00"]);
}
