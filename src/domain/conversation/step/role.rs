//! 続柄: what the reader is to the children, told after registration by those who like.

use super::super::postback::Tap;
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::commands::nothing_active;
use super::join::role_of;
use super::scene::Scene;
use super::stop::ids;
use crate::domain::family::{Follow, Role};

/// Asks for the role.
pub(super) fn ask(scene: Scene<'_>) -> Step {
    nothing_active(scene).unwrap_or_else(|| scene.ask(State::ChoosingRole))
}

/// The role for the children the reader registered; without any, for those they were invited to.
///
/// Whoever was invited does not make themselves a parent, for parents speak for the family; unless it has
/// none any more.
pub(super) fn answer(scene: Scene<'_>, tap: Tap) -> Option<Step> {
    let role = role_of(tap)?;
    let registered: Vec<&Follow> = scene.active().filter(|follow| follow.registrant).collect();
    let concerned = if registered.is_empty() { scene.active().collect() } else { registered };
    let parents = matches!(role, Role::Mother | Role::Father);
    let unspoken_for = |follow: &Follow| scene.facts.sharing.unspoken_for.contains(&follow.child.id);
    let may = |follow: &&Follow| follow.is_parent() || !parents || unspoken_for(follow);
    let children = ids(concerned.into_iter().filter(may));
    if children.is_empty() {
        return Some(scene.end(Line::RoleByInvitation));
    }
    Some(scene.stay().to(State::Idle).want(Effect::SetRole { children, role }).say(Prompt::RoleSet { role }))
}
