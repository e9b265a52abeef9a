//! The only room that knows SeaORM: rows to domain and back, and sealing of personal columns.
//!
//! Everything that is decided together is written in one [`Tx`]. The rows lie in SQLite or in
//! PostgreSQL (see [`backend`](Backend)); no other room needs to know which. On SQLite a second process,
//! such as a command, may open the file beside a running server; on PostgreSQL any number of servers
//! work side by side, and what they must not do together they lock (see `locks`).
//!
//! A row nobody could have written is a [`StoreError::Corrupt`] naming table, column and row, never
//! a guessed default.

mod accounts;
mod again;
pub mod archive;
mod backend;
mod care;
mod children;
mod codes;
mod deliveries;
mod enquiry;
mod events;
mod keyfile;
mod locks;
mod menu_turns;
mod menu_versions;
mod menus;
mod moving;
mod outcomes;
mod quarantine;
mod readers;
mod schema;
pub mod seal;
mod silencing;
pub mod strain;
pub mod suppression;
mod timers;
mod unreachable;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

pub use accounts::{AccountRow, Hold};
pub use again::Tries;
pub use backend::{Backend, backend_of};
pub use care::{Leaving, Waiting};
pub use codes::CodeRow;
pub use deliveries::{First, Leased, NewDelivery, Via, Wanted};
pub use enquiry::{Enquiry, Shown};
pub use events::{EventRow, EventState, NewEvent};
pub use keyfile::{KeyError, KeyFile};
pub use menu_turns::CallKind;
pub use menu_versions::Trial;
pub use menus::{Linkable, Who};
pub use moving::Edge;
pub use outcomes::{Next, Outcome};
pub use readers::{NewReader, ReaderRow};
pub use schema::SchemaError;
pub use seal::{Blind, Sealer};
pub use silencing::{RESTORED, Restored};
pub use suppression::{Fact, ListError, SuppressionList};
pub use unreachable::WITHDRAWN;

use crate::clock::Ambient;
use backend::Pools;
use seal::At;
use strain::{Moment, Strain};

/// Why the database did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or is away; the whole transaction may be tried again.
    #[error("the database did not answer as asked")]
    Database(#[from] DbErr),
    /// The connection was lost at the commit: everything was written, or nothing. Whoever tries again
    /// must be right in both cases.
    #[error("the database did not say whether it kept what was written")]
    Unknown(#[source] DbErr),
    /// The address is neither SQLite's nor PostgreSQL's, or cannot be read.
    #[error("the address of the database cannot be read")]
    Address,
    /// A value was sealed with a key that is newer than the key file here. Nothing is wrong with it: this
    /// server must be given the new key file.
    #[error("a value was sealed with a newer key: put the newest key file here")]
    NewerKey,
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
    backend: Backend,
    writer: DatabaseConnection,
    intake: DatabaseConnection,
    reader: DatabaseConnection,
    /// The write-ahead log of SQLite.
    log: Option<PathBuf>,
    /// Whether what was last given was kept.
    keeps: Arc<AtomicBool>,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) ambient: Ambient,
    list: Option<SuppressionList>,
    strain: Option<Arc<dyn Strain>>,
}

/// One transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Tx {
    backend: Backend,
    inner: DatabaseTransaction,
    keeps: Arc<AtomicBool>,
    /// Whether something was certainly written, so that its commit proves that the database keeps.
    wrote: AtomicBool,
    sealer: Arc<Sealer>,
    ambient: Ambient,
    list: Option<SuppressionList>,
    /// What a restored database must not have forgotten of what is decided here.
    facts: Mutex<Vec<Fact>>,
    strain: Option<Arc<dyn Strain>>,
}

impl Store {
    /// Opens the database at `url` (`sqlite://PATH`, `postgres://…`); a missing SQLite file is created.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] when it cannot be opened, [`StoreError::Address`].
    pub async fn open(url: &str, sealer: Sealer, ambient: Ambient) -> Result<Self> {
        let Pools { backend, writer, intake, reader } = Pools::open(url).await?;
        let (log, keeps) = (backend::log_of(url), Arc::new(AtomicBool::new(true)));
        Ok(Self {
            backend,
            writer,
            intake,
            reader,
            log,
            keeps,
            sealer: Arc::new(sealer),
            ambient,
            list: None,
            strain: None,
        })
    }

    /// Keeps what silences readers also in the suppression list at `path`, from now on.
    ///
    /// # Errors
    ///
    /// [`ListError`] when it cannot be written.
    pub fn keeping(mut self, path: &Path) -> Result<Self, ListError> {
        self.list = Some(SuppressionList::open(path, Arc::clone(&self.sealer), self.ambient.clone())?);
        Ok(self)
    }

