//! Killed at any moment, again and again, while families write and mornings go out.
//!
//! The moments come from a seed, which is said at the beginning; `HAGUKUMI_TEST_SEED` gives one.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use hagukumi::clock::{Chance as _, SeededChance, SystemChance};
use hagukumi::simulator::{Entry, Order};

use crate::day::{BEGINS, days, enrol, nothing_is_open, nothing_was_said_twice, pushes};
use crate::redis_server::RedisServer;
use crate::town::{Node, Town, long, on_postgres, time};

/// Families whose mornings go out from eight o'clock on, one after the other.
const FAMILIES: usize = 60;
/// A registration and a stop, typed by somebody who does not wait for answers.
const TYPED: [&str; 5] = ["同意して登録する", "2027/3/1", "つけない", "登録する", "停止"];
/// People who write in the life of a server.
const PEOPLE: usize = 3;
/// More than a lease.
const MORE_THAN_A_LEASE: TimeDelta = TimeDelta::seconds(61);
/// The shortest and the longest life of a server (milliseconds).
const LIFE_MS: (u64, u64) = (200, 2_000);

/// Repeatable chance.
struct Dice(SeededChance);

impl Dice {
    fn thrown() -> Self {
        let mut bytes = [0; 4];
        SystemChance.fill(&mut bytes);
        let given = std::env::var("HAGUKUMI_TEST_SEED").ok();
        let seed = given.map_or_else(
            || u64::from(u32::from_le_bytes(bytes)),
            |seed| seed.parse().expect("HAGUKUMI_TEST_SEED is a number"),
        );
        eprintln!("HAGUKUMI_TEST_SEED={seed}");
        Self(SeededChance::new(seed))
    }

    /// A number below the bound.
    fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % bound
    }
}

/// Everything that is alive in the soak.
struct Soak<'t> {
    town: &'t Town,
    dice: Dice,
    families: Vec<String>,
    people: Vec<String>,
    killed_ms: Vec<i64>,
}

impl<'t> Soak<'t> {
    async fn of(town: &'t Town) -> Self {
        let hand = town.by_hand().await;
        let families = town.line.friends(FAMILIES).await;
        for (number, family) in families.iter().enumerate() {
            let minute = 8 * 60 + u16::try_from(number / 2).expect("a small number");
            let at = time(&format!("2026-11-23 {:02}:{:02}:00", minute / 60, minute % 60));
            enrol(&hand, family, Some(minute), at.timestamp_millis()).await;
        }
        hand.bot.leave().await;
        town.redis.iter().for_each(RedisServer::flush);
        town.line.advance_to(time("2026-11-23 07:59:55")).await;
        Self { town, dice: Dice::thrown(), families, people: Vec::new(), killed_ms: Vec::new() }
    }

    /// Somebody new adds the account and writes everything at once. Whatever gets no 200 comes again.
    async fn somebody_writes(&mut self) {
        let person = self.town.line.new_user().await;
        self.people.push(person.id.clone());
        person.add_friend().await;
        for text in TYPED {
            person.says(text).await;
        }
    }

    async fn some_write(&mut self) {
        for _ in 0..PEOPLE {
            self.somebody_writes().await;
        }
        std::future::pending().await
    }

    /// Servers live and are killed, until the time is over.
    async fn goes_on_for(&mut self, length: Duration, count: usize) {
        let (until, mut nodes) = (Instant::now() + length, Vec::new());
        while Instant::now() < until {
            self.are_there(&mut nodes, count).await;
            let (shortest, longest) = LIFE_MS;
            let life = Duration::from_millis(shortest + self.dice.below(longest - shortest));
            let _over = tokio::time::timeout(life, self.some_write()).await;
            if nodes.is_empty() {
                continue; // the machine was too busy for a start
            }
            let one = usize::try_from(self.dice.below(nodes.len() as u64)).expect("a small number");
            let mut dead = vec![nodes.swap_remove(one)];
            // Clocks of servers do not differ by minutes: time goes on when nobody is left.
            let all = self.dice.below(2) == 0;
            if all {
                dead.append(&mut nodes);
            }
            self.are_killed(dead).await;
            if all {
                self.time_goes_on().await;
            }
        }
        self.are_killed(nodes).await;
    }

    async fn are_killed(&mut self, nodes: Vec<Node>) {
        for node in nodes {
            node.server.kill();
            self.killed_ms.push(self.town.line.now().await.timestamp_millis());
        }
    }

    async fn are_there(&self, nodes: &mut Vec<Node>, count: usize) {
        while nodes.len() < count {
            let more = [("REPLICAS", count.to_string())];
            nodes.push(self.town.begin(&self.town.line.api_url, &more).await);
        }
        self.town.balance(nodes).await;
        // One in four is killed while it starts, or soon after.
        if self.dice.below(4) > 0 {
            nodes.retain(Node::serves);
            self.town.line.tell(Order::RedeliverFailed).await;
        }
    }

    /// Leases of the dead run out before somebody comes, and sometimes Redis forgets.
    async fn time_goes_on(&self) {
        let later = self.town.line.now().await + MORE_THAN_A_LEASE;
        self.town.line.advance_to(later).await;
        if self.dice.below(2) == 0 {
            self.town.redis.iter().for_each(RedisServer::flush);
        }
    }

    async fn ends_well(&self, count: usize) {
        self.time_goes_on().await;
        let servers = self.town.serve("2026-11-23 08:00:00", count, None).await;
        self.town.line_tells_again().await;
        for one in servers {
            one.server.stop();
        }
        // Whoever is due later is served then, by a server that is replaced once more.
        let servers = self.town.serve("2026-11-23 08:40:00", count, None).await;
        let all = |ledger: &[Entry]| self.families.iter().all(|family| pushes(ledger, family).count() > 0);
        self.town.line.until("a morning for everybody", all).await;
        for one in servers {
            one.server.stop();
        }
        let hand = self.town.by_hand().await;
        hand.settle(self.town).await;
        for moment in ["2026-11-23 20:00:20", "2026-11-24 08:00:20", "2026-11-24 08:30:20"] {
            hand.waits_until(self.town, moment).await;
        }
        let ledger = self.town.line.ledger().await;
        for family in &self.families {
            assert_eq!(days(pushes(&ledger, family)), ["11-23", "11-24"]);
        }
        for person in &self.people {
            nothing_was_said_twice(&ledger, person, &self.killed_ms);
        }
        nothing_is_open(self.town, &hand).await;
        hand.bot.leave().await;
    }
}

#[tokio::test]
async fn servers_killed_at_any_moment_lose_and_double_nothing() {
    let (length, count) = (Duration::from_secs(if long() { 300 } else { 15 }), if on_postgres() { 2 } else { 1 });
    let town = Town::at(BEGINS, on_postgres()).await;
    let mut soak = Soak::of(&town).await;
    soak.goes_on_for(length, count).await;
    eprintln!("{} kills, {} people, {} families", soak.killed_ms.len(), soak.people.len(), FAMILIES);
    soak.ends_well(count).await;
}
