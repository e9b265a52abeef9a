//! The only room that knows SeaORM: rows to domain and back, and sealing of personal columns.
//!
//! Everything that is decided together is written in one [`Tx`]. On SQLite there is one writer
//! connection (immediate transactions, WAL, full sync) and a small pool of readers; a second
//! process, such as a command, may open the file beside a running server.
//!
//! A row nobody could have written is a [`StoreError::Corrupt`] naming table, column and row, never
//! a guessed default.

mod accounts;
mod care;
mod children;
mod codes;
mod deliveries;
mod enquiry;
mod events;
mod moving;
mod outcomes;
mod readers;
mod schema;
pub mod seal;

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

pub use accounts::{AccountRow, Hold};
pub use care::Waiting;
pub use codes::CodeRow;
pub use deliveries::{First, Leased, NewDelivery, Via, Wanted};
pub use enquiry::{Enquiry, Shown};
pub use events::{EventRow, EventState, NewEvent};
pub use moving::Edge;
pub use outcomes::{Next, Outcome};
pub use readers::{NewReader, ReaderRow};
pub use schema::SchemaError;
pub use seal::{Blind, Sealer};

use crate::clock::Ambient;
use seal::At;

/// Why the database did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or is away; the whole transaction may be tried again.
    #[error("the database did not answer as asked")]
    Database(#[from] DbErr),
    /// A row nobody could have written (or another key file).
    #[error("row {row} of {table}: {column} cannot be read")]
    Corrupt {
        /// Table.
        table: String,
        /// Column.
        column: String,
        /// The row's id.
        row: i64,
    },
}

impl StoreError {
    fn corrupt(at: At<'_>) -> Self {
        Self::Corrupt { table: at.table.to_owned(), column: at.column.to_owned(), row: at.row }
    }
}

/// What a store call gives.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) ambient: Ambient,
}

/// One transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    sealer: Arc<Sealer>,
    ambient: Ambient,
}

/// How long a command waits for another process that writes to the same SQLite file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Readers beside the one writer.
const SQLITE_READERS: u32 = 4;

impl Store {
    /// Opens the database at `url` (`sqlite://PATH`); a missing SQLite file is created.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] when it cannot be opened.
    pub async fn open(url: &str, sealer: Sealer, ambient: Ambient) -> Result<Self> {
        let writer = Database::connect(sqlite_options(url, 1, false)).await?;
        let reader = Database::connect(sqlite_options(url, SQLITE_READERS, true)).await?;
        Ok(Self { writer, reader, sealer: Arc::new(sealer), ambient })
    }

    /// Begins a transaction that may write.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn begin(&self) -> Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let inner = self.writer.begin_with_options(options).await?;
        Ok(Tx { inner, sealer: Arc::clone(&self.sealer), ambient: self.ambient.clone() })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] when it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.reader.ping().await?)
    }

    /// The key that seals and finds readers.
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Closes the connections after what is in flight.
    pub async fn close(self) {
        for connection in [self.reader, self.writer] {
            if let Err(error) = connection.close().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "a database connection did not close cleanly");
            }
        }
    }
}

impl Tx {
    /// Makes everything written in this transaction true, or nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`]; the outcome is then unknown.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }
}

fn sqlite_options(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
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
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite.busy_timeout(BUSY_TIMEOUT).foreign_keys(true);
            if read_only {
                return sqlite.read_only(true);
            }
            sqlite
                .create_if_missing(true)
                .journal_mode(sea_orm::sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sea_orm::sqlx::sqlite::SqliteSynchronous::Full)
                .optimize_on_close(true, None)
        });
    options
}
