//! An index that lost something, or is not ours, is known as such and made again from the store.

use hagukumi::domain::ids::ReaderId;
use hagukumi::timers::TimerIndex as _;

use crate::bench::{Bench, LATER, NOW, REST, ambient};
use crate::redis_server::RedisServer;

fn epoch(redis: &RedisServer) -> Option<String> {
    redis.keys().into_iter().find(|key| key.ends_with(":epoch")).map(|key| redis.ask(&["GET", &key]))
}

#[tokio::test]
async fn an_index_nobody_looked_after_is_not_relied_on_and_knows_everybody_afterwards() {
    let bench = Bench::new().await;
    let reader = bench.reader(Some(NOW)).await;
    bench.reader(None).await;
    let index = bench.process().await;
    assert!(index.due(bench.account, NOW, 10).await.is_err());
    index.tend().await.unwrap();
    assert_eq!(bench.redis.readers(), 1, "who has nothing to come is not in it");
    assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [reader]);
}

#[tokio::test]
async fn it_is_made_of_more_readers_than_fit_into_a_page() {
    const READERS: usize = 1_203;
    let bench = Bench::new().await;
    let tx = bench.store.begin().await.unwrap();
    for number in 0..READERS {
        let user = hagukumi::domain::ids::LineUserId::parse(&format!("U{number:032x}")).unwrap();
        let new = hagukumi::store::NewReader { account: bench.account, user, locale: "ja".into(), at: NOW };
        let mut row = tx.keep_reader(new).await.unwrap();
        row.next_due_at = Some(NOW + number as i64);
        tx.save_reader(&row).await.unwrap();
    }
    tx.commit().await.unwrap();
    let index = bench.tended().await;
    assert_eq!(bench.redis.readers(), READERS);
    let due = index.due(bench.account, NOW + READERS as i64, 2 * READERS as u64).await.unwrap();
    assert_eq!(due.len(), READERS);
}

#[tokio::test]
async fn a_flushed_redis_says_so_and_is_made_again() {
    let bench = Bench::new().await;
    let reader = bench.reader(Some(NOW)).await;
    let index = bench.tended().await;
    let before = epoch(&bench.redis);
    bench.redis.flush();
    assert!(index.due(bench.account, NOW, 10).await.is_err(), "an empty index is not mistaken for nobody due");
    index.tend().await.unwrap();
    assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [reader]);
    assert_ne!(epoch(&bench.redis), before, "each making has a name of its own");
}

#[tokio::test]
async fn the_index_of_another_database_is_left_alone() {
    let (ours, theirs) = (Bench::new().await, Bench::with(RedisServer::not_yet()).await);
    let reader = ours.reader(Some(NOW)).await;
    theirs.reader(Some(NOW)).await;
    let index = ours.tended().await;
    let (instance, url) = (theirs.store.instance().await.unwrap(), ours.redis.url());
    let link = hagukumi::timers::redis::Link::open(&url, &instance, ambient(&theirs.clock)).unwrap();
    let other = hagukumi::timers::redis::RedisTimers::new(
        std::sync::Arc::new(link),
        theirs.store.clone(),
        vec![ours.account],
        ambient(&theirs.clock),
    );
    other.tend().await.unwrap();
    assert_eq!(other.due(ours.account, NOW, 10).await.unwrap(), [], "that account has nobody there");
    assert_eq!(index.due(ours.account, NOW, 10).await.unwrap(), [reader]);
}

#[tokio::test]
async fn a_redis_that_came_back_with_an_old_file_is_found_out_by_its_own_count() {
    let bench = Bench::new().await;
    let (moved, fresh) = (bench.reader(Some(NOW)).await, bench.reader(None).await);
    let index = bench.tended().await;
    bench.redis.save();
    bench.moves(&index, moved, Some(NOW + 86_400_000)).await;
    bench.moves(&index, fresh, Some(NOW)).await;
    bench.redis.kill();
    bench.redis.begin();
    // The connection broke; a while later the same name is there, and fewer writes.
    assert!(index.due(bench.account, NOW, 10).await.is_err());
    bench.passes(REST);
    assert!(index.due(bench.account, NOW, 10).await.is_err());
    index.tend().await.unwrap();
    assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [fresh]);
}

