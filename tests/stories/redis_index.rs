//! Mornings with Redis beside the database: found through it while it is well, and without it while it
//! is not; by everybody once.

use chrono::{DateTime, Timelike as _};

use crate::redis_server::RedisServer;
use crate::support::{Parent, Registers, World};

const DUE: &str = "2027-03-01";

/// A world with a Redis of its own.
async fn world_with(redis: &RedisServer) -> World {
    World::with("2026-11-22 09:00", &[("REDIS_URL", &redis.url())]).await
}

async fn registered(world: &World) -> Parent<'_> {
    world.registered(Registers::Due, DUE, None).await
}

/// The seconds after the minute at which pushes arrived.
fn seconds(parent: &Parent<'_>) -> Vec<u32> {
    parent.pushes().iter().map(|push| DateTime::from_timestamp_millis(push.at_ms).unwrap().second()).collect()
}

/// Takes one reader, the first, out of the index, as a hint that was lost would leave it.
fn forgets_somebody(redis: &RedisServer) {
    let key = redis.readers_key();
    let members: Vec<String> = redis.ask(&["ZRANGE", &key, "0", "0"]);
    assert_eq!(redis.ask::<usize>(&["ZREM", &key, &members[0]]), 1);
}

#[tokio::test]
async fn readers_are_found_through_redis_and_whoever_it_forgot_by_the_sweep() {
    let redis = RedisServer::start();
    let world = world_with(&redis).await;
    let (hana, sora) = (registered(&world).await, registered(&world).await);
    assert_eq!(redis.readers(), 2);
    forgets_somebody(&redis);
    world.until("2026-11-23 12:00").await;
    let mut late = [seconds(&hana), seconds(&sora)];
    late.sort();
    // Had the database been asked first, both would have been on time.
    assert_eq!(late, [[0], [15]]);
    assert_eq!(redis.readers(), 2, "and is known from then on");
    world.until("2026-11-24 12:00").await;
    for parent in [&hana, &sora] {
        assert_eq!(*seconds(parent).last().unwrap(), 0);
        parent.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    }
}

