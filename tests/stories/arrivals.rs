//! Events that come twice, late, together, in the wrong order, or poisoned.

use std::time::Duration;

use chrono::TimeDelta;
use hagukumi::clock::Clock as _;
use hagukumi::simulator::{HELD, Release};
use hagukumi::store::{Backend, EventState};
use sea_orm::ConnectionTrait as _;

use crate::invitation::joined;
use crate::ledger::{attempts, settled, times_told};
use crate::support::{Parent, Registers, World};

const DUE: &str = "2027-03-01";

fn a_second_later(world: &World) {
    world.clock.advance_to(world.clock.now() + TimeDelta::seconds(1));
}

#[tokio::test]
async fn everything_that_arrives_twice_happens_once() {
    let world = World::at("2026-11-22 09:00").await;
    world.line.duplicate_webhooks(true);
    let hana = world.registered(Registers::Due, DUE, Some("あお")).await;
    assert_eq!(world.app.store().count("child").await.unwrap(), 1);
    assert_eq!(times_told(&hana, "きょうは妊娠25週6日です"), 1);
    assert_eq!(settled(&world).await, [6, 0, 0, 0]);
    world.until("2026-11-23 09:00").await;
    assert_eq!(hana.pushes().len(), 1);
}

#[tokio::test]
async fn an_event_that_is_redelivered_a_thousand_times_has_one_effect() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    hana.says("停止").await;
    let said = hana.user.texts().len();
    for _ in 0..1_000 {
        assert_eq!(hana.user.redeliver_last().await, 200);
    }
    world.settle().await;
    assert_eq!(hana.user.texts().len(), said);
}

#[tokio::test]
async fn a_redelivered_block_does_not_undo_a_newer_follow() {
    for how in [Release::InOrder, Release::Reversed, Release::OneRequest, Release::OneRequestReversed] {
        let world = World::at("2026-11-22 09:00").await;
        let hana = world.registered(Registers::Due, DUE, None).await;
        world.line.hold_webhooks();
        a_second_later(&world);
        assert_eq!(hana.user.block().await, HELD);
        a_second_later(&world);
        assert_eq!(hana.user.unblock().await, HELD);
        assert!(world.line.release(how).await.iter().all(|status| *status == 200));
        world.settle().await;
        a_second_later(&world);
        hana.says("再開").await;
        world.until("2026-11-23 09:00").await;
        assert_eq!(hana.push_times(), ["11-23 08:00"], "{how:?}");
    }
}

#[tokio::test]
async fn a_redelivered_follow_does_not_undo_a_newer_block() {
    for how in [Release::InOrder, Release::Reversed, Release::OneRequestReversed] {
        let world = World::at("2026-11-22 09:00").await;
        let hana = world.registered(Registers::Due, DUE, None).await;
        hana.blocks().await;
        world.line.hold_webhooks();
        a_second_later(&world);
        assert_eq!(hana.user.unblock().await, HELD);
        a_second_later(&world);
        assert_eq!(hana.user.says("再開").await, HELD);
        a_second_later(&world);
        assert_eq!(hana.user.block().await, HELD);
        world.line.release(how).await;
        world.settle().await;
        world.until("2026-11-24 09:00").await;
        assert!(attempts(&world, &hana).is_empty(), "{how:?}");
    }
}

#[tokio::test]
async fn a_stop_that_arrives_late_still_stops() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    world.line.hold_webhooks();
    a_second_later(&world);
    assert_eq!(hana.user.says("停止").await, HELD);
    a_second_later(&world);
    assert_eq!(hana.user.says("ヘルプ").await, HELD);
    world.line.release(Release::Reversed).await;
    world.settle().await;
    world.until("2026-11-24 09:00").await;
    assert!(attempts(&world, &hana).is_empty());
}

/// Events that happen a second apart arrive the last first, each decided before the next arrives.
async fn decided_backwards(world: &World, events: Vec<serde_json::Value>) {
    for event in events.into_iter().rev() {
        assert_eq!(world.line.post_events(vec![event]).await, 200);
        world.settle().await;
    }
}

