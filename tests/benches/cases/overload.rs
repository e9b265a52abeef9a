//! `overload`: three times as many webhooks as can be kept. Whoever is refused hears 503 at once, whoever was
//! answered with 200 is kept, and afterwards everything is as before.

use super::{Counted, Door, Ground, NOWHERE, ensure};
use crate::base::Backend;
use crate::parts::{Aim, KEEPING};
use crate::report::{Line, refuse};

/// Connections: many more than the server serves at the same time.
const CONNECTIONS: usize = 2_000;
/// Events in a webhook: so many that whoever sends them is faster than who keeps them.
const EVENTS: usize = 20;

/// Measures and prints.
pub fn run(ground: &Ground) {
    for backend in Backend::ALL {
        if let Err(why) = measure(ground, backend) {
            refuse("overload", backend.word(), &why);
        }
    }
}

fn measure(ground: &Ground, backend: Backend) -> Counted<()> {
    let base = ground.empty(backend);
    let mut door = Door::open(KEEPING, &base.configured(1, &[("line_api_url", NOWHERE.to_owned())]));
    let aim = Aim {
        address: String::new(),
        connections: 256,
        events: EVENTS,
        warm_s: 1.0,
        seconds: ground.effort.seconds,
        rate: None,
        turn: 0,
        standby: false,
    };
    let (most, turn) = door.shot_at(aim.clone(), &|| 0.0);
    let capacity = turn.work / turn.wall_s;
    let flood = Aim { connections: CONNECTIONS, rate: Some(capacity * 3.0), ..aim.clone() };
    let (flooded, _) = door.shot_at(flood, &|| 0.0);
    let (after, _) = door.shot_at(Aim { connections: 64, rate: Some(capacity / 4.0), ..aim }, &|| 0.0);
    let accepted = (most.accepted + flooded.accepted + after.accepted) * EVENTS as u64;
    door.part.tell("how many");
    let kept: u64 = door.part.found("kept");
    // What was kept and could not be said in time is kept all the same.
    ensure(kept >= accepted, || format!("{accepted} events were answered with 200, and {kept} are kept"))?;
    ensure(after.refused + after.failed == 0, || format!("after the flood: {after:?}"))?;
    Line::of("overload", backend.word(), "a third of it")
        .with("n", (flooded.accepted + flooded.refused + flooded.failed) as f64)
        .with("events", EVENTS as f64)
        .with("capacity_per_s", capacity)
        .with("asked_per_s", capacity * 3.0)
        .with("accepted", flooded.accepted as f64)
        .with("accepted_p99_ms", flooded.accepted_ms[1])
        .with("accepted_longest_ms", flooded.accepted_ms[2])
        .with("refused", flooded.refused as f64)
        .with("refused_p99_ms", flooded.refused_ms[1])
        .with("without_answer", flooded.failed as f64)
        .with("afterwards_longest_ms", after.accepted_ms[2])
        .print();
    Ok(())
}
