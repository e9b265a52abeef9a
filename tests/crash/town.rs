//! A small town whose servers die: LINE in a process of its own, one database, perhaps a Redis, and the
//! built server, alone or beside another.
//!
//! LINE's clock and those of the servers run on in real time; between two starts the story moves LINE's.

use std::os::unix::process::ExitStatusExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use hagukumi::app::{install_tls, rehearsal_ambient};
use hagukumi::clock::RehearsalClock;
use hagukumi::config::Config;
use hagukumi::domain::calendar::{JST, instant};
use hagukumi::fail::Point;
use hagukumi::simulator::Order;

use crate::line::Line;
use crate::redis_server::RedisServer;
use crate::server::{Server, free_address};
use crate::stage::ByHand;
use crate::support::{Database, SECRET, TOKEN, Witness, database_settings};
use crate::wire::Wire;
use crate::witness::Attendance;

/// What happens to a healthy server happens sooner, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long one of several servers is listened to before the next.
const BRIEFLY: Duration = Duration::from_millis(20);
/// How often a server is started at most.
const STARTS: usize = 3;
/// How a process ends that was killed.
pub const SIGKILL: i32 = 9;

/// LINE, a database, perhaps a Redis.
pub struct Town {
    /// Looks on, and judges when the town goes; LINE and the database must still be there.
    pub witness: Witness,
    /// LINE, as the account sees it.
    pub line: Line,
    /// A wire to LINE that can be held, for servers that are told to use it.
    pub wire: Wire,
    /// Wakes the servers, if it is there.
    pub redis: Option<RedisServer>,
    attendance: Attendance,
    database: Database,
    deaths: AtomicUsize,
}

/// One of the servers.
pub struct Node {
    /// Its process.
    pub server: Server,
    url: String,
}

/// Where a server dies, and the how manyth time it gets there, counted from 1.
pub type Fate = (Point, usize);

/// The bot in this process, without workers, and its clock.
pub struct Hand {
    /// The bot.
    pub bot: ByHand,
    /// Stands still unless the story moves it.
    pub clock: Arc<RehearsalClock>,
}

/// A time in Japan, such as `2026-11-23 07:59:58`.
pub fn time(text: &str) -> DateTime<Utc> {
    instant(text.replace(' ', "T").parse().expect("a time like 2026-11-23 07:59:58"), JST)
}

/// Whether the tests of this run use PostgreSQL.
pub fn on_postgres() -> bool {
    std::env::var_os("HAGUKUMI_TEST_POSTGRES").is_some()
}

/// Whether everything is to be run, and not only what fits into a few minutes.
pub fn long() -> bool {
    std::env::var_os("HAGUKUMI_TEST_LONG").is_some()
}

impl Town {
    /// A town at that time in Japan.
    pub async fn at(start: &str, redis: bool) -> Self {
        install_tls();
        let database = Database::fresh().await;
        let line = Line::start(database.folder(), &named(shared(time(start))));
        let wire = Wire::to(&line.api_url);
        let config = Config::read(None, named(common(&line, &line.api_url, &database).await));
        let config = config.expect("the settings are right");
        let witness = Witness::beside(&config, vec![Box::new(line.looker())], line.looker().now());
        let attendance = witness.servers_come_and_go();
        witness.keeps_secret(&[SECRET, TOKEN]);
        let redis = redis.then(RedisServer::start);
        Self { witness, line, wire, redis, attendance, database, deaths: AtomicUsize::new(0) }
    }

    /// Servers side by side from that time on, or from LINE's where that is later. The first of them to meet
    /// the fate dies of it. Returns when each of them serves, or is dead already.
    pub async fn serve(&self, start: &str, count: usize, fate: Option<Fate>) -> Vec<Node> {
        self.line.advance_to(time(start)).await;
        let mut more = vec![("REPLICAS", count.to_string())];
        if let Some((point, nth)) = fate {
            let mark = format!("death-{}", self.deaths.fetch_add(1, Ordering::Relaxed));
            more.push(("FAIL_AT", format!("{point:?}:{nth}")));
            more.push(("FAIL_ONCE", self.database.folder().join(mark).display().to_string()));
        }
        let mut nodes = Vec::with_capacity(count);
        for _ in 0..count {
            nodes.push(self.begin(&self.line.api_url, &more).await);
        }
        self.until_they_serve(&mut nodes, &self.line.api_url, &more).await;
        nodes
    }

    /// A server behind the wire.
    pub async fn serve_behind_the_wire(&self, start: &str) -> Node {
        self.line.advance_to(time(start)).await;
        let mut node = self.begin(&self.wire.url, &[]).await;
        self.until_they_serve(std::slice::from_mut(&mut node), &self.wire.url, &[]).await;
        node
    }

