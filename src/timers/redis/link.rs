//! The connection to Redis: never waited for long, and left alone while it does not answer.
//!
//! Every call has [`ANSWER_WITHIN`] and ends in an answer or an error; after an error nobody asks for a
//! while (see `circuit`), so that a Redis that is gone, slow, full or read-only costs one short wait
//! every few seconds and nothing else. The connection is made when it is first needed. That Redis is
//! away is logged once, and once that it is back.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, RedisError, RedisResult, Script};

use super::circuit::{Admission, Circuit};
use crate::clock::Ambient;

/// How long an answer may take. One machine away it takes a millisecond.
pub const ANSWER_WITHIN: Duration = Duration::from_millis(300);
/// How long a new connection may take; made in the background, while callers go on without.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);
/// Tries to connect, once, before whoever waits is told; the next caller begins anew.
const CONNECT_AGAIN: usize = 1;
/// The longest pause between two tries.
const CONNECT_PAUSE: Duration = Duration::from_millis(100);

/// The address cannot be used. It is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error)]
#[error(
    "HAGUKUMI_REDIS_URL を読めません。redis://ホスト:6379、rediss://ホスト:6379、unix:///パス のように書いてください。"
)]
pub struct BadAddress;

/// Why Redis did not do as asked. Whatever it was, the caller goes on without.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It failed a moment ago and is left alone.
    #[error("Redis is left alone for a while")]
    Resting,
    /// No answer in time. It may have done as asked all the same.
    #[error("Redis did not answer in time")]
    Slow,
    /// It is away, or refuses.
    #[error("Redis did not do as asked")]
    Refused(#[source] RedisError),
}

/// A Redis, shared by everybody in this process.
pub struct Link {
    manager: ConnectionManager,
    ambient: Ambient,
    circuit: Mutex<Circuit>,
    prefix: String,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link")
    }
}

/// Whether an address can be used, without connecting.
///
/// # Errors
///
/// [`BadAddress`].
pub fn judge_address(url: &str) -> Result<(), BadAddress> {
    Client::open(url).map(|_| ()).map_err(|_| BadAddress)
}

/// Whether the Redis at `url` answers, and what it does when its memory is full where that could cost us
/// keys. Asks once, and writes nothing.
///
/// # Errors
///
/// [`LinkError`].
pub async fn inspect(url: &str) -> Result<Option<String>, LinkError> {
    let asked = async {
        let mut connection = Client::open(url)?.get_multiplexed_async_connection().await?;
        redis::cmd("INFO").arg("memory").query_async::<String>(&mut connection).await
    };
    match tokio::time::timeout(2 * CONNECT_WITHIN, asked).await {
        Ok(info) => Ok(forgetful(&info.map_err(LinkError::Refused)?)),
        Err(_elapsed) => Err(LinkError::Slow),
    }
}

/// The policy in the answer to `INFO memory`, where memory is limited and keys would go.
fn forgetful(info: &str) -> Option<String> {
    let value = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let limited = value("maxmemory").is_some_and(|limit| limit.trim() != "0");
    let policy = value("maxmemory_policy").map(|policy| policy.trim().to_owned());
    policy.filter(|policy| limited && policy != "noeviction")
}

