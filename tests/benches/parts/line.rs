//! The simulated LINE, with as many channels and friends as there are accounts and readers, and its books.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use hagukumi::clock::{Clock as _, RehearsalClock};
use hagukumi::simulator::{Channel, ChannelOptions, FaultKind, On, Options, Simulator};
use serde::{Deserialize, Serialize};

use super::{Orders, SECRET, bot, say, token, told};
use crate::people::{slug, user};

/// Its name.
pub const LINE: &str = "line";
/// How often the ledgers are looked at while somebody waits for them.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What LINE begins with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Platform {
    /// How many readers each account has.
    pub friends: Vec<usize>,
    /// What time it is there when it starts; it runs on.
    pub time: DateTime<Utc>,
    /// How long it takes for each answer to a push (milliseconds).
    pub latency_ms: u64,
}

/// What LINE has seen of pushes until now.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Books {
    /// Accepted, also those of one reader.
    pub accepted: usize,
    /// Readers who were pushed something.
    pub readers: usize,
    /// Readers who were pushed more than once.
    pub twice: usize,
    /// Refused, for whatever reason.
    pub refused: usize,
    /// The most that any account asked for in any second.
    pub most_in_a_second: usize,
    /// From the first to the last (seconds).
    pub lasted_s: f64,
    /// From the first to the last of the account that was longest at it (seconds).
    pub longest_s: f64,
}

/// A channel of a measurement.
pub fn channel(account: usize) -> ChannelOptions {
    ChannelOptions {
        slug: slug(account),
        channel_id: format!("{:010}", 2_000_000_000 + account),
        secret: SECRET.to_owned(),
        access_token: token(account),
        bot_user_id: bot(account),
        display_name: slug(account),
        webhook_url: None,
    }
}

/// A platform whose clock runs from that time on.
pub fn platform(accounts: usize, time: DateTime<Utc>) -> Simulator {
    let clock = RehearsalClock::running(time);
    let now = Arc::new(move || clock.now().timestamp_millis());
    Simulator::new(Options { channels: (0..accounts).map(channel).collect(), clock: now, seed: 1 })
}

/// Says where it is; waits for `await N` pushes, or tells its `books`.
pub async fn play(mut orders: Orders, words: &[String]) {
    let begins: Platform = told(words);
    let simulator = platform(begins.friends.len(), begins.time);
    let lines: Vec<Channel> = (0..begins.friends.len()).map(|account| simulator.channel(&slug(account))).collect();
    for (account, (line, friends)) in lines.iter().zip(&begins.friends).enumerate() {
        line.count_only();
        (0..*friends).for_each(|reader| line.user_with_id(user(account, reader)).befriends());
        if begins.latency_ms > 0 {
            line.faults().on(On::Push).always(FaultKind::Slow(begins.latency_ms));
        }
    }
    let running = simulator.serve(std::net::TcpListener::bind("127.0.0.1:0").expect("a free port")).await;
    println!("ready {}", running.api_url);
    while let Some(order) = orders.next().await {
        if let Some(count) = order.strip_prefix("await ") {
            let wanted: usize = count.parse().expect("a number");
            while lines.iter().map(Channel::requests).sum::<usize>() < wanted {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            println!("reached");
        } else {
            say("books ", &books(&lines));
        }
    }
}

fn books(lines: &[Channel]) -> Books {
    let mut books = Books::default();
    let (mut first, mut last) = (u64::MAX, 0);
    for line in lines {
        let (mut pushed, mut times) = (HashMap::<String, usize>::new(), Vec::new());
        for entry in line.ledger().into_iter().filter(|entry| entry.endpoint == "push") {
            times.push(entry.watch_ms);
            if entry.accepted {
                books.accepted += 1;
                *pushed.entry(entry.to.into_iter().next().unwrap_or_default()).or_default() += 1;
            } else {
                books.refused += 1;
            }
        }
        books.readers += pushed.len();
        books.twice += pushed.values().filter(|count| **count > 1).count();
        times.sort_unstable();
        books.most_in_a_second = books.most_in_a_second.max(most_in_a_second(&times));
        if let (Some(began), Some(ended)) = (times.first(), times.last()) {
            books.longest_s = books.longest_s.max((ended - began) as f64 / 1_000.0);
            (first, last) = (first.min(*began), last.max(*ended));
        }
    }
    books.lasted_s = last.saturating_sub(first) as f64 / 1_000.0;
    books
}

/// The most of these sorted times (milliseconds) that lie within any second.
fn most_in_a_second(times: &[u64]) -> usize {
    let mut first = 0;
    let within = times.iter().enumerate().map(|(at, time)| {
        while *time - times[first] >= 1_000 {
            first += 1;
        }
        at - first + 1
    });
    within.max().unwrap_or(0)
}
