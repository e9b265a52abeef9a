//! What arrived is kept once and taken in the order in which it happened.

use entity::webhook_event;
use hagukumi::store::{Blind, EventState, NewEvent};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::bench::{Bench, NOW};

const LANE: Blind = Blind([3; 16]);

fn event(bench: &Bench, key: &str, sent_at: i64) -> NewEvent {
    NewEvent {
        account: bench.account,
        key: key.into(),
        lane: LANE,
        sent_at,
        state: EventState::Pending,
        note: None,
        payload: key.as_bytes().to_vec(),
    }
}

async fn keep(bench: &Bench, events: &[NewEvent]) -> u64 {
    let tx = bench.store.begin().await.unwrap();
    let kept = tx.keep_events(events).await.unwrap();
    tx.commit().await.unwrap();
    kept
}

#[tokio::test]
async fn the_same_event_is_kept_once_however_it_comes() {
    let bench = Bench::new().await;
    let events = [event(&bench, "a", NOW), event(&bench, "b", NOW), event(&bench, "a", NOW + 5)];
    assert_eq!(keep(&bench, &events).await, 2);
    assert_eq!(keep(&bench, &events).await, 0);
    assert_eq!(bench.store.events_in(EventState::Pending).await.unwrap(), 2);
}

#[tokio::test]
async fn ten_thousand_events_in_one_webhook_are_kept_together() {
    let bench = Bench::new().await;
    let events: Vec<_> = (0..10_000).map(|n| event(&bench, &format!("e{n}"), NOW)).collect();
    assert_eq!(keep(&bench, &events).await, 10_000);
}

#[tokio::test]
async fn many_who_keep_the_same_events_at_once_keep_each_once() {
    let bench = Bench::new().await;
    let events: Vec<_> = (0..50).map(|n| event(&bench, &format!("e{n}"), NOW)).collect();
    let kept = futures::future::join_all((0..8).map(|_| keep(&bench, &events))).await;
    assert_eq!(kept.iter().sum::<u64>(), 50);
}

#[tokio::test]
async fn a_lane_is_taken_in_the_order_of_lines_timestamps() {
    let bench = Bench::new().await;
    keep(&bench, &[event(&bench, "third", NOW + 3), event(&bench, "first", NOW + 1), event(&bench, "second", NOW + 2)])
        .await;
    let mut taken = Vec::new();
    loop {
        let tx = bench.store.begin().await.unwrap();
        let Some(next) = tx.next_event(bench.account, LANE).await.unwrap() else { break };
        tx.settle_event(next.id, EventState::Done, None).await.unwrap();
        tx.commit().await.unwrap();
        taken.push(next.key);
    }
    assert_eq!(taken, ["first", "second", "third"]);
}

#[tokio::test]
async fn a_transaction_that_is_given_up_leaves_nothing_behind() {
    let bench = Bench::new().await;
    let tx = bench.store.begin().await.unwrap();
    tx.keep_events(&[event(&bench, "a", NOW)]).await.unwrap();
    drop(tx);
    assert_eq!(bench.store.events_in(EventState::Pending).await.unwrap(), 0);
}

#[tokio::test]
async fn finished_ids_are_forgotten_by_age_and_what_waits_never_is() {
    let bench = Bench::new().await;
    keep(&bench, &[event(&bench, "done", NOW), event(&bench, "waits", NOW + 1)]).await;
    let tx = bench.store.begin().await.unwrap();
    let done = tx.next_event(bench.account, LANE).await.unwrap().unwrap();
    tx.settle_event(done.id, EventState::Done, None).await.unwrap();
    tx.commit().await.unwrap();
    bench.store.forget_events(NOW + 1, NOW + 1).await.unwrap();
    assert_eq!(bench.store.count("webhook_event").await.unwrap(), 1);
    let tx = bench.store.begin().await.unwrap();
    let waits = tx.next_event(bench.account, LANE).await.unwrap().unwrap();
    assert_eq!(waits.payload.as_deref(), Some(&b"waits"[..]));
}

#[tokio::test]
async fn what_was_put_aside_is_kept_for_seven_days_and_what_is_done_not_at_all() {
    let bench = Bench::new().await;
    keep(&bench, &[event(&bench, "done", NOW), event(&bench, "dead", NOW + 1), event(&bench, "strange", NOW + 2)])
        .await;
    let tx = bench.store.begin().await.unwrap();
    for state in [EventState::Done, EventState::Dead, EventState::Quarantined] {
        let next = tx.next_event(bench.account, LANE).await.unwrap().unwrap();
        tx.settle_event(next.id, state, None).await.unwrap();
    }
    tx.commit().await.unwrap();
    let blank = async || {
        let rows = bench.store.count("webhook_event").await.unwrap();
        (rows, payloads(&bench).await)
    };
    assert_eq!(blank().await, (3, 2));
    bench.store.forget_events(NOW - 1, NOW).await.unwrap();
    assert_eq!(blank().await, (3, 2));
    bench.store.forget_events(NOW - 1, NOW + 1).await.unwrap();
    assert_eq!(blank().await, (3, 0));
}

/// How many events still have their payload.
async fn payloads(bench: &Bench) -> usize {
    let raw = bench.database.beside().await;
    let rows = webhook_event::Entity::find().filter(webhook_event::Column::PayloadSealed.is_not_null()).all(&raw).await;
    raw.close().await.unwrap();
    rows.unwrap().len()
}
