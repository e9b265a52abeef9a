//! The plain stop, which is the reader's own, and the way back from every stop.

use chrono::NaiveDate;

use super::super::goes_on::{family_stop, own_stop};
use super::super::postback::Tap;
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::scene::Scene;
use crate::domain::family::{Follow, StopReason};
use crate::domain::ids::ChildId;

/// Stops the reader's own deliveries at once. Nobody asks why.
pub(super) fn plain(scene: Scene<'_>) -> Step {
    let children = ids(scene.facts.follows.iter().filter(|follow| follow.is_active()));
    let step = scene.stay().to(State::Idle);
    if scene.facts.follows.is_empty() {
        return step.tell(Line::NothingToStop);
    }
    if children.is_empty() {
        return stopped_once_more(scene, step);
    }
    step.want(Effect::Stop { children, reason: StopReason::Plain }).say(Prompt::Stopped)
}

/// Nothing goes on any more. What only the family has stopped is stopped by this reader too, so that nothing
/// comes to them when another takes the loss back.
fn stopped_once_more(scene: Scene<'_>, step: Step) -> Step {
    let by_others = ids(scene.facts.follows.iter().filter(|follow| follow.stopped.is_none()));
    let step = if by_others.is_empty() {
        step.want(Effect::StandStill)
    } else {
        step.want(Effect::Stop { children: by_others, reason: StopReason::Plain })
    };
    let loss = scene.facts.follows.iter().any(Follow::is_lost);
    if loss { step.tell(Line::QuietStopped) } else { step.say(Prompt::Stopped) }
}

pub(super) fn ids<'a>(follows: impl Iterator<Item = &'a Follow>) -> Vec<ChildId> {
    follows.map(|follow| follow.child.id).collect()
}

/// 「もどす」 typed: it means a loss only while everything stands still.
pub(super) fn undo(scene: Scene<'_>) -> Step {
    carefully(scene, scene.is_quiet())
}

/// 「まちがえた」 typed: it means a loss only on its own day, before anything else was decided.
pub(super) fn mistaken(scene: Scene<'_>) -> Step {
    carefully(scene, scene.is_quiet() && scene.facts.last_stop() == Some(scene.today()))
}

/// The button 「もどす」, which may be an old one.
pub(super) fn undo_tapped(scene: Scene<'_>) -> Step {
    carefully(scene, scene.is_quiet() || scene.facts.last_stop() == Some(scene.today()))
}

/// The answer to whether a loss is taken back.
pub(super) fn confirmed(scene: Scene<'_>, tap: Tap) -> Option<Step> {
    match tap {
        Tap::Yes => Some(carefully(scene, true)),
        Tap::No => Some(scene.end(Line::LossLeft)),
        _ => None,
    }
}

/// A loss is not taken back by the way, for the whole family: unless it is `sure` to be meant, one
/// neutral question comes first.
fn carefully(scene: Scene<'_>, sure: bool) -> Step {
    let is_loss = |on| {
        let stopped = |follow: &&Follow| own_stop(follow) == Some(on) || family_stop(follow) == Some(on);
        scene.facts.follows.iter().filter(stopped).any(Follow::is_lost)
    };
    match scene.facts.last_stop() {
        None => nothing_to_undo(scene),
        Some(on) if sure || !is_loss(on) => undone(scene, on),
        Some(_) => scene.ask(State::ConfirmingUndo),
    }
}

/// Undoes what was stopped on that day, in neutral words.
fn undone(scene: Scene<'_>, on: NaiveDate) -> Step {
    let losses = ids(scene.facts.follows.iter().filter(|follow| family_stop(follow) == Some(on)));
    let undone =
        |follow: &&Follow| own_stop(follow) == Some(on) || (losses.contains(&follow.child.id) && follow.is_lost());
    let own = ids(scene.facts.follows.iter().filter(undone).filter(|follow| follow.stopped.is_some()));
    let mut step = scene.stay().to(State::Idle);
    if !losses.is_empty() {
        step = step.want(Effect::UndoLoss { children: losses });
    }
    if !own.is_empty() {
        step = step.want(Effect::UndoStop { children: own });
    }
    step.tell(Line::Undone)
}

fn nothing_to_undo(scene: Scene<'_>) -> Step {
    let stopped = scene.facts.follows.iter().any(|follow| !follow.is_active());
    if scene.is_quiet() {
        return scene.again(Line::QuietStopped);
    }
    scene.again(if stopped { Line::TooLateToUndo } else { Line::NothingOpen })
}
