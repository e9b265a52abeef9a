//! Opening: key, database, content, accounts, in the order in which they can refuse.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};

use super::means::Means;
use super::{App, StartError};
use crate::clock::Ambient;
use crate::clock::skew::Skew;
use crate::config::{AccountConfig, Config, TokenConfig};
use crate::content::{self, Source};
use crate::delivery::pace::{DEFAULT_RATE, Pace};
use crate::delivery::{Channel, Deliveries, DeliveryError};
use crate::domain::account::Account;
use crate::domain::calendar::JST;
use crate::domain::ids::AccountId;
use crate::domain::library::Library;
use crate::http::{self, Site};
use crate::inbox::Inbox;
use crate::line::client::{Endpoints, Limits, Line};
use crate::line::signature::Secrets;
use crate::line::token::TokenSource;
use crate::menu::Menus;
use crate::store::{AccountRow, Sealer, Store, StoreError, backend_of};
use crate::timers::TimerIndex;
use crate::timers::fallback::Fallback;
use crate::timers::redis::{Link, RedisTimers, judge_address};
use crate::timers::sql::SqlTimers;

impl App {
    /// Opens the database (migrating it), reads the content and joins the accounts.
    ///
    /// # Errors
    ///
    /// [`StartError`]; nothing is served unless everything is right.
    pub async fn open(config: &Config, ambient: Ambient) -> Result<Self, StartError> {
        Self::open_within(config, ambient, Limits::default()).await
    }

    /// As [`App::open`], with other limits for requests to LINE: tests need not wait ten seconds for a
    /// platform that never answers.
    ///
    /// # Errors
    ///
    /// [`StartError`]; nothing is served unless everything is right.
    pub async fn open_within(config: &Config, ambient: Ambient, limits: Limits) -> Result<Self, StartError> {
        Self::open_by(config, ambient, &limits.into()).await
    }

    /// As [`App::open`], by other means.
    ///
    /// # Errors
    ///
    /// [`StartError`]; nothing is served unless everything is right.
    pub async fn open_by(config: &Config, ambient: Ambient, means: &Means) -> Result<Self, StartError> {
        let lock = lock_database(config)?;
        let store = open_store(config, ambient.clone()).await?;
        let store = match &means.simulated {
            Some(simulated) => store.under(Arc::clone(&simulated.strain)),
            None => store,
        };
        store.prepare(config.rehearsal_clock.is_some()).await?;
        let store = store.keeping(&suppression_file(config))?;
        store.saw(ambient.now()).await?;
        let judged = config.rehearsal_clock.is_none();
        let skew = if judged { Skew::judging } else { Skew::rehearsing };
        let skew = Arc::new(skew(ambient.clone()));
        let channels = Arc::new(channels(config, &store, &skew, (&ambient, means)).await?);
        let accounts: Arc<Vec<Account>> = Arc::new(channels.iter().map(|one| one.account.clone()).collect());
        let redis = redis(config, &store, &ambient).await?;
        let timers = timers(redis.as_ref(), &store, &accounts, &ambient);
        let inbox = Inbox::new(store.clone(), Arc::clone(&timers), ambient.clone(), Arc::clone(&accounts));
        if inbox.take_up_again().await? > 0 {
            // A stop among them must be heard before a morning leaves.
            inbox.tick().await?;
        }
        let pace = match &means.simulated {
            Some(_) => Pace::unlimited(),
            None => pace(config, redis, &accounts, &ambient),
        };
        let deliveries = Deliveries::new(store.clone(), timers, ambient.clone(), pace, Arc::clone(&channels))
            .timed_by(Arc::clone(&skew));
        let menus = Menus::new(store.clone(), ambient.clone(), Arc::clone(&channels));
        menus.note_who_has_one().await?;
        deliveries.try_refused_again().await.map_err(|DeliveryError::Store(error)| error)?;
        let site = Site {
            inbox: inbox.clone(),
            store: store.clone(),
            accounts: Arc::new(signed_accounts(config, &accounts)?),
            metrics: http::install_metrics(),
            skew,
        };
        Ok(Self { store, ambient, inbox, deliveries, menus, site, moved: Arc::default(), _lock: lock })
    }
}