#[tokio::test]
async fn an_older_making_than_the_database_means_is_not_relied_on() {
    let bench = Bench::new().await;
    let reader = bench.reader(Some(NOW)).await;
    bench.tended().await;
    bench.redis.save();
    bench.redis.flush();
    bench.tended().await;
    let meant = epoch(&bench.redis);
    bench.redis.kill();
    bench.redis.begin();
    assert_ne!(epoch(&bench.redis), meant, "the file holds the first making");
    let stopped = bench.reader(Some(NOW)).await;
    let index = bench.tended().await;
    let mut due = index.due(bench.account, NOW, 10).await.unwrap();
    due.sort();
    assert_eq!(due, [reader, stopped]);
}

#[tokio::test]
async fn what_another_process_made_is_relied_on_and_not_made_a_second_time() {
    let bench = Bench::new().await;
    let reader = bench.reader(Some(NOW)).await;
    let first = bench.tended().await;
    let made = epoch(&bench.redis);
    let second = bench.tended().await;
    assert_eq!(epoch(&bench.redis), made);
    bench.redis.flush();
    for index in [&first, &second] {
        assert!(index.due(bench.account, NOW, 10).await.is_err());
    }
    first.tend().await.unwrap();
    let made = epoch(&bench.redis);
    second.tend().await.unwrap();
    assert_eq!(epoch(&bench.redis), made);
    assert_eq!(second.due(bench.account, NOW, 10).await.unwrap(), [reader]);
    assert_eq!(first.due(bench.account, NOW, 10).await.unwrap(), [], "the second has them in hand");
    assert_eq!(first.due(bench.account, LATER, 10).await.unwrap(), [reader], "and would have died with them");
}

#[tokio::test]
async fn only_one_process_makes_it_and_one_that_died_is_followed() {
    let bench = Bench::new().await;
    let reader = bench.reader(Some(NOW)).await;
    let index = bench.process().await;
    let instance = bench.store.instance().await.unwrap();
    let lock = format!("hagukumi:{{{instance}}}:lock");
    bench.redis.ask::<()>(&["SET", &lock, "somebody else"]);
    index.tend().await.unwrap();
    assert!(index.due(bench.account, NOW, 10).await.is_err(), "another is at it");
    bench.redis.ask::<()>(&["DEL", &lock]);
    index.tend().await.unwrap();
    assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [reader]);
    assert!(!bench.redis.keys().contains(&lock), "nobody is at it any more");
}

#[tokio::test]
async fn a_hint_that_is_given_while_it_is_made_wins_over_the_page() {
    let bench = Bench::new().await;
    let reader = bench.reader(Some(NOW)).await;
    let (index, other) = (bench.process().await, bench.process().await);
    // The other process has heard of a change whose commit the pages do not show any more.
    bench.redis.ask::<()>(&["SET", &format!("hagukumi:{{{}}}:lock", bench.store.instance().await.unwrap()), "x"]);
    other.set(bench.account, &[(reader, Some(NOW + 5))]).await.unwrap();
    let key = bench.redis.readers_key();
    let script = include_str!("../../src/timers/lua/page.lua");
    let lock = key.replace(&key[key.find(":t:").unwrap()..], ":lock");
    let added: i64 =
        bench.redis.ask(&["EVAL", script, "2", &lock, &key, "x", "30000", &base36(reader), &NOW.to_string()]);
    assert_eq!(added, 1);
    assert_eq!(bench.redis.ask::<i64>(&["ZSCORE", &key, &base36(reader)]), NOW + 5);
    let refused: i64 = bench.redis.ask(&["EVAL", script, "2", &lock, &key, "not mine", "30000", "a", "1"]);
    assert_eq!(refused, 0);
    drop(index);
}

fn base36(reader: ReaderId) -> String {
    let (mut rest, mut digits) = (reader.0, Vec::new());
    while rest > 0 {
        digits.push(char::from_digit((rest % 36) as u32, 36).unwrap());
        rest /= 36;
    }
    digits.iter().rev().collect()
}
