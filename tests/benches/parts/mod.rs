//! The parts of a measurement that are processes of their own.
//!
//! A part says `ready` when it is, does what a line on its standard input asks for, answers with a line, and
//! ends when nobody can ask any more.

mod door;
mod hands;
mod line;
mod people;
mod requests;
mod shots;

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use hagukumi::config::Config;
use serde::Serialize;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::machine::{Core, stay_on};
use crate::part::PROGRAMME;

pub use door::{BARE, ECHO, KEEPING, VERIFYING};
pub use hands::{HANDS, Worked};
pub use line::{Books, LINE, Platform};
pub use people::{Crowd, PEOPLE, TURNS, Talked};
pub use requests::{Errand, REQUESTS, Sent};
pub use shots::{Aim, Fired, SHOTS};

/// What a channel of a measurement signs with.
pub const SECRET: &str = "a-secret-of-thirty-two-characters";

/// The token of an account, by number.
pub fn token(account: usize) -> String {
    format!("token-of-account-{account}")
}

/// The bot of an account, by number.
pub fn bot(account: usize) -> String {
    format!("Ub{account:031x}")
}

/// Becomes the part that these words name: its core, its name, and what it is told to begin with.
pub fn run(words: &[String]) {
    let [core, name, rest @ ..] = words else { panic!("a part is named by its core and its name") };
    stay_on(Core::of(core));
    if name == PROGRAMME {
        let failed = Command::new(&rest[0]).args(&rest[1..]).exec();
        panic!("{}: {failed}", rest[0]);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let orders = Orders::heard();
        match name.as_str() {
            KEEPING => door::keep(orders, rest).await,
            VERIFYING => door::verify(orders, None).await,
            ECHO => door::verify(orders, Some(told(rest))).await,
            BARE => door::answer(orders).await,
            HANDS => hands::work(orders, rest).await,
            LINE => line::play(orders, rest).await,
            PEOPLE => people::live(orders, rest).await,
            REQUESTS => requests::send(orders, rest).await,
            SHOTS => shots::fire(orders, rest).await,
            other => panic!("there is no part {other}"),
        }
    });
}

/// What a part is asked, line by line.
struct Orders(UnboundedReceiver<String>);

impl Orders {
    fn heard() -> Self {
        let (tell, told) = unbounded_channel();
        std::thread::spawn(move || std::io::stdin().lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self(told)
    }

    /// The next one; `None` when there will be none.
    async fn next(&mut self) -> Option<String> {
        self.0.recv().await
    }
}

/// The settings in the file that a part is begun with.
fn settings(words: &[String]) -> Config {
    let file: String = told(words);
    let text = std::fs::read_to_string(&file).expect("settings that can be read");
    Config::read(Some((&file, &text)), []).expect("the settings are right")
}

/// Answers with a line.
fn say(word: &str, what: &impl Serialize) {
    println!("{word}{}", serde_json::to_string(what).expect("our own types are JSON"));
}

/// One of the values that a part is begun with, as JSON.
fn told<T: serde::de::DeserializeOwned>(words: &[String]) -> T {
    serde_json::from_str(words.first().expect("a part is told what to do")).expect("in JSON")
}
