//! Joining by an invitation, and every other code that is typed.

use super::super::postback::Tap;
use super::super::sharing::{Invitation, Typed};
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{CONSENT_VERSION, Effect, Step};
use super::scene::Scene;
use super::stop::ids;
use super::{siblings, transfer};
use crate::domain::code::CodeKind;
use crate::domain::family::{Follow, Role};
use crate::domain::ids::CodeId;

/// Asks for the code of an invitation.
pub(super) fn ask(scene: Scene<'_>) -> Step {
    scene.ask(State::AskingCode { wanted: CodeKind::Invitation })
}

/// A code that was typed, whatever is open; `None` when the text is none, or may well be a name.
pub(super) fn typed(scene: Scene<'_>) -> Option<Step> {
    let typed = &scene.facts.sharing.typed;
    let named =
        matches!(scene.state(), State::AskingNickname { .. } | State::AskingNewName { .. } | State::NamingTwins { .. });
    if *typed == Typed::Nothing || named {
        return None;
    }
    // Before anything is said about the code: a right one must not show itself.
    if scene.talk.guesses.rest_at(scene.facts.now) {
        return Some(scene.again(Line::CodesRest));
    }
    Some(match typed {
        Typed::Nothing => return None,
        Typed::Unusable => wrong(scene),
        Typed::Own => scene.again(Line::OwnCode),
        Typed::Invitation(invitation) => offered(scene, invitation),
        Typed::Transfer(moves) => transfer::ask(scene, moves.code),
    })
}

fn wrong(scene: Scene<'_>) -> Step {
    let mut step = scene.again(Line::CodeUnusable);
    step.next.guesses = scene.talk.guesses.with_another(scene.facts.now);
    step
}

fn offered(scene: Scene<'_>, invitation: &Invitation) -> Step {
    let known: Vec<&Follow> = known(scene, invitation).collect();
    let new = invitation.children.len() - known.len();
    let opens = |follow: &&&Follow| follow.stopped.is_some() || !follow.is_parent();
    if invitation.children.is_empty() {
        scene.again(Line::CodeUnusable)
    } else if new == 0 && known.iter().all(|follow| follow.is_lost()) {
        scene.again(Line::QuietStopped)
    } else if new == 0 && !known.iter().filter(opens).any(|follow| !follow.is_lost()) {
        scene.again(Line::AlreadyJoined)
    } else if siblings::is_full(scene, new) {
        scene.again(Line::TooManyChildren)
    } else {
        scene.ask(State::Joining { code: invitation.code })
    }
}

/// What the reader follows already of the children of an invitation.
fn known<'a>(scene: Scene<'a>, invitation: &Invitation) -> impl Iterator<Item = &'a Follow> {
    scene.facts.follows.iter().filter(|follow| invitation.children.iter().any(|child| child.id == follow.child.id))
}

/// The role is the answer to the card, and the consent.
pub(super) fn answer(scene: Scene<'_>, code: CodeId, tap: Tap) -> Option<Step> {
    match (role_of(tap), tap) {
        (Some(role), _) => Some(joined(scene, code, role)),
        (None, Tap::Decline) => Some(scene.end(Line::JoinDeclined)),
        (None, _) => None,
    }
}

/// Follows what is new. Where the reader had stopped plainly it begins again; a loss is never lifted here.
fn joined(scene: Scene<'_>, code: CodeId, role: Role) -> Step {
    let Some(invitation) = scene.facts.sharing.invitation(code).filter(|found| !found.children.is_empty()) else {
        return scene.end(Line::CodeUnusable);
    };
    let consent = Effect::Consent { version: CONSENT_VERSION };
    let mut step = scene.stay().to(State::Idle).want(consent).want(Effect::Join { code, role });
    let stopped = ids(known(scene, invitation).filter(|follow| follow.stopped.is_some() && !follow.is_lost()));
    if stopped.is_empty() && known(scene, invitation).count() == invitation.children.len() {
        return step.say(Prompt::RoleSet { role });
    }
    if !stopped.is_empty() {
        step = step.want(Effect::UndoStop { children: stopped });
    }
    // A rest from before would hold the new letters back unseen; one that still rests others stays.
    let alone = scene.active().next().is_none();
    if alone && scene.facts.profile.pause.is_some() {
        step = step.want(Effect::Resume);
    }
    step.want(Effect::ShowToday).say(Prompt::Joined)
}

/// The role that a button names.
pub(super) const fn role_of(tap: Tap) -> Option<Role> {
    match tap {
        Tap::RoleMother => Some(Role::Mother),
        Tap::RoleFather => Some(Role::Father),
        Tap::RoleGrandparent => Some(Role::Grandparent),
        Tap::RoleOther => Some(Role::Other),
        _ => None,
    }
}
