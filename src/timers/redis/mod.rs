//! The timer index in Redis: one sorted set an account, of ids and times and nothing else.
//!
//! Redis may be gone, slow, flushed, full or old; it only ever makes things faster.
//!
//! - *Taking.* Whoever is named moves on by one lease, so that no other process is told the same at
//!   once. A process that dies with readers in hand loses nobody: they come back after the lease, and
//!   the sweep of the store is sooner.
//! - *Epoch.* Each making of the index has a name, which stands in the database and in Redis. Where the
//!   two differ (flushed, foreign, restored), the index is not asked and is made again.
//! - *Writes.* The index counts its own writes, and each process remembers the highest count it was
//!   told. One that finds fewer knows that Redis has forgotten (a restart from an old file, a replica
//!   that lagged behind). What a process that is gone had written is not missed by anybody: that is
//!   left to the sweep.
//! - *Hints.* A hint that was lost makes this process doubt, and the index is made again.
//!
//! Times come from the caller. Ids are written in base 36, at most 13 characters.

mod circuit;
mod link;
mod rebuild;

use std::sync::{Arc, LazyLock, Mutex};

use async_trait::async_trait;
use redis::Script;
use tokio::sync::Mutex as AsyncMutex;

use super::sql::DueReaders;
use super::{Timer, TimerError, TimerIndex};
use crate::clock::Ambient;
use crate::domain::ids::{AccountId, ReaderId};
pub use link::{ANSWER_WITHIN, BadAddress, Link, LinkError, inspect, judge_address};

/// How long readers who were named belong to whoever asked (milliseconds): as long as the lease of the
/// rows they are to become.
pub const LEASE_MS: i64 = 60_000;
/// Hints written at once.
const HINTS: usize = 1_000;

static DUE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("../lua/due.lua")));
static SET: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("../lua/set.lua")));

/// Why the index cannot be relied on at present.
#[derive(Debug, thiserror::Error)]
enum Doubt {
    /// Redis itself.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// It is not known whether it knows everybody; it is looked after.
    #[error("the index in Redis is not the one that is meant, or has forgotten something")]
    Forgot,
    /// The database, while the index was made again.
    #[error(transparent)]
    Store(#[from] TimerError),
}

impl From<Doubt> for TimerError {
    fn from(doubt: Doubt) -> Self {
        match doubt {
            Doubt::Store(error) => error,
            doubt => Self(Box::new(doubt)),
        }
    }
}

/// Whether the index is relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// It is.
    Sure,
    /// It has to be looked at.
    Unsure,
    /// It has to be made again: it lacks something that we know of.
    Lost,
}

/// What this process knows of the index.
#[derive(Debug)]
struct Known {
    trust: Trust,
    epoch: String,
    writes: u64,
}

/// The index in Redis; `S` is what it is made from.
#[derive(Debug)]
pub struct RedisTimers<S> {
    link: Arc<Link>,
    store: S,
    accounts: Vec<AccountId>,
    /// Our mark in the lock of whoever makes the index.
    mark: String,
    ambient: Ambient,
    known: Mutex<Known>,
    tending: AsyncMutex<()>,
}

impl<S: DueReaders> RedisTimers<S> {
    /// The index of these accounts. Until [`TimerIndex::tend`] was called, it is not relied on.
    #[must_use]
    pub fn new(link: Arc<Link>, store: S, accounts: Vec<AccountId>, ambient: Ambient) -> Self {
        let known = Mutex::new(Known { trust: Trust::Unsure, epoch: String::new(), writes: 0 });
        let mark = fresh_name(&ambient);
        Self { link, store, accounts, mark, ambient, known, tending: AsyncMutex::default() }
    }

