//! A Redis that is gone, slow, full or forgetful: an error at once, never a hang, and all is well after.

use hagukumi::domain::ids::ReaderId;
use hagukumi::store::Store;
use hagukumi::timers::TimerIndex as _;
use hagukumi::timers::fallback::Fallback;
use hagukumi::timers::redis::{Link, RedisTimers, judge_address};

use crate::bench::{Bench, NOW, REST, ambient};
use crate::redis_server::RedisServer;

/// A bench with somebody due and an index that knows them.
async fn well() -> (Bench, RedisTimers<Store>, ReaderId) {
    let bench = Bench::new().await;
    let reader = bench.reader(Some(NOW)).await;
    let index = bench.tended().await;
    (bench, index, reader)
}

/// Redis is there again, and a while has passed.
async fn assert_all_is_well_after_a_while(bench: &Bench, index: &RedisTimers<Store>, reader: ReaderId) {
    bench.passes(REST);
    index.tend().await.unwrap();
    assert_eq!(index.due(bench.account, NOW + 86_400_000, 10).await.unwrap(), [reader]);
}

#[tokio::test]
async fn a_redis_that_was_never_there_is_an_error_at_once_and_welcome_later() {
    let bench = Bench::with(RedisServer::not_yet()).await;
    let reader = bench.reader(Some(NOW)).await;
    let index = bench.process().await;
    for _ in 0..3 {
        assert!(index.tend().await.is_err());
        assert!(index.due(bench.account, NOW, 10).await.is_err());
        assert!(index.set(bench.account, &[(reader, Some(NOW))]).await.is_err());
    }
    bench.redis.begin();
    assert_all_is_well_after_a_while(&bench, &index, reader).await;
}

#[tokio::test]
async fn a_redis_that_was_killed_is_an_error_at_once_and_is_asked_again_after_a_while() {
    let (bench, index, reader) = well().await;
    bench.redis.kill();
    for _ in 0..3 {
        assert!(index.due(bench.account, NOW, 10).await.is_err());
    }
    bench.passes(REST);
    assert!(index.due(bench.account, NOW, 10).await.is_err(), "it was tried in vain");
    bench.redis.begin();
    assert!(index.due(bench.account, NOW, 10).await.is_err(), "and is left alone again");
    bench.passes(REST);
    assert!(index.due(bench.account, NOW, 10).await.is_err(), "it is back, and empty");
    index.tend().await.unwrap();
    assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [reader]);
}

#[tokio::test]
async fn a_redis_that_does_not_answer_is_waited_for_once_and_then_left_alone() {
    let (bench, index, reader) = well().await;
    bench.redis.falls_asleep();
    assert!(index.due(bench.account, NOW, 10).await.is_err());
    // Nobody is asked from here on: had they been, each of these would wait.
    let many = (0..1_000).map(|_| index.due(bench.account, NOW, 10));
    assert!(futures::future::join_all(many).await.iter().all(Result::is_err));
    bench.redis.wakes();
    assert_all_is_well_after_a_while(&bench, &index, reader).await;
}

#[tokio::test]
async fn a_hint_that_was_lost_makes_the_index_doubtful_until_it_is_made_again() {
    let (bench, index, reader) = well().await;
    let other = bench.reader(Some(NOW)).await;
    bench.redis.falls_asleep();
    assert!(index.set(bench.account, &[(other, Some(NOW))]).await.is_err());
    bench.redis.wakes();
    // What was asked in vain may have been done all the same; that is not to be relied on either.
    bench.passes(REST);
    assert!(index.due(bench.account, NOW, 10).await.is_err());
    index.tend().await.unwrap();
    let mut due = index.due(bench.account, NOW, 10).await.unwrap();
    due.sort();
    assert_eq!(due, [reader, other]);
}

