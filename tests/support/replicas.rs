//! A stage for several built servers on one PostgreSQL database, with LINE in a process of its own: its
//! ledger is the judge that no server can spoil.
//!
//! A witness looks on over LINE's control interface, and judges when the stage goes (see `history`).
//! LINE's clock and those of the servers run on in real time; a server starts with the time at LINE.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use hagukumi::app::{App, rehearsal_ambient};
use hagukumi::clock::RehearsalClock;
use hagukumi::config::Config;
use hagukumi::domain::calendar::{JST, instant};
use hagukumi::domain::delivery::State;
use hagukumi::domain::family::{Journey, Role};
use hagukumi::domain::ids::LineUserId;
use hagukumi::simulator::Entry;
use hagukumi::store::NewReader;

use crate::database::Database;
use crate::line::Line;
use crate::redis_server::RedisServer;
use crate::server::{Server, free_address};
use crate::witness::Witness;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const TOKEN: &str = "token-of-the-story";

/// No event among healthy servers takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How soon new families are due.
const SOON_MS: i64 = 5_000;

/// What wakes the servers for what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timers {
    /// The database alone.
    Sql,
    /// Redis too, which also shares the pace.
    Redis,
}

/// LINE, a database, perhaps a Redis.
pub struct Stage {
    /// Looks on, and judges when the stage goes; LINE and the database must still be there.
    pub witness: Witness,
    /// LINE, as the account sees it.
    pub line: Line,
    database: Database,
    redis: Option<RedisServer>,
    replicas: u32,
}

/// One of the servers.
pub struct Replica {
    /// Its process.
    pub server: Server,
    /// Where it listens.
    pub address: String,
}

/// A time in Japan, such as `2026-11-22 07:59:50`.
pub fn time(text: &str) -> DateTime<Utc> {
    instant(text.replace(' ', "T").parse().expect("a time like 2026-11-22 07:59:50"), JST)
}

impl Stage {
    /// A stage at that time in Japan.
    pub async fn at(start: &str, timers: Timers) -> Self {
        // Two servers on SQLite are refused.
        assert!(std::env::var_os("HAGUKUMI_TEST_POSTGRES").is_some(), "these stories need PostgreSQL: bash tests/run");
        Self::on(Database::fresh().await, start, timers).await
    }

    /// A stage whose database has not even tables.
    pub async fn bare(start: &str) -> Self {
        Self::on(Database::unprepared().await, start, Timers::Sql).await
    }

    async fn on(database: Database, start: &str, timers: Timers) -> Self {
        hagukumi::app::install_tls();
        let line = Line::start(database.folder(), &named(shared(time(start))));
        let config = Config::read(None, named(common(&line, &database).await)).expect("the settings are right");
        let witness = Witness::beside(&config, vec![Box::new(line.looker())], line.looker().now());
        witness.keeps_secret(&[SECRET, TOKEN]);
        Self { witness, line, database, redis: (timers == Timers::Redis).then(RedisServer::start), replicas: 2 }
    }

    /// Servers believe that there are so many.
    pub fn of_replicas(self, replicas: u32) -> Self {
        Self { replicas, ..self }
    }

    /// Settings of a server that starts now and listens there.
    async fn settings(&self, address: &str) -> Vec<(String, String)> {
        let mut settings = common(&self.line, &self.database).await;
        settings.push(("LISTEN", address.to_owned()));
        settings.push(("REPLICAS", self.replicas.to_string()));
        settings.extend(self.redis.as_ref().map(|redis| ("REDIS_URL", redis.url())));
        named(settings)
    }

    /// Starts a server, and does not wait until it serves.
    pub async fn begin(&self) -> Replica {
        let address = free_address();
        let settings = self.settings(&address).await;
        let server = Server::begin(self.database.folder(), &settings, &["serve"]);
        self.witness.hears(server.log());
        Replica { server, address }
    }

    /// Servers side by side, all of which serve, with webhooks for each in turn.
    pub async fn serve(&self, count: usize) -> Vec<Replica> {
        let mut replicas = Vec::with_capacity(count);
        for _ in 0..count {
            replicas.push(self.begin().await);
        }
        replicas.iter().for_each(Replica::until_ready);
        self.balance(&replicas).await;
        replicas
    }

    /// Webhooks go to these servers in turn.
    pub async fn balance(&self, replicas: &[Replica]) {
        let urls: Vec<String> = replicas.iter().map(|one| format!("http://{}/webhook", one.address)).collect();
        self.line.spread_webhooks(&urls).await;
    }

    /// The bot in this process, without workers, at LINE's time.
    pub async fn by_hand(&self) -> (App, Arc<RehearsalClock>) {
        let clock = Arc::new(RehearsalClock::standing(self.line.now().await));
        let config = Config::read(None, self.settings("127.0.0.1:0").await).expect("the settings are right");
        (App::open(&config, rehearsal_ambient(&clock)).await.expect("the bot opens"), clock)
    }

    /// Families whose next message is due in a few seconds, put into the store beside the servers that
    /// run: to register each by chatting would take longer than the story. A Redis is emptied, so that
    /// its index is made again with them.
    pub async fn families(&self, count: usize) -> Vec<String> {
        self.families_due_in(SOON_MS, count).await
    }

