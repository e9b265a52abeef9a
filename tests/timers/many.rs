//! Everybody due in the same second: no script that chokes, nobody forgotten, nobody twice.

use std::collections::HashSet;

use hagukumi::domain::ids::ReaderId;
use hagukumi::timers::{Timer, TimerIndex as _};

use crate::bench::{Bench, NOW};

/// More than go into a stack of Lua, and into a page.
async fn everybody_is_named_once(readers: i64) {
    let bench = Bench::new().await;
    let index = bench.tended().await;
    let all: Vec<Timer> = (1..=readers).map(|id| (ReaderId(id), Some(NOW))).collect();
    index.set(bench.account, &all).await.unwrap();
    let mut named = HashSet::new();
    loop {
        let due = index.due(bench.account, NOW, 200).await.unwrap();
        if due.is_empty() {
            break;
        }
        assert!(due.len() <= 200);
        let moved: Vec<Timer> = due.iter().map(|reader| (*reader, Some(NOW + 86_400_000))).collect();
        index.set(bench.account, &moved).await.unwrap();
        for reader in due {
            assert!(named.insert(reader), "{reader} was named twice");
        }
    }
    assert_eq!(named.len(), readers as usize);
    assert_eq!(bench.redis.readers(), readers as usize, "all wait for tomorrow");
}

#[tokio::test]
async fn twenty_thousand_due_at_once_are_each_named_once() {
    everybody_is_named_once(20_000).await;
}

#[tokio::test]
async fn a_hundred_thousand_due_at_once_are_each_named_once() {
    everybody_is_named_once(100_000).await;
}

#[tokio::test]
async fn processes_that_ask_side_by_side_are_never_told_the_same() {
    const READERS: i64 = 5_000;
    let bench = Bench::new().await;
    let first = bench.tended().await;
    let second = bench.tended().await;
    let all: Vec<Timer> = (1..=READERS).map(|id| (ReaderId(id), Some(NOW))).collect();
    first.set(bench.account, &all).await.unwrap();
    let mut named = Vec::new();
    loop {
        let (a, b) = tokio::join!(first.due(bench.account, NOW, 100), second.due(bench.account, NOW, 100));
        let (a, b) = (a.unwrap(), b.unwrap());
        if a.is_empty() && b.is_empty() {
            break;
        }
        named.extend(a.into_iter().chain(b));
    }
    assert_eq!(named.len(), READERS as usize);
    assert_eq!(named.iter().collect::<HashSet<_>>().len(), READERS as usize);
}
