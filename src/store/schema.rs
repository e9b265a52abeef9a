//! The schema's version, and whether the database is a rehearsal.

use chrono::{DateTime, Utc};
use entity::meta;
use migration::{Migrator, MigratorTrait};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseConnection, EntityTrait};
use sea_orm_migration::SchemaManager;

use super::{Result, Store, StoreError};
use crate::domain::ids::AccountId;

/// Why a database cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// It was written by a newer hagukumi.
    #[error("the database was migrated by a newer hagukumi ({name}); install that version again")]
    Newer {
        /// The migration this program does not know.
        name: String,
    },
    /// A real database under a rehearsal clock.
    #[error("this database holds real readers; a rehearsal clock works only on a database created under it")]
    NotARehearsal,
    /// A rehearsal database without the rehearsal clock.
    #[error("this database is a rehearsal; set HAGUKUMI_REHEARSAL_CLOCK or use another database")]
    Rehearsal,
    /// Another key file than the one this database was written with.
    #[error(
        "this database was written with another key file: put the right one back, or registrations cannot be read and readers are not found again"
    )]
    OtherKey,
    /// The database itself.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Tables and names in `meta`.
const META: &str = "meta";
const REHEARSAL: &str = "rehearsal";
const LAST_SEEN: &str = "last_seen_ms";
/// What the key file makes of a fixed word. Tells another key file from the right one, and nothing else.
const KEY_CHECK: &str = "key_check";

/// What is written about a database as a whole.
#[derive(Debug, Default)]
struct Marks {
    rehearsal: Option<String>,
    key: Option<String>,
}

impl Store {
    /// Brings the schema up to date; returns how many migrations ran.
    ///
    /// # Errors
    ///
    /// [`SchemaError::Newer`], or [`SchemaError::Store`].
    pub async fn migrate(&self) -> Result<usize, SchemaError> {
        self.refuse_newer().await?;
        let waiting = Migrator::get_pending_migrations(&self.writer).await.map_err(StoreError::from)?.len();
        Migrator::up(&self.writer, None).await.map_err(StoreError::from)?;
        Ok(waiting)
    }

    /// How many migrations this program would still run.
    ///
    /// # Errors
    ///
    /// As [`Store::migrate`].
    pub async fn migrations_waiting(&self) -> Result<usize, SchemaError> {
        self.refuse_newer().await?;
        Ok(Migrator::get_pending_migrations(&self.writer).await.map_err(StoreError::from)?.len())
    }

