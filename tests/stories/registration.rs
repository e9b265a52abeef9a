//! Registering by chatting: in five taps and one typed or skipped nickname, with today's message at
//! once and the right one every morning after.

use crate::support::{Registers, World};

#[tokio::test]
async fn a_family_registers_a_due_date_and_gets_todays_message_at_once_and_one_every_morning() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", Some("あおちゃん")).await;
    hana.was_told("あおちゃん");
    hana.was_told("妊娠25週6日");
    hana.was_pushed(&[]);

    hana.waits_until("2026-11-23 12:00").await.tells("あおちゃん、きょうから妊娠26週です。");
    hana.waits_until("2026-11-24 12:00").await.tells("あおちゃん、きょうは妊娠26週1日です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_registration_takes_four_taps_and_a_nickname_typed_or_skipped() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await.in_bubbles(1).tells("（1/3）").offers_only(&[
        "出産予定日をえらぶ",
        "子どもの誕生日をえらぶ",
        "予定日がまだわからない",
    ]);
    hana.picks("出産予定日をえらぶ", "2027-03-01")
        .await
        .in_bubbles(1)
        .tells("（2/3）")
        .offers_only(&["つけない", "もどる"]);
    hana.taps("つけない")
        .await
        .in_bubbles(1)
        .tells("（3/3）この内容で登録しますか。")
        .tells("出産予定日：2027年3月1日（月）")
        .tells("きょうは 妊娠25週6日")
        .tells("よび名：なし")
        .tells("お届け：朝8時ごろ")
        .offers_only(&["登録する", "なおす"]);
    hana.taps("登録する")
        .await
        .tells("登録しました。ありがとうございます。")
        .tells("届くのは、朝8時ごろです。")
        .tells("きょうは妊娠25週6日です。");
    assert_eq!(hana.inputs(), 5, "consent, date, OK, no nickname, yes");

    let kenta = world.registered(Registers::Due, "2027-03-01", Some("あおちゃん")).await;
    assert_eq!(kenta.inputs(), 5, "four taps and the nickname");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    kenta.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_due_date_is_understood_in_every_spelling() {
    let world = World::at("2026-11-22 09:00").await;
    let mut parents = Vec::new();
    for spelling in [
        "2027/3/1",
        "2027年3月1日",
        "２０２７年３月１日です",
        "令和9年3月1日",
        "令和九年三月一日",
        "R9.3.1",
        "r9/3/1",
        "2027-03-01",
        "20270301",
        "予定日は2027年3月1日です",
    ] {
        let parent = world.somebody();
        parent.adds_the_account().await;
        parent.taps("同意して登録する").await;
        parent.says(spelling).await.tells("（2/3）");
        parent.taps("つけない").await.tells("出産予定日：2027年3月1日（月）");
        parent.taps("登録する").await.tells("きょうは妊娠25週6日です。");
        parents.push(parent);
    }
    world.until("2026-11-24 12:00").await;
    for parent in parents {
        parent.was_told("きょうは妊娠26週1日です。");
        parent.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    }
}

#[tokio::test]
async fn a_birth_date_is_understood_in_every_spelling() {
    let world = World::at("2026-11-22 09:00").await;
    let mut parents = Vec::new();
    for spelling in ["2026/8/14", "令和8年8月14日", "R8.8.14", "2026年8月14日生まれ", "誕生日は2026年8月14日です"]
    {
        let parent = world.somebody();
        parent.adds_the_account().await;
        parent.taps("同意して登録する").await;
        parent.says(spelling).await.tells("（2/3）");
        parent.taps("つけない").await.tells("誕生日：2026年8月14日（金）").tells("きょうは 生まれて101日目（3か月）");
        parent.taps("登録する").await.tells("登録しました。");
        parents.push(parent);
    }
    world.until("2026-11-24 12:00").await;
    for parent in parents {
        parent.was_told("生まれて103日目です。");
        parent.was_pushed(&["11-24 08:00"]);
    }
}

