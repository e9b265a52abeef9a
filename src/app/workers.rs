//! What goes on by itself while the server runs.
//!
//! Each worker is a loop: wait for a ring or for a moment of real time, then one tick. A failed tick
//! is logged once and tried again a second later; what it had committed stays true.

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::App;
use crate::delivery::Kind;

/// How often the inbox looks by itself: events left by a crash or a failure.
const INBOX_EVERY: Duration = Duration::from_secs(1);
/// How often answers are looked for without a ring: retries.
const ANSWERS_EVERY: Duration = Duration::from_secs(1);
/// How often mornings are looked for.
const MORNINGS_EVERY: Duration = Duration::from_secs(1);
/// How often everything else is looked after.
const CARE_EVERY: Duration = Duration::from_secs(15);

/// Ids of finished events are known for 30 days, payloads of failed ones for 7 (milliseconds).
const IDS_KEPT_MS: i64 = 30 * 86_400_000;
const PAYLOADS_KEPT_MS: i64 = 7 * 86_400_000;

pub(super) fn start(app: &App, stopped: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    let (arrived, decided) = (app.inbox.arrived(), app.inbox.decided());
    let moved = || app.moved.clone();
    let (inbox, answers, mornings, care) = (app.clone(), app.clone(), app.clone(), app.clone());
    vec![
        worker("inbox", stopped, arrived, INBOX_EVERY, move || {
            let app = inbox.clone();
            async move { app.inbox.tick().await.map(|_| ()) }
        }),
        worker("answers", stopped, decided, ANSWERS_EVERY, move || {
            let app = answers.clone();
            async move { app.deliveries.tick(Kind::Answers).await.map(|_| ()) }
        }),
        worker("mornings", stopped, moved(), MORNINGS_EVERY, move || {
            let app = mornings.clone();
            async move { app.deliveries.tick(Kind::Mornings).await.map(|_| ()) }
        }),
        worker("care", stopped, Default::default(), CARE_EVERY, move || {
            let app = care.clone();
            async move { app.take_care().await }
        }),
    ]
}

fn worker<W, E>(
    name: &'static str,
    stopped: &watch::Receiver<bool>,
    ring: std::sync::Arc<Notify>,
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
            if let Err(error) = tick().await {
                tracing::error!(
                    worker = name,
                    error = &error as &dyn std::error::Error,
                    "a tick failed; it is tried again"
                );
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
    /// Time-outs, old ids, the time last seen.
    pub(super) async fn take_care(&self) -> Result<(), crate::inbox::InboxError> {
        self.inbox.time_out().await?;
        let now = self.ambient.now();
        self.store.saw(now).await?;
        let ms = now.timestamp_millis();
        self.store.forget_events(ms - IDS_KEPT_MS, ms - PAYLOADS_KEPT_MS).await?;
        Ok(())
    }
}
