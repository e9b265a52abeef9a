//! Somebody joins those whose letters rest: the rest goes on, and the answer says so.

use crate::invitation::joins;
use crate::support::{Heard, Parent, Registers, World};

/// Has ゆず, and rests until 29 November.
async fn resting(world: &World) -> Parent<'_> {
    let hana = world.registered(Registers::Born, "2026-09-01", Some("ゆず")).await;
    hana.says("やすむ").await;
    hana.taps("1週間やすむ").await.tells("11月29日（日）まで");
    hana
}

async fn adds_a_sibling(parent: &Parent<'_>) -> Heard {
    parent.says("きょうだいを追加").await;
    parent.says("2027/6/1").await;
    parent.says("あお").await;
    parent.taps("登録する").await
}

#[track_caller]
fn rests(heard: Heard) {
    heard.tells("おやすみしています。再開するときは「再開」と送ってください。").never_tells(&[
        "はじめのお届け",
        "さっそく",
        "届くのは",
    ]);
}

#[tokio::test]
async fn a_sibling_is_registered_into_the_rest_and_comes_with_it() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = resting(&world).await;
    rests(adds_a_sibling(&hana).await.in_bubbles(1).tells("2人目を登録しました。"));
    hana.waits_until("2026-11-30 07:59").await.silence();
    world.until("2026-12-01 12:00").await;
    hana.was_told("あお、");
    hana.was_pushed(&["11-30 08:00", "12-01 08:00"]);
}

#[tokio::test]
async fn a_sibling_that_is_registered_after_a_block_starts_nothing_again() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Born, "2026-09-01", Some("ゆず")).await;
    hana.blocks().await;
    hana.unblocks().await.tells("お届けは、いまは止めてあります");
    rests(adds_a_sibling(&hana).await);
    hana.waits_until("2026-11-28 10:00").await.silence();
    hana.says("再開").await.tells("お届けを再開しました。");
    world.until("2026-11-30 12:00").await;
    hana.was_pushed(&["11-29 08:00", "11-30 08:00"]);
}

#[tokio::test]
async fn twins_are_registered_into_the_rest() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = resting(&world).await;
    hana.says("ふたご").await;
    hana.taps("ふたご").await;
    rests(hana.says("はる").await);
    hana.waits_until("2026-11-30 07:59").await.silence();
    world.until("2026-12-01 12:00").await;
    hana.was_told("ゆず・はる、");
    hana.was_pushed(&["11-30 08:00", "12-01 08:00"]);
}

#[tokio::test]
async fn whoever_joins_a_family_while_they_rest_goes_on_resting() {
    let world = World::at("2026-11-22 09:00").await;
    let sister = world.registered(Registers::Due, "2027-03-01", Some("もも")).await;
    let hana = resting(&world).await;
    sister.says("招待").await;
    rests(joins(&hana, &sister.copied(), "そのほか・答えない").await.tells("ご参加ありがとうございます。"));
    hana.waits_until("2026-11-30 07:59").await.silence();
    world.until("2026-12-01 12:00").await;
    hana.was_told("もも、");
    hana.was_pushed(&["11-30 08:00", "12-01 08:00"]);
}

#[tokio::test]
async fn a_child_that_comes_alone_ends_the_rest_from_before() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = resting(&world).await;
    hana.says("停止").await;
    adds_a_sibling(&hana).await.tells("登録しました。").never_tells(&["おやすみしています"]);
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
