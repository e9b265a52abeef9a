//! 「きょうのメッセージ」: the day's message when it is asked for, and never a second push for it.

use crate::support::{Registers, World};

#[tokio::test]
async fn asked_for_before_the_morning_it_is_the_mornings_message() {
    for early in ["2026-11-24 00:10", "2026-11-24 05:30", "2026-11-24 07:59"] {
        let world = World::at("2026-11-22 09:00").await;
        let hana = world.registered(Registers::Due, "2027-03-01", None).await;
        world.until(early).await;
        hana.says("きょうのメッセージ").await.in_letters(1).tells("きょうは妊娠26週1日です。");
        hana.says("きょうのメッセージ").await.in_letters(1).tells("きょうは妊娠26週1日です。");
        world.until("2026-11-26 12:00").await;
        hana.was_pushed(&["11-23 08:00", "11-25 08:00", "11-26 08:00"]);
    }
}

#[tokio::test]
async fn asked_for_after_the_morning_it_is_shown_again_without_a_second_push() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("きょうのメッセージ").await.tells_times(1, "きょうは妊娠25週6日です。");
    world.until("2026-11-23 08:00").await;
    for time in ["2026-11-23 08:01", "2026-11-23 20:59", "2026-11-23 23:59"] {
        world.until(time).await;
        hana.says("きょうのメッセージ").await.in_letters(1).tells("きょうから妊娠26週です。");
    }
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn on_a_day_without_a_message_the_last_one_is_shown_and_the_next_day_named() {
    let world = World::at("2026-11-21 09:00").await;
    let hana = world.registered(Registers::Born, "2026-08-11", None).await;
    hana.was_told("生まれて103日目です。");
    world.until("2026-11-22 09:00").await;
    hana.says("きょうのメッセージ")
        .await
        .tells("つぎのお届けは11月24日（火）です。前回の分を、もう一度お見せしますね。")
        .tells("生まれて103日目です。");
    world.until("2026-11-24 12:00").await;
    hana.was_told("生まれて106日目です。");
    world.until("2026-11-27 12:00").await;
    hana.was_pushed(&["11-24 08:00", "11-27 08:00"]);
}

#[tokio::test]
async fn whoever_registers_on_a_day_without_a_message_is_told_when_the_first_comes() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Born, "2026-08-11", None).await;
    hana.was_told("登録しました。");
    hana.was_told("11月24日（火）");
    hana.was_never_told("日目です。");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-24 08:00"]);
}

#[tokio::test]
async fn without_a_registration_or_after_a_stop_nothing_is_shown() {
    let world = World::at("2026-11-22 09:00").await;
    let mio = world.somebody();
    mio.adds_the_account().await;
    mio.says("きょうのメッセージ").await.tells("登録").never_tells(&["妊娠"]).offers("同意して登録する");

    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("停止").await;
    hana.says("きょうのメッセージ")
        .await
        .tells("お届けは、止まっています")
        .never_tells(&["妊娠"])
        .offers("お届けを再開する");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&[]);
    mio.was_pushed(&[]);
}

#[tokio::test]
async fn a_message_after_midnight_belongs_to_the_new_day() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    world.until("2026-11-23 23:59").await;
    hana.says("今日のメッセージ").await.tells("きょうから妊娠26週です。");
    world.until("2026-11-24 00:00").await;
    hana.says("今日のメッセージ").await.tells("きょうは妊娠26週1日です。");
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-25 08:00"]);
}
