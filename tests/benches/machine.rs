//! The machine: its cores, and how quiet it is.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde_json::json;

/// Who works on a core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Core {
    /// What is measured, with its database.
    Measured,
    /// Whoever measures, and the simulated LINE.
    Measuring,
    /// Both cores, as on the machine of an operator.
    Both,
}

impl Core {
    /// The word for it between processes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Measuring => "measuring",
            Self::Both => "both",
        }
    }

    /// Reads the word.
    pub fn of(word: &str) -> Self {
        let all = [Self::Measured, Self::Measuring, Self::Both];
        all.into_iter().find(|core| core.word() == word).expect("a word for a core")
    }
}

/// The two processors that are used: the first two that this process may have, or one twice.
fn processors() -> [usize; 2] {
    // The processes of a measurement inherit what is narrowed here, so it is read from whoever began.
    let all = std::env::var(PROCESSORS).unwrap_or_else(|_| {
        let all = sched_getaffinity(None).expect("a process may know its processors");
        let numbers: Vec<String> =
            (0..CpuSet::MAX_CPU).filter(|one| all.is_set(*one)).map(|one| one.to_string()).collect();
        numbers.join(",")
    });
    let mut numbers = all.split(',').map(|number| number.parse().expect("a number"));
    let first = numbers.next().expect("there is a processor");
    [first, numbers.next().unwrap_or(first)]
}

/// Tells the processes of a measurement which processors there are.
pub const PROCESSORS: &str = "BENCH_PROCESSORS";

/// The numbers of both processors, for [`PROCESSORS`].
pub fn processors_word() -> String {
    let [first, second] = processors();
    format!("{first},{second}")
}

/// Keeps this thread, and whatever it starts, on its core.
pub fn stay_on(core: Core) {
    let [first, second] = processors();
    let wanted: &[usize] = match core {
        Core::Measured => &[first],
        Core::Measuring => &[second],
        Core::Both => &[first, second],
    };
    let mut set = CpuSet::new();
    wanted.iter().for_each(|number| set.set(*number));
    sched_setaffinity(None, &set).expect("a process may use less than it has");
}

/// Lets time pass: a measurement has a length.
#[expect(clippy::disallowed_methods, reason = "a measurement has a length")]
pub fn rest(time: Duration) {
    std::thread::sleep(time);
}

/// The machine in one JSON line: results of different machines must not be mixed up.
pub fn described() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    json!({
        "case": "machine",
        "processor": name.map_or("", |(_, name)| name),
        "cores": text.lines().filter(|line| line.starts_with("processor")).count(),
        "kernel": kernel.trim(),
        "fdatasync_a_second": probe_disk().round(),
    })
    .to_string()
}

/// How fast the machine is just now.
#[derive(Debug, Clone, Copy)]
pub struct Probe {
    spins: f64,
    syncs: f64,
}

impl Probe {
    /// Takes half a second.
    pub fn now() -> Self {
        Self { spins: probe_processor(), syncs: probe_disk() }
    }

    /// Whether the processor was as fast then as now, within a fifth, and the disk within the half. A disk in a
    /// cloud is never quieter than that.
    pub fn is_like(self, other: Self) -> bool {
        let near = |one: f64, other: f64, by: f64| one.min(other) >= one.max(other) * (1.0 - by);
        near(self.spins, other.spins, 0.2) && near(self.syncs, other.syncs, 0.5)
    }
}

/// Rounds of a fixed sum a second.
fn probe_processor() -> f64 {
    let (began, mut rounds, mut sum) = (Instant::now(), 0_u64, 1_u64);
    while began.elapsed() < Duration::from_millis(200) {
        for _ in 0..10_000 {
            sum = std::hint::black_box(sum.wrapping_mul(6_364_136_223_846_793_005).rotate_left(7));
        }
        rounds += 1;
    }
    rounds as f64 / began.elapsed().as_secs_f64()
}

/// Blocks of 8 kB that are written and kept a second.
fn probe_disk() -> f64 {
    let mut file: File = tempfile::tempfile().expect("a temporary file");
    let (block, began, mut syncs) = ([7_u8; 8192], Instant::now(), 0_u32);
    while began.elapsed() < Duration::from_millis(300) {
        file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&block)).expect("a small file can be written");
        file.sync_data().expect("a file can be kept");
        syncs += 1;
    }
    f64::from(syncs) / began.elapsed().as_secs_f64()
}
