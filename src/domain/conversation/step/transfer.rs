//! 機種変更: everything moves to another LINE account, by a code that lasts ten minutes.

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

/// The code is right: everything moves here. The words are the same after a loss.
pub(super) fn moved(scene: Scene<'_>, code: CodeId, active: bool) -> Step {
    let step = scene.stay().to(State::Idle).want(Effect::Transfer { code });
    let step = if active { step.want(Effect::ShowToday) } else { step };
    step.tell(Line::Transferred)
}