/// Says these words, a second apart, of which LINE tells the bot nothing yet.
async fn says_unheard(world: &World, parent: &Parent<'_>, words: &[&str]) {
    world.line.hold_webhooks();
    for word in words {
        a_second_later(world);
        assert_eq!(parent.user.says(word).await, HELD);
    }
}

#[tokio::test]
async fn a_block_that_is_decided_after_the_follow_that_ended_it_changes_nothing() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    world.line.hold_webhooks();
    a_second_later(&world);
    assert_eq!(hana.user.block().await, HELD);
    a_second_later(&world);
    assert_eq!(hana.user.unblock().await, HELD);
    says_unheard(&world, &hana, &["再開"]).await;
    decided_backwards(&world, world.line.take_held()).await;
    world.until("2026-11-24 09:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_word_that_is_decided_after_a_newer_block_does_not_undo_it() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    says_unheard(&world, &hana, &["再開"]).await;
    a_second_later(&world);
    assert_eq!(hana.user.block().await, HELD);
    decided_backwards(&world, world.line.take_held()).await;
    world.until("2026-11-24 09:00").await;
    assert!(attempts(&world, &hana).is_empty());
}

#[tokio::test]
async fn a_stop_that_is_decided_after_the_return_that_ended_it_changes_nothing() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    says_unheard(&world, &hana, &["停止", "再開"]).await;
    decided_backwards(&world, world.line.take_held()).await;
    world.until("2026-11-24 09:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_loss_is_heard_however_late_since_a_return_from_a_stop_takes_no_loss_back() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    hana.says("停止").await;
    says_unheard(&world, &hana, &["流産しました", "再開"]).await;
    decided_backwards(&world, world.line.take_held()).await;
    world.until("2026-11-24 09:00").await;
    hana.was_pushed(&[]);
}

/// Found by the simulation: an old button, tapped before the loss, brought the letters back.
#[tokio::test]
async fn a_return_that_is_decided_after_the_loss_that_followed_it_brings_nothing_back() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    hana.says("停止").await;
    hana.taps("まちがえた（もどす）").await;
    world.line.hold_webhooks();
    a_second_later(&world);
    assert_eq!(hana.user.taps("まちがえた（もどす）").await, HELD);
    says_unheard(&world, &hana, &["死産しました"]).await;
    decided_backwards(&world, world.line.take_held()).await;
    world.until("2026-11-24 09:00").await;
    hana.was_pushed(&[]);
}

/// Found by the simulation: 「停止」 was sent once more, and an older 「もどす」 that came after it counted.
#[tokio::test]
async fn a_return_that_is_decided_after_a_stop_was_said_once_more_brings_nothing_back() {
    for (again, undo) in [("停止", "まちがえた（もどす）"), ("死産しました", "もどす")] {
        let world = World::at("2026-11-22 09:00").await;
        let hana = world.registered(Registers::Due, DUE, None).await;
        hana.says(again).await;
        world.line.hold_webhooks();
        a_second_later(&world);
        assert_eq!(hana.user.taps(undo).await, HELD);
        says_unheard(&world, &hana, &[again]).await;
        decided_backwards(&world, world.line.take_held()).await;
        world.until("2026-11-24 09:00").await;
        hana.was_pushed(&[]);
    }
}

#[tokio::test]
async fn a_return_that_is_decided_after_the_loss_that_the_father_told_brings_nothing_back() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    hana.says("停止").await;
    world.line.hold_webhooks();
    a_second_later(&world);
    assert_eq!(hana.user.taps("まちがえた（もどす）").await, HELD);
    a_second_later(&world);
    assert_eq!(ren.user.says("死産しました").await, HELD);
    decided_backwards(&world, world.line.take_held()).await;
    world.until("2026-11-24 09:00").await;
    hana.was_pushed(&[]);
    ren.was_pushed(&[]);
}

