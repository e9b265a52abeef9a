//! The wire between the bot and PostgreSQL, cut at a commit: before the database has it, or after, when
//! only its answer is lost. The bot cannot tell which.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The commit itself: nothing is true.
    Commit,
    /// The answer to it: everything is.
    Answer,
}

/// A wire that can be cut.
pub struct Cut {
    /// How the bot reaches the database.
    pub url: String,
    next: Arc<Mutex<Option<(usize, Lost)>>>,
}

/// A commit as sqlx sends it: a simple query (PostgreSQL documentation, "Message Formats").
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

impl Cut {
    /// A wire in front of the server of that address.
    pub fn before(url: &str) -> Self {
        let (start, rest) = url.split_once('@').expect("an address such as postgres://user@host:port/name");
        let (server, name) = rest.split_once('/').expect("an address with a name");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let here = listener.local_addr().expect("a bound listener has an address");
        let (server, next) = (server.to_owned(), Arc::default());
        let kept = Arc::clone(&next);
        std::thread::spawn(move || {
            for bot in listener.incoming().map_while(Result::ok) {
                let database = TcpStream::connect(&server).expect("the server of the tests is there");
                let both = (bot.try_clone().expect("a handle"), database.try_clone().expect("a handle"));
                let next = Arc::clone(&kept);
                std::thread::spawn(move || ask(bot, database, &next));
                std::thread::spawn(move || answer(both.1, both.0));
            }
        });
        Self { url: format!("{start}@{here}/{name}?sslmode=disable"), next }
    }

    /// Cuts the wire at that commit from now on, counted from 1.
    pub fn at_commit(&self, number: usize, lost: Lost) {
        *self.next.lock().expect("nobody panics while it is held") = Some((number, lost));
    }

    /// Asserts that it was cut.
    #[track_caller]
    pub fn has_happened(&self) {
        assert_eq!(*self.next.lock().expect("nobody panics while it is held"), None, "there was no such commit");
    }
}

/// What is to be lost of this, if it is the commit that is waited for.
fn lost(asked: &[u8], next: &Mutex<Option<(usize, Lost)>>) -> Option<Lost> {
    if !asked.windows(COMMIT.len()).any(|window| window == COMMIT) {
        return None;
    }
    let mut next = next.lock().expect("nobody panics while it is held");
    let (number, lost) = (*next)?;
    *next = (number > 1).then_some((number - 1, lost));
    (number == 1).then_some(lost)
}

fn ask(mut bot: TcpStream, mut database: TcpStream, next: &Mutex<Option<(usize, Lost)>>) -> Option<()> {
    let mut buffer = [0; 65_536];
    loop {
        let count = bot.read(&mut buffer).ok().filter(|count| *count > 0);
        let Some(asked) = count.map(|count| &buffer[..count]) else { break };
        match lost(asked, next) {
            Some(Lost::Commit) => break,
            Some(Lost::Answer) => {
                bot.shutdown(Shutdown::Write).ok()?;
                database.write_all(asked).ok()?;
                // The answer has nowhere to go; the end of the conversation tells that it was given.
                break;
            }
            None => database.write_all(asked).ok()?,
        }
    }
    bot.shutdown(Shutdown::Both).ok()?;
    database.shutdown(Shutdown::Write).ok()
}

fn answer(mut database: TcpStream, mut bot: TcpStream) {
    // A broken connection on either side ends the other; that is what wires do.
    let _cut = std::io::copy(&mut database, &mut bot);
    let _gone = (bot.shutdown(Shutdown::Both), database.shutdown(Shutdown::Both));
}
