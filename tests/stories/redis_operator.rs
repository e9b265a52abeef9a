//! What whoever runs the server sees of Redis: in the log, and in `check --online`.

use hagukumi::app::{online, rehearsal_ambient};
use hagukumi::config::Config;
use hagukumi::content::Severity;

use crate::redis_server::RedisServer;
use crate::stage::Stage;
use crate::support::time;

#[tokio::test]
async fn the_log_says_once_that_redis_is_away_and_once_that_it_is_back_and_never_its_password() {
    let redis = RedisServer::start();
    redis.ask::<()>(&["CONFIG", "SET", "requirepass", "geheim"]);
    let url = format!("{}?pass=geheim", redis.url());
    let stage = Stage::at("2026-11-22 09:00").await;
    let server = stage.serve("2026-11-22 09:00", &[("REDIS_URL", &url)]);
    server.until_said("was made again");
    redis.falls_asleep();
    server.until_said("Redis is away");
    redis.wakes();
    server.until_said("Redis is back");
    let said = server.stop();
    for once in ["Redis is away", "Redis is back"] {
        assert_eq!(said.matches(once).count(), 1, "{once}: {said}");
    }
    assert!(!said.contains("geheim"), "{said}");
}

#[tokio::test]
async fn a_server_warns_of_a_redis_that_may_throw_keys_away_and_counts_it() {
    let redis = RedisServer::start();
    redis.ask::<()>(&["CONFIG", "SET", "maxmemory", "100mb"]);
    redis.ask::<()>(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let stage = Stage::at("2026-11-22 09:00").await;
    let server = stage.serve("2026-11-22 09:00", &[("REDIS_URL", &redis.url())]);
    server.until_said("set its maxmemory-policy to noeviction");
    let metrics = reqwest::get(format!("http://{}/metrics", stage.address)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("hagukumi_timers_redis_may_forget 1"), "{metrics}");
    server.stop();
}

#[tokio::test]
async fn a_server_serves_and_is_ready_without_the_redis_it_was_told_of() {
    let redis = RedisServer::not_yet();
    let stage = Stage::at("2026-11-22 09:00").await;
    let server = stage.serve("2026-11-22 09:00", &[("REDIS_URL", &redis.url())]);
    server.until_said("Redis is away");
    let ready = reqwest::get(format!("http://{}/readyz", stage.address)).await.unwrap();
    assert_eq!(ready.status(), 200);
    let metrics = reqwest::get(format!("http://{}/metrics", stage.address)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("hagukumi_timers_redis_up 0"), "{metrics}");
    server.stop();
}

/// What `check --online` says of Redis.
async fn said_of_redis(stage: &Stage, url: &str) -> Vec<String> {
    let config = Config::read(None, stage.settings(time("2026-11-22 09:00"), &[("REDIS_URL", url)])).unwrap();
    let findings = online::findings(&config, &rehearsal_ambient(&stage.clock)).await;
    let of_redis = findings.into_iter().filter(|finding| finding.sentence.contains("Redis"));
    of_redis.inspect(|finding| assert_eq!(finding.severity, Severity::Warning)).map(|one| one.sentence).collect()
}

#[tokio::test]
async fn the_online_check_warns_of_a_redis_that_is_away_or_throws_keys_away_and_writes_nothing() {
    let redis = RedisServer::not_yet();
    let stage = Stage::at("2026-11-22 09:00").await;
    assert!(said_of_redis(&stage, &redis.url()).await[0].starts_with("Redis に届きません"));
    redis.begin();
    assert_eq!(said_of_redis(&stage, &redis.url()).await, Vec::<String>::new());
    redis.ask::<()>(&["CONFIG", "SET", "maxmemory", "100mb"]);
    redis.ask::<()>(&["CONFIG", "SET", "maxmemory-policy", "volatile-lru"]);
    let said = said_of_redis(&stage, &redis.url()).await;
    assert!(said[0].contains("volatile-lru") && said[0].contains("noeviction"), "{said:?}");
    assert_eq!(redis.keys(), Vec::<String>::new());
}
