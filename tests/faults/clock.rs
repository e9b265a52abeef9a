//! A clock that jumps, on a server that does not rehearse. Without a clock of the database's own, LINE is
//! the witness; with PostgreSQL, its server is the other.

use hagukumi::domain::delivery::State;
use hagukumi::simulator::Entry;

use crate::machine::{Machine, Replica, accepted, time};
use crate::postgres::Postgres;
use crate::shim::Shim;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Families whose day begins while the clock is wrong.
const FAMILIES: usize = 12;

fn replies(ledger: &[Entry]) -> usize {
    ledger.iter().filter(|entry| entry.endpoint == "reply" && entry.accepted).count()
}

fn pushes(ledger: &[Entry]) -> usize {
    ledger.iter().filter(|entry| entry.endpoint == "push").count()
}

/// The server says that its clock is wrong by so much, and answers whoever writes all the same.
async fn is_held(machine: &Machine, replica: &Replica, jump: i64) {
    let hana = machine.line.new_user().await;
    let before = replies(&machine.line.ledger().await);
    assert_eq!(hana.add_friend().await, 200);
    hana.hears("友だち追加、ありがとうございます").await;
    machine.until_page(&replica.address, "/readyz?verbose", |_, text| text.contains(r#""held":true"#)).await;
    let (status, text) = machine.page(&replica.address, "/readyz?verbose").await;
    assert_eq!(status, 200, "webhooks go on");
    let said: serde_json::Value = serde_json::from_str(&text).unwrap();
    let off = ["database", "line"].iter().filter_map(|witness| said["clock"][witness].as_f64());
    assert!(off.clone().any(|seconds| (seconds - jump as f64 / 1e3).abs() < 30.0), "{text}");
    let metrics = machine.page(&replica.address, "/metrics").await.1;
    assert!(metrics.contains("hagukumi_clock_held 1") && metrics.contains("hagukumi_clock_skew_seconds"));
    // More than one look at who is due.
    for number in 2..=4 {
        assert_eq!(hana.says("相談").await, 200);
        machine.line.until("an answer", |ledger| replies(ledger) >= before + number).await;
    }
}

async fn jumps(machine: &Machine, replica: &Replica) {
    let mut families = Vec::new();
    for jump in [HOUR, -HOUR, DAY, -DAY] {
        machine.clock_is_ahead_of_line(jump).await;
        families.extend(machine.families(FAMILIES, 0).await);
        let before = pushes(&machine.line.ledger().await);
        is_held(machine, replica, jump).await;
        assert_eq!(pushes(&machine.line.ledger().await), before, "nothing is pushed by a clock that is {jump} ms off");
        machine.clock_is_ahead_of_line(0).await;
        let ledger = machine.until_pushed(families.len()).await;
        assert_eq!(accepted(&ledger), families.len());
        replica.server.until_said("clock is right again");
    }
    machine.everybody_once(&families).await;
    assert_eq!(machine.rows(State::Lapsed).await, 0, "and no day was lost");
}

#[tokio::test]
async fn while_the_clock_is_an_hour_or_a_day_off_nothing_is_pushed_and_everybody_is_answered() {
    let machine = Machine::with_its_own_clock(None, "2026-11-23 08:00:00").await;
    machine.clock_is_ahead_of_line(0).await;
    let replica = machine.serve().await;
    jumps(&machine, &replica).await;
    replica.server.stop();
}

#[tokio::test]
async fn the_clock_of_postgresql_accuses_a_server_whose_own_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let shim = Shim::new(folder.path());
    let start = time("2026-11-23 08:00:00");
    let ahead = start - hagukumi::clock::Clock::now(&hagukumi::clock::SystemClock);
    shim.clock_is_ahead(ahead.num_milliseconds());
    let postgres = Postgres::start_with(&shim.settings());
    let machine = Machine::with_its_own_clock(Some(&postgres.url()), "2026-11-23 08:00:00").await;
    shim.clock_is_ahead(machine.ahead().await);
    machine.clock_is_ahead_of_line(0).await;
    let replica = machine.serve().await;
    // LINE has not been heard yet: nobody has written, and the database is asked first.
    let text = machine.page(&replica.address, "/readyz?verbose").await.1;
    assert!(text.contains(r#""line":null"#), "{text}");
    jumps(&machine, &replica).await;
    replica.server.stop();
}

#[tokio::test]
async fn a_server_that_starts_with_a_wrong_clock_asks_before_it_pushes() {
    let machine = Machine::with_its_own_clock(None, "2026-11-23 08:00:00").await;
    let families = machine.families(FAMILIES, 0).await;
    machine.clock_is_ahead_of_line(DAY).await;
    let replica = machine.serve().await;
    is_held(&machine, &replica, DAY).await;
    assert_eq!(pushes(&machine.line.ledger().await), 0);
    machine.clock_is_ahead_of_line(0).await;
    machine.until_pushed(families.len()).await;
    replica.server.stop();
    machine.everybody_once(&families).await;
}
