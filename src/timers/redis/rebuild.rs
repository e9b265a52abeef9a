//! Looking after the index: relying on what is there, or making it again from the store.
//!
//! Making it again, *begin* takes the lock, the old index and its name away: from there on every process
//! asks the store. The database then learns the new name, the readers follow page by page, and *finish*
//! gives Redis the name too. Hints go on being written meanwhile and win over the pages. A process that
//! dies on the way leaves a lock that runs out.

use std::sync::LazyLock;

use redis::Script;

use super::{Doubt, RedisTimers, Trust, fresh_name, short};
use crate::domain::ids::{AccountId, ReaderId};
use crate::fail::{self, Point};
use crate::timers::sql::DueReaders;

/// Readers in a page.
const PAGE: u64 = 1_000;
/// How long the lock is held without a page (milliseconds).
const LOCK_MS: i64 = 30_000;

static BEGIN: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("../lua/begin.lua")));
static ADD_PAGE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("../lua/page.lua")));
static FINISH: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("../lua/finish.lua")));

impl<S: DueReaders> RedisTimers<S> {
    pub(super) async fn look_after(&self) -> Result<(), Doubt> {
        let Ok(_one_at_a_time) = self.tending.try_lock() else { return Ok(()) };
        if self.known(|known| known.trust) == Trust::Sure {
            return Ok(());
        }
        let meant = self.store.epoch().await?;
        let keys = [self.epoch_key(), self.writes_key()];
        let (there, writes): (Option<String>, Option<u64>) = self.link.command(redis::cmd("MGET").arg(&keys)).await?;
        let there = there.filter(|there| Some(there) == meant.as_ref());
        match there.filter(|there| self.may_rely_on(there, writes.unwrap_or(0))) {
            Some(epoch) => self.rely_on(epoch, writes.unwrap_or(0)),
            None => self.make_again().await?,
        }
        self.warn_of_policy().await;
        Ok(())
    }

    fn may_rely_on(&self, there: &str, writes: u64) -> bool {
        self.known(|known| known.trust != Trust::Lost && (known.epoch != there || known.writes <= writes))
    }

    /// The name that the database means too: made by us before, or by another process.
    fn rely_on(&self, epoch: String, writes: u64) {
        self.known(|known| {
            known.trust = Trust::Sure;
            known.epoch = epoch;
            known.writes = writes;
        });
        tracing::info!("the timer index in Redis is complete");
    }

    async fn make_again(&self) -> Result<(), Doubt> {
        // A hint that is lost from here on makes it doubtful again.
        self.known(|known| known.trust = Trust::Unsure);
        let made = self.make().await;
        match made {
            Ok(Some(readers)) => {
                metrics::counter!("hagukumi_timers_rebuilds_total").increment(1);
                tracing::info!(readers, "the timer index in Redis was made again");
            }
            Ok(None) => tracing::debug!("another process makes the timer index"),
            Err(_) => self.known(|known| known.trust = Trust::Lost),
        }
        made.map(|_| ())
    }

    /// How many readers the new index has; `None` when another process is making one.
    async fn make(&self) -> Result<Option<usize>, Doubt> {
        let (lock, epoch) = (self.link.key("lock"), fresh_name(&self.ambient));
        let sets = self.accounts.iter().map(|account| self.readers_key(*account));
        let keys: Vec<String> = [lock.clone(), self.epoch_key()].into_iter().chain(sets).collect();
        let mark = [self.mark.clone(), LOCK_MS.to_string()];
        if !self.link.run::<bool>(&BEGIN, &keys, &mark).await? {
            return Ok(None);
        }
        self.store.set_epoch(&epoch).await?;
        let mut readers = 0;
        for account in &self.accounts {
            readers += self.add_account(*account, &lock).await?;
        }
        fail::at(Point::X1);
        let keys = [lock, self.epoch_key(), self.writes_key()];
        let finished: Option<u64> = self.link.run(&FINISH, &keys, &[self.mark.clone(), epoch.clone()]).await?;
        let writes = finished.ok_or(Doubt::Forgot)?;
        self.known(|known| {
            known.trust = if known.trust == Trust::Lost { Trust::Lost } else { Trust::Sure };
            known.epoch = epoch;
            known.writes = writes;
        });
        Ok(Some(readers))
    }

    async fn add_account(&self, account: AccountId, lock: &str) -> Result<usize, Doubt> {
        let keys = [lock.to_owned(), self.readers_key(account)];
        let (mut readers, mut after) = (0, ReaderId(i64::MIN));
        loop {
            let page = self.store.readers_to_come(account, after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(readers) };
            after = *last;
            readers += page.len();
            let pairs = page.iter().flat_map(|(reader, at)| [short(reader.0), at.to_string()]);
            let args: Vec<String> = [self.mark.clone(), LOCK_MS.to_string()].into_iter().chain(pairs).collect();
            if !self.link.run::<bool>(&ADD_PAGE, &keys, &args).await? {
                return Err(Doubt::Forgot);
            }
        }
    }

    /// A Redis that throws keys away when its memory is full costs nobody a morning, but help.
    async fn warn_of_policy(&self) {
        let Ok(policy) = self.link.forgetful_policy().await else { return };
        metrics::gauge!("hagukumi_timers_redis_may_forget").set(f64::from(u8::from(policy.is_some())));
        if let Some(policy) = policy {
            tracing::warn!(
                policy,
                "Redis throws keys away when its memory is full: set its maxmemory-policy to noeviction"
            );
        }
    }
}
