//! LINE away, or the server itself: late on the same day, never at night, never a day's message on
//! another day, and a row for every day that was missed.

use std::time::Duration;

use chrono::{DateTime, Timelike as _};
use hagukumi::domain::calendar::{JST, civil};
use hagukumi::line::client::Limits;
use hagukumi::simulator::{FaultKind, HELD, On, Release};

use crate::ledger::{attempts, keys, settled};
use crate::support::{Parent, Registers, World};

const DUE: &str = "2027-03-01";
/// Answers of a registration, and the first day's message that travels in the last of them.
const REGISTERED: u64 = 6;

async fn registered(world: &World) -> Parent<'_> {
    world.registered(Registers::Due, DUE, None).await
}

/// A world whose messages leave half an hour before the window closes, so that an outage over the whole
/// window is a short one.
async fn in_the_evening() -> World {
    World::with("2026-11-22 21:30", &[("DELIVERY_TIME", "20:30")]).await
}

#[tokio::test]
async fn after_an_outage_in_the_morning_the_message_comes_late_on_the_same_day() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = registered(&world).await;
    world.until("2026-11-23 07:00").await;
    world.line.faults().always(FaultKind::ServerError(503));
    world.until("2026-11-23 08:40").await;
    world.line.faults().clear();
    world.until("2026-11-23 08:41").await;
    assert_eq!(hana.push_times(), ["11-23 08:40"], "a minute at most after the end of the outage");
    assert_eq!(keys(&attempts(&world, &hana)).len(), 1);
    assert_eq!(settled(&world).await, [REGISTERED + 1, 0, 0, 0]);
}

#[tokio::test]
async fn an_unanswered_day_is_in_doubt_and_the_next_one_is_on_time() {
    let world = in_the_evening().await;
    let hana = registered(&world).await;
    world.line.faults().on(On::Push).always(FaultKind::ServerError(500));
    world.until("2026-11-24 07:00").await;
    world.line.faults().clear();
    world.until("2026-11-24 21:00").await;
    assert_eq!(hana.push_times(), ["11-24 20:30"]);
    assert_eq!(settled(&world).await, [REGISTERED + 1, 0, 0, 1]);
    assert_nobody_was_disturbed_at_night(&attempts(&world, &hana));
}

#[tokio::test]
async fn a_day_on_which_line_could_not_be_reached_has_certainly_lapsed() {
    let world = in_the_evening().await;
    let hana = registered(&world).await;
    // Somebody was sent something before: the bot's id is known.
    world.until("2026-11-23 21:00").await;
    world.line_goes_away().await;
    world.until("2026-11-25 07:00").await;
    world.line_comes_back().await;
    world.until("2026-11-25 21:00").await;
    assert_eq!(hana.push_times(), ["11-23 20:30", "11-25 20:30"]);
    assert_eq!(settled(&world).await, [REGISTERED + 2, 0, 1, 0]);
}

#[tokio::test]
async fn a_day_on_which_the_bots_own_id_could_not_be_asked_has_certainly_lapsed() {
    let world = in_the_evening().await;
    let hana = registered(&world).await;
    world.line.faults().on(On::Endpoint("bot/info")).always(FaultKind::ServerError(500));
    world.until("2026-11-24 07:00").await;
    world.line.faults().clear();
    world.until("2026-11-24 21:00").await;
    assert_eq!(hana.push_times(), ["11-24 20:30"]);
    assert_eq!(settled(&world).await, [REGISTERED + 1, 0, 1, 0]);
}

#[tokio::test]
async fn an_outage_over_midnight_ends_one_day_and_delays_the_next() {
    for (from, until) in [("2026-11-30", "2026-12-01"), ("2026-12-31", "2027-01-01"), ("2028-02-28", "2028-02-29")] {
        let at = |day: &str, hour: &str| format!("{day} {hour}");
        let world = World::at(&at(from, "06:00")).await;
        let parent = world.registered(Registers::Born, from, None).await;
        world.until(&at(from, "20:00")).await;
        world.line.faults().always(FaultKind::ServerError(502));
        world.until(&at(until, "08:10")).await;
        assert!(parent.pushes().is_empty());
        world.line.faults().clear();
        world.until(&at(until, "08:11")).await;
        let morning = format!("{} 08:10", &until[5..]);
        assert_eq!(parent.push_times(), [morning], "{from}");
        assert_eq!(crate::ledger::times_told(&parent, "生まれて2日目"), 1, "{from}");
        assert_nobody_was_disturbed_at_night(&attempts(&world, &parent));
    }
}

