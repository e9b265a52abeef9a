//! What goes on by itself while the server runs.
//!
//! Each worker is a loop: wait for a ring or for a moment of real time, then one tick. A failed tick
//! is logged once and tried again a second later, also one that panicked; what it had committed stays
//! true. Accounts have workers of their own, so that one whose requests hang keeps nobody waiting.

use std::fmt::Display;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::App;
use crate::delivery::{DeliveryError, Kind};
use crate::inbox::COMMAND;

/// How often the inbox looks by itself: events left by a crash or a failure.
const INBOX_EVERY: Duration = Duration::from_secs(1);
/// How often answers are looked for without a ring: retries.
const ANSWERS_EVERY: Duration = Duration::from_secs(1);
/// How often mornings are looked for.
const MORNINGS_EVERY: Duration = Duration::from_secs(1);
/// How often the store is asked for whoever the timer index forgot.
const SWEEP_EVERY: Duration = Duration::from_secs(15);
/// How often menus are looked after without a ring: other servers' readers, midnight, what failed.
const MENUS_EVERY: Duration = Duration::from_secs(30);
/// How often the timer index itself is looked after.
const TEND_EVERY: Duration = Duration::from_secs(5);
/// How often the rate that is not needed is lent, for a second each time.
const LEND_EVERY: Duration = Duration::from_millis(400);
/// How often everything else is looked after.
const CARE_EVERY: Duration = Duration::from_secs(15);

/// Ids of finished events are known for 30 days, payloads of failed ones for 7 (milliseconds).
const IDS_KEPT_MS: i64 = 30 * 86_400_000;
/// Ended deliveries are known for 31 days: long enough to tell a family why nothing came (milliseconds).
const ROWS_KEPT_MS: i64 = 31 * 86_400_000;
const PAYLOADS_KEPT_MS: i64 = 7 * 86_400_000;
/// Our own commands are known for a day (milliseconds).
const COMMANDS_KEPT_MS: i64 = 86_400_000;
/// Whoever was forgotten waits for LINE to take their menu away for a day at most (milliseconds).
const LEAVERS_KEPT_MS: i64 = 86_400_000;
/// The write-ahead log of SQLite is a few megabytes long when everything is well (bytes).
const LOG_IS_LARGE: u64 = 64 * 1024 * 1024;

pub(super) fn start(app: &App, stopped: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    let (inbox, care, timers, pace) = (app.clone(), app.clone(), app.clone(), app.clone());
    let mut workers = vec![
        worker("inbox", stopped, app.inbox.arrived(), INBOX_EVERY, move || {
            let app = inbox.clone();
            async move { app.inbox.tick().await.map(|_| ()) }
        }),
        worker("care", stopped, Arc::default(), CARE_EVERY, move || {
            let app = care.clone();
            async move { app.take_care().await }
        }),
        worker("timers", stopped, Arc::default(), TEND_EVERY, move || {
            let app = timers.clone();
            async move {
                app.deliveries.tend_timers().await;
                Ok::<(), DeliveryError>(())
            }
        }),
        worker("pace", stopped, Arc::default(), LEND_EVERY, move || {
            let app = pace.clone();
            async move {
                app.deliveries.lend_pace().await;
                Ok::<(), DeliveryError>(())
            }
        }),
    ];
    for account in 0..app.deliveries.accounts() {
        for (name, kind, ring, every) in [
            ("answers", Kind::Answers, app.inbox.decided(account), ANSWERS_EVERY),
            ("mornings", Kind::Mornings, app.moved.clone(), MORNINGS_EVERY),
        ] {
            let app = app.clone();
            workers.push(worker(name, stopped, ring, every, move || {
                let app = app.clone();
                async move { app.deliveries.tick_of(account, kind).await.map(|_| ()) }
            }));
        }
        let menus = app.clone();
        workers.push(worker("menus", stopped, app.inbox.changed(account), MENUS_EVERY, move || {
            let app = menus.clone();
            async move { app.menus.tend_of(account).await.map(|_| ()) }
        }));
        let app = app.clone();
        workers.push(worker("sweep", stopped, Arc::default(), SWEEP_EVERY, move || {
            let app = app.clone();
            async move { app.deliveries.sweep_of(account).await.map(|_| ()) }
        }));
    }
    workers
}

