//! A PostgreSQL of its own for one test: stopped, started, filled, given another clock.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use tempfile::TempDir;

use crate::server::free_address;

/// A server with one database.
pub struct Postgres {
    folder: TempDir,
    address: String,
    environment: Vec<(String, String)>,
}

impl Postgres {
    /// A server that is ready. It keeps what it was told, also when it is killed.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// As [`Postgres::start`], with an environment.
    pub fn start_with(environment: &[(String, String)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("a mode");
        let data = folder.path().join("place");
        std::fs::create_dir(&data).expect("a folder");
        if is_root() {
            done(&Command::new("chown").arg(user()).arg(&data).output().expect("chown"));
        }
        let server = Self { folder, address: free_address(), environment: environment.to_vec() };
        let arguments = ["--username=hagukumi", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
        done(&server.command("initdb", false).args(arguments).output().expect("initdb"));
        server.begin();
        server
    }

    /// Its address, as an operator writes it.
    pub fn url(&self) -> String {
        format!("postgres://hagukumi@{}/postgres", self.address)
    }

    /// Starts it, and waits until it answers.
    pub fn begin(&self) {
        let port = self.address.rsplit(':').next().expect("a port");
        let options = format!(
            "-p {port} -h 127.0.0.1 -c unix_socket_directories= -c max_connections=40 -c fsync=off \
             -c superuser_reserved_connections=3"
        );
        let log = self.place().join("log");
        let mut command = self.command("pg_ctl", true);
        command.args(["start", "--wait", "--timeout=60"]).arg("--log").arg(log).arg("--options").arg(options);
        // Whoever waits for its output would wait for the server, which inherits it.
        let started = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status();
        assert!(started.expect("pg_ctl").success(), "PostgreSQL did not start");
    }

    /// It ends at once, whatever it is doing.
    pub fn crash(&self) {
        done(&self.command("pg_ctl", false).args(["stop", "--mode=immediate"]).output().expect("pg_ctl"));
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("place")
    }

    fn command(&self, programme: &str, with_environment: bool) -> Command {
        let programme = bin().join(programme);
        let mut command = Command::new(if is_root() { Path::new("setpriv") } else { &programme });
        if is_root() {
            let (user, group) = (user(), "--clear-groups");
            command.args(["--reuid", user, "--regid", user, group]).arg(&programme);
        }
        command.arg("--pgdata").arg(self.place().join("data")).current_dir(self.place()).env("LC_ALL", "C.UTF-8");
        if with_environment {
            command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        }
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl", false);
        let _already_gone = stop.args(["stop", "--mode=immediate"]).output();
    }
}

/// One connection to the database at that address.
pub async fn connect(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.expect("the database answers")
}

/// Does what only the keeper of a database may.
pub async fn order(connection: &DatabaseConnection, statement: &str) {
    connection.execute_unprepared(statement).await.expect(statement);
}

fn done(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").expect("our own process")) == 0
}

/// PostgreSQL does not run as root.
fn user() -> &'static str {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    if users.lines().any(|line| line.starts_with("postgres:")) { "postgres" } else { "nobody" }
}

/// Debian keeps the programmes of PostgreSQL's server out of the path.
fn bin() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    places.extend(versions.map(|version| version.path().join("bin")));
    places.into_iter().find(|place| place.join("initdb").exists()).expect("PostgreSQL's programmes: install postgresql")
}
