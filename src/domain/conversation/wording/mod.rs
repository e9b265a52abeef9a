//! Prompts become messages.
//!
//! A [`Prompt`] names what is said; the words are phrases of `content/phrases/<locale>`, by key. A
//! question is worded from the state that waits for its answer, so that asking again says the same
//! and its buttons are those the state understands.

mod cards;
pub mod days;
mod family;
pub mod keys;
pub mod lines;
mod newcomers;
mod notices;
mod questions;
mod settings;
mod sharing;
mod words;

use chrono::NaiveDate;

use super::danger::Found;
use super::postback::ChildRef;
use super::state::{Matter, State};
use super::{Dates, Facts};
use crate::domain::code::Code;
use crate::domain::family::{Nickname, Role};
use crate::domain::message::Message;
use crate::domain::phrases::Phrases;
use lines::Line;
use words::Words;

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// The question that this state waits for.
    Question(State),
    /// A plain text.
    Line(Line),
    /// A quick reply that leads back to the open question, under what was said before.
    WayBack {
        /// Whether the open question belongs to a registration.
        registration: bool,
    },
    /// Who we are, to somebody new.
    Greeting,
    /// Nothing is registered; the way to begin.
    NotRegistered,
    /// The registration is complete.
    Registered(Dates),
    /// There is a registration already.
    AlreadyRegistered,
    /// Deliveries were stopped plainly; the ways on.
    StoppedBefore,
    /// Back after a block; deliveries rest until the reader says so.
    WelcomeBack,
    /// The third birthday is over.
    PastThree,
    /// The third birthday is today.
    ThreeToday,
    /// The second answer in a row that was not understood.
    NotUnderstoodAgain,
    /// Today has no message; the last one is shown again.
    Earlier {
        /// The next day that has one.
        next: Option<NaiveDate>,
    },
    /// Today has no message, and there was none before.
    Next {
        /// The next day that has one.
        next: NaiveDate,
    },
    /// Before 4 weeks 0 days.
    NotBegun {
        /// The first day.
        begins: NaiveDate,
    },
    /// Resting; nothing to read.
    Resting {
        /// The last day of rest.
        until: Option<NaiveDate>,
    },
    /// A rest begins.
    Rests {
        /// The last day of rest.
        until: Option<NaiveDate>,
    },
    /// Everything that is registered, with ways to change it.
    Profile,
    /// There is no child that this could be about.
    NobodyToChange(Matter),
    /// A date was changed.
    Moved(Dates),
    /// A nickname was changed.
    Renamed {
        /// The new one.
        nickname: Option<Nickname>,
    },
    /// A birth before 22 weeks: no congratulation, ways on.
    GentleBirth {
        /// Which child.
        child: ChildRef,
    },
    /// A birth was reported.
    Born {
        /// Which child, as it was before the report.
        child: ChildRef,
    },
    /// One more child is registered.
    SiblingRegistered,
    /// Twins of a child are registered.
    TwinsRegistered,
    /// Overdue, and nothing is decided; until when we wait.
    DecidesLater {
        /// The last day on which the registration is known.
        until: NaiveDate,
    },
    /// The deliveries for a pregnancy were ended, and others go on.
    PregnancyEnded,
    /// Deliveries were stopped.
    Stopped,
    /// Deliveries stand still after a loss; the way back only where there is one.
    QuietlyStopped {
        /// Whether a stop can still be undone.
        undo: bool,
    },
    /// Where somebody listens after a loss.
    LossTalk {
        /// Whether the stop was just made and can be undone.
        undo: bool,
    },
    /// What can be done here.
    Help,
    /// Whom one can call.
    Consult,
    /// Whom one can call at once.
    Urgent,
    /// The page on personal data.
    Privacy,
    /// Help after words that call for it.
    Danger(Found),
    /// Pictures and voices cannot be seen here.
    Media,
    /// A new invitation.
    Invitation {
        /// For one person.
        code: Code,
    },
    /// Nobody else follows the children.
    NoFamily,
    /// Who else follows the children, when none of them can be removed.
    Family,
    /// The reader joined a family.
    Joined,
    /// A code for a new phone.
    TransferCode {
        /// For one use.
        code: Code,
    },
    /// A number to say over the telephone.
    EnquiryNumber {
        /// The number.
        code: Code,
    },
    /// The role was set.
    RoleSet {
        /// The new one.
        role: Role,
    },
    /// The time of day was set.
    TimeSet {
        /// Whether it was brought into the account's hours.
        clipped: bool,
    },
    /// The area was set.
    AreaSet {
        /// The new one.
        area: Option<String>,
    },
}

/// The message objects for these prompts. `facts.turn` is the turn *after* the step: buttons of
/// questions carry it.
#[must_use]
pub fn render(prompts: &[Prompt], facts: &Facts<'_>, phrases: &Phrases) -> Vec<Message> {
    let words = Words { facts, phrases };
    let mut said: Vec<Message> = Vec::new();
    for prompt in prompts {
        match prompt {
            Prompt::WayBack { registration } => {
                if let Some(last) = said.last_mut() {
                    last.quick.push(words.way_back(*registration));
                }
            }
            other => said.extend(worded(&words, other)),
        }
    }
    said
}

fn worded(words: &Words<'_>, prompt: &Prompt) -> Vec<Message> {
    match prompt {
        Prompt::Question(state) => questions::question(words, state).into_iter().collect(),
        Prompt::Line(line) => vec![words.line(line.key(), &[])],
        Prompt::WayBack { .. } => vec![],
        Prompt::Profile => vec![family::profile(words)],
        Prompt::Invitation { code } => vec![sharing::invitation(words, code)],
        Prompt::NoFamily | Prompt::Family => vec![sharing::family(words, &[])],
        Prompt::Joined => vec![sharing::joined(words)],
        Prompt::TransferCode { code } => vec![sharing::transfer(words, code)],
        Prompt::EnquiryNumber { code } => vec![sharing::enquiry(words, code)],
        Prompt::RoleSet { role } => vec![settings::role_set(words, *role)],
        Prompt::TimeSet { clipped } => vec![settings::time_set(words, *clipped)],
        Prompt::AreaSet { area } => vec![settings::area_set(words, area.as_deref())],
        Prompt::LossTalk { undo } => vec![cards::loss_talk(words, *undo)],
        Prompt::Help => vec![cards::help(words)],
        Prompt::Consult => vec![cards::consult(words)],
        Prompt::Urgent => vec![cards::urgent(words)],
        Prompt::Danger(found) => cards::danger(words, *found),
        other => vec![notices::notice(words, other)],
    }
}

/// What is said to a group before it is left: this works one to one only.
#[must_use]
pub fn group_farewell(phrases: &Phrases) -> Vec<Message> {
    phrases.get("group_farewell").map(|phrase| Message::text(phrase.text.clone())).into_iter().collect()
}
