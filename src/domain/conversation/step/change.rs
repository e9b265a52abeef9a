//! 変更: dates and nicknames of registered children.

use chrono::NaiveDate;

use super::super::postback::{ChildRef, Tap};
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Dates, Effect, Step};
use super::commands::unregistered;
use super::scene::{Scene, due_date};
use super::{dates, options};
use crate::domain::family::{Follow, Nickname};

/// A date that moves by more days than this is confirmed once.
const SMALL_MOVE_DAYS: i64 = 28;

/// The cards with everything that is registered.
pub(super) fn profile(scene: Scene<'_>) -> Step {
    if scene.facts.follows.is_empty() {
        unregistered(scene)
    } else if scene.is_quiet() {
        scene.again(Line::QuietStopped)
    } else if scene.active().next().is_some() {
        scene.stay().to(State::Idle).say(Prompt::Profile)
    } else if scene.plainly_stopped().next().is_some() {
        scene.stay().to(State::Idle).say(Prompt::StoppedBefore)
    } else {
        scene.stay().to(State::Idle).tell(Line::Finished)
    }
}

/// Another due date of an expected child.
pub(super) fn move_due(scene: Scene<'_>, child: ChildRef, due: NaiveDate) -> Step {
    let Some(follow) = changeable(scene, child) else { return gone(scene) };
    let Some(old) = due_date(follow) else { return gone(scene) };
    moved(scene, follow, child, old, Dates::Due { due })
}

/// Another birth date of a born child.
pub(super) fn move_birth(scene: Scene<'_>, child: ChildRef, born: NaiveDate) -> Step {
    let Some(follow) = changeable(scene, child) else { return gone(scene) };
    let Some(old) = follow.child.journey.born() else { return gone(scene) };
    moved(scene, follow, child, old, Dates::Born { born })
}

fn moved(scene: Scene<'_>, follow: &Follow, child: ChildRef, old: NaiveDate, dates: Dates) -> Step {
    let days = (date_of(dates) - old).num_days().abs();
    if !follow.is_parent() {
        scene.end(Line::OnlyParents)
    } else if days == 0 {
        scene.end(Line::SameDate)
    } else if days > SMALL_MOVE_DAYS {
        scene.ask(State::ConfirmingMove { child, dates })
    } else {
        apply(scene, child, dates)
    }
}

/// The answer to a date that is far from the old one.
pub(super) fn confirmed(scene: Scene<'_>, child: ChildRef, dates: Dates, tap: Tap) -> Option<Step> {
    let wanted = options::wanted(child, dates);
    match tap {
        Tap::Yes if dates::judge(scene, dates).is_err() => Some(dates::settle(scene, &wanted, dates)),
        Tap::Yes => Some(match changeable(scene, child) {
            Some(follow) if follow.is_parent() && same_kind(follow, dates) => apply(scene, child, dates),
            _ => gone(scene),
        }),
        Tap::No => Some(scene.ask(State::AskingDate { wanted })),
        _ => None,
    }
}

const fn same_kind(follow: &Follow, dates: Dates) -> bool {
    match dates {
        Dates::Due { .. } => due_date(follow).is_some(),
        Dates::Born { .. } => follow.child.journey.born().is_some(),
    }
}

fn apply(scene: Scene<'_>, child: ChildRef, dates: Dates) -> Step {
    let effect = match dates {
        Dates::Due { due } => Effect::MoveDueDate { child: child.id, due },
        Dates::Born { born } => Effect::MoveBirthDate { child: child.id, born },
    };
    scene.stay().to(State::Idle).want(effect).say(Prompt::Moved(dates))
}

/// Another nickname, or none.
pub(super) fn rename(scene: Scene<'_>, child: ChildRef, nickname: Option<Nickname>) -> Step {
    match changeable(scene, child) {
        None => gone(scene),
        Some(follow) if !follow.is_parent() => scene.end(Line::OnlyParents),
        Some(_) => {
            let said = Prompt::Renamed { nickname: nickname.clone() };
            scene.stay().to(State::Idle).want(Effect::Rename { child: child.id, nickname }).say(said)
        }
    }
}

fn changeable(scene: Scene<'_>, child: ChildRef) -> Option<&Follow> {
    scene.follow(child).filter(|follow| follow.is_active())
}

/// The family reported something meanwhile, or the button was forged: neutral words, no question.
fn gone(scene: Scene<'_>) -> Step {
    scene.end(Line::NoLongerAsked)
}

const fn date_of(dates: Dates) -> NaiveDate {
    match dates {
        Dates::Due { due } => due,
        Dates::Born { born } => born,
    }
}
