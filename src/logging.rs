//! Lines for operators: one JSON object each, on standard error, with nothing personal in them.
//!
//! Our own lines name our own ids only. Lines of libraries are kept to `info` whatever the filter
//! says, since at `debug` and `trace` they may show what they were given. A panic is logged by its
//! place alone: its text may repeat what it stumbled over. Nobody waits for a line to be written (see
//! `pen`).

mod pen;

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::config::LogFormat;

pub use pen::LastWords;

/// Starts logging until what is returned goes. `filter` is tracing's filter syntax; what cannot be read
/// falls back to `info`.
pub fn start(filter: &str, format: LogFormat) -> LastWords {
    let colours = std::io::stderr().is_terminal();
    let (pen, last_words) = pen::pen(std::io::stderr());
    if lines(filter, format, colours, pen).try_init().is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
    last_words
}

/// What writes the lines, and which.
fn lines<W>(filter: &str, format: LogFormat, colours: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let wanted = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).parse_lossy(filter);
    let lines = match format {
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_writer(writer).boxed(),
        LogFormat::Pretty => fmt::layer().compact().with_ansi(colours).with_writer(writer).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(wanted).with_filter(filter_fn(may_be_shown)))
}

fn may_be_shown(line: &Metadata<'_>) -> bool {
    line.target().starts_with("hagukumi") || *line.level() <= Level::INFO
}

fn log_panic(info: &std::panic::PanicHookInfo<'_>) {
    let place = info.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
    tracing::error!(place, "a task panicked; its text is not logged, because it may be personal");
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What is written at the loudest level while `work` runs on this thread.
    fn written(format: LogFormat, work: impl FnOnce()) -> String {
        let page = Page::default();
        let writer = page.clone();
        tracing::subscriber::with_default(lines("trace", format, false, move || writer.clone()), work);
        String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_panic_is_logged_by_its_place_and_never_by_its_text() {
        let told = written(LogFormat::Json, || {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(log_panic));
            let outcome = std::panic::catch_unwind(|| panic!("あおちゃん 2026-08-14"));
            std::panic::set_hook(before);
            assert!(outcome.is_err());
        });
        let line: serde_json::Value = serde_json::from_str(told.trim()).unwrap();
        assert_eq!(line["level"], "ERROR");
        assert!(line["place"].as_str().unwrap().contains("logging.rs:"), "{told}");
        assert!(!told.contains("あおちゃん") && !told.contains("2026-08-14"), "{told}");
    }

    #[test]
    fn what_libraries_say_quietly_is_not_shown_however_loud_the_filter_is() {
        for format in [LogFormat::Json, LogFormat::Pretty] {
            let told = written(format, || {
                tracing::trace!(target: "hyper::proto", "theirs, quietly");
                tracing::debug!(target: "sqlx::query", "theirs, quietly");
                tracing::warn!(target: "hyper::proto", "theirs, loudly");
                tracing::trace!("ours, quietly");
            });
            assert!(!told.contains("theirs, quietly"), "{told}");
            assert!(told.contains("theirs, loudly") && told.contains("ours, quietly"), "{told}");
        }
    }
}
