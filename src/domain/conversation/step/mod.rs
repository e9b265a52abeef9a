//! One step of the conversation: total over every state and every input.
//!
//! Order of attention for a text: a whole-message stop or loss acts; a danger word brings help; the
//! open question is answered; a command opens something; and only then it is small talk or a worry.

mod area;
mod aside;
mod birth;
mod change;
mod children;
mod commands;
mod count;
mod dates;
mod enquiry;
mod erase;
mod follow;
mod invite;
mod join;
mod loss;
mod nickname;
mod options;
mod overdue;
mod registration;
mod rest;
mod role;
mod scene;
mod siblings;
mod stop;
mod time;
mod today;
mod transfer;
mod twins;

use chrono::{NaiveDate, TimeDelta};

use super::postback::{ChildRef, Data, Tap};
use super::reading::dates::picked;
use super::reading::words::{self, Command};
use super::state::{Called, State, Wanted};
use super::wording::Prompt;
use super::wording::lines::Line;
use super::{Conversation, Facts, Input, Step};
use crate::domain::code::Code;
use crate::domain::family::Follow;
use scene::Scene;

/// Drafts and open questions are forgotten after this many hours (design §13).
const DRAFT_HOURS: i64 = 24;

/// The next state, the effects and the prompts for an input.
#[must_use]
pub fn step(conversation: &Conversation, input: &Input, facts: &Facts<'_>) -> Step {
    let fresh = without_stale_draft(conversation, facts);
    let voided = is_void(Scene { talk: &fresh, facts });
    let fresh = if voided { Conversation { state: State::Idle, ..fresh } } else { fresh };
    let scene = Scene { talk: &fresh, facts };
    let step = match input {
        Input::Followed => follow::followed(scene),
        Input::Unfollowed => follow::unfollowed(scene),
        Input::TimedOut { turn } => timed_out(scene, *turn),
        Input::Text(text) => follow::heard_of(scene, heard(scene, text, voided)),
        Input::Postback { data, date } => follow::heard_of(scene, tapped(scene, data, date.as_deref())),
        Input::Sticker => follow::heard_of(scene, aside::sticker(scene)),
        Input::Media => follow::heard_of(scene, aside::media(scene)),
    };
    settled(step, conversation, facts)
}

/// Whether the family reported something meanwhile that leaves the open question without sense. It
/// is closed before anything is said: a birth is not asked about after a loss.
fn is_void(scene: Scene<'_>) -> bool {
    let goes_on = |child: &ChildRef| scene.follow(*child).is_some_and(Follow::is_active);
    match scene.state() {
        State::AskingDate { wanted } | State::ChoosingDate { wanted, .. } => match wanted {
            Wanted::Registration { .. } => false,
            Wanted::DueDate { child } | Wanted::BirthDate { child } | Wanted::Birth { child } => !goes_on(child),
        },
        State::AskingNewName { child }
        | State::ConfirmingMove { child, .. }
        | State::ConfirmingBirth { child, .. }
        | State::CountingTwins { child }
        | State::NamingTwins { child, .. } => !goes_on(child),
        State::ChoosingChild { children, .. }
        | State::ConfirmingTwins { children, .. }
        | State::ChoosingCount { children } => !children.iter().all(goes_on),
        State::ChoosingRest | State::ChoosingRole | State::ChoosingTime | State::ChoosingArea { .. } => {
            scene.active().next().is_none()
        }
        State::ChoosingMember { .. } | State::ConfirmingRemoval { .. } => !invite::may_invite(scene),
        State::Idle
        | State::AskingConsent
        | State::ClearingOverdue { .. }
        | State::WithoutDueDate { .. }
        | State::AskingWeeks { .. }
        | State::AskingNickname { .. }
        | State::Confirming { .. }
        | State::Fixing { .. }
        | State::Resuming { .. }
        | State::ConfirmingLoss
        | State::ChoosingLost { .. }
        | State::ConfirmingUndo
        | State::AskingCode { .. }
        | State::Joining { .. }
        | State::ConfirmingErase
        | State::ConfirmingTransfer { .. } => false,
    }
}

