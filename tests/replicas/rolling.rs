//! Servers that go and come while the morning goes out.

use hagukumi::domain::delivery::State;
use hagukumi::simulator::{Entry, FaultKind, On, Order, Stay};

use crate::replicas::{Replica, Stage, Timers, accepted, everybody_once};

/// What one server takes up at once.
const AT_ONCE: usize = 200;
/// More than two servers take up at once.
const FAMILIES: usize = 3 * AT_ONCE;

/// A morning on so many servers, on which pushes take so long (milliseconds) that what the story does
/// happens in the midst of it.
async fn a_morning(timers: Timers, servers: usize, slow: u64) -> (Stage, Vec<Replica>, Vec<String>) {
    let stage = Stage::at("2026-11-23 08:00:00", timers).await;
    stage.line.fails(On::Push, FaultKind::Slow(slow), Stay::Always).await;
    let servers = stage.serve(servers).await;
    let families = stage.families(FAMILIES).await;
    (stage, servers, families)
}

async fn pushes(stage: &Stage, count: usize) {
    stage.line.until("pushes on their way", |ledger| accepted(ledger) >= count).await;
}

fn conflicts(ledger: &[Entry]) -> usize {
    ledger.iter().filter(|entry| entry.endpoint == "push" && entry.status == 409).count()
}

async fn ends_well(stage: &Stage, families: &[String]) {
    stage.nothing_is_left_for_later().await;
    everybody_once(&stage.line.ledger().await, families);
    stage.all_have_ended(FAMILIES as u64).await;
}

async fn servers_are_replaced_one_by_one(timers: Timers) {
    let (stage, mut servers, families) = a_morning(timers, 2, 3_000).await;
    for already in [50, 250] {
        pushes(&stage, already).await;
        let mut old = servers.remove(0);
        old.server.ask_to_stop();
        let new = stage.begin().await;
        new.until_ready();
        let (status, said) = old.server.end();
        assert!(status.success(), "{said}");
        servers.push(new);
        stage.balance(&servers).await;
    }
    pushes(&stage, FAMILIES).await;
    for server in servers {
        server.server.stop();
    }
    ends_well(&stage, &families).await;
}

#[tokio::test]
async fn servers_that_are_replaced_one_by_one_during_the_morning_forget_nobody() {
    servers_are_replaced_one_by_one(Timers::Sql).await;
}

#[tokio::test]
async fn servers_that_are_replaced_one_by_one_with_redis_forget_nobody() {
    servers_are_replaced_one_by_one(Timers::Redis).await;
}

#[tokio::test]
async fn a_server_told_to_stop_in_the_morning_leaves_no_row_half_written() {
    let (stage, mut servers, families) = a_morning(Timers::Sql, 1, 6_000).await;
    let mut server = servers.remove(0);
    pushes(&stage, 1).await;
    server.server.ask_to_stop();
    stage.line.tell(Order::NoFaults).await;
    let (status, said) = server.server.end();
    assert!(status.success(), "{said}");
    let taken = accepted(&stage.line.ledger().await);
    assert!(taken < FAMILIES, "it stopped after the morning");
    let (app, _) = stage.by_hand().await;
    assert_eq!(app.store().deliveries_in(State::Sending).await.unwrap(), 0);
    assert_eq!(app.store().deliveries_in(State::Accepted).await.unwrap(), taken as u64);

    let next = stage.serve(1).await.remove(0);
    pushes(&stage, FAMILIES).await;
    next.server.stop();
    ends_well(&stage, &families).await;
}

#[tokio::test]
async fn what_a_killed_server_had_taken_up_is_sent_by_the_other_after_the_lease() {
    // So slow that both have taken up as much as they can when the first answer arrives.
    let (stage, mut servers, families) = a_morning(Timers::Sql, 2, 6_000).await;
    pushes(&stage, AT_ONCE + 50).await;
    servers.remove(0).server.kill();
    stage.line.tell(Order::NoFaults).await;
    stage.balance(&servers).await;
    pushes(&stage, FAMILIES).await;
    // What LINE had taken and nobody wrote down goes out again with its old key, which LINE refuses.
    let again = stage.line.until("another attempt", |ledger| conflicts(ledger) > 0).await;
    servers.remove(0).server.stop();
    assert!(again.iter().filter(|entry| entry.endpoint == "push").all(|entry| matches!(entry.status, 200 | 409)));
    ends_well(&stage, &families).await;
}