#[tokio::test]
async fn a_redis_that_forgot_our_scripts_is_told_them_again() {
    let (bench, index, reader) = well().await;
    bench.redis.ask::<()>(&["SCRIPT", "FLUSH", "SYNC"]);
    assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [reader]);
    bench.redis.ask::<()>(&["SCRIPT", "FLUSH", "SYNC"]);
    index.set(bench.account, &[(reader, None)]).await.unwrap();
    assert_eq!(bench.redis.readers(), 0);
}

#[tokio::test]
async fn a_full_redis_is_as_good_as_none_even_while_nobody_is_due() {
    let (bench, index, reader) = well().await;
    bench.redis.is_full();
    assert!(index.due(bench.account, NOW - 1, 10).await.is_err());
    bench.passes(REST);
    assert!(index.due(bench.account, NOW, 10).await.is_err(), "reading would work, and is not enough");
    assert!(index.set(bench.account, &[(reader, Some(NOW))]).await.is_err());
    bench.redis.has_room();
    assert_all_is_well_after_a_while(&bench, &index, reader).await;
}

#[tokio::test]
async fn somebody_elses_value_under_our_key_is_an_error_and_no_panic() {
    let (bench, index, _) = well().await;
    let key = bench.redis.readers_key();
    bench.redis.ask::<()>(&["DEL", &key]);
    bench.redis.ask::<()>(&["SET", &key, "what is this"]);
    assert!(index.due(bench.account, NOW, 10).await.is_err());
    assert!(index.set(bench.account, &[(ReaderId(1), Some(NOW))]).await.is_err());
    bench.passes(REST);
    index.tend().await.unwrap();
    assert_eq!(index.due(bench.account, NOW, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn behind_a_redis_that_fails_stands_the_store_at_once() {
    let (bench, index, reader) = well().await;
    let index = Fallback::new(std::sync::Arc::new(index), bench.sql());
    bench.redis.kill();
    assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [reader]);
    assert_eq!(index.due(bench.account, NOW - 1, 10).await.unwrap(), []);
}

#[tokio::test]
async fn redis_holds_ids_and_times_and_nothing_else() {
    let (bench, index, _) = well().await;
    index.due(bench.account, NOW, 10).await.unwrap();
    let instance = bench.store.instance().await.unwrap();
    for key in bench.redis.keys() {
        assert!(key.starts_with(&format!("hagukumi:{{{instance}}}:")), "{key}");
        assert!(key.len() < 60, "{key}");
    }
    let members: Vec<String> = bench.redis.ask(&["ZRANGE", &bench.redis.readers_key(), "0", "-1"]);
    assert!(members.iter().all(|id| id.len() <= 13 && id.chars().all(|c| c.is_ascii_alphanumeric())), "{members:?}");
}

#[tokio::test]
async fn a_policy_that_throws_keys_away_is_named_where_it_matters() {
    let bench = Bench::new().await;
    let link = Link::open(&bench.redis.url(), "test", ambient(&bench.clock)).unwrap();
    assert_eq!(link.forgetful_policy().await.unwrap(), None);
    bench.redis.ask::<()>(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    assert_eq!(link.forgetful_policy().await.unwrap(), None, "without a limit nothing is thrown away");
    bench.redis.ask::<()>(&["CONFIG", "SET", "maxmemory", "100mb"]);
    assert_eq!(link.forgetful_policy().await.unwrap().as_deref(), Some("allkeys-lru"));
    bench.redis.ask::<()>(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    assert_eq!(link.forgetful_policy().await.unwrap(), None);
}

#[tokio::test]
async fn an_address_that_cannot_be_used_is_refused_without_repeating_it() {
    for wrong in ["redis://:geheim@", "rediss://:geheim@host:port", "redis://:geheim@host/zwei", "geheim"] {
        let error = judge_address(wrong).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
    }
    assert!(judge_address("rediss://user:word@redis.example.jp:6380/1").is_ok());
    assert!(judge_address("unix:///run/redis.sock?db=2").is_ok());
}
