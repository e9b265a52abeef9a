//! A PostgreSQL that goes and comes, cuts its clients off, has no room for them, or is in their way.

use futures::future::join_all;
use hagukumi::domain::delivery::State;
use hagukumi::simulator::{Entry, FaultKind, On, Order, Stay};

use crate::fresh::Fresh;
use crate::line::Person;
use crate::machine::{Machine, Replica, accepted, is_long, postgres, something, time};
use crate::postgres::{Postgres, connect, order};

const FAMILIES: usize = 60;

/// Whatever is left in hand by servers that are gone is taken up by another, two minutes later.
async fn ends_well(machine: &Machine, families: &[String]) {
    machine.line.tell(Order::NoFaults).await;
    machine.line.advance_to(machine.line.now().await + chrono::TimeDelta::minutes(2)).await;
    let replica = machine.serve().await;
    machine.until_pushed(families.len()).await;
    until_all_is_decided(machine, &replica).await;
    replica.server.stop();
    machine.everybody_once(families).await;
    for state in [State::Sending, State::Waiting, State::Lapsed] {
        assert_eq!(machine.rows(state).await, 0, "{state:?}");
    }
}

async fn until_all_is_decided(machine: &Machine, replica: &Replica) {
    let pending = r#""events_pending":0"#;
    machine.until_page(&replica.address, "/readyz?verbose", |_, text| text.contains(pending)).await;
}

async fn until_redelivered(machine: &Machine) {
    for _ in 0..100 {
        let said = machine.line.tell(Order::RedeliverFailed).await;
        if said["statuses"].as_array().unwrap().iter().all(|status| status == 200) {
            return;
        }
    }
    panic!("it was never taken");
}

