//! After 42 weeks 0 days, when nobody has said anything: the answers to the one card.
//!
//! Silence may mean anything, so nothing is asked twice. A birth can be reported any time; without
//! news the registration is forgotten thirty days after the card.

use chrono::NaiveDate;

use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step, ages};
use super::commands::shown;
use super::scene::{Scene, due_date};
use super::stop::{self, ids};
use crate::domain::family::{Follow, StopReason};
use crate::domain::retention::KEPT_DAYS;

/// The children of whom nobody has said more since 42 weeks 0 days, each with the day of its card.
fn overdue(scene: Scene<'_>) -> impl Iterator<Item = (&Follow, NaiveDate)> {
    let carded = |follow: &Follow| due_date(follow).map(|due| ages::plus(due, ages::LAST_AFTER_DUE + 1));
    let today = scene.today();
    let dated = scene.active().filter_map(move |follow| Some((follow, carded(follow)?)));
    dated.filter(move |(_, card)| *card <= today)
}

/// あとで決める: a short answer, and no reminder. `otherwise` is said where nothing is overdue.
pub(super) fn later(scene: Scene<'_>, otherwise: Line) -> Step {
    let Some(card) = overdue(scene).map(|(_, card)| card).max() else { return nothing(scene, otherwise) };
    let until = ages::plus(card, KEPT_DAYS - 1);
    shown(scene, Prompt::DecidesLater { until })
}

/// お届けを終わる: the reader's own stop for what is overdue; letters for other children go on.
pub(super) fn end(scene: Scene<'_>) -> Option<Step> {
    let ended = ids(overdue(scene).map(|(follow, _)| follow));
    if ended.is_empty() {
        return None;
    }
    let others = scene.active().any(|follow| !ended.contains(&follow.child.id));
    let said = if others { Prompt::PregnancyEnded } else { Prompt::Stopped };
    let stop = Effect::Stop { children: ended, reason: StopReason::Plain };
    Some(scene.stay().to(State::Idle).want(stop).say(said))
}

/// The button of a card that the family has overtaken: a birth, another due date, sad news.
pub(super) fn end_tapped(scene: Scene<'_>) -> Step {
    end(scene).unwrap_or_else(|| nothing(scene, Line::NoLongerAsked))
}

/// The typed word; where nothing is overdue it means all deliveries.
pub(super) fn end_typed(scene: Scene<'_>) -> Step {
    end(scene).unwrap_or_else(|| stop::plain(scene))
}

fn nothing(scene: Scene<'_>, line: Line) -> Step {
    scene.again(if scene.is_quiet() { Line::QuietStopped } else { line })
}
