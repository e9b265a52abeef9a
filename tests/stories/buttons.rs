//! Buttons pressed twice, late, or never shown: one effect, neutral words.

use crate::support::{Heard, Registers, World};

#[tokio::test]
async fn two_quick_taps_register_one_child() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.picks("出産予定日をえらぶ", "2027-03-01").await;
    hana.taps("つけない").await;
    let seen = hana.user.chat().len();
    hana.user.taps("登録する").await;
    hana.user.taps("登録する").await;
    hana.user.taps("登録する").await;
    world.settle().await;
    Heard::since(&hana.user, seen).tells_times(1, "登録しました。").tells_times(1, "きょうは妊娠25週6日です。");
    let cards = hana.says("変更").await.labels().iter().filter(|label| *label == "予定日をなおす").count();
    assert_eq!(cards, 1, "one child");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn an_event_that_line_delivers_again_is_heard_once() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let seen = hana.user.chat().len();
    assert_eq!(hana.user.redeliver_last().await, 200);
    world.settle().await;
    world.until("2026-11-22 09:05").await;
    assert_eq!(hana.user.redeliver_last().await, 200);
    world.settle().await;
    Heard::since(&hana.user, seen).silence();
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn two_quick_taps_of_consent_or_of_a_date_ask_the_next_question_and_go_nowhere_else() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.user.taps("同意して登録する").await;
    hana.user.taps("同意して登録する").await;
    world.settle().await;
    assert!(hana.last_word().contains("（1/3）"), "{}", hana.last_word());
    hana.user.picks("出産予定日をえらぶ", "2027-03-01").await;
    hana.user.picks("出産予定日をえらぶ", "2027-03-02").await;
    world.settle().await;
    assert!(hana.last_word().contains("（2/3）"), "{}", hana.last_word());
    hana.taps("つけない").await.tells("2027年3月1日（月）");
    hana.taps("登録する").await;
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn two_quick_taps_stop_once_and_undo_once() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("停止").await;
    hana.user.taps("まちがえた（もどす）").await;
    hana.user.taps("まちがえた（もどす）").await;
    world.settle().await;
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);

    hana.says("生まれた").await;
    hana.picks("誕生日をえらぶ", "2026-11-24").await;
    let seen = hana.user.chat().len();
    hana.user.taps("はい").await;
    hana.user.taps("はい").await;
    world.settle().await;
    Heard::since(&hana.user, seen).tells_times(1, "おめでとうございます");
    world.until("2026-11-26 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00", "11-26 08:00"]);
}

#[tokio::test]
async fn a_button_of_an_older_question_says_so_and_asks_the_present_one() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.picks("出産予定日をえらぶ", "2027-03-01").await;
    hana.taps("予定日がまだわからない").await.tells("このボタンは、前の画面のものです。").tells("（2/3）");
    hana.taps("いまは登録しない").await.tells("前の画面").tells("（2/3）");
    hana.picks("子どもの誕生日をえらぶ", "2026-11-01").await.tells("前の画面").tells("（2/3）");
    hana.taps("つけない").await.tells("出産予定日：2027年3月1日（月）");
    hana.taps("つけない").await.tells("前の画面").tells("（3/3）");
    hana.taps("登録する").await;
    world.until("2026-11-24 12:00").await;
    for label in ["登録する", "なおす", "つけない", "同意して登録する", "いまは登録しない"] {
        hana.taps(label).await.tells("このボタンは、もう使えません。").never_tells(&["（1/3）", "登録しました"]);
    }
    world.until("2026-11-26 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00", "11-26 08:00"]);
}

#[tokio::test]
async fn buttons_tapped_months_later_change_nothing_that_they_should_not() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("やすむ").await;
    let week = hana.button("1週間やすむ");
    hana.says("やめる").await;
    hana.says("予定日をなおす").await;
    hana.picks("予定日をえらぶ", "2027-04-12").await;
    let yes = hana.button("はい");
    hana.taps("なおす").await;
    hana.says("やめる").await;
    world.until("2026-12-20 12:00").await;
    for data in [&week, &yes] {
        hana.posts_back(data).await.tells("このボタンは、もう使えません。");
    }
    hana.waits_until("2026-12-22 12:00").await.in_bubbles(2).tells("きょうは妊娠30週1日です。");
    assert_eq!(hana.push_times().len(), 30);
    world.line_refused_nothing();
}

#[tokio::test]
async fn forged_data_is_answered_neutrally_and_does_nothing() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let long = format!("h1|ask|yes||1|{}", "z".repeat(280));
    for data in [
        "",
        "hello",
        "h1",
        "h1|ask|yes||1|",
        "h1|ask|yes||999999|",
        "h1|ask|yes||-1|",
        "h1|pick|one|0|1|",
        "h1|change|due|||zzzz.zz",
        "h1|change|name|||1.1",
        "h1|born|undo|||1.1",
        "h1|reg|consent|yes|1|",
        "h1|stop|now|x||",
        "k1|stop|now|||",
        "h1|loss|now",
        "' OR 1=1 --",
        "h1|today|show||7|",
        long.as_str(),
    ] {
        hana.posts_back(data).await.never_tells(&["止め", "止めました", "登録しました", "おめでとう", "（1/3）"]);
    }
    hana.waits_until("2026-11-24 12:00").await.in_letters(2);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn another_familys_button_does_nothing_here() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", Some("あお")).await;
    let eve = world.registered(Registers::Due, "2027-03-01", Some("きく")).await;
    hana.says("変更").await;
    let rename = hana.button("よび名をなおす");
    eve.posts_back(&rename).await.never_tells(&["あお", "新しいよび名"]);
    eve.says("ばら").await.never_tells(&["とよびますね"]);
    eve.posts_back(&hana.button("生まれました")).await.never_tells(&["誕生日をえらぶ", "あお"]);
    hana.waits_until("2026-11-24 12:00").await.tells("あお、きょうは妊娠26週1日です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    eve.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
