//! 家族を招待: a code for one person, who joined, and letting somebody go again.

use super::super::postback::Tap;
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::commands::nothing_active;
use super::scene::Scene;
use crate::domain::code::{Code, CodeKind};
use crate::domain::family::Follow;
use crate::domain::ids::ReaderId;

/// A new invitation. Only those who may speak for the family invite.
pub(super) fn invite(scene: Scene<'_>) -> Step {
    nothing_active(scene).or_else(|| no_parent(scene)).unwrap_or_else(|| {
        let code = Code::fresh(CodeKind::Invitation, scene.facts.sharing.chance);
        let keep = Effect::KeepCode { kind: CodeKind::Invitation, code: code.clone() };
        scene.stay().to(State::Idle).want(keep).say(Prompt::Invitation { code })
    })
}

/// Who else follows the children, by role and day alone.
pub(super) fn family(scene: Scene<'_>) -> Step {
    nothing_active(scene).or_else(|| no_parent(scene)).unwrap_or_else(|| {
        let members = scene.facts.sharing.removable().map(|member| member.reader).take(MOST_OFFERED);
        let members: Vec<ReaderId> = members.collect();
        match (scene.facts.sharing.members.is_empty(), members.is_empty()) {
            (true, _) => scene.stay().to(State::Idle).say(Prompt::NoFamily),
            (false, true) => scene.stay().to(State::Idle).say(Prompt::Family),
            (false, false) => scene.ask(State::ChoosingMember { members }),
        }
    })
}

/// More members than this are not offered on one card.
const MOST_OFFERED: usize = 10;

fn no_parent(scene: Scene<'_>) -> Option<Step> {
    (!may_invite(scene)).then(|| scene.again(Line::OnlyParentsInvite))
}

/// Whether the reader speaks for a child that goes on.
pub(super) fn may_invite(scene: Scene<'_>) -> bool {
    scene.active().any(Follow::is_parent)
}

/// A member was chosen; nobody is removed by one tap.
pub(super) fn chosen(scene: Scene<'_>, members: &[ReaderId], tap: Tap) -> Option<Step> {
    match tap {
        Tap::Pick(index) => {
            members.get(usize::from(index)).map(|member| scene.ask(State::ConfirmingRemoval { member: *member }))
        }
        _ => None,
    }
}

/// The answer to the confirmation. Whoever was removed meanwhile is not there any more.
pub(super) fn removed(scene: Scene<'_>, member: ReaderId, tap: Tap) -> Option<Step> {
    let still = scene.facts.sharing.removable().any(|one| one.reader == member);
    match tap {
        Tap::Yes if still => {
            Some(scene.stay().to(State::Idle).want(Effect::RemoveMember { member }).tell(Line::MemberRemoved))
        }
        Tap::Yes => Some(scene.end(Line::NoLongerAsked)),
        _ => None,
    }
}
