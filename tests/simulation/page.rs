//! What one simulated server logs, apart from all others.

use std::io::Write;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use hagukumi::clock::{Clock as _, RehearsalClock};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// A page that is written on.
#[derive(Clone, Default)]
pub struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    /// What stands on it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nobody panics while it is held")).into_owned()
    }

    /// Everything of ours that this thread logs goes here, as long as the guard is kept.
    pub fn listens(&self, clock: &Arc<RehearsalClock>) -> tracing::subscriber::DefaultGuard {
        let page = self.clone();
        let lines =
            fmt::layer().with_timer(Japan(Arc::clone(clock))).with_ansi(false).with_writer(move || page.clone());
        let ours = filter_fn(|line| line.target().starts_with("hagukumi"));
        tracing::subscriber::set_default(tracing_subscriber::registry().with(lines.with_filter(ours)))
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics while it is held").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Lines begin with the hour in Japan. The date is left out: it may be somebody's birthday.
struct Japan(Arc<RehearsalClock>);

impl FormatTime for Japan {
    fn format_time(&self, w: &mut Writer<'_>) -> std::fmt::Result {
        write!(w, "{}", (self.0.now() + TimeDelta::hours(9)).format("%a %H:%M:%S%.3f"))
    }
}
