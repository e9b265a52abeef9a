//! 変更: dates and the nickname, when they turn out otherwise.

use crate::support::{Registers, World};

#[tokio::test]
async fn a_typed_due_date_holds_from_the_next_morning_with_one_line_of_explanation() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("変更").await.tells("出産予定日：2027年3月1日（月）").tells("妊娠25週6日");
    hana.says("予定日をなおす")
        .await
        .tells("新しい予定日をえらんでください")
        .offers_only(&["予定日をえらぶ", "もどる"]);
    hana.says("2027年3月8日").await.tells("出産予定日を2027年3月8日（月）になおしました。");
    hana.waits_until("2026-11-23 12:00")
        .await
        .tells_times(1, "新しい予定日に合わせました。")
        .tells("きょうから妊娠25週です。");
    hana.waits_until("2026-11-24 12:00").await.tells("きょうは妊娠25週1日です。").never_tells(&["新しい予定日"]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_due_date_picked_on_the_card_before_the_morning_changes_that_mornings_message() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", Some("あお")).await;
    world.until("2026-11-23 07:30").await;
    hana.says("変更").await.offers("予定日をなおす");
    hana.picks("予定日をなおす", "2027-02-28").await.tells("2027年2月28日（日）になおしました");
    hana.waits_until("2026-11-23 12:00")
        .await
        .tells("新しい予定日に合わせました。")
        .tells("あお、きょうは妊娠26週1日です。");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_date_that_moves_by_more_than_four_weeks_is_confirmed_once() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("予定日をなおす").await;
    hana.picks("予定日をえらぶ", "2027-04-12")
        .await
        .tells("前の出産予定日から42日ちがいます。")
        .offers_only(&["はい", "なおす"]);
    hana.taps("なおす").await.tells("新しい予定日");
    hana.picks("予定日をえらぶ", "2027-03-30").await.tells("29日ちがいます");
    hana.taps("はい").await.tells("2027年3月30日（火）になおしました");
    world.until("2026-11-24 12:00").await;
    hana.was_told("きょうは妊娠21週6日です。");
    hana.was_told("きょうから妊娠22週です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);

    hana.says("予定日をなおす").await;
    hana.says("2027/4/27").await.tells("2027年4月27日（火）になおしました");
    hana.says("予定日をなおす").await;
    hana.says("2027/4/27").await.tells("その日で登録されています");
    world.until("2026-11-26 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00", "11-26 08:00"]);
}

#[tokio::test]
async fn a_due_date_moved_far_ahead_is_silent_until_4_weeks_0_days() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-07-31", None).await;
    hana.was_told("きょうは妊娠4週1日です。");
    hana.says("予定日をなおす").await;
    hana.says("2027/8/4").await.tells("なおしました");
    world.until("2026-11-26 12:00").await;
    hana.was_told("きょうから妊娠4週です。");
    hana.was_pushed(&["11-25 08:00", "11-26 08:00"]);
}

#[tokio::test]
async fn an_impossible_date_is_refused_here_too_and_the_old_one_stays() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("予定日をなおす").await;
    hana.says("2026/11/8").await.tells("2週間がすぎています").tells("新しい予定日");
    hana.says("2027/8/30").await.tells("妊娠の前");
    hana.says("やめる").await.tells("なにも変えていません");
    world.until("2026-11-24 12:00").await;
    hana.was_told("きょうから妊娠26週です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_birth_date_can_be_corrected() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Born, "2026-11-20", None).await;
    hana.says("変更").await.tells("誕生日：2026年11月20日（金）").tells("生まれて3日目");
    hana.picks("誕生日をなおす", "2026-11-18").await.tells("誕生日を2026年11月18日（水）になおしました。");
    world.until("2026-11-24 12:00").await;
    hana.was_told("生まれて6日目です。");
    hana.was_told("生まれて7日目です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_nickname_can_be_given_changed_and_taken_away() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("よび名をなおす")
        .await
        .tells("おなかの赤ちゃんの新しいよび名")
        .offers_only(&["よび名をなくす", "もどる"]);
    hana.says("あおちゃん").await.tells("「あおちゃん」とよびますね。");
    hana.waits_until("2026-11-23 12:00").await.tells("あおちゃん、きょうから妊娠26週です。");
    hana.says("変更").await.tells("あおちゃん");
    hana.taps("よび名をなおす").await.tells("あおちゃんの新しいよび名");
    hana.taps("もどる").await.tells("なにも変えていません");
    hana.says("よび名をなおす").await;
    hana.taps("よび名をなくす").await.tells("よび名なしでお届けします");
    hana.waits_until("2026-11-24 12:00").await.tells("きょうは妊娠26週1日です。").never_tells(&["あおちゃん"]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn what_cannot_be_changed_says_what_is_registered() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("誕生日をなおす").await.tells("いま、生まれたお子さんの登録はありません");
    let mio = world.registered(Registers::Born, "2026-11-20", None).await;
    mio.says("予定日をなおす").await.tells("いま、おなかの赤ちゃんの登録はありません");
    mio.says("生まれた").await.tells("いま、おなかの赤ちゃんの登録はありません");
    let aki = world.somebody();
    aki.adds_the_account().await;
    aki.taps("いまは登録しない").await;
    aki.says("変更").await.tells("いま、登録はありません").offers("登録する");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    mio.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    aki.was_pushed(&[]);
}
