//! Eight o'clock on two servers.

use std::time::Duration;

use hagukumi::simulator::{FaultKind, On, Stay};

use crate::replicas::{Stage, Timers, accepted, busiest_second, everybody_once};

/// More than one server takes up at once.
const FAMILIES: usize = 600;
/// LINE's documented limit for pushes in a second.
const LINE_RATE: usize = 2_000;

async fn a_morning(timers: Timers) {
    let stage = Stage::at("2026-11-23 07:59:50", timers).await;
    let families = stage.families(FAMILIES, "2026-11-23 08:00:00").await;
    // What one server has taken up keeps it busy for a while.
    stage.line.fails(On::Push, FaultKind::Slow(1_500), Stay::Always).await;
    let servers = stage.serve(2).await;
    let ledger = stage.line.until("a push for everybody", |ledger| accepted(ledger) >= FAMILIES).await;
    assert!(busiest_second(&ledger, "push") <= LINE_RATE);
    let limit = std::time::Instant::now() + Duration::from_secs(60);
    let sent = loop {
        let sent = [servers[0].sent().await, servers[1].sent().await];
        if sent.iter().sum::<u64>() >= FAMILIES as u64 || std::time::Instant::now() > limit {
            break sent;
        }
    };
    assert_eq!(sent.iter().sum::<u64>(), FAMILIES as u64, "{sent:?}");
    assert!(sent.iter().all(|sent| *sent > 0), "one of the two had nothing to do: {sent:?}");
    for server in servers {
        server.server.stop();
    }
    stage.nothing_is_left_for_later().await;
    everybody_once(&stage.line.ledger().await, &families);
    stage.all_have_ended(FAMILIES as u64).await;
}

#[tokio::test]
async fn two_servers_share_a_morning_and_nobody_gets_two_messages() {
    a_morning(Timers::Sql).await;
}

#[tokio::test]
async fn two_servers_and_a_redis_share_a_morning_and_nobody_gets_two_messages() {
    a_morning(Timers::Redis).await;
}
