//! 時刻: the reader's own time of day, inside the hours in which anything is sent.

use super::super::postback::Tap;
use super::super::reading::times;
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::{Effect, Step};
use super::commands::nothing_active;
use super::scene::Scene;

/// What the buttons offer, in minutes after midnight: 朝8時, 昼12時, 夜8時.
const OFFERED: [u16; 3] = [8 * 60, 12 * 60, 20 * 60];
/// A time after the last is brought this far before it, so that a late morning still has its window.
const BEFORE_CLOSING: u16 = 30;

/// Asks for the time of day.
pub(super) fn ask(scene: Scene<'_>) -> Step {
    nothing_active(scene).unwrap_or_else(|| scene.ask(State::ChoosingTime))
}

/// One of the times that were offered.
pub(super) fn answer(scene: Scene<'_>, tap: Tap) -> Option<Step> {
    match tap {
        Tap::Pick(index) => OFFERED.get(usize::from(index)).map(|minute| set(scene, *minute)),
        _ => None,
    }
}

/// A typed time.
pub(super) fn typed(scene: Scene<'_>, text: &str) -> Option<Step> {
    times::minute(text).map(|minute| set(scene, minute))
}

fn set(scene: Scene<'_>, wanted: u16) -> Step {
    let hours = scene.facts.account.hours;
    let minute = if wanted < hours.opens {
        hours.opens
    } else if wanted >= hours.closes {
        hours.closes.saturating_sub(BEFORE_CLOSING).max(hours.opens)
    } else {
        wanted
    };
    scene.stay().to(State::Idle).want(Effect::SetTime { minute }).say(Prompt::TimeSet { clipped: minute != wanted })
}
