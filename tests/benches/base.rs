//! Databases and Redis for measurements: real ones, private ones, as durable as an operator's.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use hagukumi::clock::Ambient;
use hagukumi::store::{Sealer, Store};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use tempfile::TempDir;

use crate::machine::Core;
use crate::part::Part;
use crate::parts::{SECRET, bot, token};
use crate::people::slug;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// A server of its own.
    Postgres,
}

impl Backend {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// The word in the results.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// Runs to its end what is asked of a database.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime needs only memory").block_on(work)
}

/// A private PostgreSQL with the settings that Debian gives it: what is committed is kept.
pub struct Postgres {
    server: Part,
    port: u16,
    // Gone after the server.
    _folder: TempDir,
}

impl Postgres {
    /// A server that is ready, on the core of what is measured.
    pub fn start() -> Rc<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (bin, data, port) = (programmes(), folder.path().join("data"), free_port());
        let (data_word, port_word) = (data.display().to_string(), port.to_string());
        let user = if is_root() { Some(own_user(folder.path())) } else { None };
        let initdb = bin.join("initdb").display().to_string();
        let made = as_user(
            user.as_ref(),
            &[&initdb, "--pgdata", &data_word, "--username=hagukumi", "--auth=trust", "--encoding=UTF8", "--locale=C"],
        );
        let made =
            Command::new(&made[0]).args(&made[1..]).current_dir(folder.path()).output().expect("initdb can be run");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let postgres = bin.join("postgres").display().to_string();
        let serve = as_user(
            user.as_ref(),
            &[&postgres, "-D", &data_word, "-p", &port_word, "-h", "127.0.0.1", "-c", "unix_socket_directories="],
        );
        let words: Vec<&str> = serve.iter().map(String::as_str).collect();
        let mut server = Part::programme(Core::Measured, words[0], &words[1..]);
        server.until("ready to accept connections");
        Rc::new(Self { server, port, _folder: folder })
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://hagukumi@127.0.0.1:{}/{name}", self.port)
    }

    fn run(&self, statement: &str) {
        run(&self.url("postgres"), statement);
    }
}

fn is_root() -> bool {
    let own = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    own.lines().any(|line| line.starts_with("Uid:\t0\t"))
}

/// PostgreSQL does not run as root: its own user or nobody, who is given the folder.
fn own_user(folder: &Path) -> (String, String) {
    let id = |name: &str, which: &str| {
        let asked = Command::new("id").args([which, name]).output().ok().filter(|asked| asked.status.success())?;
        Some(String::from_utf8_lossy(&asked.stdout).trim().to_owned())
    };
    let name = if id("postgres", "-u").is_some() { "postgres" } else { "nobody" };
    let given = Command::new("chown").arg(name).arg(folder).status();
    assert!(given.expect("chown can be run").success(), "a folder for PostgreSQL");
    (id(name, "-u").expect("a user"), id(name, "-g").expect("a group"))
}

fn as_user(user: Option<&(String, String)>, words: &[&str]) -> Vec<String> {
    let before = user.map_or_else(Vec::new, |(user, group)| {
        ["setpriv", "--reuid", user, "--regid", group, "--clear-groups"].map(str::to_owned).to_vec()
    });
    before.into_iter().chain(words.iter().map(|word| (*word).to_owned())).collect()
}

/// Where PostgreSQL's own programmes are; Debian keeps them out of the path.
fn programmes() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    found.sort();
    found.retain(|bin| bin.join("initdb").exists());
    found.pop().expect("PostgreSQL is installed (Debian: postgresql)")
}

/// A port that nobody has just now.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a listener has an address").port()
}

async fn raw(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the database answers")
}

/// A database with its key, and the folder in which whoever works with it keeps things.
pub struct Base {
    /// Which kind.
    pub backend: Backend,
    /// As an operator writes it.
    pub url: String,
    folder: TempDir,
    postgres: Option<(Rc<Postgres>, String)>,
}

/// Does something by hand in the database there.
pub fn run(url: &str, statement: &str) {
    wait(async {
        let own = raw(url).await;
        own.execute_unprepared(statement).await.expect(statement);
        own.close().await.expect("the connection closes");
    });
}

impl Base {
    /// A database without a table.
    pub fn empty(backend: Backend, postgres: Option<&Rc<Postgres>>) -> Self {
        let base = Self::place(backend, postgres);
        if let Some((server, name)) = &base.postgres {
            server.run(&format!("CREATE DATABASE {name} TEMPLATE template0"));
        }
        Sealer::create_file(&base.key(), &Ambient::system()).expect("a key file");
        base
    }

