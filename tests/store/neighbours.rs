//! A row, a reader or a moment that is bad costs nobody beside it anything.

use std::collections::HashSet;
use std::sync::Arc;

use hagukumi::domain::delivery::State;
use hagukumi::domain::family::Standing;
use hagukumi::store::{EventState, First, NewDelivery, NewEvent, Next, Outcome, SchemaError, Via, Wanted};

use crate::bench::{Bench, CLOSE, LEASE, NOW, answer, open, settled};

const MORNING: &str = "daily/2026-11-22";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_lease_at_once_share_the_rows_and_never_double_one() {
    let bench = Arc::new(Bench::new().await);
    for name in "0123456789ab".chars() {
        let reader = bench.reader(name).await;
        for number in 0..5 {
            bench.keep(&bench.row(&reader, &format!("answer/{number}"), State::Waiting)).await.unwrap();
        }
    }
    let takers = (0..12).map(|_| {
        let bench = Arc::clone(&bench);
        tokio::spawn(async move {
            let tx = bench.store.begin().await.unwrap();
            let rows = tx.lease(bench.account, (Wanted::Answers, First::Oldest), NOW, LEASE, 7).await.unwrap();
            tx.commit().await.unwrap();
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        })
    });
    let taken: Vec<_> = futures::future::join_all(takers).await.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!(taken.len(), 60);
    assert_eq!(taken.iter().collect::<HashSet<_>>().len(), 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_plan_the_same_morning_make_one_row() {
    let bench = Arc::new(Bench::new().await);
    let reader = bench.reader('a').await;
    let planners = (0..12).map(|_| {
        let (bench, row) = (Arc::clone(&bench), bench.row(&reader, MORNING, State::Waiting));
        tokio::spawn(async move { bench.keep(&row).await })
    });
    let made = futures::future::join_all(planners).await.into_iter().filter(|made| made.as_ref().unwrap().is_some());
    assert_eq!(made.count(), 1);
}

#[tokio::test]
async fn a_row_that_cannot_be_opened_ends_and_the_others_leave() {
    let bench = Bench::new().await;
    let (broken, fine) = (bench.reader('a').await, bench.reader('b').await);
    let row = bench.keep(&bench.row(&broken, MORNING, State::Waiting)).await.unwrap();
    bench.keep(&bench.row(&fine, MORNING, State::Waiting)).await.unwrap();
    bench.database.damage(&format!("UPDATE delivery SET parts_sealed = x'00' WHERE id = {row}")).await;
    assert_eq!(bench.lease(Wanted::Mornings, NOW).await.len(), 1);
    assert_eq!(bench.states().await, [0, 1, 0, 0, 1, 0]);
}

#[tokio::test]
async fn a_reader_who_cannot_be_opened_comes_apart_from_the_others() {
    let bench = Bench::new().await;
    let (broken, fine) = (bench.reader('a').await, bench.reader('b').await);
    bench.database.damage(&format!("UPDATE reader SET user_sealed = x'00' WHERE id = {}", broken.id)).await;
    let tx = bench.store.begin().await.unwrap();
    let (whole, damaged) = tx.readers_apart(&[broken.id, fine.id]).await.unwrap();
    assert_eq!(whole.iter().map(|reader| reader.id).collect::<Vec<_>>(), [fine.id]);
    assert_eq!(damaged, [broken.id]);
}

#[tokio::test]
async fn a_held_account_is_tried_with_the_row_that_was_tried_least() {
    let bench = Bench::new().await;
    let (often, never) = (bench.reader('a').await, bench.reader('b').await);
    bench.keep(&bench.row(&often, MORNING, State::Waiting)).await.unwrap();
    bench.keep(&bench.row(&never, MORNING, State::Waiting)).await.unwrap();
    for wanted in [often.id, never.id] {
        let tx = bench.store.begin().await.unwrap();
        let row =
            tx.lease(bench.account, (Wanted::Mornings, First::LeastTried), NOW, LEASE, 1).await.unwrap().remove(0);
        tx.record(&Outcome {
            id: row.id,
            fence: row.fence,
            next: Next::Again { at: NOW, maybe_sent: false },
            error: None,
        })
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(row.reader.unwrap().id, wanted, "the oldest is not tried twice before the next one");
    }
}

#[tokio::test]
async fn replies_are_told_from_answers_that_cost_something() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    bench.keep(&bench.row(&reader, "answer/1", State::Waiting)).await.unwrap();
    let pushed = NewDelivery { via: Via::Push, ..bench.row(&reader, "answer/2", State::Waiting) };
    bench.keep(&pushed).await.unwrap();
    assert_eq!(bench.lease(Wanted::Replies, NOW).await.len(), 1);
    assert_eq!(bench.lease(Wanted::Answers, NOW).await.len(), 1, "the other one");
}

#[tokio::test]
async fn a_row_that_was_in_doubt_beside_its_answer_stays_so_whatever_the_words_come_to() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    let carrier = bench.keep(&bench.row(&reader, "answer/1", State::Waiting)).await.unwrap();
    let rider = NewDelivery { rides_on: Some(carrier), ..bench.row(&reader, MORNING, State::Waiting) };
    bench.keep(&rider).await.unwrap();
    let row = bench.lease(Wanted::Answers, NOW).await.remove(0);
    bench.record(row.id, row.fence, Next::Push { parts: answer(), with_today: false }).await;
    let row = bench.lease(Wanted::Answers, NOW).await.remove(0);
    bench.record(row.id, row.fence, settled(State::Accepted)).await;
    assert_eq!(bench.states().await, [0, 0, 1, 0, 0, 1]);
}

