//! Writing a backup, from one moment, while servers work.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat};
use futures::TryStreamExt as _;
use migration::{Migrator, MigratorTrait as _};
use sea_orm::sea_query::{Order, Query};
use sea_orm::{AccessMode, ConnectionTrait as _, IsolationLevel, StreamTrait as _, TransactionTrait as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::tables::{Kind, TABLES, Table};
use crate::store::{Backend, Fact, SchemaError, Store, StoreError};

/// What every backup begins with.
pub(super) const FORMAT: &str = "hagukumi backup 1";

/// Why no backup was written.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The schema is not the one of this version.
    #[error("データベースが、この版の形ではありません。`hagukumi migrate` のあとに、もういちど実行してください")]
    Schema,
    /// The file.
    #[error("バックアップのファイルに書きこめません")]
    File(#[from] io::Error),
    /// The database.
    #[error("データベースを読めません")]
    Store(#[from] StoreError),
}

/// The first line of a backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Head {
    pub(super) format: String,
    /// The version that wrote it.
    pub version: String,
    /// When it was taken (milliseconds since 1970), and the same for people.
    pub taken_ms: i64,
    pub(super) taken_at: String,
    /// Which database it was taken from.
    pub backend: String,
    pub(super) migrations: Vec<String>,
    pub(super) tables: Vec<HeadTable>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct HeadTable {
    pub name: String,
    pub columns: Vec<(String, Kind)>,
}

/// What a backup holds, by its own words.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// Its first line.
    pub head: Head,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
}

impl Head {
    fn of(backend: Backend, taken_ms: i64) -> Self {
        let table = |table: &Table| HeadTable {
            name: table.name.to_owned(),
            columns: table.columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect(),
        };
        let taken = DateTime::from_timestamp_millis(taken_ms).unwrap_or_default();
        Self {
            format: FORMAT.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            taken_ms,
            taken_at: taken.to_rfc3339_opts(SecondsFormat::Secs, true),
            backend: backend.as_str().to_owned(),
            migrations: Migrator::migrations().iter().map(|one| one.name().to_owned()).collect(),
            tables: TABLES.iter().map(table).collect(),
        }
    }
}

/// Writes lines and hashes them.
struct Lines<'a, W> {
    out: &'a mut W,
    hash: Sha256,
}

impl<W: Write> Lines<'_, W> {
    fn write(&mut self, line: &Value) -> io::Result<()> {
        let mut text = line.to_string();
        text.push('\n');
        self.hash.update(&text);
        self.out.write_all(text.as_bytes())
    }
}

impl Store {
    /// Writes every row as it is at one moment, and that it was taken into the suppression list. Servers go on
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// [`BackupError`].
    pub async fn back_up(&self, out: &mut impl Write) -> Result<Manifest, BackupError> {
        match self.migrations_waiting().await {
            Ok(0) => {}
            Err(SchemaError::Store(error)) => return Err(error.into()),
            Ok(_) | Err(_) => return Err(BackupError::Schema),
        }
        let head = Head::of(self.backend, self.ambient.now_ms());
        let mut lines = Lines { out, hash: Sha256::new() };
        lines.write(&serde_json::to_value(&head).expect("our own types are JSON"))?;
        if let Some(list) = self.suppression() {
            list.keep(&[Fact::BackedUp(head.taken_ms)]).await;
        }
        let tx = self.one_moment().await?;
        let mut rows = BTreeMap::new();
        for (at, table) in TABLES.iter().enumerate() {
            let mut query = Query::select();
            query.columns(table.columns.iter().map(|(name, _)| *name)).from(table.name);
            for (key, _) in &table.columns[..table.keys] {
                query.order_by(*key, Order::Asc);
            }
            let mut stream = tx.stream(&query).await.map_err(StoreError::from)?;
            let mut count = 0;
            while let Some(row) = stream.try_next().await.map_err(StoreError::from)? {
                let mut line = vec![Value::from(at)];
                for (column, kind) in table.columns {
                    line.push(kind.written(&row, column)?);
                }
                lines.write(&Value::from(line))?;
                count += 1;
            }
            rows.insert(table.name.to_owned(), count);
        }
        tx.rollback().await.map_err(StoreError::from)?;
        let hash: String = lines.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(out, "{}", json!({ "end": FORMAT, "rows": rows, "sha256": hash }))?;
        Ok(Manifest { head, rows })
    }

    /// A transaction that sees the database as it is now, however long it reads.
    async fn one_moment(&self) -> Result<sea_orm::DatabaseTransaction, StoreError> {
        if self.backend == Backend::Sqlite {
            return Ok(self.reader.begin().await?);
        }
        let (isolation, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
        let tx = self.reader.begin_with_config(Some(isolation), Some(access)).await?;
        for limit in ["statement_timeout", "idle_in_transaction_session_timeout"] {
            tx.execute_unprepared(&format!("SET LOCAL {limit} = 0")).await?;
        }
        Ok(tx)
    }
}
