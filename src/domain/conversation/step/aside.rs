//! Everything that is no answer and no command: cries for help, worries, thanks, stickers, pictures.

use chrono::TimeDelta;

use super::super::danger::Found;
use super::super::reading::dates;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::commands::{shown, with_way_back};
use super::scene::Scene;

/// Within this many minutes the consultation card is not shown in full again.
const CONSULT_MINUTES: i64 = 10;

/// Help first. The open question stays and is offered again.
pub(super) fn danger(scene: Scene<'_>, found: Found) -> Step {
    let step = scene.stay().want(Effect::CountDanger(found.category)).say(Prompt::Danger(found));
    with_way_back(scene, step)
}

/// Whom one can call; asked for, so always in full.
pub(super) fn consult(scene: Scene<'_>) -> Step {
    let mut step = shown(scene, Prompt::Consult);
    step.next.courtesy.consult_at = Some(scene.facts.now);
    step
}

/// A question or a worry: nobody reads here, and these can be called.
pub(super) fn worry(scene: Scene<'_>, text: &str) -> Step {
    // Somebody who sends a date right away wants to register.
    if scene.facts.follows.is_empty() && dates::date(text, scene.today()).is_some() {
        return scene.stay().say(Prompt::NotRegistered);
    }
    let again = TimeDelta::minutes(CONSULT_MINUTES);
    let shown = scene.talk.courtesy.consult_at;
    if shown.is_some_and(|at| scene.facts.now.signed_duration_since(at) < again) {
        return scene.tell(Line::ConsultAbove);
    }
    let mut step = scene.stay().tell(Line::NotRead).say(Prompt::Consult);
    step.next.courtesy.consult_at = Some(scene.facts.now);
    step
}

/// One warm line a day; after a loss, silence.
pub(super) fn sticker(scene: Scene<'_>) -> Step {
    if scene.state().is_open() {
        return scene.asked_again(scene.stay());
    }
    let today = Some(scene.today());
    if scene.is_quiet() || scene.talk.courtesy.sticker_on == today {
        return scene.stay();
    }
    let mut step = scene.tell(Line::StickerThanks);
    step.next.courtesy.sticker_on = today;
    step
}

/// Thanks are answered once a day.
pub(super) fn thanks(scene: Scene<'_>) -> Step {
    once_a_day(scene, if scene.is_quiet() { Line::QuietThanks } else { Line::Thanks })
}

/// A greeting opens registration's door for those who have none, and is answered once a day.
pub(super) fn greeting(scene: Scene<'_>) -> Step {
    if scene.facts.follows.is_empty() {
        return scene.stay().say(Prompt::NotRegistered);
    }
    once_a_day(scene, if scene.is_quiet() { Line::QuietThanks } else { Line::Hello })
}

fn once_a_day(scene: Scene<'_>, line: Line) -> Step {
    let today = Some(scene.today());
    if scene.talk.courtesy.thanks_on == today {
        return scene.stay();
    }
    let mut step = scene.tell(line);
    step.next.courtesy.thanks_on = today;
    step
}

/// Pictures and voices are never fetched.
pub(super) fn media(scene: Scene<'_>) -> Step {
    scene.asked_again(scene.stay().say(Prompt::Media))
}
