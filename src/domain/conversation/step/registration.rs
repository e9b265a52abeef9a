//! Registration: consent, the date (1/3), the nickname (2/3), the yes (3/3).

use super::super::postback::Tap;
use super::super::state::{Called, Draft, State, Wanted};
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{CONSENT_VERSION, Dates, Effect, Enrolment, Step, ages};
use super::scene::Scene;
use super::siblings;
use crate::domain::family::Role;

/// The reader wants to register, or comes back to it.
pub(super) fn begin(scene: Scene<'_>) -> Step {
    if scene.state().is_registration() {
        return resume(scene);
    }
    if scene.active().next().is_some() {
        return scene.stay().to(State::Idle).say(Prompt::AlreadyRegistered);
    }
    if scene.plainly_stopped().any(|follow| follow.stopped.is_some_and(|stop| scene.is_recent(stop.on))) {
        return scene.stay().to(State::Idle).say(Prompt::StoppedBefore);
    }
    afresh(scene)
}

/// From the first question that is still open: consent, or the date.
pub(super) fn afresh(scene: Scene<'_>) -> Step {
    if scene.facts.consented { scene.ask(first_question()) } else { scene.ask(State::AskingConsent) }
}

/// The reader comes back to an open registration with something that is no answer.
pub(super) fn resume(scene: Scene<'_>) -> Step {
    match scene.state() {
        State::Resuming { .. } => scene.asked_again(scene.stay()),
        draft if draft.has_answers() => scene.ask(State::Resuming { draft: Box::new(draft.clone()) }),
        _ => scene.asked_again(scene.stay()),
    }
}

fn first_question() -> State {
    State::AskingDate { wanted: Wanted::Registration { draft: Draft::default() } }
}

/// An answer to one of registration's own questions.
pub(super) fn answer(scene: Scene<'_>, tap: Tap) -> Option<Step> {
    match (scene.state().clone(), tap) {
        (State::AskingConsent, Tap::Consent) => Some(consented(scene)),
        (State::AskingConsent, Tap::Decline) => Some(scene.end(Line::RegisterLater)),
        (State::AskingNickname { dates, .. }, Tap::SkipName) => Some(called(scene, dates, Called::Unnamed)),
        (State::Confirming { dates, called }, Tap::Yes) => Some(confirmed(scene, dates, &called)),
        (State::Confirming { dates, called }, Tap::No) => Some(scene.ask(State::Fixing { dates, called })),
        (State::Fixing { dates, called }, tap) => fixed(scene, dates, called, tap),
        (State::Resuming { draft }, Tap::GoOn) => Some(scene.ask(*draft)),
        (State::Resuming { .. }, Tap::Restart) => Some(scene.ask(first_question())),
        _ => None,
    }
}

fn consented(scene: Scene<'_>) -> Step {
    scene.stay().want(Effect::Consent { version: CONSENT_VERSION }).ask(first_question())
}

/// The date is settled; the nickname is next unless it is known already.
pub(super) fn dated(scene: Scene<'_>, draft: &Draft, dates: Dates) -> Step {
    match &draft.called {
        Some(called) => scene.ask(State::Confirming { dates, called: called.clone() }),
        None => scene.ask(State::AskingNickname { dates, called: None }),
    }
}

/// The nickname is settled.
pub(super) fn called(scene: Scene<'_>, dates: Dates, called: Called) -> Step {
    scene.ask(State::Confirming { dates, called })
}

fn fixed(scene: Scene<'_>, dates: Dates, called: Called, tap: Tap) -> Option<Step> {
    let draft = Draft { dates: Some(dates), called: Some(called.clone()) };
    match tap {
        Tap::FixDate => Some(scene.ask(State::AskingDate { wanted: Wanted::Registration { draft } })),
        Tap::FixName => Some(scene.ask(State::AskingNickname { dates, called: Some(called) })),
        Tap::Restart => Some(scene.ask(first_question())),
        _ => None,
    }
}

/// Nobody is registered without the consent that is in force, and no date that a day has overtaken.
fn confirmed(scene: Scene<'_>, dates: Dates, called: &Called) -> Step {
    if !scene.facts.consented {
        return scene.ask(State::AskingConsent);
    }
    if super::dates::judge(scene, dates).is_err() {
        let draft = Draft { dates: None, called: Some(called.clone()) };
        return super::dates::settle(scene, &Wanted::Registration { draft }, dates);
    }
    // What was told of a child of their own is true of its sibling; a guest's role is that of a guest.
    let own = scene.active().filter(|follow| follow.registrant);
    let role = own.last().map_or(Role::Other, |follow| follow.role);
    let enrolment = Enrolment { dates, nickname: called.nickname().cloned(), role };
    let step = scene.stay().to(State::Idle);
    if scene.active().next().is_some() {
        return siblings::enrolled(step, enrolment).say(Prompt::SiblingRegistered);
    }
    // A rest from an earlier registration would hold the new one back unseen; one that still rests
    // others stays.
    let step = if scene.facts.profile.pause.is_some() { step.want(Effect::Resume) } else { step };
    let step = step.want(Effect::Enrol(enrolment));
    let step = if begins_now(scene, dates) { step.want(Effect::ShowToday) } else { step };
    step.say(Prompt::Registered(dates))
}

/// Whether deliveries begin at once; before 4 weeks 0 days there is nothing to show.
fn begins_now(scene: Scene<'_>, dates: Dates) -> bool {
    match dates {
        Dates::Due { due } => (due - scene.today()).num_days() <= ages::BEGIN_BEFORE_DUE,
        Dates::Born { .. } => true,
    }
}
