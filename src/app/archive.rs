//! Backups and what comes back from them, beside a running server or without one.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::StartError;
use super::open::{existing_key, lock_database, open_store, sqlite_file, suppression_file};
use crate::clock::{Ambient, RehearsalClock, SystemChance};
use crate::config::Config;
use crate::store::archive::{Backup, BackupError, Finding, Manifest, RestoreError};
use crate::store::suppression::{Entries, Silenced};
use crate::store::{SchemaError, Store, StoreError};

/// Why a backup was not written or restored.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The settings, the key, the database.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The backup cannot be written.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The backup cannot be restored.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// A file or folder.
    #[error("{path} を使えません")]
    Place {
        /// Which.
        path: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// A backup of that name is there.
    #[error("{0} は、もうあります。別の名前にしてください（前のバックアップは、上書きしません）")]
    Exists(String),
    /// There is nothing to back up.
    #[error("データベースがありません。HAGUKUMI_DATABASE_URL を確かめてください")]
    NoDatabase,
    /// Nothing waits for a list.
    #[error("このデータベースは、復元のあとの確認を待っていません。何も変えていません")]
    NotHeld,
}

impl From<StoreError> for ArchiveError {
    fn from(error: StoreError) -> Self {
        Self::Start(error.into())
    }
}

impl From<SchemaError> for ArchiveError {
    fn from(error: SchemaError) -> Self {
        Self::Start(error.into())
    }
}

/// A backup that was written.
#[derive(Debug)]
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// What it holds.
    pub manifest: Manifest,
    /// The key without which nobody can read it, and which is not in it.
    pub key: PathBuf,
    /// Whether the suppression list knows of it.
    pub listed: bool,
    /// Backups that were older than [`BACKUPS_KEPT_DAYS`] and are gone.
    pub dropped: Vec<PathBuf>,
}

/// How long a backup may live (days): what families deleted must not live on in it.
pub const BACKUPS_KEPT_DAYS: i64 = 35;
/// Names that are given in a folder.
const NAME: (&str, &str) = ("hagukumi-", ".backup");
const STAMP: &str = "%Y%m%d-%H%M%S";

/// What the suppression list did to a restored database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// It was applied, and deliveries may go on.
    Applied(Silenced),
    /// It was applied as far as it can be read; so many lines cannot. Deliveries are held.
    Damaged(Silenced, usize),
    /// There is none, or one that was begun after the backup. Deliveries are held.
    Missing,
}

/// Writes a backup to `target`: a new file, or a folder, in which it gets a name by its time and backups
/// that are too old are deleted.
///
/// # Errors
///
/// [`ArchiveError`]; no half of a backup stays.
pub async fn back_up(config: &Config, ambient: Ambient, target: &Path) -> Result<Written, ArchiveError> {
    if sqlite_file(config.database_url.expose()).is_some_and(|file| !file.exists()) {
        return Err(ArchiveError::NoDatabase);
    }
    let (store, now) = open_at_its_time(config, ambient).await?;
    store.refuse_other_key().await?;
    let store = store.keeping(&suppression_file(config)).map_err(StartError::from)?;
    let path = if target.is_dir() { target.join(named(now)) } else { target.to_owned() };
    if path.exists() {
        return Err(ArchiveError::Exists(path.display().to_string()));
    }
    let manifest = write(&store, &path).await?;
    let listed = store.suppression().is_some_and(|list| !list.fails());
    store.close().await;
    let dropped = if target.is_dir() { drop_old(target, now)? } else { Vec::new() };
    Ok(Written { path, manifest, key: super::open::key_path(config), listed, dropped })
}

async fn write(store: &Store, path: &Path) -> Result<Manifest, ArchiveError> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let place = |cause| ArchiveError::Place { path: path.display().to_string(), cause };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::new(options.open(&part).map_err(place)?);
    let written = store.back_up(&mut out).await;
    let kept = written.and_then(|manifest| {
        out.flush()?;
        out.get_ref().sync_all()?;
        std::fs::rename(&part, path)?;
        Ok(manifest)
    });
    if kept.is_err() {
        let _nothing_more_can_be_done = std::fs::remove_file(&part);
    }
    Ok(kept?)
}

fn named(now: DateTime<Utc>) -> String {
    format!("{}{}{}", NAME.0, now.format(STAMP), NAME.1)
}

fn drop_old(folder: &Path, now: DateTime<Utc>) -> Result<Vec<PathBuf>, ArchiveError> {
    let place = |cause| ArchiveError::Place { path: folder.display().to_string(), cause };
    let oldest = named(now - chrono::Duration::days(BACKUPS_KEPT_DAYS));
    let mut dropped = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(place)? {
        let name = entry.map_err(place)?.file_name().to_string_lossy().into_owned();
        let ours = name.len() == oldest.len() && name.starts_with(NAME.0) && name.ends_with(NAME.1);
        if ours && name < oldest {
            std::fs::remove_file(folder.join(&name)).map_err(place)?;
            dropped.push(folder.join(name));
        }
    }
    Ok(dropped)
}

