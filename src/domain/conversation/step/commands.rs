//! Commands, typed or as entries of menus and cards: what opens something, or shows it.

use chrono::NaiveDate;

use super::super::postback::{Data, Tap};
use super::super::reading::words::Command;
use super::super::state::{Matter, State, Wanted};
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Dates, Step};
use super::scene::Scene;
use super::{
    area, aside, birth, change, children, dates, enquiry, erase, invite, join, loss, overdue, registration, rest, role,
};
use super::{siblings, stop, time, today, transfer, twins};

/// A typed command, whatever is open.
pub(super) fn run(scene: Scene<'_>, command: Command) -> Step {
    match command {
        Command::Quit | Command::Stop => stop::plain(scene),
        Command::Loss => loss::now(scene),
        Command::SadNews => loss::ask(scene),
        Command::Cancel | Command::Back => scene.again(Line::NothingOpen),
        Command::Today => today::show(scene),
        Command::Help => shown(scene, Prompt::Help),
        Command::Consult => aside::consult(scene),
        Command::Urgent => shown(scene, Prompt::Urgent),
        Command::Privacy => shown(scene, Prompt::Privacy),
        Command::Register => registration::begin(scene),
        Command::Continue => resumed(scene),
        Command::Profile => change::profile(scene),
        Command::DueDate => children::begin(scene, Matter::DueDate),
        Command::BirthDate => children::begin(scene, Matter::BirthDate),
        Command::Name => children::begin(scene, Matter::Name),
        Command::Birth => children::begin(scene, Matter::Birth),
        Command::Later => overdue::later(scene, Line::NothingOpen),
        Command::EndPregnancy => overdue::end_typed(scene),
        Command::AddChild => siblings::begin(scene),
        Command::AddTwins => twins::begin(scene),
        Command::Count => children::begin(scene, Matter::Count),
        Command::Mistake => birth::undo_latest(scene).unwrap_or_else(|| stop::mistaken(scene)),
        Command::Undo => stop::undo(scene),
        Command::Rest => rest::ask(scene),
        Command::Resume => rest::resume(scene),
        Command::Greeting | Command::Thanks if scene.state().is_open() => registration::resume(scene),
        Command::Greeting => aside::greeting(scene),
        Command::Thanks => aside::thanks(scene),
        Command::Invite => invite::invite(scene),
        Command::Family => invite::family(scene),
        Command::Join => join::ask(scene),
        Command::Role => role::ask(scene),
        Command::Time => time::ask(scene),
        Command::Area => area::ask(scene),
        Command::Transfer => transfer::begin(scene),
        Command::EnterTransfer => transfer::enter(scene),
        Command::Enquiry => enquiry::show(scene),
        Command::Erase => erase::ask(scene),
    }
}

/// An entry of a menu or a card.
pub(super) fn entered(scene: Scene<'_>, data: Data, picked: Option<NaiveDate>) -> Step {
    let command = match data.tap {
        Tap::ShowToday => Command::Today,
        Tap::ShowConsult => Command::Consult,
        Tap::ShowUrgent => Command::Urgent,
        Tap::ShowPrivacy => Command::Privacy,
        Tap::ShowHelp => Command::Help,
        Tap::ShowProfile => Command::Profile,
        Tap::Register => Command::Register,
        Tap::Continue => Command::Continue,
        Tap::DecideLater => return overdue::later(scene, Line::NoLongerAsked),
        Tap::EndPregnancy => return overdue::end_tapped(scene),
        Tap::AddChild => Command::AddChild,
        Tap::AddTwins => Command::AddTwins,
        Tap::AskRest => Command::Rest,
        Tap::Resume => Command::Resume,
        Tap::StopNow => Command::Stop,
        Tap::UndoStop => return stop::undo_tapped(scene),
        Tap::AskLoss => Command::SadNews,
        Tap::LossNow => Command::Loss,
        Tap::Invite => Command::Invite,
        Tap::ShowFamily => Command::Family,
        Tap::Join => Command::Join,
        Tap::AskRole => Command::Role,
        Tap::AskTime => Command::Time,
        Tap::AskArea => Command::Area,
        Tap::AskTransfer => Command::Transfer,
        Tap::EnterTransfer => Command::EnterTransfer,
        Tap::ShowEnquiry => Command::Enquiry,
        Tap::AskErase => Command::Erase,
        _ => return about_child(scene, data, picked),
    };
    run(scene, command)
}