#[tokio::test]
async fn what_certainly_did_not_leave_is_forgotten_so_that_the_day_can_be_planned_anew() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    bench.keep(&bench.row(&reader, MORNING, State::Waiting)).await.unwrap();
    let tx = bench.store.begin().await.unwrap();
    tx.cancel_mornings(reader.id, true).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bench.states().await, [0; 6]);
    assert!(bench.keep(&bench.row(&reader, MORNING, State::Sending)).await.is_some());
    let tx = bench.store.begin().await.unwrap();
    tx.cancel_mornings(reader.id, true).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bench.states().await, [0, 0, 0, 0, 0, 1], "what may be on its way is never planned again");
    assert!(bench.keep(&bench.row(&reader, MORNING, State::Sending)).await.is_none());
}

#[tokio::test]
async fn only_the_newest_answer_in_its_own_turn_to_somebody_who_listens_is_the_last_word() {
    let bench = Bench::new().await;
    let mut reader = bench.reader('a').await;
    let older = bench.keep(&bench.row(&reader, "answer/1", State::Waiting)).await.unwrap();
    bench.clock.advance_to(crate::bench::at(NOW + 1));
    let newer = bench.keep(&bench.row(&reader, "answer/2", State::Waiting)).await.unwrap();
    let is_last = |answer, turn| bench.store.is_last_word(answer, reader.id, turn);
    assert!(!is_last(older, 0).await.unwrap());
    assert!(is_last(newer, 0).await.unwrap());
    assert!(!is_last(newer, 1).await.unwrap(), "another turn");
    reader.standing = Standing::Away;
    let tx = bench.store.begin().await.unwrap();
    tx.save_reader(&reader).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!bench.store.is_last_word(newer, reader.id, 0).await.unwrap(), "nobody listens");
}

#[tokio::test]
async fn one_accounts_closed_windows_are_ended_for_that_account_only() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    bench.keep(&bench.row(&reader, MORNING, State::Waiting)).await.unwrap();
    let tx = bench.store.begin().await.unwrap();
    let other = tx.ensure_account("other").await.unwrap().id;
    assert_eq!(tx.end_overdue(other, CLOSE, 10).await.unwrap(), 0);
    assert_eq!(tx.end_overdue(bench.account, CLOSE, 10).await.unwrap(), 1);
    assert_eq!(tx.end_overdue(bench.account, CLOSE, 10).await.unwrap(), 0);
}

#[tokio::test]
async fn an_event_that_ended_is_not_ended_again_and_lanes_of_others_do_not_count() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    let event = NewEvent {
        account: bench.account,
        key: "one".into(),
        lane: reader.blind,
        sent_at: NOW,
        state: EventState::Pending,
        note: None,
        payload: b"{}".to_vec(),
    };
    let tx = bench.store.begin().await.unwrap();
    tx.keep_events(&[event]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bench.store.lanes_waiting([], 10).await.unwrap(), []);
    assert_eq!(bench.store.lanes_waiting([bench.account], 10).await.unwrap().len(), 1);
    let tx = bench.store.begin().await.unwrap();
    let event = tx.next_event(bench.account, reader.blind).await.unwrap().unwrap();
    tx.settle_event(event.id, EventState::Done, None).await.unwrap();
    tx.settle_event(event.id, EventState::Dead, Some("late")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bench.store.events_in(EventState::Done).await.unwrap(), 1);
}

#[tokio::test]
async fn another_key_is_refused_before_anything_is_changed() {
    let bench = Bench::new().await;
    bench.store.prepare(false).await.unwrap();
    bench.store.prepare(false).await.unwrap();
    let stranger = open(&bench.database, &bench.clock, [8; 32]).await;
    assert!(matches!(stranger.prepare(false).await, Err(SchemaError::OtherKey)));
}

#[tokio::test]
async fn a_file_without_tables_has_seen_no_time() {
    let bench = Bench::new().await;
    bench.store.saw(crate::bench::at(NOW)).await.unwrap();
    assert_eq!(bench.store.last_seen().await.unwrap(), Some(crate::bench::at(NOW)));
    bench.store.migrate_down().await.unwrap();
    assert_eq!(bench.store.last_seen().await.unwrap(), None);
}
