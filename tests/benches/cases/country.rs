//! `country`: every family of Japan on one machine of two cores: 3.5 million readers of 1,741 municipalities, all
//! due at eight, with a LINE that holds every account to its documented rate. On request only.

use super::delivery::morning;
use super::{Counted, Ground, ensure};
use crate::base::Backend;
use crate::machine::Core;
use crate::people::Town;
use crate::report::{Line, refuse};

/// Municipalities of Japan.
const TOWNS: usize = 1_741;
/// Readers of the largest city.
const LARGEST: usize = 90_000;
/// Readers, as many as for whom a large database is made, times this.
const TIMES: f64 = 3.5;
/// What LINE allows an account in any second.
const LINES_RATE: usize = 2_000;

/// Measures and prints.
pub fn run(ground: &Ground) {
    for backend in [Backend::Sqlite] {
        if let Err(why) = measure(ground, backend) {
            refuse("country", backend.word(), &why);
        }
    }
}

fn measure(ground: &Ground, backend: Backend) -> Counted<()> {
    let readers = towns((ground.effort.readers as f64 * TIMES) as usize);
    let base = ground
        .settled(backend, &readers.iter().map(|readers| Town { readers: *readers, due: *readers }).collect::<Vec<_>>());
    let done = morning(&base, &readers, (Core::Both, Core::Both), false, |_| {})?;
    ensure(done.books.most_in_a_second <= LINES_RATE, || format!("too fast for LINE: {:?}", done.books))?;
    Line::of("country", backend.word(), "ten minutes")
        .with("n", done.turn.work)
        .with("accounts", readers.len() as f64)
        .with("cpu_s", done.turn.cpu_s)
        .with("wall_s", done.turn.wall_s)
        .with("ratio_ten_minutes", done.turn.wall_s / 600.0)
        .with("per_s", done.turn.work / done.turn.wall_s)
        .with("most_in_a_second", done.books.most_in_a_second as f64)
        .with("longest_account_s", done.books.longest_s)
        .with("rss_mib", done.resident_kib / 1_024.0)
        .print();
    Ok(())
}

/// How many readers each municipality has: few large ones and many small ones, as the sizes of towns are.
fn towns(all: usize) -> Vec<usize> {
    let largest = LARGEST.min(all / 10);
    let weight = |town: usize| 1.0 / (town as f64 + 20.0);
    let sum: f64 = (1..TOWNS).map(weight).sum();
    let rest = (all - largest) as f64;
    let mut readers: Vec<usize> = (1..TOWNS).map(|town| (rest * weight(town) / sum) as usize).collect();
    readers.insert(0, largest);
    readers
}
