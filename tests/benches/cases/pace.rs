//! `pace`: five minutes of one account at the pace that we set ourselves, below LINE's 2,000 a second, with a LINE
//! that takes its time for each answer as the real one does.

use super::{Counted, Ground, ensure};
use crate::base::{Backend, free_port};
use crate::machine::Core;
use crate::part::Part;
use crate::parts::{Books, LINE, Platform};
use crate::people::{Town, at};
use crate::report::{Line, refuse};

/// Requests a second that we allow ourselves (`delivery::pace::DEFAULT_RATE`).
const RATE: usize = 1_800;
/// What LINE allows in any second.
const LINES_RATE: usize = 2_000;
/// Seconds.
const LENGTH: usize = 300;
/// How long LINE takes (milliseconds).
const LATENCY_MS: u64 = 50;

/// Measures and prints.
pub fn run(ground: &Ground) {
    if let Err(why) = measure(ground) {
        refuse("pace", Backend::Sqlite.word(), &why);
    }
}

fn measure(ground: &Ground) -> Counted<()> {
    let readers = RATE * LENGTH;
    let base = ground.settled(Backend::Sqlite, &[Town { readers, due: readers }]);
    let start = at("07:59:56");
    let mut line =
        Part::start(Core::Measuring, LINE, &Platform { friends: vec![readers], time: start, latency_ms: LATENCY_MS });
    let own = [
        ("line_api_url", line.answer("ready")),
        ("listen", format!("127.0.0.1:{}", free_port())),
        ("rehearsal_clock", start.to_rfc3339()),
    ];
    let server = Part::server(Core::Measured, &base.configured(1, &own));
    let before = server.cpu_s();
    line.tell(&format!("await {readers}"));
    line.until("reached");
    let (cpu_s, resident) = (server.cpu_s() - before, server.resident_kib());
    server.stop();
    line.tell("books");
    let books: Books = line.found("books");
    ensure(books.readers == readers && books.twice + books.refused == 0, || format!("{readers} were due: {books:?}"))?;
    ensure(books.most_in_a_second <= LINES_RATE, || format!("too fast for LINE: {books:?}"))?;
    let mean = readers as f64 / books.longest_s;
    Line::of("pace", Backend::Sqlite.word(), "1,800 a second")
        .with("n", readers as f64)
        .with("cpu_s", cpu_s)
        .with("wall_s", books.longest_s)
        .with("per_s", mean)
        .with("ratio_pace", mean / RATE as f64)
        .with("most_in_a_second", books.most_in_a_second as f64)
        .with("cores", cpu_s / books.longest_s)
        .with("rss_mib", resident / 1_024.0)
        .print();
    Ok(())
}
