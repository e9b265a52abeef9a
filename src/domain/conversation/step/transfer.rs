//! 機種変更: everything moves to another LINE account, by a code that lasts ten minutes.

use super::super::postback::Tap;
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::scene::Scene;
use crate::domain::code::{Code, CodeKind};
use crate::domain::ids::CodeId;

/// On the old phone: a code. Whoever has nothing to move is asked for one.
pub(super) fn begin(scene: Scene<'_>) -> Step {
    if scene.facts.follows.is_empty() {
        return enter(scene);
    }
    let code = Code::fresh(CodeKind::Transfer, scene.facts.sharing.chance);
    let keep = Effect::KeepCode { kind: CodeKind::Transfer, code: code.clone() };
    scene.stay().to(State::Idle).want(keep).say(Prompt::TransferCode { code })
}

/// On the new phone: asks for the code.
pub(super) fn enter(scene: Scene<'_>) -> Step {
    scene.ask(State::AskingCode { wanted: CodeKind::Transfer })
}

/// The code is right. It may have been taken for an invitation: nothing moves before the yes.
pub(super) fn ask(scene: Scene<'_>, code: CodeId) -> Step {
    scene.ask(State::ConfirmingTransfer { code })
}

/// The answer to the confirmation. The words are the same after a loss.
pub(super) fn answer(scene: Scene<'_>, code: CodeId, tap: Tap) -> Option<Step> {
    if tap != Tap::Yes {
        return None;
    }
    let Some(moves) = scene.facts.sharing.moves.filter(|moves| moves.code == code) else {
        return Some(scene.end(Line::CodeUnusable));
    };
    let step = scene.stay().to(State::Idle).want(Effect::Transfer { code });
    let step = if moves.active { step.want(Effect::ShowToday) } else { step };
    Some(step.tell(Line::Transferred))
}
