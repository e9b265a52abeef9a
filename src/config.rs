//! Environment and file become one typed [`Config`]; all mistakes are reported together.
//!
//! Every setting has one name: `listen` in `hagukumi.toml`, `HAGUKUMI_LISTEN` in the environment, and
//! for secrets also `HAGUKUMI_…_FILE`, whose file holds the value. The environment wins over the file.
//! Several accounts are `[[account]]` tables with the same names. A name nobody knows is refused with
//! a suggestion. Secrets show themselves nowhere: not in `Debug`, not in a mistake.

mod raw;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use zeroize::Zeroize as _;

use crate::domain::ids::LineUserId;
use crate::domain::programme::plan::Hours;
use raw::Values;
pub use raw::{Mistake, Mistakes};

/// A value that must never be shown, and that leaves no copy in memory that is given back.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Secret {
    /// The value itself, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

/// Everything an operator can set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Its address from outside, `https://…`, for links in messages.
    pub public_url: Option<String>,
    /// `sqlite://PATH` or `postgres://…`, which holds a password: it is shown nowhere.
    pub database_url: Secret,
    /// The key that seals personal data; beside an SQLite file when not set, never without otherwise.
    pub key_file: Option<PathBuf>,
    /// Where the suppression list is kept; beside an SQLite file or in `./data` when not set.
    pub suppression_file: Option<PathBuf>,
    /// Content from a folder instead of what is compiled in.
    pub content_dir: Option<PathBuf>,
    /// Rich menus from a folder instead of what is compiled in.
    pub rich_menu_dir: Option<PathBuf>,
    /// LINE's API host, or a simulator's.
    pub line_api_url: String,
    /// LINE's data host, or a simulator's.
    pub line_data_api_url: String,
    /// Processes that share LINE's rate.
    pub replicas: u32,
    /// Redis for timers and the shared pace, with a password perhaps; SQL alone when not set.
    pub redis_url: Option<Secret>,
    /// Whether unreviewed texts may be sent to real readers.
    pub send_unreviewed: bool,
    /// When set: the rehearsal clock starts here and runs on.
    pub rehearsal_clock: Option<DateTime<Utc>>,
    /// What is logged, in tracing's filter syntax.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// The account that `/webhook` means.
    pub default_account: String,
    /// The accounts; at least one where a server is to run.
    pub accounts: Vec<AccountConfig>,
}

/// One account's settings.
#[derive(Debug, Clone)]
pub struct AccountConfig {
    /// `main`, …: lower-case letters, digits and hyphens.
    pub slug: String,
    /// The folder below `content/municipal`; the only one when not set.
    pub municipality: Option<String>,
    /// Channel secrets, the current one first.
    pub channel_secrets: Vec<Secret>,
    /// How requests to LINE are authorised; `None` where neither token nor id is set.
    pub token: Option<TokenConfig>,
    /// LINE's id of the bot, when it is set.
    pub bot_user_id: Option<String>,
    /// Its times of day.
    pub hours: Hours,
}

/// How requests to LINE are authorised.
#[derive(Debug, Clone)]
pub enum TokenConfig {
    /// A long-lived channel access token.
    LongLived(Secret),
    /// Stateless tokens, issued from the channel's id and its current secret.
    Stateless {
        /// The channel's id.
        channel_id: String,
    },
}

/// How lines are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For eyes.
    Pretty,
}

/// Where the rows lie when nobody says it.
const DATABASE: &str = "sqlite://data/hagukumi.sqlite";

/// LINE's own hosts.
pub const LINE_API: &str = "https://api.line.me";
/// LINE's host for pictures and other contents.
pub const LINE_DATA_API: &str = "https://api-data.line.me";

/// The name of the only account where nobody gives it another.
const MAIN: &str = "main";

impl Config {
    /// Reads settings from a file's text (with its name) and the environment.
    ///
    /// # Errors
    ///
    /// [`Mistakes`]: every mistake there is, at once.
    pub fn read(file: Option<(&str, &str)>, env: impl IntoIterator<Item = (String, String)>) -> Result<Self, Mistakes> {
        let mut values = Values::gather(file, env);
        let config = Self::from_values(&mut values);
        values.finish()?;
        Ok(config)
    }