fn about_child(scene: Scene<'_>, data: Data, picked: Option<NaiveDate>) -> Step {
    let (tap, child) = (data.tap, data.child);
    match (tap, child, picked) {
        (Tap::UndoBirth, Some(child), _) => birth::undo(scene, child.id),
        // The child first: what is wrong with a date is nothing to say after a loss.
        (Tap::MoveDue, Some(child), Some(due)) => children::void(scene, Matter::DueDate, child, overtaken(scene))
            .unwrap_or_else(|| dates::settle(scene, &Wanted::DueDate { child }, Dates::Due { due })),
        (Tap::MoveBirth, Some(child), Some(born)) => children::void(scene, Matter::BirthDate, child, overtaken(scene))
            .unwrap_or_else(|| dates::settle(scene, &Wanted::BirthDate { child }, Dates::Born { born })),
        (Tap::MoveDue, Some(child), None) => children::begin_with(scene, Matter::DueDate, child),
        (Tap::MoveBirth, Some(child), None) => children::begin_with(scene, Matter::BirthDate, child),
        (Tap::Rename, Some(child), _) => children::begin_with(scene, Matter::Name, child),
        (Tap::AskBirth, Some(child), Some(born)) => children::void(scene, Matter::Birth, child, overtaken(scene))
            .unwrap_or_else(|| dates::settle(scene, &Wanted::Birth { child }, Dates::Born { born })),
        (Tap::AskCount, Some(child), _) => children::begin_with(scene, Matter::Count, child),
        (Tap::AskBirth, Some(child), None) => children::begin_with(scene, Matter::Birth, child),
        (Tap::AskBirth, None, Some(born)) => match children::only(scene, Matter::Birth) {
            Some(child) => dates::settle(scene, &Wanted::Birth { child }, Dates::Born { born }),
            None => children::begin(scene, Matter::Birth),
        },
        (Tap::AskBirth, None, None) => children::begin(scene, Matter::Birth),
        _ => scene.again(Line::UnknownButton),
    }
}

/// A date was picked for a child that is no longer what it was.
fn overtaken(scene: Scene<'_>) -> Step {
    if scene.is_quiet() { scene.old_button() } else { scene.end(Line::NoLongerAsked) }
}

/// Shows something; an open question stays, and a quick reply leads back to it.
pub(super) fn shown(scene: Scene<'_>, prompt: Prompt) -> Step {
    with_way_back(scene, scene.stay().say(prompt))
}

/// Adds the quick reply that leads back to the open question.
pub(super) fn with_way_back(scene: Scene<'_>, step: Step) -> Step {
    if scene.state().is_open() {
        step.say(Prompt::WayBack { registration: scene.state().is_registration() })
    } else {
        step
    }
}

/// Something that needs a registration, and there is none.
pub(super) fn unregistered(scene: Scene<'_>) -> Step {
    match scene.state() {
        State::Idle => scene.stay().say(Prompt::NotRegistered),
        _ => scene.again(Line::RegisterFirst),
    }
}

/// What is said where something needs a child that goes on, and there is none; quiet after a loss.
pub(super) fn nothing_active(scene: Scene<'_>) -> Option<Step> {
    if scene.active().next().is_some() {
        return None;
    }
    Some(if scene.facts.follows.is_empty() {
        unregistered(scene)
    } else if scene.is_quiet() {
        scene.again(Line::QuietStopped)
    } else if scene.plainly_stopped().next().is_some() {
        scene.stay().to(State::Idle).say(Prompt::StoppedBefore)
    } else {
        scene.again(Line::Finished)
    })
}

/// Back to the open question. A draft may have been forgotten meanwhile; whoever has a registration, or
/// had one that was stopped, is asked for nothing.
fn resumed(scene: Scene<'_>) -> Step {
    if scene.state().is_open() {
        scene.asked_again(scene.stay())
    } else if scene.facts.follows.is_empty() {
        registration::begin(scene)
    } else {
        scene.tell(Line::NothingOpen)
    }
}
