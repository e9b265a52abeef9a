//! A stage for built servers whose machine can be spoilt: LINE in a process of its own, one database, and a
//! shim in front of every server that asks for it.
//!
//! LINE's clock runs on in real time from where the story begins. Servers rehearse from LINE's time on; or,
//! in stories about clocks, they have the machine's own, which the shim moves to LINE's time.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine as _;
use chrono::{DateTime, NaiveDateTime, Utc};
use hagukumi::clock::{Ambient, Clock as _, SystemClock};
use hagukumi::config::Config;
use hagukumi::domain::calendar::{JST, instant};
use hagukumi::domain::delivery::State;
use hagukumi::domain::family::{Journey, Role};
use hagukumi::domain::ids::LineUserId;
use hagukumi::simulator::Entry;
use hagukumi::store::{NewReader, Sealer, Store};
use hmac::{KeyInit as _, Mac as _};
use tempfile::TempDir;

use crate::line::Line;
use crate::server::{Server, free_address};
use crate::shim::Shim;
use crate::witness::{Attendance, Witness};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const TOKEN: &str = "token-of-the-story";

/// What LINE waits for an answer to a webhook (Messaging API documentation, "Receive messages").
const LINE_WAITS: Duration = Duration::from_secs(2);
/// No event of a healthy machine takes longer, even on a busy one.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// LINE, a database, a shim.
pub struct Machine {
    /// Looks on, and judges when the story is over; LINE and the database must still be there.
    pub witness: Witness,
    /// LINE, as the account sees it.
    pub line: Line,
    /// What spoils the servers that are started with it.
    pub shim: Shim,
    attendance: Attendance,
    url: String,
    rehearses: bool,
    client: reqwest::Client,
    folder: TempDir,
}

/// One of the servers.
pub struct Replica {
    /// Its process.
    pub server: Server,
    /// Where it listens.
    pub address: String,
}

/// A time in Japan, such as `2026-11-23 07:59:50`.
pub fn time(text: &str) -> DateTime<Utc> {
    let civil: NaiveDateTime = text.replace(' ', "T").parse().expect("a time like 2026-11-23 07:59:50");
    instant(civil, JST)
}

/// The PostgreSQL server of the tests.
pub fn postgres() -> String {
    std::env::var("HAGUKUMI_TEST_POSTGRES").expect("HAGUKUMI_TEST_POSTGRES names no server: use tests/run")
}

/// Whether the long variants are wanted.
pub fn is_long() -> bool {
    std::env::var_os("HAGUKUMI_TEST_LONG").is_some()
}