/// Restores a backup in a scratch database and looks at every row; what was found.
///
/// # Errors
///
/// [`ArchiveError`].
pub async fn verify(config: &Config, ambient: Ambient, file: &Path) -> Result<(Manifest, Vec<Finding>), ArchiveError> {
    let (sealer, rehearsing) = (existing_key(config, &ambient)?, config.rehearsal_clock.is_some());
    let backup = Backup::open(file)?;
    backup.refuse(&sealer, rehearsing)?;
    let folder = std::env::temp_dir().join(format!("hagukumi-verify-{:016x}", u64::from_le_bytes(ambient.bytes())));
    let place = |cause| ArchiveError::Place { path: folder.display().to_string(), cause };
    let mut private = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut private, 0o700);
    private.create(&folder).map_err(place)?;
    let looked = look(&folder, sealer, ambient, &backup, rehearsing).await;
    std::fs::remove_dir_all(&folder).map_err(place)?;
    Ok((backup.manifest, looked?))
}

async fn look(
    folder: &Path,
    sealer: crate::store::Sealer,
    ambient: Ambient,
    backup: &Backup,
    rehearsing: bool,
) -> Result<Vec<Finding>, ArchiveError> {
    let scratch = format!("sqlite://{}", folder.join("scratch.sqlite").display());
    let store = Store::open(&scratch, sealer, ambient).await?;
    let findings = store.verify(backup, rehearsing).await;
    store.close().await;
    Ok(findings?)
}

/// Restores a backup into the database of the settings, which must be empty, and applies these suppression
/// lists, or the one of the settings.
///
/// # Errors
///
/// [`ArchiveError`]; then nothing was changed, unless the database was restored and only its list could not
/// be applied: then it is held.
pub async fn restore(
    config: &Config,
    ambient: Ambient,
    file: &Path,
    lists: &[PathBuf],
) -> Result<(Manifest, Listed), ArchiveError> {
    let (sealer, rehearsing) = (existing_key(config, &ambient)?, config.rehearsal_clock.is_some());
    let backup = Backup::open(file)?;
    backup.refuse(&sealer, rehearsing)?;
    let _lock = lock_database(config)?;
    let store = open_store(config, rehearsed(config, ambient, None)).await?;
    store.restore(&backup, rehearsing).await?;
    let listed = apply(config, &store, backup.manifest.head.taken_ms, lists).await?;
    store.close().await;
    Ok((backup.manifest, listed))
}

/// Applies suppression lists to a restored database that waits for them.
///
/// # Errors
///
/// [`ArchiveError::NotHeld`], and others.
pub async fn silence(config: &Config, ambient: Ambient, lists: &[PathBuf]) -> Result<Listed, ArchiveError> {
    let (store, restored) = held(config, ambient).await?;
    let listed = apply(config, &store, restored, lists).await?;
    store.close().await;
    Ok(listed)
}

/// Lets a restored database that waits for its list go, without one.
///
/// # Errors
///
/// [`ArchiveError::NotHeld`], and others.
pub async fn release(config: &Config, ambient: Ambient) -> Result<(), ArchiveError> {
    let (store, _) = held(config, ambient).await?;
    store.release_restored().await?;
    store.close().await;
    Ok(())
}

/// A database that waits for its list, and when its backup was taken (milliseconds since 1970).
async fn held(config: &Config, ambient: Ambient) -> Result<(Store, i64), ArchiveError> {
    if sqlite_file(config.database_url.expose()).is_some_and(|file| !file.exists()) {
        return Err(ArchiveError::NoDatabase);
    }
    let (store, _) = open_at_its_time(config, ambient).await?;
    store.refuse_other_key().await?;
    store.is_current().await?;
    match store.restored().await? {
        Some(restored) if store.awaits_suppression().await? => Ok((store, restored.taken_ms)),
        _ => Err(ArchiveError::NotHeld),
    }
}

async fn apply(config: &Config, store: &Store, taken_ms: i64, lists: &[PathBuf]) -> Result<Listed, ArchiveError> {
    let own = suppression_file(config);
    if lists.is_empty() && !own.exists() {
        return Ok(Listed::Missing);
    }
    let lists = if lists.is_empty() { std::slice::from_ref(&own) } else { lists };
    let shown = || lists.iter().map(|list| list.display().to_string()).collect::<Vec<_>>().join("、");
    let entries = Entries::read(lists, store.sealer(), taken_ms);
    let entries = entries.map_err(|cause| ArchiveError::Place { path: shown(), cause })?;
    if !entries.goes_on_from(taken_ms) {
        return Ok(Listed::Missing);
    }
    let silenced = store.silence(&entries).await?;
    if entries.unreadable > 0 {
        return Ok(Listed::Damaged(silenced, entries.unreadable));
    }
    store.release_restored().await?;
    Ok(Listed::Applied(silenced))
}

/// The database as its server sees the time: under rehearsal, what it saw last.
pub(super) async fn open_at_its_time(config: &Config, ambient: Ambient) -> Result<(Store, DateTime<Utc>), StartError> {
    let store = open_store(config, ambient.clone()).await?;
    if config.rehearsal_clock.is_none() {
        let now = ambient.now();
        return Ok((store, now));
    }
    let seen = store.last_seen().await?;
    store.close().await;
    let ambient = rehearsed(config, ambient, seen);
    let now = ambient.now();
    Ok((open_store(config, ambient).await?, now))
}

fn rehearsed(config: &Config, ambient: Ambient, seen: Option<DateTime<Utc>>) -> Ambient {
    let Some(start) = config.rehearsal_clock else { return ambient };
    let clock = RehearsalClock::running(seen.map_or(start, |seen| seen.max(start)));
    Ambient::new(std::sync::Arc::new(clock), std::sync::Arc::new(SystemChance))
}
