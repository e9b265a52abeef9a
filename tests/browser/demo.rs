//! `hagukumi demo`, as a user starts it, with its control opened for the judge.

use std::time::{Duration, Instant};

use hagukumi::config::Config;
use tempfile::TempDir;

use super::line::Looker;
use super::server::Server;
use super::witness::Witness;

/// Longer than what the demo has in hand takes it, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The demo at work. Whatever was done with it is judged when it goes.
pub(crate) struct Demo {
    /// The address of its phone.
    pub(crate) phone_url: String,
    // Goes before what it looks at.
    witness: Witness,
    _server: Server,
    // Goes last: the demo's database is in it.
    _folder: TempDir,
}

impl Demo {
    /// Starts the built programme and waits until it is ready.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // A proxy of whoever runs the tests must not reach the demo.
        let settings = [("TMPDIR", folder.path().display().to_string()), ("NO_PROXY", "127.0.0.1".to_owned())];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        let server = Server::begin(folder.path(), &settings, &["demo", "--control"]);
        let place = |name: &str| server.until_line(name, |line| line.strip_prefix(name).map(str::to_owned));
        let (phone_url, control, database) = (place("phone "), place("control "), place("database "));
        server.until_said("ready");
        let witness = witness(Looker::at(control), &database);
        witness.hears(server.log());
        Self { phone_url, witness, _server: server, _folder: folder }
    }

    /// Scheme, host and port of the phone.
    pub(crate) fn origin(&self) -> &str {
        self.phone_url.strip_suffix("/phone").expect("the phone is at /phone")
    }
}

fn witness(looker: Looker, database: &str) -> Witness {
    let settings = [("HAGUKUMI_DATABASE_URL", format!("sqlite://{database}"))];
    let settings = settings.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let config = Config::read(None, settings).expect("the settings are right");
    let now = looker.now();
    Witness::beside(&config, vec![Box::new(looker)], now)
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Nobody can tell the demo to do what it can and then stand still: what it has in hand may read
        // like a violation for a moment. Whatever stays one is found when the witness goes.
        let limit = Instant::now() + PATIENCE;
        while !std::thread::panicking() && !self.witness.verdict().is_empty() && Instant::now() < limit {}
    }
}
