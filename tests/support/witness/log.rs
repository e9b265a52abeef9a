//! Everything that is logged in this process, at the loudest level, and what may not be in it.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use regex::Regex;
use serde_json::Value;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt};

use super::super::history::Account;

/// One page for all stories of this process: what one of them logs is nobody's to read.
static PAGE: LazyLock<Page> = LazyLock::new(|| {
    let page = Page::default();
    let writer = page.clone();
    let lines = fmt::layer().without_time().with_ansi(false).with_writer(move || writer.clone());
    let ours = filter_fn(|line| line.target().starts_with("hagukumi"));
    let all = tracing_subscriber::registry().with(lines.with_filter(ours));
    tracing::subscriber::set_global_default(all).expect("nobody else listens in this process");
    page
});

#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().expect("nobody panics while it is held")
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From where on the page is this story's.
pub struct Heard(usize);

/// Listens from now on.
pub fn listen() -> Heard {
    Heard(PAGE.lock().len())
}

/// Lines of a process begin with the machine's own time, which is nobody's birthday.
static STAMP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z").expect("the pattern is right"));

/// What an author is told about a text has examples of dates, and nothing of a family.
static AUTHORS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^DEBUG hagukumi::app::open: .* file=\S+ line=\d+$").expect("the pattern is right")
});

/// What was logged since, here and by those processes.
pub fn read(since: &Heard, processes: &[Arc<Mutex<String>>]) -> String {
    let here = String::from_utf8_lossy(&PAGE.lock()[since.0..]).into_owned();
    let here = AUTHORS.replace_all(&here, "");
    let there = processes.iter().map(|log| log.lock().expect("nobody panics while it is held").clone());
    let there: Vec<String> = there.map(|log| STAMP.replace_all(&log, "").into_owned()).collect();
    format!("{here}\n{}", there.join("\n"))
}

/// A text without the moments at which its lines were written.
pub fn without_stamps(text: &str) -> String {
    STAMP.replace_all(text, "").into_owned()
}

/// What LINE and its people gave to the bot, and nobody may read in a log: ids of people, reply tokens,
/// dates they picked, and whatever they wrote that is more than a word of everybody.
pub fn personal(account: &Account) -> Vec<String> {
    let mut personal = Vec::new();
    for event in account.webhooks.iter().flat_map(|webhook| &webhook.events) {
        let given = [&event["source"]["userId"], &event["replyToken"], &event["postback"]["params"]["date"]];
        personal.extend(given.into_iter().filter_map(Value::as_str).filter(|text| text.len() > 4).map(str::to_owned));
        let written = event["message"]["text"].as_str().filter(|text| is_somebodys(text));
        personal.extend(written.map(str::to_owned));
    }
    personal.sort();
    personal.dedup();
    personal
}

fn is_somebodys(text: &str) -> bool {
    let date = text.chars().filter(char::is_ascii_digit).count() >= 5;
    let words = text.chars().filter(|c| c.is_alphanumeric()).count() >= 3 && !text.is_ascii();
    date || words
}
