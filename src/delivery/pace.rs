//! How fast requests leave: below LINE's 2,000 a second for each account and endpoint.
//!
//! All processes together may make [`DEFAULT_RATE`] requests a second. Each has a *share*, that rate
//! divided by the number of replicas, which needs nobody's leave. A bucket *starts empty*, so that no
//! burst comes on top of the rate, and saves up for at most `SAVED` (this and the other lengths stand
//! in `bucket`). It counts attempts, retries too. When LINE says that we are too fast the rate halves and
//! grows back by a twentieth of itself each second; a twentieth of it is always left.
//!
//! Where replicas share a Redis, one that has nothing to send *lends* its share for a second at a time,
//! and busy ones take *slices* of what was lent from a *pool*. So one busy replica is as fast as all.
//!
//! # Why all together never pass 2,000 in any second
//!
//! Rate is never made, only handed on: at every moment a share is either its owner's or lent.
//!
//! - The owner stops using its share before it asks Redis to lend it, and starts again, empty, when the
//!   loan is over, whether or not it heard an answer; a process that starts waits for as long, since
//!   whoever stood in its place a moment ago may have lent. The end is fixed by Redis' clock, read off an
//!   earlier answer so that it is never later than the owner believes; an order that arrives late lends
//!   for a shorter time or not at all.
//! - The pool gives what flowed in, and holds at most `POOL`. A slice is good for `GOOD_FOR` from the
//!   moment it was asked for; what comes later is thrown away.
//! - So in any second a share `s` gives at most `s × (1 + SAVED + GOOD_FOR) + 1` requests, whoever makes
//!   them, and the pool `POOL` more. With 1,800 a second that is 1,953 and one for each replica.
//!
//! Nothing in this needs Redis to be there, to remember, or to be the same for everybody: a process that
//! loses it while it is busy goes on with its own share at once, one that has lent it goes on within a
//! second. A pool that is flushed gives less; one restored from an old file gives `POOL` once more at
//! most, for which there is room. Two things it does need: that Redis' clock is not set back while
//! something is lent, and a number of replicas that is never lower than how many there are: it is
//! raised before and lowered after them.
//!
//! Paces are kept by a real watch, also under a clock that is moved by hand, because they are about how
//! fast machines talk; what is sent does not depend on them.

mod bucket;
mod pool;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;

use crate::clock::Ambient;
use crate::domain::ids::AccountId;
use crate::timers::redis::Link;
use bucket::{Bucket, Claim};
use pool::Pool;

/// LINE's documented limit for push and reply, requests a second for each endpoint
/// (Messaging API reference, "Rate limits").
pub const LINE_RATE: u32 = 2_000;
/// Where we stay below it.
pub const DEFAULT_RATE: u32 = 1_800;

/// An endpoint with a limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `/v2/bot/message/push`
    Push,
    /// `/v2/bot/message/reply`
    Reply,
}

type Place = (AccountId, Endpoint);

/// The buckets of this process.
#[derive(Debug)]
pub struct Pace {
    /// Our share, in requests a second.
    share: f64,
    queues: Mutex<HashMap<Place, Arc<Queue>>>,
    pool: Option<Pool>,
}

/// Requests that wait for one bucket, served in the order in which they came.
#[derive(Debug)]
struct Queue {
    turn: AsyncMutex<()>,
    bucket: Mutex<Bucket>,
}

impl Queue {
    fn new(bucket: Bucket) -> Self {
        Self { turn: AsyncMutex::default(), bucket: Mutex::new(bucket) }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Bucket) -> T) -> T {
        act(&mut self.bucket.lock().expect("no panic while a bucket is held"))
    }
}

impl Pace {
    /// At most `rate` requests a second for each account and endpoint; shared by `replicas` processes.
    #[must_use]
    pub fn new(rate: u32, replicas: u32) -> Self {
        let share = f64::from(rate.min(LINE_RATE)) / f64::from(replicas.max(1));
        Self { share: share.max(1.0), queues: Mutex::default(), pool: None }
    }

    /// No limit: for simulations, in which machines do not talk.
    #[must_use]
    pub fn unlimited() -> Self {
        Self { share: f64::INFINITY, queues: Mutex::default(), pool: None }
    }

    /// From now on the shares of these accounts are lent and borrowed through Redis.
    #[must_use]
    pub fn borrowing(mut self, link: Arc<Link>, accounts: &[AccountId], ambient: &Ambient) -> Self {
        self.pool = Some(Pool::new(link, self.share, ambient));
        for account in accounts {
            for endpoint in [Endpoint::Push, Endpoint::Reply] {
                self.queue((*account, endpoint));
            }
        }
        self
    }

    /// Waits for a permit.
    pub async fn permit(&self, account: AccountId, endpoint: Endpoint) {
        let place = (account, endpoint);
        let queue = self.queue(place);
        let _turn = queue.turn.lock().await;
        loop {
            let now = Instant::now();
            let Claim::At(own) = queue.with(|bucket| bucket.claim(now)) else { return };
            let Some(pool) = self.pool.as_ref().filter(|pool| pool.is_well()) else {
                tokio::time::sleep_until(own).await;
                continue;
            };
            match queue.with(|bucket| bucket.borrows_at(now)) {
                Some(at) if at <= now => borrow(pool, place, &queue, now).await,
                Some(at) => tokio::time::sleep_until(own.min(at)).await,
                None => tokio::time::sleep_until(own).await,
            }
        }
    }

    /// Lends what has not been used for a while, until the next call but one. Called a few times a
    /// second; does nothing where there is nobody to lend to.
    pub async fn lend(&self) {
        let Some(pool) = self.pool.as_ref().filter(|pool| pool.is_well()) else { return };
        if !pool.knows_the_time(Instant::now()) {
            return pool.learn_the_time().await;
        }
        let (now, all) = (Instant::now(), self.all_queues());
        let idle = all.iter().filter(|(_, queue)| queue.with(|bucket| bucket.lends_at(now)));
        let places: Vec<Place> = idle.map(|(place, _)| *place).collect();
        if !places.is_empty() {
            pool.lend(&places, now).await;
        }
    }

    /// LINE said that we are too fast: halve the rate.
    pub fn slow_down(&self, account: AccountId, endpoint: Endpoint) {
        self.queue((account, endpoint)).with(|bucket| bucket.slow_down(Instant::now()));
    }

    fn queue(&self, place: Place) -> Arc<Queue> {
        let new = if self.pool.is_some() { Bucket::perhaps_lent } else { Bucket::empty };
        let mut queues = self.queues.lock().expect("no panic while the queues are held");
        let queue = queues.entry(place).or_insert_with(|| Arc::new(Queue::new(new(self.share, Instant::now()))));
        Arc::clone(queue)
    }

    fn all_queues(&self) -> Vec<(Place, Arc<Queue>)> {
        let queues = self.queues.lock().expect("no panic while the queues are held");
        queues.iter().map(|(place, queue)| (*place, Arc::clone(queue))).collect()
    }
}

async fn borrow(pool: &Pool, place: Place, queue: &Queue, asked: Instant) {
    match pool.take(place).await {
        Some(permits) => queue.with(|bucket| bucket.borrowed(asked, permits)),
        None => queue.with(|bucket| bucket.not_borrowed(asked)),
    }
}
