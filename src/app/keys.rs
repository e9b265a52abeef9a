//! Changing the key that seals personal data, beside a running server or without one.

use super::StartError;
use super::archive::open_at_its_time;
use super::open::{key_path, sqlite_file};
use crate::clock::Ambient;
use crate::config::Config;
use crate::store::archive::Resealed;
use crate::store::{Backend, KeyError, KeyFile, SchemaError, Store, StoreError};

/// Why the key was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The settings, the key, the database.
    #[error(transparent)]
    Start(#[from] StartError),
    /// There is nothing yet that a key has sealed.
    #[error("データベースがありません。HAGUKUMI_DATABASE_URL を確かめてください")]
    NoDatabase,
    /// The schema is not the one of this version.
    #[error("データベースが、この版の形ではありません。`hagukumi migrate` のあとに、もういちど実行してください")]
    Schema,
    /// All numbers were given.
    #[error("鍵の番号を使いきりました（255 まで）")]
    NoNumber,
    /// Something still needs the older keys.
    #[error("古い鍵で封じたところが、まだ {0} か所あります。さきに `hagukumi key rotate` を実行してください")]
    InUse(i64),
    /// Backups still need the older keys.
    #[error(
        "交換から {since}日です。35日たつまでは、前のバックアップを読むために、古い鍵がいります。鍵がもれて、いますぐ捨てるときだけ `--now` をつけてください（交換より前のバックアップは、読めなくなります）"
    )]
    TooEarly {
        /// Days since the key was changed.
        since: i64,
    },
    /// There is one key only.
    #[error("古い鍵はありません。何も変えていません")]
    NothingOld,
}

impl From<StoreError> for ChangeError {
    fn from(error: StoreError) -> Self {
        Self::Start(error.into())
    }
}

impl From<SchemaError> for ChangeError {
    fn from(error: SchemaError) -> Self {
        Self::Start(error.into())
    }
}

impl From<KeyError> for ChangeError {
    fn from(error: KeyError) -> Self {
        Self::Start(error.into())
    }
}

/// What became of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// A key was added and is not used yet: every server needs the file first.
    Added(u8),
    /// This key seals, and what others had sealed was sealed again.
    Rotated(u8, Resealed),
}

/// What there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Numbers in the file, the current one first.
    pub numbers: Vec<u8>,
    /// How many values another key than the current one has sealed.
    pub others: i64,
}

/// How long older keys are needed for backups (milliseconds).
const NEEDED_MS: i64 = super::archive::BACKUPS_KEPT_DAYS * DAY_MS;
const DAY_MS: i64 = 86_400_000;
/// Rounds after which servers have taken up the new key, or never will by themselves.
const ROUNDS: usize = 3;

/// Adds a key that is not used yet.
///
/// # Errors
///
/// [`ChangeError`].
pub async fn add(config: &Config, ambient: Ambient) -> Result<u8, ChangeError> {
    let (_store, _) = open(config, ambient.clone()).await?;
    let (path, mut file) = (key_path(config), KeyFile::read(&key_path(config))?);
    if let Some(next) = file.next() {
        return Ok(next);
    }
    let number = file.add(&ambient).ok_or(ChangeError::NoNumber)?;
    file.replace(&path)?;
    Ok(number)
}

/// Begins to seal with the key that was added, or with a new one, and seals everything again; goes on where
/// an earlier call was interrupted. Where there can be several servers, a new key is only added first.
///
/// # Errors
///
/// [`ChangeError`]; whatever was done stays, and the next call goes on.
pub async fn rotate(config: &Config, ambient: Ambient, told: impl FnMut(u64)) -> Result<Changed, ChangeError> {
    let (store, now_ms) = open(config, ambient.clone()).await?;
    let (path, mut file) = (key_path(config), KeyFile::read(&key_path(config))?);
    let interrupted = file.next().is_none() && store.sealed_by_others().await? > 0;
    if !interrupted {
        let number = match file.next() {
            Some(added) => added,
            None if store.backend() == Backend::Postgres => return Ok(Changed::Added(add(config, ambient).await?)),
            None => file.add(&ambient).ok_or(ChangeError::NoNumber)?,
        };
        file.promote(number);
        file.replace(&path)?;
        store.sealer().refresh()?;
        store.key_was_changed(now_ms).await?;
    }
    let resealed = reseal(&store, told).await?;
    store.close().await;
    Ok(Changed::Rotated(file.current(), resealed))
}

async fn reseal(store: &Store, mut told: impl FnMut(u64)) -> Result<Resealed, StoreError> {
    let mut all = Resealed::default();
    for _ in 0..ROUNDS {
        let round = store.reseal(|values| told(all.values + values)).await?;
        all = Resealed { values: all.values + round.values, damaged: round.damaged };
        if round.values == 0 {
            break;
        }
    }
    Ok(all)
}

/// Drops every key but the current one; `at_once` although backups may still need them.
///
/// # Errors
///
/// [`ChangeError`].
pub async fn retire(config: &Config, ambient: Ambient, at_once: bool) -> Result<Vec<u8>, ChangeError> {
    let (store, now_ms) = open(config, ambient).await?;
    let (path, mut file) = (key_path(config), KeyFile::read(&key_path(config))?);
    let old: Vec<u8> = file.numbers().split_off(1);
    if old.is_empty() {
        return Err(ChangeError::NothingOld);
    }
    let used = store.sealed_by_others().await?;
    if used > 0 {
        return Err(ChangeError::InUse(used));
    }
    let since_ms = now_ms - store.key_changed_at().await?.unwrap_or(now_ms);
    if since_ms < NEEDED_MS && !at_once {
        return Err(ChangeError::TooEarly { since: since_ms / DAY_MS });
    }
    file.retire();
    file.replace(&path)?;
    store.close().await;
    Ok(old)
}

/// What keys there are, and what still needs the older ones.
///
/// # Errors
///
/// [`ChangeError`].
pub async fn status(config: &Config, ambient: Ambient) -> Result<Status, ChangeError> {
    let (store, _) = open(config, ambient).await?;
    let status = Status { numbers: store.sealer().numbers(), others: store.sealed_by_others().await? };
    store.close().await;
    Ok(status)
}

/// A database that belongs to this key file, and its time (milliseconds since 1970).
async fn open(config: &Config, ambient: Ambient) -> Result<(Store, i64), ChangeError> {
    if sqlite_file(config.database_url.expose()).is_some_and(|file| !file.exists()) {
        return Err(ChangeError::NoDatabase);
    }
    let (store, now) = open_at_its_time(config, ambient).await?;
    store.refuse_other_key().await?;
    if store.migrations_waiting().await? == 0 { Ok((store, now.timestamp_millis())) } else { Err(ChangeError::Schema) }
}