    fn from_values(values: &mut Values) -> Self {
        let api = values.text("line_api_url");
        let data = values.text("line_data_api_url").or_else(|| api.clone());
        let named = values.text("account");
        let accounts = accounts(values, named.as_deref().unwrap_or(MAIN));
        let default_account = named.unwrap_or_else(|| unnamed(&accounts));
        let config = Self {
            listen: values.parsed("listen", "127.0.0.1:8080", "アドレス:ポート（例 127.0.0.1:8080）"),
            public_url: values.text("public_url").map(|url| url.trim_end_matches('/').to_owned()),
            database_url: Secret(values.text("database_url").unwrap_or_else(|| DATABASE.to_owned())),
            key_file: values.text("key_file").map(PathBuf::from),
            suppression_file: values.text("suppression_file").map(PathBuf::from),
            content_dir: values.text("content_dir").map(PathBuf::from),
            rich_menu_dir: values.text("rich_menu_dir").map(PathBuf::from),
            line_api_url: api.unwrap_or_else(|| LINE_API.to_owned()),
            line_data_api_url: data.unwrap_or_else(|| LINE_DATA_API.to_owned()),
            replicas: values.parsed("replicas", "1", "1以上の整数"),
            redis_url: redis_url(values),
            send_unreviewed: values.parsed("send_unreviewed", "false", "true か false"),
            rehearsal_clock: values.optional("rehearsal_clock", "RFC 3339 の日時（例 2026-11-22T07:00:00+09:00）"),
            log: values.text("log").unwrap_or_else(|| "info".to_owned()),
            log_format: log_format(values),
            default_account,
            accounts,
        };
        config.judge(values);
        config
    }

    /// What is wrong although each value by itself is right.
    fn judge(&self, values: &mut Values) {
        self.judge_database(values);
        if self.replicas == 0 {
            values.mistake("replicas", "1以上にしてください。");
        }
        if self.replicas > 1 && self.is_embedded() {
            values.mistake("replicas", "SQLite では server を1つだけ動かせます。1 にするか、HAGUKUMI_DATABASE_URL に PostgreSQL を書いてください。");
        }
        if self
            .public_url
            .as_ref()
            .is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://127.0.0.1"))
        {
            values.mistake("public_url", "https:// で始まるアドレスを書いてください。");
        }
        if self.rehearsal_clock.is_some() && self.talks_to_line() {
            values.mistake("rehearsal_clock", "リハーサルの時計では LINE の本番に送れません。HAGUKUMI_LINE_API_URL にシミュレーターのアドレスを書いてください。");
        }
        if !self.accounts.iter().any(|account| account.slug == self.default_account) {
            values.mistake("account", "この名前の [[account]] がありません。");
        }
    }

    fn judge_database(&self, values: &mut Values) {
        let url = self.database_url.expose();
        let server = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !server && !self.is_embedded() {
            values.mistake("database_url", "使えるデータベースは SQLite と PostgreSQL です。sqlite://data/hagukumi.sqlite か postgres://利用者:パスワード@ホスト/データベース のように書いてください。");
        }
        if url.contains(":memory:") || url.contains("mode=memory") {
            values.mistake("database_url", "メモリーの上には置けません（止めると登録が消えます）。sqlite://data/hagukumi.sqlite のように書いてください。");
        }
        if server && self.key_file.is_none() {
            values.mistake("key_file", "PostgreSQL を使うときは、鍵ファイルの場所を書いてください。はじめは (umask 077; echo \"1:$(openssl rand -base64 32)\" > hagukumi.key) で作り、どの server にも同じものを置き、データベースとは別の場所に控えをとります。");
        }
    }

    /// Whether the database is a file of ours beside the server.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.database_url.expose().starts_with("sqlite:")
    }

    /// Whether requests go to LINE's own hosts.
    #[must_use]
    pub fn talks_to_line(&self) -> bool {
        [&self.line_api_url, &self.line_data_api_url]
            .iter()
            .any(|url| host(url).to_ascii_lowercase().ends_with("line.me"))
    }
}

