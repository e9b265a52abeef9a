//! `cargo bench --bench load -- CASE`: prints one JSON line a case. Timing is measured here and never
//! asserted in tests; compare ratios from one run, not figures from different days.
//!
//! - `content`: everything that ships read from the binary. The comparison is reading its files alone.
//! - `start`: the demo's cold start to `ready`, its memory when nothing happens, and the size of the
//!   binary. The comparison is the same binary doing nothing (`--version`).
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measuring program")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hagukumi::content::{Source, load};

const BINARY: &str = env!("CARGO_BIN_EXE_hagukumi");
const RUNS: usize = 9;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|case| case == name);
    if is_wanted("content") {
        content();
    }
    if is_wanted("start") {
        start();
    }
}

fn content() {
    let (mut loaded, mut read, mut texts) = (Vec::new(), Vec::new(), 0);
    for _ in 0..RUNS {
        loaded.push(timed(|| {
            let library = load(&Source::Embedded, None).unwrap().library;
            texts = library.packs.iter().map(|pack| pack.manuscripts.len()).sum::<usize>()
                + library.municipality.texts.len();
        }));
        read.push(timed(|| {
            let bytes: usize = files(Path::new("content")).iter().map(|file| std::fs::read(file).unwrap().len()).sum();
            assert!(bytes > 0);
        }));
    }
    let (loaded, read) = (median(&mut loaded).as_secs_f64(), median(&mut read).as_secs_f64());
    println!(
        r#"{{"case":"content","against":"reading the files","n":{RUNS},"texts":{texts},"wall_s":{loaded:.4},"ratio_files":{:.2}}}"#,
        loaded / read,
    );
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn start() {
    let mut ready = Vec::new();
    let mut nothing = Vec::new();
    let mut resident = Vec::new();
    for _ in 0..RUNS {
        nothing.push(timed(|| {
            assert!(Command::new(BINARY).arg("--version").stdout(Stdio::null()).status().unwrap().success())
        }));
        let began = Instant::now();
        let mut demo = Demo::spawn();
        demo.until_ready();
        ready.push(began.elapsed());
        resident.push(demo.resident_kib());
    }
    resident.sort_unstable();
    println!(
        r#"{{"case":"start","backend":"sqlite","against":"--version","n":{RUNS},"wall_s":{:.4},"ratio_version":{:.2},"rss_mib":{:.1},"binary_mib":{:.1}}}"#,
        median(&mut ready).as_secs_f64(),
        median(&mut ready).as_secs_f64() / median(&mut nothing).as_secs_f64(),
        resident[RUNS / 2] as f64 / 1024.0,
        std::fs::metadata(BINARY).unwrap().len() as f64 / 1024.0 / 1024.0,
    );
}

fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// A demo of its own process, killed when it goes.
struct Demo(Child);

impl Demo {
    fn spawn() -> Self {
        Self(Command::new(BINARY).arg("demo").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap())
    }

    fn until_ready(&mut self) {
        let lines = BufReader::new(self.0.stdout.take().unwrap()).lines();
        assert!(lines.map_while(Result::ok).any(|line| line == "ready"), "the demo ended before it was ready");
    }

    /// What the kernel counts as resident (`VmRSS`), in KiB.
    fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // SIGTERM, so that its temporary folder goes too.
        let _gone = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ended = self.0.wait();
    }
}
