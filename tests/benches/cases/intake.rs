//! `intake`: signed webhooks with one event and with ten, kept before the answer, on both databases, against the
//! same web server that only verifies and reads them (gated), and one that only reads the bytes.

use super::{Counted, Door, Ground, NOWHERE, ensure};
use crate::base::Backend;
use crate::pairs::{Turn, compare, take};
use crate::parts::{Aim, BARE, KEEPING, VERIFYING};
use crate::report::{Line, refuse};

/// Connections that LINE keeps: as many as the measurements that the targets come from.
const CONNECTIONS: usize = 64;

/// Measures and prints.
pub fn run(ground: &Ground) {
    for backend in Backend::ALL {
        for events in [1, 10] {
            if let Err(why) = measure(ground, backend, events) {
                refuse("intake", backend.word(), &why);
            }
        }
    }
}

fn measure(ground: &Ground, backend: Backend, events: usize) -> Counted<()> {
    let base = ground.empty(backend);
    let settings = base.configured(1, &[("line_api_url", NOWHERE.to_owned())]);
    let (mut ours, mut verifying, mut bare) =
        (Door::open(KEEPING, &settings), Door::open(VERIFYING, &()), Door::open(BARE, &()));
    let aim = Aim {
        address: String::new(),
        connections: CONNECTIONS,
        events,
        warm_s: 1.0,
        seconds: ground.effort.seconds,
        rate: None,
        turn: 0,
        standby: false,
    };
    let mut accepted = 0;
    let mut kept = || -> Counted<Turn> {
        let (fired, turn) = ours.shot_at(aim.clone(), &|| base.cpu_s());
        ensure(fired.failed + fired.refused == 0, || {
            format!("{} webhooks were not kept", fired.failed + fired.refused)
        })?;
        accepted += fired.accepted * events as u64;
        ours.part.tell("how many");
        let kept: u64 = ours.part.found("kept");
        ensure(kept == accepted, || format!("{accepted} events were answered with 200, and {kept} are kept"))?;
        Ok(turn)
    };
    let mut verified = || plain(&mut verifying, &aim);
    let mut said_yes = || plain(&mut bare, &aim);
    let turns = take(ground.effort.pairs, &mut [&mut kept, &mut verified, &mut said_yes])?;
    let latency = ours_at_leisure(&mut ours, &aim, &turns[0]);
    Line::of("intake", backend.word(), "the same server without keeping")
        .with("events", events as f64)
        .turns(&turns[0])
        .gated(&compare(&turns[0], &turns[1]))
        .beside("bare_server", &compare(&turns[0], &turns[2]))
        .with("per_s", turns[0].iter().map(|turn| turn.work / turn.wall_s).sum::<f64>() / turns[0].len() as f64)
        .with("p50_ms_at_half_load", latency[0])
        .with("p99_ms_at_half_load", latency[1])
        .with("longest_ms_at_half_load", latency[2])
        .print();
    Ok(())
}

fn plain(door: &mut Door, aim: &Aim) -> Counted<Turn> {
    let (fired, turn) = door.shot_at(aim.clone(), &|| 0.0);
    ensure(fired.failed + fired.refused == 0, || "a baseline did not answer".to_owned())?;
    Ok(turn)
}

/// How long an answer takes while half as much arrives as could.
fn ours_at_leisure(ours: &mut Door, aim: &Aim, turns: &[Turn]) -> [f64; 3] {
    let all = crate::pairs::median(turns.iter().map(|turn| turn.work / turn.wall_s));
    ours.shot_at(Aim { rate: Some(all / 2.0), ..aim.clone() }, &|| 0.0).0.accepted_ms
}
