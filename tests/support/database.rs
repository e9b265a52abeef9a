//! A database of its own for every test: a file of SQLite or, where `HAGUKUMI_TEST_POSTGRES` names a
//! server (`postgres://USER@HOST:PORT/postgres`), a database of PostgreSQL. `tests/run` runs every test
//! with both; what is about one of them only lies in a module `on_sqlite` or `on_postgres`, which
//! `tests/run` leaves out, and counts, with the other.

#[path = "postgres.rs"]
mod postgres;

use std::path::Path;

use hagukumi::clock::Ambient;
use hagukumi::store::Sealer;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, QueryResult, Statement};
use tempfile::TempDir;

/// The variable that names the PostgreSQL server of the tests.
const SERVER: &str = "HAGUKUMI_TEST_POSTGRES";

/// A database of its own, and the folder of whoever works with it.
pub struct Database {
    url: String,
    folder: TempDir,
    postgres: Option<postgres::Fresh>,
}

impl Database {
    /// A fresh one, on the backend of this run.
    pub async fn fresh() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let Ok(server) = std::env::var(SERVER) else {
            let url = format!("sqlite://{}", folder.path().join("hagukumi.sqlite").display());
            return Self { url, folder, postgres: None };
        };
        Self::of(postgres::Fresh::migrated(&server).await, folder)
    }

    /// A database of PostgreSQL that nobody has prepared.
    pub async fn unprepared() -> Self {
        let server = std::env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} names no server: use tests/run"));
        Self::of(postgres::Fresh::empty(&server).await, tempfile::tempdir().expect("a temporary folder"))
    }

    fn of(fresh: postgres::Fresh, folder: TempDir) -> Self {
        Sealer::create_file(&folder.path().join("hagukumi.key"), &Ambient::system()).expect("a key file");
        Self { url: fresh.url.clone(), folder, postgres: Some(fresh) }
    }

    /// As an operator writes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where its files are, if it has any; beside PostgreSQL, a key file `hagukumi.key`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database as another process opens it, with one connection.
    pub async fn beside(&self) -> DatabaseConnection {
        let mut options = sea_orm::ConnectOptions::new(self.url());
        options.max_connections(1).sqlx_logging(false);
        sea_orm::Database::connect(options).await.expect("the database opens")
    }

    /// Does by hand what no server would do, such as the damage of a failing disk. Bytes are written as
    /// `x'00'`.
    pub async fn damage(&self, statement: &str) {
        let bytes = if self.postgres.is_some() { r"'\x" } else { "x'" };
        let raw = self.beside().await;
        raw.execute_unprepared(&statement.replace("x'", bytes)).await.expect("a statement of the test");
        raw.close().await.expect("the connection closes");
    }

    /// Everything that lies in it: its files byte by byte, or every row as PostgreSQL writes it.
    pub async fn contents(&self) -> Contents {
        if self.postgres.is_none() {
            let files = std::fs::read_dir(self.folder()).expect("a folder that can be read");
            let bytes = |file: std::io::Result<std::fs::DirEntry>| std::fs::read(file.expect("a file").path());
            return Contents(files.flat_map(|file| bytes(file).expect("a file that can be read")).collect());
        }
        let raw = self.beside().await;
        let ask = async |sql: String| {
            let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await;
            let text = |row: &QueryResult| row.try_get::<String>("", "it").expect("a text");
            rows.expect("rows").iter().map(text).collect::<Vec<_>>()
        };
        let mut all = String::new();
        for table in ask("SELECT tablename::text AS it FROM pg_tables WHERE schemaname = 'public'".into()).await {
            all.push_str(&table);
            all.extend(ask(format!("SELECT t::text AS it FROM {table} t")).await);
        }
        Contents(all.into_bytes())
    }
}

/// What lies in a database.
pub struct Contents(Vec<u8>);

impl Contents {
    /// Whether this text lies there in the clear. PostgreSQL writes bytes in hexadecimal.
    pub fn hold(&self, text: &str) -> bool {
        let hexadecimal: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let holds = |text: &str| self.0.windows(text.len()).any(|window| window == text.as_bytes());
        holds(text) || holds(&hexadecimal)
    }
}
