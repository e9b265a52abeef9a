//! Events may come in any order, late, together and twice (design §6).
//!
//! What is promised, whatever the order in which the events of one reader are decided:
//!
//! - the newest follow or unfollow says whether the account may write to them;
//! - a loss stays reported, and a stop stays a stop unless the reader came back after it;
//! - a return that is the reader's newest word counts, whatever older word arrives later;
//! - two who did the same end alike, in whatever order they were heard; only a late 「再開」 may be lost, on
//!   the side of silence: an answer to a question that may be another by now brings no letters back;
//! - whatever arrives again changes nothing.
//!
//! Judged by the reader's row: whether the account may write to them, whether they rest, and which of their
//! children stand still for them. Where one reader of a family speaks for all, see [`super::family`].
//!
//! Other late words are answers to questions that may be others by now, and are not promised anything.

use chrono::TimeDelta;
use hagukumi::clock::Clock as _;
use hagukumi::simulator::{HELD, User};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::history::{Account, Reader};
use crate::support::{Registers, World};
use crate::town::{Outcome, account, cases, reader, runtime};

/// What somebody does at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// Blocks the account, or takes the block back.
    Block,
    Stop,
    Resume,
    Loss,
    AsksForHelp,
    ReadsToday,
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Block),
        2 => Just(Act::Stop),
        3 => Just(Act::Resume),
        1 => Just(Act::Loss),
        1 => Just(Act::AsksForHelp),
        1 => Just(Act::ReadsToday),
    ]
}

/// Acts in their order, and for each the places at which it arrives first and perhaps again.
fn any_course() -> impl Strategy<Value = Vec<(Act, u8, Option<u8>)>> {
    prop::collection::vec((any_act(), any::<u8>(), prop::option::of(any::<u8>())), 1..8)
}

/// Does it, while webhooks are held; `None` where LINE lets nobody do it.
async fn act(world: &World, user: &User, act: Act) -> Option<Value> {
    world.clock.advance_to(world.clock.now() + TimeDelta::seconds(1));
    world.line.hold_webhooks();
    let status = match act {
        Act::Block if user.has_blocked() => user.unblock().await,
        Act::Block => user.block().await,
        Act::Stop => user.says("停止").await,
        Act::Resume => user.says("再開").await,
        Act::Loss => user.says("流産しました").await,
        Act::AsksForHelp => user.says("ヘルプ").await,
        Act::ReadsToday => user.says("きょうのメッセージ").await,
    };
    let held = world.line.take_held();
    if status == HELD { held.into_iter().next() } else { None }
}

/// Lets each event be decided before the next arrives.
async fn arrive(world: &World, events: &[Value]) -> Outcome {
    for event in events {
        prop_assert_eq!(world.line.post_events(vec![event.clone()]).await, 200);
        world.settle().await;
    }
    Ok(())
}

/// What must not change when something arrives again.
fn books(account: &Account, user: &str) -> (usize, usize, usize) {
    let rows = account.deliveries.iter().filter(|row| row.user.as_deref() == Some(user)).count();
    let asked = account.requests.iter().filter(|request| request.is_to(user)).count();
    (account.events.len(), rows, asked)
}

fn standing(reader: &Reader) -> (bool, bool, Vec<bool>) {
    let stopped = reader.children.iter().map(|child| child.stopped_on.is_some()).collect();
    (reader.follows_account, reader.rests, stopped)
}

fn is_as_promised(done: &[Act], reader: &Reader) -> Outcome {
    let blocks = done.iter().filter(|act| **act == Act::Block).count();
    prop_assert_eq!(reader.follows_account, blocks % 2 == 0, "the newest follow or block counts");
    let newest = |wanted: &[Act]| done.iter().rposition(|act| wanted.contains(act));
    let (stop, resume) = (newest(&[Act::Stop]), newest(&[Act::Resume]));
    let stopped = reader.children.iter().all(|child| child.stopped_on.is_some());
    if done.contains(&Act::Loss) {
        prop_assert!(stopped, "a loss stays reported");
    } else if stop.is_some() && stop > resume {
        prop_assert!(stopped, "a stop stays a stop");
    } else if resume.is_some_and(|resume| resume + 1 == done.len()) {
        prop_assert!(!stopped, "whoever came back is back");
        prop_assert!(!reader.rests, "and does not rest");
    }
    if stop.is_none() && !done.contains(&Act::Loss) {
        prop_assert!(!stopped, "nobody is stopped who did not say so");
    }
    Ok(())
}

async fn one(world: &World, course: Vec<(Act, u8, Option<u8>)>) -> Outcome {
    let parent = world.registered(Registers::Due, "2027-03-01", None).await;
    let (mut done, mut arrivals) = (Vec::new(), Vec::new());
    for (what, first, again) in course {
        let Some(event) = act(world, &parent.user, what).await else { continue };
        done.push(what);
        arrivals.push((first, event.clone()));
        arrivals.extend(again.map(|again| (again, event)));
    }
    arrivals.sort_by_key(|(place, _)| *place);
    let mut events: Vec<Value> = arrivals.into_iter().map(|(_, event)| event).collect();
    arrive(world, &events).await?;
    let before = account(world);
    let found = reader(&before, parent.user.id());
    is_as_promised(&done, &found)?;

    events.reverse();
    arrive(world, &events).await?;
    let after = account(world);
    prop_assert_eq!(standing(&reader(&after, parent.user.id())), standing(&found));
    prop_assert_eq!(books(&after, parent.user.id()), books(&before, parent.user.id()));
    Ok(())
}

/// Two do the same: one is heard at once, the other in that order, late, and perhaps twice.
async fn alike(world: &World, course: Vec<(Act, u8, Option<u8>)>) -> Outcome {
    let prompt = world.registered(Registers::Due, "2027-03-01", None).await;
    let late = world.registered(Registers::Due, "2027-03-01", None).await;
    let came_back = course.iter().any(|(what, ..)| *what == Act::Resume);
    let mut arrivals = Vec::new();
    for (what, first, again) in course {
        if let Some(event) = act(world, &prompt.user, what).await {
            arrive(world, &[event]).await?;
        }
        let Some(event) = act(world, &late.user, what).await else { continue };
        arrivals.push((first, event.clone()));
        arrivals.extend(again.map(|again| (again, event)));
    }
    arrivals.sort_by_key(|(place, _)| *place);
    let events: Vec<Value> = arrivals.into_iter().map(|(_, event)| event).collect();
    arrive(world, &events).await?;
    let account = account(world);
    let (heard_late, heard_at_once) = (reader(&account, late.user.id()), reader(&account, prompt.user.id()));
    prop_assert_eq!(heard_late.follows_account, heard_at_once.follows_account);
    let (late, prompt) = (standing(&heard_late).2, standing(&heard_at_once).2);
    if came_back {
        prop_assert!(late.iter().zip(&prompt).all(|(late, prompt)| *late || !prompt), "nobody is spoken to again");
    } else {
        prop_assert_eq!(late, prompt);
    }
    Ok(())
}

#[test]
fn two_who_did_the_same_end_alike_in_whatever_order_they_were_heard() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let world = runtime.block_on(World::at("2026-11-22 09:00"));
    cases(file!(), 48, &any_course(), |course| runtime.block_on(alike(&world, course)));
}

#[test]
fn any_order_of_a_readers_events_ends_as_the_newest_say_and_no_repetition_changes_it() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let world = runtime.block_on(World::at("2026-11-22 09:00"));
    cases(file!(), 48, &any_course(), |course| runtime.block_on(one(&world, course)));
}
