//! The wire between the bot and LINE, which a story can hold: LINE has answered, and the bot does not
//! know it yet.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// No event of a healthy server takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A wire in front of LINE.
pub struct Wire {
    /// Where the bot finds LINE.
    pub url: String,
    gate: Arc<Gate>,
    seen: Receiver<(usize, Seen)>,
}

/// What passed the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    /// LINE answered this path, and the answer is held back.
    Held(String),
    /// The bot has the answer to this path.
    Answered(String),
    /// Half of a request to this path has reached LINE.
    Half,
}

#[derive(Default)]
struct Gate {
    /// The end of the paths whose answers are held back.
    held: Mutex<Option<&'static str>>,
    /// The end of the paths of which only half a request passes.
    halved: Mutex<Option<&'static str>>,
    opened: Condvar,
    /// Counts the bots that stood at the other end, one after the other.
    bot: AtomicUsize,
}

impl Gate {
    fn holds(&self, path: &str) -> bool {
        self.held.lock().expect("nobody panics while it is held").is_some_and(|end| path.ends_with(end))
    }

    fn halves(&self, path: &str) -> bool {
        self.halved.lock().expect("nobody panics while it is held").is_some_and(|end| path.ends_with(end))
    }

    fn wait_open(&self, path: &str) {
        let held = self.held.lock().expect("nobody panics while it is held");
        let closed = |held: &mut Option<&'static str>| held.is_some_and(|end| path.ends_with(end));
        drop(self.opened.wait_timeout_while(held, PATIENCE, closed).expect("nobody panics while it is held"));
    }
}

impl Wire {
    /// A wire to the LINE that listens at `line`, such as `http://127.0.0.1:1234`.
    pub fn to(line: &str) -> Self {
        let line = line.strip_prefix("http://").expect("an http address").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
        let (told, seen) = channel();
        let gate = Arc::new(Gate::default());
        let kept = Arc::clone(&gate);
        std::thread::spawn(move || {
            for bot in listener.incoming().map_while(Result::ok) {
                let (line, gate, told) = (line.clone(), Arc::clone(&kept), told.clone());
                // A broken connection on either side ends the other; that is what wires do.
                std::thread::spawn(move || carry(bot, &line, &gate, &told));
            }
        });
        Self { url, gate, seen }
    }

    /// Another bot is at the other end now: what passes for the ones before does not count any more.
    pub fn forget(&self) {
        self.gate.bot.fetch_add(1, Ordering::SeqCst);
    }

    /// From now on answers to paths with this end are held back.
    pub fn hold(&self, end: &'static str) {
        *self.gate.held.lock().expect("nobody panics while it is held") = Some(end);
    }

    /// From now on only half of a request to paths with this end passes.
    pub fn cut_in_half(&self, end: &'static str) {
        *self.gate.halved.lock().expect("nobody panics while it is held") = Some(end);
    }

    /// Waits until half of a request has reached LINE.
    #[track_caller]
    pub fn until_half(&self) {
        self.until("half of a request", |seen| *seen == Seen::Half);
    }

    /// Lets what is held go.
    pub fn open(&self) {
        *self.gate.held.lock().expect("nobody panics while it is held") = None;
        self.gate.opened.notify_all();
    }

    /// Waits until LINE has answered and the bot does not know it.
    #[track_caller]
    pub fn until_held(&self) {
        self.until("an answer is held", |seen| matches!(seen, Seen::Held(_)));
    }

    /// Waits until the bot has the answer to a path with this end.
    #[track_caller]
    pub fn until_answered(&self, end: &str) {
        self.until(end, |seen| matches!(seen, Seen::Answered(path) if path.ends_with(end)));
    }

    #[track_caller]
    fn until(&self, what: &str, wanted: impl Fn(&Seen) -> bool) {
        let now = self.gate.bot.load(Ordering::SeqCst);
        while let Ok((bot, seen)) = self.seen.recv_timeout(PATIENCE) {
            if bot == now && wanted(&seen) {
                return;
            }
        }
        panic!("it never happened on the wire: {what}");
    }
}

fn carry(bot: TcpStream, line: &str, gate: &Gate, told: &Sender<(usize, Seen)>) -> Option<()> {
    let number = gate.bot.load(Ordering::SeqCst);
    let line = TcpStream::connect(line).ok()?;
    let (mut to_bot, mut to_line) = (bot.try_clone().ok()?, line.try_clone().ok()?);
    let (mut from_bot, mut from_line) = (BufReader::new(bot), BufReader::new(line));
    loop {
        let (start, request) = message(&mut from_bot)?;
        let path = start.split(' ').nth(1)?.to_owned();
        if gate.halves(&path) {
            to_line.write_all(&request[..request.len() / 2]).ok()?;
            told.send((number, Seen::Half)).ok()?;
            // Until the bot is gone, the rest is on its way.
            from_bot.read_exact(&mut [0]).ok()?;
            return None;
        }
        to_line.write_all(&request).ok()?;
        let (_, answer) = message(&mut from_line)?;
        if gate.holds(&path) {
            told.send((number, Seen::Held(path.clone()))).ok()?;
            gate.wait_open(&path);
        }
        to_bot.write_all(&answer).ok()?;
        told.send((number, Seen::Answered(path))).ok()?;
    }
}

/// One HTTP message with a length: its first line, and all of it.
fn message(from: &mut impl std::io::BufRead) -> Option<(String, Vec<u8>)> {
    let (mut all, mut start, mut length) = (Vec::new(), None, 0);
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        all.extend_from_slice(line.as_bytes());
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        start.get_or_insert_with(|| line.trim_end().to_owned());
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    all.extend_from_slice(&body);
    Some((start?, all))
}
