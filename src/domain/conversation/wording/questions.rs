//! The question of each state. Buttons stand in the order in which the step counts them.

use chrono::NaiveDate;

use super::super::postback::{Data, Tap};
use super::super::state::{Called, Doubt, State, Wanted};
use super::super::{Dates, ages};
use super::words::Words;
use super::{days, family, newcomers, settings, sharing};
use crate::domain::message::{Action, Button, Message};

/// The question that a state waits for; none for the idle one.
pub(super) fn question(words: &Words<'_>, state: &State) -> Option<Message> {
    Some(match state {
        State::Idle => return None,
        State::AskingConsent => consent(words),
        State::AskingDate { wanted } => date(words, wanted),
        State::ClearingOverdue { .. } => overdue(words),
        State::WithoutDueDate { .. } => without_due_date(words),
        State::AskingWeeks { .. } => ask(words, "ask_weeks", &[("back", Tap::Back)]),
        State::ChoosingDate { days, doubt, .. } => which_date(words, days, *doubt),
        State::AskingNickname { .. } => nickname(words),
        State::Confirming { dates, called } => confirm(words, *dates, called),
        State::Fixing { .. } => {
            let taps = [("date", Tap::FixDate), ("name", Tap::FixName), ("restart", Tap::Restart), ("back", Tap::Back)];
            ask(words, "ask_fix", &taps)
        }
        State::Resuming { draft } => {
            two(words, resume_key(draft), &[], [("go_on", Tap::GoOn), ("restart", Tap::Restart)])
        }
        State::ChoosingChild { matter, children } => family::which_child(words, *matter, children),
        State::AskingNewName { child } => family::ask_new_name(words, *child),
        State::ConfirmingMove { child, dates } => family::confirm_move(words, *child, *dates),
        State::ConfirmingBirth { child, born } => family::confirm_birth(words, *child, *born),
        State::ConfirmingTwins { children, born } => newcomers::confirm_twins(words, children, *born),
        State::CountingTwins { .. } => newcomers::ask_count_of_twins(words),
        State::NamingTwins { child, named, .. } => newcomers::ask_twin_name(words, *child, named),
        State::ChoosingCount { .. } => newcomers::ask_count(words),
        State::ConfirmingLoss => {
            two(words, family::confirm_loss_key(words), &[], [("yes", Tap::Yes), ("back", Tap::Back)])
        }
        State::ChoosingLost { children } => family::which_lost(words, children),
        State::ChoosingRest => rest(words),
        State::AskingCode { wanted } => sharing::ask_code(words, *wanted),
        State::Joining { code } => sharing::join(words, *code),
        State::ChoosingMember { members } => sharing::family(words, members),
        State::ConfirmingRemoval { .. } => two(words, "confirm_removal", &[], [("yes", Tap::Yes), ("back", Tap::Back)]),
        State::ChoosingRole => settings::ask_role(words),
        State::ChoosingTime => settings::ask_time(words),
        State::ChoosingArea { areas } => settings::ask_area(words, areas),
        State::ConfirmingErase => two(words, "confirm_erase", &[], [("yes", Tap::Yes), ("back", Tap::Back)]),
        State::ConfirmingTransfer { .. } => {
            two(words, "confirm_transfer", &[], [("yes", Tap::Yes), ("back", Tap::Back)])
        }
    })
}

fn ask(words: &Words<'_>, key: &str, taps: &[(&str, Tap)]) -> Message {
    words.buttons(key, &[], taps.iter().map(|(name, tap)| words.answer(key, name, *tap)).collect())
}

/// A question with two answers.
pub(super) fn two(words: &Words<'_>, key: &str, more: &[(&str, &str)], taps: [(&str, Tap); 2]) -> Message {
    words.confirm(key, more, taps.map(|(name, tap)| words.answer(key, name, tap)))
}

/// The page on personal data stands beside the two answers only where there is such a page.
fn consent(words: &Words<'_>) -> Message {
    let key = "ask_consent";
    let mut buttons = vec![words.answer(key, "yes", Tap::Consent), words.entry(key, "invited", Tap::Join)];
    if let Some(page) = words.facts.account.privacy_url {
        buttons.push(Button::uri(words.label(key, "privacy"), page));
    }
    buttons.push(words.answer(key, "later", Tap::Decline));
    words.buttons(key, &[], buttons).with_quick(vec![words.entry(key, "moving", Tap::EnterTransfer)])
}

fn date(words: &Words<'_>, wanted: &Wanted) -> Message {
    let back = |key| words.answer(key, "back", Tap::Back);
    match wanted {
        Wanted::Registration { .. } => {
            let key = "ask_date";
            let unknown = words.answer(key, "unknown", Tap::DateUnknown);
            words.buttons(key, &[], vec![due_picker(words, key), birth_picker(words, key), unknown])
        }
        Wanted::DueDate { .. } => {
            let key = "ask_new_due_date";
            words.buttons(key, &[], vec![due_picker(words, key), back(key)])
        }
        Wanted::BirthDate { .. } => {
            let key = "ask_new_birth_date";
            words.buttons(key, &[], vec![birth_picker(words, key), back(key)])
        }
        Wanted::Birth { .. } => {
            let key = "ask_birth";
            let sad = words.entry(key, "sad", Tap::AskLoss);
            words.buttons(key, &[], vec![birth_picker(words, key), sad, back(key)])
        }
    }
}