    /// Whatever could not start, because the machine was too busy for it, is started once more, as the
    /// manager of a service does.
    async fn until_they_serve(&self, nodes: &mut [Node], line: &str, more: &[(&'static str, String)]) {
        for node in nodes.iter_mut() {
            for _ in 0..STARTS {
                if !node.serves() {
                    *node = self.begin(line, more).await;
                }
            }
            assert!(node.serves(), "it never served:\n{}", node.server.said());
        }
        self.balance(nodes).await;
    }

    /// Webhooks go to these servers in turn.
    pub async fn balance(&self, nodes: &[Node]) {
        let urls: Vec<String> = nodes.iter().map(|node| node.url.clone()).collect();
        self.line.spread_webhooks(&urls).await;
    }

    /// Starts a server at LINE's time, and does not wait for it.
    pub async fn begin(&self, line: &str, more: &[(&'static str, String)]) -> Node {
        let address = free_address();
        let mut settings = common(&self.line, line, &self.database).await;
        settings.push(("LISTEN", address.clone()));
        settings.extend(self.redis.as_ref().map(|redis| ("REDIS_URL", redis.url())));
        settings.extend(more.iter().cloned());
        let mut server = Server::begin(self.database.folder(), &named(settings), &["serve"]);
        self.witness.hears(server.log());
        self.attendance.comes();
        let attendance = self.attendance.clone();
        server.when_gone(move || attendance.goes());
        Node { server, url: format!("http://{address}/webhook") }
    }

    /// Sends everything again that got no 200, and asserts that it gets one now.
    pub async fn line_tells_again(&self) {
        let said = self.line.tell(Order::RedeliverFailed).await;
        let statuses: Vec<u64> = serde_json::from_value(said["statuses"].clone()).expect("a list of statuses");
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    }

    /// The bot in this process, at LINE's time.
    pub async fn by_hand(&self) -> Hand {
        let clock = Arc::new(RehearsalClock::standing(self.line.now().await));
        let mut settings = common(&self.line, &self.line.api_url, &self.database).await;
        settings.extend(self.redis.as_ref().map(|redis| ("REDIS_URL", redis.url())));
        let config = Config::read(None, named(settings)).expect("the settings are right");
        let (bot, url) = ByHand::open(&config, rehearsal_ambient(&clock), &self.attendance).await;
        self.line.spread_webhooks(&[format!("{url}/webhook")]).await;
        Hand { bot, clock }
    }
}

impl Node {
    /// Waits until it serves, or is killed on the way; `false` when it ended otherwise.
    pub fn serves(&self) -> bool {
        self.server.says_within("\"serving\"", PATIENCE) || self.server.said().contains("killed at ")
    }
}

/// Waits until one of them has died of its fate; returns the others.
#[track_caller]
pub fn until_one_is_dead(mut nodes: Vec<Node>, point: Point) -> Vec<Node> {
    let words = format!("killed at {point:?}");
    let limit = Instant::now() + PATIENCE;
    loop {
        let dead = nodes.iter().position(|node| node.server.says_within(&words, BRIEFLY));
        if let Some(dead) = dead {
            let (status, said) = nodes.remove(dead).server.end();
            assert_eq!(status.signal(), Some(SIGKILL), "{status}: {said}");
            return nodes;
        }
        let said = || nodes.iter().map(|node| node.server.said()).collect::<Vec<_>>().join("\n");
        assert!(Instant::now() < limit, "{point:?} was never reached:\n{}", said());
    }
}

impl Hand {
    /// Lets everything happen that can happen at LINE's time.
    pub async fn settle(&self, town: &Town) {
        self.clock.advance_to(town.line.now().await);
        self.bot.settle().await;
    }

    /// Lets time pass for LINE, then for the bot.
    pub async fn waits_until(&self, town: &Town, target: &str) {
        town.line.advance_to(time(target)).await;
        self.bot.app.advance_to(&self.clock, time(target)).await.expect("nothing fails");
    }
}

/// What the bots share with LINE.
fn shared(start: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let own = [("CHANNEL_SECRET", SECRET), ("CHANNEL_ACCESS_TOKEN", TOKEN)];
    let mut settings: Vec<_> = own.map(|(name, value)| (name, value.to_owned())).to_vec();
    settings.push(("REHEARSAL_CLOCK", start.to_rfc3339()));
    settings
}

/// What all bots have that start now and find the API there.
async fn common(line: &Line, api_url: &str, database: &Database) -> Vec<(&'static str, String)> {
    let mut settings = shared(line.now().await);
    settings.extend(database_settings(database));
    settings.push(("LINE_API_URL", api_url.to_owned()));
    settings.push(("LINE_DATA_API_URL", line.data_url.clone()));
    settings
}

fn named(settings: Vec<(&'static str, String)>) -> Vec<(String, String)> {
    settings.into_iter().map(|(name, value)| (format!("HAGUKUMI_{name}"), value)).collect()
}