fn replies(ledger: &[Entry]) -> usize {
    ledger.iter().filter(|entry| entry.endpoint == "reply" && entry.accepted).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgresql_that_crashes_in_the_morning_and_comes_back_costs_nobody_anything() {
    let postgres = Postgres::start();
    let machine = Machine::on(&postgres.url(), "2026-11-23 08:00:00").await;
    machine.line.fails(On::Push, FaultKind::Slow(1_000), Stay::Always).await;
    let families = machine.families(FAMILIES, 4_000).await;
    let replica = machine.serve().await;
    let hana = machine.line.new_user().await;
    assert_eq!(hana.add_friend().await, 200);
    hana.hears("友だち追加、ありがとうございます").await;
    // What was asked is on its way back, and nobody can write it down.
    machine.until_pushed(FAMILIES / 2).await;
    postgres.crash();
    assert_eq!(hana.says("相談").await, 503);
    assert_eq!(machine.page(&replica.address, "/readyz").await.0, 503);
    postgres.begin();
    machine.until_page(&replica.address, "/readyz", |status, _| status == 200).await;
    until_redelivered(&machine).await;
    hana.hears("名前を言わなくても話せます").await;
    replica.server.stop();
    ends_well(&machine, &families).await;
    let ledger = machine.line.ledger().await;
    let pushes = ledger.iter().filter(|entry| entry.endpoint == "push");
    assert!(pushes.clone().all(|entry| matches!(entry.status, 200 | 409)), "nothing went out with another key");
    assert_eq!(replies(&ledger), 2, "and every answer once");
}

/// People who write one after the other, each so often; what was refused LINE sends again at the end.
async fn talk(people: &[Person<'_>], times: usize) {
    join_all(people.iter().map(async |person| {
        for _ in 0..times {
            person.says("相談").await;
        }
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_five_times_a_second_lose_and_double_nothing() {
    let database = Fresh::empty(&postgres()).await;
    let machine = Machine::on(&database.url, "2026-11-23 08:00:00").await;
    machine.line.fails(On::Push, FaultKind::Slow(500), Stay::Always).await;
    let families = machine.families(FAMILIES, 4_000).await;
    let replica = machine.serve().await;
    let people = join_all((0..4).map(|_| machine.line.new_user())).await;
    join_all(people.iter().map(Person::add_friend)).await;
    let cuts = if is_long() { 300 } else { 30 };
    let cut = async {
        let keeper = connect(&database.url).await;
        for _ in 0..cuts {
            let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid(); SELECT pg_sleep(0.2)";
            order(&keeper, all).await;
        }
        keeper.close().await.unwrap();
    };
    tokio::join!(cut, talk(&people, cuts / 3));
    until_redelivered(&machine).await;
    machine.until_page(&replica.address, "/readyz", |status, _| status == 200).await;
    until_all_is_decided(&machine, &replica).await;
    replica.server.stop();
    ends_well(&machine, &families).await;
}

#[tokio::test]
async fn webhooks_are_kept_in_time_while_others_hold_every_connection_that_postgresql_has() {
    let postgres = Postgres::start();
    let machine = Machine::on(&postgres.url(), "2026-11-23 08:00:00").await;
    let families = machine.families(FAMILIES, 3_000).await;
    let replica = machine.serve().await;
    let mut others = Vec::new();
    loop {
        let mut options = sea_orm::ConnectOptions::new(postgres.url());
        options.max_connections(1).sqlx_logging(false).connect_timeout(std::time::Duration::from_secs(5));
        match sea_orm::Database::connect(options).await {
            Ok(one) => others.push(one),
            Err(_full) => break,
        }
    }
    assert!(others.len() > 20, "{}", others.len());
    for number in 0..50 {
        let body = something(&number.to_string());
        assert_eq!(machine.webhook(&replica.address, &body).await, 200, "number {number} within LINE's two seconds");
    }
    machine.until_pushed(FAMILIES).await;
    for one in others {
        one.close().await.unwrap();
    }
    until_all_is_decided(&machine, &replica).await;
    replica.server.stop();
    machine.everybody_once(&families).await;
}

/// Every fortieth row that is written and the one after it come to a deadlock, or to a serialization
/// failure, wherever that is.
const IN_THE_WAY: &str = "
    CREATE SEQUENCE trouble;
    CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE number bigint := nextval('trouble');
    BEGIN
        IF number % 40 < 2 THEN
            RAISE EXCEPTION 'in the way' USING ERRCODE = CASE WHEN number % 2 = 0 THEN '40001' ELSE '40P01' END;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER trouble BEFORE INSERT OR UPDATE ON webhook_event FOR EACH ROW EXECUTE FUNCTION trouble();
    CREATE TRIGGER trouble BEFORE INSERT OR UPDATE ON delivery FOR EACH ROW EXECUTE FUNCTION trouble();
    CREATE TRIGGER trouble BEFORE INSERT OR UPDATE ON reader FOR EACH ROW EXECUTE FUNCTION trouble();
    CREATE TRIGGER trouble BEFORE INSERT OR UPDATE ON child FOR EACH ROW EXECUTE FUNCTION trouble();
    CREATE TRIGGER trouble BEFORE INSERT OR UPDATE ON follow FOR EACH ROW EXECUTE FUNCTION trouble();
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deadlocks_and_serialization_failures_at_any_row_are_begun_anew_and_leave_nothing_half_done() {
    let database = Fresh::empty(&postgres()).await;
    let machine = Machine::on(&database.url, "2026-11-23 07:59:00").await;
    let replica = machine.serve().await;
    let keeper = connect(&database.url).await;
    order(&keeper, IN_THE_WAY).await;
    let people = join_all((0..6).map(|_| machine.line.new_user())).await;
    join_all(people.iter().map(async |person| {
        assert_eq!(person.add_friend().await, 200);
        for text in ["同意して登録する", "2027/3/1", "つけない", "登録する"] {
            assert_eq!(person.says(text).await, 200);
        }
        person.hears("登録しました").await;
    }))
    .await;
    until_all_is_decided(&machine, &replica).await;
    let again = "hagukumi_transactions_again_total";
    assert!(machine.page(&replica.address, "/metrics").await.1.contains(again), "nobody was in the way");
    replica.server.stop();
    let store = machine.store().await;
    assert_eq!(store.count("child").await.unwrap(), people.len() as i64);
    store.close().await;
    for person in &people {
        let told = person.texts().await.join("\n");
        assert_eq!(told.matches("登録しました").count(), 1, "{told}");
    }
    machine.line.advance_to(time("2026-11-24 08:00:00")).await;
    let replica = machine.serve().await;
    machine.until_pushed(people.len()).await;
    order(&keeper, "DROP FUNCTION trouble() CASCADE").await;
    keeper.close().await.unwrap();
    replica.server.stop();
    assert_eq!(accepted(&machine.line.ledger().await), people.len());
}
