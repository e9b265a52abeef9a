//! Sad news: everything of the reader's own stops first, in the same step; only then, and only when
//! there are several children, comes a question.

use super::super::postback::{ChildRef, Tap};
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::scene::{Scene, due_date, reference};
use super::stop::ids;
use crate::domain::family::{Follow, StopReason};
use crate::domain::ids::ChildId;

/// The button 「つらいお知らせのとき」: one confirmation, since it stands beside happy news.
pub(super) fn ask(scene: Scene<'_>) -> Step {
    if concerned(scene).is_empty() { now(scene) } else { scene.ask(State::ConfirmingLoss) }
}

/// Stops everything at once, and for the family what the reader may speak for.
pub(super) fn now(scene: Scene<'_>) -> Step {
    let concerned = concerned(scene);
    let step = scene.stay().to(State::Idle);
    if concerned.is_empty() {
        let line = if scene.facts.follows.is_empty() { Line::LossHeard } else { Line::QuietStopped };
        return step.tell(line).say(Prompt::LossTalk { undo: false });
    }
    // What was ended plainly before stays so, unless it turns out to be the one that is meant.
    let going = concerned.iter().any(|follow| follow.is_active());
    let stopped = concerned.iter().filter(|follow| !going || follow.is_active());
    let step = step.want(Effect::Stop { children: ids(stopped.copied()), reason: StopReason::Loss });
    match concerned.as_slice() {
        [only] => {
            for_family(step, &[only.child.id], scene).tell(Line::LossStopped).say(Prompt::LossTalk { undo: true })
        }
        several => step
            .tell(Line::LossStoppedAll)
            .say(Prompt::LossTalk { undo: true })
            .ask(State::ChoosingLost { children: several.iter().map(|follow| reference(follow)).collect() }),
    }
}

/// The children whose deliveries go on; when all stand still already, those stopped plainly. A pregnancy
/// that was ended before is among them where no other goes on: a toddler is not taken for the one lost.
fn concerned(scene: Scene<'_>) -> Vec<&Follow> {
    let active = scene.facts.follows.iter().filter(|follow| follow.is_active()).collect::<Vec<_>>();
    let expects = active.iter().any(|follow| due_date(follow).is_some());
    let ended = scene.plainly_stopped().filter(|follow| active.is_empty() || !expects && due_date(follow).is_some());
    let ended = ended.collect::<Vec<_>>();
    [active, ended].concat()
}

/// Which child it was; the deliveries for the others go on.
pub(super) fn chosen(scene: Scene<'_>, children: &[ChildRef], tap: Tap) -> Option<Step> {
    let all = children.iter().map(|child| child.id).collect::<Vec<_>>();
    let step = scene.stay().to(State::Idle);
    match tap {
        Tap::Pick(index) => {
            let lost = *all.get(usize::from(index))?;
            let step = for_family(own_stop(step, &[lost], scene), &[lost], scene);
            let step = resumed(step, scene, &all, lost);
            Some(step.tell(Line::LossOthersGoOn))
        }
        Tap::PickAll => Some(for_family(own_stop(step, &all, scene), &all, scene).tell(Line::LossAll)),
        Tap::PickNone => Some(step.tell(Line::LossAll)),
        _ => None,
    }
}

/// Turns a plain stop into one after which words stay quiet.
fn own_stop(step: Step, children: &[ChildId], scene: Scene<'_>) -> Step {
    let ended = ids(scene.plainly_stopped().filter(|follow| children.contains(&follow.child.id)));
    if ended.is_empty() { step } else { step.want(Effect::Stop { children: ended, reason: StopReason::Loss }) }
}

/// Lifts the stop of those that were stopped with the lost child.
fn resumed(step: Step, scene: Scene<'_>, stopped: &[ChildId], lost: ChildId) -> Step {
    let follows = scene.facts.follows.iter();
    let others = ids(follows.filter(|follow| {
        let id = follow.child.id;
        let with_it = follow.stopped.is_some_and(|stop| stop.reason == StopReason::Loss);
        id != lost && stopped.contains(&id) && with_it
    }));
    if others.is_empty() { step } else { step.want(Effect::UndoStop { children: others }) }
}

/// Reports the loss for everybody, for those children whose registrant, mother or father reports it.
fn for_family(step: Step, children: &[ChildId], scene: Scene<'_>) -> Step {
    let follows = scene.facts.follows.iter();
    let reported = follows.filter(|follow| {
        children.contains(&follow.child.id) && follow.is_parent() && !follow.child.journey.is_stopped()
    });
    let reported = ids(reported);
    if reported.is_empty() { step } else { step.want(Effect::ReportLoss { children: reported }) }
}
