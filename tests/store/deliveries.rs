//! Rows that leave: one a purpose, one holder at a time, and what LINE took is never forgotten.

use hagukumi::domain::delivery::State;
use hagukumi::store::{NewDelivery, Next, Via, Wanted};

use crate::bench::{Bench, CLOSE, NOW, answer, at, morning, outcome, settled};

const MORNING: &str = "daily/2026-11-22";

#[tokio::test]
async fn a_reader_has_one_row_for_a_purpose_whoever_plans_it() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    let row = bench.row(&reader, MORNING, State::Waiting);
    let made = futures::future::join_all((0..8).map(|_| bench.keep(&row))).await;
    assert_eq!(made.into_iter().flatten().count(), 1);
    let other = bench.reader('b').await;
    assert!(bench.keep(&bench.row(&other, MORNING, State::Waiting)).await.is_some());
}

#[tokio::test]
async fn a_row_is_leased_to_one_at_a_time() {
    let bench = Bench::new().await;
    for digit in '0'..='9' {
        let reader = bench.reader(digit).await;
        bench.keep(&bench.row(&reader, MORNING, State::Waiting)).await.unwrap();
    }
    let leased = futures::future::join_all((0..6).map(|_| bench.lease(Wanted::Mornings, NOW))).await;
    let mut ids: Vec<_> = leased.into_iter().flatten().map(|row| row.id).collect();
    assert_eq!(ids.len(), 10);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 10);
}

#[tokio::test]
async fn a_dead_holders_row_goes_to_the_next_one_with_a_higher_fence() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    bench.keep(&bench.row(&reader, MORNING, State::Waiting)).await.unwrap();
    let first = bench.lease(Wanted::Mornings, NOW).await.remove(0);
    assert!(bench.lease(Wanted::Mornings, NOW + 59_999).await.is_empty());
    let second = bench.lease(Wanted::Mornings, NOW + 60_000).await.remove(0);
    assert!(second.fence > first.fence && second.maybe_sent);

    bench.record(first.id, first.fence, Next::Again { at: NOW, maybe_sent: false }).await;
    assert!(bench.still_leased(&second).await, "the late holder changes nothing");
    assert!(!bench.still_leased(&first).await, "nor holds it any more");
}

#[tokio::test]
async fn what_line_took_is_kept_even_by_a_holder_that_lost_its_lease() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    bench.keep(&bench.row(&reader, MORNING, State::Waiting)).await.unwrap();
    let first = bench.lease(Wanted::Mornings, NOW).await.remove(0);
    let second = bench.lease(Wanted::Mornings, NOW + 60_000).await.remove(0);
    bench.record(first.id, first.fence, settled(State::Accepted)).await;
    bench.record(second.id, second.fence, settled(State::Unconfirmed)).await;
    bench.record(first.id, first.fence, settled(State::Accepted)).await;
    assert_eq!(bench.states().await, [0, 0, 1, 0, 0, 0]);
}

#[tokio::test]
async fn what_came_of_many_rows_is_written_together_and_each_rows_own() {
    let bench = Bench::new().await;
    let mut rows = Vec::new();
    for digit in ['a', 'b', 'c', 'd'] {
        let reader = bench.reader(digit).await;
        bench.keep(&bench.row(&reader, MORNING, State::Waiting)).await.unwrap();
        rows.extend(bench.lease(Wanted::Mornings, NOW).await);
    }
    let lost = bench.lease(Wanted::Mornings, NOW + 60_000).await;
    assert_eq!(lost.len(), 4, "all have another holder by now");
    let accepted = |request: &str| Next::Settled { state: State::Accepted, request_id: Some(request.into()) };
    let next =
        [accepted("first"), Next::Again { at: NOW, maybe_sent: false }, accepted("third"), settled(State::Lapsed)];
    let outcomes: Vec<_> = rows.iter().zip(next).map(|(row, next)| outcome(row, next)).collect();
    bench.record_all(&outcomes).await;
    assert_eq!(bench.states().await, [0, 2, 2, 0, 0, 0], "only what LINE took is kept of a lost lease");
    let again: Vec<_> = [0, 2].map(|at: usize| outcome(&rows[at], accepted("another"))).into();
    bench.record_all(&again).await;
    let kept = bench.requests().await;
    assert_eq!(kept[&rows[0].id].as_deref(), Some("first"));
    assert_eq!(kept[&rows[2].id].as_deref(), Some("third"));
    assert_eq!(kept[&rows[1].id], None);
}

#[tokio::test]
async fn answers_never_wait_behind_mornings() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    bench.keep(&bench.row(&reader, MORNING, State::Waiting)).await.unwrap();
    bench.keep(&bench.row(&reader, "answer/1", State::Waiting)).await.unwrap();
    let purposes =
        |rows: Vec<hagukumi::store::Leased>| rows.into_iter().map(|row| row.purpose.to_string()).collect::<Vec<_>>();
    assert_eq!(purposes(bench.lease(Wanted::Answers, NOW).await), ["answer/1"]);
    assert_eq!(purposes(bench.lease(Wanted::Mornings, NOW).await), [MORNING]);
}

