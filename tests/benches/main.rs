//! `cargo bench --bench load -- [CASE …]`: measures, and prints one JSON line a comparison.
//!
//! A *case* compares *contenders*: the server, or a piece of it, and a baseline that does less, with the same
//! settings, bodies and checks. Contenders are processes of their own, take turns (A B, B A, …) and are compared
//! within a pair only, because absolute times say more about the machine's neighbours than about us. The
//! *ratio* is work a CPU-second, ours through the baseline's, the median of all pairs; wall time stands beside
//! it. Whoever measures, and the simulated LINE, have one core; what is measured has the other.
//!
//! After every turn the books are compared: what was answered with 200 lies in the database, and what was due
//! has reached each reader at LINE once. A turn whose books differ refuses its whole case.
//!
//! Timing is measured here and never asserted in tests.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a measuring program")]

mod base;
mod cases;
mod machine;
mod pairs;
mod part;
mod parts;
mod people;
mod report;

use std::process::ExitCode;

use cases::Ground;
use clap::Parser;

/// A name, and what measures it and prints.
type Case = (&'static str, fn(&Ground));

/// Every case, in the order of a full run; `country` is for those who ask for it by name.
const CASES: [Case; 11] = [
    ("start", cases::start::run),
    ("content", cases::content::run),
    ("intake", cases::intake::run),
    ("conversation", cases::conversation::run),
    ("delivery", cases::delivery::run),
    ("scale", cases::scale::run),
    ("recovery", cases::recovery::run),
    ("peak", cases::peak::run),
    ("overload", cases::overload::run),
    ("pace", cases::pace::run),
    ("country", cases::country::run),
];
/// Not part of a full run: millions of readers are made first.
const ON_REQUEST: &str = "country";

/// How much is measured.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Effort {
    /// Pairs of turns.
    #[arg(long, default_value_t = 7)]
    pairs: usize,
    /// The length of a turn that has a length, in seconds.
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// Readers in a large database, of whom the small one has a hundredth.
    #[arg(long, default_value_t = 1_000_000)]
    readers: usize,
    /// Readers to whom a delivery goes.
    #[arg(long, default_value_t = 100_000)]
    due: usize,
}

/// Measures what the server does, beside what it could not do without.
#[derive(Parser)]
struct Arguments {
    /// Which; all but `country` where none is named.
    cases: Vec<String>,
    #[command(flatten)]
    effort: Effort,
    /// What cargo says to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    hagukumi::app::install_tls();
    if words.first().is_some_and(|word| word == part::WORD) {
        parts::run(&words[1..]);
        return ExitCode::SUCCESS;
    }
    let Arguments { cases, effort, .. } = Arguments::parse();
    if let Some(unknown) = cases.iter().find(|case| CASES.iter().all(|(name, _)| name != case)) {
        let known: Vec<&str> = CASES.iter().map(|(name, _)| *name).collect();
        eprintln!("there is no case {unknown}; there are {}", known.join(", "));
        return ExitCode::from(2);
    }
    machine::stay_on(machine::Core::Measuring);
    println!("{}", machine::described());
    let ground = Ground::new(effort);
    for (name, case) in CASES {
        if cases.iter().any(|wanted| wanted == name) || (cases.is_empty() && name != ON_REQUEST) {
            case(&ground);
        }
    }
    if report::was_refused() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
