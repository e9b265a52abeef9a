//! What is said without asking: results, reasons, ways on.

use chrono::NaiveDate;

use super::super::postback::{ChildRef, Tap};
use super::super::state::Matter;
use super::super::{Dates, Today, ages};
use super::questions::{birth_picker, date_of, kind_word};
use super::words::Words;
use super::{Prompt, days, family, newcomers, settings};
use crate::domain::message::{Button, Message};

/// The message of a prompt that is neither question, line nor card.
pub(super) fn notice(words: &Words<'_>, prompt: &Prompt) -> Message {
    match prompt {
        Prompt::Greeting if words.facts.account.reviewed => words.line("greeting_reviewed", &[]),
        Prompt::Greeting => words.line("greeting", &[]),
        Prompt::NotRegistered => entries(words, "not_registered", &[("register", Tap::Register)]),
        Prompt::Registered(dates) => registered(words, *dates),
        Prompt::AlreadyRegistered => {
            let taps = [("profile", Tap::ShowProfile), ("today", Tap::ShowToday), ("add", Tap::AddChild)];
            entries(words, "already_registered", &taps)
        }
        Prompt::StoppedBefore => {
            entries(words, "stopped_before", &[("resume", Tap::Resume), ("consult", Tap::ShowConsult)])
        }
        Prompt::WelcomeBack => {
            entries(words, "welcome_back", &[("resume", Tap::Resume), ("profile", Tap::ShowProfile)])
        }
        Prompt::PastThree => with_page(words, "past_three"),
        Prompt::ThreeToday => with_page(words, "three_today"),
        Prompt::NotUnderstoodAgain => called(words, "not_understood_again"),
        Prompt::Media => called(words, "media"),
        Prompt::Earlier { next: Some(next) } => words.line("today_earlier_next", &on(*next).pairs()),
        Prompt::Earlier { next: None } => words.line("today_earlier", &[]),
        Prompt::Next { next } => words.line("today_next", &on(*next).pairs()),
        Prompt::NotBegun { begins } => words.line("today_not_begun", &on(*begins).pairs()),
        Prompt::Resting { until } => rest(words, *until, ["resting_until", "resting_open"]),
        Prompt::Rests { until } => rest(words, *until, ["rests_until", "rests_open"]),
        Prompt::NobodyToChange(matter) => nobody(words, *matter),
        Prompt::Moved(dates) => moved(words, *dates),
        Prompt::Renamed { nickname: Some(nickname) } => words.line("renamed", &[("nickname", nickname.expose())]),
        Prompt::Renamed { nickname: None } => words.line("unnamed", &[]),
        Prompt::GentleBirth { .. } => gentle_birth(words),
        Prompt::Born { child } => born(words, *child),
        Prompt::SiblingRegistered => newcomers::sibling(words),
        Prompt::TwinsRegistered => newcomers::twins(words),
        Prompt::DecidesLater { until } => words.line("decides_later", &on(*until).pairs()),
        Prompt::PregnancyEnded => entries(words, "pregnancy_ended", &[("loss", Tap::LossNow), ("undo", Tap::UndoStop)]),
        Prompt::Stopped => {
            let taps = [("loss", Tap::LossNow), ("undo", Tap::UndoStop), ("erase", Tap::AskErase)];
            entries(words, "stopped", &taps)
        }
        Prompt::QuietlyStopped { undo: true } => entries(words, "quiet_stopped_undo", &[("undo", Tap::UndoStop)]),
        Prompt::QuietlyStopped { undo: false } => words.line("quiet_stopped", &[]),
        Prompt::Privacy => privacy(words),
        Prompt::Question(_)
        | Prompt::Line(_)
        | Prompt::WayBack { .. }
        | Prompt::Profile
        | Prompt::LossTalk { .. }
        | Prompt::Help
        | Prompt::Consult
        | Prompt::Urgent
        | Prompt::Danger(_)
        | Prompt::Invitation { .. }
        | Prompt::NoFamily
        | Prompt::Family
        | Prompt::Joined
        | Prompt::TransferCode { .. }
        | Prompt::EnquiryNumber { .. }
        | Prompt::RoleSet { .. }
        | Prompt::TimeSet { .. }
        | Prompt::AreaSet { .. } => words.line("nothing_open", &[]),
    }
}

