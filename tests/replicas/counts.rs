//! One server, then two, then one again, while the morning goes out.

use hagukumi::simulator::{FaultKind, On, Stay};

use crate::replicas::{Stage, Timers, accepted, busiest_second, everybody_once};

/// What one server takes up at once, a few times over.
const FAMILIES: usize = 600;
/// So many that even a slow machine is faster than the share of each: 1,800 pushes a second for all.
const REPLICAS: u32 = 60;
/// The most that two of them give in any second, with what they saved up, borrowed and hold in Redis, and as
/// much as one more share, since what leaves evenly arrives in bunches on a busy machine.
const MOST: usize = 135;

async fn one_two_one(timers: Timers) {
    let stage = Stage::at("2026-11-23 08:00:00", timers).await.of_replicas(REPLICAS);
    stage.line.fails(On::Push, FaultKind::Slow(500), Stay::Always).await;
    let mut servers = stage.serve(1).await;
    let families = stage.families(FAMILIES).await;
    let pushed = async |count: usize| stage.line.until("pushes", |ledger| accepted(ledger) >= count).await;
    pushed(60).await;
    let second = stage.begin().await;
    second.until_ready();
    servers.push(second);
    stage.balance(&servers).await;
    pushed(250).await;
    servers.remove(0).server.stop();
    stage.balance(&servers).await;
    pushed(FAMILIES).await;
    servers.remove(0).server.stop();
    let ledger = stage.line.ledger().await;
    let busiest = busiest_second(&ledger, "push");
    assert!(busiest <= MOST, "{busiest} pushes in a second");
    everybody_once(&ledger, &families);
    stage.nothing_is_left_for_later().await;
    stage.all_have_ended(FAMILIES as u64).await;
}

#[tokio::test]
async fn a_second_server_that_comes_and_a_first_that_goes_keep_the_pace_of_all() {
    one_two_one(Timers::Sql).await;
}

#[tokio::test]
async fn servers_that_come_and_go_beside_a_redis_keep_the_pace_of_all() {
    one_two_one(Timers::Redis).await;
}
