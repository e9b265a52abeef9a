//! What only several writers can get wrong: servers side by side, deadlocks, connections that are lost.

use std::sync::Arc;

use hagukumi::domain::delivery::State;
use hagukumi::domain::family::{Journey, Role};
use hagukumi::domain::ids::{ChildId, ReaderId};
use hagukumi::store::{Blind, EventState, First, NewEvent, Result, SchemaError, Store, StoreError, Tries, Wanted};
use sea_orm::{ConnectionTrait as _, Statement};
use tokio::sync::Barrier;

use crate::bench::{Bench, Database, LEASE, NOW, ROOT, at, open};

const LANE: Blind = Blind([3; 16]);

/// A bench of this backend, and a second server on it.
async fn two_servers() -> (Bench, Store) {
    let bench = Bench::new().await;
    assert_eq!(bench.store.backend().as_str(), "postgresql", "HAGUKUMI_TEST_POSTGRES names no server: use tests/run");
    let other = open(&bench.database, &bench.clock, ROOT).await;
    (bench, other)
}

/// Ends every connection to the database but the one that asks, as a restart of PostgreSQL does.
async fn cut_all(bench: &Bench) {
    let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    bench.database.damage(all).await;
}

async fn follows(bench: &Bench, readers: &[ReaderId]) -> ChildId {
    let tx = bench.store.begin().await.unwrap();
    let due = Journey::Expected { due: "2027-03-01".parse().unwrap() };
    let child = tx.keep_child(bench.account, due, None).await.unwrap();
    for reader in readers {
        tx.keep_follow(*reader, child, Role::Mother, true).await.unwrap();
    }
    tx.commit().await.unwrap();
    child
}

fn event(bench: &Bench, key: &str) -> NewEvent {
    NewEvent {
        account: bench.account,
        key: key.into(),
        lane: LANE,
        sent_at: NOW,
        state: EventState::Pending,
        note: None,
        payload: b"x".to_vec(),
    }
}

#[tokio::test]
async fn a_lane_that_another_server_has_is_left_to_it_until_it_is_done() {
    let (bench, other) = two_servers().await;
    let (mine, theirs) = (bench.store.begin().await.unwrap(), other.begin().await.unwrap());
    assert!(mine.lock_lane(bench.account, LANE).await.unwrap(), "also before there is a reader");
    assert!(!theirs.lock_lane(bench.account, LANE).await.unwrap());
    assert!(theirs.lock_lane(bench.account, Blind([4; 16])).await.unwrap(), "other lanes are free");
    mine.give_up().await;
    assert!(theirs.lock_lane(bench.account, LANE).await.unwrap());
}