/// The Redis of the settings. It need not be there: nothing waits for it.
async fn redis(config: &Config, store: &Store, ambient: &Ambient) -> Result<Option<Arc<Link>>, StartError> {
    let Some(url) = &config.redis_url else { return Ok(None) };
    let instance = store.instance().await?;
    Ok(Some(Arc::new(Link::open(url.expose(), &instance, ambient.clone())?)))
}

fn timers(redis: Option<&Arc<Link>>, store: &Store, accounts: &[Account], ambient: &Ambient) -> Arc<dyn TimerIndex> {
    let sql: Arc<dyn TimerIndex> = Arc::new(SqlTimers(store.clone()));
    let Some(link) = redis else { return sql };
    let ids = accounts.iter().map(|account| account.id).collect();
    let fast = RedisTimers::new(Arc::clone(link), store.clone(), ids, ambient.clone());
    Arc::new(Fallback::new(Arc::new(fast), sql))
}

/// One process alone has the whole rate; several share it through Redis, or each keeps its part.
fn pace(config: &Config, redis: Option<Arc<Link>>, accounts: &[Account], ambient: &Ambient) -> Pace {
    let pace = Pace::new(DEFAULT_RATE, config.replicas);
    let Some(link) = redis.filter(|_| config.replicas > 1) else { return pace };
    let accounts: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
    pace.borrowing(link, &accounts, ambient)
}

/// Why `serve` would not start, as far as settings and texts can tell.
#[must_use]
pub fn refusals(config: &Config) -> Vec<String> {
    let redis = config.redis_url.as_ref().map(|url| judge_address(url.expose()));
    let mut refusals: Vec<String> = redis.and_then(Result::err).iter().map(ToString::to_string).collect();
    if backend_of(config.database_url.expose()).is_err() {
        refusals.push(StartError::Address.to_string());
    }
    if let Err(error) = given_key(config, &Ambient::system())
        && !config.is_embedded()
    {
        refusals.push(error.to_string());
    }
    for one in &config.accounts {
        let of_account =
            |sentence: &str| StartError::Account { account: one.slug.clone(), sentence: sentence.to_owned() };
        if one.channel_secrets.is_empty() {
            refusals.push(of_account(NO_SECRET).to_string());
        }
        if let Err(error) = line(config, one, &Ambient::system(), &Means::default()) {
            refusals.push(error.to_string());
        }
        let library = content::load(&content_source(config), one.municipality.as_deref()).map(|loaded| loaded.library);
        if library.is_ok_and(|library| !may_be_sent(config, &library)) {
            refusals.push(StartError::Unreviewed.to_string());
        }
    }
    refusals
}

/// Unreviewed texts reach no real reader unless somebody says so.
fn may_be_sent(config: &Config, library: &Library) -> bool {
    !config.talks_to_line() || config.send_unreviewed || library.is_reviewed()
}

const NO_SECRET: &str = "HAGUKUMI_CHANNEL_SECRET を設定してください（LINE Developers の「チャネルシークレット」）。";

/// Where content is read from.
#[must_use]
pub fn content_source(config: &Config) -> Source {
    config.content_dir.clone().map_or(Source::Embedded, Source::Directory)
}

/// The time at which a rehearsal goes on: its start, or the last time a server on its database saw.
///
/// # Errors
///
/// [`StartError`].
pub async fn rehearsal_start(config: &Config, start: DateTime<Utc>) -> Result<DateTime<Utc>, StartError> {
    let _lock = lock_database(config)?;
    let store = open_store(config, Ambient::system()).await?;
    let seen = store.last_seen().await?;
    store.close().await;
    Ok(seen.map_or(start, |seen| seen.max(start)))
}

/// Brings the schema up to date while no server uses it; returns how many migrations ran.
///
/// # Errors
///
/// [`StartError`].
pub async fn migrate(config: &Config) -> Result<usize, StartError> {
    let _lock = lock_database(config)?;
    let store = open_store(config, Ambient::system()).await?;
    let ran = store.migrate().await?;
    store.close().await;
    Ok(ran)
}

/// Opens the database with its key, making both when they are new and embedded.
///
/// # Errors
///
/// [`StartError`].
pub async fn open_store(config: &Config, ambient: Ambient) -> Result<Store, StartError> {
    let url = config.database_url.expose();
    let Some(file) = sqlite_file(url) else {
        let sealer = given_key(config, &ambient)?;
        return Store::open(url, sealer, ambient).await.map_err(|cause| match cause {
            StoreError::Address => StartError::Address,
            away => StartError::Away(away),
        });
    };
    let exists = file.exists();
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let fail = |cause| StartError::Place { path: folder.display().to_string(), cause };
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    if !exists && config.key_file.is_none() {
        Sealer::create_file(&key_file(config, &file), &ambient)?;
    }
    let sealer = key_at(&key_file(config, &file), &ambient)?;
    Ok(Store::open(url, sealer, ambient).await?)
}

