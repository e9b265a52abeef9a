//! Following, blocking, and coming back.
//!
//! Nobody who comes back is sent anything by itself: a block may have been grief. Deliveries rest
//! until the reader says so.

use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::registration;
use super::scene::Scene;
use crate::domain::family::Standing;

/// The reader added or unblocked the account.
pub(super) fn followed(scene: Scene<'_>) -> Step {
    let mut step = if scene.facts.follows.is_empty() { newcomer(scene) } else { returned(scene) };
    if scene.facts.standing != Some(Standing::Following) {
        step.effects.insert(0, Effect::Stand(Standing::Following));
    }
    step
}

fn newcomer(scene: Scene<'_>) -> Step {
    if scene.state().has_answers() || matches!(scene.state(), State::Resuming { .. }) {
        return registration::resume(scene);
    }
    let mut step = registration::afresh(scene);
    step.prompts.insert(0, Prompt::Greeting);
    step
}

fn returned(scene: Scene<'_>) -> Step {
    let step = scene.stay().to(State::Idle);
    let stopped = scene.plainly_stopped().any(|follow| follow.stopped.is_some_and(|stop| scene.is_recent(stop.on)));
    if scene.is_quiet() {
        step.tell(Line::ReturnedQuietly)
    } else if scene.active().next().is_some() {
        step.want(Effect::Pause { until: None }).say(Prompt::WelcomeBack)
    } else if stopped {
        step.say(Prompt::WelcomeBack)
    } else {
        step.say(Prompt::Greeting).say(Prompt::NotRegistered)
    }
}

/// The reader blocked the account. A draft stays for its day; nothing can be said.
pub(super) fn unfollowed(scene: Scene<'_>) -> Step {
    scene.stay().want(Effect::Stand(Standing::Away))
}

/// Whoever writes to us before we heard of a follow is somebody who follows.
pub(super) fn heard_of(scene: Scene<'_>, mut step: Step) -> Step {
    if scene.facts.standing.is_none() {
        step.effects.insert(0, Effect::Stand(Standing::Following));
    }
    step
}