impl Link {
    /// The Redis at `url`, which need not be there yet. All keys carry `instance`, the name of our
    /// database, as their hash tag: a cluster keeps them together, and two databases never meet. Must
    /// be called on a runtime.
    ///
    /// # Errors
    ///
    /// [`BadAddress`].
    pub fn open(url: &str, instance: &str, ambient: Ambient) -> Result<Self, BadAddress> {
        let client = Client::open(url).map_err(|_| BadAddress)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_WITHIN))
            .set_response_timeout(Some(CONNECT_WITHIN))
            .set_number_of_retries(CONNECT_AGAIN)
            .set_min_delay(CONNECT_PAUSE)
            .set_max_delay(CONNECT_PAUSE);
        let manager = ConnectionManager::new_lazy_with_config(client, config).map_err(|_| BadAddress)?;
        let prefix = format!("hagukumi:{{{instance}}}:");
        Ok(Self { manager, ambient, circuit: Mutex::new(Circuit::new()), prefix })
    }

    /// Our key of that name.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Whether Redis answered when it was last asked.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.circuit.lock().expect("no panic while the circuit is held").is_well()
    }

    /// Runs a script, loading it where it was forgotten.
    ///
    /// # Errors
    ///
    /// [`LinkError`].
    pub async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        keys: &[String],
        args: &[String],
    ) -> Result<T, LinkError> {
        let mut call = script.prepare_invoke();
        keys.iter().for_each(|key| {
            call.key(key);
        });
        args.iter().for_each(|arg| {
            call.arg(arg);
        });
        let mut manager = self.manager.clone();
        self.ask(call.invoke_async(&mut manager)).await
    }

    /// Runs one command.
    ///
    /// # Errors
    ///
    /// [`LinkError`].
    pub async fn command<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, LinkError> {
        let mut manager = self.manager.clone();
        self.ask(command.query_async(&mut manager)).await
    }

    /// What Redis does when its memory is full, where that could cost us keys; `None` where it cannot.
    ///
    /// # Errors
    ///
    /// [`LinkError`].
    pub async fn forgetful_policy(&self) -> Result<Option<String>, LinkError> {
        Ok(forgetful(&self.command::<String>(redis::cmd("INFO").arg("memory")).await?))
    }

    async fn ask<T>(&self, work: impl Future<Output = RedisResult<T>>) -> Result<T, LinkError> {
        match self.admission() {
            Admission::Rest => return Err(LinkError::Resting),
            Admission::Try => self.find_out().await?,
            Admission::Go => {}
        }
        let answer = in_time(work).await;
        answer.inspect_err(|error| self.failed(error))
    }

    /// Whether Redis is back, by a write, since that is what will be asked: one that is full or a replica
    /// answers other questions well. What connected is tried again at once: the manager remembers the last
    /// failure until somebody asks.
    async fn find_out(&self) -> Result<(), LinkError> {
        let mut write = redis::cmd("SET");
        write.arg(self.key("probe")).arg(1).arg("PX").arg(60_000);
        let (mut first, mut again) = (self.manager.clone(), self.manager.clone());
        let answer: Result<(), LinkError> = match in_time(write.query_async(&mut first)).await {
            Err(LinkError::Refused(error)) if error.is_unrecoverable_error() || error.is_io_error() => {
                in_time(write.query_async(&mut again)).await
            }
            answer => answer,
        };
        match &answer {
            Ok(()) => self.answered(),
            Err(error) => self.failed(error),
        }
        answer
    }

    fn admission(&self) -> Admission {
        self.circuit.lock().expect("no panic while the circuit is held").admit(self.ambient.now_ms())
    }

    fn failed(&self, error: &LinkError) {
        let news = self.circuit.lock().expect("no panic while the circuit is held").failed(self.ambient.now_ms());
        metrics::gauge!("hagukumi_timers_redis_up").set(0.0);
        metrics::counter!("hagukumi_timers_redis_failures_total").increment(1);
        if news {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, "Redis is away; mornings go by the database until it is back");
        }
    }

    fn answered(&self) {
        let was_away = self.circuit.lock().expect("no panic while the circuit is held").answered();
        metrics::gauge!("hagukumi_timers_redis_up").set(1.0);
        if was_away {
            tracing::info!("Redis is back");
        }
    }
}

async fn in_time<T>(work: impl Future<Output = RedisResult<T>>) -> Result<T, LinkError> {
    match tokio::time::timeout(ANSWER_WITHIN, work).await {
        Ok(answer) => answer.map_err(LinkError::Refused),
        Err(_elapsed) => Err(LinkError::Slow),
    }
}
