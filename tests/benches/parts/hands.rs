//! Pieces of the server, worked by hand in a process of their own: what is measured is the piece alone.

use std::process;
use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use hagukumi::app::means::{Means, Simulated};
use hagukumi::app::{App, Chore, rehearsal_ambient};
use hagukumi::clock::{Ambient, RehearsalClock};
use hagukumi::config::Config;
use hagukumi::content::{self, Source};
use hagukumi::domain::ids::AccountId;
use hagukumi::line::road::{Carried, Lost, Road};
use hagukumi::store::strain::{Fault, Moment, Strain};
use hagukumi::store::{Sealer, Store};
use hagukumi::timers::TimerIndex as _;
use hagukumi::timers::redis::{Link, RedisTimers};
use serde::{Deserialize, Serialize};

use super::{Orders, say, settings};
use crate::part::cpu_of_tree;
use crate::people::{at, slug};

/// Their name.
pub const HANDS: &str = "hands";

/// What a piece of work took.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Worked {
    /// How much: readers.
    pub work: usize,
    /// CPU-seconds of this process.
    pub cpu_s: f64,
    /// Seconds by the clock on the wall.
    pub wall_s: f64,
}

/// With `claim ACCOUNTS` everybody who is due is planned, sent by a LINE that says yes at once, and recorded;
/// with `rebuild ACCOUNTS` the index in Redis is made again.
pub async fn work(mut orders: Orders, words: &[String]) {
    let config = settings(words);
    println!("ready");
    while let Some(order) = orders.next().await {
        let (what, accounts) = order.split_once(' ').expect("what, and for how many accounts");
        let accounts = accounts.parse().expect("a number");
        let worked = match what {
            "claim" => claim(&config, accounts).await,
            "rebuild" => rebuild(&config, accounts).await,
            other => panic!("nobody knows how to {other}"),
        };
        say("worked ", &worked);
    }
}

/// The time of both clocks now.
struct Stopwatch(Instant, f64);

impl Stopwatch {
    fn started() -> Self {
        Self(Instant::now(), cpu_of_tree(process::id()))
    }

    fn worked(self, work: usize) -> Worked {
        let wall_s = self.0.elapsed().as_secs_f64();
        Worked { work, cpu_s: cpu_of_tree(process::id()) - self.1, wall_s }
    }
}

/// Half a minute past eight.
fn ambient() -> Ambient {
    rehearsal_ambient(&Arc::new(RehearsalClock::standing(at("08:00:30"))))
}

async fn claim(config: &Config, accounts: usize) -> Worked {
    let library = Arc::new(content::load(&Source::Embedded, None).expect("what ships can be read").library);
    let simulated = Simulated { road: Arc::new(Yes), strain: Arc::new(Ease), library };
    let means = Means { simulated: Some(simulated), ..Means::default() };
    let app = App::open_by(config, ambient(), &means).await.expect("it opens");
    let (watch, mut work) = (Stopwatch::started(), 0);
    for account in 0..accounts {
        work += app.does(Chore::Mornings(account)).await.expect("nothing fails");
    }
    watch.worked(work)
}

async fn rebuild(config: &Config, accounts: usize) -> Worked {
    let ambient = ambient();
    let key = config.key_file.clone().expect("a key file is set");
    let sealer = Sealer::from_file(&key, ambient.clone()).expect("the key");
    let store = Store::open(config.database_url.expose(), sealer, ambient.clone()).await.expect("the database opens");
    let redis = config.redis_url.as_ref().expect("a Redis is set").expose().to_owned();
    let name = store.instance().await.expect("the database has a name");
    let link = Arc::new(Link::open(&redis, &name, ambient.clone()).expect("an address"));
    let mut ids = Vec::with_capacity(accounts);
    for account in 0..accounts {
        ids.push(store.account(&slug(account)).await.expect("the store answers").expect("an account is there").id);
    }
    let timers = RedisTimers::new(link, store.clone(), ids.clone(), ambient.clone());
    let watch = Stopwatch::started();
    timers.tend().await.expect("the index is made");
    let worked = watch.worked(0);
    // Nobody believes an index that was not finished.
    timers.due(ids.first().copied().unwrap_or(AccountId(0)), 0, 1).await.expect("the index is relied on");
    store.close().await;
    worked
}

/// A LINE that says yes before it was asked.
struct Yes;

impl Road for Yes {
    fn carry(&self, _: reqwest::Request) -> BoxFuture<'_, Result<Carried, Lost>> {
        let headers = vec![("x-line-request-id".to_owned(), "4c0a8f0e-7a1d-4c8e-9b7e-0c2f3d4e5a6b".to_owned())];
        let status = reqwest::StatusCode::OK;
        async move { Ok(Carried { status, headers, body: Some(b"{}".to_vec()) }) }.boxed()
    }
}

/// Nothing goes wrong.
#[derive(Debug)]
struct Ease;

impl Strain for Ease {
    fn at(&self, _: Moment) -> Option<Fault> {
        None
    }
}
