//! Writes lines without making anybody wait.
//!
//! Standard error may be a pipe that nobody reads: writing into it would stop a webhook, a morning, the
//! whole server. So lines go to a thread that does nothing but write them. What it cannot take any more is
//! dropped and counted, and it says how many lines are missing when it writes again.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// Lines that may wait: minutes of a busy server, and a few megabytes.
const WAITING: usize = 8_192;
/// How long the end of a process waits for its last lines to be written.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Takes lines, each in one piece.
#[derive(Debug, Clone)]
pub struct Pen {
    lines: SyncSender<Vec<u8>>,
    page: Arc<Page>,
}

/// Waits for what was taken to be written when it goes, but not for ever.
#[derive(Debug)]
#[must_use = "lines are lost when nobody waits for them"]
pub struct LastWords(Arc<Page>);

/// What has become of the lines.
#[derive(Debug, Default)]
struct Page {
    dropped: AtomicU64,
    /// Taken, and not yet written.
    waiting: Mutex<u64>,
    written: Condvar,
}

/// A pen that writes to `to`.
pub fn pen(to: impl Write + Send + 'static) -> (Pen, LastWords) {
    let (lines, taken) = sync_channel(WAITING);
    let page = Arc::<Page>::default();
    let (writes, last) = (Arc::clone(&page), LastWords(Arc::clone(&page)));
    std::thread::spawn(move || write_all(to, &taken, &writes));
    (Pen { lines, page }, last)
}

fn write_all(mut to: impl Write, lines: &Receiver<Vec<u8>>, page: &Page) {
    for line in lines {
        // Nobody can be told that there is nowhere to tell it.
        let _lost = to.write_all(&line).and_then(|()| to.flush());
        page.one_is_written();
        let missing = page.dropped.swap(0, Ordering::Relaxed);
        if missing > 0 {
            tracing::warn!(lines = missing, "lines of this log are missing here: nobody read them in time");
        }
    }
}

impl Page {
    fn waiting(&self) -> std::sync::MutexGuard<'_, u64> {
        self.waiting.lock().expect("nobody panics while it is held")
    }

    fn one_is_written(&self) {
        *self.waiting() -= 1;
        self.written.notify_all();
    }
}

impl Write for Pen {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        *self.page.waiting() += 1;
        if self.lines.try_send(line.to_vec()).is_err() {
            self.page.one_is_written();
            self.page.dropped.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("hagukumi_log_lines_dropped_total").increment(1);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'p> MakeWriter<'p> for Pen {
    type Writer = Self;

    fn make_writer(&'p self) -> Self {
        self.clone()
    }
}

impl Drop for LastWords {
    fn drop(&mut self) {
        let waiting = self.0.waiting();
        drop(self.0.written.wait_timeout_while(waiting, LAST_WORDS, |waiting| *waiting > 0));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// Paper that takes a line whenever the test says so.
    struct Slow {
        go: Receiver<()>,
        said: Sender<Vec<u8>>,
    }

    impl Write for Slow {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            let _nobody_minds = self.go.recv().map(|()| self.said.send(line.to_vec()));
            Ok(line.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_waits_for_a_log_that_nobody_reads_and_what_it_could_not_take_is_counted() {
        let ((go, may), (said, heard)) = (channel(), channel());
        let (mut pen, last) = pen(Slow { go: may, said });
        for number in 0..2 * WAITING {
            pen.write_all(format!("{number}\n").as_bytes()).unwrap();
        }
        let dropped = pen.page.dropped.load(Ordering::Relaxed);
        assert!((WAITING as u64 - 1..=WAITING as u64).contains(&dropped), "{dropped}");
        for _ in 0..2 * WAITING as u64 - dropped {
            go.send(()).unwrap();
        }
        drop(last);
        let lines: Vec<Vec<u8>> = heard.try_iter().collect();
        assert_eq!(lines.len() as u64, 2 * WAITING as u64 - dropped);
        assert_eq!(lines[0], b"0\n");
        assert_eq!(pen.page.dropped.load(Ordering::Relaxed), 0, "it was said how many are missing");
    }

    #[test]
    fn the_last_lines_are_written_before_the_end() {
        let ((go, may), (said, heard)) = (channel(), channel());
        let (mut pen, last) = pen(Slow { go: may, said });
        pen.write_all(b"the end\n").unwrap();
        go.send(()).unwrap();
        drop(last);
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [b"the end\n"]);
    }
}
