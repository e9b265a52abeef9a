//! The answers each question offers, in the order of its buttons, and the question before it.

use super::super::postback::Tap;
use super::super::reading::words::{self, Command};
use super::super::state::{Draft, State, Wanted};

/// The answers that a question offers, in the order of its buttons: 「1」 is the first. `privacy` is
/// whether there is a page on personal data to show.
fn offered(state: &State, privacy: bool) -> Vec<Tap> {
    match state {
        State::Idle => vec![],
        State::AskingConsent if privacy => {
            vec![Tap::Consent, Tap::Join, Tap::ShowPrivacy, Tap::Decline, Tap::EnterTransfer]
        }
        State::AskingConsent => vec![Tap::Consent, Tap::Join, Tap::Decline, Tap::EnterTransfer],
        State::AskingDate { wanted: Wanted::Registration { .. } } => {
            vec![Tap::DueDate, Tap::BirthDate, Tap::DateUnknown]
        }
        State::AskingDate { wanted: Wanted::DueDate { .. } } => vec![Tap::DueDate, Tap::Back],
        State::AskingDate { wanted: Wanted::BirthDate { .. } } => vec![Tap::BirthDate, Tap::Back],
        State::AskingDate { wanted: Wanted::Birth { .. } } => vec![Tap::BirthDate, Tap::AskLoss, Tap::Back],
        State::ClearingOverdue { .. } => vec![Tap::BirthDate, Tap::NotYetBorn, Tap::NotNeeded],
        State::WithoutDueDate { .. } => vec![Tap::Weeks, Tap::Back, Tap::ShowConsult],
        State::AskingWeeks { .. } => vec![Tap::Back],
        State::ChoosingDate { days, .. } if days.len() == 1 => vec![Tap::Yes, Tap::No],
        State::ChoosingDate { days, .. } => picks(days.len()),
        State::AskingNickname { .. } | State::AskingNewName { .. } => vec![Tap::SkipName, Tap::Back],
        State::Confirming { .. } | State::ConfirmingMove { .. } | State::ConfirmingBirth { .. } => {
            vec![Tap::Yes, Tap::No]
        }
        State::ConfirmingTwins { .. } => vec![Tap::Yes, Tap::Apart],
        State::CountingTwins { .. } => vec![Tap::Pick(0), Tap::Pick(1), Tap::Pick(2), Tap::Back],
        State::NamingTwins { .. } => vec![Tap::SkipName, Tap::Back],
        State::ChoosingCount { .. } => vec![Tap::CountFromDue, Tap::CountFromBirth, Tap::CountLater],
        State::Fixing { .. } => vec![Tap::FixDate, Tap::FixName, Tap::Restart, Tap::Back],
        State::Resuming { .. } => vec![Tap::GoOn, Tap::Restart],
        State::ChoosingChild { children, .. } => [picks(children.len()), vec![Tap::Back]].concat(),
        State::ConfirmingLoss => vec![Tap::Yes, Tap::Back],
        State::ChoosingLost { children } => [picks(children.len()), vec![Tap::PickAll, Tap::PickNone]].concat(),
        State::ChoosingRest => vec![Tap::RestWeek, Tap::RestMonth, Tap::RestOpen, Tap::StopNow],
        State::AskingCode { .. } => vec![Tap::Back],
        State::Joining { .. } if privacy => [&ROLES[..], &[Tap::ShowPrivacy, Tap::Decline]].concat(),
        State::Joining { .. } => [&ROLES[..], &[Tap::Decline]].concat(),
        State::ChoosingMember { members } => [picks(members.len()), vec![Tap::Back]].concat(),
        State::ConfirmingRemoval { .. } | State::ConfirmingErase => vec![Tap::Yes, Tap::Back],
        State::ConfirmingTransfer { .. } => vec![Tap::Yes, Tap::Back],
        State::ChoosingRole => [&ROLES[..], &[Tap::Back]].concat(),
        State::ChoosingTime => [picks(3), vec![Tap::Back]].concat(),
        State::ChoosingArea { areas } => [picks(areas.len()), vec![Tap::PickNone, Tap::Back]].concat(),
    }
}

/// The roles, in the order of [`crate::domain::family::Role::ALL`].
const ROLES: [Tap; 4] = [Tap::RoleMother, Tap::RoleFather, Tap::RoleGrandparent, Tap::RoleOther];

