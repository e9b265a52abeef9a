//! `scale`: what a reader costs, and whether a hundredth of the readers is planned, sent and recorded as cheaply
//! among a million as alone.

use super::{Counted, Ground, ensure};
use crate::base::{Backend, Base, RedisServer};
use crate::machine::Core;
use crate::pairs::{Turn, compare, median, take};
use crate::part::Part;
use crate::parts::{HANDS, Worked};
use crate::people::{Town, at};
use crate::report::{Line, refuse};

/// Measures and prints.
pub fn run(ground: &Ground) {
    for backend in Backend::ALL {
        if let Err(why) = measure(ground, backend) {
            refuse("scale", backend.word(), &why);
        }
    }
}

fn measure(ground: &Ground, backend: Backend) -> Counted<()> {
    let due = ground.hundredth();
    let of = |readers| ground.settled(backend, &[Town { readers, due: readers }]);
    let (none, small, large) = (of(0), of(due), ground.large(backend));
    let bytes = (large.bytes() - none.bytes()) as f64 / ground.effort.readers as f64;
    let (mut of_large, mut of_small) = (Vec::new(), Vec::new());
    let mut among_many = || claimed(&large, due, &mut of_large);
    let mut alone = || claimed(&small, due, &mut of_small);
    let turns = take(ground.effort.pairs, &mut [&mut among_many, &mut alone])?;
    // Ours through the baseline's is speed; what is asked for here is cost.
    let compared = compare(&turns[1], &turns[0]);
    let (resident, resident_small) = (median(of_large.iter().copied()), median(of_small.iter().copied()));
    let line = Line::of("scale", backend.word(), "a hundredth of the readers")
        .with("readers", ground.effort.readers as f64)
        .turns(&turns[0])
        .with("ratio_claim", compared.by_cpu.median)
        .with("ratio_claim_min", compared.by_cpu.least)
        .with("ratio_claim_max", compared.by_cpu.most)
        .with("ratio_claim_all_cpu", compared.by_all_cpu.median)
        .with("ratio_claim_wall", compared.by_wall.median)
        .with("us_a_claim", median(turns[0].iter().map(|turn| turn.cpu_s / turn.work * 1e6)))
        .with("rss_mib", resident / 1_024.0)
        .with("ratio_rss", resident / resident_small)
        .with("database_bytes_a_reader", bytes);
    let line =
        if backend == Backend::Sqlite { line.with("redis_bytes_a_reader", redis_bytes(&large, ground)) } else { line };
    line.print();
    Ok(())
}

/// Plans, sends and records everybody who is due, and puts them back.
fn claimed(base: &Base, due: usize, resident: &mut Vec<f64>) -> Counted<Turn> {
    let nowhere = ("line_api_url", super::NOWHERE.to_owned());
    let clock = ("rehearsal_clock", at("08:00:30").to_rfc3339());
    let mut hands = Part::start(Core::Measured, HANDS, &base.configured(1, &[nowhere, clock]));
    hands.until("ready");
    let before = base.cpu_s();
    hands.tell("claim 1");
    let worked: Worked = hands.found("worked");
    let beside_s = base.cpu_s() - before;
    resident.push(hands.resident_kib());
    hands.ends();
    let accepted = base.number("SELECT COUNT(*) FROM delivery WHERE state = 'accepted'");
    ensure(accepted == due as i64 && worked.work == due, || {
        format!("{due} were due, {accepted} accepted, {worked:?}")
    })?;
    put_back(base);
    Ok(Turn { work: due as f64, cpu_s: worked.cpu_s, beside_s, wall_s: worked.wall_s })
}

/// Whoever was due is due again; the others' time is a minute after that of a day later.
fn put_back(base: &Base) {
    let (eight, later) =
        (at("08:00:00").timestamp_millis(), (at("08:01:00") + chrono::Duration::days(1)).timestamp_millis());
    base.run("DELETE FROM delivery");
    base.run(&format!("UPDATE reader SET next_due_at = {eight} WHERE next_due_at < {later}"));
    crate::people::tidy(base);
}

/// What the index in Redis takes for each of them.
fn redis_bytes(base: &Base, ground: &Ground) -> f64 {
    let redis = RedisServer::start();
    let before = redis.used();
    super::recovery::rebuilt(base, &redis);
    (redis.used() - before) / ground.effort.readers as f64
}
