//! The schema's version, and whether the database is a rehearsal.
//!
//! Everything that makes a database ready is one transaction under one lock: of servers that start
//! together one does it, and the others find it done; a server that dies over it leaves nothing behind.

use chrono::{DateTime, Utc};
use entity::meta;
use migration::{Migrator, MigratorTrait};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use sea_orm_migration::{IntoSchemaManagerConnection, SchemaManager, seaql_migrations};

use super::{Result, Store, StoreError, Tx};

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
    /// A key file from before the key was changed.
    #[error(
        "鍵ファイルが、鍵を交換する前のものです。交換したあとの鍵ファイルを戻してください（いまのままでは、登録を読めません）"
    )]
    OlderKey,
    /// The database itself.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Tables and names in `meta`.
const META: &str = "meta";
const MIGRATIONS: &str = "seaql_migrations";
pub(super) const REHEARSAL: &str = "rehearsal";
const LAST_SEEN: &str = "last_seen_ms";
/// What the key file makes of a fixed word. Tells another key file from the right one, and nothing else.
pub(super) const KEY_CHECK: &str = "key_check";
/// The number of the newest key that anything was sealed with.
pub(super) const KEY_NEWEST: &str = "key_newest";
/// When the key was changed last (milliseconds since 1970).
const KEY_CHANGED: &str = "key_changed_ms";

/// What is written about a database as a whole.
#[derive(Debug, Default)]
struct Marks {
    rehearsal: Option<String>,
    key: Option<String>,
    newest_key: Option<String>,
}

impl Store {
    /// Brings the schema up to date; returns how many migrations ran.
    ///
    /// # Errors
    ///
    /// [`SchemaError::Newer`], or [`SchemaError::Store`].
    pub async fn migrate(&self) -> Result<usize, SchemaError> {
        let tx = self.begin().await?;
        tx.lock_schema().await?;
        refuse_newer(&tx.inner).await?;
        let waiting = waiting(&tx.inner).await?;
        Migrator::up(&tx.inner, None).await.map_err(StoreError::from)?;
        tx.commit().await?;
        Ok(waiting)
    }

    /// How many migrations this program would still run.
    ///
    /// # Errors
    ///
    /// As [`Store::migrate`].
    pub async fn migrations_waiting(&self) -> Result<usize, SchemaError> {
        refuse_newer(&self.reader).await?;
        Ok(waiting(&self.reader).await?)
    }