    fn known<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.known.lock().expect("no panic while what is known is held"))
    }

    /// Counts only grow, in whatever order the answers come.
    fn saw(&self, writes: u64) {
        self.known(|known| known.writes = known.writes.max(writes));
    }

    fn epoch_key(&self) -> String {
        self.link.key("epoch")
    }

    fn writes_key(&self) -> String {
        self.link.key("writes")
    }

    fn readers_key(&self, account: AccountId) -> String {
        self.link.key(&format!("t:{}", short(account.0)))
    }

    async fn take(&self, account: AccountId, now: i64, limit: u64) -> Result<Vec<ReaderId>, Doubt> {
        let trusted = self.known(|known| (known.trust == Trust::Sure).then(|| (known.epoch.clone(), known.writes)));
        let (epoch, writes) = trusted.ok_or(Doubt::Forgot)?;
        let keys = [self.epoch_key(), self.writes_key(), self.readers_key(account)];
        let numbers = [writes.to_string(), now.to_string(), (now + LEASE_MS).to_string(), limit.to_string()];
        let args: Vec<String> = [epoch].into_iter().chain(numbers).collect();
        let Some(answer) = self.link.run::<Option<Vec<String>>>(&DUE, &keys, &args).await? else {
            tracing::warn!("the timer index in Redis is another one, or has forgotten something; it is looked after");
            self.known(|known| known.trust = known.trust.min_trust(Trust::Unsure));
            return Err(Doubt::Forgot);
        };
        self.saw(answer.first().and_then(|writes| writes.parse().ok()).unwrap_or(writes));
        Ok(answer.iter().skip(1).filter_map(|id| long(id)).map(ReaderId).collect())
    }

    async fn write(&self, account: AccountId, timers: &[Timer]) -> Result<(), Doubt> {
        let keys = [self.writes_key(), self.readers_key(account)];
        for timers in timers.chunks(HINTS) {
            let pair = |(reader, at): &Timer| [short(reader.0), at.map(|at| at.to_string()).unwrap_or_default()];
            let args: Vec<String> = timers.iter().flat_map(pair).collect();
            self.saw(self.link.run(&SET, &keys, &args).await?);
        }
        Ok(())
    }
}

#[async_trait]
impl<S: DueReaders> TimerIndex for RedisTimers<S> {
    async fn due(&self, account: AccountId, now: i64, limit: u64) -> Result<Vec<ReaderId>, TimerError> {
        Ok(self.take(account, now, limit).await?)
    }

    async fn set(&self, account: AccountId, timers: &[Timer]) -> Result<(), TimerError> {
        let written = self.write(account, timers).await;
        if written.is_err() {
            self.known(|known| known.trust = Trust::Lost);
        }
        Ok(written?)
    }

    async fn tend(&self) -> Result<(), TimerError> {
        Ok(self.look_after().await?)
    }
}

impl Trust {
    /// The lesser trust of the two.
    const fn min_trust(self, other: Self) -> Self {
        match (self, other) {
            (Self::Lost, _) | (_, Self::Lost) => Self::Lost,
            (Self::Unsure, _) | (_, Self::Unsure) => Self::Unsure,
            (Self::Sure, Self::Sure) => Self::Sure,
        }
    }
}

/// An id in base 36. Ours are positive; another survives the way there and back all the same.
fn short(id: i64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = id.cast_unsigned();
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(DIGITS[(rest % 36) as usize]));
        rest /= 36;
        if rest == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

fn long(text: &str) -> Option<i64> {
    u64::from_str_radix(text, 36).ok().map(u64::cast_signed)
}

/// A name that nobody else gives.
fn fresh_name(ambient: &Ambient) -> String {
    short(i64::from_le_bytes(ambient.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_comes_back_as_it_was() {
        for id in [0, 1, 35, 36, 3_722_304_989_575_086_081, i64::MAX, -1, i64::MIN] {
            let text = short(id);
            assert!(text.len() <= 13, "{text}");
            assert_eq!(long(&text), Some(id), "{text}");
        }
        assert_eq!(long("not an id"), None);
    }
}