/// The sweep may come late; the promise to forget after a day does not.
fn without_stale_draft(conversation: &Conversation, facts: &Facts<'_>) -> Conversation {
    let mut fresh = conversation.clone();
    let limit = TimeDelta::hours(DRAFT_HOURS);
    if fresh.asked_at.is_some_and(|asked| facts.now.signed_duration_since(asked) >= limit) {
        forget(&mut fresh);
    }
    let today = facts.now.date();
    fresh.births.retain(|birth| birth::can_be_undone(birth, today));
    fresh
}

fn forget(conversation: &mut Conversation) {
    conversation.state = State::Idle;
    conversation.asked_at = None;
    conversation.misread = 0;
}

fn timed_out(scene: Scene<'_>, turn: i64) -> Step {
    let mut step = scene.stay();
    if turn == scene.facts.turn {
        forget(&mut step.next);
    }
    step
}

/// Keeps the books that go with a changed state.
fn settled(mut step: Step, before: &Conversation, facts: &Facts<'_>) -> Step {
    let next = &mut step.next;
    if next.state != before.state {
        next.misread = 0;
    }
    // A question that was forgotten and asked again counts its day anew.
    if next.state != before.state || next.asked_at.is_none() {
        next.asked_at = next.state.is_open().then_some(facts.now);
    }
    step
}

fn heard(scene: Scene<'_>, text: &str, voided: bool) -> Step {
    let command = words::command(text);
    if let Some(step) = command.and_then(|command| stops(scene, command, text)) {
        return step;
    }
    // A code is drawn: that its letters make a word (「7DV9-…」) says nothing.
    let found = scene.facts.account.danger.category(text).filter(|_| Code::read(text).is_none());
    if let Some(found) = found {
        return aside::danger(scene, found);
    }
    if let Some(step) = join::typed(scene) {
        return step;
    }
    if scene.talk.state.is_open() {
        return answered(scene, text, command);
    }
    match command {
        Some(command) => commands::run(scene, command),
        None if voided => scene.tell(if scene.is_quiet() { Line::QuietStopped } else { Line::NoLongerAsked }),
        None => aside::worry(scene, text),
    }
}

/// Stopping and asking for help never wait for anything else; leaving an open question stops nothing.
fn stops(scene: Scene<'_>, command: Command, text: &str) -> Option<Step> {
    match command {
        // 「止める」 is the yes to stopping everything after sad news.
        Command::Stop if *scene.state() == State::ConfirmingLoss && words::says(text, Tap::Yes) => {
            Some(loss::now(scene))
        }
        Command::Quit if scene.talk.state.is_open() => Some(left(scene)),
        Command::Quit | Command::Stop => Some(stop::plain(scene)),
        Command::EndPregnancy => Some(overdue::end_typed(scene)),
        Command::Loss => Some(loss::now(scene)),
        // Labels of our own that hold a danger word.
        Command::SadNews => Some(twins::sad(scene).unwrap_or_else(|| commands::run(scene, command))),
        Command::Urgent => Some(commands::run(scene, command)),
        _ => None,
    }
}

fn answered(scene: Scene<'_>, text: &str, command: Option<Command>) -> Step {
    let privacy = scene.facts.account.privacy_url.is_some();
    if let Some(step) = options::chosen(scene.state(), privacy, text).and_then(|tap| choose(scene, tap)) {
        return step;
    }
    match command {
        Some(Command::Back) => return back(scene),
        Some(command @ (Command::Mistake | Command::Undo)) => return taken_back(scene, command),
        Some(Command::Cancel) => return left(scene),
        Some(command) if !options::may_be_an_answer(scene.state(), command) => return commands::run(scene, command),
        _ => {}
    }
    let read = read(scene, text);
    match (read, command) {
        (Some(step), _) => step,
        (None, Some(command)) => commands::run(scene, command),
        (None, None) => scene.misread(),
    }
}

