//! One point, every stage: without Redis, with one that keeps what it knows, with one that forgets it at
//! the very moment; one server or, on PostgreSQL, two.

use std::fmt;

use hagukumi::fail::Point;

use crate::day::{AFTER_THE_LEASE, BEGINS, Cast, Expects, JUST_BEFORE};
use crate::redis_server::RedisServer;
use crate::town::{Town, long, on_postgres, until_one_is_dead};

/// What becomes of Redis when the server dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Redis {
    /// There is none.
    None,
    /// It keeps what it knows.
    Kept,
    /// It forgets everything.
    Flushed,
}

/// One stage.
#[derive(Clone, Copy)]
struct Stage {
    redis: Redis,
    servers: usize,
    /// The how manyth time the first point is reached.
    nth: usize,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = if on_postgres() { "PostgreSQL" } else { "SQLite" };
        write!(f, "{database}, Redis {:?}, servers: {}, time: {}", self.redis, self.servers, self.nth)
    }
}

/// Kills at these points, one after the other, each after a start at that time; then servers come back.
pub struct Course {
    /// The points, and when the servers start that meet them.
    pub deaths: &'static [(Point, &'static str)],
    /// When servers come back that live.
    pub returns: &'static str,
    /// What must have become of the day.
    pub expects: Expects,
}

/// Every stage in a long run; otherwise the one that forgets most.
fn stages(course: &Course) -> Vec<Stage> {
    let first = course.deaths[0].0;
    let mut stages = Vec::new();
    for redis in [Redis::Flushed, Redis::Kept, Redis::None] {
        for servers in 1..=if on_postgres() { 2 } else { 1 } {
            // Two servers share what there is to do: neither is sure to come by twice.
            let times = if servers == 1 && comes_twice(first) { 2 } else { 1 };
            stages.extend((1..=times).map(|nth| Stage { redis, servers, nth }));
        }
    }
    // The index is made only where there is one.
    stages.retain(|stage| first != Point::X1 || stage.redis != Redis::None);
    stages.retain(|stage| long() || (stage.redis == Redis::Flushed && stage.nth == 1 && stage.servers == 1));
    stages
}

/// Whether a single server comes by the point for every event or every morning. Answers are leased and
/// written down together, a wait is handed on once, and the index is made once.
const fn comes_twice(point: Point) -> bool {
    use Point::{
        A1, A2, A3, A4, B1, B2, B3, C1, C2, C3, D1, D3, D4, D5, D6, E0, E1, E2, E3, E4, E5, R1, R2, R3, T1, T2, X1,
    };
    match point {
        A1 | A2 | A3 | A4 | B1 | B2 | B3 | C1 | C2 | C3 | D1 | D3 | D4 | D5 | D6 | E1 | E2 => true,
        E0 | E3 | E4 | E5 | R1 | R2 | R3 | T1 | T2 | X1 => false,
    }
}

/// Runs the course on every stage, and says how many there were.
pub async fn run(name: &str, course: &Course) {
    let stages = stages(course);
    assert!(!stages.is_empty(), "no test without a run");
    for stage in &stages {
        // Shown where a run fails.
        eprintln!("{name}: {stage}");
        on_stage(course, *stage).await;
    }
    eprintln!("{name}: {} runs", stages.len());
}

async fn on_stage(course: &Course, stage: Stage) {
    let town = Town::at(BEGINS, stage.redis != Redis::None).await;
    let cast = Cast::of(&town).await;
    let mut killed_ms = Vec::new();
    for (at, (point, start)) in course.deaths.iter().enumerate() {
        let nth = if at == 0 { stage.nth } else { 1 };
        let servers = town.serve(start, stage.servers, Some((*point, nth))).await;
        if at == 0 && course.expects != Expects::Draft {
            told(*point, stage, cast.both_write().await);
        }
        let survivors = until_one_is_dead(servers, *point);
        killed_ms.push(town.line.now().await.timestamp_millis());
        town.redis.iter().filter(|_| stage.redis == Redis::Flushed).for_each(RedisServer::flush);
        if !survivors.is_empty() {
            town.balance(&survivors).await;
            town.line_tells_again().await;
        }
        for survivor in survivors {
            survivor.server.stop();
        }
    }
    back_again(&town, &cast, (course.returns, stage.servers), course.expects, &killed_ms).await;
}

/// So many servers come back at that time, and everything ends well.
async fn back_again(
    town: &Town,
    cast: &Cast<'_>,
    (returns, count): (&str, usize),
    expects: Expects,
    killed_ms: &[i64],
) {
    let servers = town.serve(returns, count, None).await;
    town.line_tells_again().await;
    cast.is_served(expects).await;
    for one in servers {
        one.server.stop();
    }
    cast.ends_well(expects, killed_ms).await;
}

/// D2: killed when half of a request to that endpoint has reached LINE. The client library writes a
/// request as a whole; here the wire between keeps the second half back until the server is dead.
pub async fn half_way(endpoint: &'static str) {
    let all = [Redis::Flushed, Redis::Kept, Redis::None];
    let runs = if long() { &all[..] } else { &all[..1] };
    for redis in runs {
        eprintln!("half of {endpoint}: Redis {redis:?}");
        let town = Town::at(BEGINS, *redis != Redis::None).await;
        let cast = Cast::of(&town).await;
        town.wire.cut_in_half(endpoint);
        let node = town.serve_behind_the_wire(JUST_BEFORE).await;
        cast.both_write().await;
        town.wire.until_half();
        let before = town.line.ledger().await.len();
        node.server.kill();
        let killed_ms = town.line.now().await.timestamp_millis();
        let ledger = town.line.ledger().await;
        assert!(ledger[before..].iter().all(|entry| !entry.accepted), "LINE took half a request: {ledger:?}");
        town.redis.iter().filter(|_| *redis == Redis::Flushed).for_each(RedisServer::flush);
        back_again(&town, &cast, (AFTER_THE_LEASE, 1), Expects::Mornings, &[killed_ms]).await;
    }
    eprintln!("half of {endpoint}: {} runs", runs.len());
}

/// What LINE was told by a single server that died over the first webhook.
fn told(point: Point, stage: Stage, statuses: [u16; 2]) {
    if stage.servers > 1 || stage.nth > 1 {
        return;
    }
    match point {
        Point::A1 | Point::A2 | Point::A3 => assert!(!statuses.contains(&200), "{point:?}: {statuses:?}"),
        Point::A4 => assert!(statuses.contains(&200), "{point:?}: {statuses:?}"),
        _ => {}
    }
}
