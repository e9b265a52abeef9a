//! 「きょうのメッセージ」: what can be read today, or why there is nothing.

use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step, Today, ages};
use super::commands::unregistered;
use super::scene::{Scene, due_date};

/// Shows today's message, an earlier one, or the reason why there is none.
pub(super) fn show(scene: Scene<'_>) -> Step {
    if scene.facts.follows.is_empty() {
        return unregistered(scene);
    }
    if scene.is_quiet() {
        return scene.again(Line::QuietStopped);
    }
    if scene.active().next().is_none() {
        return standing_still(scene);
    }
    match scene.facts.today {
        Today::Ready => scene.stay().want(Effect::ShowToday),
        Today::NotToday { next, earlier: true } => scene.stay().want(Effect::ShowEarlier).say(Prompt::Earlier { next }),
        Today::NotToday { next, earlier: false } => nothing_yet(scene, next),
    }
}

fn standing_still(scene: Scene<'_>) -> Step {
    if scene.plainly_stopped().next().is_some() {
        scene.stay().say(Prompt::StoppedBefore)
    } else {
        scene.again(Line::Finished)
    }
}

fn nothing_yet(scene: Scene<'_>, next: Option<chrono::NaiveDate>) -> Step {
    let begins = |follow| due_date(follow).map(|due| ages::plus(due, -ages::BEGIN_BEFORE_DUE));
    let begins = scene.active().filter_map(begins).filter(|day| *day > scene.today()).min();
    let resting = scene.facts.profile.pause;
    match (begins, resting, next) {
        (Some(begins), _, _) if next.is_none_or(|next| begins <= next) => scene.stay().say(Prompt::NotBegun { begins }),
        (_, Some(pause), _) => scene.stay().say(Prompt::Resting { until: pause.until }),
        (_, None, Some(next)) => scene.stay().say(Prompt::Next { next }),
        (_, None, None) => scene.again(Line::NothingToday),
    }
}
