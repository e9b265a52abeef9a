//! Sad news where something else goes on: one child is lost, and nobody revives it or loses another by
//! the way.

use crate::invitation::joined;
use crate::support::{Heard, Parent, Registers, World};

const CHEER: &[&str] = &["おめでとう", "お祝い", "楽しみ", "もうすぐ"];

const TWO_MORNINGS: [&str; 2] = ["11-23 08:00", "11-24 08:00"];

fn quiet(heard: Heard) -> Heard {
    heard.never_tells(CHEER)
}

/// A baby of five weeks, 「もも」, and one on the way, 「あお」.
async fn baby_and_pregnancy(world: &World) -> Parent<'_> {
    let hana = world.registered(Registers::Born, "2026-10-20", Some("もも")).await;
    expects(&hana, "2027-06-08", "あお").await;
    hana
}

async fn expects(hana: &Parent<'_>, due: &str, name: &str) {
    hana.says("きょうだいを追加").await;
    hana.picks("出産予定日をえらぶ", due).await;
    hana.says(name).await;
    hana.taps("登録する").await.tells("人目を登録しました");
}

#[tokio::test]
async fn a_word_about_something_else_revives_no_lost_child() {
    let world = World::at("2026-11-12 09:00").await;
    let hana = baby_and_pregnancy(&world).await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    hana.says("お別れした").await;
    hana.says("あお").await.tells("ほかのお子さんへのお届けは、続けます");
    world.until("2026-11-22 10:00").await;
    hana.says("時刻").await;
    hana.says("まちがえた").await.tells("なにも変えていません");
    quiet(hana.says("まちがえた").await).tells("もとにもどしますか").offers_only(&["はい", "いいえ"]);
    hana.taps("いいえ").await;
    hana.waits_until("2026-11-24 12:00").await.tells("もも、").never_tells(&["あお、", "あお・", "妊娠"]);
    let days: Vec<String> = (13..=24).map(|day| format!("11-{day} 08:00")).collect();
    for parent in [&hana, &ren] {
        parent.was_pushed(&days.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_child_past_three_keeps_no_loss_from_the_father() {
    let world = World::at("2026-11-20 09:00").await;
    let hana = world.registered(Registers::Born, "2023-11-22", Some("ゆず")).await;
    expects(&hana, "2027-03-01", "あお").await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    world.until("2026-11-24 10:00").await;
    quiet(hana.says("流産しました").await)
        .tells("お届けを止めました。")
        .tells("登録を消す")
        .never_tells(&["どのお子さん"]);
    quiet(hana.says("相談").await).never_tells(&["こども医療", "にんしん"]);
    for parent in [&hana, &ren] {
        quiet(parent.waits_until("2026-11-26 12:00").await).never_tells(&["あお"]);
        parent.was_pushed(&["11-21 08:00", "11-22 08:00", "11-23 08:00", "11-24 08:00"]);
    }
}

#[tokio::test]
async fn both_twins_are_lost_and_the_letters_for_their_sibling_go_on() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = baby_and_pregnancy(&world).await;
    hana.says("ふたご").await;
    hana.says("2").await;
    hana.taps("ふたご").await;
    hana.says("はる").await.tells("1通でお届けします");
    quiet(hana.says("お別れした").await).tells("どのお子さんのこと").offers("4 あお・はる");
    quiet(hana.taps("4 あお・はる").await).tells("ほかのお子さんへのお届けは、続けます");
    hana.waits_until("2026-11-24 12:00").await.tells("もも、").never_tells(&["あお、", "あお・", "はる、", "妊娠"]);
    hana.was_pushed(&TWO_MORNINGS);
}

#[tokio::test]
async fn a_loss_after_a_plain_stop_begins_no_letters_again() {
    let world = World::at("2026-11-21 09:00").await;
    let hana = baby_and_pregnancy(&world).await;
    hana.says("停止").await;
    world.until("2026-11-22 10:00").await;
    quiet(hana.says("お別れした").await).tells("どのお子さんのこと");
    quiet(hana.says("あお").await).tells("すべて止まっています").never_tells(&["続けます"]);
    quiet(hana.waits_until("2026-11-24 12:00").await).silence();
    hana.was_pushed(&[]);
}

/// Twins who were due in three weeks; the birth of the first was said and confirmed.
async fn first_twin_born(world: &World) -> [Parent<'_>; 2] {
    let hana = world.registered(Registers::Due, "2026-12-12", Some("あお")).await;
    hana.taps("ふたご・みつごです").await;
    hana.taps("ふたご").await;
    hana.says("はる").await;
    let ren = joined(world, &hana, "お父さん・パートナー").await;
    hana.says("生まれた").await;
    hana.says("1").await;
    hana.says("2026/11/22").await;
    quiet(hana.taps("はい").await).tells("お返事は、いそぎません").offers("つらいお知らせのとき");
    [hana, ren]
}

async fn two_quiet_mornings(world: &World, family: &[Parent<'_>]) {
    world.until("2026-11-24 12:00").await;
    for parent in family {
        parent.was_told("あお、生まれて3日目です。");
        parent.was_pushed(&TWO_MORNINGS);
    }
}

#[tokio::test]
async fn one_twin_is_born_and_the_other_is_not_and_nobody_is_congratulated() {
    let world = World::at("2026-11-22 09:00").await;
    let family = first_twin_born(&world).await;
    quiet(family[0].taps("つらいお知らせのとき").await)
        .tells("知らせてくださって")
        .tells("話を聞いてもらえるところ")
        .never_tells(&["はる", "生まれて"]);
    two_quiet_mornings(&world, &family).await;
}

#[tokio::test]
async fn a_twin_whose_birthday_is_asked_is_named_and_can_be_the_sad_news() {
    let world = World::at("2026-11-22 09:00").await;
    let family = first_twin_born(&world).await;
    family[0].taps("別々の日です").await.tells("はるについて、うかがいます。お返事は、いそぎません。");
    quiet(family[0].taps("つらいお知らせのとき").await).tells("知らせてくださって").never_tells(&["はる"]);
    two_quiet_mornings(&world, &family).await;
}