impl Machine {
    /// On an SQLite file, at that time in Japan.
    pub async fn on_a_file(start: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("hagukumi.sqlite").display());
        Self::of(folder, url, start, true).await
    }

    /// On that database, at that time in Japan.
    pub async fn on(url: &str, start: &str) -> Self {
        Self::of(tempfile::tempdir().expect("a temporary folder"), url.to_owned(), start, true).await
    }

    /// On that database (or a file) with the machine's own clock, which LINE's time begins with.
    pub async fn with_its_own_clock(url: Option<&str>, start: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = || format!("sqlite://{}", folder.path().join("hagukumi.sqlite").display());
        let url = url.map_or_else(file, str::to_owned);
        Self::of(folder, url, start, false).await
    }

    async fn of(folder: TempDir, url: String, start: &str, rehearses: bool) -> Self {
        hagukumi::app::install_tls();
        let shim = Shim::new(folder.path());
        Sealer::create_file(&folder.path().join("hagukumi.key"), &Ambient::system()).expect("a key file");
        let rehearsal = ("REHEARSAL_CLOCK", time(start).to_rfc3339());
        let line = Line::start(folder.path(), &named([secrets(), vec![rehearsal]].concat()));
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client");
        let settings = common(&line, &url, folder.path());
        let config = Config::read(None, named(settings)).expect("the settings are right");
        let witness = Witness::beside(&config, vec![Box::new(line.looker())], line.looker().now());
        let attendance = witness.servers_come_and_go();
        witness.keeps_secret(&[SECRET, TOKEN]);
        Self { witness, line, shim, attendance, url, rehearses, client, folder }
    }

    /// Where its files lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file of SQLite.
    pub fn file(&self) -> PathBuf {
        self.folder().join("hagukumi.sqlite")
    }

    /// Settings of a server that starts now and listens there.
    pub async fn settings(&self, address: &str) -> Vec<(String, String)> {
        let mut settings = common(&self.line, &self.url, self.folder());
        settings.push(("LISTEN", address.to_owned()));
        if self.rehearses {
            settings.push(("REHEARSAL_CLOCK", self.line.now().await.to_rfc3339()));
        }
        named(settings)
    }

    /// The shimmed machine shows LINE's time, and so much more (milliseconds).
    pub async fn clock_is_ahead_of_line(&self, ms: i64) {
        self.shim.clock_is_ahead(self.ahead().await + ms);
    }

    /// How far LINE's time is ahead of the real one (milliseconds).
    pub async fn ahead(&self) -> i64 {
        (self.line.now().await - SystemClock.now()).num_milliseconds()
    }

    /// Starts a server behind the shim, and waits until it serves.
    pub async fn serve(&self) -> Replica {
        let shim = self.shim.settings();
        let replica = self.serve_with(&shim).await;
        self.line.spread_webhooks(&[replica.webhook()]).await;
        replica
    }

    /// Starts a server with more settings (in full), and waits until it serves.
    pub async fn serve_with(&self, more: &[(String, String)]) -> Replica {
        let replica = self.begin_with(more).await;
        replica.server.until_said("\"serving\"");
        replica
    }

    /// Starts a server with more settings (in full), and does not wait.
    pub async fn begin_with(&self, more: &[(String, String)]) -> Replica {
        let address = free_address();
        let mut settings = self.settings(&address).await;
        settings.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        settings.extend_from_slice(more);
        let mut server = Server::begin(self.folder(), &settings, &["serve"]);
        self.witness.hears(server.log());
        self.attendance.comes();
        let attendance = self.attendance.clone();
        server.when_gone(move || attendance.goes());
        Replica { server, address }
    }

    /// The database as another process opens it, at LINE's time.
    pub async fn store(&self) -> Store {
        let clock = hagukumi::clock::RehearsalClock::standing(self.line.now().await);
        let ambient = hagukumi::app::rehearsal_ambient(&std::sync::Arc::new(clock));
        let sealer = Sealer::from_file(&self.folder().join("hagukumi.key"), ambient.clone()).expect("the key");
        Store::open(&self.url, sealer, ambient).await.expect("the database opens")
    }

    /// Families whose next message is due in so many milliseconds, put into the database beside the servers.
    pub async fn families(&self, count: usize, due_in_ms: i64) -> Vec<String> {
        let store = self.store().await;
        store.prepare(self.rehearses).await.expect("the database can be made ready");
        let users = self.line.friends(count).await;
        let tx = store.begin().await.expect("the store answers");
        let account = tx.ensure_account("main").await.expect("an account").id;
        let due = self.line.now().await.timestamp_millis() + due_in_ms;
        for user in &users {
            let user = LineUserId::parse(user).expect("LINE's id");
            let at = due - due_in_ms;
            let new = NewReader { account, user, locale: "ja".into(), at };
            let mut reader = tx.keep_reader(new).await.expect("a reader is kept");
            let journey = Journey::Born { born: "2026-09-01".parse().expect("a day"), due: None };
            let child = tx.keep_child(account, journey, None).await.expect("a child is kept");
            tx.keep_follow(reader.id, child, Role::Other, true).await.expect("an edge is kept");
            reader.next_due_at = Some(due);
            tx.save_reader(&reader).await.expect("a reader is kept");
        }
        tx.commit().await.expect("all of it is kept");
        store.close().await;
        users
    }

    /// How many deliveries are in that state.
    pub async fn rows(&self, state: State) -> u64 {
        let store = self.store().await;
        let rows = store.deliveries_in(state).await.expect("the store answers");
        store.close().await;
        rows
    }

    /// Waits until so many deliveries are in that state.
    pub async fn until_rows(&self, state: State, count: u64) {
        let (limit, store) = (Instant::now() + PATIENCE, self.store().await);
        while store.deliveries_in(state).await.expect("the store answers") < count {
            assert!(Instant::now() < limit, "never so many rows: {state:?}");
        }
        store.close().await;
    }

    /// Gives a signed webhook to a server with LINE's patience; the status, or 0 when that was too short.
    pub async fn webhook(&self, to: &str, body: &str) -> u16 {
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length");
        mac.update(body.as_bytes());
        let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
        let asked =
            self.client.post(format!("http://{to}/webhook")).header("x-line-signature", signature).timeout(LINE_WAITS);
        asked.body(body.to_owned()).send().await.map_or(0, |answer| answer.status().as_u16())
    }

    /// What a page of a server says: its status and text.
    pub async fn page(&self, of: &str, path: &str) -> (u16, String) {
        let asked = self.client.get(format!("http://{of}{path}")).timeout(PATIENCE).send();
        let answer = asked.await.expect("it answers");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    }

    /// Asks again until a server serves of which nothing is heard.
    pub async fn until_served(&self, at: &str) {
        let limit = Instant::now() + PATIENCE;
        while self.client.get(format!("http://{at}/readyz")).send().await.is_err() {
            assert!(Instant::now() < limit, "it never serves");
        }
    }

    /// Asks a page again until it is as wanted.
    pub async fn until_page(&self, of: &str, path: &str, wanted: impl Fn(u16, &str) -> bool) {
        let limit = Instant::now() + PATIENCE;
        loop {
            let (status, text) = self.page(of, path).await;
            if wanted(status, &text) {
                return;
            }
            assert!(Instant::now() < limit, "{path} never was as wanted, but {status}: {text}");
            tokio::task::yield_now().await;
        }
    }

    /// Waits until so many pushes were accepted.
    pub async fn until_pushed(&self, count: usize) -> Vec<Entry> {
        self.line.until("pushes", |ledger| accepted(ledger) >= count).await
    }

    /// Asserts that every family was pushed to exactly once, and nobody else.
    pub async fn everybody_once(&self, families: &[String]) {
        let ledger = self.line.ledger().await;
        let pushed = ledger.iter().filter(|entry| entry.endpoint == "push" && entry.accepted);
        let mut reached: Vec<&String> = pushed.flat_map(|entry| &entry.to).collect();
        let mut wanted: Vec<&String> = families.iter().collect();
        reached.sort();
        wanted.sort();
        assert_eq!(reached.len(), wanted.len(), "pushes and families");
        assert!(reached == wanted, "somebody got two and somebody none");
    }
}

