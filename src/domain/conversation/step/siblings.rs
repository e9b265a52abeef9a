//! One more child: the same questions as the first time, with what was agreed to carried over.

use super::super::wording::lines::Line;
use super::super::{Effect, Enrolment, Step};
use super::registration;
use super::scene::Scene;

/// More than this many cards do not stand side by side (LINE: 12 bubbles, one is for deliveries).
const MOST_CHILDREN: usize = 10;

/// Begins another registration, or leads back to the open one.
pub(super) fn begin(scene: Scene<'_>) -> Step {
    if scene.state().is_registration() {
        registration::resume(scene)
    } else if is_full(scene, 1) {
        scene.again(Line::TooManyChildren)
    } else {
        registration::afresh(scene)
    }
}

/// Whether so many more would be too many.
pub(super) fn is_full(scene: Scene<'_>, more: usize) -> bool {
    scene.facts.follows.len() + more > MOST_CHILDREN
}

/// The yes to another child: its first message comes along if today's has not left yet.
pub(super) fn enrolled(step: Step, enrolment: Enrolment) -> Step {
    step.want(Effect::Enrol(enrolment)).want(Effect::ShowNewcomers)
}