#[tokio::test]
async fn a_whole_crowd_in_one_request_is_greeted_one_by_one() {
    let world = World::at("2026-11-22 09:00").await;
    world.line.hold_webhooks();
    let crowd: Vec<Parent<'_>> = (0..40).map(|_| world.somebody()).collect();
    for one in &crowd {
        assert_eq!(one.user.add_friend().await, HELD);
    }
    assert_eq!(world.line.release(Release::OneRequest).await, [200]);
    world.settle().await;
    assert!(crowd.iter().all(|one| times_told(one, "友だち追加、ありがとうございます") == 1));
}

#[tokio::test]
async fn a_reader_whose_row_is_damaged_costs_nobody_else_an_answer_or_a_morning() {
    let world = World::at("2026-11-22 09:00").await;
    let broken = world.registered(Registers::Due, DUE, None).await;
    world.database().damage("UPDATE reader SET profile_sealed = x'00'").await;
    let fine = world.registered(Registers::Due, DUE, None).await;
    assert_eq!(broken.user.says("ヘルプ").await, 200);
    fine.says("ヘルプ").await;
    for _ in 0..5 {
        world.settle().await;
    }
    assert!(fine.last_word().contains("停止"), "{}", fine.last_word());
    assert_eq!(world.app.store().events_in(EventState::Dead).await.unwrap(), 1);
    world.until("2026-11-24 09:00").await;
    assert_eq!(fine.push_times(), ["11-23 08:00", "11-24 08:00"]);
    assert!(broken.pushes().is_empty());
}

#[tokio::test]
async fn an_event_that_cannot_be_opened_is_put_aside_and_its_lane_goes_on() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    assert_eq!(hana.user.says("これは読めなくなる").await, 200);
    world.database().damage("UPDATE webhook_event SET payload_sealed = x'0102' WHERE state = 'pending'").await;
    hana.says("停止").await;
    assert!(hana.last_word().contains("お届けを止めました"), "{}", hana.last_word());
    assert_eq!(world.app.store().events_in(EventState::Dead).await.unwrap(), 1);
}

#[tokio::test]
async fn a_delivery_that_cannot_be_opened_costs_nobody_else_their_morning() {
    let world = World::at("2026-11-22 09:00").await;
    let broken = world.registered(Registers::Due, DUE, None).await;
    let fine = world.registered(Registers::Due, DUE, None).await;
    world.line.faults().on(hagukumi::simulator::On::Push).always(hagukumi::simulator::FaultKind::ServerError(503));
    world.until("2026-11-23 08:10").await;
    let one = "SELECT MIN(id) FROM delivery WHERE state = 'waiting'";
    world.database().damage(&format!("UPDATE delivery SET parts_sealed = x'00' WHERE id = ({one})")).await;
    world.line.faults().clear();
    world.until("2026-11-23 08:30").await;
    assert_eq!(fine.pushes().len() + broken.pushes().len(), 1);
    world.until("2026-11-24 08:30").await;
    assert_eq!(fine.pushes().len() + broken.pushes().len(), 3);
    settled(&world).await;
}

#[tokio::test]
async fn a_database_that_cannot_commit_in_time_costs_a_503_and_the_redelivered_event_counts_once() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    let other = world.database().beside().await;
    let held = match world.app.store().backend() {
        Backend::Sqlite => "BEGIN EXCLUSIVE",
        Backend::Postgres => "BEGIN; LOCK TABLE webhook_event IN ACCESS EXCLUSIVE MODE",
    };
    other.execute_unprepared(held).await.unwrap();
    let begun = std::time::Instant::now();
    assert_eq!(hana.user.says("停止").await, 503);
    assert!(begun.elapsed() >= Duration::from_millis(1_400), "it was waited for");
    let ready = reqwest::get(format!("{}/readyz", world.bot_url)).await.unwrap();
    assert_eq!(ready.status(), 200, "a busy database is no lost one");
    other.execute_unprepared("COMMIT").await.unwrap();
    other.close().await.unwrap();
    assert_eq!(world.line.redeliver_failed().await, [200]);
    world.settle().await;
    assert_eq!(times_told(&hana, "お届けを止めました"), 1);
}
