//! Processes that stand still and go on as if nothing had been, and servers that see different halves of
//! what they share.

use hagukumi::domain::delivery::State;
use hagukumi::simulator::{Entry, FaultKind, On, Order, Stay};

use crate::cut::Cut;
use crate::fresh::Fresh;
use crate::machine::{Machine, accepted, postgres};
use crate::redis_server::RedisServer;

const FAMILIES: usize = 40;

fn named(name: &str, value: &str) -> (String, String) {
    (format!("HAGUKUMI_{name}"), value.to_owned())
}

fn conflicts(ledger: &[Entry]) -> usize {
    ledger.iter().filter(|entry| entry.endpoint == "push" && entry.status == 409).count()
}

fn sent(metrics: &str) -> u64 {
    let mine = |line: &&str| line.starts_with("hagukumi_deliveries_total{") && line.contains(r#"result="accepted""#);
    metrics.lines().filter(mine).filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stood_still_past_its_lease_changes_nothing_when_it_goes_on() {
    let database = Fresh::empty(&postgres()).await;
    let machine = Machine::on(&database.url, "2026-11-23 08:00:00").await;
    machine.line.fails(On::Push, FaultKind::Slow(8_000), Stay::Always).await;
    let families = machine.families(FAMILIES, 2_000).await;
    let two = [named("REPLICAS", "2")];
    let zombie = machine.serve_with(&two).await;
    // LINE has taken everything, and its answers are still on their way.
    machine.until_pushed(FAMILIES).await;
    zombie.server.signal("STOP");
    machine.line.tell(Order::NoFaults).await;
    machine.line.advance_to(machine.line.now().await + chrono::TimeDelta::minutes(2)).await;
    let other = machine.serve_with(&two).await;
    machine.line.until("what nobody wrote down again", |ledger| conflicts(ledger) > 0).await;
    machine.until_rows(State::Accepted, FAMILIES as u64).await;
    zombie.server.signal("CONT");
    // It hears what LINE answered long ago, and writes it down where nobody waits for it any more.
    machine.until_page(&zombie.address, "/metrics", |_, text| sent(text) >= FAMILIES as u64).await;
    zombie.server.stop();
    other.server.stop();
    machine.everybody_once(&families).await;
    assert_eq!(machine.rows(State::Accepted).await, FAMILIES as u64);
    assert_eq!(machine.rows(State::Sending).await + machine.rows(State::Waiting).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_had_not_begun_when_it_stood_still_it_leaves_to_the_other() {
    let database = Fresh::empty(&postgres()).await;
    let machine = Machine::on(&database.url, "2026-11-23 08:00:00").await;
    let families = machine.families(FAMILIES, 2_000).await;
    // So many that its share is few a second: most of what it has taken up waits for its turn.
    let slow = [named("REPLICAS", "300")];
    let zombie = machine.serve_with(&slow).await;
    machine.until_pushed(3).await;
    zombie.server.signal("STOP");
    machine.line.advance_to(machine.line.now().await + chrono::TimeDelta::minutes(2)).await;
    let other = machine.serve_with(&[named("REPLICAS", "2")]).await;
    machine.until_pushed(FAMILIES).await;
    zombie.server.signal("CONT");
    assert_eq!(machine.page(&zombie.address, "/livez").await.0, 200);
    zombie.server.stop();
    other.server.stop();
    machine.everybody_once(&families).await;
    assert_eq!(machine.rows(State::Accepted).await, FAMILIES as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sees_the_database_sends_and_who_sees_only_redis_sends_nothing() {
    let database = Fresh::empty(&postgres()).await;
    let machine = Machine::on(&database.url, "2026-11-23 08:00:00").await;
    let families = machine.families(FAMILIES, 6_000).await;
    let (redis, cut) = (RedisServer::start(), Cut::before(&database.url));
    let nobody = format!("redis://{}", crate::server::free_address());
    let with_database = machine.serve_with(&[named("REPLICAS", "2"), named("REDIS_URL", &nobody)]).await;
    let settings = [named("REPLICAS", "2"), named("REDIS_URL", &redis.url()), named("DATABASE_URL", &cut.url)];
    let with_redis = machine.serve_with(&settings).await;
    cut.goes_down();
    assert_eq!(accepted(&machine.line.ledger().await), 0, "the morning has not begun");
    machine.until_pushed(FAMILIES).await;
    machine.until_page(&with_database.address, "/metrics", |_, text| sent(text) >= FAMILIES as u64).await;
    assert_eq!(sent(&machine.page(&with_redis.address, "/metrics").await.1), 0);
    assert_eq!(machine.page(&with_redis.address, "/readyz").await.0, 503);
    assert_eq!(machine.webhook(&with_redis.address, &crate::machine::something("x")).await, 503);
    cut.comes_back();
    machine.until_page(&with_redis.address, "/readyz", |status, _| status == 200).await;
    with_redis.server.stop();
    with_database.server.stop();
    machine.everybody_once(&families).await;
}
