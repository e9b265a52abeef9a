//! Groups: one polite line, and we leave.

use crate::support::World;

#[tokio::test]
async fn in_a_group_we_say_one_polite_line_and_leave() {
    let world = World::at("2026-11-22 09:00").await;
    let family = world.line.new_group();
    assert_eq!(family.join().await, 200);
    world.settle().await;
    assert_eq!(family.texts().len(), 1, "{:?}", family.texts());
    assert!(family.texts()[0].contains("1対1"), "{:?}", family.texts());
    assert!(family.bot_has_left());
    world.until("2026-11-24 12:00").await;
    assert_eq!(family.texts().len(), 1);
    world.line_refused_nothing();
}

#[tokio::test]
async fn what_is_written_in_a_group_registers_and_stops_nobody() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(crate::support::Registers::Due, "2027-03-01", None).await;
    let family = world.line.new_group();
    family.join().await;
    // Before we are gone.
    family.says_as(&hana.user, "停止").await;
    family.says_as(&hana.user, "流産しました").await;
    world.settle().await;
    assert!(family.bot_has_left());
    assert!(family.texts().iter().all(|text| text.contains("1対1")), "{:?}", family.texts());
    let seen = hana.user.chat().len();
    world.until("2026-11-24 12:00").await;
    assert_eq!(hana.push_times(), ["11-23 08:00", "11-24 08:00"]);
    let pushed: usize = hana.pushes().iter().map(|push| push.messages.len()).sum();
    assert_eq!(hana.user.chat().len(), seen + pushed, "two mornings and nothing else");
}
