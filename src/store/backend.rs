//! The two databases, and how each is opened.
//!
//! - *SQLite*: one writer connection (immediate transactions, WAL, full sync) and a few readers. The one
//!   writer already is every lock there is, so locks are nothing there.
//! - *PostgreSQL*: connections to write with, some of them kept for what arrives, so that a busy morning
//!   never keeps a webhook waiting; and connections that can only read. Every transaction is READ
//!   COMMITTED: each statement sees what others have committed before it, which is why a row is locked
//!   first and read after. A connection that was lost is noticed before it is used again.
//!
//! An address holds a password: it is shown nowhere, and no error repeats it.

use std::path::PathBuf;
use std::time::Duration;

use sea_orm::sqlx::Connection as _;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use super::{Result, StoreError};

/// Which database keeps the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file beside the server; one server only.
    Sqlite,
    /// A server of its own; any number of ours.
    Postgres,
}

impl Backend {
    /// The word in metrics and `/readyz?verbose`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// The connections of one process.
#[derive(Debug, Clone)]
pub(super) struct Pools {
    pub backend: Backend,
    /// Decides, plans, records.
    pub writer: DatabaseConnection,
    /// Keeps what arrives.
    pub intake: DatabaseConnection,
    /// Only looks.
    pub reader: DatabaseConnection,
}

/// How long a command waits for another process that writes to the same SQLite file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// A write-ahead log that somebody made long is cut to this length when it can be (bytes).
const LOG_KEPT: &str = "16777216";
/// Readers beside the one writer.
const SQLITE_READERS: u32 = 4;

/// Connections that decide, plan and record: twelve in all, so that several servers fit into the hundred
/// that PostgreSQL allows where nobody sets it.
const WRITERS: u32 = 6;
/// Connections that nothing but webhooks may use. All of them are opened at once and kept: when others have
/// taken every connection that PostgreSQL has, none could be opened any more.
const INTAKE: u32 = 2;
/// Connections that only read.
const READERS: u32 = 4;
/// How long a worker waits for a connection to write with.
const ACQUIRE_WITHIN: Duration = Duration::from_secs(5);
/// How long a webhook waits for one: it must be kept within 1.5 s.
const INTAKE_WITHIN: Duration = Duration::from_secs(1);
/// How long a look waits for one: whoever asks for health wants an answer.
const LOOK_WITHIN: Duration = Duration::from_secs(2);
/// A connection is given back after this, so that a PostgreSQL that has moved is found again.
const LIFETIME: Duration = Duration::from_secs(30 * 60);
/// What PostgreSQL ends by itself: a statement that never comes back, a wait for a lock, and a
/// transaction whose process stands still (it would keep its lane and its readers to itself). Half a
/// minute is longer than any transaction of ours and shorter than a lease.
const LIMITS: [(&str, &str); 3] =
    [("statement_timeout", "10s"), ("lock_timeout", "3s"), ("idle_in_transaction_session_timeout", "30s")];
/// Whatever the server's own default is: see the module.
const ISOLATION: (&str, &str) = ("default_transaction_isolation", "read committed");
/// What PostgreSQL shows of us.
const APPLICATION: &str = "hagukumi";

impl Pools {
    /// Opens the database at `url`: `sqlite://PATH`, `postgres://…` or `postgresql://…`.
    pub async fn open(url: &str) -> Result<Self> {
        match backend_of(url)? {
            Backend::Sqlite => Self::open_sqlite(url).await,
            Backend::Postgres => Self::open_postgres(url).await,
        }
    }

    async fn open_sqlite(url: &str) -> Result<Self> {
        let writer = Database::connect(sqlite(url, 1, false)).await?;
        let reader = Database::connect(sqlite(url, SQLITE_READERS, true)).await?;
        Ok(Self { backend: Backend::Sqlite, intake: writer.clone(), writer, reader })
    }

    async fn open_postgres(url: &str) -> Result<Self> {
        let writer = Database::connect(postgres(url, (1, WRITERS), ACQUIRE_WITHIN, false)).await?;
        let intake = Database::connect(postgres(url, (INTAKE, INTAKE), INTAKE_WITHIN, false)).await?;
        let reader = Database::connect(postgres(url, (1, READERS), LOOK_WITHIN, true)).await?;
        Ok(Self { backend: Backend::Postgres, writer, intake, reader })
    }

    /// Closes all connections after what is in flight.
    pub async fn close(self) {
        for connection in [self.intake, self.reader, self.writer] {
            if let Err(error) = connection.close().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "a database connection did not close cleanly");
            }
        }
    }
}

/// Which database an address means; nothing is opened.
///
/// # Errors
///
/// [`StoreError::Address`] for any other address, and one that cannot be read.
pub fn backend_of(url: &str) -> Result<Backend> {
    if url.starts_with("sqlite:") {
        return Ok(Backend::Sqlite);
    }
    let ours = url.starts_with("postgres://") || url.starts_with("postgresql://");
    // The parser's own words may repeat a part of the address.
    if ours && url.parse::<PgConnectOptions>().is_ok() { Ok(Backend::Postgres) } else { Err(StoreError::Address) }
}

/// Where SQLite at that address writes what it has not yet put into the file itself.
pub(super) fn log_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or(path);
    Some(PathBuf::from(format!("{path}-wal")))
}

fn sqlite(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .acquire_timeout(BUSY_TIMEOUT)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        // A commit that fails (a full disk) may leave the driver inside a transaction that SQLite has given
        // up: every later commit would only end a savepoint in it, and keep nothing.
        .map_sqlx_sqlite_pool_opts(|pool| {
            pool.before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        })
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite.busy_timeout(BUSY_TIMEOUT).foreign_keys(true);
            if read_only {
                return sqlite.read_only(true);
            }
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                // What is deleted is overwritten, and not only forgotten.
                .pragma("secure_delete", "on")
                .pragma("journal_size_limit", LOG_KEPT)
                .optimize_on_close(true, None)
        });
    options
}

fn postgres(url: &str, (least, most): (u32, u32), within: Duration, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(most)
        .min_connections(least)
        .max_lifetime(LIFETIME)
        .acquire_timeout(within)
        .test_before_acquire(true)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_postgres_opts(move |postgres| {
            let postgres = postgres.application_name(APPLICATION).options(LIMITS).options([ISOLATION]);
            if read_only { postgres.options([("default_transaction_read_only", "on")]) } else { postgres }
        });
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_one_that_is_none_is_not_repeated() {
        assert_eq!(backend_of("sqlite://data/x.sqlite").unwrap(), Backend::Sqlite);
        for url in ["postgres://a:geheim@db/x", "postgresql://a@db:5433/x?sslmode=verify-full"] {
            assert_eq!(backend_of(url).unwrap(), Backend::Postgres);
        }
        for url in ["mysql://a:geheim@db/x", "postgres://a:geheim@db:port/x", "geheim", ""] {
            let error = backend_of(url).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
        }
    }
}