/// An answer that carries today's message, and what becomes of the latter with each end of the former.
async fn rider_after(next: Next) -> [u64; 6] {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    let carrier = bench.keep(&bench.row(&reader, "answer/1", State::Waiting)).await.unwrap();
    let rider = bench.row(&reader, MORNING, State::Waiting);
    bench.keep(&NewDelivery { rides_on: Some(carrier), via: Via::Reply, ..rider }).await.unwrap();
    assert!(bench.lease(Wanted::Mornings, NOW).await.is_empty(), "a rider never leaves by itself");
    let carrier = bench.lease(Wanted::Answers, NOW).await.remove(0);
    bench.record(carrier.id, carrier.fence, next).await;
    bench.states().await
}

#[tokio::test]
async fn todays_message_in_an_answer_shares_its_fate() {
    assert_eq!(rider_after(settled(State::Accepted)).await, [0, 0, 2, 0, 0, 0]);
    assert_eq!(rider_after(settled(State::Unconfirmed)).await, [0, 0, 0, 0, 0, 2]);
    assert_eq!(rider_after(settled(State::Lapsed)).await, [1, 0, 0, 0, 1, 0], "free to leave by itself");
    let again = Next::Again { at: NOW, maybe_sent: true };
    assert_eq!(rider_after(again).await, [2, 0, 0, 0, 0, 0]);
    let pushed = |with_today| Next::Push { parts: answer(), with_today };
    assert_eq!(rider_after(pushed(true)).await, [2, 0, 0, 0, 0, 0], "it travels with the push");
    assert_eq!(rider_after(pushed(false)).await, [1, 0, 0, 0, 0, 1], "it may have been read: never again");
}

#[tokio::test]
async fn when_the_window_closes_the_untried_lapse_and_the_tried_are_in_doubt() {
    let bench = Bench::new().await;
    let (tried, untried) = (bench.reader('a').await, bench.reader('b').await);
    bench.keep(&bench.row(&tried, MORNING, State::Sending)).await.unwrap();
    bench.keep(&bench.row(&untried, MORNING, State::Waiting)).await.unwrap();
    bench.clock.advance_to(at(CLOSE));
    let tx = bench.store.begin().await.unwrap();
    assert_eq!(tx.end_overdue(bench.account, CLOSE, 100).await.unwrap(), 2);
    tx.commit().await.unwrap();
    assert_eq!(bench.states().await, [0, 0, 0, 0, 1, 1]);
    assert!(bench.lease(Wanted::Mornings, CLOSE).await.is_empty());
}

#[tokio::test]
async fn a_stop_takes_back_what_has_not_left_and_no_answer() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    bench.keep(&bench.row(&reader, MORNING, State::Waiting)).await.unwrap();
    bench.keep(&bench.row(&reader, "answer/1", State::Waiting)).await.unwrap();
    let tx = bench.store.begin().await.unwrap();
    tx.cancel_mornings(reader.id, false).await.unwrap();
    tx.commit().await.unwrap();
    assert!(bench.lease(Wanted::Mornings, NOW).await.is_empty());
    assert_eq!(bench.lease(Wanted::Answers, NOW).await.len(), 1);
    assert_eq!(morning(), bench.row(&reader, MORNING, State::Waiting).parts.unwrap());
}

#[tokio::test]
async fn a_stop_while_a_request_is_on_its_way_is_in_doubt_until_line_has_answered() {
    let bench = Bench::new().await;
    let reader = bench.reader('a').await;
    bench.keep(&bench.row(&reader, MORNING, State::Waiting)).await.unwrap();
    let leased = bench.lease(Wanted::Mornings, NOW).await.remove(0);
    let tx = bench.store.begin().await.unwrap();
    tx.cancel_mornings(reader.id, false).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!bench.still_leased(&leased).await);
    assert_eq!(bench.states().await, [0, 0, 0, 0, 0, 1]);
    bench.record(leased.id, leased.fence, settled(State::Accepted)).await;
    assert_eq!(bench.states().await, [0, 0, 1, 0, 0, 0]);
}

#[tokio::test]
async fn what_lies_farther_ahead_than_any_lease_was_written_by_a_wrong_clock_and_is_not_waited_for() {
    const HOUR: i64 = 3_600_000;
    let bench = Bench::new().await;
    let [leased, dropped, waiting] = [bench.reader('a').await, bench.reader('b').await, bench.reader('c').await];
    bench.keep(&bench.row(&leased, MORNING, State::Sending)).await.unwrap();
    let row = NewDelivery { lease_until: Some(NOW + HOUR), ..bench.row(&dropped, MORNING, State::Sending) };
    let dropped = bench.keep(&row).await.unwrap();
    let waiting = bench.keep(&bench.row(&waiting, "answer/01J", State::Waiting)).await.unwrap();
    let ids = |rows: Vec<hagukumi::store::Leased>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(bench.lease(Wanted::Mornings, NOW - 1).await), [dropped], "the other lease is somebody's");
    // The clock went back by an hour: what waits is not to wait for that hour.
    assert_eq!(ids(bench.lease(Wanted::Answers, NOW - HOUR).await), [waiting]);
}
