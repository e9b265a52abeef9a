//! The pool of lent rate, held to what the model beside `delivery::pace` believes of it. Times are Redis'
//! own, read from its answers, so that a slow machine changes nothing.

use crate::redis_server::RedisServer;

const SCRIPT: &str = include_str!("../../src/delivery/pace/pool.lua");
/// The most that the pool holds.
const MOST: u64 = 36;

/// Redis' clock (microseconds), and what was granted.
fn ask(redis: &RedisServer, wanted: u64, loan: (&str, u64, u64)) -> (u64, u64) {
    let (who, until, rate) = loan;
    let numbers = [MOST, wanted, until, rate].map(|number| number.to_string());
    let [most, wanted, until, rate] = &numbers;
    let answer: Vec<u64> = redis.ask(&["EVAL", SCRIPT, "1", "pool", most, wanted, who, until, rate]);
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
