//! Whatever LINE, the server and the families do: the history holds (see `support::history`).

use chrono::{DateTime, TimeDelta, Utc};
use hagukumi::clock::Clock as _;
use hagukumi::simulator::{FaultKind, On, Only};
use proptest::prelude::*;

use crate::support::history::{Day, judge};
use crate::support::{Parent, Registers, World};
use crate::town::{Outcome, cases, runtime};

#[derive(Debug, Clone)]
enum Act {
    /// A family comes, with a child that is due in so many days or was born so many days ago.
    Comes(i64),
    /// Time passes, in minutes.
    Passes(i64),
    /// The next morning comes, shortly before the hour.
    Morning,
    /// Time passes without a server.
    PassesAlone(i64),
    /// LINE is away for so many minutes.
    LineAway(i64),
    /// LINE fails so for so many minutes, at pushes or at everything.
    Fails(usize, bool, i64),
    /// The next answer is spoilt.
    Spoils(usize),
    /// One of the families says something.
    Says(usize, usize),
    /// One of the families blocks the account, or takes it back.
    Blocks(usize),
}

const WORDS: [&str; 7] = ["きょうのメッセージ", "ヘルプ", "停止", "再開", "もどす", "流産しました", "こんにちは"];

/// Faults that may stay; being too fast is none of them, since pace is kept in real time.
fn faults() -> [FaultKind; 6] {
    [
        FaultKind::ServerError(500),
        FaultKind::ServerError(503),
        FaultKind::MonthlyLimit429,
        FaultKind::Unauthorized401,
        FaultKind::BadRequest400(Only::All),
        FaultKind::AcceptThen500,
    ]
}

fn spoilt() -> [FaultKind; 6] {
    [
        FaultKind::RateLimited429,
        FaultKind::AcceptThenReset,
        FaultKind::AcceptThen500,
        FaultKind::AcceptThenError(502),
        FaultKind::EmptyBody200,
        FaultKind::TruncatedBody,
    ]
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (-700i64..280).prop_map(Act::Comes),
        2 => (1i64..600).prop_map(Act::Passes),
        4 => Just(Act::Morning),
        2 => (1i64..4_000).prop_map(Act::PassesAlone),
        1 => (1i64..150).prop_map(Act::LineAway),
        3 => (0..faults().len(), any::<bool>(), 1i64..150).prop_map(|(kind, all, minutes)| Act::Fails(kind, all, minutes)),
        2 => (0..spoilt().len()).prop_map(Act::Spoils),
        2 => (any::<usize>(), 0..WORDS.len()).prop_map(|(who, word)| Act::Says(who, word)),
        1 => any::<usize>().prop_map(Act::Blocks),
    ]
}

fn later(world: &World, minutes: i64) -> DateTime<Utc> {
    world.clock.now() + TimeDelta::minutes(minutes)
}

async fn pass(world: &World, minutes: i64) {
    world.app.advance_to(&world.clock, later(world, minutes)).await.expect("nothing fails");
}

async fn come(world: &World, days: i64) -> Parent<'_> {
    let today = Day::at(world.clock.now().timestamp_millis());
    let kind = if days < 0 { Registers::Born } else { Registers::Due };
    world.registered(kind, &today.plus(days).to_string(), None).await
}

async fn act<'w>(world: &'w World, families: &mut Vec<Parent<'w>>, act: Act) {
    match act {
        Act::Comes(days) => {
            // Who sees no answer taps nothing, and would not be a family here. A token that LINE has refused
            // is tried again after ten minutes.
            world.line.faults().clear();
            pass(world, 11).await;
            families.push(come(world, days).await);
        }
        Act::Passes(minutes) => pass(world, minutes).await,
        Act::Morning => {
            let next = Day::at(world.clock.now().timestamp_millis()).plus(1).at_minute(7 * 60 + 59);
            pass(world, (next - world.clock.now().timestamp_millis()) / 60_000).await;
        }
        Act::PassesAlone(minutes) => {
            world.passes_alone(later(world, minutes));
            world.settle().await;
        }
        Act::LineAway(minutes) => {
            world.line_goes_away().await;
            pass(world, minutes).await;
            world.line_comes_back().await;
        }
        Act::Fails(kind, all, minutes) => {
            let on = if all { On::Any } else { On::Push };
            world.line.faults().on(on).always(faults()[kind].clone());
            pass(world, minutes).await;
            world.line.faults().clear();
        }
        Act::Spoils(kind) => world.line.faults().on(On::Send).next(spoilt()[kind].clone()),
        Act::Says(who, word) if !families.is_empty() => {
            let one = &families[who % families.len()];
            if !one.user.has_blocked() {
                one.says(WORDS[word]).await;
            }
        }
        Act::Blocks(who) if !families.is_empty() => {
            let one = &families[who % families.len()];
            if one.user.has_blocked() {
                one.unblocks().await
            } else {
                one.blocks().await
            };
        }
        Act::Says(..) | Act::Blocks(_) => {}
    }
}

async fn one(acts: Vec<Act>) -> Outcome {
    let world = World::impatient("2026-11-22 06:00").await;
    let mut families = vec![come(&world, 99).await, come(&world, -20).await];
    for one in acts {
        act(&world, &mut families, one).await;
    }
    world.line.faults().clear();
    pass(&world, 2 * 1_440).await;
    let found: Vec<String> = judge(&world.witness.history()).iter().map(ToString::to_string).collect();
    prop_assert!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

#[test]
fn whatever_line_the_server_and_the_families_do_the_history_holds() {
    let runtime = runtime();
    let _entered = runtime.enter();
    cases(file!(), 12, &prop::collection::vec(any_act(), 1..12), |acts| runtime.block_on(one(acts)));
}