fn picks(count: usize) -> Vec<Tap> {
    (0..count).filter_map(|choice| u8::try_from(choice).ok()).map(Tap::Pick).collect()
}

/// The answer that a whole message chooses, by its words or by its number.
pub(super) fn chosen(state: &State, privacy: bool, text: &str) -> Option<Tap> {
    let offered = offered(state, privacy);
    let by_words = offered.iter().find(|tap| words::says(text, **tap)).copied();
    // A name may be a number, and weeks and children are counted in one.
    let counts = !matches!(
        state,
        State::AskingNickname { .. }
            | State::AskingNewName { .. }
            | State::NamingTwins { .. }
            | State::CountingTwins { .. }
            | State::AskingWeeks { .. }
    );
    by_words.or_else(|| {
        let index = words::numbered(text).filter(|_| counts)?.checked_sub(1)?;
        offered.get(index).copied()
    })
}

/// Whether a command's word may be meant as an answer here: 「きょう」 is a date, and a name.
pub(super) const fn may_be_an_answer(state: &State, command: Command) -> bool {
    match command {
        Command::Today => matches!(
            state,
            State::AskingDate { .. }
                | State::ChoosingDate { .. }
                | State::ClearingOverdue { .. }
                | State::AskingNickname { .. }
                | State::AskingNewName { .. }
                | State::NamingTwins { .. }
        ),
        Command::AddTwins => matches!(state, State::CountingTwins { .. }),
        _ => false,
    }
}

/// The question before this one; `None` for the first of a dialogue.
pub(super) fn before(state: &State) -> Option<State> {
    match state {
        State::Idle | State::AskingConsent | State::ChoosingChild { .. } | State::AskingNewName { .. } => None,
        State::ConfirmingLoss | State::ChoosingLost { .. } | State::ChoosingRest => None,
        State::AskingCode { .. } | State::Joining { .. } | State::ConfirmingErase => None,
        State::ChoosingMember { .. } | State::ConfirmingRemoval { .. } | State::ConfirmingTransfer { .. } => None,
        State::ChoosingRole | State::ChoosingTime | State::ChoosingArea { .. } => None,
        State::AskingDate { wanted: Wanted::Registration { draft } } => complete(draft),
        State::AskingDate { .. } | State::CountingTwins { .. } | State::ChoosingCount { .. } => None,
        State::ChoosingDate { wanted, .. } => Some(State::AskingDate { wanted: wanted.clone() }),
        State::ClearingOverdue { draft } | State::WithoutDueDate { draft } | State::AskingWeeks { draft } => {
            Some(State::AskingDate { wanted: Wanted::Registration { draft: draft.clone() } })
        }
        State::AskingNickname { dates, called: Some(called) } => {
            Some(State::Confirming { dates: *dates, called: called.clone() })
        }
        State::AskingNickname { called: None, .. } => {
            Some(State::AskingDate { wanted: Wanted::Registration { draft: Draft::default() } })
        }
        State::Confirming { dates, called } => Some(State::Fixing { dates: *dates, called: called.clone() }),
        State::Fixing { dates, called } => Some(State::Confirming { dates: *dates, called: called.clone() }),
        State::Resuming { draft } => Some((**draft).clone()),
        State::ConfirmingMove { child, dates } => Some(State::AskingDate { wanted: wanted(*child, *dates) }),
        State::ConfirmingTwins { children, born } => {
            children.first().map(|child| State::ConfirmingBirth { child: *child, born: *born })
        }
        State::NamingTwins { child, named, more } => Some(match named.split_last() {
            Some((_, named)) => State::NamingTwins { child: *child, named: named.to_vec(), more: *more },
            None => State::CountingTwins { child: *child },
        }),
        State::ConfirmingBirth { child, .. } => Some(State::AskingDate { wanted: Wanted::Birth { child: *child } }),
    }
}

/// What a corrected date of a registered child is for.
pub(super) const fn wanted(child: super::super::postback::ChildRef, dates: super::super::Dates) -> Wanted {
    match dates {
        super::super::Dates::Due { .. } => Wanted::DueDate { child },
        super::super::Dates::Born { .. } => Wanted::BirthDate { child },
    }
}

/// The confirmation to which a correction goes back.
fn complete(draft: &Draft) -> Option<State> {
    Some(State::Confirming { dates: draft.dates?, called: draft.called.clone()? })
}