    /// Takes every migration back. For tests: a migration that cannot go down was not thought through.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn migrate_down(&self) -> Result<()> {
        Ok(Migrator::down(&self.writer, None).await?)
    }

    /// Makes a database ready to be served: refuses what does not belong together *before* anything is
    /// changed, brings the schema up to date, and marks a new database. A rehearsal clock and real
    /// readers never meet, and neither do a database and another's key.
    ///
    /// # Errors
    ///
    /// Every [`SchemaError`].
    pub async fn prepare(&self, rehearsing: bool) -> Result<(), SchemaError> {
        let tx = self.begin().await?;
        tx.lock_schema().await?;
        refuse_newer(&tx.inner).await?;
        let before = marks(&tx.inner).await?;
        self.refuse_mixture(&before, rehearsing)?;
        Migrator::up(&tx.inner, None).await.map_err(StoreError::from)?;
        if before.rehearsal.is_none() {
            tx.set_meta(REHEARSAL, if rehearsing { "yes" } else { "no" }).await?;
        }
        if before.key.is_none() {
            tx.set_meta(KEY_CHECK, &self.sealer.check()).await?;
        }
        tx.commit().await?;
        Ok(self.note_key().await?)
    }

    fn refuse_mixture(&self, before: &Marks, rehearsing: bool) -> Result<(), SchemaError> {
        self.judge_key(before)?;
        match (before.rehearsal.as_deref(), rehearsing) {
            (Some("yes"), false) => Err(SchemaError::Rehearsal),
            (Some("no"), true) => Err(SchemaError::NotARehearsal),
            _ => Ok(()),
        }
    }

    /// Takes note of the key that seals from now on, before anything is sealed with it: from then on this
    /// database is not served without it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn note_key(&self) -> Result<()> {
        let newest = noted(&self.reader, KEY_NEWEST).await?.and_then(|number| number.parse().ok());
        if newest.is_none_or(|newest: u8| newest < self.sealer.current()) {
            self.set_meta(KEY_NEWEST, &self.sealer.current().to_string()).await?;
        }
        Ok(())
    }

    /// Takes note that another key seals from that moment on (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn key_was_changed(&self, at: i64) -> Result<()> {
        self.note_key().await?;
        self.set_meta(KEY_CHANGED, &at.to_string()).await
    }

    /// When the key was changed last (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn key_changed_at(&self) -> Result<Option<i64>> {
        Ok(noted(&self.reader, KEY_CHANGED).await?.and_then(|at| at.parse().ok()))
    }

    /// Refuses a database that was written with another key file, or with a newer state of it.
    ///
    /// # Errors
    ///
    /// [`SchemaError::OtherKey`], [`SchemaError::OlderKey`], [`SchemaError::Store`].
    pub async fn refuse_other_key(&self) -> Result<(), SchemaError> {
        self.judge_key(&marks(&self.reader).await?)
    }

    fn judge_key(&self, before: &Marks) -> Result<(), SchemaError> {
        if before.key.as_ref().is_some_and(|key| *key != self.sealer.check()) {
            return Err(SchemaError::OtherKey);
        }
        if !self.sealer.has(before.newest_key.as_deref()) {
            return Err(SchemaError::OlderKey);
        }
        Ok(())
    }

    /// Whether this database was created under a rehearsal clock.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn is_rehearsal(&self) -> Result<bool> {
        Ok(noted(&self.reader, REHEARSAL).await?.as_deref() == Some("yes"))
    }

    /// The last time a server on this database saw; none in a new one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn last_seen(&self) -> Result<Option<DateTime<Utc>>> {
        if !has_table(&self.reader, META).await? {
            return Ok(None);
        }
        let ms = noted(&self.reader, LAST_SEEN).await?.and_then(|text| text.parse().ok());
        Ok(ms.and_then(DateTime::from_timestamp_millis))
    }

    /// Keeps that a server saw this time; an earlier one than was seen already changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn saw(&self, now: DateTime<Utc>) -> Result<()> {
        let row = meta::ActiveModel { name: Set(LAST_SEEN.to_owned()), value: Set(now.timestamp_millis().to_string()) };
        let number = |table: &'static str| Expr::col((table, meta::Column::Value)).cast_as("bigint");
        let later = OnConflict::column(meta::Column::Name)
            .update_column(meta::Column::Value)
            .action_and_where(number("excluded").gt(number(META)))
            .to_owned();
        let tx = self.begin().await?;
        tx.has_written(meta::Entity::insert(row).on_conflict(later).exec_without_returning(&tx.inner).await?);
        tx.commit().await
    }

    /// The value of that name, given now where it has none; whoever comes first gives it.
    pub(super) async fn meta_or(&self, name: &str, first: &str) -> Result<String> {
        let row = meta::ActiveModel { name: Set(name.to_owned()), value: Set(first.to_owned()) };
        let keep = OnConflict::column(meta::Column::Name).do_nothing().to_owned();
        meta::Entity::insert(row).on_conflict(keep).exec_without_returning(&self.writer).await?;
        let row = meta::Entity::find_by_id(name).one(&self.writer).await?;
        Ok(row.map_or_else(|| first.to_owned(), |row| row.value))
    }

    pub(super) async fn meta(&self, name: &str) -> Result<Option<String>> {
        noted(&self.reader, name).await
    }

    pub(super) async fn set_meta(&self, name: &str, value: &str) -> Result<()> {
        set_noted(&self.writer, name, value).await
    }

    /// Whether the schema has everything this program works with: read from the file itself, so that a lost
    /// or replaced file shows. What a newer program has added while this one serves is no harm (see
    /// `migration`); a server that starts on it is refused all the same.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn is_current(&self) -> Result<bool> {
        noted(&self.reader, REHEARSAL).await?;
        let applied = seaql_migrations::Entity::find().all(&self.reader).await?;
        let has = |name: &str| applied.iter().any(|one| one.version == name);
        Ok(Migrator::migrations().iter().all(|one| has(one.name())))
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

impl Tx {
    pub(super) async fn has_table(&self, table: &str) -> Result<bool> {
        has_table(&self.inner, table).await
    }

    pub(super) async fn set_meta(&self, name: &str, value: &str) -> Result<()> {
        set_noted(&self.inner, name, value).await
    }

    pub(super) async fn forget_meta(&self, name: &str) -> Result<()> {
        meta::Entity::delete_by_id(name).exec(&self.inner).await?;
        Ok(())
    }
}

async fn set_noted(db: &impl ConnectionTrait, name: &str, value: &str) -> Result<()> {
    let row = meta::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let replace = OnConflict::column(meta::Column::Name).update_column(meta::Column::Value).to_owned();
    meta::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}

async fn noted(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>> {
    Ok(meta::Entity::find_by_id(name).one(db).await?.map(|row| row.value))
}

async fn has_table<'c>(db: impl IntoSchemaManagerConnection<'c>, table: &str) -> Result<bool> {
    Ok(SchemaManager::new(db).has_table(table).await?)
}

/// What is written about the database as a whole; nothing in a new one.
async fn marks<'c, C>(db: &'c C) -> Result<Marks>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    if !has_table(db, META).await? {
        return Ok(Marks::default());
    }
    let (rehearsal, key) = (noted(db, REHEARSAL).await?, noted(db, KEY_CHECK).await?);
    Ok(Marks { rehearsal, key, newest_key: noted(db, KEY_NEWEST).await? })
}

async fn refuse_newer<'c, C>(db: &'c C) -> Result<(), SchemaError>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    if !has_table(db, MIGRATIONS).await? {
        return Ok(());
    }
    let known: Vec<String> = Migrator::migrations().iter().map(|m| m.name().to_owned()).collect();
    let applied = seaql_migrations::Entity::find().all(db).await.map_err(StoreError::from)?;
    match applied.into_iter().find(|model| !known.contains(&model.version)) {
        Some(newer) => Err(SchemaError::Newer { name: newer.version }),
        None => Ok(()),
    }
}

async fn waiting(db: &impl ConnectionTrait) -> Result<usize> {
    Ok(Migrator::get_pending_migrations_read_only(db).await?.len())
}
