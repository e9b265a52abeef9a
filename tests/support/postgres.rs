//! Databases on the PostgreSQL server that `tests/run` has started. Each is a copy of a template that is
//! migrated once in a process of tests, and goes with its test.

use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

use hagukumi::clock::Ambient;
use hagukumi::store::{Sealer, Store};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use tokio::sync::OnceCell;

/// Every name begins so, and goes on with the id of the process that made it.
const PREFIX: &str = "hagukumi_test";

/// A database that is gone when its test is.
pub struct Fresh {
    server: String,
    name: String,
    /// How it is reached.
    pub url: String,
}

impl Fresh {
    /// A migrated database without a row.
    pub async fn migrated(server: &str) -> Self {
        Self::like(server, template(server).await).await
    }

    /// A database without a table.
    pub async fn empty(server: &str) -> Self {
        Self::like(server, "template0").await
    }

    async fn like(server: &str, template: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("{PREFIX}_{}_{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        run(server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { server: server.to_owned(), url: beside(server, &name), name }
    }
}

impl Drop for Fresh {
    /// On a thread of its own: the runtime of the test is busy ending.
    fn drop(&mut self) {
        let (server, drop) = (self.server.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(run(&server, &drop));
        });
        let _the_server_may_be_gone_first = thread.join();
    }
}

/// The name of the template, made by the first test that needs it.
async fn template(server: &str) -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let make = async || {
        forget_the_dead(server).await;
        let name = format!("{PREFIX}_{}_template", process::id());
        run(server, &format!("CREATE DATABASE {name}")).await;
        let sealer = Sealer::from_roots(&[(1, [0; 32])], Ambient::system());
        let store = Store::open(&beside(server, &name), sealer, Ambient::system()).await.expect("the template opens");
        store.migrate().await.expect("the template is migrated");
        store.close().await;
        name
    };
    TEMPLATE.get_or_init(make).await
}

/// Drops what processes that have ended could not drop any more: their templates.
async fn forget_the_dead(server: &str) {
    let connection = connect(server).await;
    let all = "SELECT datname FROM pg_database".to_owned();
    let all = Statement::from_string(connection.get_database_backend(), all);
    let rows = connection.query_all_raw(all).await.expect("a list of databases");
    let names = rows.iter().map(|row| row.try_get::<String>("", "datname").expect("a name"));
    let ended = |name: &String| {
        let process = name.strip_prefix(PREFIX)?.split('_').nth(1)?.parse::<u32>().ok()?;
        Some(!std::path::Path::new(&format!("/proc/{process}")).exists())
    };
    for name in names.filter(|name| ended(name) == Some(true)) {
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        connection.execute_unprepared(&drop).await.expect("a database of the dead is dropped");
    }
    connection.close().await.expect("the connection closes");
}

/// The address of another database on the same server.
fn beside(server: &str, name: &str) -> String {
    let (address, _old) = server.rsplit_once('/').expect("an address such as postgres://user@host:port/postgres");
    format!("{address}/{name}")
}

async fn connect(server: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(server);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the PostgreSQL server of the tests answers")
}

async fn run(server: &str, statement: &str) {
    let connection = connect(server).await;
    connection.execute_unprepared(statement).await.expect(statement);
    connection.close().await.expect("the connection closes");
}
