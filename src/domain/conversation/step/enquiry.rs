//! 問い合わせ番号: a number to say over the telephone, so that a desk finds what became of the letters.

use super::super::wording::Prompt;
use super::super::{Effect, Step};
use super::commands::with_way_back;
use super::scene::Scene;
use crate::domain::code::{Code, CodeKind};

/// A new number; an open question stays.
pub(super) fn show(scene: Scene<'_>) -> Step {
    let code = Code::fresh(CodeKind::Enquiry, scene.facts.sharing.chance);
    let keep = Effect::KeepCode { kind: CodeKind::Enquiry, code: code.clone() };
    with_way_back(scene, scene.stay().want(keep).say(Prompt::EnquiryNumber { code }))
}
