//! The file: lines are appended and made durable; old ones are dropped.
//!
//! Several servers may append to one file: every write is whole lines at the end of it. Whoever drops old
//! lines writes a new file in the place of the old one, while a lock beside it keeps the others waiting.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::fact::{Fact, Line};
use crate::clock::Ambient;
use crate::store::Sealer;

/// How long a decision waits for the disk. A webhook was answered long before; the lane waits.
const WAIT: Duration = Duration::from_millis(1_500);
/// How long it waits once the disk is known to fail.
const WAIT_AGAIN: Duration = Duration::from_millis(50);
/// How long a line is kept: a backup lives 35 days at most, and a month longer the list (milliseconds).
pub(super) const KEPT_MS: i64 = (35 + 31) * 86_400_000;
/// How often it is looked for old lines (milliseconds).
const LOOK_EVERY_MS: i64 = 86_400_000;

/// The list cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the suppression list {path} cannot be used")]
pub struct ListError {
    /// Which file.
    pub path: String,
    /// Why.
    #[source]
    pub cause: io::Error,
}

/// The suppression list of this process.
#[derive(Debug, Clone)]
pub struct SuppressionList(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    sealer: Arc<Sealer>,
    ambient: Ambient,
    /// Lines that are not on the disk yet.
    waiting: Mutex<String>,
    /// Held while somebody writes.
    writing: Mutex<()>,
    /// When the last line was written (milliseconds since 1970): no two have the same time.
    last: AtomicI64,
    looked_at: AtomicI64,
    fails: AtomicBool,
}

impl SuppressionList {
    /// Opens the list at `path`, and makes it where there is none: whoever cannot write it must not start.
    ///
    /// # Errors
    ///
    /// [`ListError`].
    pub fn open(path: &Path, sealer: Arc<Sealer>, ambient: Ambient) -> Result<Self, ListError> {
        let list = Self(Arc::new(Inner {
            path: path.to_owned(),
            sealer,
            ambient,
            waiting: Mutex::default(),
            writing: Mutex::default(),
            last: AtomicI64::default(),
            looked_at: AtomicI64::default(),
            fails: AtomicBool::default(),
        }));
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let made = folder.map_or(Ok(()), std::fs::create_dir_all).and_then(|()| list.0.end_a_torn_line());
        made.map_err(|cause| ListError { path: path.display().to_string(), cause })?;
        Ok(list)
    }

    /// Writes facts and makes them durable. What cannot be written in time is kept and tried again.
    pub async fn keep(&self, facts: &[Fact]) {
        if facts.is_empty() {
            return;
        }
        let lines: String = facts.iter().map(|fact| fact.line(&self.0.sealer, self.0.next_moment())).collect();
        lock(&self.0.waiting).push_str(&lines);
        self.write().await;
    }

    /// Tries again what could not be written, and drops what is old. To be called now and then.
    pub async fn tend(&self) {
        if self.fails() {
            self.write().await;
        }
        let now = self.0.ambient.now_ms();
        if now - self.0.looked_at.load(Ordering::Relaxed) < LOOK_EVERY_MS {
            return;
        }
        self.0.looked_at.store(now, Ordering::Relaxed);
        let inner = Arc::clone(&self.0);
        let dropped = tokio::task::spawn_blocking(move || inner.drop_before(now - KEPT_MS)).await;
        if let Ok(Err(error)) = dropped {
            tracing::warn!(error = &error as &dyn std::error::Error, "old lines of the suppression list stay for now");
        }
    }

    /// Whether facts wait that could not be written.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.0.fails.load(Ordering::Relaxed)
    }

    async fn write(&self) {
        let inner = Arc::clone(&self.0);
        let writing = tokio::task::spawn_blocking(move || inner.write_what_waits());
        let wait = if self.fails() { WAIT_AGAIN } else { WAIT };
        let failure = match tokio::time::timeout(wait, writing).await {
            Ok(Ok(Ok(()))) => None,
            Ok(Ok(Err(error))) => Some(error),
            Ok(Err(ended)) => Some(io::Error::other(ended)),
            Err(_) => Some(io::ErrorKind::TimedOut.into()),
        };
        let failed = self.0.fails.swap(failure.is_some(), Ordering::Relaxed);
        metrics::gauge!("hagukumi_suppression_list_fails").set(f64::from(u8::from(failure.is_some())));
        match failure {
            Some(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "the suppression list cannot be written: make room or mend the disk, and take a backup at once"
            ),
            None if failed => tracing::info!("the suppression list is written again"),
            None => {}
        }
    }
}

impl Inner {
    fn next_moment(&self) -> i64 {
        let now = self.ambient.now_ms();
        let after = |last: i64| Some(now.max(last + 1));
        self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, after).map_or(now, |last| now.max(last + 1))
    }

    fn write_what_waits(&self) -> io::Result<()> {
        // Whoever waits for a disk that hangs must not be joined by everybody else.
        let free =
            if self.fails.load(Ordering::Relaxed) { self.writing.try_lock().ok() } else { Some(lock(&self.writing)) };
        let _one_at_a_time = free.ok_or(io::ErrorKind::WouldBlock)?;
        let lines = lock(&self.waiting).clone();
        if lines.is_empty() {
            return Ok(());
        }
        self.append(lines.as_bytes())?;
        // Others may have added lines behind these meanwhile.
        lock(&self.waiting).drain(..lines.len());
        Ok(())
    }

    fn append(&self, lines: &[u8]) -> io::Result<()> {
        let _nobody_rewrites = self.locked(false)?;
        let mut file = self.file()?;
        if let Err(error) = file.write_all(lines).and_then(|()| file.sync_data()) {
            // A part of a line must not swallow the next one.
            let _the_next_try_will_say = file.write_all(b"\n");
            return Err(error);
        }
        Ok(())
    }

    fn file(&self) -> io::Result<File> {
        private().append(true).create(true).open(&self.path)
    }

    /// A process that died while it wrote left a part of a line: nobody must go on with it.
    fn end_a_torn_line(&self) -> io::Result<()> {
        let _nobody_rewrites = self.locked(false)?;
        let mut file = self.file()?;
        let text = std::fs::read(&self.path)?;
        if text.last().is_some_and(|byte| *byte != b'\n') {
            file.write_all(b"\n")?;
        }
        file.sync_all()
    }

    /// Held by whoever appends, or alone by whoever writes the file anew.
    fn locked(&self, alone: bool) -> io::Result<File> {
        let mut name = self.path.clone().into_os_string();
        name.push(".lock");
        let file = private().write(true).create(true).truncate(false).open(name)?;
        if alone {
            file.lock()?
        } else {
            file.lock_shared()?
        }
        Ok(file)
    }

    /// Drops lines written before that moment (milliseconds since 1970); they are in order of time.
    fn drop_before(&self, before: i64) -> io::Result<()> {
        let old = |line: &str| Line::time_of(line).is_some_and(|at| at < before);
        let text = std::fs::read_to_string(&self.path)?;
        if !text.lines().next().is_some_and(old) {
            return Ok(());
        }
        let _alone = self.locked(true)?;
        let text = std::fs::read_to_string(&self.path)?;
        let kept: String = text.lines().skip_while(|line| old(line)).flat_map(|line| [line, "\n"]).collect();
        let new = self.path.with_extension("new");
        let mut file = private().write(true).create(true).truncate(true).open(&new)?;
        file.write_all(kept.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, &self.path)
    }
}

/// Files that only their owner may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while it is held")
}