#[tokio::test]
async fn a_day_without_a_year_is_never_guessed() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.says("3月1日").await.tells("どの日のことでしょうか").offers_only(&[
        "出産予定日 2027年3月1日",
        "誕生日 2026年3月1日",
        "誕生日 2025年3月1日",
        "誕生日 2024年3月1日",
    ]);
    hana.says("もどる").await.tells("（1/3）");
    hana.says("予定日は3月1日")
        .await
        .tells("出産予定日は、2027年3月1日（月）でよいですか。")
        .offers_only(&["はい", "なおす"]);
    hana.taps("なおす").await.tells("（1/3）");
    hana.says("3/1").await;
    hana.taps("出産予定日 2027年3月1日").await.tells("（2/3）");
    hana.taps("つけない").await;
    hana.taps("登録する").await;
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn two_digits_of_a_year_and_todays_word_are_shown_before_they_are_used() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.says("27-03-01").await.tells("でよいですか").tells("2027年3月1日");
    hana.taps("なおす").await;
    hana.says("きょう").await.offers_only(&["誕生日 2026年11月22日", "出産予定日 2026年11月22日"]);
    hana.says("1").await.tells("（2/3）");
    hana.says("もも").await.tells("誕生日：2026年11月22日（日）").tells("生まれて1日目");
    hana.taps("登録する").await.tells("もも、きょうが生まれた日です。");
    world.until("2026-11-24 12:00").await;
    hana.was_told("もも、生まれて3日目です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_child_born_today_is_greeted_on_its_100th_day() {
    let world = World::at("2026-11-22 14:00").await;
    let parent = world.registered(Registers::Born, "2026-11-22", None).await;
    world.until("2027-03-01 12:00").await;
    parent.was_told("生まれて100日目");
    assert_eq!(parent.push_times().len(), 99);
    world.line_refused_nothing();
}

#[tokio::test]
async fn whoever_registers_in_the_small_hours_gets_that_days_message_at_once_and_no_push_that_day() {
    let world = World::at("2026-11-23 00:20").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.was_told("きょうから妊娠26週です。");
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn whoever_registers_late_in_the_evening_gets_that_days_message_too() {
    let world = World::at("2026-11-22 23:50").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.was_told("きょうは妊娠25週6日です。");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn everything_can_be_corrected_before_it_is_kept() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.picks("出産予定日をえらぶ", "2027-04-01").await;
    hana.says("あお").await.tells("よび名：あお");
    hana.taps("なおす").await.tells("どこをなおしますか。").offers_only(&[
        "予定日・誕生日",
        "よび名",
        "はじめから",
        "もどる",
    ]);
    hana.taps("予定日・誕生日").await.tells("（1/3）");
    hana.picks("出産予定日をえらぶ", "2027-03-01").await.tells("2027年3月1日（月）").tells("よび名：あお");
    hana.taps("なおす").await;
    hana.taps("よび名").await.tells("（2/3）");
    hana.says("あおちゃん").await.tells("よび名：あおちゃん").tells("2027年3月1日（月）");
    hana.taps("なおす").await;
    hana.taps("もどる").await.tells("（3/3）");
    hana.taps("登録する").await.tells("あおちゃん、きょうは妊娠25週6日です。");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);

    let kenta = world.somebody();
    kenta.adds_the_account().await;
    kenta.taps("同意して登録する").await;
    kenta.picks("出産予定日をえらぶ", "2027-04-01").await;
    kenta.taps("もどる").await.tells("（1/3）");
    kenta.picks("出産予定日をえらぶ", "2027-04-01").await;
    kenta.taps("つけない").await;
    kenta.taps("なおす").await;
    kenta.taps("はじめから").await.tells("（1/3）");
    kenta.waits_until("2026-11-26 12:00").await.silence();
    kenta.was_pushed(&[]);
}

#[tokio::test]
async fn whoever_is_registered_already_is_told_so_and_gets_nothing_twice() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("登録").await.tells("もう登録されています。").offers("きょうのメッセージ");
    hana.waits_until("2026-11-24 12:00").await.in_letters(2);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