#[tokio::test]
async fn with_redis_gone_at_the_start_everything_goes_by_the_database_and_it_is_welcome_later() {
    let redis = RedisServer::not_yet();
    let world = world_with(&redis).await;
    let hana = registered(&world).await;
    world.until("2026-11-23 12:00").await;
    assert_eq!(hana.push_times(), ["11-23 08:00"]);
    redis.begin();
    world.until("2026-11-23 18:00").await;
    assert_eq!(redis.readers(), 1, "it knows her now");
    world.until("2026-11-25 12:00").await;
    assert_eq!(seconds(&hana), [0, 0, 0]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn a_redis_that_is_lost_while_running_costs_nobody_a_morning() {
    let redis = RedisServer::start();
    let world = world_with(&redis).await;
    let hana = registered(&world).await;
    world.until("2026-11-23 07:50").await;
    redis.kill();
    let sora = registered(&world).await;
    world.until("2026-11-24 09:00").await;
    redis.begin();
    world.until("2026-11-24 18:00").await;
    assert_eq!(redis.readers(), 2, "it came back empty and knows everybody");
    world.until("2026-11-26 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00", "11-26 08:00"]);
    // Her message of the 23rd came with the answer to her registration.
    sora.was_pushed(&["11-24 08:00", "11-25 08:00", "11-26 08:00"]);
}

#[tokio::test]
async fn a_redis_that_is_flushed_just_before_the_morning_delays_nobody() {
    let redis = RedisServer::start();
    let world = world_with(&redis).await;
    let (hana, sora) = (registered(&world).await, registered(&world).await);
    for day in ["2026-11-23", "2026-11-24"] {
        world.until(&format!("{day} 07:59")).await;
        redis.flush();
        world.until(&format!("{day} 12:00")).await;
        assert_eq!(redis.readers(), 2);
    }
    for parent in [&hana, &sora] {
        assert_eq!(seconds(parent), [0, 0]);
        parent.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    }
}

#[tokio::test]
async fn an_old_redis_that_names_readers_who_stopped_moved_or_left_wakes_nobody() {
    let redis = RedisServer::start();
    let world = world_with(&redis).await;
    let (hana, sora, umi) = (registered(&world).await, registered(&world).await, registered(&world).await);
    world.until("2026-11-23 07:00").await;
    redis.save();
    sora.says("停止").await;
    world.until("2026-11-23 12:00").await;
    umi.says("やすむ").await;
    umi.taps("1か月やすむ").await;
    redis.kill();
    redis.begin();
    assert_eq!(redis.readers(), 3, "as they were at seven");
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    sora.was_pushed(&[]);
    umi.was_pushed(&["11-23 08:00"]);
}

#[tokio::test]
async fn ids_that_nobody_has_and_times_that_are_past_are_extra_wake_ups_and_no_more() {
    let redis = RedisServer::start();
    let world = world_with(&redis).await;
    let (hana, sora) = (registered(&world).await, registered(&world).await);
    sora.says("停止").await;
    world.until("2026-11-23 12:00").await;
    let key = redis.readers_key();
    let hanas: Vec<String> = redis.ask(&["ZRANGE", &key, "0", "-1"]);
    assert_eq!(hanas.len(), 1);
    let tomorrow: String = redis.ask(&["ZSCORE", &key, &hanas[0]]);
    for id in [hanas[0].as_str(), "zzz", "1y2p0ij32e8e7", "not an id"] {
        redis.ask::<()>(&["ZADD", &key, "1", id]);
    }
    world.settle().await;
    assert_eq!(redis.ask::<String>(&["ZSCORE", &key, &hanas[0]]), tomorrow, "her timer was put right");
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    sora.was_pushed(&[]);
}

#[tokio::test]
async fn a_redis_that_answers_nobody_is_not_waited_for() {
    let redis = RedisServer::start();
    let world = world_with(&redis).await;
    let hana = registered(&world).await;
    world.until("2026-11-23 07:00").await;
    redis.falls_asleep();
    world.until("2026-11-23 12:00").await;
    assert_eq!(hana.push_times(), ["11-23 08:00"]);
    // Conversations go on too.
    let sora = registered(&world).await;
    sora.was_told("26週");
    redis.wakes();
    world.until("2026-11-23 18:00").await;
    assert_eq!(redis.readers(), 2);
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    sora.was_pushed(&["11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn a_full_redis_costs_nobody_a_morning() {
    let redis = RedisServer::start();
    let world = world_with(&redis).await;
    let hana = registered(&world).await;
    redis.is_full();
    let sora = registered(&world).await;
    world.until("2026-11-23 12:00").await;
    redis.has_room();
    world.until("2026-11-25 12:00").await;
    assert_eq!(redis.readers(), 2);
    for parent in [&hana, &sora] {
        parent.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    }
}

#[tokio::test]
async fn a_redis_that_throws_keys_away_costs_nobody_a_morning() {
    let redis = RedisServer::start();
    let world = world_with(&redis).await;
    let hana = registered(&world).await;
    redis.ask::<()>(&["CONFIG", "SET", "maxmemory-policy", "allkeys-random"]);
    world.until("2026-11-23 07:59").await;
    // Every key of ours is thrown away by whatever is written next, and what then finds no room is refused.
    redis.is_full();
    world.until("2026-11-23 12:00").await;
    assert_eq!(redis.keys(), Vec::<String>::new());
    redis.has_room();
    world.until("2026-11-24 07:59").await;
    // Then only the index itself, as if it had been the one that was not used for longest.
    redis.ask::<()>(&["DEL", &redis.readers_key()]);
    world.until("2026-11-25 12:00").await;
    assert_eq!(redis.readers(), 1, "and it is there again");
    assert_eq!(seconds(&hana), [0, 15, 0]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn a_redis_that_forgot_our_scripts_learns_them_again_in_time() {
    let redis = RedisServer::start();
    let world = world_with(&redis).await;
    let hana = registered(&world).await;
    for day in ["2026-11-23", "2026-11-24"] {
        world.until(&format!("{day} 07:59")).await;
        redis.ask::<()>(&["SCRIPT", "FLUSH", "SYNC"]);
        world.until(&format!("{day} 12:00")).await;
    }
    assert_eq!(seconds(&hana), [0, 0]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
