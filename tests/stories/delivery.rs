//! One morning, one push: whatever LINE answers, or does not.

use chrono::TimeDelta;
use hagukumi::clock::Clock as _;
use hagukumi::simulator::{FaultKind, On};

use crate::ledger::{attempts, keys, settled};
use crate::support::{Registers, World};

const DUE: &str = "2027-03-01";

#[tokio::test]
async fn a_morning_that_line_took_without_saying_so_is_never_in_the_chat_twice() {
    let spoilt = [
        FaultKind::AcceptThenTimeout,
        FaultKind::AcceptThen500,
        FaultKind::AcceptThenError(503),
        FaultKind::AcceptThenError(302),
    ];
    for fault in spoilt {
        let world = World::impatient("2026-11-22 09:00").await;
        let hana = world.registered(Registers::Due, DUE, None).await;
        world.line.faults().on(On::Push).next(fault.clone());
        world.until("2026-11-23 09:00").await;
        assert_eq!(hana.push_times(), ["11-23 08:00"], "{fault:?}");
        let tried = attempts(&world, &hana);
        assert_eq!(tried.iter().map(|entry| entry.status).collect::<Vec<_>>()[1..], [409], "{fault:?}");
        assert_eq!(keys(&tried).len(), 1, "{fault:?}");
        assert_eq!(settled(&world).await, [answers() + 2, 0, 0, 0], "{fault:?}");
    }
}

/// Answers of a registration.
const fn answers() -> u64 {
    5
}

#[tokio::test]
async fn a_success_whose_body_cannot_be_read_is_a_success() {
    for fault in [FaultKind::TruncatedBody, FaultKind::EmptyBody200, FaultKind::AcceptThenReset] {
        let world = World::impatient("2026-11-22 09:00").await;
        let hana = world.registered(Registers::Due, DUE, None).await;
        world.line.faults().on(On::Push).next(fault.clone());
        world.until("2026-11-23 09:00").await;
        assert_eq!(hana.push_times(), ["11-23 08:00"], "{fault:?}");
        assert_eq!(keys(&attempts(&world, &hana)).len(), 1, "{fault:?}");
        assert_eq!(settled(&world).await, [answers() + 2, 0, 0, 0], "{fault:?}");
    }
}

#[tokio::test]
async fn a_black_hole_costs_one_patience_and_no_message() {
    let world = World::impatient("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    world.line.faults().on(On::Push).next(FaultKind::BlackHole);
    world.until("2026-11-23 09:00").await;
    let tried = attempts(&world, &hana);
    assert_eq!((tried.len(), keys(&tried).len()), (2, 1));
    assert_eq!(hana.pushes().len(), 1);
}

#[tokio::test]
async fn everybody_is_served_although_line_refuses_the_rate_of_every_second_request() {
    let world = World::at("2026-11-22 09:00").await;
    let mut family = Vec::new();
    for _ in 0..6 {
        family.push(world.registered(Registers::Due, DUE, None).await);
    }
    world.line.faults().on(On::Push).every(2, FaultKind::RateLimited429);
    world.until("2026-11-23 09:00").await;
    for one in &family {
        assert_eq!((one.pushes().len(), keys(&attempts(&world, one)).len()), (1, 1));
    }
    assert_eq!(settled(&world).await, [6 * (answers() + 2), 0, 0, 0]);
}

#[tokio::test]
async fn a_key_that_line_knows_from_elsewhere_counts_as_sent_and_is_told_to_the_operator() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    world.line.faults().on(On::Push).next(FaultKind::ConflictNeverSeen409);
    world.until("2026-11-23 09:00").await;
    assert_eq!(attempts(&world, &hana).len(), 1);
    assert_eq!(settled(&world).await, [answers() + 2, 0, 0, 0]);
    let metrics = reqwest::get(format!("{}/metrics", world.bot_url)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("hagukumi_accepted_elsewhere_total"), "{metrics}");
}

#[tokio::test]
async fn who_stops_a_second_before_eight_gets_nothing_at_eight() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    world.until("2026-11-23 07:59").await;
    world.clock.advance_to(world.clock.now() + TimeDelta::seconds(59));
    hana.says("停止").await;
    world.until("2026-11-25 12:00").await;
    assert!(attempts(&world, &hana).is_empty());
}

#[tokio::test]
async fn a_stop_also_ends_a_morning_that_waits_for_another_try() {
    for quits in ["停止", "流産しました"] {
        let world = World::at("2026-11-22 09:00").await;
        let hana = world.registered(Registers::Due, DUE, None).await;
        world.line.faults().on(On::Push).always(FaultKind::ServerError(503));
        world.until("2026-11-23 08:30").await;
        let tried = attempts(&world, &hana).len();
        hana.says(quits).await;
        world.line.faults().clear();
        world.until("2026-11-25 12:00").await;
        assert_eq!(attempts(&world, &hana).len(), tried, "{quits}");
        assert!(hana.pushes().is_empty(), "{quits}");
    }
}

#[tokio::test]
async fn blocking_and_coming_back_twice_a_day_makes_no_second_message() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    world.until("2026-11-23 09:00").await;
    for _ in 0..2 {
        hana.blocks().await;
        hana.unblocks().await;
        hana.says("再開").await;
    }
    world.until("2026-11-23 20:00").await;
    assert_eq!(hana.push_times(), ["11-23 08:00"]);
    world.until("2026-11-24 09:00").await;
    assert_eq!(hana.push_times(), ["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn who_blocked_is_not_written_to() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, DUE, None).await;
    hana.blocks().await;
    world.until("2026-11-25 09:00").await;
    assert!(attempts(&world, &hana).is_empty());
}