#[tokio::test]
async fn who_decides_locks_everybody_who_shares_a_child_and_nobody_else() {
    let (bench, _) = two_servers().await;
    let [mother, father, stranger] = [bench.reader('a').await, bench.reader('b').await, bench.reader('c').await];
    let child = follows(&bench, &[mother.id, father.id]).await;
    follows(&bench, &[stranger.id]).await;
    let tx = bench.store.begin().await.unwrap();
    tx.lock_family(bench.account, mother.blind).await.unwrap();
    let raw = bench.database.beside().await;
    let free = async |table: &str| {
        let sql = format!("SELECT id FROM {table} FOR UPDATE SKIP LOCKED");
        let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap();
        rows.iter().map(|row| row.try_get::<i64>("", "id").unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(free("reader").await, [stranger.id.0]);
    assert!(!free("child").await.contains(&child.0));
    tx.commit().await.unwrap();
    assert_eq!(free("reader").await.len(), 3);
}

#[tokio::test]
async fn whoever_joins_a_family_locks_it_before_the_edge_is_there() {
    let (bench, other) = two_servers().await;
    let [mother, newcomer] = [bench.reader('a').await, bench.reader('b').await];
    let child = follows(&bench, &[mother.id]).await;
    let joins = bench.store.begin().await.unwrap();
    joins.lock_family(bench.account, newcomer.blind).await.unwrap();
    joins.lock_family(bench.account, mother.blind).await.unwrap();
    let reports = async {
        let tx = other.begin().await.unwrap();
        tx.lock_family(bench.account, mother.blind).await.unwrap();
        tx.followers(child).await.unwrap()
    };
    let joined = async {
        joins.keep_follow(newcomer.id, child, Role::Father, false).await.unwrap();
        joins.commit().await.unwrap();
    };
    let (followers, ()) = tokio::join!(reports, joined);
    assert_eq!(followers, [mother.id, newcomer.id], "who decides for the family waits and knows of the newcomer");
}

#[tokio::test]
async fn two_servers_that_plan_at_the_same_instant_take_different_readers() {
    let (bench, other) = two_servers().await;
    let mut due = Vec::new();
    for digit in '0'..='5' {
        let mut reader = bench.reader(digit).await;
        reader.next_due_at = Some(NOW);
        let tx = bench.store.begin().await.unwrap();
        tx.save_reader(&reader).await.unwrap();
        tx.commit().await.unwrap();
        due.push(reader.id);
    }
    let (mine, theirs) = (bench.store.begin().await.unwrap(), other.begin().await.unwrap());
    assert_eq!(mine.take_due(&due[..4], NOW).await.unwrap(), due[..4]);
    assert_eq!(theirs.take_due(&due, NOW).await.unwrap(), due[4..], "and nobody waits");
    for mut reader in mine.readers(&due[..4]).await.unwrap() {
        reader.next_due_at = Some(NOW + 1);
        mine.save_reader(&reader).await.unwrap();
    }
    mine.commit().await.unwrap();
    theirs.give_up().await;
    let late = other.begin().await.unwrap();
    assert_eq!(late.take_due(&due, NOW).await.unwrap(), due[4..], "who was moved on is not due any more");
}

#[tokio::test]
async fn two_servers_that_lease_at_the_same_instant_take_different_rows() {
    let (bench, other) = two_servers().await;
    for name in ['a', 'b', 'c'] {
        let reader = bench.reader(name).await;
        for number in 0..2 {
            bench.keep(&bench.row(&reader, &format!("answer/{number}"), State::Waiting)).await.unwrap();
        }
    }
    let (mine, theirs) = (bench.store.begin().await.unwrap(), other.begin().await.unwrap());
    let which = (Wanted::Answers, First::Oldest);
    let first = mine.lease(bench.account, which, NOW, LEASE, 4).await.unwrap();
    let second = theirs.lease(bench.account, which, NOW, LEASE, 4).await.unwrap();
    assert_eq!((first.len(), second.len()), (4, 2), "and nobody waits");
    assert!(second.iter().all(|row| first.iter().all(|other| other.id != row.id)));
}

#[tokio::test]
async fn a_wait_is_handed_on_by_one_server_only() {
    let (bench, other) = two_servers().await;
    let mut reader = bench.reader('a').await;
    reader.next_care_at = Some(NOW);
    let (mine, theirs) = (bench.store.begin().await.unwrap(), other.begin().await.unwrap());
    mine.save_reader(&reader).await.unwrap();
    mine.commit().await.unwrap();
    let mine = bench.store.begin().await.unwrap();
    assert_eq!(mine.take_waiting(NOW, 10).await.unwrap().len(), 1);
    assert_eq!(theirs.take_waiting(NOW, 10).await.unwrap(), []);
}

/// Writes two readers one after the other, meeting the other server in between.
async fn write_both(store: &Store, ids: [ReaderId; 2], meet: &Barrier, tries: &mut Tries) -> Result<u32> {
    let mut begun = 0;
    loop {
        begun += 1;
        let done: Result<()> = async {
            let tx = store.begin().await?;
            for (at, id) in ids.into_iter().enumerate() {
                // As everywhere, before anything is looked at: nothing of it changes from here on.
                tx.lock_around(id).await?;
                let mut reader = tx.readers(&[id]).await?.remove(0);
                reader.turn += 1;
                tx.save_reader(&reader).await?;
                if begun == 1 && at == 0 {
                    meet.wait().await;
                }
            }
            tx.commit().await
        }
        .await;
        match done {
            Err(error) if tries.again(&error) => {}
            done => return done.map(|()| begun),
        }
    }
}

#[tokio::test]
async fn of_two_that_wait_for_each_other_one_begins_anew_and_both_come_through() {
    let (bench, other) = two_servers().await;
    let (a, b) = (bench.reader('a').await.id, bench.reader('b').await.id);
    let meet = Barrier::new(2);
    let (mut mine, mut theirs) = (Tries::default(), Tries::default());
    let (first, second) = tokio::join!(
        write_both(&bench.store, [a, b], &meet, &mut mine),
        write_both(&other, [b, a], &meet, &mut theirs)
    );
    assert_eq!(first.unwrap() + second.unwrap(), 3, "one of them twice");
    let tx = bench.store.begin().await.unwrap();
    let turns: Vec<i64> = tx.readers(&[a, b]).await.unwrap().iter().map(|reader| reader.turn).collect();
    assert_eq!(turns, [2, 2], "and nothing is lost of either");
}

#[tokio::test]
async fn a_row_that_is_there_already_is_worth_another_try_and_still_the_fault_of_who_writes_it() {
    let (bench, _) = two_servers().await;
    let reader = bench.reader('a').await;
    let child = follows(&bench, &[reader.id]).await;
    let tx = bench.store.begin().await.unwrap();
    let error = tx.keep_follow(reader.id, child, Role::Mother, true).await.unwrap_err();
    assert!(Tries::default().again(&error), "two servers may give the same id: the next try gives another");
    assert!(!error.is_passing(), "but an event that always comes to this must not wait for ever");
}

#[tokio::test]
async fn a_connection_that_is_lost_in_between_leaves_nothing_and_the_next_one_works() {
    let (bench, _) = two_servers().await;
    let tx = bench.store.begin().await.unwrap();
    tx.keep_events(&[event(&bench, "a")]).await.unwrap();
    cut_all(&bench).await;
    let error = tx.keep_events(&[event(&bench, "b")]).await.unwrap_err();
    assert!(error.is_passing() && !matches!(error, StoreError::Unknown(_)), "{error:?}");
    drop(tx);
    bench.store.ping().await.unwrap();
    for _ in 0..8 {
        // Every connection of the pool, one after the other, is found lost and made anew.
        bench.store.begin().await.unwrap().give_up().await;
    }
    assert_eq!(bench.store.events_in(EventState::Pending).await.unwrap(), 0);
}

#[tokio::test]
async fn a_commit_that_is_not_answered_is_unknown_and_doing_it_again_is_right() {
    let (bench, _) = two_servers().await;
    let tx = bench.store.begin().await.unwrap();
    tx.keep_events(&[event(&bench, "a")]).await.unwrap();
    cut_all(&bench).await;
    let error = tx.commit().await.unwrap_err();
    assert!(matches!(error, StoreError::Unknown(_)) && error.is_passing(), "{error:?}");
    // Whether it was committed or not:
    for new in [1, 0] {
        let tx = bench.store.begin_intake().await.unwrap();
        assert_eq!(tx.keep_events(&[event(&bench, "a")]).await.unwrap(), new);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_webhook_finds_a_connection_when_everything_else_has_none() {
    let (bench, _) = two_servers().await;
    let busy = futures::future::join_all((0..6).map(|_| bench.store.begin())).await;
    assert!(busy.iter().all(|tx| tx.is_ok()));
    let tx = bench.store.begin_intake().await.unwrap();
    tx.keep_events(&[event(&bench, "a")]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn one_of_several_servers_tries_a_held_account() {
    let (bench, other) = two_servers().await;
    let hold = hagukumi::store::Hold { reason: "wall".into(), since_ms: NOW, probe_ms: NOW };
    let tx = bench.store.begin().await.unwrap();
    tx.set_hold(bench.account, Some(&hold)).await.unwrap();
    tx.commit().await.unwrap();
    let mut moved = Vec::new();
    for store in [&bench.store, &other] {
        let tx = store.begin().await.unwrap();
        moved.push(tx.move_probe(bench.account, NOW, NOW + 600_000).await.unwrap());
        tx.commit().await.unwrap();
    }
    assert_eq!(moved, [true, false]);
}

#[tokio::test]
async fn the_time_that_was_seen_never_goes_back_whichever_server_saw_it() {
    let (bench, other) = two_servers().await;
    bench.store.saw(at(NOW)).await.unwrap();
    other.saw(at(NOW - 1)).await.unwrap();
    assert_eq!(other.last_seen().await.unwrap(), Some(at(NOW)));
    other.saw(at(NOW + 1)).await.unwrap();
    assert_eq!(bench.store.last_seen().await.unwrap(), Some(at(NOW + 1)));
}

#[tokio::test]
async fn an_account_that_two_servers_make_at_once_is_one() {
    let (bench, other) = two_servers().await;
    let make = async |store: &Store| {
        let tx = store.begin().await.unwrap();
        let id = tx.ensure_account("aoba").await.unwrap().id;
        tx.commit().await.unwrap();
        id
    };
    let (mine, theirs) = tokio::join!(make(&bench.store), make(&other));
    assert_eq!(mine, theirs);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_servers_with_different_keys_that_start_on_an_empty_database_one_is_refused() {
    let (bench, _) = two_servers().await;
    let database = Arc::new(Database::unprepared().await);
    let start = |root: u8| {
        let (database, clock) = (Arc::clone(&database), Arc::clone(&bench.clock));
        tokio::spawn(async move { open(&database, &clock, [root; 32]).await.prepare(false).await })
    };
    let ended = futures::future::join_all([start(1), start(2)]).await;
    let ended: Vec<_> = ended.into_iter().map(|ended| ended.unwrap()).collect();
    assert_eq!(ended.iter().filter(|ended| ended.is_ok()).count(), 1, "{ended:?}");
    assert!(ended.iter().any(|ended| matches!(ended, Err(SchemaError::OtherKey))), "{ended:?}");
}
