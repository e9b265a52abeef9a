//! One more child: a toddler's sibling, the next pregnancy, and whoever begins again.

use crate::support::{Parent, Registers, World};

/// Adds a sibling that is due on that day.
async fn adds(parent: &Parent<'_>, due: &str, name: &str) {
    parent.says("きょうだいを追加").await.tells("（1/3）").never_tells(&["同意"]);
    parent.picks("出産予定日をえらぶ", due).await.tells("（2/3）");
    parent.says(name).await.tells("（3/3）");
}

#[tokio::test]
async fn a_sibling_is_added_in_the_same_three_steps_and_both_come_in_one_push_youngest_first() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Born, "2026-09-01", Some("ゆず")).await;
    hana.says("登録").await.tells("もう登録されています").offers("きょうだいを追加");
    hana.taps("きょうだいを追加").await.tells("（1/3）").never_tells(&["同意"]);
    hana.picks("出産予定日をえらぶ", "2027-06-01").await.tells("（2/3）");
    hana.says("あお").await.tells("（3/3）");
    // The toddler's text of today has been read already; nothing is sent twice.
    hana.taps("登録する")
        .await
        .in_bubbles(1)
        .tells("2人目を登録しました。同じ日に届くときは、1通にまとめます。")
        .tells("はじめのお届けは、11月23日（月）です。")
        .never_tells(&["ゆず", "きょうの分を"]);
    let morning = hana.waits_until("2026-11-23 12:00").await;
    let both = morning.all();
    assert!(both.find("あお、きょうは妊娠12週6日です。").unwrap() < both.find("ゆず、生まれて84日目です。").unwrap());
    morning.tells_times(1, "登録をなおすときは「変更」");
    hana.waits_until("2026-11-24 12:00")
        .await
        .tells("あお、きょうから妊娠13週です。")
        .tells("ゆず、生まれて85日目です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn before_the_morning_both_come_with_the_answer_and_nothing_is_pushed_that_day() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Born, "2026-09-01", Some("ゆず")).await;
    world.until("2026-11-23 07:00").await;
    adds(&hana, "2027-06-01", "あお").await;
    hana.taps("登録する")
        .await
        .tells("きょうの分を、さっそくお届けします。")
        .tells("あお、きょうは妊娠12週6日です。")
        .tells("ゆず、生まれて84日目です。");
    hana.waits_until("2026-11-23 20:00").await.silence();
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn a_sibling_whose_letters_begin_later_leaves_the_morning_where_it_was() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Born, "2026-09-01", Some("ゆず")).await;
    world.until("2026-11-23 07:00").await;
    adds(&hana, "2027-08-10", "あお").await;
    hana.taps("登録する").await.in_bubbles(1).tells("はじめのお届けは、12月1日（火）です。");
    hana.waits_until("2026-11-23 12:00").await.tells("ゆず、生まれて84日目です。").never_tells(&["あお、"]);
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn after_the_registration_and_beside_the_deliveries_there_is_a_way_to_add_one() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.picks("出産予定日をえらぶ", "2027-03-01").await;
    hana.taps("つけない").await;
    hana.taps("登録する").await.offers("きょうだいを追加").offers("ふたご・みつごです");
    hana.says("変更").await.offers("きょうだいを追加").offers("ふたご・みつごです");
    hana.taps("きょうだいを追加").await.tells("（1/3）");
    hana.says("やめる").await.tells("うかがった内容は消しました");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn after_a_loss_whoever_asks_registers_again_and_the_lost_child_is_neither_counted_nor_named() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", Some("ひなた")).await;
    hana.says("流産しました").await;
    world.until("2026-12-10 10:00").await;
    hana.says("きょうだいを追加").await.tells("（1/3）").never_tells(&["ひなた", "同意"]);
    hana.says("2027/8/10").await;
    hana.says("あお").await;
    hana.taps("登録する").await.tells("登録しました。").never_tells(&["人目", "ひなた"]);
    hana.says("変更").await.tells("あお").never_tells(&["ひなた"]);
    world.until("2026-12-12 12:00").await;
    hana.was_never_told("2人目");
    hana.was_pushed(&["12-11 08:00", "12-12 08:00"]);
}

#[tokio::test]
async fn after_the_third_birthday_the_next_child_is_registered_in_the_ordinary_way() {
    let world = World::at("2026-11-20 09:00").await;
    let hana = world.registered(Registers::Born, "2023-11-22", Some("ゆず")).await;
    world.until("2026-11-25 10:00").await;
    hana.says("変更").await.tells("「登録」と送ってください");
    hana.says("登録").await.tells("（1/3）");
    hana.says("2027/6/1").await;
    hana.taps("つけない").await;
    hana.taps("登録する").await.tells("登録しました。").tells("きょうは妊娠13週1日です。").never_tells(&["人目"]);
    world.until("2026-11-27 12:00").await;
    hana.was_pushed(&["11-22 08:00", "11-26 08:00", "11-27 08:00"]);
}
