//! 地域: the part of the municipality the reader lives in, where the municipality has any.

use super::super::postback::Tap;
use super::super::reading::fold;
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::commands::nothing_active;
use super::scene::Scene;

/// Asks for the area.
pub(super) fn ask(scene: Scene<'_>) -> Step {
    let areas = &scene.facts.account.municipality.areas;
    if areas.is_empty() {
        return scene.again(Line::NoAreas);
    }
    nothing_active(scene).unwrap_or_else(|| scene.ask(State::ChoosingArea { areas: areas.clone() }))
}

/// One of the areas that were offered, or none.
pub(super) fn answer(scene: Scene<'_>, areas: &[String], tap: Tap) -> Option<Step> {
    match tap {
        Tap::Pick(index) => areas.get(usize::from(index)).map(|area| set(scene, Some(area.clone()))),
        Tap::PickNone => Some(set(scene, None)),
        _ => None,
    }
}

/// The name of an area was typed.
pub(super) fn typed(scene: Scene<'_>, areas: &[String], text: &str) -> Option<Step> {
    let found = areas.iter().find(|area| area.trim() == text.trim() || fold(area) == fold(text))?;
    Some(set(scene, Some(found.clone())))
}

fn set(scene: Scene<'_>, area: Option<String>) -> Step {
    scene.stay().to(State::Idle).want(Effect::SetArea { area: area.clone() }).say(Prompt::AreaSet { area })
}
