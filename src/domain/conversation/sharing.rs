//! What a step must know of codes and of the family, and whether it must know it at all.
//!
//! The step is pure: whoever calls it looks up beforehand what the input [`needs`], and hands it on as
//! [`Sharing`]. Most inputs need nothing of it.

use chrono::NaiveDate;

use super::postback::{Data, Tap};
use super::reading::words::{self, Command};
use super::state::State;
use super::{Conversation, Input, ages};
use crate::domain::calendar::LeapRule;
use crate::domain::code::Code;
use crate::domain::family::{Child, Follow, Role};
use crate::domain::ids::{ChildId, CodeId, ReaderId};

/// What is to be looked up before a step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The code that was typed.
    pub typed: Option<Code>,
    /// The invitation, or the code for a new phone, that the open question holds.
    pub held: Option<CodeId>,
    /// Who else follows the children of whom the reader is a parent.
    pub members: bool,
    /// Whether the children the reader follows have a parent.
    pub parents: bool,
}

/// What was looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sharing {
    /// Unguessable bytes, for a new code.
    pub chance: [u8; 8],
    /// The code that was typed.
    pub typed: Typed,
    /// The invitation that the open question holds, while it can be used.
    pub held: Option<Invitation>,
    /// What the code for a new phone moves that the open question holds, while it can be used.
    pub moves: Option<Move>,
    /// Who else follows the children of whom the reader is a parent, in the order of their joining.
    pub members: Vec<Member>,
    /// The children the reader follows of whom nobody else is a parent any more.
    pub unspoken_for: Vec<ChildId>,
}

/// What a typed code is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Typed {
    /// No code was typed.
    #[default]
    Nothing,
    /// Nobody's, used, or past its time.
    Unusable,
    /// The reader's own: it is meant for somebody else.
    Own,
    /// An invitation.
    Invitation(Invitation),
    /// It moves everything here.
    Transfer(Move),
}

/// Everything of another LINE account, to be moved here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Which code.
    pub code: CodeId,
    /// Whether deliveries go on for what is moved.
    pub active: bool,
}

/// An invitation that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Which code.
    pub code: CodeId,
    /// The children it is for: those that go on, and of whom the one who invites is a parent.
    pub children: Vec<Child>,
}

/// Somebody else in the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub reader: ReaderId,
    /// What they are to the children.
    pub role: Role,
    /// The day they joined.
    pub since: NaiveDate,
    /// Whether they registered one of the children, and cannot be removed.
    pub registrant: bool,
}

impl Sharing {
    /// The invitation of that code, typed or held.
    #[must_use]
    pub fn invitation(&self, code: CodeId) -> Option<&Invitation> {
        let typed = match &self.typed {
            Typed::Invitation(invitation) => Some(invitation),
            Typed::Nothing | Typed::Unusable | Typed::Own | Typed::Transfer(_) => None,
        };
        self.held.iter().chain(typed).find(|invitation| invitation.code == code)
    }

    /// The members who can be removed.
    pub fn removable(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| !member.registrant)
    }
}

/// The children that an invitation of somebody who follows these is for: those that go on, and of whom
/// they are a parent.
#[must_use]
pub fn offered(follows: &[Follow], today: NaiveDate, leap: LeapRule) -> Vec<Child> {
    let parents = follows.iter().filter(|follow| follow.is_parent());
    parents.filter(|follow| goes_on(follow, today, leap)).map(|follow| follow.child.clone()).collect()
}

/// Whether deliveries about the child go on for whoever follows it so.
#[must_use]
pub fn goes_on(follow: &Follow, today: NaiveDate, leap: LeapRule) -> bool {
    let finished = follow.child.journey.born().is_some_and(|born| ages::last_birthday(born, leap) < today);
    follow.is_active() && !finished
}

/// What a step with this input must know.
#[must_use]
pub fn needs(talk: &Conversation, input: &Input) -> Needs {
    let held = match talk.state {
        State::Joining { code } | State::ConfirmingTransfer { code } => Some(code),
        _ => None,
    };
    let lists = matches!(talk.state, State::ChoosingMember { .. } | State::ConfirmingRemoval { .. });
    let parents = talk.state == State::ChoosingRole;
    match input {
        Input::Text(text) => {
            let members = lists || words::command(text) == Some(Command::Family);
            Needs { typed: Code::read(text), held, members, parents }
        }
        Input::Postback { data, .. } => {
            let members = lists || Data::parse(data).is_some_and(|data| data.tap == Tap::ShowFamily);
            Needs { typed: None, held, members, parents }
        }
        Input::Sticker | Input::Media => Needs { typed: None, held, members: lists, parents },
        Input::Followed | Input::Unfollowed | Input::TimedOut { .. } => Needs::default(),
    }
}