    /// Takes every migration back. For tests: a migration that cannot go down was not thought through.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn migrate_down(&self) -> Result<()> {
        Ok(Migrator::down(&self.writer, None).await?)
    }

    async fn refuse_newer(&self) -> Result<(), SchemaError> {
        self.refuse_newer_on(&self.writer).await
    }

    async fn refuse_newer_on(&self, db: &DatabaseConnection) -> Result<(), SchemaError> {
        let known: Vec<String> = Migrator::migrations().iter().map(|m| m.name().to_owned()).collect();
        let applied = Migrator::get_migration_models(db).await;
        // Before the first migration there is no table to ask.
        let Ok(applied) = applied else { return Ok(()) };
        match applied.into_iter().find(|model| !known.contains(&model.version)) {
            Some(newer) => Err(SchemaError::Newer { name: newer.version }),
            None => Ok(()),
        }
    }

    /// Makes a database ready to be served: refuses what does not belong together *before* anything is
    /// changed, brings the schema up to date, and marks a new database. A rehearsal clock and real
    /// readers never meet, and neither do a database and another's key.
    ///
    /// # Errors
    ///
    /// Every [`SchemaError`].
    pub async fn prepare(&self, rehearsing: bool) -> Result<(), SchemaError> {
        self.refuse_newer().await?;
        let before = self.marks().await?;
        self.refuse_mixture(&before, rehearsing).await?;
        self.migrate().await?;
        if before.rehearsal.is_none() {
            self.set_meta(REHEARSAL, if rehearsing { "yes" } else { "no" }).await?;
        }
        if before.key.is_none() {
            self.set_meta(KEY_CHECK, &self.key_check()).await?;
        }
        Ok(())
    }

    async fn refuse_mixture(&self, before: &Marks, rehearsing: bool) -> Result<(), SchemaError> {
        if before.key.as_ref().is_some_and(|key| *key != self.key_check()) {
            return Err(SchemaError::OtherKey);
        }
        match (before.rehearsal.as_deref(), rehearsing) {
            (Some("yes"), false) => Err(SchemaError::Rehearsal),
            (Some("no"), true) => Err(SchemaError::NotARehearsal),
            _ => Ok(()),
        }
    }

    /// What is written about the database as a whole; nothing in a new one.
    async fn marks(&self) -> Result<Marks> {
        if !self.has_meta().await? {
            return Ok(Marks::default());
        }
        Ok(Marks { rehearsal: self.meta(REHEARSAL).await?, key: self.meta(KEY_CHECK).await? })
    }

    fn key_check(&self) -> String {
        self.sealer.blind_of(AccountId(0), KEY_CHECK).0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    async fn has_meta(&self) -> Result<bool> {
        Ok(SchemaManager::new(&self.writer).has_table(META).await?)
    }

    /// Whether this database was created under a rehearsal clock.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn is_rehearsal(&self) -> Result<bool> {
        Ok(self.meta(REHEARSAL).await?.as_deref() == Some("yes"))
    }

    /// The last time a server on this database saw; none in a new one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn last_seen(&self) -> Result<Option<DateTime<Utc>>> {
        if !self.has_meta().await? {
            return Ok(None);
        }
        let ms = self.meta(LAST_SEEN).await?.and_then(|text| text.parse().ok());
        Ok(ms.and_then(DateTime::from_timestamp_millis))
    }

    /// Keeps that a server saw this time.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn saw(&self, now: DateTime<Utc>) -> Result<()> {
        self.set_meta(LAST_SEEN, &now.timestamp_millis().to_string()).await
    }

    pub(super) async fn meta(&self, name: &str) -> Result<Option<String>> {
        Ok(meta::Entity::find_by_id(name).one(&self.reader).await?.map(|row| row.value))
    }

    /// The value of that name, given now where it has none; whoever comes first gives it.
    pub(super) async fn meta_or(&self, name: &str, first: &str) -> Result<String> {
        let row = meta::ActiveModel { name: Set(name.to_owned()), value: Set(first.to_owned()) };
        let keep = OnConflict::column(meta::Column::Name).do_nothing().to_owned();
        meta::Entity::insert(row).on_conflict(keep).exec_without_returning(&self.writer).await?;
        let row = meta::Entity::find_by_id(name).one(&self.writer).await?;
        Ok(row.map_or_else(|| first.to_owned(), |row| row.value))
    }

    pub(super) async fn set_meta(&self, name: &str, value: &str) -> Result<()> {
        let row = meta::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
        let replace = OnConflict::column(meta::Column::Name).update_column(meta::Column::Value).to_owned();
        meta::Entity::insert(row).on_conflict(replace).exec_without_returning(&self.writer).await?;
        Ok(())
    }

    /// Whether the schema is the one this program works with: read from the file itself, so that a lost
    /// or replaced file shows.
    ///
    /// # Errors
    ///
    /// [`SchemaError::Newer`], [`SchemaError::Store`].
    pub async fn is_current(&self) -> Result<bool, SchemaError> {
        self.meta(REHEARSAL).await?;
        self.refuse_newer_on(&self.reader).await?;
        let pending = Migrator::get_pending_migrations(&self.reader).await.map_err(StoreError::from)?;
        Ok(pending.is_empty())
    }

    /// Rows of a table, for metrics and tests.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn count(&self, table: &'static str) -> Result<i64> {
        let query = Query::select().expr_as(Expr::cust("COUNT(*)"), "n").from(table).to_owned();
        let row = self.reader.query_one(&query).await?;
        Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
    }
}