/// Judged by its beginning here; what stands behind it is read where Redis is spoken.
fn redis_url(values: &mut Values) -> Option<Secret> {
    const BEGINNINGS: [&str; 4] = ["redis://", "rediss://", "unix://", "redis+unix://"];
    let url = values.text("redis_url")?;
    let rest = BEGINNINGS.iter().find_map(|beginning| url.strip_prefix(beginning));
    if rest.is_none_or(|rest| rest.trim_matches('/').is_empty()) {
        values.mistake(
            "redis_url",
            "redis://ホスト:6379、rediss://ホスト:6379（TLS）、unix:///パス のどれかの形で書いてください。使わないときは、設定を消してください（SQL のタイマーが働きます）。",
        );
        return None;
    }
    Some(Secret(url))
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    host.split(':').next().unwrap_or(host)
}

/// The account that `/webhook` means where nobody says it. In a file with `[[account]]` tables nobody
/// can: TOML knows `account` only once.
fn unnamed(accounts: &[AccountConfig]) -> String {
    let main = accounts.iter().find(|account| account.slug == MAIN).or(accounts.first());
    main.map_or_else(|| MAIN.to_owned(), |account| account.slug.clone())
}

fn accounts(values: &mut Values, default_account: &str) -> Vec<AccountConfig> {
    let mut tables = values.account_tables();
    if tables.is_empty() {
        return vec![account(values, Some(default_account))];
    }
    let accounts: Vec<AccountConfig> = tables.iter_mut().map(|table| account(table, None)).collect();
    for table in tables {
        values.absorb(table);
    }
    for (at, one) in accounts.iter().enumerate() {
        if accounts[..at].iter().any(|other| other.slug == one.slug) {
            values.mistake("account", "同じ名前の [[account]] が2つあります。");
        }
    }
    accounts
}

fn account(values: &mut Values, slug: Option<&str>) -> AccountConfig {
    let slug = slug.map(str::to_owned).or_else(|| values.text("account")).unwrap_or_default();
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if slug.is_empty() || slug.len() > 40 || !slug.chars().all(fine) {
        values.mistake("account", "英小文字・数字・ハイフンで、40字までで書いてください（例 main）。");
    }
    let secrets = values.text("channel_secret").unwrap_or_default();
    let secrets: Vec<&str> = secrets.split(',').map(str::trim).filter(|secret| !secret.is_empty()).collect();
    if secrets.iter().any(|secret| secret.len() < 8) {
        values.mistake(
            "channel_secret",
            "短すぎます。LINE Developers の「チャネルシークレット」をそのまま貼ってください。",
        );
    }
    let mode = values.text("mode").unwrap_or_else(|| "dedicated".to_owned());
    if mode != "dedicated" {
        values.mistake("mode", "この版で使えるのは dedicated だけです。");
    }
    AccountConfig {
        municipality: values.text("municipality"),
        channel_secrets: secrets.into_iter().map(|secret| Secret(secret.to_owned())).collect(),
        token: token(values),
        bot_user_id: bot_user_id(values),
        hours: hours(values),
        slug,
    }
}

/// A wrong id would put every webhook aside as meant for another bot.
fn bot_user_id(values: &mut Values) -> Option<String> {
    let id = values.text("bot_user_id")?;
    if LineUserId::parse(&id).is_err() {
        values.mistake(
            "bot_user_id",
            "U と32桁の英数字（0〜9、a〜f）です。わからないときは、設定を消してください（LINE に聞きます）。",
        );
        return None;
    }
    Some(id)
}

fn token(values: &mut Values) -> Option<TokenConfig> {
    if let Some(token) = values.text("channel_access_token") {
        return Some(TokenConfig::LongLived(Secret(token)));
    }
    values.text("channel_id").map(|channel_id| TokenConfig::Stateless { channel_id })
}

fn hours(values: &mut Values) -> Hours {
    let mut hours = Hours::default();
    let Some(text) = values.text("delivery_time") else { return hours };
    let minute = text.split_once(':').and_then(|(hour, minute)| {
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    });
    match minute {
        Some(minute) if (hours.opens..hours.closes).contains(&minute) => hours.delivery = minute,
        _ => values.mistake("delivery_time", "07:00 から 20:59 までの時刻を、08:00 のように書いてください。"),
    }
    hours
}

fn log_format(values: &mut Values) -> LogFormat {
    match values.text("log_format").as_deref() {
        None | Some("json") => LogFormat::Json,
        Some("pretty") => LogFormat::Pretty,
        Some(_) => {
            values.mistake("log_format", "json か pretty を書いてください。");
            LogFormat::Json
        }
    }
}
