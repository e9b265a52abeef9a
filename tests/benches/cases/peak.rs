//! `peak`: everything at once on one core: a morning, two hundred webhooks a second, a checkpoint of the database
//! every second, and somebody who reads and checks all texts again and again. LINE gives up a webhook after two
//! seconds; the time counts from the moment at which it should have left.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::delivery::morning;
use super::{Counted, Ground, ensure};
use crate::base::{Backend, run as run_in};
use crate::machine::{Core, rest};
use crate::part::{BINARY, Part};
use crate::parts::{Aim, Fired, SHOTS};
use crate::people::Town;
use crate::report::{Line, refuse};

/// Accounts that share the readers.
const TOWNS: usize = 100;
/// Webhooks a second: a tenth of a million readers answer within ten minutes.
const RATE: f64 = 200.0;
/// LINE waits no longer (milliseconds).
const PATIENCE_MS: f64 = 2_000.0;

/// Measures and prints.
pub fn run(ground: &Ground) {
    for backend in Backend::ALL {
        if let Err(why) = measure(ground, backend) {
            refuse("peak", backend.word(), &why);
        }
    }
}

fn measure(ground: &Ground, backend: Backend) -> Counted<()> {
    let readers = ground.effort.due / TOWNS;
    let base = ground.settled(backend, &(0..TOWNS).map(|_| Town { readers, due: readers }).collect::<Vec<_>>());
    let (over, checkpoints, reads) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let (done, fired) = std::thread::scope(|scope| {
        let (url, backend) = (base.url.clone(), base.backend);
        let (over, checkpoints, reads) = (&over, &checkpoints, &reads);
        scope.spawn(move || again_and_again(over, checkpoints, || checkpoint(backend, &url)));
        scope.spawn(|| again_and_again(over, reads, read_everything));
        let shots = std::cell::RefCell::new(None);
        let done = morning(&base, &vec![readers; TOWNS], (Core::Measured, Core::Measuring), false, |address| {
            *shots.borrow_mut() = Some(begun(address));
        });
        let fired: Option<Fired> = shots.into_inner().map(|mut shots| shots.found("fired"));
        over.store(true, Ordering::Relaxed);
        (done, fired)
    });
    let (done, fired) = (done?, fired.ok_or("no webhook was sent")?);
    ensure(fired.failed == 0, || format!("{} webhooks had no answer", fired.failed))?;
    let kept = base.number("SELECT COUNT(*) FROM webhook_event");
    ensure(kept == fired.accepted as i64, || {
        format!("{} webhooks were accepted, and {kept} events kept", fired.accepted)
    })?;
    ensure(fired.accepted_ms[2] < PATIENCE_MS, || format!("a webhook took {} ms", fired.accepted_ms[2]))?;
    Line::of("peak", backend.word(), "LINE's two seconds")
        .with("n", done.turn.work)
        .with("cpu_s", done.turn.cpu_s)
        .with("wall_s", done.turn.wall_s)
        .with("webhooks", fired.accepted as f64)
        .with("webhooks_refused", fired.refused as f64)
        .with("p50_ms", fired.accepted_ms[0])
        .with("p99_ms", fired.accepted_ms[1])
        .with("longest_ms", fired.accepted_ms[2])
        .with("checkpoints", checkpoints.into_inner() as f64)
        .with("content_reads", reads.into_inner() as f64)
        .print();
    Ok(())
}

/// Webhooks from now on, for as long as a morning of any length here lasts.
fn begun(address: &str) -> Part {
    let aim = Aim {
        address: address.to_owned(),
        connections: 32,
        events: 1,
        warm_s: 0.0,
        seconds: 20.0,
        rate: Some(RATE),
        turn: 1,
        standby: true,
    };
    let mut shots = Part::start(Core::Measuring, SHOTS, &aim);
    shots.until("ready");
    shots.tell("go");
    shots
}

fn again_and_again(over: &AtomicBool, times: &AtomicUsize, what: impl Fn()) {
    while !over.load(Ordering::Relaxed) {
        what();
        times.fetch_add(1, Ordering::Relaxed);
        rest(Duration::from_secs(1));
    }
}

fn checkpoint(backend: Backend, url: &str) {
    let statement = match backend {
        Backend::Sqlite => "PRAGMA wal_checkpoint(TRUNCATE)",
        Backend::Postgres => "CHECKPOINT",
    };
    run_in(url, statement);
}

/// The work of reading all texts anew, on the core of the server.
fn read_everything() {
    Part::programme(Core::Measured, BINARY, &["check"]).ends();
}