    /// The suppression list, where one is kept.
    #[must_use]
    pub const fn suppression(&self) -> Option<&SuppressionList> {
        self.list.as_ref()
    }

    /// The same database, under strain.
    #[must_use]
    pub fn under(mut self, strain: Arc<dyn Strain>) -> Self {
        self.strain = Some(strain);
        self
    }

    /// Which database keeps the rows.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// Begins a transaction that may write.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn begin(&self) -> Result<Tx> {
        self.begin_on(&self.writer).await
    }

    /// As [`Store::begin`], for what arrives: other work never takes its connections away.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn begin_intake(&self) -> Result<Tx> {
        self.begin_on(&self.intake).await
    }

    async fn begin_on(&self, connections: &DatabaseConnection) -> Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        strained(&self.strain, Moment::Begin)?;
        let begun = connections.begin_with_options(options).await.map_err(StoreError::from);
        let inner = begun.inspect_err(|error| note(&self.keeps, error))?;
        let (sealer, ambient, keeps) = (Arc::clone(&self.sealer), self.ambient.clone(), Arc::clone(&self.keeps));
        Ok(Tx {
            backend: self.backend,
            inner,
            keeps,
            wrote: AtomicBool::new(false),
            sealer,
            ambient,
            list: self.list.clone(),
            facts: Mutex::default(),
            strain: self.strain.clone(),
        })
    }

    /// Whether the database kept what it was last given. A disk that is full or broken can be read for
    /// long; each transaction tries anew, and the first that is kept says that all is well.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.keeps.load(Ordering::Relaxed)
    }

    /// What time it is at the database (milliseconds since 1970), where it has a clock of its own.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn time_ms(&self) -> Result<Option<i64>> {
        if self.backend == Backend::Sqlite {
            return Ok(None);
        }
        let now = Expr::cust("CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)");
        let query = Query::select().expr_as(now, "now").to_owned();
        let row = self.reader.query_one(&query).await?;
        Ok(row.map(|row| row.try_get("", "now")).transpose()?)
    }

    /// How long SQLite's write-ahead log is (bytes).
    #[must_use]
    pub fn log_bytes(&self) -> Option<u64> {
        let log = self.log.as_ref()?;
        std::fs::metadata(log).ok().map(|file| file.len())
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
        let Self { backend, writer, intake, reader, .. } = self;
        Pools { backend, writer, intake, reader }.close().await;
    }
}

/// Takes note that something was not kept because the database refused it.
fn note(keeps: &AtomicBool, error: &StoreError) {
    if error.is_refusal() {
        keeps.store(false, Ordering::Relaxed);
    }
}

impl Tx {
    /// Takes note of what a restored database must not have forgotten; a later word replaces an earlier
    /// one about the same thing. It is kept in the suppression list when this transaction commits.
    pub fn note(&self, fact: Fact) {
        let mut facts = self.facts.lock().expect("nobody panics while it is held");
        facts.retain(|earlier| !fact.replaces(earlier));
        facts.push(fact);
    }

    /// Makes everything written in this transaction true, or nothing. Silence is on the disk before, the
    /// end of a silence after (see [`suppression`]).
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] when it was refused: nothing is true. [`StoreError::Unknown`] when the
    /// connection was lost over it.
    pub async fn commit(self) -> Result<()> {
        strained(&self.strain, Moment::Commit)?;
        let Self { inner, keeps, wrote, strain, list, facts, .. } = self;
        let facts = facts.into_inner().expect("nobody panics while it is held");
        let (lifted, silenced): (Vec<Fact>, Vec<Fact>) = facts.into_iter().partition(Fact::lifts);
        if let Some(list) = &list {
            list.keep(&silenced).await;
        }
        let kept = inner.commit().await.map_err(StoreError::at_commit);
        match &kept {
            Ok(()) => _ = keeps.fetch_or(wrote.into_inner(), Ordering::Relaxed),
            Err(error) => note(&keeps, error),
        }
        kept?;
        if let Some(list) = &list {
            list.keep(&lifted).await;
        }
        strained(&strain, Moment::Committed)
    }

    fn has_written(&self, rows: u64) {
        self.wrote.fetch_or(rows > 0, Ordering::Relaxed);
    }

    /// Gives everything written in this transaction up, and its locks at once. A transaction that is
    /// dropped is given up too, but a moment later.
    pub async fn give_up(self) {
        if let Err(error) = self.inner.rollback().await {
            // The connection is gone, and everything with it.
            tracing::debug!(error = &error as &dyn std::error::Error, "a transaction ended with its connection");
        }
    }
}

fn strained(strain: &Option<Arc<dyn Strain>>, moment: Moment) -> Result<()> {
    match strain.as_ref().and_then(|strain| strain.at(moment)) {
        Some(fault) => Err(strain::failure(moment, fault)),
        None => Ok(()),
    }
}
