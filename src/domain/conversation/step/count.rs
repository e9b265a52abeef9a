//! 修正月齢: from which date the development of a child that came early is counted.
//!
//! Asked once after the birth report, and changeable any time. Check-ups, vaccinations and allowances
//! go by the birth date whatever is chosen. Twins came on the same journey: the choice is for all.

use chrono::NaiveDate;

use super::super::postback::{ChildRef, Tap};
use super::super::state::State;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::scene::{Scene, reference};
use super::stop::ids;
use crate::domain::family::{Follow, Journey};
use crate::domain::pregnancy::{DueDate, is_preterm};

/// The question for a child and for those born early on the same journey.
pub(super) fn question(scene: Scene<'_>, child: ChildRef) -> State {
    let due = scene.follow(child).and_then(known_due);
    let twins = scene.active().filter(|follow| is_early_twin(follow, due)).map(reference);
    let others = twins.filter(|twin| twin.id != child.id);
    State::ChoosingCount { children: [child].into_iter().chain(others).collect() }
}

/// After a birth report: the question, if the children came early. Their versions are those after it.
pub(super) fn after_birth(step: Step, scene: Scene<'_>, reported: &[ChildRef], born: NaiveDate) -> Step {
    let due = reported.first().and_then(|child| scene.follow(*child)).and_then(known_due);
    if !due.is_some_and(|due| is_preterm(born, DueDate::kept(due))) {
        return step;
    }
    let after = reported.iter().map(|child| ChildRef { version: child.version + 1, ..*child });
    let twins = scene.active().filter(|follow| is_early_twin(follow, due)).map(reference);
    step.ask(State::ChoosingCount { children: after.chain(twins).collect() })
}

const fn known_due(follow: &Follow) -> Option<NaiveDate> {
    match follow.child.journey {
        Journey::Expected { due } => Some(due),
        Journey::Born { due, .. } => due,
        Journey::Stopped { .. } => None,
    }
}

fn is_early_twin(follow: &Follow, due: Option<NaiveDate>) -> bool {
    follow.child.came_early() && follow.is_parent() && known_due(follow) == due
}

/// The answer.
pub(super) fn answer(scene: Scene<'_>, children: &[ChildRef], tap: Tap) -> Option<Step> {
    match tap {
        Tap::CountFromDue => Some(chosen(scene, children, true)),
        Tap::CountFromBirth => Some(chosen(scene, children, false)),
        Tap::CountLater => Some(scene.end(Line::CountedLater)),
        _ => None,
    }
}

fn chosen(scene: Scene<'_>, children: &[ChildRef], corrected: bool) -> Step {
    let follows = children.iter().filter_map(|child| scene.follow(*child));
    let children = ids(follows.filter(|follow| follow.is_active() && follow.is_parent()));
    if children.is_empty() {
        return scene.end(Line::NoLongerAsked);
    }
    let line = if corrected { Line::CountedFromDue } else { Line::CountedFromBirth };
    scene.stay().to(State::Idle).want(Effect::Count { children, corrected }).tell(line)
}
