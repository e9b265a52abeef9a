//! Programmes that a story starts, and that end with it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long a programme may take to say that it is ready.
const START: Duration = Duration::from_secs(30);

/// A running programme whose output is read line by line.
pub(crate) struct Process {
    name: &'static str,
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    /// Starts it.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> Self {
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|why| panic!("{name} does not start: {why}"));
        let output = child.stdout.take().expect("the output is piped");
        let (say, lines) = channel();
        // Reads on to the end, so that the programme never waits for a reader.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                drop(say.send(line));
            }
        });
        Self { name, child, lines }
    }

    /// The first of the coming lines in which `find` finds something, or all that was said instead.
    pub(crate) fn says<T>(&self, find: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        let deadline = Instant::now() + START;
        let mut heard = format!("{} did not say that it is ready; it said:", self.name);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else { return Err(heard) };
            match find(&line) {
                Some(found) => return Ok(found),
                None => heard = format!("{heard}\n{line}"),
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