/// 「まちがえた」, 「もどす」 at an open question: the answer before is meant. Only a question that stands
/// right behind what was done leaves no doubt that this is to be undone.
fn taken_back(scene: Scene<'_>, command: Command) -> Step {
    let born_today = || scene.talk.births.last().is_some_and(|birth| birth.on == scene.today());
    match (scene.state(), command) {
        (State::ChoosingLost { .. }, _) => commands::run(scene, command),
        (State::ChoosingCount { .. }, Command::Mistake) if born_today() => commands::run(scene, command),
        (State::ConfirmingUndo, Command::Undo) => stop::confirmed(scene, Tap::Yes).unwrap_or_else(|| back(scene)),
        _ => back(scene),
    }
}

/// A typed choice: an answer, or one of the entries that stand among a question's buttons.
fn choose(scene: Scene<'_>, tap: Tap) -> Option<Step> {
    let entered = || commands::entered(scene, Data::entry(tap), None);
    match tap {
        Tap::AskLoss => Some(twins::sad(scene).unwrap_or_else(entered)),
        _ if tap.is_entry() => Some(entered()),
        _ => answer(scene, tap, None),
    }
}

/// Reads a text as the answer that the open question waits for.
fn read(scene: Scene<'_>, text: &str) -> Option<Step> {
    match scene.state() {
        State::AskingDate { wanted } | State::ChoosingDate { wanted, .. } => dates::typed(scene, wanted, text),
        State::AskingWeeks { draft } | State::WithoutDueDate { draft } | State::ClearingOverdue { draft } => {
            dates::typed_weeks(scene, draft, text)
        }
        State::AskingNickname { dates, .. } => Some(nickname::typed(scene, *dates, text)),
        State::AskingNewName { child } => Some(nickname::renamed(scene, *child, text)),
        State::ChoosingChild { matter, children } => children::named(scene, *matter, children, text),
        State::CountingTwins { child } => twins::count_typed(scene, *child, text),
        State::NamingTwins { child, named, more } => Some(twins::name_typed(scene, *child, named, *more, text)),
        State::ChoosingLost { children, together, ended } => {
            loss::named(scene, loss::Choice { children, together, ended }, text)
        }
        State::ChoosingTime => time::typed(scene, text),
        State::ChoosingArea { areas } => area::typed(scene, areas, text),
        State::Idle
        | State::AskingConsent
        | State::Confirming { .. }
        | State::Fixing { .. }
        | State::Resuming { .. }
        | State::ConfirmingMove { .. }
        | State::ConfirmingBirth { .. }
        | State::ConfirmingTwins { .. }
        | State::ChoosingCount { .. }
        | State::ConfirmingLoss
        | State::ConfirmingUndo
        | State::ChoosingRest
        | State::AskingCode { .. }
        | State::Joining { .. }
        | State::ChoosingMember { .. }
        | State::ConfirmingRemoval { .. }
        | State::ChoosingRole
        | State::ConfirmingErase
        | State::ConfirmingTransfer { .. } => None,
    }
}

fn tapped(scene: Scene<'_>, data: &str, date: Option<&str>) -> Step {
    let picked = date.and_then(picked);
    let Some(data) = Data::parse(data) else { return scene.again(Line::UnknownButton) };
    match data.turn {
        None => commands::entered(scene, data, picked),
        Some(turn) if turn == scene.facts.turn && scene.talk.state.is_open() => {
            answer(scene, data.tap, picked).unwrap_or_else(|| scene.again(Line::UnknownButton))
        }
        Some(_) => stale(scene, data.tap),
    }
}

/// A button of an older question: neutral words, and what is asked now.
fn stale(scene: Scene<'_>, tap: Tap) -> Step {
    let may_begin = matches!(tap, Tap::Consent) && !scene.talk.state.is_open() && scene.facts.follows.is_empty();
    if may_begin { registration::begin(scene) } else { scene.old_button() }
}

