//! The built programme as a process of its own: started, listened to, told to stop, or killed.

use std::io::{BufRead as _, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// No event of a healthy server takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process of the built binary.
pub struct Server {
    child: Child,
    lines: Receiver<String>,
    said: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
    gone: Option<Box<dyn FnOnce() + Send>>,
}

/// What a command said and how it ended.
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// A loopback address nobody listens on.
pub fn free_address() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("a bound listener has an address").to_string()
}

/// The built binary with these settings and no others.
pub fn command(folder: &std::path::Path, settings: &[(String, String)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hagukumi"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HAGUKUMI_")) {
        command.env_remove(name);
    }
    // As loud as it can be, so that the witness hears everything there is.
    command.env("HAGUKUMI_LOG", "trace").envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

/// Runs a command to its end.
pub fn run(folder: &std::path::Path, settings: &[(String, String)], arguments: &[&str]) -> Ended {
    let output = command(folder, settings, arguments).output().expect("the binary can be run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended { status: output.status, out: text(&output.stdout), err: text(&output.stderr) }
}

/// Reads what a process says to its end, so that it never waits for a reader.
fn read(from: Box<dyn Read + Send>, said: Arc<Mutex<String>>, told: Sender<String>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let mut all = said.lock().expect("nobody panics while it is held");
            all.push_str(&line);
            all.push('\n');
            drop(all);
            let _nobody_waits = told.send(line);
        }
    })
}

impl Server {
    /// Starts `serve`, and waits until it serves.
    pub fn start(folder: &std::path::Path, settings: &[(String, String)]) -> Self {
        let server = Self::begin(folder, settings, &["serve"]);
        server.until_said("serving");
        server
    }

    /// Starts the programme with these arguments, and does not wait.
    pub fn begin(folder: &std::path::Path, settings: &[(String, String)], arguments: &[&str]) -> Self {
        let mut child = command(folder, settings, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary can be started");
        let (told, lines) = channel();
        let said = Arc::new(Mutex::new(String::new()));
        let out: Box<dyn Read + Send> = Box::new(child.stdout.take().expect("stdout was asked for"));
        let err: Box<dyn Read + Send> = Box::new(child.stderr.take().expect("stderr was asked for"));
        let readers = [out, err].map(|from| read(from, Arc::clone(&said), told.clone()));
        Self { child, lines, said, readers: readers.into(), gone: None }
    }

    /// Waits for a line of the log with these words.
    #[track_caller]
    pub fn until_said(&self, words: &str) {
        self.until_line(words, |line| line.contains(words).then_some(()));
    }

    /// Waits for a line in which something is found.
    #[track_caller]
    pub fn until_line<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            if let Some(found) = find(&line) {
                return found;
            }
        }
        panic!("the process never said {what:?}, only:\n{}", self.said());
    }

    /// Whether it has said this, or says it within that time.
    pub fn says_within(&self, words: &str, time: Duration) -> bool {
        let limit = Instant::now() + time;
        while !self.said().contains(words) {
            let left = limit.saturating_duration_since(Instant::now());
            if self.lines.recv_timeout(left).is_err() {
                return self.said().contains(words);
            }
        }
        true
    }

    /// Everything it said until now.
    pub fn said(&self) -> String {
        self.said.lock().expect("nobody panics while it is held").clone()
    }

    /// Where everything it says is written down.
    pub fn log(&self) -> Arc<Mutex<String>> {
        Arc::clone(&self.said)
    }

    /// Calls this when the process has ended, however it did.
    pub fn when_gone(&mut self, told: impl FnOnce() + Send + 'static) {
        self.gone = Some(Box::new(told));
    }

    /// SIGKILL: no chance to write anything down.
    pub fn kill(mut self) -> String {
        self.child.kill().expect("the process can be killed");
        self.end().1
    }

    /// SIGTERM, without waiting.
    pub fn ask_to_stop(&self) {
        self.signal("TERM");
    }

    /// A signal, such as `STOP` and `CONT`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.id())).status();
        assert!(sent.expect("a shell").success());
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end; its status and everything it said.
    pub fn end(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().expect("the process can be waited for");
        for reader in self.readers.drain(..) {
            reader.join().expect("the reader of the log does not panic");
        }
        if let Some(told) = self.gone.take() {
            told();
        }
        (status, self.said())
    }

    /// SIGTERM, and waits for the end.
    #[track_caller]
    pub fn stop(mut self) -> String {
        self.ask_to_stop();
        let (status, said) = self.end();
        assert!(status.success(), "{status}: {said}");
        said
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _nobody_asks = self.child.wait();
        // A story that fails is not judged.
        if let Some(told) = self.gone.take().filter(|_| !std::thread::panicking()) {
            told();
        }
    }
}
