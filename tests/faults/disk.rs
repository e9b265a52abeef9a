//! SQLite on a disk that loses power, is slow, full or broken.

use std::collections::BTreeSet;
use std::path::Path;

use futures::future::join_all;
use hagukumi::simulator::{Entry, Order};
use hagukumi::store::EventState;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::line::Person;
use crate::machine::{Machine, PATIENCE, Replica, is_long, something};
use crate::postgres::connect;
use crate::shim::{EIO, ENOSPC};

/// SQLite's files that are there after a power cut.
const FILES: [&str; 2] = ["hagukumi.sqlite", "hagukumi.sqlite-wal"];
/// What a disk writes as a whole, or not at all.
const BLOCK: usize = 4_096;

/// What of the unsynced blocks the disk had written when the power went, by number.
type Survives = fn(usize) -> bool;

/// A file as it is after the power cut: what was synced, and of the rest what survived.
fn after_the_cut(folder: &Path, name: &str, survives: Survives) -> Vec<u8> {
    let (now, synced) = (folder.join(name), folder.join(format!("{name}.synced")));
    let (now, mut kept) = (std::fs::read(now).unwrap(), std::fs::read(synced).unwrap());
    for (number, block) in now.chunks(BLOCK).enumerate().filter(|(number, _)| survives(*number)) {
        let at = number * BLOCK;
        kept.resize(kept.len().max(at + block.len()), 0);
        kept[at..at + block.len()].copy_from_slice(block);
    }
    kept
}

/// The ids of all events that a database has.
async fn events(folder: &Path) -> BTreeSet<String> {
    let url = format!("sqlite://{}", folder.join(FILES[0]).display());
    let database = connect(&url).await;
    let all = Statement::from_string(database.get_database_backend(), "SELECT event_key AS it FROM webhook_event");
    // Without a table there are none.
    let rows = database.query_all_raw(all).await.unwrap_or_default();
    let ids = rows.iter().map(|row| row.try_get("", "it").unwrap()).collect();
    database.close().await.unwrap();
    ids
}

