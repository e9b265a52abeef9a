//! Servers that are killed while they make a database ready.

use crate::fresh::Fresh;
use crate::machine::{Machine, postgres};
use crate::postgres::{connect, order};
use crate::server::{Server, run};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

async fn count(connection: &DatabaseConnection, sql: &str) -> i64 {
    let asked = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_one_raw(asked).await.unwrap().unwrap().try_get("", "it").unwrap()
}

#[tokio::test]
async fn a_migration_of_a_file_that_is_killed_at_any_sync_is_done_anew_by_the_next() {
    let mut stood_still = 0;
    for number in 1.. {
        let machine = Machine::on_a_file("2026-11-22 09:00:00").await;
        machine.shim.stands_still_at_sync(number);
        let settings = [machine.settings("127.0.0.1:0").await, machine.shim.settings().to_vec()].concat();
        let mut server = Server::begin(machine.folder(), &settings, &["migrate"]);
        let said = server.until_line("stands still", |line| {
            let found = ["stands still", "最新の形です"].into_iter().find(|words| line.contains(words));
            found.map(|found| found == "stands still")
        });
        if said {
            stood_still += 1;
            server.kill();
        } else {
            server.end();
        }
        let settings = machine.settings("127.0.0.1:0").await;
        let again = run(machine.folder(), &settings, &["migrate"]);
        assert_eq!(again.status.code(), Some(0), "killed at sync {number}: {}", again.err);
        machine.serve_with(&[]).await.server.stop();
        if !said {
            break;
        }
    }
    assert!(stood_still >= 2, "it syncs more often than {stood_still} times");
}

/// The tenth change of the schema takes for ever.
const STANDS_STILL: &str = "
    CREATE SEQUENCE changes;
    CREATE FUNCTION stands_still() RETURNS event_trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('changes') = 10 THEN PERFORM pg_sleep(600); END IF;
    END $$;
    CREATE EVENT TRIGGER stands_still ON ddl_command_end EXECUTE FUNCTION stands_still();
";

#[tokio::test]
async fn a_migration_of_postgresql_that_is_killed_half_way_leaves_nothing_and_is_done_anew_by_the_next() {
    let database = Fresh::empty(&postgres()).await;
    let machine = Machine::on(&database.url, "2026-11-22 09:00:00").await;
    let keeper = connect(&database.url).await;
    order(&keeper, STANDS_STILL).await;
    let settings = machine.settings("127.0.0.1:0").await;
    let server = Server::begin(machine.folder(), &settings, &["migrate"]);
    let asleep =
        "SELECT COUNT(*) AS it FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while count(&keeper, asleep).await == 0 {
        assert!(std::time::Instant::now() < limit, "it never came to the tenth change");
    }
    server.kill();
    order(
        &keeper,
        "DROP EVENT TRIGGER stands_still; \
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .await;
    let tables = "SELECT COUNT(*) AS it FROM pg_tables WHERE schemaname = 'public'";
    while count(&keeper, tables).await > 0 {
        assert!(std::time::Instant::now() < limit, "half of it is still there");
    }
    keeper.close().await.unwrap();
    let again = run(machine.folder(), &settings, &["migrate"]);
    assert_eq!(again.status.code(), Some(0), "{}", again.err);
    assert!(!again.out.starts_with("0つ"), "all of it was left to do: {}", again.out);
    machine.serve_with(&[]).await.server.stop();
}

#[tokio::test]
async fn a_server_goes_on_when_a_newer_one_has_changed_the_schema_and_none_of_its_kind_starts_any_more() {
    let database = Fresh::empty(&postgres()).await;
    let machine = Machine::on(&database.url, "2026-11-23 08:00:00").await;
    let families = machine.families(20, 6_000).await;
    let replica = machine.serve().await;
    let keeper = connect(&database.url).await;
    // As a migration that only adds: a column that may be empty, a table, an index.
    order(
        &keeper,
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_from_tomorrow', 0); \
         ALTER TABLE reader ADD COLUMN from_tomorrow text; ALTER TABLE delivery ADD COLUMN from_tomorrow bigint DEFAULT 0; \
         CREATE TABLE tomorrow (id bigint PRIMARY KEY); CREATE INDEX tomorrow_reader ON reader (from_tomorrow)",
    )
    .await;
    keeper.close().await.unwrap();
    assert_eq!(machine.page(&replica.address, "/readyz").await.0, 200);
    let hana = machine.line.new_user().await;
    assert_eq!(hana.add_friend().await, 200);
    hana.hears("友だち追加、ありがとうございます").await;
    let refused = run(machine.folder(), &machine.settings("127.0.0.1:0").await, &["serve"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.err.contains("m9999_from_tomorrow"), "{}", refused.err);
    machine.until_pushed(families.len()).await;
    assert_eq!(machine.page(&replica.address, "/readyz").await.0, 200);
    replica.server.stop();
    machine.everybody_once(&families).await;
}
