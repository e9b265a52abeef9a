//! Migrations, and which databases are served.

use hagukumi::store::SchemaError;
use sha2::{Digest as _, Sha256};

use crate::bench::Bench;

const TABLES: [&str; 9] =
    ["meta", "account", "reader", "child", "follow", "consent", "webhook_event", "delivery", "code"];

#[tokio::test]
async fn migrations_run_up_down_and_up_again() {
    let bench = Bench::new().await;
    assert_eq!(bench.store.migrations_waiting().await.unwrap(), 0);
    bench.store.migrate_down().await.unwrap();
    for table in TABLES {
        assert!(bench.store.count(table).await.is_err(), "{table} is still there");
    }
    assert!(bench.store.migrate().await.unwrap() > 0);
    for table in TABLES {
        assert_eq!(bench.store.count(table).await.unwrap(), 0, "{table}");
    }
    assert!(bench.store.is_current().await.unwrap());
}

#[tokio::test]
async fn a_schema_that_a_newer_version_made_is_refused_by_name() {
    let bench = Bench::new().await;
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_from_tomorrow', 0)";
    bench.database.damage(newer).await;
    let error = bench.store.migrate().await.unwrap_err();
    assert!(matches!(&error, SchemaError::Newer { name } if name == "m9999_from_tomorrow"));
    assert!(error.to_string().contains("m9999_from_tomorrow"), "{error}");
    assert!(bench.store.is_current().await.unwrap(), "what an older server knows is still there, and it goes on");
}

#[tokio::test]
async fn a_rehearsal_and_real_readers_never_share_a_database() {
    let real = Bench::new().await;
    real.store.prepare(false).await.unwrap();
    assert!(matches!(real.store.prepare(true).await, Err(SchemaError::NotARehearsal)));

    let rehearsal = Bench::new().await;
    rehearsal.store.prepare(true).await.unwrap();
    assert!(matches!(rehearsal.store.prepare(false).await, Err(SchemaError::Rehearsal)));
}

/// When this fails, a migration was edited. One that was released never is: write another.
#[test]
fn migrations_that_were_written_stay_as_they_are() {
    for (text, written) in [
        (
            include_str!("../../migration/src/m0001_first_schema.rs"),
            "1d81cbf3362e4d31d8d95ce70a4db1838fbdec6e832b37ba9a96fb20b6aa4cef",
        ),
        (
            include_str!("../../migration/src/m0002_codes.rs"),
            "f92b3089fcd6d9e408c3b76fd9dd3d1d45f5bf70e36e6b0331a08466eb0fe335",
        ),
        (
            include_str!("../../migration/src/m0003_deliveries_by_reader.rs"),
            "84e6b77b6ddd27ab0be27db50291dc1e2d90e2b9b91d6b320a4195aeb297858a",
        ),
    ] {
        let hash: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, written);
    }
}
