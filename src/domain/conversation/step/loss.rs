//! Sad news: everything of the reader's own stops first, in the same step; only then, and only when
//! there are several children, comes a question.

use super::super::goes_on::before_stop;
use super::super::postback::{ChildRef, Tap};
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::children;
use super::scene::{Scene, reference};
use super::stop::ids;
use crate::domain::family::{Follow, StopReason};
use crate::domain::ids::ChildId;

/// The button 「つらいお知らせのとき」: one confirmation, since it stands beside happy news.
pub(super) fn ask(scene: Scene<'_>) -> Step {
    if scene.facts.concerned_by_loss().is_empty() { now(scene) } else { scene.ask(State::ConfirmingLoss) }
}

/// Stops everything at once, and for the family what the reader may speak for.
pub(super) fn now(scene: Scene<'_>) -> Step {
    after(scene.stay(), scene)
}

/// The same, after what this step wants already.
pub(super) fn after(step: Step, scene: Scene<'_>) -> Step {
    let concerned = scene.facts.concerned_by_loss();
    let step = step.to(State::Idle);
    if concerned.is_empty() {
        let step = if scene.facts.follows.is_empty() {
            step.tell(Line::LossHeard)
        } else {
            step.want(Effect::StandStill).tell(Line::QuietStopped)
        };
        return step.say(Prompt::LossTalk { undo: false });
    }
    // What was ended plainly before stays so, unless it turns out to be the one that is meant.
    let going = concerned.iter().any(|follow| follow.is_active());
    let stopped = concerned.iter().filter(|follow| !going || follow.is_active());
    let step = step.want(Effect::Stop { children: ids(stopped.copied()), reason: StopReason::Loss });
    match concerned.as_slice() {
        [only] => {
            for_family(step, &[only.child.id], scene).tell(Line::LossStopped).say(Prompt::LossTalk { undo: true })
        }
        several => step.tell(Line::LossStoppedAll).say(Prompt::LossTalk { undo: true }).ask(State::ChoosingLost {
            children: several.iter().map(|follow| reference(follow)).collect(),
            together: together(several),
            ended: ids(several.iter().copied().filter(|follow| !follow.is_active())),
        }),
    }
}

/// Twins among several children, so that both can be meant and the sibling not.
fn together(concerned: &[&Follow]) -> Vec<Vec<ChildRef>> {
    let mut groups: Vec<Vec<&Follow>> = Vec::new();
    for follow in concerned {
        let dates = before_stop(&follow.child.journey);
        match groups.iter_mut().find(|group| before_stop(&group[0].child.journey) == dates) {
            Some(group) => group.push(follow),
            None => groups.push(vec![follow]),
        }
    }
    let shared = groups.iter().filter(|group| group.len() > 1 && group.len() < concerned.len());
    shared.map(|group| group.iter().map(|follow| reference(follow)).collect()).collect()
}

/// What the open question knows.
#[derive(Clone, Copy)]
pub(super) struct Choice<'a> {
    pub(super) children: &'a [ChildRef],
    pub(super) together: &'a [Vec<ChildRef>],
    pub(super) ended: &'a [ChildId],
}

/// Which child it was; the deliveries for the others go on.
pub(super) fn chosen(scene: Scene<'_>, choice: Choice<'_>, tap: Tap) -> Option<Step> {
    match tap {
        Tap::Pick(index) => {
            let index = usize::from(index);
            let one = choice.children.get(index).map(|child| vec![child.id]);
            let twins = || choice.together.get(index.checked_sub(choice.children.len())?).map(|twins| all(twins));
            Some(picked(scene, choice, &one.or_else(twins)?))
        }
        Tap::PickAll => {
            let all = all(choice.children);
            Some(for_family(own_stop(scene.stay().to(State::Idle), &all, scene), &all, scene).tell(Line::LossAll))
        }
        Tap::PickNone => Some(scene.end(Line::LossAll)),
        _ => None,
    }
}

/// A nickname was typed instead.
pub(super) fn named(scene: Scene<'_>, choice: Choice<'_>, text: &str) -> Option<Step> {
    let called = |child: &&ChildRef| {
        let follow = scene.facts.follows.iter().find(|follow| follow.child.id == child.id);
        follow.is_some_and(|follow| children::is_called(follow, text))
    };
    let mut found = choice.children.iter().filter(called);
    let child = found.next()?;
    found.next().is_none().then(|| picked(scene, choice, &[child.id]))
}

fn all(children: &[ChildRef]) -> Vec<ChildId> {
    children.iter().map(|child| child.id).collect()
}

fn picked(scene: Scene<'_>, choice: Choice<'_>, lost: &[ChildId]) -> Step {
    let step = for_family(own_stop(scene.stay().to(State::Idle), lost, scene), lost, scene);
    let stopped_with_it = scene.facts.follows.iter().filter(|follow| {
        let id = follow.child.id;
        let loss = follow.stopped.is_some_and(|stop| stop.reason == StopReason::Loss);
        loss && !lost.contains(&id)
            && choice.children.iter().any(|child| child.id == id)
            && !follow.child.journey.is_stopped()
    });
    // Where nothing went on before, the others are what they were: stopped plainly.
    if choice.ended.len() == choice.children.len() {
        let plain = ids(stopped_with_it);
        let step = if plain.is_empty() {
            step
        } else {
            step.want(Effect::Stop { children: plain, reason: StopReason::Plain })
        };
        return step.tell(Line::LossAll);
    }
    let others = ids(stopped_with_it.filter(|follow| !choice.ended.contains(&follow.child.id)));
    if others.is_empty() {
        return step.tell(Line::LossAll);
    }
    step.want(Effect::UndoStop { children: others }).tell(Line::LossOthersGoOn)
}

/// The reader's own stop for what was lost, also where it stands already: it turns a plain stop into one
/// after which words stay quiet, and nothing cheerful travels with the answer.
pub(super) fn own_stop(step: Step, children: &[ChildId], scene: Scene<'_>) -> Step {
    let lost = ids(scene.facts.follows.iter().filter(|follow| children.contains(&follow.child.id)));
    if lost.is_empty() { step } else { step.want(Effect::Stop { children: lost, reason: StopReason::Loss }) }
}

/// Reports the loss for everybody, for those children whose registrant, mother or father reports it.
pub(super) fn for_family(step: Step, children: &[ChildId], scene: Scene<'_>) -> Step {
    let follows = scene.facts.follows.iter();
    let reported = follows.filter(|follow| {
        children.contains(&follow.child.id) && follow.is_parent() && !follow.child.journey.is_stopped()
    });
    let reported = ids(reported);
    if reported.is_empty() { step } else { step.want(Effect::ReportLoss { children: reported }) }
}
