//! やすむ and 再開.

use chrono::Months;

use super::super::postback::Tap;
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step, ages};
use super::commands::unregistered;
use super::scene::Scene;
use super::stop::ids;
use crate::domain::family::Standing;

/// Asks for how long.
pub(super) fn ask(scene: Scene<'_>) -> Step {
    if scene.facts.follows.is_empty() {
        unregistered(scene)
    } else if scene.active().next().is_some() {
        scene.ask(State::ChoosingRest)
    } else if scene.is_quiet() {
        scene.again(Line::QuietStopped)
    } else if scene.plainly_stopped().next().is_some() {
        scene.stay().to(State::Idle).say(Prompt::StoppedBefore)
    } else {
        scene.again(Line::Finished)
    }
}

/// For a week, a month, or until the reader comes back.
pub(super) fn answer(scene: Scene<'_>, tap: Tap) -> Option<Step> {
    let today = scene.today();
    let until = match tap {
        Tap::RestWeek => Some(ages::plus(today, 7)),
        Tap::RestMonth => today.checked_add_months(Months::new(1)),
        Tap::RestOpen => None,
        _ => return None,
    };
    Some(scene.stay().to(State::Idle).want(Effect::Pause { until }).say(Prompt::Rests { until }))
}

/// Comes back from a rest, from being away, or from a plain stop of the last thirty days.
pub(super) fn resume(scene: Scene<'_>) -> Step {
    if scene.facts.follows.is_empty() {
        return unregistered(scene);
    }
    let stopped = scene.plainly_stopped().filter(|follow| follow.stopped.is_some_and(|stop| scene.is_recent(stop.on)));
    let stopped = ids(stopped);
    let goes_on = scene.active().next().is_some() || !stopped.is_empty();
    if !goes_on {
        return stands_still(scene);
    }
    let mut effects = Vec::new();
    if scene.facts.standing == Some(Standing::Away) {
        effects.push(Effect::Stand(Standing::Following));
    }
    let rests = scene.facts.profile.pause.is_some();
    let line = if effects.is_empty() && !rests && stopped.is_empty() { Line::NotResting } else { Line::Resumed };
    // Also where nothing rests: the stop that came before this word may still be on its way.
    if rests || stopped.is_empty() {
        effects.push(Effect::Resume);
    }
    if !stopped.is_empty() {
        effects.push(Effect::UndoStop { children: stopped });
    }
    let mut step = scene.stay().to(State::Idle).tell(line);
    step.effects = effects;
    step
}

fn stands_still(scene: Scene<'_>) -> Step {
    let step = scene.stay().to(State::Idle);
    if scene.is_quiet() {
        step.say(Prompt::QuietlyStopped { undo: scene.facts.last_stop().is_some() })
    } else if scene.plainly_stopped().next().is_some() {
        step.tell(Line::TooLateToUndo)
    } else {
        step.tell(Line::Finished)
    }
}
