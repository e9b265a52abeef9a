//! The wire between the bot and PostgreSQL, cut at a commit: before the database has it, or after, when
//! only its answer is lost. The bot cannot tell which. Or cut for a while, as when PostgreSQL is down.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

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
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The commit that is lost, counted from 1.
    next: Option<(usize, Lost)>,
    /// Whether nobody gets through.
    down: bool,
    /// Both ends of everything that got through.
    through: Vec<TcpStream>,
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
        let (server, state) = (server.to_owned(), Arc::<Mutex<State>>::default());
        let kept = Arc::clone(&state);
        std::thread::spawn(move || {
            for bot in listener.incoming().map_while(Result::ok) {
                let mut state = kept.lock().expect("nobody panics while it is held");
                if state.down {
                    continue;
                }
                let database = TcpStream::connect(&server).expect("the server of the tests is there");
                let both = || (bot.try_clone().expect("a handle"), database.try_clone().expect("a handle"));
                let (asks, answers, (one, other)) = (both(), both(), both());
                state.through.extend([one, other]);
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || ask(asks.0, asks.1, &kept));
                std::thread::spawn(move || answer(answers.1, answers.0));
            }
        });
        Self { url: format!("{start}@{here}/{name}?sslmode=disable"), state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while it is held")
    }

    /// From now on nobody gets through, and who is through is cut off.
    pub fn goes_down(&self) {
        let mut state = self.state();
        state.down = true;
        for end in state.through.drain(..) {
            let _already_gone = end.shutdown(Shutdown::Both);
        }
    }

    /// Everybody gets through again.
    pub fn comes_back(&self) {
        self.state().down = false;
    }

    /// Cuts the wire at that commit from now on, counted from 1.
    pub fn at_commit(&self, number: usize, lost: Lost) {
        self.state().next = Some((number, lost));
    }

    /// Asserts that it was cut.
    #[track_caller]
    pub fn has_happened(&self) {
        assert_eq!(self.state().next, None, "there was no such commit");
    }
}

/// What is to be lost of this, if it is the commit that is waited for.
fn lost(asked: &[u8], state: &Mutex<State>) -> Option<Lost> {
    if !asked.windows(COMMIT.len()).any(|window| window == COMMIT) {
        return None;
    }
    let mut state = state.lock().expect("nobody panics while it is held");
    let (number, lost) = state.next?;
    state.next = (number > 1).then_some((number - 1, lost));
    (number == 1).then_some(lost)
}

fn ask(mut bot: TcpStream, mut database: TcpStream, state: &Mutex<State>) {
    let mut buffer = [0; 65_536];
    loop {
        let count = bot.read(&mut buffer).ok().filter(|count| *count > 0);
        let Some(asked) = count.map(|count| &buffer[..count]) else { break };
        match lost(asked, state) {
            Some(Lost::Commit) => break,
            Some(Lost::Answer) => {
                // The answer has nowhere to go; the end of the conversation tells that it was given.
                let _told = (bot.shutdown(Shutdown::Write), database.write_all(asked));
                break;
            }
            None if database.write_all(asked).is_err() => break,
            None => {}
        }
    }
    // Each whatever became of the other: a session whose end PostgreSQL is never told keeps its locks.
    let _either_may_be_gone = (bot.shutdown(Shutdown::Both), database.shutdown(Shutdown::Write));
}

fn answer(mut database: TcpStream, mut bot: TcpStream) {
    // A broken connection on either side ends the other; that is what wires do.
    let _cut = std::io::copy(&mut database, &mut bot);
    let _gone = (bot.shutdown(Shutdown::Both), database.shutdown(Shutdown::Both));
}
