//! Registering by chatting: in five taps and one typed or skipped nickname, with today's message at
//! once and the right one every morning after.

use crate::support::{Registers, World};

#[tokio::test]
async fn a_family_registers_a_due_date_and_gets_todays_message_at_once_and_one_every_morning() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", Some("あおちゃん")).await;
    hana.was_told("あおちゃん");
    hana.was_told("妊娠25週6日");
    assert_eq!(hana.push_times(), [""; 0], "today's message travels in the free reply");

    world.until("2026-11-24 12:00").await;
    assert_eq!(hana.push_times(), ["11-23 08:00", "11-24 08:00"]);
    hana.was_told("妊娠26週");
}

#[tokio::test]
async fn a_child_born_today_is_greeted_on_its_100th_day() {
    let world = World::at("2026-11-22 14:00").await;
    let parent = world.registered(Registers::Born, "2026-11-22", None).await;
    world.until("2027-03-01 12:00").await;
    parent.was_told("生まれて100日目");
    assert_eq!(parent.push_times().len(), 99);
}
