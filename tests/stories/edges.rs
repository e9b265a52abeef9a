//! Where deliveries begin and end: due dates unknown, far ahead or past, and the third birthday.

use crate::support::{Registers, World};

#[tokio::test]
async fn whoever_does_not_know_the_due_date_can_count_from_the_weeks() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.taps("予定日がまだわからない").await.tells("だいじょうぶです").offers_only(&[
        "いまの週数から計算する",
        "もどる",
        "相談できるところ",
    ]);
    hana.taps("もどる").await.tells("（1/3）");
    hana.taps("予定日がまだわからない").await;
    hana.taps("相談できるところ").await.tells("こども家庭センター").offers("登録の続き");
    hana.taps("いまの週数から計算する").await.tells("「8週3日」");
    hana.says("ふたつき").await.tells("週数として読めませんでした");
    hana.says("8週3日").await.tells("（2/3）");
    hana.taps("つけない").await.tells("出産予定日：2027年7月1日（木）").tells("妊娠8週3日");
    hana.taps("登録する").await.tells("きょうは妊娠8週3日です。");
    world.until("2026-11-24 12:00").await;
    hana.was_told("きょうは妊娠8週5日です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_due_date_far_ahead_is_taken_and_the_first_message_is_that_of_4_weeks_0_days() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-08-29", None).await;
    hana.was_told("お届けは、妊娠4週0日の12月20日（日）から始まります。");
    hana.was_never_told("続けてお届けします");
    hana.says("きょうのメッセージ").await.tells("12月20日（日）から始まります").in_bubbles(1);
    hana.waits_until("2026-12-20 07:59").await.silence();
    hana.waits_until("2026-12-20 12:00").await.tells("きょうから妊娠4週です。");
    hana.waits_until("2026-12-21 12:00").await.tells("きょうは妊娠4週1日です。");
    hana.was_pushed(&["12-20 08:00", "12-21 08:00"]);
}

#[tokio::test]
async fn on_4_weeks_0_days_the_first_message_comes_at_once_and_a_day_earlier_the_next_morning() {
    let world = World::at("2026-11-22 09:00").await;
    let today = world.registered(Registers::Due, "2027-08-01", None).await;
    let tomorrow = world.registered(Registers::Due, "2027-08-02", None).await;
    today.was_told("きょうから妊娠4週です。");
    tomorrow.was_told("妊娠4週0日の11月23日（月）から始まります");
    tomorrow.was_never_told("きょうから妊娠");
    world.until("2026-11-24 12:00").await;
    tomorrow.was_told("きょうから妊娠4週です。");
    for parent in [today, tomorrow] {
        parent.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    }
}

#[tokio::test]
async fn a_due_date_that_is_past_is_accompanied_to_41_weeks_6_days_and_then_there_is_one_card() {
    let world = World::at("2026-11-22 09:00").await;
    let last_day = world.registered(Registers::Due, "2026-11-09", None).await;
    let last_but_one = world.registered(Registers::Due, "2026-11-10", None).await;
    last_day.was_told("きょうは妊娠41週6日です。");
    last_but_one.was_told("きょうは妊娠41週5日です。");
    world.until("2026-11-25 12:00").await;
    last_day.was_told("妊娠中のお届けは、きのうで終わりました。");
    last_day.was_pushed(&["11-23 08:00"]);
    last_but_one.was_told("きょうは妊娠41週6日です。");
    last_but_one.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    for parent in [&last_day, &last_but_one] {
        parent.was_never_told("もうすぐ会えます");
        parent.was_never_told("おめでとう");
    }

    last_day.says("生まれた").await.tells("お知らせ、ありがとうございます");
    last_day.picks("誕生日をえらぶ", "2026-11-24").await.tells("生まれて2日目");
    last_day.taps("はい").await.tells("生まれて2日目です。");
    world.until("2026-11-27 12:00").await;
    last_day.was_pushed(&["11-23 08:00", "11-26 08:00", "11-27 08:00"]);
    last_but_one.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn the_third_birthday_is_the_last_message() {
    let world = World::at("2026-11-21 09:00").await;
    let hana = world.registered(Registers::Born, "2023-11-23", Some("もも")).await;
    hana.waits_until("2026-11-23 12:00").await.tells("もも、きょうは3歳のお誕生日です。").tells("最後");
    hana.says("きょうのメッセージ").await.tells("3歳のお誕生日です");
    hana.waits_until("2026-12-20 12:00").await.silence();
    hana.says("きょうのメッセージ").await.tells("3歳のお誕生日で終わりました");
    hana.says("変更").await.tells("終わりました");
    hana.waits_until("2027-01-15 12:00").await.silence();
    hana.says("変更").await.tells("いま、登録はありません");
    hana.was_pushed(&["11-23 08:00"]);
}