/// People who write without waiting for answers, until nobody takes it any more.
async fn talk(people: &[Person<'_>]) {
    join_all(people.iter().map(async |person| {
        let mut status = person.add_friend().await;
        while status == 200 {
            status = person.says("相談").await;
        }
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_with_200_is_there_after_the_power_was_cut() {
    let runs = if is_long() { 20 } else { 1 };
    for run in 0..runs {
        after_a_power_cut(40 + 17 * run).await;
    }
}

async fn after_a_power_cut(answers: usize) {
    let machine = Machine::on_a_file("2026-11-22 09:00:00").await;
    machine.shim.keeps_what_was_synced();
    let server = machine.serve().await.server;
    machine.shim.syncs_take(10);
    let people = join_all((0..6).map(|_| machine.line.new_user())).await;
    let cut = async {
        machine.line.until("answers", |ledger| ledger.len() >= answers).await;
        server.kill();
    };
    tokio::join!(talk(&people), cut);
    let log = machine.line.webhook_log().await;
    let promised = log.iter().filter(|webhook| webhook.status == 200).flat_map(|webhook| &webhook.events);
    let promised: BTreeSet<String> =
        promised.map(|event| event["webhookEventId"].as_str().unwrap().to_owned()).collect();
    assert!(promised.len() >= answers, "{}", promised.len());

    let survivors: [Survives; 4] =
        [|_| false, |number| number % 2 == 0, |number| number % 2 == 1, |number| number % 3 != 1];
    for (number, survives) in survivors.iter().enumerate() {
        let place = machine.folder().join(format!("after-{number}"));
        std::fs::create_dir(&place).unwrap();
        for name in FILES {
            std::fs::write(place.join(name), after_the_cut(machine.folder(), name, *survives)).unwrap();
        }
        let found = events(&place).await;
        let lost: Vec<_> = promised.difference(&found).collect();
        assert!(lost.is_empty(), "lost although LINE had its 200: {lost:?}");
    }
    // The log is what keeps them: this would be noticed.
    let place = machine.folder().join("without-the-log");
    std::fs::create_dir(&place).unwrap();
    std::fs::write(place.join(FILES[0]), after_the_cut(machine.folder(), FILES[0], |_| false)).unwrap();
    assert!(!promised.is_subset(&events(&place).await));

    // And a server goes on with it: whatever was kept is decided, and the witness counts.
    for name in FILES {
        let after = after_the_cut(machine.folder(), name, survivors[2]);
        std::fs::write(machine.folder().join(name), after).unwrap();
    }
    std::fs::remove_file(machine.folder().join("hagukumi.sqlite-shm")).unwrap();
    machine.shim.syncs_take(0);
    let replica = machine.serve().await;
    until_all_is_decided(&machine, &replica).await;
    replica.server.stop();
}

async fn until_all_is_decided(machine: &Machine, replica: &Replica) {
    let pending = r#""events_pending":0"#;
    machine.until_page(&replica.address, "/readyz?verbose", |_, text| text.contains(pending)).await;
}

#[tokio::test]
async fn a_disk_that_takes_half_a_second_makes_an_answer_late_and_not_too_late() {
    let machine = Machine::on_a_file("2026-11-22 09:00:00").await;
    let replica = machine.serve().await;
    machine.shim.syncs_take(500);
    assert_eq!(machine.webhook(&replica.address, &something("slow")).await, 200, "within LINE's two seconds");
    machine.shim.syncs_take(0);
    until_all_is_decided(&machine, &replica).await;
    replica.server.kill();
    assert!(events(machine.folder()).await.contains("slow"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_takes_three_seconds_makes_it_503_and_never_200_and_what_comes_again_is_done_once() {
    let machine = Machine::on_a_file("2026-11-22 09:00:00").await;
    let replica = machine.serve().await;
    let people = join_all((0..8).map(|_| machine.line.new_user())).await;
    join_all(people.iter().map(Person::add_friend)).await;
    until_all_is_decided(&machine, &replica).await;
    machine.line.until("greetings", |ledger| replies(ledger) == people.len()).await;
    machine.shim.syncs_take(3_000);
    let statuses = join_all(people.iter().map(|person| person.says("相談"))).await;
    assert!(statuses.iter().all(|status| *status == 503), "{statuses:?}");
    machine.shim.syncs_take(0);
    until_redelivered(&machine).await;
    for person in &people {
        person.hears("名前を言わなくても話せます").await;
    }
    until_all_is_decided(&machine, &replica).await;
    replica.server.stop();
    assert_eq!(replies(&machine.line.ledger().await), 2 * people.len(), "each was answered once");
}

fn replies(ledger: &[Entry]) -> usize {
    ledger.iter().filter(|entry| entry.endpoint == "reply" && entry.status == 200).count()
}

/// LINE sends what failed again until all of it was taken.
async fn until_redelivered(machine: &Machine) {
    for _ in 0..100 {
        let said = machine.line.tell(Order::RedeliverFailed).await;
        if said["statuses"].as_array().unwrap().iter().all(|status| status == 200) {
            return;
        }
    }
    panic!("it was never taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_or_broken_takes_nothing_says_so_and_loses_nothing_it_took() {
    for (what, write, sync) in [("full", ENOSPC, 0), ("broken", 0, EIO)] {
        let machine = Machine::on_a_file("2026-11-22 09:00:00").await;
        let replica = machine.serve().await;
        let hana = machine.line.new_user().await;
        assert_eq!(hana.add_friend().await, 200);
        until_all_is_decided(&machine, &replica).await;
        machine.shim.writes_fail(write);
        machine.shim.syncs_fail(sync);
        for _ in 0..5 {
            assert_eq!(hana.says("相談").await, 503, "{what}");
            assert_eq!(machine.page(&replica.address, "/readyz").await.0, 503, "{what}");
        }
        machine.shim.writes_fail(0);
        machine.shim.syncs_fail(0);
        until_redelivered(&machine).await;
        assert_eq!(machine.page(&replica.address, "/readyz").await.0, 200, "{what}");
        let said = replica.server.kill();
        assert!(said.contains("a webhook could not be kept"), "{what}: {said}");
        let replica = machine.serve().await;
        until_all_is_decided(&machine, &replica).await;
        hana.hears("名前を言わなくても話せます").await;
        replica.server.stop();
        assert_eq!(machine.store().await.events_in(EventState::Done).await.unwrap(), 6, "{what}");
    }
}

/// Another process that has the file open: a backup tool, a curious administrator.
async fn somebody_else(machine: &Machine) -> sea_orm::DatabaseConnection {
    connect(&format!("sqlite://{}", machine.file().display())).await
}

#[tokio::test]
async fn whoever_keeps_the_file_locked_costs_a_503_and_line_never_hears_of_locks() {
    let machine = Machine::on_a_file("2026-11-22 09:00:00").await;
    let replica = machine.serve().await;
    let other = somebody_else(&machine).await;
    crate::postgres::order(&other, "BEGIN IMMEDIATE").await;
    assert_eq!(machine.webhook(&replica.address, &something("locked")).await, 503);
    crate::postgres::order(&other, "ROLLBACK").await;
    assert_eq!(machine.webhook(&replica.address, &something("free")).await, 200);
    until_all_is_decided(&machine, &replica).await;
    replica.server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_disk_that_stands_still_is_no_more_than_there_is_room_for() {
    let machine = Machine::on_a_file("2026-11-22 09:00:00").await;
    let replica = machine.serve().await;
    let other = somebody_else(&machine).await;
    crate::postgres::order(&other, "BEGIN IMMEDIATE").await;
    // As much as a webhook may be; 32 of them fill what is set aside.
    let large = |number: usize| format!("{number:02}") + &"x".repeat(1024 * 1024 - 2);
    let statuses = join_all((0..40).map(async |number| machine.webhook(&replica.address, &large(number)).await)).await;
    assert!(statuses.iter().all(|status| *status == 503 || *status == 0), "{statuses:?}");
    replica.server.until_line("too much waits to be kept", |line| line.contains("too much waits").then_some(()));
    crate::postgres::order(&other, "ROLLBACK").await;
    let kept = async || machine.webhook(&replica.address, &something("after")).await == 200;
    // What had waited is written first.
    let until_kept = async { while !kept().await {} };
    assert!(tokio::time::timeout(PATIENCE, until_kept).await.is_ok(), "there is no room any more");
    replica.server.stop();
}

#[tokio::test]
async fn whoever_reads_for_ever_makes_the_log_long_which_is_told_and_keeps_nobody_waiting() {
    let machine = Machine::on_a_file("2026-11-22 09:00:00").await;
    machine.families(0, 0).await;
    let (reads, writes) = (somebody_else(&machine).await, somebody_else(&machine).await);
    crate::postgres::order(&reads, "BEGIN; SELECT COUNT(*) FROM meta").await;
    crate::postgres::order(&writes, "INSERT INTO meta (name, value) VALUES ('long', hex(zeroblob(35000000)))").await;
    let replica = machine.serve().await;
    let bytes = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("hagukumi_sqlite_log_bytes ")).map(str::to_owned);
        line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).unwrap_or_default()
    };
    assert!(bytes(&machine.page(&replica.address, "/metrics").await.1) > 64e6);
    replica.server.until_said("write-ahead log of SQLite is large");
    for number in 0..20 {
        assert_eq!(machine.webhook(&replica.address, &something(&number.to_string())).await, 200);
    }
    // When nobody reads any more, the log is put into the file and cut.
    crate::postgres::order(&reads, "COMMIT").await;
    reads.close().await.unwrap();
    writes.close().await.unwrap();
    let mut number = 20;
    while bytes(&machine.page(&replica.address, "/metrics").await.1) > 32e6 {
        number += 1;
        assert!(number < 2_000, "it stays long");
        assert_eq!(machine.webhook(&replica.address, &something(&number.to_string())).await, 200);
    }
    until_all_is_decided(&machine, &replica).await;
    replica.server.stop();
}
