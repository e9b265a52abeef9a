//! What every timer index promises, whatever it is made of. The SQL index is the first to be held to
//! it; another is one more line in each test.

use std::sync::Arc;

use hagukumi::domain::ids::ReaderId;
use hagukumi::timers::TimerIndex;
use hagukumi::timers::sql::SqlTimers;

use crate::bench::{Bench, NOW};

/// Arms a reader as a commit does, and gives the index its hint.
async fn arm(bench: &Bench, index: &Arc<dyn TimerIndex>, reader: ReaderId, at: Option<i64>) {
    let tx = bench.store.begin().await.unwrap();
    let mut row = tx.readers(&[reader]).await.unwrap().remove(0);
    row.next_due_at = at;
    tx.save_reader(&row).await.unwrap();
    tx.commit().await.unwrap();
    index.set(bench.account, reader, at).await.unwrap();
}

async fn index() -> (Bench, Arc<dyn TimerIndex>) {
    let bench = Bench::new().await;
    let index: Arc<dyn TimerIndex> = Arc::new(SqlTimers(bench.store.clone()));
    (bench, index)
}

#[tokio::test]
async fn whoever_is_due_is_named_and_nobody_earlier_than_that() {
    let (bench, index) = index().await;
    let reader = bench.reader('a').await.id;
    arm(&bench, &index, reader, Some(NOW)).await;
    assert_eq!(index.due(bench.account, NOW - 1, 10).await.unwrap(), []);
    assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [reader]);
    assert_eq!(index.due(bench.account, NOW + 86_400_000, 10).await.unwrap(), [reader]);
}

#[tokio::test]
async fn the_longest_due_come_first_and_no_more_than_asked_for() {
    let (bench, index) = index().await;
    let mut readers = Vec::new();
    for (at, digit) in "cab".chars().enumerate() {
        let reader = bench.reader(digit).await.id;
        arm(&bench, &index, reader, Some(NOW - at as i64)).await;
        readers.push(reader);
    }
    readers.reverse();
    assert_eq!(index.due(bench.account, NOW, 2).await.unwrap(), readers[..2]);
}

#[tokio::test]
async fn whoever_was_moved_or_stopped_is_not_named_any_more() {
    let (bench, index) = index().await;
    let (moved, stopped) = (bench.reader('a').await.id, bench.reader('b').await.id);
    for reader in [moved, stopped] {
        arm(&bench, &index, reader, Some(NOW)).await;
    }
    arm(&bench, &index, moved, Some(NOW + 1)).await;
    arm(&bench, &index, stopped, None).await;
    assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), []);
    assert_eq!(index.due(bench.account, NOW + 1, 10).await.unwrap(), [moved]);
}
