//! LINE answers nothing for half an hour, a morning, a day: hardly more requests than there are families,
//! everybody on the same day, nobody at night, and nobody a second time.

use std::collections::HashMap;

use chrono::DateTime;
use hagukumi::domain::calendar::{JST, civil};
use hagukumi::domain::delivery::State;
use hagukumi::simulator::{Entry, FaultKind, On};

use crate::crowd::{count, settle_in};
use crate::ledger::{attempts, keys, rows, settled};
use crate::support::{Parent, Registers, World, time};

fn pushes(world: &World) -> Vec<Entry> {
    world.line.ledger().into_iter().filter(|entry| entry.endpoint == "push").collect()
}

/// The time in Japan, to the minute.
fn minute(entry: &Entry) -> String {
    let at = DateTime::from_timestamp_millis(entry.at_ms).unwrap();
    civil(at, JST).format("%m-%d %H:%M").to_string()
}

fn ms(moment: &str) -> i64 {
    time(moment).timestamp_millis()
}

/// Asserts that everybody was pushed once, with one key however often it was tried.
fn assert_everybody_once(pushes: &[Entry], families: &[String]) {
    let mut accepted: HashMap<&str, usize> = HashMap::new();
    let mut keys: HashMap<&str, &str> = HashMap::new();
    for push in pushes {
        let (to, key) = (push.to[0].as_str(), push.retry_key.as_deref().unwrap());
        assert_eq!(*keys.entry(to).or_insert(key), key, "one key for {to}");
        *accepted.entry(to).or_default() += usize::from(push.accepted);
    }
    assert!(families.iter().all(|family| accepted.get(family.as_str()) == Some(&1)), "everybody once");
}

/// At most so many requests in tenths of the number of families.
async fn half_an_hour(fault: FaultKind, families: usize, tenths: usize) -> Vec<i64> {
    let world = World::at("2026-11-22 09:00").await;
    let everybody = settle_in(world.app.store(), &world.line, families, "2026-11-23 08:00").await;
    world.until("2026-11-23 07:59").await;
    world.line.faults().on(On::Push).always(fault);
    world.until("2026-11-23 08:30").await;
    let during = pushes(&world);
    world.line.faults().clear();
    world.until("2026-11-23 08:32").await;
    let all = pushes(&world);
    assert!(all.len() * 10 <= families * tenths, "{} requests for {families} families", all.len());
    assert_everybody_once(&all, &everybody);
    assert!(all.iter().all(|push| push.at_ms <= ms("2026-11-23 08:31")), "a minute after its end at most");
    assert_eq!(rows(&world, State::Accepted).await, families as u64);
    tries(&during)
}

/// When LINE was tried after the first moment.
fn tries(pushes: &[Entry]) -> Vec<i64> {
    pushes.iter().map(|push| push.at_ms).filter(|at| *at > ms("2026-11-23 08:00")).collect()
}

#[tokio::test]
async fn half_an_hour_of_errors_costs_hardly_more_requests_than_there_are_families() {
    let tried = half_an_hour(FaultKind::ServerError(500), count(1_300, 10_000), 12).await;
    assert!(tried.windows(2).all(|two| two[1] - two[0] >= 1_000), "one at a time: {tried:?}");
    assert!((25..45).contains(&tried.len()), "{} tries, at last one a minute", tried.len());
}

#[tokio::test]
async fn half_an_hour_in_which_line_takes_everything_and_says_so_only_when_asked_again_costs_two_requests_each() {
    half_an_hour(FaultKind::AcceptThenError(503), count(250, 2_500), 20).await;
}

#[tokio::test]
async fn while_line_is_silent_replies_go_on_and_everything_that_leaves_is_said_once() {
    let world = World::at("2026-11-22 09:00").await;
    settle_in(world.app.store(), &world.line, 30, "2026-11-23 08:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    world.until("2026-11-23 07:59").await;
    world.line.faults().on(On::Push).always(FaultKind::ServerError(502));
    world.until("2026-11-23 08:10").await;
    hana.says("ヘルプ").await.in_bubbles(1);
    let metrics = reqwest::get(format!("{}/metrics", world.bot_url)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("hagukumi_line_silent"), "{metrics}");
    world.line.faults().clear();
    world.until("2026-11-24 07:00").await;
    assert_eq!(hana.pushes().len(), 1);
    assert_eq!(settled(&world).await, [30 + 8, 0, 0, 0]);
}

/// Families for whom LINE is silent, and not only slow.
async fn families(world: &World) -> Vec<Parent<'_>> {
    let mut families = Vec::new();
    for _ in 0..12 {
        families.push(world.registered(Registers::Due, "2027-03-01", None).await);
    }
    families
}

/// LINE does not answer from one moment to the other; `first` is when everybody then has their message.
async fn without_line(delivery: &str, from: &str, until: &str, first: &str) {
    let world = World::with("2026-11-22 21:30", &[("DELIVERY_TIME", delivery)]).await;
    let families = families(&world).await;
    world.until(from).await;
    world.line.faults().always(FaultKind::ServerError(500));
    world.until(until).await;
    assert!(families.iter().all(|one| one.pushes().is_empty()), "{until}");
    world.line.faults().clear();
    world.until("2026-11-24 21:00").await;
    let due = format!("11-24 {delivery}");
    let expected = if first == due { vec![due] } else { vec![first.to_owned(), due] };
    for one in &families {
        let tried = attempts(&world, one);
        let days: Vec<String> = one.pushes().iter().map(minute).collect();
        assert_eq!(days, expected, "{from} to {until}");
        assert!(tried.iter().all(|push| (7..21).contains(&hour(push))), "nobody is disturbed at night");
        assert!(keys(&tried).len() <= 2, "a key a day");
    }
    let [accepted, refused, lapsed, unconfirmed] = settled(&world).await;
    let missed = if expected.len() == 1 { 12 } else { 0 };
    assert_eq!((accepted, refused, lapsed + unconfirmed), (12 * (6 + expected.len() as u64), 0, missed));
}

fn hour(push: &Entry) -> u32 {
    minute(push)[6..8].parse().unwrap()
}

#[tokio::test]
async fn an_outage_from_seven_to_ten_makes_everybody_late_on_the_same_day() {
    without_line("08:00", "2026-11-23 07:00", "2026-11-23 10:00", "11-23 10:00").await;
}

#[tokio::test]
async fn an_outage_that_ends_five_minutes_before_the_window_still_ends_in_time() {
    let delivery = if count(0, 1) == 1 { "08:00" } else { "20:30" };
    without_line(delivery, "2026-11-23 07:00", "2026-11-23 20:55", "11-23 20:55").await;
}

#[tokio::test]
async fn an_outage_until_the_next_morning_costs_that_day_and_the_next_comes_alone() {
    let delivery = if count(0, 1) == 1 { "08:00" } else { "20:30" };
    without_line(delivery, "2026-11-23 07:00", "2026-11-24 07:50", &format!("11-24 {delivery}")).await;
}
