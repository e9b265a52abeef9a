//! What the consent card promises: thirty days after the end, nothing is known of a family.

use crate::support::{Registers, World};

async fn known(world: &World) -> (i64, i64) {
    let rows = async |table| world.app.store().count(table).await.unwrap();
    (rows("reader").await, rows("child").await)
}

#[tokio::test]
async fn thirty_days_after_a_stop_the_family_is_forgotten() {
    let world = World::at("2026-11-22 09:00").await;
    let parent = world.registered(Registers::Due, "2027-03-01", Some("あおちゃん")).await;
    parent.says("停止").await;
    world.until("2026-12-21 23:00").await;
    assert_eq!(known(&world).await, (1, 1));

    world.until("2026-12-22 01:00").await;
    assert_eq!(known(&world).await, (0, 0));
    parent.says("変更").await;
    assert!(!parent.last_word().contains("あおちゃん"));
    assert_eq!(parent.push_times(), [""; 0]);
}

#[tokio::test]
async fn thirty_days_after_a_block_the_family_is_forgotten_unless_it_came_back() {
    let world = World::at("2026-11-22 09:00").await;
    let gone = world.registered(Registers::Born, "2026-11-01", None).await;
    let back = world.registered(Registers::Born, "2026-11-01", None).await;
    gone.blocks().await;
    back.blocks().await;
    world.until("2026-12-01 12:00").await;
    back.unblocks().await;
    world.until("2026-12-23 12:00").await;
    assert_eq!(known(&world).await, (1, 1));
}

#[tokio::test]
async fn thirty_days_after_the_last_letter_on_the_third_birthday_the_family_is_forgotten() {
    let world = World::at("2026-11-20 09:00").await;
    let parent = world.registered(Registers::Born, "2023-11-22", None).await;
    world.until("2026-11-22 12:00").await;
    parent.was_told("3歳のお誕生日");
    assert_eq!(parent.push_times(), ["11-22 08:00"]);

    world.until("2026-12-21 12:00").await;
    assert_eq!(known(&world).await, (1, 1));
    world.until("2026-12-23 12:00").await;
    assert_eq!(known(&world).await, (0, 0));
}
