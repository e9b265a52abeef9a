//! Eight o'clock on two servers.

use std::time::Duration;

use hagukumi::simulator::{FaultKind, On, Stay};

use crate::replicas::{Replica, Stage, Timers, accepted, busiest_second, everybody_once};

/// More than one server takes up at once.
const FAMILIES: usize = 600;
/// So many that even a slow machine is faster than the share of each: 1,800 pushes a second for all.
const REPLICAS: u32 = 60;
/// The share of one of them.
const SHARE: f64 = 30.0;
/// The most that lending adds to any second: what the pool in Redis holds.
const POOL: f64 = 36.0;

/// What leaves evenly arrives in bunches on a busy machine: as much as one more share may come together.
const BUNCHED: f64 = 1.0;

/// The most that so many shares give in any second: each saves up for 25 ms, and what was borrowed is
/// good for 40.
fn most_of(shares: f64) -> f64 {
    shares * (SHARE * 1.065 + 1.0)
}

async fn a_morning(timers: Timers) {
    let stage = Stage::at("2026-11-23 08:00:00", timers).await.of_replicas(REPLICAS);
    // What one server has taken up keeps it busy for a while.
    stage.line.fails(On::Push, FaultKind::Slow(1_500), Stay::Always).await;
    let servers = stage.serve(2).await;
    let families = stage.families(FAMILIES).await;
    let ledger = stage.line.until("a push for everybody", |ledger| accepted(ledger) >= FAMILIES).await;
    let (busiest, lent) = (busiest_second(&ledger, "push") as f64, if timers == Timers::Redis { POOL } else { 0.0 });
    assert!(busiest <= most_of(2.0 + BUNCHED) + lent, "{busiest} pushes in a second");
    assert!(busiest > most_of(1.0), "two servers are no faster than one: {busiest} pushes in a second");
    both_had_a_part(&servers).await;
    for server in servers {
        server.server.stop();
    }
    stage.nothing_is_left_for_later().await;
    everybody_once(&stage.line.ledger().await, &families);
    stage.all_have_ended(FAMILIES as u64).await;
}

/// What each of the two has sent, once it is so many together.
async fn all_sent(servers: &[Replica], wanted: u64) -> [u64; 2] {
    let limit = std::time::Instant::now() + Duration::from_secs(60);
    let sent = loop {
        let sent = [servers[0].sent().await, servers[1].sent().await];
        if sent.iter().sum::<u64>() >= wanted || std::time::Instant::now() > limit {
            break sent;
        }
    };
    assert_eq!(sent.iter().sum::<u64>(), wanted, "{sent:?}");
    sent
}

async fn both_had_a_part(servers: &[Replica]) {
    let sent = all_sent(servers, FAMILIES as u64).await;
    assert!(sent.iter().all(|sent| *sent > 0), "one of the two had nothing to do: {sent:?}");
}

/// Fewer than one server takes up at once: whoever is first has them all.
const OF_ONE: usize = 190;
/// Time for the index to be made again before they are due.
const LATER_MS: i64 = 12_000;

#[tokio::test]
async fn a_server_with_nothing_to_do_lends_its_rate_to_the_one_that_has() {
    let stage = Stage::at("2026-11-23 08:00:00", Timers::Redis).await.of_replicas(REPLICAS);
    let servers = stage.serve(2).await;
    let families = stage.families_due_in(LATER_MS, OF_ONE).await;
    stage.until_indexed(OF_ONE);
    let ledger = stage.line.until("a push for everybody", |ledger| accepted(ledger) >= OF_ONE).await;
    let sent = all_sent(&servers, OF_ONE as u64).await;
    assert!(sent.contains(&0), "one of the two had nothing to do: {sent:?}");
    let busiest = busiest_second(&ledger, "push") as f64;
    assert!(busiest > most_of(1.0), "its own share alone is no more: {busiest} pushes in a second");
    assert!(busiest <= most_of(2.0 + BUNCHED) + POOL, "{busiest} pushes in a second are more than both may make");
    for server in servers {
        server.server.stop();
    }
    stage.nothing_is_left_for_later().await;
    everybody_once(&stage.line.ledger().await, &families);
    stage.all_have_ended(OF_ONE as u64).await;
}

#[tokio::test]
async fn two_servers_share_a_morning_and_nobody_gets_two_messages() {
    a_morning(Timers::Sql).await;
}

#[tokio::test]
async fn two_servers_and_a_redis_share_a_morning_and_nobody_gets_two_messages() {
    a_morning(Timers::Redis).await;
}
