//! Twenty thousand families due at the same moment, and Redis flushed ten seconds before.
//!
//! They are put into the store in a few transactions: to register each by chatting would take longer than
//! everything else here. Every one of their messages leaves, arrives at LINE and is looked at by the judge
//! at the end. LINE is waited for longer than usual, since a test may run on a machine that does much else.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use hagukumi::domain::delivery::State;
use hagukumi::domain::family::{Journey, Role};
use hagukumi::domain::ids::LineUserId;
use hagukumi::line::client::Limits;
use hagukumi::store::NewReader;

use crate::redis_server::RedisServer;
use crate::support::{World, time};

/// Everybody.
const ALL: usize = 20_000;
/// So many batches that one does not do, and no more than take a few seconds.
const FEW: usize = 2_000;
/// Readers in a transaction.
const BATCH: usize = 2_000;
/// What a bot that waits for LINE however long it takes asks for at once.
const PATIENT: Limits = Limits { connect: Duration::from_secs(60), total: Duration::from_secs(60), in_flight: 64 };

fn ms(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

/// So many readers whose next message is due at `due`, two of each family.
async fn settle_in(world: &World, readers: usize, due: i64) {
    let store = world.app.store();
    let account = store.account("main").await.unwrap().unwrap().id;
    for batch in 0..readers.div_ceil(BATCH) {
        let tx = store.begin().await.unwrap();
        let mut child = None;
        for number in batch * BATCH..readers.min((batch + 1) * BATCH) {
            let user = world.line.user_with_id(format!("U{number:032x}"));
            user.befriends();
            let user = LineUserId::parse(user.id()).unwrap();
            let new = NewReader { account, user, locale: "ja".into(), at: ms(time("2026-11-22 09:00")) };
            let reader = tx.keep_reader(new).await.unwrap();
            let (role, of) = match child.take() {
                Some(of) => (Role::Other, of),
                None => {
                    let journey = Journey::Born { born: "2026-09-01".parse().unwrap(), due: None };
                    (Role::Mother, *child.insert(tx.keep_child(account, journey, None).await.unwrap()))
                }
            };
            tx.keep_follow(reader.id, of, role, true).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    world.database().damage(&format!("UPDATE reader SET next_due_at = {due}")).await;
}

/// Waits until the index knows them all; Redis may have been too busy to answer in time.
async fn indexed(world: &World, redis: &RedisServer, readers: usize) {
    let limit = Instant::now() + PATIENT.total;
    while redis.readers() != readers {
        assert!(Instant::now() < limit, "the index knows {} of {readers}", redis.readers());
        world.settle().await;
    }
}

async fn due_at_once_and_redis_flushed_ten_seconds_before(readers: usize) {
    let redis = RedisServer::start();
    let world = World::within("2026-11-22 09:00", &[("REDIS_URL", &redis.url())], PATIENT).await;
    let morning = time("2026-11-23 08:00");
    settle_in(&world, readers, ms(morning)).await;
    redis.flush();
    world.until("2026-11-22 10:00").await;
    indexed(&world, &redis, readers).await;

    world.app.advance_to(&world.clock, morning - TimeDelta::seconds(10)).await.unwrap();
    redis.flush();
    // What a busy machine cannot look at in time is taken up again when its lease has run out.
    world.app.advance_to(&world.clock, morning + TimeDelta::minutes(5)).await.unwrap();

    let store = world.app.store();
    let account = store.account("main").await.unwrap().unwrap().id;
    assert_eq!(store.readers_due(account, ms(morning), 1).await.unwrap(), [], "all were planned");
    // Everybody waits for tomorrow.
    indexed(&world, &redis, readers).await;
    assert_eq!(store.deliveries_in(State::Accepted).await.unwrap(), readers as u64, "all have left");
    let mut pushes: HashMap<String, usize> = HashMap::new();
    for push in world.line.ledger().iter().filter(|entry| entry.endpoint == "push" && entry.delivered) {
        *pushes.entry(push.to.concat()).or_default() += 1;
    }
    assert_eq!(pushes.len(), readers);
    assert!(pushes.values().all(|pushes| *pushes == 1), "everybody once");
}

/// As many as are meant where somebody has time for it, otherwise so many.
fn all_or(few: usize) -> usize {
    if std::env::var_os("HAGUKUMI_TEST_LONG").is_some() { ALL } else { few }
}

/// With one writer and a disk that is waited for, it is the harder of the two for so many.
mod on_sqlite {
    use super::*;

    #[tokio::test]
    async fn twenty_thousand_due_at_once_and_redis_flushed_ten_seconds_before_all_get_their_morning_once() {
        due_at_once_and_redis_flushed_ten_seconds_before(ALL).await;
    }
}

mod on_postgres {
    use super::*;

    #[tokio::test]
    async fn many_due_at_once_and_redis_flushed_ten_seconds_before_all_get_their_morning_once() {
        due_at_once_and_redis_flushed_ten_seconds_before(all_or(FEW)).await;
    }
}
