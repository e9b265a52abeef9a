//! Reading a backup, and writing it into an empty database.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use migration::{Migrator, MigratorTrait as _};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, Query};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::tables::{Kind, OF_FAMILIES, TABLES};
use super::write::{FORMAT, Head, HeadTable, Manifest};
use crate::store::schema::{KEY_CHECK, KEY_NEWEST, REHEARSAL};
use crate::store::{Restored, Sealer, Store, StoreError, Tx};

/// Rows in one statement: PostgreSQL and SQLite take at least 32,766 values, and a row has at most 19.
const CHUNK: usize = 500;

/// Why a backup was not restored. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file.
    #[error("バックアップ {path} を読めません")]
    File {
        /// Which.
        path: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// It is none.
    #[error("{0} は、hagukumi のバックアップではありません")]
    NoBackup(String),
    /// It ends in the middle.
    #[error("バックアップ {0} は、とちゅうで切れています。別のバックアップを使ってください")]
    CutOff(String),
    /// It is not what was written.
    #[error("バックアップ {0} は、こわれています（検査の値が合いません）。別のバックアップを使ってください")]
    Damaged(String),
    /// A newer version wrote it.
    #[error("このバックアップは、新しい版の hagukumi（{0}）のものです。その版を入れてから復元してください")]
    Newer(String),
    /// Another key.
    #[error(
        "鍵ファイルが、このバックアップのものではありません。データベースといっしょに使っていた鍵ファイルを戻してください"
    )]
    OtherKey,
    /// A rehearsal's, or not.
    #[error("リハーサルのバックアップと本番の設定（または、その逆）は、いっしょに使えません")]
    Rehearsal,
    /// Somebody is in there.
    #[error(
        "復元先のデータベースに、すでに登録があります。何も変えていません。空のデータベース（SQLite なら、まだないファイル）を HAGUKUMI_DATABASE_URL に書いてください"
    )]
    NotEmpty,
    /// The database.
    #[error("データベースに書きこめません")]
    Store(#[from] StoreError),
}

/// A backup whose every byte was looked at.
#[derive(Debug)]
pub struct Backup {
    path: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
    meta: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct End {
    end: String,
    rows: BTreeMap<String, u64>,
    sha256: String,
}

impl Backup {
    /// Reads a backup from beginning to end, and believes nothing that it does not prove.
    ///
    /// # Errors
    ///
    /// [`RestoreError`].
    pub fn open(path: &Path) -> Result<Self, RestoreError> {
        let name = || path.display().to_string();
        let mut lines = Lines::of(path)?;
        let first = lines.next()?.ok_or_else(|| RestoreError::NoBackup(name()))?;
        let head: Head = serde_json::from_str(&first).map_err(|_| RestoreError::NoBackup(name()))?;
        if head.format != FORMAT {
            return Err(RestoreError::NoBackup(name()));
        }
        let (mut meta, mut rows) = (BTreeMap::new(), BTreeMap::<String, u64>::new());
        for table in &head.tables {
            rows.insert(table.name.clone(), 0);
        }
        let mut before = first;
        while let Some(line) = lines.next()? {
            if let Some(end) = serde_json::from_str::<End>(&line).ok().filter(|end| end.end == FORMAT) {
                lines.hash.update(before.as_bytes());
                let hash: String = lines.hash.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect();
                let whole = hash == end.sha256 && rows == end.rows && lines.next()?.is_none();
                let manifest = Manifest { head, rows };
                return if whole {
                    Ok(Self { path: path.to_owned(), manifest, meta })
                } else {
                    Err(RestoreError::Damaged(name()))
                };
            }
            lines.hash.update(before.as_bytes());
            if let Some((table, values)) = row(&head, &line) {
                *rows.entry(table.name.clone()).or_default() += 1;
                if let ("meta", [Value::String(name), Value::String(value)]) = (table.name.as_str(), values.as_slice())
                {
                    meta.insert(name.clone(), value.clone());
                }
            }
            before = line;
        }
        Err(RestoreError::CutOff(name()))
    }

    /// What the database said of itself under that name.
    pub(super) fn noted(&self, name: &str) -> Option<&str> {
        self.meta.get(name).map(String::as_str)
    }

    /// Refuses a backup that does not belong here, before anything is made.
    ///
    /// # Errors
    ///
    /// [`RestoreError::Newer`], [`RestoreError::OtherKey`], [`RestoreError::Rehearsal`].
    pub fn refuse(&self, sealer: &Sealer, rehearsing: bool) -> Result<(), RestoreError> {
        let ours: Vec<String> = Migrator::migrations().iter().map(|one| one.name().to_owned()).collect();
        let theirs = &self.manifest.head.migrations;
        if !ours.starts_with(theirs) {
            return Err(RestoreError::Newer(self.manifest.head.version.clone()));
        }
        if self.noted(KEY_CHECK).is_some_and(|key| key != sealer.check()) || !sealer.has(self.noted(KEY_NEWEST)) {
            return Err(RestoreError::OtherKey);
        }
        match (self.noted(REHEARSAL), rehearsing) {
            (Some("yes"), false) | (Some("no"), true) => Err(RestoreError::Rehearsal),
            _ => Ok(()),
        }
    }
}

impl Store {
    /// Writes a backup into this database, which must be empty, and marks it as restored: nothing leaves
    /// until the suppression list was applied. All of it happens, or nothing.
    ///
    /// # Errors
    ///
    /// [`RestoreError`].
    pub async fn restore(&self, backup: &Backup, rehearsing: bool) -> Result<(), RestoreError> {
        let tx = self.fill(backup, rehearsing).await?;
        let (taken_ms, restored_ms) = (backup.manifest.head.taken_ms, self.ambient.now_ms());
        tx.mark_restored(Restored { taken_ms, restored_ms }).await?;
        Ok(tx.commit().await?)
    }