fn key_file(config: &Config, beside: &Path) -> PathBuf {
    config.key_file.clone().unwrap_or_else(|| beside.with_extension("key"))
}

/// The key file of the settings, wherever it should be.
pub(super) fn key_path(config: &Config) -> PathBuf {
    let beside = || sqlite_file(config.database_url.expose()).map(|file| key_file(config, &file));
    beside().or_else(|| config.key_file.clone()).unwrap_or_default()
}

/// A key that is there already: what comes back from a backup needs its own.
pub(super) fn existing_key(config: &Config, ambient: &Ambient) -> Result<Sealer, StartError> {
    key_at(&key_path(config), ambient)
}

/// Where the suppression list is.
#[must_use]
pub fn suppression_file(config: &Config) -> PathBuf {
    /// Where nobody says it, and the database is elsewhere.
    const ELSEWHERE: &str = "data/hagukumi.suppression";
    let beside = || sqlite_file(config.database_url.expose()).map(|file| file.with_extension("suppression"));
    config.suppression_file.clone().or_else(beside).unwrap_or_else(|| PathBuf::from(ELSEWHERE))
}

/// The key of a database that lies elsewhere: never made here, since every server needs the same.
fn given_key(config: &Config, ambient: &Ambient) -> Result<Sealer, StartError> {
    let Some(key) = &config.key_file else {
        return Err(StartError::KeyLost("HAGUKUMI_KEY_FILE".to_owned()));
    };
    key_at(key, ambient)
}

fn key_at(path: &Path, ambient: &Ambient) -> Result<Sealer, StartError> {
    if !path.exists() {
        return Err(StartError::KeyLost(path.display().to_string()));
    }
    Ok(Sealer::from_file(path, ambient.clone())?)
}

/// The path in an SQLite address.
pub(super) fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or(path);
    Some(PathBuf::from(path))
}

/// One server (or migration) an SQLite file. The lock goes with the process, however it ends.
///
/// # Errors
///
/// [`StartError::InUse`], [`StartError::Place`].
pub(super) fn lock_database(config: &Config) -> Result<Option<Arc<std::fs::File>>, StartError> {
    let Some(file) = sqlite_file(config.database_url.expose()) else { return Ok(None) };
    let lock = file.with_extension("lock");
    let fail = |cause| StartError::Place { path: lock.display().to_string(), cause };
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    let handle = std::fs::File::create(&lock).map_err(fail)?;
    match handle.try_lock() {
        Ok(()) => Ok(Some(Arc::new(handle))),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::InUse(file.display().to_string())),
        Err(std::fs::TryLockError::Error(cause)) => Err(fail(cause)),
    }
}

async fn channels(
    config: &Config,
    store: &Store,
    skew: &Arc<Skew>,
    (ambient, means): (&Ambient, &Means),
) -> Result<Vec<Channel>, StartError> {
    let (mut channels, mut libraries) = (Vec::new(), HashMap::new());
    for one in ordered(config) {
        let row = ensure_account(store, &one.slug).await?;
        let line = line(config, one, ambient, means)?.telling(Arc::clone(skew));
        let library = library(config, one, means, &mut libraries)?;
        channels.push(Channel::new(account(config, one, row, library), line));
    }
    Ok(channels)
}

/// The account that `/webhook` means comes first.
fn ordered(config: &Config) -> Vec<&AccountConfig> {
    let mut accounts: Vec<&AccountConfig> = config.accounts.iter().collect();
    accounts.sort_by_key(|account| account.slug != config.default_account);
    accounts
}

async fn ensure_account(store: &Store, slug: &str) -> Result<AccountRow, StoreError> {
    let tx = store.begin().await?;
    let row = tx.ensure_account(slug).await?;
    // A start may be the mending: what was held is tried at once.
    tx.probe_at_once(row.id).await?;
    tx.commit().await?;
    Ok(row)
}