fn worker<W, E>(
    name: &'static str,
    stopped: &watch::Receiver<bool>,
    ring: Arc<Notify>,
    every: Duration,
    mut tick: impl FnMut() -> W + Send + 'static,
) -> JoinHandle<()>
where
    W: Future<Output = Result<(), E>> + Send,
    E: std::error::Error + Display + 'static,
{
    let mut stopped = stopped.clone();
    tokio::spawn(async move {
        loop {
            match AssertUnwindSafe(tick()).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(worker = name, error, "a tick failed; it is tried again");
                }
                Err(_logged_by_the_hook) => tracing::error!(worker = name, "a tick panicked; it is tried again"),
            }
            tokio::select! {
                () = ring.notified() => {}
                () = tokio::time::sleep(every) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            if *stopped.borrow() {
                return;
            }
        }
    })
}

impl App {
    /// A log that only grows says that somebody reads in the database and never ends.
    fn look_at_the_log_of_the_database(&self) {
        if let Some(bytes) = self.store.log_bytes().filter(|bytes| *bytes > LOG_IS_LARGE) {
            tracing::warn!(
                bytes,
                "the write-ahead log of SQLite is large: does a program beside the server keep the database open?"
            );
        }
    }

    /// Time-outs, codes, old ids, the time last seen.
    ///
    /// # Errors
    ///
    /// [`crate::inbox::InboxError`]; what was done stays done.
    pub async fn take_care(&self) -> Result<(), crate::inbox::InboxError> {
        let now = self.ambient.now();
        // A key that cannot be read now was read before, and is tried again.
        if self.store.sealer().refresh().unwrap_or_else(key_file_fails) {
            self.store.note_key().await?;
            tracing::info!("the key file was changed: its current key seals from now on");
        }
        if let Some(list) = self.store.suppression() {
            list.tend().await;
        }
        self.store.saw(now).await?;
        self.look_at_the_log_of_the_database();
        if !self.deliveries.may_forget() {
            return Ok(());
        }
        self.inbox.time_out().await?;
        let ms = now.timestamp_millis();
        self.store.forget_codes(ms).await?;
        self.store.forget_commands(COMMAND, ms - COMMANDS_KEPT_MS).await?;
        self.store.forget_menu_leavers(ms - LEAVERS_KEPT_MS).await?;
        self.store.forget_deliveries(ms - ROWS_KEPT_MS).await?;
        self.store.forget_events(ms - IDS_KEPT_MS, ms - PAYLOADS_KEPT_MS).await?;
        Ok(())
    }
}

fn key_file_fails(error: crate::store::KeyError) -> bool {
    tracing::warn!(error = &error as &dyn std::error::Error, "the key file cannot be read again; the known keys go on");
    false
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_worker_goes_on_after_a_tick_that_panicked_and_one_that_failed() {
        let (ticks, reached) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let (count, ring) = (Arc::clone(&ticks), Arc::clone(&reached));
        let stopping = watch::Sender::new(false);
        let worker = worker("test", &stopping.subscribe(), Arc::default(), Duration::from_millis(1), move || {
            let (tick, ring) = (count.fetch_add(1, Ordering::SeqCst), Arc::clone(&ring));
            async move {
                match tick {
                    0 => panic!("the first tick"),
                    1 => Err(std::io::Error::other("the second tick")),
                    _ => {
                        ring.notify_one();
                        Ok(())
                    }
                }
            }
        });
        tokio::time::timeout(Duration::from_secs(30), reached.notified()).await.expect("it goes on");
        stopping.send(true).expect("the worker listens");
        tokio::time::timeout(Duration::from_secs(30), worker).await.expect("it stops").expect("it did not panic");
        assert!(ticks.load(Ordering::SeqCst) >= 3);
    }
}
