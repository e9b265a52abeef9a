//! The pool of lent rate, held to what the model beside `delivery::pace` believes of it. Times are Redis'
//! own, read from its answers, so that a slow machine changes nothing.

use std::sync::Arc;
use std::time::Duration;

use hagukumi::delivery::pace::{DEFAULT_RATE, Endpoint, Pace};
use hagukumi::domain::ids::AccountId;
use hagukumi::timers::redis::Link;

use crate::bench::{Bench, ambient};
use crate::redis_server::RedisServer;

const SCRIPT: &str = include_str!("../../src/delivery/pace/pool.lua");
/// The most that the pool holds.
const MOST: u64 = 36;

/// Redis' clock (microseconds), and what was granted.
fn ask(redis: &RedisServer, wanted: u64, loan: (&str, u64, u64)) -> (u64, u64) {
    ask_of("pool", redis, wanted, loan)
}

fn ask_of(pool: &str, redis: &RedisServer, wanted: u64, loan: (&str, u64, u64)) -> (u64, u64) {
    let (who, until, rate) = loan;
    let numbers = [MOST, wanted, until, rate].map(|number| number.to_string());
    let [most, wanted, until, rate] = &numbers;
    let answer: Vec<u64> = redis.ask(&["EVAL", SCRIPT, "1", pool, most, wanted, who, until, rate]);
    (answer[0], answer[1])
}

fn take(redis: &RedisServer) -> (u64, u64) {
    ask(redis, 1_000, ("", 0, 0))
}

#[test]
fn a_pool_to_which_nobody_lends_is_empty() {
    let redis = RedisServer::start();
    for _ in 0..100 {
        assert_eq!(take(&redis).1, 0);
    }
}

#[test]
fn what_was_lent_flows_in_until_the_end_of_the_loan_and_no_longer() {
    let redis = RedisServer::start();
    let (begun, _) = take(&redis);
    let until = begun + 300_000;
    let (lent, nothing) = ask(&redis, 1_000, ("a", until, 5_000));
    assert_eq!(nothing, 0, "a loan begins empty");
    let (mut granted, mut clock) = (0, lent);
    while clock < until {
        let (at, more) = take(&redis);
        (granted, clock) = (granted + more, at);
        let flown = (at.min(until) - lent) * 5_000 / 1_000_000;
        assert!(granted <= flown, "{granted} of {flown}");
    }
    assert!(granted > 0);
    let all = (until - lent) * 5_000 / 1_000_000;
    granted += take(&redis).1;
    assert!(granted <= all, "{granted} of {all}");
    assert_eq!(take(&redis).1, 0);
}

#[test]
fn loans_add_up_and_a_longer_one_takes_the_place_of_the_same_lenders() {
    let redis = RedisServer::start();
    let (begun, _) = take(&redis);
    let until = begun + 200_000;
    let (lent, _) = ask(&redis, 0, ("a", until, 1_000));
    ask(&redis, 0, ("b", until, 2_000));
    ask(&redis, 0, ("a", until, 1_000));
    let (mut granted, mut clock) = (0, lent);
    while clock < until {
        let (at, more) = take(&redis);
        (granted, clock) = (granted + more, at);
    }
    granted += take(&redis).1;
    let all = (until - lent) * 3_000 / 1_000_000;
    assert!(granted <= all, "{granted} of {all}");
    assert!(granted > (until - lent) * 2_000 / 1_000_000 / 4, "{granted}");
}

#[test]
fn an_order_that_comes_after_its_own_end_lends_nothing() {
    let redis = RedisServer::start();
    let (begun, _) = take(&redis);
    for _ in 0..100 {
        ask(&redis, 0, ("a", begun, 1_000_000));
        assert_eq!(take(&redis).1, 0);
    }
}

#[test]
fn a_pool_holds_no_more_than_a_moment_however_long_nobody_looked() {
    let redis = RedisServer::start();
    let (begun, _) = take(&redis);
    let (lent, _) = ask(&redis, 0, ("a", begun + 60_000_000, 1_000_000));
    while ask(&redis, 0, ("", 0, 0)).0 < lent + 1_000 {}
    assert_eq!(take(&redis).1, MOST);
}

/// A process with a share of hardly anything, and a Redis that is known to be there.
async fn process(bench: &Bench) -> (Pace, String) {
    let link = Link::open(&bench.redis.url(), "test", ambient(&bench.clock)).unwrap();
    link.command::<()>(&redis::cmd("PING")).await.unwrap();
    let pool = link.key("pace:2a:push");
    let pace = Pace::new(DEFAULT_RATE, DEFAULT_RATE).borrowing(Arc::new(link), &[ACCOUNT], &ambient(&bench.clock));
    (pace, pool)
}

const ACCOUNT: AccountId = AccountId(0x2a);
/// No event takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_busy_process_lives_on_what_others_lend() {
    let bench = Bench::new().await;
    let (pace, pool) = process(&bench).await;
    let (now, _) = ask_of(&pool, &bench.redis, 0, ("", 0, 0));
    ask_of(&pool, &bench.redis, 0, ("another", now + 60_000_000, 1_000));
    // Its own share would take minutes for these.
    let permits = async {
        for _ in 0..200 {
            pace.permit(ACCOUNT, Endpoint::Push).await;
        }
    };
    tokio::time::timeout(PATIENCE, permits).await.expect("others lend it enough");
    // And when they are gone with Redis, it has its own.
    bench.redis.kill();
    let own = pace.permit(ACCOUNT, Endpoint::Push);
    tokio::time::timeout(PATIENCE, own).await.expect("its own share is there");
}

#[tokio::test]
async fn an_idle_process_lends_its_share_for_a_moment() {
    let bench = Bench::new().await;
    let (pace, pool) = process(&bench).await;
    let lent = async {
        loop {
            pace.lend().await;
            let fields: Vec<(String, String)> = bench.redis.ask(&["HGETALL", &pool]);
            if let Some((_, loan)) = fields.into_iter().find(|(name, _)| name.starts_with("by:")) {
                return loan;
            }
        }
    };
    let loan = tokio::time::timeout(PATIENCE, lent).await.expect("nobody uses it");
    let (until, rate) = loan.split_once(' ').unwrap();
    assert_eq!(rate, "1", "what it could use itself");
    let (now, _) = ask_of(&pool, &bench.redis, 0, ("", 0, 0));
    assert!(until.parse::<u64>().unwrap() <= now + 1_000_000, "a second, and not a moment longer");
}
