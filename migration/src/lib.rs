//! Database migrations, one file a change, applied in this order and never edited once released.
//!
//! All that wait run in one transaction, under a lock that other servers wait for: whatever interrupts it
//! leaves nothing behind. What cannot run in a transaction (`CREATE INDEX CONCURRENTLY`) has no place here.
//!
//! While servers are replaced one by one, old ones work on a schema that a new one has changed already. So
//! a migration only *adds*: tables, indexes, columns that may be empty or have a default. What is no
//! longer wanted goes with the version after the one that has stopped to use it.
//!
//! Times of machines are 64-bit milliseconds since 1970 (UTC). Columns that end in `_sealed` hold
//! sealed personal data and are opaque to the database; nothing here or in a query filters by them.
//! This crate never imports `entity`: entities follow the newest schema, a migration is of its day.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_first_schema;
mod m0002_codes;
mod m0003_deliveries_by_reader;
mod m0004_menus;

/// All migrations.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first_schema::Migration),
            Box::new(m0002_codes::Migration),
            Box::new(m0003_deliveries_by_reader::Migration),
            Box::new(m0004_menus::Migration),
        ]
    }
}