fn due_picker(words: &Words<'_>, key: &str) -> Button {
    Button { label: words.label(key, "due"), action: due_date(words, Data::answer(Tap::DueDate, words.facts.turn)) }
}

/// The picker of a birth date, for the open question.
pub(super) fn birth_picker(words: &Words<'_>, key: &str) -> Button {
    let data = Data::answer(Tap::BirthDate, words.facts.turn);
    Button { label: words.label(key, "birth"), action: birth_date(words, data) }
}

/// Due dates from 41 weeks 6 days today to the first day of a pregnancy today.
pub(super) fn due_date(words: &Words<'_>, data: Data) -> Action {
    let today = words.facts.now.date();
    Action::Date {
        data: data.to_string(),
        initial: ages::plus(today, 180),
        min: ages::plus(today, -ages::LAST_AFTER_DUE),
        max: ages::plus(today, ages::TERM_DAYS),
    }
}

/// Birth dates up to today whose third birthday is still to come.
pub(super) fn birth_date(words: &Words<'_>, data: Data) -> Action {
    let today = words.facts.now.date();
    let min = ages::earliest_birth(today, words.facts.account.municipality.leap);
    Action::Date { data: data.to_string(), initial: today, min, max: today }
}

fn overdue(words: &Words<'_>) -> Message {
    let key = "ask_overdue";
    let not_yet = words.answer(key, "not_yet", Tap::NotYetBorn);
    let quit = words.answer(key, "quit", Tap::NotNeeded);
    words.buttons(key, &[], vec![birth_picker(words, key), not_yet, quit])
}

fn without_due_date(words: &Words<'_>) -> Message {
    let key = "ask_without_due_date";
    let weeks = Words::typed(words.answer(key, "weeks", Tap::Weeks));
    let consult = words.entry(key, "consult", Tap::ShowConsult);
    words.buttons(key, &[], vec![weeks, words.answer(key, "later", Tap::Back), consult])
}

fn which_date(words: &Words<'_>, days: &[Dates], doubt: Doubt) -> Message {
    if let [only] = days {
        let (kind, day) = (kind_word(words, *only), date_of(*only));
        let said = [("kind", kind.as_str()), ("day", &days::full_day(day)), ("era", &days::era_day(day))];
        let key = if doubt == Doubt::Era { "confirm_era_date" } else { "confirm_date" };
        return two(words, key, &said, [("yes", Tap::Yes), ("no", Tap::No)]);
    }
    let buttons = days.iter().zip(0u8..).map(|(dates, index)| {
        let label = format!("{} {}", kind_word(words, *dates), days::short_day(date_of(*dates)));
        Button::postback(label, Data::answer(Tap::Pick(index), words.facts.turn).to_string())
    });
    words.buttons("ask_which_date", &[], buttons.collect())
}

/// 「予定日」 or 「誕生日」
pub(super) fn kind_word(words: &Words<'_>, dates: Dates) -> String {
    match dates {
        Dates::Due { .. } => words.label("date_words", "due"),
        Dates::Born { .. } => words.label("date_words", "born"),
    }
}

pub(super) const fn date_of(dates: Dates) -> NaiveDate {
    match dates {
        Dates::Due { due } => due,
        Dates::Born { born } => born,
    }
}

fn nickname(words: &Words<'_>) -> Message {
    let key = "ask_nickname";
    words.buttons(key, &[], vec![words.answer(key, "skip", Tap::SkipName), words.answer(key, "back", Tap::Back)])
}

fn confirm(words: &Words<'_>, dates: Dates, called: &Called) -> Message {
    let key = "confirm_registration";
    let name = called.nickname().map_or_else(|| words.label("date_words", "unnamed"), |name| name.expose().to_owned());
    let day = days::full_day(date_of(dates));
    let age = days::age(dates, words.facts.now.date());
    let age = age.map_or_else(String::new, |age| format!("\n{}", words.text("today_is", &[("age", &age)])));
    let kind = kind_word(words, dates);
    let said = [("kind", kind.as_str()), ("day", &day), ("age", &age), ("nickname", &name)];
    two(words, key, &said, [("yes", Tap::Yes), ("no", Tap::No)])
}

fn resume_key(draft: &State) -> &'static str {
    match draft {
        State::AskingNickname { .. } => "resume_nickname",
        State::Confirming { .. } | State::Fixing { .. } => "resume_confirm",
        _ => "resume_date",
    }
}

/// The last button stops; it is an entry, for it is no answer to how long.
fn rest(words: &Words<'_>) -> Message {
    let key = "ask_rest";
    let mut buttons: Vec<Button> = [("week", Tap::RestWeek), ("month", Tap::RestMonth), ("open", Tap::RestOpen)]
        .map(|(name, tap)| words.answer(key, name, tap))
        .into();
    buttons.push(words.entry(key, "stop", Tap::StopNow));
    words.buttons(key, &[], buttons)
}