    /// As [`Store::restore`], without the marks: what lies there is what lay there.
    pub(super) async fn copy(&self, backup: &Backup, rehearsing: bool) -> Result<(), RestoreError> {
        Ok(self.fill(backup, rehearsing).await?.commit().await?)
    }

    async fn fill(&self, backup: &Backup, rehearsing: bool) -> Result<Tx, RestoreError> {
        backup.refuse(&self.sealer, rehearsing)?;
        let tx = self.begin().await?;
        tx.lock_schema().await?;
        tx.empty_tables().await?;
        // As it was when the backup was taken; only then to what it is now.
        let steps = u32::try_from(backup.manifest.head.migrations.len()).unwrap_or(u32::MAX);
        Migrator::down(&tx.inner, None).await.map_err(StoreError::from)?;
        Migrator::up(&tx.inner, Some(steps)).await.map_err(StoreError::from)?;
        tx.insert(backup).await?;
        Migrator::up(&tx.inner, None).await.map_err(StoreError::from)?;
        Ok(tx)
    }
}

impl Tx {
    async fn empty_tables(&self) -> Result<(), RestoreError> {
        for table in OF_FAMILIES {
            if !self.has_table(table).await? {
                continue;
            }
            let any = Query::select().expr(Expr::val(1)).from(table).limit(1).to_owned();
            if self.inner.query_one(&any).await.map_err(StoreError::from)?.is_some() {
                return Err(RestoreError::NotEmpty);
            }
        }
        Ok(())
    }

    async fn insert(&self, backup: &Backup) -> Result<(), RestoreError> {
        let damaged = || RestoreError::Damaged(backup.path.display().to_string());
        let (mut lines, head) = (Lines::of(&backup.path)?, &backup.manifest.head);
        let mut waiting: Vec<(usize, Vec<Value>)> = Vec::with_capacity(CHUNK);
        while let Some(line) = lines.next()? {
            let Some((at, values)) = numbered(head, &line) else { continue };
            if waiting.len() == CHUNK || waiting.first().is_some_and(|(first, _)| *first != at) {
                self.insert_rows(head, &waiting).await?.ok_or_else(damaged)?;
                waiting.clear();
            }
            waiting.push((at, values));
        }
        self.insert_rows(head, &waiting).await?.ok_or_else(damaged)
    }

    /// Inserts rows of one table; `None` when a value is not what its column holds.
    async fn insert_rows(&self, head: &Head, rows: &[(usize, Vec<Value>)]) -> Result<Option<()>, RestoreError> {
        let Some((at, _)) = rows.first() else { return Ok(Some(())) };
        let table = &head.tables[*at];
        // Names become a part of the statement.
        let known = TABLES.iter().find(|known| known.name == table.name);
        let names = |name: &String| known.and_then(|known| known.columns.iter().find(|(column, _)| column == name));
        let columns: Option<Vec<&str>> =
            table.columns.iter().map(|(name, _)| names(name).map(|(name, _)| *name)).collect();
        let (Some(known), Some(columns)) = (known, columns) else { return Ok(None) };
        let mut insert = Query::insert();
        insert.into_table(known.name).columns(columns);
        for (_, values) in rows {
            let values: Option<Vec<Expr>> =
                values.iter().zip(&table.columns).map(|(value, (_, kind))| of(*kind, value)).collect();
            let Some(values) = values else { return Ok(None) };
            insert.values_panic(values);
        }
        self.inner.execute(&insert).await.map_err(StoreError::from)?;
        Ok(Some(()))
    }
}

fn of(kind: Kind, value: &Value) -> Option<Expr> {
    kind.read(value).map(Expr::val)
}

/// A row with its table; nothing when the line is something else.
fn row<'h>(head: &'h Head, line: &str) -> Option<(&'h HeadTable, Vec<Value>)> {
    let (at, values) = numbered(head, line)?;
    Some((&head.tables[at], values))
}

fn numbered(head: &Head, line: &str) -> Option<(usize, Vec<Value>)> {
    let mut values: Vec<Value> = serde_json::from_str(line).ok()?;
    let at = usize::try_from(values.first()?.as_u64()?).ok()?;
    let columns = head.tables.get(at)?.columns.len();
    values.remove(0);
    (values.len() == columns).then_some((at, values))
}

/// The lines of a file, each with its end.
struct Lines {
    file: BufReader<File>,
    name: String,
    hash: Sha256,
}

impl Lines {
    fn of(path: &Path) -> Result<Self, RestoreError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|cause| RestoreError::File { path: name.clone(), cause })?;
        Ok(Self { file: BufReader::new(file), name, hash: Sha256::new() })
    }

    fn next(&mut self) -> Result<Option<String>, RestoreError> {
        let mut line = Vec::new();
        let read = self.file.read_until(b'\n', &mut line);
        read.map_err(|cause| RestoreError::File { path: self.name.clone(), cause })?;
        if line.is_empty() {
            return Ok(None);
        }
        // A backup is text; what is none shows by its hash.
        Ok(Some(String::from_utf8_lossy(&line).into_owned()))
    }
}
