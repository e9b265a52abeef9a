//! The processes of a measurement: started on a core, told what to do by lines, asked what they used.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::machine::{Core, PROCESSORS, processors_word};

/// The first word of whoever is a part of a measurement and not its beginning.
pub const WORD: &str = "part";
/// The part that becomes another programme.
pub const PROGRAMME: &str = "programme";
/// The programme as it ships.
pub const BINARY: &str = env!("CARGO_BIN_EXE_hagukumi");
/// No part is silent for longer while somebody waits for a line.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// One process.
pub struct Part {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Part {
    /// A part of ours (see `parts`), and what it is told to begin with.
    pub fn start(core: Core, name: &str, told: &impl Serialize) -> Self {
        Self::spawn(core, name, &[serde_json::to_string(told).expect("our own types are JSON")])
    }

    /// The server as it ships, with the settings in that file, once it serves.
    pub fn server(core: Core, settings: &str) -> Self {
        let mut server = Self::programme(core, BINARY, &["--config", settings, "serve"]);
        server.until("serving");
        server
    }

    /// Any programme.
    pub fn programme(core: Core, path: &str, arguments: &[&str]) -> Self {
        let words: Vec<String> = [path].iter().chain(arguments).map(|word| (*word).to_owned()).collect();
        Self::spawn(core, PROGRAMME, &words)
    }

    fn spawn(core: Core, name: &str, arguments: &[String]) -> Self {
        let (out, into) = std::io::pipe().expect("a pipe");
        let errors = into.try_clone().expect("a pipe has two ends");
        let mut child = Command::new(std::env::current_exe().expect("this programme"))
            .args([WORD, core.word(), name])
            .args(arguments)
            .env(PROCESSORS, processors_word())
            .stdin(Stdio::piped())
            .stdout(into)
            .stderr(errors)
            .spawn()
            .expect("this programme can be started once more");
        let (told, lines) = channel();
        // Somebody must go on reading, or it would stand still one day.
        std::thread::spawn(move || {
            BufReader::new(out).lines().map_while(Result::ok).for_each(|line| drop(told.send(line)));
        });
        let stdin = child.stdin.take();
        Self { child, stdin, lines }
    }

    /// The next line with that word in it.
    #[track_caller]
    pub fn until(&mut self, word: &str) -> String {
        let mut said = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(word) => return line,
                Ok(line) => said.push(line),
                Err(_) => panic!("a part never said {word:?}, only:\n{}", said.join("\n")),
            }
        }
    }

    /// What stands behind that word in the next line that begins with it.
    #[track_caller]
    pub fn answer(&mut self, word: &str) -> String {
        let line = self.until(word);
        line.strip_prefix(word).expect("a line that begins with its word").trim().to_owned()
    }

    /// As [`Part::answer`], read.
    #[track_caller]
    pub fn found<T: DeserializeOwned>(&mut self, word: &str) -> T {
        serde_json::from_str(&self.answer(word)).expect("a part says what it should")
    }

    /// Tells it something.
    pub fn tell(&mut self, words: &str) {
        let stdin = self.stdin.as_mut().expect("it listens");
        writeln!(stdin, "{words}").and_then(|()| stdin.flush()).expect("a part that is there listens");
    }

    /// CPU-seconds that it and everything it started have used until now.
    pub fn cpu_s(&self) -> f64 {
        cpu_of_tree(self.child.id())
    }

    /// What the kernel counts as resident (`VmRSS`), in KiB.
    pub fn resident_kib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(f64::NAN)
    }

    /// Waits for its end by itself.
    pub fn ends(mut self) {
        self.stdin.take();
        let _status = self.child.wait();
    }

    /// SIGTERM, and waits for the end.
    pub fn stop(self) {
        signal(self.child.id(), "TERM");
        self.ends();
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // A part that ended has been waited for already.
        if matches!(self.child.try_wait(), Ok(None)) {
            signal(self.child.id(), "TERM");
            let _status = self.child.wait();
        }
    }
}

fn signal(process: u32, name: &str) {
    let _gone = Command::new("kill").args([format!("-{name}"), process.to_string()]).status();
}

/// CPU-seconds of a process and of its children, with those that have ended and were waited for.
pub fn cpu_of_tree(root: u32) -> f64 {
    /// The kernel counts in hundredths of a second, whatever the machine (`USER_HZ`).
    const TICKS: f64 = 100.0;
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut used: HashMap<u32, f64> = HashMap::new();
    for entry in std::fs::read_dir("/proc").expect("a list of processes").flatten() {
        let Some((process, parent, ticks)) = stat(&entry.path()) else { continue };
        children.entry(parent).or_default().push(process);
        used.insert(process, ticks / TICKS);
    }
    let (mut all, mut sum) = (vec![root], 0.0);
    while let Some(process) = all.pop() {
        sum += used.get(&process).copied().unwrap_or(0.0);
        all.extend(children.get(&process).into_iter().flatten());
    }
    sum
}

/// The id, the parent and the ticks of a process (see proc(5)).
fn stat(folder: &Path) -> Option<(u32, u32, f64)> {
    let process = folder.file_name()?.to_str()?.parse().ok()?;
    let text = std::fs::read_to_string(folder.join("stat")).ok()?;
    // The name stands in brackets and may hold anything.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().filter_map(|field| field.parse::<f64>().ok()).sum();
    Some((process, fields.get(1)?.parse().ok()?, ticks))
}