    /// The same rows once more. Nobody may be connected to this one.
    pub fn copied(&self) -> Self {
        let copy = Self::place(self.backend, self.postgres.as_ref().map(|(server, _)| server));
        std::fs::copy(self.key(), copy.key()).expect("a key file");
        match (&self.postgres, &copy.postgres) {
            (Some((server, from)), Some((_, to))) => server.run(&format!("CREATE DATABASE {to} TEMPLATE {from}")),
            _ => drop(std::fs::copy(self.file(), copy.file()).expect("a database file can be copied")),
        }
        copy
    }

    fn place(backend: Backend, postgres: Option<&Rc<Postgres>>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        if backend == Backend::Sqlite {
            let url = format!("sqlite://{}", folder.path().join("hagukumi.sqlite").display());
            return Self { backend, url, folder, postgres: None };
        }
        let server = postgres.expect("PostgreSQL was started");
        let name = format!("bench_{}", folder.path().file_name().expect("a name").display())
            .replace(['.', '-'], "_")
            .to_lowercase();
        Self { backend, url: server.url(&name), folder, postgres: Some((Rc::clone(server), name)) }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("hagukumi.sqlite")
    }

    /// The key file.
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("hagukumi.key")
    }

    /// Writes the settings of a server on it that has that many accounts; where they are.
    pub fn configured(&self, accounts: usize, more: &[(&str, String)]) -> String {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let mut text = String::new();
        let own = [
            ("database_url", self.url.clone()),
            ("key_file", path("hagukumi.key")),
            ("suppression_file", path("hagukumi.suppression")),
        ];
        for (name, value) in own.iter().chain(more) {
            writeln!(text, "{name} = '{value}'").expect("a String takes everything");
        }
        for account in 0..accounts {
            writeln!(
                text,
                "[[account]]\naccount = '{}'\nchannel_secret = '{SECRET}'\nchannel_access_token = '{}'\nbot_user_id = '{}'",
                slug(account),
                token(account),
                bot(account)
            )
            .expect("a String takes everything");
        }
        let file = path("hagukumi.toml");
        std::fs::write(&file, text).expect("a small file can be written");
        file
    }

    /// The store on it, at that time.
    pub async fn store(&self, ambient: &Ambient) -> Store {
        let sealer = Sealer::from_file(&self.key(), ambient.clone()).expect("the key");
        Store::open(&self.url, sealer, ambient.clone()).await.expect("the database opens")
    }

    /// CPU-seconds of its server until now, where it has one of its own.
    pub fn cpu_s(&self) -> f64 {
        self.postgres.as_ref().map_or(0.0, |(server, _)| server.server.cpu_s())
    }

    /// Does something by hand.
    pub fn run(&self, statement: &str) {
        run(&self.url, statement);
    }

    /// One number.
    pub fn number(&self, question: &str) -> i64 {
        wait(async {
            let own = raw(&self.url).await;
            let asked = Statement::from_string(own.get_database_backend(), question);
            let row = own.query_one_raw(asked).await.expect(question).expect("a row");
            own.close().await.expect("the connection closes");
            row.try_get_by_index::<i64>(0).expect("a number")
        })
    }

    /// What all rows take with their indexes, packed as a database packs them that was not written by hand.
    pub fn bytes(&self) -> i64 {
        match self.backend {
            Backend::Sqlite => {
                self.run("PRAGMA wal_checkpoint(TRUNCATE)");
                self.number("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            }
            Backend::Postgres => self.number(
                "SELECT CAST(SUM(pg_total_relation_size(c.oid)) AS BIGINT) FROM pg_class c \
                 JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = 'public'",
            ),
        }
    }
}

impl Drop for Base {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            server.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// A private Redis that keeps nothing on disk.
pub struct RedisServer {
    server: Part,
    folder: TempDir,
}

impl RedisServer {
    /// A server that is ready, on the core of what is measured.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (socket, place) = (path("redis.sock"), folder.path().display().to_string());
        let words = ["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket", &socket, "--dir", &place];
        let programme = std::env::var("REDIS_SERVER").unwrap_or_else(|_| "redis-server".to_owned());
        let mut server = Part::programme(Core::Measured, &programme, &words);
        server.until("eady to accept connections");
        Self { server, folder }
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    /// Its address, as an operator writes it.
    pub fn url(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// CPU-seconds until now.
    pub fn cpu_s(&self) -> f64 {
        self.server.cpu_s()
    }

    /// Asks it something.
    pub fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let mut connection =
            redis::Client::open(self.url()).and_then(|client| client.get_connection()).expect("it is there");
        let (name, arguments) = words.split_first().expect("a command");
        redis::cmd(name).arg(arguments).query(&mut connection).expect("it does as asked")
    }

    /// The memory that what it keeps takes (bytes).
    pub fn used(&self) -> f64 {
        let info: String = self.ask(&["INFO", "memory"]);
        let line = info.lines().find_map(|line| line.strip_prefix("used_memory:")).expect("its memory");
        line.trim().parse().expect("a number")
    }
}