/// An answer to the open question; `None` when it is no answer to it.
fn answer(scene: Scene<'_>, tap: Tap, picked: Option<NaiveDate>) -> Option<Step> {
    if tap == Tap::Back {
        return Some(back(scene));
    }
    if tap == Tap::SadTwin {
        return twins::sad(scene);
    }
    match scene.state() {
        State::Idle => None,
        State::AskingConsent
        | State::Confirming { .. }
        | State::Fixing { .. }
        | State::Resuming { .. }
        | State::AskingNickname { .. } => registration::answer(scene, tap),
        State::AskingDate { .. }
        | State::ChoosingDate { .. }
        | State::ClearingOverdue { .. }
        | State::WithoutDueDate { .. }
        | State::AskingWeeks { .. } => dates::answer(scene, tap, picked),
        State::ChoosingChild { matter, children } => children::chosen(scene, *matter, children, tap),
        State::AskingNewName { child } => (tap == Tap::SkipName).then(|| change::rename(scene, *child, None)),
        State::ConfirmingMove { child, dates } => change::confirmed(scene, *child, *dates, tap),
        State::ConfirmingBirth { child, born } => birth::confirmed(scene, *child, *born, tap),
        State::ConfirmingTwins { children, born } => twins::confirmed(scene, children, *born, tap),
        State::CountingTwins { child } => twins::counted(scene, *child, tap),
        State::NamingTwins { child, named, more } => {
            (tap == Tap::SkipName).then(|| twins::name(scene, *child, named, *more, Called::Unnamed))
        }
        State::ChoosingCount { children } => count::answer(scene, children, tap),
        State::ConfirmingLoss => (tap == Tap::Yes).then(|| loss::now(scene)),
        State::ChoosingLost { children, together, ended } => {
            loss::chosen(scene, loss::Choice { children, together, ended }, tap)
        }
        State::ConfirmingUndo => stop::confirmed(scene, tap),
        State::ChoosingRest => rest::answer(scene, tap),
        State::AskingCode { .. } => None,
        State::Joining { code } => join::answer(scene, *code, tap),
        State::ChoosingMember { members } => invite::chosen(scene, members, tap),
        State::ConfirmingRemoval { member } => invite::removed(scene, *member, tap),
        State::ChoosingRole => role::answer(scene, tap),
        State::ChoosingTime => time::answer(scene, tap),
        State::ChoosingArea { areas } => area::answer(scene, areas, tap),
        State::ConfirmingErase => erase::answer(scene, tap),
        State::ConfirmingTransfer { code } => transfer::answer(scene, *code, tap),
    }
}

/// Leaves the open question; what was answered in it is forgotten.
fn left(scene: Scene<'_>) -> Step {
    let line = match scene.state() {
        State::AskingConsent => Line::RegisterLater,
        state if state.is_registration() => Line::RegistrationLeft,
        State::ConfirmingLoss | State::ChoosingLost { .. } | State::ConfirmingUndo => Line::LossLeft,
        _ => Line::NothingChanged,
    };
    scene.stay().to(State::Idle).tell(line)
}

/// One question back; the first question of a dialogue is left.
fn back(scene: Scene<'_>) -> Step {
    match options::before(scene.state()) {
        Some(state) => scene.ask(state),
        None => left(scene),
    }
}

impl Step {
    fn to(mut self, state: State) -> Self {
        self.next.state = state;
        self
    }

    /// Waits for an answer and asks for it.
    fn ask(mut self, state: State) -> Self {
        self.prompts.push(Prompt::Question(state.clone()));
        self.to(state)
    }

    fn say(mut self, prompt: Prompt) -> Self {
        self.prompts.push(prompt);
        self
    }

    fn tell(self, line: Line) -> Self {
        self.say(Prompt::Line(line))
    }

    fn want(mut self, effect: super::Effect) -> Self {
        self.effects.push(effect);
        self
    }
}
