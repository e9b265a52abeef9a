//! `delivery`: a morning. Everybody is due at eight; it ends when the last acceptance is written down. On both
//! databases, with their own timers and with Redis, against a loop that makes the same requests, knows everything
//! and keeps nothing.

use std::time::{Duration, Instant};

use super::{Counted, Ground, ensure};
use crate::base::{Backend, Base, RedisServer, free_port};
use crate::machine::{Core, rest};
use crate::pairs::{Turn, compare, take};
use crate::part::Part;
use crate::parts::{Books, Errand, LINE, Platform, REQUESTS, Sent};
use crate::people::{Town, at};
use crate::report::{Line, refuse};

/// Accounts that share the readers: one alone would be held back by LINE's rate.
const TOWNS: usize = 100;
/// How long before eight the server starts: it has an index to make.
const LEAD: Duration = Duration::from_secs(6);

/// Measures and prints.
pub fn run(ground: &Ground) {
    for backend in Backend::ALL {
        let readers = ground.effort.due / TOWNS;
        let base = ground.settled(backend, &(0..TOWNS).map(|_| Town { readers, due: readers }).collect::<Vec<_>>());
        for with_redis in [false, true] {
            let name = if with_redis { format!("{}+redis", backend.word()) } else { backend.word().to_owned() };
            if let Err(why) = measure(ground, &base, &name, with_redis) {
                refuse("delivery", &name, &why);
            }
        }
    }
}

fn measure(ground: &Ground, base: &Base, name: &str, with_redis: bool) -> Counted<()> {
    let readers = vec![ground.effort.due / TOWNS; TOWNS];
    let cores = (Core::Measured, Core::Measuring);
    let mut ours = || morning(&base.copied(), &readers, cores, with_redis, |_| {}).map(|done| done.turn);
    let mut theirs = || the_loop(&readers);
    let turns = take(ground.effort.pairs, &mut [&mut ours, &mut theirs])?;
    Line::of("delivery", name, "a loop of the same requests")
        .turns(&turns[0])
        .gated(&compare(&turns[0], &turns[1]))
        .with("per_s", crate::pairs::median(turns[0].iter().map(|turn| turn.work / turn.wall_s)))
        .with("loop_per_s", crate::pairs::median(turns[1].iter().map(|turn| turn.work / turn.wall_s)))
        .print();
    Ok(())
}

/// What a morning was.
pub struct Morning {
    /// The turn.
    pub turn: Turn,
    /// What LINE saw.
    pub books: Books,
    /// What the kernel counted as resident at its end (KiB).
    pub resident_kib: f64,
}

/// One morning of all these readers, who must be in the database, with its books compared. Somebody may be told,
/// a moment before eight, where the server listens.
pub fn morning(
    base: &Base,
    readers: &[usize],
    (server_on, line_on): (Core, Core),
    with_redis: bool,
    at_eight: impl FnOnce(&str),
) -> Counted<Morning> {
    let all: usize = readers.iter().sum();
    let start = at("08:00:00") - LEAD;
    let mut line = Part::start(line_on, LINE, &Platform { friends: readers.to_vec(), time: start, latency_ms: 0 });
    let redis = with_redis.then(RedisServer::start);
    let address = format!("127.0.0.1:{}", free_port());
    let mut own = vec![
        ("line_api_url", line.answer("ready")),
        ("listen", address.clone()),
        ("rehearsal_clock", start.to_rfc3339()),
    ];
    own.extend(redis.as_ref().map(|redis| ("redis_url", redis.url())));
    let began = Instant::now();
    let server = Part::server(server_on, &base.configured(readers.len(), &own));
    let beside_s = || base.cpu_s() + redis.as_ref().map_or(0.0, RedisServer::cpu_s);
    let due = began + LEAD;
    rest(due.saturating_duration_since(Instant::now()));
    at_eight(&address);
    let before = (server.cpu_s(), beside_s());
    line.tell(&format!("await {all}"));
    line.until("reached");
    while base.number("SELECT COUNT(*) FROM delivery WHERE state = 'accepted'") < all as i64 {
        rest(Duration::from_millis(10));
    }
    let (after, wall_s) = ((server.cpu_s(), beside_s()), due.elapsed().as_secs_f64());
    let resident_kib = server.resident_kib();
    server.stop();
    line.tell("books");
    let books: Books = line.found("books");
    let right = books.accepted == all && books.readers == all && books.twice + books.refused == 0;
    ensure(right, || format!("{all} readers were due, and LINE saw {books:?}"))?;
    let rows = base.number("SELECT COUNT(*) FROM delivery");
    ensure(rows == all as i64, || format!("{all} readers were due, and {rows} rows are there"))?;
    let turn = Turn { work: all as f64, cpu_s: after.0 - before.0, beside_s: after.1 - before.1, wall_s };
    Ok(Morning { turn, books, resident_kib })
}

fn the_loop(readers: &[usize]) -> Counted<Turn> {
    let all: usize = readers.iter().sum();
    let platform = Platform { friends: readers.to_vec(), time: at("08:00:00"), latency_ms: 0 };
    let mut line = Part::start(Core::Measuring, LINE, &platform);
    let errand = Errand { api: line.answer("ready"), readers: readers.to_vec() };
    let mut requests = Part::start(Core::Measured, REQUESTS, &errand);
    requests.until("ready");
    requests.tell("go");
    requests.until("begin");
    let (before, began) = (requests.cpu_s(), Instant::now());
    requests.until("end");
    let (cpu_s, wall_s) = (requests.cpu_s() - before, began.elapsed().as_secs_f64());
    let sent: Sent = requests.found("sent");
    line.tell("books");
    let books: Books = line.found("books");
    ensure(sent.accepted == all && books.readers == all, || format!("the loop: {sent:?}, {books:?}"))?;
    Ok(Turn { work: all as f64, cpu_s, beside_s: 0.0, wall_s })
}
