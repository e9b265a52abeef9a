//! 生まれました: neutral first, family-wide after the yes, and a week to take it back.

use chrono::NaiveDate;

use super::super::postback::{ChildRef, Tap};
use super::super::state::{State, Wanted};
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, ReportedBirth, Step, ages};
use super::scene::{Scene, due_date};
use super::{count, twins};
use crate::domain::family::Follow;
use crate::domain::ids::ChildId;

/// A birth report can be taken back for this many days.
const UNDO_DAYS: i64 = 7;

/// Whether a report of that day can still be taken back.
pub(super) fn can_be_undone(birth: &ReportedBirth, today: NaiveDate) -> bool {
    (today - birth.on).num_days() <= UNDO_DAYS
}

/// The birth date is known: a birth before 22 weeks is met gently, every other one is confirmed.
pub(super) fn dated(scene: Scene<'_>, child: ChildRef, born: NaiveDate) -> Step {
    let Some((follow, due)) = expected(scene, child) else { return scene.end(Line::NoLongerAsked) };
    if !follow.is_parent() {
        return scene.end(Line::OnlyParents);
    }
    if born < ages::plus(due, -ages::BIRTH_BEFORE_DUE) {
        let state = State::AskingDate { wanted: Wanted::Birth { child } };
        return scene.stay().to(state).say(Prompt::GentleBirth { child });
    }
    scene.ask(State::ConfirmingBirth { child, born })
}

/// The answer to the confirmation.
pub(super) fn confirmed(scene: Scene<'_>, child: ChildRef, born: NaiveDate, tap: Tap) -> Option<Step> {
    match tap {
        Tap::Yes => Some(with_twins(scene, child, born)),
        Tap::No => Some(scene.ask(State::AskingDate { wanted: Wanted::Birth { child } })),
        _ => None,
    }
}

/// Those who were due on the same day are asked about before anything is said of one of them.
fn with_twins(scene: Scene<'_>, child: ChildRef, born: NaiveDate) -> Step {
    let twins = twins::due_together(scene, child);
    if twins.is_empty() {
        return reported(scene, &[child], born);
    }
    scene.ask(State::ConfirmingTwins { children: [child].into_iter().chain(twins).collect(), born })
}

/// These children were born on that day. A twin that was not is asked about next; a child that came
/// early is asked how to count.
pub(super) fn reported(scene: Scene<'_>, children: &[ChildRef], born: NaiveDate) -> Step {
    let (Some(step), [first, ..]) = (quietly(scene, children, born), children) else {
        return scene.end(Line::NoLongerAsked);
    };
    let step = step.want(Effect::ShowToday).say(Prompt::Born { child: *first });
    match twins::due_together(scene, *first).iter().find(|twin| !children.contains(twin)) {
        Some(twin) => step.ask(State::AskingDate { wanted: Wanted::Birth { child: *twin } }),
        None => count::after_birth(step, scene, children, born),
    }
}

/// The reports alone, without a word; `None` where this reader may not make them, or not any more.
pub(super) fn quietly(scene: Scene<'_>, children: &[ChildRef], born: NaiveDate) -> Option<Step> {
    let may_speak = |child: &ChildRef| expected(scene, *child).is_some_and(|(follow, _)| follow.is_parent());
    if born > scene.today() || !children.iter().all(may_speak) {
        return None;
    }
    let mut step = scene.stay().to(State::Idle);
    for child in children {
        step.next.births.retain(|birth| birth.child != child.id);
        step.next.births.push(ReportedBirth { child: child.id, on: scene.today() });
        step = step.want(Effect::ReportBirth { child: child.id, born });
    }
    Some(step)
}

fn expected(scene: Scene<'_>, child: ChildRef) -> Option<(&Follow, NaiveDate)> {
    let follow = scene.follow(child).filter(|follow| follow.is_active())?;
    due_date(follow).map(|due| (follow, due))
}

/// Takes the report of this child back, if it was made here within the week.
pub(super) fn undo(scene: Scene<'_>, child: ChildId) -> Step {
    let reported = scene.talk.births.iter().any(|birth| birth.child == child);
    let born = scene
        .facts
        .follows
        .iter()
        .any(|follow| follow.child.id == child && follow.is_active() && follow.child.journey.born().is_some());
    if !(reported && born) {
        return scene.again(if scene.is_quiet() { Line::QuietStopped } else { Line::BirthNotUndone });
    }
    let children = reported_with(scene, child);
    let undone = |step: Step, child: &ChildId| step.want(Effect::UndoBirth { child: *child });
    let mut step = children.iter().fold(scene.stay().to(State::Idle), undone).tell(Line::BirthUndone);
    step.next.births.retain(|birth| !children.contains(&birth.child));
    step
}

/// The child, and its twins whose birth was reported here with it.
fn reported_with(scene: Scene<'_>, child: ChildId) -> Vec<ChildId> {
    let journey = |id: ChildId| {
        let follow = scene.facts.follows.iter().find(|follow| follow.child.id == id)?;
        follow.is_active().then_some(&follow.child.journey)
    };
    let on = scene.talk.births.iter().find(|birth| birth.child == child).map(|birth| birth.on);
    let twins = scene.talk.births.iter().filter(|birth| birth.child != child && Some(birth.on) == on);
    let twins = twins.filter(|birth| journey(birth.child) == journey(child)).map(|birth| birth.child);
    [child].into_iter().chain(twins).collect()
}

/// 「まちがえました」 typed: takes the last report back, unless a stop came after it.
pub(super) fn undo_latest(scene: Scene<'_>) -> Option<Step> {
    let birth = scene.talk.births.last()?;
    let stopped_since = scene.facts.last_stop().is_some_and(|stopped| stopped >= birth.on);
    (!stopped_since).then(|| undo(scene, birth.child))
}
