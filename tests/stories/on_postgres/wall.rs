//! The wall of refusals, met by two servers: what one of them learns, the other must not unlearn.

use chrono::{DateTime, Utc};
use hagukumi::app::App;
use hagukumi::domain::delivery::State;
use hagukumi::simulator::{FaultKind, On, Only, Rate};

use super::{beside, world_at};
use crate::ledger::{attempts, keys, rows, settled};
use crate::support::{Parent, Registers, World, time};

const DUE: &str = "2027-03-01";
/// Answers of a registration, and the first day's message that travels in the last of them.
const REGISTERED: u64 = 6;
/// Fewer than make a wall.
const EARLY: usize = 4;
/// From then on there are enough.
const LATE: usize = 4;

/// At that moment this server alone works.
async fn works_alone(world: &World, server: &App, moment: DateTime<Utc>) {
    world.clock.advance_to(moment);
    server.settle().await.unwrap();
}

async fn families(world: &World) -> Vec<Parent<'_>> {
    let mut families = Vec::new();
    for number in 0..EARLY + LATE {
        let family = world.registered(Registers::Due, DUE, None).await;
        if number >= EARLY {
            family.says("時刻").await;
            family.says("8:30").await.tells("朝8時30分ごろ");
        }
        families.push(family);
    }
    families
}

/// LINE takes one more push, and no further one for now.
fn takes_one_push(world: &World) {
    world.line.set_rate("push", Some(Rate { depth: 1.0, per_second: 0.0 }));
}

async fn held(world: &World) -> bool {
    world.app.store().account("main").await.unwrap().unwrap().held.is_some()
}

fn accepted(world: &World) -> usize {
    world.line.ledger().iter().filter(|entry| entry.endpoint == "push" && entry.accepted).count()
}

#[tokio::test]
async fn a_wall_that_two_servers_have_met_holds_both_and_once_one_is_through_costs_nobody_a_message() {
    let world = world_at("2026-11-22 09:00").await;
    let other = beside(&world).await;
    let families = families(&world).await;
    world.until("2026-11-23 07:59").await;
    world.line.faults().on(On::Push).always(FaultKind::BadRequest400(Only::All));

    works_alone(&world, &other, time("2026-11-23 08:00")).await;
    assert!(!held(&world).await, "so few refusals may be their readers' own");
    works_alone(&world, &world.app, time("2026-11-23 08:30")).await;
    assert!(held(&world).await, "nobody at all is let through");
    let asked = world.line.ledger().len();
    works_alone(&world, &other, time("2026-11-23 08:39")).await;
    assert_eq!(world.line.ledger().len(), asked, "the other holds too");

    world.line.faults().clear();
    takes_one_push(&world);
    works_alone(&world, &world.app, time("2026-11-23 08:41")).await;
    assert!(!held(&world).await);
    assert_eq!(accepted(&world), 1, "the row that it was tried with");
    takes_one_push(&world);
    works_alone(&world, &other, time("2026-11-23 08:43")).await;
    assert_eq!(accepted(&world), 2, "the other is released too");
    assert_eq!(rows(&world, State::Refused).await, 0, "what was refused before the wall was nobody's own case");

    world.line.set_rate("push", None);
    world.until("2026-11-23 09:00").await;
    for one in &families {
        assert_eq!((one.pushes().len(), keys(&attempts(&world, one)).len()), (1, 1), "pushes, and keys");
    }
    let told: u64 = (families.len() as u64) * REGISTERED + 2 * LATE as u64;
    assert_eq!(settled(&world).await, [told + families.len() as u64, 0, 0, 0]);
    world.until("2026-11-25 09:00").await;
    for (number, one) in families.iter().enumerate() {
        let hour = if number < EARLY { "08:00" } else { "08:30" };
        assert_eq!(one.push_times()[1..], [format!("11-24 {hour}"), format!("11-25 {hour}")]);
    }
    other.store().clone().close().await;
}
