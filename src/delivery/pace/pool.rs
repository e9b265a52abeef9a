//! The pool in Redis: what idle processes lend and busy ones take.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use redis::Script;
use tokio::time::Instant;

use super::bucket::{GOOD_FOR, LOAN, POOL};
use super::{Endpoint, Place};
use crate::clock::Ambient;
use crate::timers::redis::Link;

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("pool.lua")));

/// How long Redis' clock is known after an answer: watches drift apart.
const KNOWN_FOR: Duration = Duration::from_secs(5);

/// See the module.
#[derive(Debug)]
pub(super) struct Pool {
    link: Arc<Link>,
    share: f64,
    /// Whom we lend as.
    name: String,
    /// Redis' clock (microseconds since 1970) and when we had it in hand.
    clock: Mutex<Option<(u64, Instant)>>,
}

impl Pool {
    pub(super) fn new(link: Arc<Link>, share: f64, ambient: &Ambient) -> Self {
        let name = format!("{:x}", u64::from_le_bytes(ambient.bytes()));
        Self { link, share, name, clock: Mutex::default() }
    }

    /// Whether it is worth asking. Who finds out whether Redis is back are the timers.
    pub(super) fn is_well(&self) -> bool {
        self.link.is_well()
    }

    /// What can be had at once; `None` when there was no answer in time to be of use.
    pub(super) async fn take(&self, place: Place) -> Option<u32> {
        let places = [place];
        let asked = self.ask(&places, POOL, nothing_lent());
        let granted = tokio::time::timeout(GOOD_FOR, asked).await.ok().flatten()?;
        granted.first().copied()
    }

    /// Lends our share of these places for [`LOAN`] from `now`, which is over for Redis when it is over
    /// for us.
    pub(super) async fn lend(&self, places: &[Place], now: Instant) {
        let Some((clock, at)) = *self.clock.lock().expect("no panic while the clock is held") else { return };
        let until = u128::from(clock) + (now + LOAN).saturating_duration_since(at).as_micros();
        self.ask(places, 0, [self.name.clone(), until.to_string(), self.share.to_string()]).await;
    }

    /// Whether a loan could be given an end.
    pub(super) fn knows_the_time(&self, now: Instant) -> bool {
        let clock = *self.clock.lock().expect("no panic while the clock is held");
        clock.is_some_and(|(_, at)| now.saturating_duration_since(at) < KNOWN_FOR)
    }

    pub(super) async fn learn_the_time(&self) {
        self.ask(&[], 0, nothing_lent()).await;
    }

    /// What was granted of each place; `None` when Redis did not answer.
    async fn ask(&self, places: &[Place], wanted: u32, loan: [String; 3]) -> Option<Vec<u32>> {
        let keys: Vec<String> = places.iter().map(|place| self.link.key(&name_of(place))).collect();
        let args: Vec<String> = [POOL.to_string(), wanted.to_string()].into_iter().chain(loan).collect();
        let answer: Vec<u64> = self.link.run(&SCRIPT, &keys, &args).await.ok()?;
        let (clock, granted) = answer.split_first()?;
        *self.clock.lock().expect("no panic while the clock is held") = Some((*clock, Instant::now()));
        Some(granted.iter().map(|permits| u32::try_from(*permits).unwrap_or(0)).collect())
    }
}

fn nothing_lent() -> [String; 3] {
    [String::new(), "0".to_owned(), "0".to_owned()]
}

fn name_of((account, endpoint): &Place) -> String {
    let endpoint = match endpoint {
        Endpoint::Push => "push",
        Endpoint::Reply => "reply",
    };
    format!("pace:{:x}:{endpoint}", account.0)
}
