//! Twenty thousand families due at the same moment, and Redis flushed ten seconds before.
//!
//! They are put into the store in a few transactions: to register each by chatting would take longer than
//! everything else here. Most of them have let the account go since, without a word from LINE: their day is
//! planned like everybody's and nothing is sent, since sending twenty thousand messages takes minutes in a
//! programme that is not optimised.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use hagukumi::domain::family::{Journey, Role, Standing};
use hagukumi::domain::ids::LineUserId;
use hagukumi::store::NewReader;

use crate::redis_server::RedisServer;
use crate::support::{World, time};

/// Everybody.
const READERS: usize = 20_000;
/// Those whose messages leave.
const LISTENING: usize = 500;
/// Readers in a transaction.
const BATCH: usize = 2_000;

fn ms(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

/// Families whose next message is due at `due`; one in so many listens.
async fn settle_in(world: &World, due: i64) {
    let store = world.app.store();
    let account = store.account("main").await.unwrap().unwrap().id;
    for batch in 0..READERS / BATCH {
        let tx = store.begin().await.unwrap();
        for number in batch * BATCH..(batch + 1) * BATCH {
            let listens = number % (READERS / LISTENING) == 0;
            let user = format!("U{number:032x}");
            if listens {
                let _knows_line = world.line.user_with_id(user.clone());
            }
            let user = LineUserId::parse(&user).unwrap();
            let new = NewReader { account, user, locale: "ja".into(), at: ms(time("2026-11-22 09:00")) };
            let mut reader = tx.keep_reader(new).await.unwrap();
            let journey = Journey::Born { born: "2026-09-01".parse().unwrap(), due: None };
            let child = tx.keep_child(account, journey, None).await.unwrap();
            tx.keep_follow(reader.id, child, Role::Other, true).await.unwrap();
            reader.standing = if listens { Standing::Following } else { Standing::Away };
            reader.next_due_at = Some(due);
            tx.save_reader(&reader).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn twenty_thousand_due_at_once_and_redis_flushed_ten_seconds_before_is_a_morning_like_any_other() {
    let redis = RedisServer::start();
    let world = World::with("2026-11-22 09:00", &[("REDIS_URL", &redis.url())]).await;
    let morning = time("2026-11-23 08:00");
    settle_in(&world, ms(morning)).await;
    redis.flush();
    world.until("2026-11-22 10:00").await;
    assert_eq!(redis.readers(), READERS, "the index knows them all");

    world.app.advance_to(&world.clock, morning - TimeDelta::seconds(10)).await.unwrap();
    redis.flush();
    world.app.advance_to(&world.clock, morning + TimeDelta::seconds(1)).await.unwrap();

    let account = world.app.store().account("main").await.unwrap().unwrap().id;
    assert_eq!(world.app.store().readers_due(account, ms(morning), 1).await.unwrap(), [], "all were planned");
    assert_eq!(redis.readers(), LISTENING, "whoever listens waits for tomorrow, and nobody else");
    let mut pushes: HashMap<String, Vec<i64>> = HashMap::new();
    for push in world.line.ledger().into_iter().filter(|entry| entry.endpoint == "push") {
        pushes.entry(push.to.concat()).or_default().push(push.at_ms);
    }
    assert_eq!(pushes.len(), LISTENING);
    assert!(pushes.values().all(|times| *times == [ms(morning)]), "everybody once, and on time");
    world.line_refused_nothing();
}