    /// As [`Stage::families`], due in so many milliseconds.
    pub async fn families_due_in(&self, soon_ms: i64, count: usize) -> Vec<String> {
        let (app, _) = self.by_hand().await;
        let users = self.line.friends(count).await;
        let store = app.store();
        let due = self.line.now().await.timestamp_millis() + soon_ms;
        let account = store.account("main").await.expect("the store answers").expect("the account is there").id;
        let tx = store.begin().await.expect("the store answers");
        for user in &users {
            let user = LineUserId::parse(user).expect("LINE's id");
            let at = self.line.now().await.timestamp_millis();
            let new = NewReader { account, user, locale: "ja".into(), at };
            let mut reader = tx.keep_reader(new).await.expect("a reader is kept");
            let journey = Journey::Born { born: "2026-09-01".parse().expect("a day"), due: None };
            let child = tx.keep_child(account, journey, None).await.expect("a child is kept");
            tx.keep_follow(reader.id, child, Role::Other, true).await.expect("an edge is kept");
            reader.next_due_at = Some(due);
            tx.save_reader(&reader).await.expect("a reader is kept");
        }
        tx.commit().await.expect("all of it is kept");
        if let Some(redis) = &self.redis {
            redis.ask::<()>(&["FLUSHALL"]);
        }
        users
    }

    /// Waits until the index in Redis knows so many readers.
    pub fn until_indexed(&self, readers: usize) {
        let redis = self.redis.as_ref().expect("a stage with Redis");
        let limit = Instant::now() + PATIENCE;
        while redis.readers() < readers {
            assert!(Instant::now() < limit, "the index in Redis has {} readers", redis.readers());
        }
    }

    /// Asserts that nothing is under way any more, and that so many deliveries were accepted.
    pub async fn all_have_ended(&self, accepted: u64) {
        let (app, _) = self.by_hand().await;
        let count = async |state| app.store().deliveries_in(state).await.expect("the store answers");
        for state in [State::Sending, State::Waiting, State::Unconfirmed, State::Lapsed] {
            assert_eq!(count(state).await, 0, "{state:?}");
        }
        assert_eq!(count(State::Accepted).await, accepted);
    }

    /// The morning goes on until nine without a server of its own: whatever was left would go out.
    pub async fn nothing_is_left_for_later(&self) {
        let (before, (app, clock)) = (self.line.ledger().await.len(), self.by_hand().await);
        app.advance_to(&clock, time("2026-11-23 09:00:00")).await.expect("nothing fails");
        let after = self.line.ledger().await;
        assert!(after[before..].iter().all(|entry| entry.endpoint != "push"), "{:?}", &after[before..]);
    }
}

/// What the servers share with LINE.
fn shared(start: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let own = [("CHANNEL_SECRET", SECRET), ("CHANNEL_ACCESS_TOKEN", TOKEN)];
    let mut settings: Vec<_> = own.map(|(name, value)| (name, value.to_owned())).to_vec();
    settings.push(("REHEARSAL_CLOCK", start.to_rfc3339()));
    settings
}

/// What all servers have that start now.
async fn common(line: &Line, database: &Database) -> Vec<(&'static str, String)> {
    let mut settings = shared(line.now().await);
    settings.push(("DATABASE_URL", database.url().to_owned()));
    for (name, file) in [("KEY_FILE", "hagukumi.key"), ("SUPPRESSION_FILE", "hagukumi.suppression")] {
        settings.push((name, database.folder().join(file).display().to_string()));
    }
    settings.push(("LINE_API_URL", line.api_url.clone()));
    settings.push(("LINE_DATA_API_URL", line.data_url.clone()));
    settings
}

fn named(settings: Vec<(&'static str, String)>) -> Vec<(String, String)> {
    settings.into_iter().map(|(name, value)| (format!("HAGUKUMI_{name}"), value)).collect()
}

impl Replica {
    /// Waits until it serves.
    pub fn until_ready(&self) {
        self.server.until_said("\"serving\"");
    }

    /// How many deliveries this process has sent, as its own metrics say.
    pub async fn sent(&self) -> u64 {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client without proxies");
        let asked = client.get(format!("http://{}/metrics", self.address)).send().await.expect("it answers");
        let metrics = asked.text().await.expect("a text");
        let mine =
            |line: &&str| line.starts_with("hagukumi_deliveries_total{") && line.contains(r#"result="accepted""#);
        let value = |line: &str| line.rsplit(' ').next().and_then(|value| value.parse::<u64>().ok());
        metrics.lines().filter(mine).filter_map(value).sum()
    }
}

/// Accepted pushes.
pub fn accepted(ledger: &[Entry]) -> usize {
    ledger.iter().filter(|entry| entry.endpoint == "push" && entry.accepted).count()
}

/// Asserts that everybody was pushed to exactly once, and nobody else.
#[track_caller]
pub fn everybody_once(ledger: &[Entry], families: &[String]) {
    let pushed = ledger.iter().filter(|entry| entry.endpoint == "push" && entry.accepted);
    let mut reached: Vec<&String> = pushed.flat_map(|entry| &entry.to).collect();
    let mut wanted: Vec<&String> = families.iter().collect();
    reached.sort();
    wanted.sort();
    assert_eq!(reached.len(), wanted.len(), "pushes and families");
    assert!(reached == wanted, "somebody got two and somebody none");
}

/// The most attempts at an endpoint that LINE saw in any second.
pub fn busiest_second(ledger: &[Entry], endpoint: &str) -> usize {
    let at: Vec<u64> = ledger.iter().filter(|entry| entry.endpoint == endpoint).map(|entry| entry.watch_ms).collect();
    (0..at.len()).map(|first| at[first..].iter().take_while(|one| **one < at[first] + 1_000).count()).max().unwrap_or(0)
}
