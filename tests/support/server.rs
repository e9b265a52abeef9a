//! The built server as a process of its own: started, listened to, told to stop, or killed.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// No event of a healthy server takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process of the built binary.
pub struct Server {
    child: Child,
    lines: Receiver<String>,
    said: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
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
fn command(folder: &std::path::Path, settings: &[(String, String)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hagukumi"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HAGUKUMI_")) {
        command.env_remove(name);
    }
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

/// Runs a command to its end.
pub fn run(folder: &std::path::Path, settings: &[(String, String)], arguments: &[&str]) -> Ended {
    let output = command(folder, settings, arguments).output().expect("the binary can be run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended { status: output.status, out: text(&output.stdout), err: text(&output.stderr) }
}

impl Server {
    /// Starts `serve`, and waits until it serves.
    pub fn start(folder: &std::path::Path, settings: &[(String, String)]) -> Self {
        let mut child = command(folder, settings, &["serve"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary can be started");
        let stderr = BufReader::new(child.stderr.take().expect("stderr was asked for"));
        let (told, lines) = channel();
        let said = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&said);
        let reader = std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let mut said = kept.lock().expect("nobody panics while it is held");
                said.push_str(&line);
                said.push('\n');
                drop(said);
                let _nobody_waits = told.send(line);
            }
        });
        let server = Self { child, lines, said, reader: Some(reader) };
        server.until_said("serving");
        server
    }

    /// Waits for a line of the log with these words.
    #[track_caller]
    pub fn until_said(&self, words: &str) {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            if line.contains(words) {
                return;
            }
        }
        panic!("the server never said {words:?}, only:\n{}", self.said());
    }

    /// Everything it said until now.
    pub fn said(&self) -> String {
        self.said.lock().expect("nobody panics while it is held").clone()
    }

    /// Where everything it says is written down.
    pub fn log(&self) -> Arc<Mutex<String>> {
        Arc::clone(&self.said)
    }

    /// SIGKILL: no chance to write anything down.
    pub fn kill(mut self) -> String {
        self.child.kill().expect("the process can be killed");
        self.end().1
    }

    /// SIGTERM, without waiting.
    pub fn ask_to_stop(&self) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", self.child.id())).status();
        assert!(sent.expect("a shell").success());
    }

    /// Waits for its end; its status and everything it said.
    pub fn end(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().expect("the process can be waited for");
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader of the log does not panic");
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
    }
}
