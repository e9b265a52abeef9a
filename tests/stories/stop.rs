//! 停止: at once, without a question, and undone as easily.

use crate::support::{Registers, World};

#[tokio::test]
async fn a_stop_before_the_morning_is_final_before_the_morning() {
    for word in ["停止", "STOP", "ｓｔｏｐ", "やめる", "配信停止。", "退会"] {
        let world = World::at("2026-11-22 09:00").await;
        let hana = world.registered(Registers::Due, "2027-03-01", None).await;
        world.until("2026-11-24 07:59").await;
        hana.says(word).await.tells("お届けを止めました。").tells("30日後に消えます").offers_only(&[
            "赤ちゃんとお別れした",
            "まちがえた（もどす）",
            "登録を消す",
        ]);
        hana.waits_until("2026-11-26 12:00").await.silence();
        hana.was_pushed(&["11-23 08:00"]);
    }
}

#[tokio::test]
async fn a_stop_can_be_undone_at_once_by_a_button_or_a_word() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("停止").await;
    hana.taps("まちがえた（もどす）").await.tells("お届けを、もとにもどしました。");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);

    for (undo, answer) in
        [("もどす", "もとにもどしました"), ("再開", "再開しました"), ("やっぱり続ける", "もとにもどしました")]
    {
        hana.says("停止").await.tells("止めました");
        hana.says(undo).await.tells(answer);
    }
    world.until("2026-11-26 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00", "11-26 08:00"]);
}

#[tokio::test]
async fn a_stop_and_its_undo_before_the_morning_leave_the_morning_as_it_was() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    world.until("2026-11-23 07:00").await;
    hana.says("停止").await;
    hana.says("もどす").await;
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_stop_can_be_undone_for_thirty_days_and_not_longer() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let mio = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("停止").await;
    mio.says("停止").await;
    world.until("2026-12-21 23:59").await;
    hana.says("もどす").await.tells("もとにもどしました");
    world.until("2026-12-22 07:00").await;
    mio.taps("まちがえた（もどす）").await.never_tells(&["もとにもどしました", "妊娠"]);
    mio.says("再開").await.tells("いま、登録はありません");
    world.until("2026-12-23 12:00").await;
    hana.was_pushed(&["12-22 08:00", "12-23 08:00"]);
    mio.was_pushed(&[]);

    mio.says("登録").await.offers("同意して登録する");
    mio.taps("同意して登録する").await.tells("（1/3）");
    mio.says("2027/3/1").await;
    mio.taps("つけない").await;
    mio.taps("登録する").await.tells("きょうは妊娠30週2日です。");
    world.until("2026-12-25 12:00").await;
    mio.was_pushed(&["12-24 08:00", "12-25 08:00"]);
}

#[tokio::test]
async fn a_stop_word_in_a_sentence_stops_nothing() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    for text in ["指しゃぶりがやめられない", "停止したらどうなりますか", "stopしないで"] {
        hana.says(text).await.never_tells(&["止めました"]);
    }
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn leaving_an_open_question_stops_nothing_but_a_stop_word_always_does() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    for question in ["予定日をなおす", "よび名をなおす", "生まれた", "やすむ", "つらいお知らせ"]
    {
        hana.says(question).await;
        hana.says("やめる").await.never_tells(&["止めました"]).offers_only(&[]);
    }
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    for word in ["停止", "STOP"] {
        hana.says("よび名をなおす").await;
        hana.says(word).await.tells("お届けを止めました。");
        hana.waits_until(if word == "停止" { "2026-11-25 12:00" } else { "2026-11-27 12:00" }).await.silence();
        hana.says("もどす").await;
        world.until(if word == "停止" { "2026-11-25 13:00" } else { "2026-11-27 13:00" }).await;
    }
}

#[tokio::test]
async fn after_a_stop_nothing_needs_to_be_stopped_again_and_everything_says_so() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("停止").await;
    hana.says("停止").await.tells("お届けを止めました。");
    for text in ["変更", "やすむ", "予定日をなおす", "生まれた", "きょうのメッセージ", "登録"]
    {
        hana.says(text)
            .await
            .tells("お届けは、止まっています。")
            .offers_only(&["お届けを再開する", "相談できるところ"]);
    }
    hana.says("ヘルプ").await.tells("お届けは、止まっています。").tells("もどす");
    hana.waits_until("2026-11-24 12:00").await.silence();
    hana.was_pushed(&[]);

    let mio = world.somebody();
    mio.adds_the_account().await;
    mio.says("停止").await.tells("お届けしているものはありません");
    mio.waits_until("2026-11-26 12:00").await.silence();
    mio.was_pushed(&[]);
}
