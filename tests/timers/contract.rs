//! What every timer index promises, whatever it is made of. Another one is one more line in
//! [`Bench::of_every_index`].

use crate::bench::{Bench, LATER, NOW};

#[tokio::test]
async fn whoever_is_due_is_named_and_nobody_earlier_than_that() {
    for (name, bench, index) in Bench::of_every_index().await {
        let reader = bench.reader(None).await;
        bench.moves(&*index, reader, Some(NOW)).await;
        assert_eq!(index.due(bench.account, NOW - 1, 10).await.unwrap(), [], "{name}");
        assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [reader], "{name}");
    }
}

#[tokio::test]
async fn whoever_was_named_and_not_moved_is_named_again() {
    for (name, bench, index) in Bench::of_every_index().await {
        let reader = bench.reader(None).await;
        bench.moves(&*index, reader, Some(NOW)).await;
        for now in [NOW, LATER, LATER + LATER - NOW, LATER + 86_400_000] {
            assert_eq!(index.due(bench.account, now, 10).await.unwrap(), [reader], "{name} at {now}");
        }
    }
}

#[tokio::test]
async fn the_longest_due_come_first_and_no_more_than_asked_for() {
    for (name, bench, index) in Bench::of_every_index().await {
        let mut readers = Vec::new();
        for earlier in 0..3 {
            let reader = bench.reader(None).await;
            bench.moves(&*index, reader, Some(NOW - earlier)).await;
            readers.push(reader);
        }
        readers.reverse();
        assert_eq!(index.due(bench.account, NOW, 2).await.unwrap(), readers[..2], "{name}");
    }
}

#[tokio::test]
async fn whoever_was_moved_or_stopped_is_not_named_any_more() {
    for (name, bench, index) in Bench::of_every_index().await {
        let (moved, stopped) = (bench.reader(None).await, bench.reader(None).await);
        for reader in [moved, stopped] {
            bench.moves(&*index, reader, Some(NOW)).await;
        }
        bench.moves(&*index, moved, Some(NOW + 1)).await;
        bench.moves(&*index, stopped, None).await;
        assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [], "{name}");
        assert_eq!(index.due(bench.account, NOW + 1, 10).await.unwrap(), [moved], "{name}");
    }
}

#[tokio::test]
async fn whoever_was_named_and_moved_is_named_at_the_new_time_and_not_before() {
    for (name, bench, index) in Bench::of_every_index().await {
        let reader = bench.reader(None).await;
        bench.moves(&*index, reader, Some(NOW)).await;
        index.due(bench.account, NOW, 10).await.unwrap();
        bench.moves(&*index, reader, Some(NOW + 86_400_000)).await;
        assert_eq!(index.due(bench.account, LATER, 10).await.unwrap(), [], "{name}");
        assert_eq!(index.due(bench.account, NOW + 86_400_000, 10).await.unwrap(), [reader], "{name}");
    }
}

#[tokio::test]
async fn accounts_have_timers_of_their_own() {
    for (name, bench, index) in Bench::of_every_index().await {
        let tx = bench.store.begin().await.unwrap();
        let other = tx.ensure_account("minato").await.unwrap().id;
        tx.commit().await.unwrap();
        let theirs = bench.reader_of(other, None).await;
        bench.moves(&*index, theirs, Some(NOW)).await;
        assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [], "{name}");
        assert_eq!(index.due(other, NOW, 10).await.unwrap(), [theirs], "{name}");
    }
}

#[tokio::test]
async fn a_hint_given_twice_is_a_hint_and_no_hints_are_no_harm() {
    for (name, bench, index) in Bench::of_every_index().await {
        let (one, other) = (bench.reader(None).await, bench.reader(None).await);
        for reader in [one, other, one, other] {
            bench.moves(&*index, reader, Some(NOW)).await;
        }
        index.set(bench.account, &[]).await.unwrap();
        let mut due = index.due(bench.account, NOW, 10).await.unwrap();
        due.sort();
        assert_eq!(due, [one, other], "{name}");
    }
}

#[tokio::test]
async fn looking_after_an_index_that_is_well_changes_nothing() {
    for (name, bench, index) in Bench::of_every_index().await {
        let reader = bench.reader(None).await;
        bench.moves(&*index, reader, Some(NOW)).await;
        index.tend().await.unwrap();
        assert_eq!(index.due(bench.account, NOW, 10).await.unwrap(), [reader], "{name}");
    }
}