impl Replica {
    /// Where its webhooks go.
    pub fn webhook(&self) -> String {
        format!("http://{}/webhook", self.address)
    }
}

/// Accepted pushes.
pub fn accepted(ledger: &[Entry]) -> usize {
    ledger.iter().filter(|entry| entry.endpoint == "push" && entry.accepted).count()
}

/// A webhook with something of which nothing follows; ids must differ.
pub fn something(id: &str) -> String {
    serde_json::json!({"destination": "", "events": [{
        "type": "somethingNew", "mode": "active", "timestamp": 1_795_302_000_000_i64,
        "source": {"type": "user", "userId": "U00000000000000000000000000000abc"},
        "webhookEventId": id, "deliveryContext": {"isRedelivery": false},
    }]})
    .to_string()
}

fn secrets() -> Vec<(&'static str, String)> {
    vec![("CHANNEL_SECRET", SECRET.to_owned()), ("CHANNEL_ACCESS_TOKEN", TOKEN.to_owned())]
}

/// What all servers have.
fn common(line: &Line, url: &str, folder: &Path) -> Vec<(&'static str, String)> {
    let mut settings = secrets();
    settings.push(("DATABASE_URL", url.to_owned()));
    settings.push(("KEY_FILE", folder.join("hagukumi.key").display().to_string()));
    settings.push(("LINE_API_URL", line.api_url.clone()));
    settings.push(("LINE_DATA_API_URL", line.data_url.clone()));
    settings
}

fn named(settings: Vec<(&'static str, String)>) -> Vec<(String, String)> {
    settings.into_iter().map(|(name, value)| (format!("HAGUKUMI_{name}"), value)).collect()
}
