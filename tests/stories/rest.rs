//! やすむ: for a week, a month or until one comes back; what lies between is not sent later.

use crate::support::{Registers, World};

#[tokio::test]
async fn a_week_of_rest_ends_by_itself_with_one_line_on_top() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("やすむ").await.offers_only(&["1週間やすむ", "1か月やすむ", "再開するまでやすむ", "停止する"]);
    hana.taps("1週間やすむ")
        .await
        .tells("11月29日（日）まで、おやすみします。")
        .tells("あとからまとめて届くことはありません");
    hana.waits_until("2026-11-30 07:59").await.silence();
    hana.waits_until("2026-11-30 12:00")
        .await
        .in_letters(1)
        .tells_times(1, "お届けを再開しました。")
        .tells("きょうから妊娠27週です。");
    hana.waits_until("2026-12-01 12:00").await.tells("妊娠27週1日").never_tells(&["再開しました"]);
    hana.was_pushed(&["11-30 08:00", "12-01 08:00"]);
}

#[tokio::test]
async fn during_a_rest_the_day_can_be_read_any_time_without_ending_it() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("やすむ").await;
    hana.says("1週間").await;
    world.until("2026-11-25 06:00").await;
    hana.says("きょうのメッセージ").await.tells("きょうは妊娠26週2日です。").never_tells(&["再開しました"]);
    hana.says("変更").await.tells("11月29日（日）までおやすみしています").offers("お届けを再開する");
    world.until("2026-12-01 12:00").await;
    hana.was_pushed(&["11-30 08:00", "12-01 08:00"]);
}

#[tokio::test]
async fn a_month_of_rest_ends_on_the_same_day_of_the_next_month() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("やすむ").await;
    hana.taps("1か月やすむ").await.tells("12月22日（火）まで、おやすみします。");
    hana.waits_until("2026-12-23 07:00").await.silence();
    hana.waits_until("2026-12-24 12:00").await.in_letters(2).tells_times(1, "お届けを再開しました。");
    hana.was_pushed(&["12-23 08:00", "12-24 08:00"]);
}

#[tokio::test]
async fn an_open_rest_lasts_until_one_comes_back() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("やすむ").await;
    hana.taps("再開するまでやすむ").await.tells("「再開」と送っていただくまで、おやすみします。");
    hana.waits_until("2027-01-10 21:30").await.silence();
    hana.says("再開").await.tells("お届けを再開しました。").tells("朝8時ごろ");
    hana.waits_until("2027-01-12 12:00").await.in_letters(2);
    hana.was_pushed(&["01-11 08:00", "01-12 08:00"]);
}

#[tokio::test]
async fn coming_back_early_during_the_day_brings_that_days_message_with_the_answer() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("やすむ").await;
    hana.taps("1か月やすむ").await;
    world.until("2026-11-25 10:00").await;
    hana.says("再開").await.tells("お届けを再開しました。").tells("きょうは妊娠26週2日です。");
    world.until("2026-11-27 12:00").await;
    hana.was_pushed(&["11-26 08:00", "11-27 08:00"]);

    hana.says("再開").await.tells("お届けは、止まっていません。");
}

#[tokio::test]
async fn a_rest_before_the_morning_begins_with_that_morning() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    world.until("2026-11-23 07:30").await;
    hana.says("休む").await;
    hana.taps("1週間やすむ").await.tells("11月30日（月）まで");
    world.until("2026-12-02 12:00").await;
    hana.was_pushed(&["12-01 08:00", "12-02 08:00"]);
}

#[tokio::test]
async fn the_rest_card_also_stops() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("やすむ").await;
    hana.taps("停止する").await.tells("お届けを止めました。");
    hana.waits_until("2026-11-24 12:00").await.silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn a_birth_during_a_rest_is_received_and_the_rest_goes_on() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2026-12-13", None).await;
    hana.says("やすむ").await;
    hana.taps("1週間やすむ").await;
    world.until("2026-11-25 10:00").await;
    hana.says("生まれた").await;
    hana.picks("誕生日をえらぶ", "2026-11-24").await;
    hana.taps("はい").await.tells("おめでとうございます").tells("生まれて2日目です。");
    hana.waits_until("2026-11-30 07:00").await.silence();
    hana.waits_until("2026-12-01 12:00").await.tells_times(1, "お届けを再開しました。").tells("生まれて7日目です。");
    hana.was_pushed(&["11-30 08:00", "12-01 08:00"]);
}
