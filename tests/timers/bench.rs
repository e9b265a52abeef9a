//! What every test of timers begins with: a database, a Redis, and indexes made of them.

#[path = "../support/database.rs"]
#[expect(dead_code, reason = "other tests ask more of a database")]
mod database;

use std::sync::Arc;

use hagukumi::clock::{Ambient, RehearsalClock, SystemChance};
use hagukumi::domain::ids::{AccountId, LineUserId, ReaderId};
use hagukumi::store::{NewReader, Sealer, Store};
use hagukumi::timers::TimerIndex;
use hagukumi::timers::fallback::Fallback;
use hagukumi::timers::redis::{LEASE_MS, Link, RedisTimers};
use hagukumi::timers::sql::SqlTimers;

use crate::redis_server::RedisServer;
use database::Database;

/// 2026-11-22 08:00 in Japan, in milliseconds since 1970.
pub const NOW: i64 = 1_795_302_000_000;
/// When whoever was taken at [`NOW`] comes back.
pub const LATER: i64 = NOW + LEASE_MS;
/// Long enough for Redis to be tried again.
pub const REST: i64 = 5_000;

/// A database and a Redis.
pub struct Bench {
    /// The store.
    pub store: Store,
    /// Its account.
    pub account: AccountId,
    /// Moved by the test.
    pub clock: Arc<RehearsalClock>,
    /// The Redis.
    pub redis: RedisServer,
    _database: Database,
}

fn at(ms: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(ms).unwrap()
}

impl Bench {
    pub async fn new() -> Self {
        Self::with(RedisServer::start()).await
    }

    pub async fn with(redis: RedisServer) -> Self {
        let database = Database::fresh().await;
        let clock = Arc::new(RehearsalClock::standing(at(NOW)));
        let sealer = Sealer::from_roots(&[(1, [7; 32])], ambient(&clock));
        let store = Store::open(database.url(), sealer, ambient(&clock)).await.unwrap();
        store.migrate().await.unwrap();
        let tx = store.begin().await.unwrap();
        let account = tx.ensure_account("main").await.unwrap().id;
        tx.commit().await.unwrap();
        Self { store, account, clock, redis, _database: database }
    }

    /// A reader of an account, due then.
    pub async fn reader_of(&self, account: AccountId, due: Option<i64>) -> ReaderId {
        let tx = self.store.begin().await.unwrap();
        let number: [u8; 16] = ambient(&self.clock).bytes();
        let user: String = number.iter().map(|byte| format!("{byte:02x}")).collect();
        let user = LineUserId::parse(&format!("U{user}")).unwrap();
        let mut row = tx.keep_reader(NewReader { account, user, locale: "ja".into(), at: NOW }).await.unwrap();
        row.next_due_at = due;
        tx.save_reader(&row).await.unwrap();
        tx.commit().await.unwrap();
        row.id
    }

    /// A reader of the only account, due then; no index has heard of them.
    pub async fn reader(&self, due: Option<i64>) -> ReaderId {
        self.reader_of(self.account, due).await
    }

    /// Moves a reader as a commit does, and gives the index its hint.
    pub async fn moves(&self, index: &dyn TimerIndex, reader: ReaderId, at: Option<i64>) {
        let tx = self.store.begin().await.unwrap();
        let mut row = tx.readers(&[reader]).await.unwrap().remove(0);
        row.next_due_at = at;
        tx.save_reader(&row).await.unwrap();
        tx.commit().await.unwrap();
        index.set(row.account, &[(reader, at)]).await.unwrap();
    }

    /// The database's own index.
    pub fn sql(&self) -> Arc<dyn TimerIndex> {
        Arc::new(SqlTimers(self.store.clone()))
    }

    /// The index in Redis as a process has it that starts now.
    pub async fn process(&self) -> RedisTimers<Store> {
        let link = Link::open(&self.redis.url(), &self.store.instance().await.unwrap(), ambient(&self.clock)).unwrap();
        RedisTimers::new(Arc::new(link), self.store.clone(), vec![self.account], ambient(&self.clock))
    }

    /// As [`Bench::process`], looked after once.
    pub async fn tended(&self) -> RedisTimers<Store> {
        let index = self.process().await;
        index.tend().await.unwrap();
        index
    }

    /// Every index there is, by name, each with a bench of its own.
    pub async fn of_every_index() -> Vec<(&'static str, Self, Arc<dyn TimerIndex>)> {
        let (sql, redis, both) = (Self::new().await, Self::new().await, Self::new().await);
        let (a, b) = (sql.sql(), Arc::new(redis.tended().await));
        let c = Arc::new(Fallback::new(Arc::new(both.tended().await), both.sql()));
        vec![("sql", sql, a), ("redis", redis, b), ("fallback", both, c)]
    }

    /// Time passes.
    pub fn passes(&self, ms: i64) {
        let now = hagukumi::clock::Clock::now(&*self.clock).timestamp_millis();
        self.clock.advance_to(at(now + ms));
    }
}

pub fn ambient(clock: &Arc<RehearsalClock>) -> Ambient {
    Ambient::new(Arc::<RehearsalClock>::clone(clock), Arc::new(SystemChance))
}