#[tokio::test]
async fn days_without_a_server_have_their_rows_and_nothing_old_is_sent() {
    for (start, gone_until, missed) in [
        ("2026-11-22", "2026-11-26", 3),
        ("2026-12-29", "2027-01-03", 4),
        ("2027-02-25", "2027-03-02", 4),
        ("2028-02-27", "2028-03-01", 2),
    ] {
        let world = World::at(&format!("{start} 06:00")).await;
        let parent = world.registered(Registers::Born, start, None).await;
        world.passes_without_the_server(&format!("{gone_until} 09:00"));
        world.settle().await;
        assert_eq!(parent.push_times(), [format!("{} 09:00", &gone_until[5..])], "{start}");
        assert_eq!(settled(&world).await, [REGISTERED + 1, 0, missed, 0], "{start}");
        // And on another day it comes back only at night.
        world.passes_without_the_server(&format!("{gone_until} 23:00"));
        world.settle().await;
        assert_eq!(parent.pushes().len(), 1, "{start}");
    }
}

#[tokio::test]
async fn a_server_that_comes_back_at_night_waits_for_the_morning() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = registered(&world).await;
    world.passes_without_the_server("2026-11-24 22:30");
    world.settle().await;
    assert!(attempts(&world, &hana).is_empty());
    assert_eq!(settled(&world).await, [REGISTERED, 0, 2, 0]);
    world.until("2026-11-25 08:30").await;
    assert_eq!(hana.push_times(), ["11-25 08:00"]);
}

#[tokio::test]
async fn many_families_who_missed_days_do_not_delay_today() {
    // More than are planned in one go.
    const FAMILIES: usize = 202;
    // A busy machine is no LINE that does not answer.
    let patient = Limits { total: Duration::from_secs(120), ..Limits::default() };
    let world = World::within("2026-11-22 09:00", &[], patient).await;
    let families = crowd(&world, FAMILIES).await;
    world.passes_without_the_server("2026-11-24 22:30");
    world.settle().await;
    assert_eq!(settled(&world).await, [REGISTERED * FAMILIES as u64, 0, 2 * FAMILIES as u64, 0]);
    world.passes_without_the_server("2026-11-26 08:00");
    world.settle().await;
    assert!(families.iter().all(|one| one.push_times() == ["11-26 08:00"]));
}

/// Many families who register hand in hand.
async fn crowd(world: &World, count: usize) -> Vec<Parent<'_>> {
    let crowd: Vec<Parent<'_>> = (0..count).map(|_| world.somebody()).collect();
    for step in 0..5 {
        world.line.hold_webhooks();
        for one in &crowd {
            let user = &one.user;
            let status = match step {
                0 => user.add_friend().await,
                1 => user.taps("同意して登録する").await,
                2 => user.picks("出産予定日をえらぶ", DUE).await,
                3 => user.taps("つけない").await,
                _ => user.taps("登録する").await,
            };
            assert_eq!(status, HELD);
        }
        assert_eq!(world.line.release(Release::OneRequest).await, [200]);
        // A busy machine may need a second attempt for some of so many answers.
        world.until(&format!("2026-11-22 09:0{}", step + 1)).await;
    }
    crowd
}

#[track_caller]
fn assert_nobody_was_disturbed_at_night(entries: &[hagukumi::simulator::Entry]) {
    for entry in entries {
        let at = civil(DateTime::from_timestamp_millis(entry.at_ms).unwrap(), JST);
        assert!((8..21).contains(&at.hour()), "a push at {at}");
    }
}
