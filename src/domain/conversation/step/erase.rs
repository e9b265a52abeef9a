//! 登録を消す: everything that is known of the reader, at once and for good.

use super::super::postback::Tap;
use super::super::state::State;
use super::super::wording::lines::Line;
use super::super::{Conversation, Effect, Step};
use super::scene::Scene;

/// Asks first: nothing brings it back.
pub(super) fn ask(scene: Scene<'_>) -> Step {
    scene.ask(State::ConfirmingErase)
}

/// The answer to the confirmation. Nothing of the conversation stays either.
pub(super) fn answer(scene: Scene<'_>, tap: Tap) -> Option<Step> {
    (tap == Tap::Yes).then(|| {
        let mut step = scene.stay().want(Effect::Erase).tell(Line::Erased);
        step.next = Conversation::default();
        step
    })
}
