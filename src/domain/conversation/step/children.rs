//! Which child is meant, when there are several.

use super::super::Step;
use super::super::postback::{ChildRef, Tap};
use super::super::reading::fold;
use super::super::state::{Matter, State, Wanted};
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::commands::unregistered;
use super::count;
use super::scene::{Scene, due_date, reference};
use crate::domain::family::Follow;

/// More children than this are not offered on one card.
const MOST_OFFERED: usize = 10;

/// Asks for the child, or goes on when only one can be meant.
pub(super) fn begin(scene: Scene<'_>, matter: Matter) -> Step {
    let concerned = scene.active().filter(|follow| concerns(matter, follow)).collect::<Vec<_>>();
    among(scene, matter, &concerned)
}

/// Asks which of these it is, or goes on when only one can be meant.
pub(super) fn among(scene: Scene<'_>, matter: Matter, concerned: &[&Follow]) -> Step {
    let allowed = concerned.iter().filter(|follow| follow.is_parent()).map(|follow| reference(follow));
    let allowed = allowed.take(MOST_OFFERED).collect::<Vec<_>>();
    match allowed.as_slice() {
        [] if concerned.is_empty() => nobody(scene, matter),
        [] => scene.again(Line::OnlyParents),
        [only] => scene.ask(question(scene, matter, *only)),
        _ => scene.ask(State::ChoosingChild { matter, children: allowed }),
    }
}

/// The child that alone can be meant.
pub(super) fn only(scene: Scene<'_>, matter: Matter) -> Option<ChildRef> {
    let mut concerned = scene.active().filter(|follow| concerns(matter, follow));
    let one = concerned.next().filter(|follow| follow.is_parent())?;
    concerned.next().is_none().then(|| reference(one))
}

/// Goes on with the child of a button, if the button is still right.
pub(super) fn begin_with(scene: Scene<'_>, matter: Matter, child: ChildRef) -> Step {
    void(scene, matter, child, scene.old_button()).unwrap_or_else(|| scene.ask(question(scene, matter, child)))
}

/// What is said to a button about a child that is no longer right: `gone` when the family reported
/// something meanwhile, or that it is not the reader's to press. `None` when it is right.
pub(super) fn void(scene: Scene<'_>, matter: Matter, child: ChildRef, gone: Step) -> Option<Step> {
    match scene.follow(child).filter(|follow| follow.is_active() && concerns(matter, follow)) {
        None => Some(gone),
        Some(follow) if !follow.is_parent() => Some(scene.again(Line::OnlyParents)),
        Some(_) => None,
    }
}

/// A button of the card was tapped.
pub(super) fn chosen(scene: Scene<'_>, matter: Matter, children: &[ChildRef], tap: Tap) -> Option<Step> {
    match tap {
        Tap::Pick(index) => children.get(usize::from(index)).map(|child| go_on(scene, matter, *child)),
        _ => None,
    }
}

/// A nickname was typed instead.
pub(super) fn named(scene: Scene<'_>, matter: Matter, children: &[ChildRef], text: &str) -> Option<Step> {
    let called = |child: &&ChildRef| scene.follow(**child).is_some_and(|follow| is_called(follow, text));
    let mut found = children.iter().filter(called);
    let child = found.next()?;
    found.next().is_none().then(|| go_on(scene, matter, *child))
}

/// Whether a whole message is the child's nickname.
pub(super) fn is_called(follow: &Follow, text: &str) -> bool {
    follow
        .child
        .nickname
        .as_ref()
        .is_some_and(|name| name.expose() == text.trim() || fold(name.expose()) == fold(text) && !fold(text).is_empty())
}

/// The question ends when its children are no longer what they were.
fn go_on(scene: Scene<'_>, matter: Matter, child: ChildRef) -> Step {
    let still = scene.follow(child).is_some_and(|follow| follow.is_active() && concerns(matter, follow));
    if still { scene.ask(question(scene, matter, child)) } else { scene.end(Line::NoLongerAsked) }
}

fn concerns(matter: Matter, follow: &Follow) -> bool {
    match matter {
        Matter::DueDate | Matter::Birth => due_date(follow).is_some(),
        Matter::BirthDate => follow.child.journey.born().is_some(),
        Matter::Name | Matter::Twins => true,
        Matter::Count => follow.child.came_early(),
    }
}

fn question(scene: Scene<'_>, matter: Matter, child: ChildRef) -> State {
    match matter {
        Matter::DueDate => State::AskingDate { wanted: Wanted::DueDate { child } },
        Matter::BirthDate => State::AskingDate { wanted: Wanted::BirthDate { child } },
        Matter::Birth => State::AskingDate { wanted: Wanted::Birth { child } },
        Matter::Name => State::AskingNewName { child },
        Matter::Twins => State::CountingTwins { child },
        Matter::Count => count::question(scene, child),
    }
}

fn nobody(scene: Scene<'_>, matter: Matter) -> Step {
    let stopped = scene.plainly_stopped().next().is_some();
    if scene.facts.follows.is_empty() {
        unregistered(scene)
    } else if scene.is_quiet() {
        scene.again(Line::QuietStopped)
    } else if scene.active().next().is_none() {
        if stopped { scene.stay().to(State::Idle).say(Prompt::StoppedBefore) } else { scene.again(Line::Finished) }
    } else {
        scene.stay().to(State::Idle).say(Prompt::NobodyToChange(matter))
    }
}