/// As [`ensure_account`], for a command: whether what is held is tried again is the server's business.
pub(super) async fn known_account(store: &Store, slug: &str) -> Result<AccountRow, StoreError> {
    if let Some(row) = store.account(slug).await? {
        return Ok(row);
    }
    let tx = store.begin().await?;
    let row = tx.ensure_account(slug).await?;
    tx.commit().await?;
    Ok(row)
}

/// The texts of an account. Accounts with the same ones share them, however many they are.
fn library<'c>(
    config: &Config,
    one: &'c AccountConfig,
    means: &Means,
    known: &mut HashMap<Option<&'c str>, Arc<Library>>,
) -> Result<Arc<Library>, StartError> {
    let municipality = one.municipality.as_deref();
    if let Some(library) = known.get(&municipality) {
        return Ok(Arc::clone(library));
    }
    let library = match &means.simulated {
        Some(simulated) => Arc::clone(&simulated.library),
        None => Arc::new(texts(config, one)?),
    };
    if !may_be_sent(config, &library) {
        return Err(StartError::Unreviewed);
    }
    known.insert(municipality, Arc::clone(&library));
    Ok(library)
}

pub(super) fn account(config: &Config, one: &AccountConfig, row: AccountRow, library: Arc<Library>) -> Account {
    let bot_user_id = one.bot_user_id.clone().or(row.bot_user_id);
    Account {
        id: row.id,
        slug: one.slug.clone(),
        zone: JST,
        hours: one.hours,
        bot_user_id: Arc::new(bot_user_id.map_or_else(OnceLock::new, OnceLock::from)),
        library,
        has_menu: Arc::default(),
        privacy_url: privacy_url(config, &one.slug),
    }
}

pub(super) fn texts(config: &Config, one: &AccountConfig) -> Result<Library, StartError> {
    let loaded = content::load(&content_source(config), one.municipality.as_deref())?;
    for warning in &loaded.warnings {
        tracing::debug!(file = %warning.place.file, line = warning.place.line, "{}", warning.sentence);
    }
    Ok(loaded.library)
}

fn privacy_url(config: &Config, slug: &str) -> Option<String> {
    // LINE opens https only; without a public address the page is not offered.
    let base = config.public_url.as_ref().filter(|url| url.starts_with("https://"))?;
    Some(if slug == config.default_account { format!("{base}/privacy") } else { format!("{base}/privacy/{slug}") })
}

pub(super) fn line(config: &Config, one: &AccountConfig, ambient: &Ambient, means: &Means) -> Result<Line, StartError> {
    let refuse = |sentence: &str| StartError::Account { account: one.slug.clone(), sentence: sentence.to_owned() };
    let endpoints = Endpoints::new(&config.line_api_url, &config.line_data_api_url)
        .map_err(|_| refuse("HAGUKUMI_LINE_API_URL は https:// か http:// で始まるアドレスにしてください。"))?;
    if config.rehearsal_clock.is_some() && endpoints.are_lines_own() {
        return Err(refuse("リハーサルでは LINE の本番に送れません。"));
    }
    let tokens = match &one.token {
        Some(TokenConfig::LongLived(token)) => TokenSource::long_lived(token.expose()),
        Some(TokenConfig::Stateless { channel_id }) => {
            let secret = one.channel_secrets.first().map_or("", |secret| secret.expose());
            TokenSource::stateless(channel_id, secret)
        }
        None => return Err(refuse("HAGUKUMI_CHANNEL_ACCESS_TOKEN か HAGUKUMI_CHANNEL_ID を設定してください。")),
    };
    let tokens = tokens.map_err(|why| refuse(&format!("チャネルの設定を使えません（{why}）。")))?;
    let clock = ambient.clone();
    let road = means.simulated.as_ref().map(|simulated| Arc::clone(&simulated.road));
    Line::reached_by(road, endpoints, tokens, means.limits, Arc::new(move || clock.now()))
        .map_err(|error| StartError::Client(Box::new(error)))
}

fn signed_accounts(config: &Config, accounts: &[Account]) -> Result<Vec<(Account, Secrets)>, StartError> {
    let mut signed = Vec::new();
    for (account, one) in accounts.iter().zip(ordered(config)) {
        let secrets = Secrets::new(one.channel_secrets.iter().map(|secret| secret.expose())).map_err(|_| {
            let sentence = NO_SECRET.to_owned();
            StartError::Account { account: one.slug.clone(), sentence }
        })?;
        signed.push((account.clone(), secrets));
    }
    Ok(signed)
}
