//! Lines for operators: one JSON object each, on standard error, with nothing personal in them.
//!
//! Our own lines name our own ids only. Lines of libraries are kept to `info` whatever the filter
//! says, since at `debug` and `trace` they may show what they were given. A panic is logged by its
//! place alone: its text may repeat what it stumbled over.

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::config::LogFormat;

/// Starts logging. `filter` is tracing's filter syntax; what cannot be read falls back to `info`.
pub fn start(filter: &str, format: LogFormat) {
    let wanted = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).parse_lossy(filter);
    let lines = match format {
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_writer(std::io::stderr).boxed(),
        LogFormat::Pretty => {
            fmt::layer().compact().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr).boxed()
        }
    };
    let lines = lines.with_filter(wanted).with_filter(filter_fn(may_be_shown));
    if tracing_subscriber::registry().with(lines).try_init().is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
}

fn may_be_shown(line: &Metadata<'_>) -> bool {
    line.target().starts_with("hagukumi") || *line.level() <= Level::INFO
}

fn log_panic(info: &std::panic::PanicHookInfo<'_>) {
    let place = info.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
    tracing::error!(place, "a task panicked; its text is not logged, because it may be personal");
}
