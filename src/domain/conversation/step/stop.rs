//! The plain stop, which is the reader's own, and the way back from every stop.

use chrono::NaiveDate;

use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::scene::Scene;
use crate::domain::family::{Follow, Journey, StopReason};
use crate::domain::ids::ChildId;

/// Stops the reader's own deliveries at once. Nobody asks why.
pub(super) fn plain(scene: Scene<'_>) -> Step {
    let children = ids(scene.facts.follows.iter().filter(|follow| follow.is_active()));
    let step = scene.stay().to(State::Idle);
    if scene.facts.follows.is_empty() {
        return step.tell(Line::NothingToStop);
    }
    if children.is_empty() {
        let loss = scene.facts.follows.iter().any(Follow::is_lost);
        return if loss { step.tell(Line::QuietStopped) } else { step.say(Prompt::Stopped) };
    }
    step.want(Effect::Stop { children, reason: StopReason::Plain }).say(Prompt::Stopped)
}

pub(super) fn ids<'a>(follows: impl Iterator<Item = &'a Follow>) -> Vec<ChildId> {
    follows.map(|follow| follow.child.id).collect()
}

/// The day of the last stop or loss that this reader may still undo.
pub(super) fn latest(scene: Scene<'_>) -> Option<NaiveDate> {
    let own = scene.facts.follows.iter().filter_map(own_stop);
    let family = scene.facts.follows.iter().filter_map(family_stop);
    own.chain(family).filter(|on| scene.is_recent(*on)).max()
}

/// Undoes what was stopped on the last day something was stopped, in neutral words.
pub(super) fn undo(scene: Scene<'_>) -> Step {
    let Some(on) = latest(scene) else { return nothing_to_undo(scene) };
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
    scene.again(if stopped { Line::TooLateToUndo } else { Line::NothingOpen })
}

fn own_stop(follow: &Follow) -> Option<NaiveDate> {
    follow.stopped.map(|stop| stop.on)
}

/// A stop of the whole family can be lifted by those who may speak for it.
fn family_stop(follow: &Follow) -> Option<NaiveDate> {
    match &follow.child.journey {
        Journey::Stopped { on, .. } if follow.is_parent() => Some(*on),
        Journey::Stopped { .. } | Journey::Expected { .. } | Journey::Born { .. } => None,
    }
}