struct On(String);

/// The value `{day}` of a notice.
fn on(day: NaiveDate) -> On {
    On(days::day(day))
}

impl On {
    fn pairs(&self) -> [(&str, &str); 1] {
        [("day", self.0.as_str())]
    }
}

fn entries(words: &Words<'_>, key: &str, taps: &[(&str, Tap)]) -> Message {
    words.buttons(key, &[], taps.iter().map(|(name, tap)| words.entry(key, name, *tap)).collect())
}

fn called(words: &Words<'_>, key: &str) -> Message {
    words.buttons(key, &[], vec![words.call_desk(key)])
}

/// The municipality's page on raising children, where it has one.
fn with_page(words: &Words<'_>, key: &str) -> Message {
    match &words.facts.account.municipality.page {
        Some(page) => words.buttons(key, &[], vec![Button::uri(words.label(key, "page"), page)]),
        None => words.line(key, &[]),
    }
}

fn registered(words: &Words<'_>, dates: Dates) -> Message {
    let today = first_message(words);
    let said = match dates {
        Dates::Born { .. } => words.line("registered_born", &[("today", &today)]),
        Dates::Due { due } => {
            let begins = ages::plus(due, -ages::BEGIN_BEFORE_DUE);
            let key = if begins > words.facts.now.date() { "registered_early" } else { "registered" };
            words.line(key, &[("day", &days::day(begins)), ("today", &today)])
        }
    };
    said.with_quick(settings::next_steps(words))
}

/// Whether today's message follows at once, or which day the first one comes; during a rest none does.
pub(super) fn first_message(words: &Words<'_>) -> String {
    if words.rests() {
        return match words.facts.profile.pause.and_then(|pause| pause.until) {
            Some(until) => words.text("resting_until", &on(until).pairs()),
            None => words.text("resting_open", &[]),
        };
    }
    match words.facts.today {
        Today::Ready => words.text("registered_today", &[]),
        Today::NotToday { next: Some(next), .. } => words.text("registered_next", &[("day", &days::day(next))]),
        Today::NotToday { next: None, .. } => String::new(),
    }
}

fn rest(words: &Words<'_>, until: Option<NaiveDate>, [dated, open]: [&str; 2]) -> Message {
    match until {
        Some(until) => words.line(dated, &on(until).pairs()),
        None => words.line(open, &[]),
    }
}

fn nobody(words: &Words<'_>, matter: Matter) -> Message {
    let key = match matter {
        Matter::DueDate | Matter::Birth => "nobody_expected",
        Matter::BirthDate | Matter::Name | Matter::Twins => "nobody_born",
        Matter::Count => "nobody_early",
    };
    entries(words, key, &[("profile", Tap::ShowProfile)])
}

fn moved(words: &Words<'_>, dates: Dates) -> Message {
    let (kind, day) = (kind_word(words, dates), days::full_day(date_of(dates)));
    words.line("moved", &[("kind", &kind), ("day", &day)])
}

fn gentle_birth(words: &Words<'_>) -> Message {
    let key = "gentle_birth";
    let sad = words.entry(key, "sad", Tap::AskLoss);
    let consult = words.entry(key, "consult", Tap::ShowConsult);
    words.buttons(key, &[], vec![birth_picker(words, key), sad, words.answer(key, "back", Tap::Back), consult])
}

fn born(words: &Words<'_>, child: ChildRef) -> Message {
    let undo = words.about("birth_reported", "undo", Tap::UndoBirth, child);
    words.buttons("birth_reported", &[("child", &family::name_of(words, child))], vec![undo])
}

fn privacy(words: &Words<'_>) -> Message {
    match words.facts.account.privacy_url {
        Some(page) => words.buttons("privacy", &[], vec![Button::uri(words.label("privacy", "page"), page)]),
        None => words.line("privacy_desk", &[]),
    }
}
