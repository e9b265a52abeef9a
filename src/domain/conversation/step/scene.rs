//! What a step looks at: the conversation, the facts, and questions often asked of them.

use chrono::NaiveDate;

use super::super::postback::ChildRef;
use super::super::state::State;
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Conversation, Facts, Step};
use crate::domain::calendar::LeapRule;
use crate::domain::family::{Follow, Journey};

/// The conversation and the facts an input meets.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) talk: &'a Conversation,
    pub(super) facts: &'a Facts<'a>,
}

impl<'a> Scene<'a> {
    pub(super) const fn state(self) -> &'a State {
        &self.talk.state
    }

    pub(super) fn today(self) -> NaiveDate {
        self.facts.now.date()
    }

    /// When a child of 29 February has its birthday.
    pub(super) const fn leap(self) -> LeapRule {
        self.facts.account.municipality.leap
    }

    /// Nothing changes and nothing is said.
    pub(super) fn stay(self) -> Step {
        Step { next: self.talk.clone(), effects: Vec::new(), prompts: Vec::new() }
    }

    /// Goes to a question and asks it.
    pub(super) fn ask(self, state: State) -> Step {
        self.stay().ask(state)
    }

    /// Says a line and leaves everything as it is.
    pub(super) fn tell(self, line: Line) -> Step {
        self.stay().tell(line)
    }

    /// The dialogue ends with this line.
    pub(super) fn end(self, line: Line) -> Step {
        self.stay().to(State::Idle).tell(line)
    }

    /// Says a line and, when a question is open, asks it again.
    pub(super) fn again(self, line: Line) -> Step {
        self.asked_again(self.tell(line))
    }

    /// A button of an older question: neutral words, and what is asked now.
    pub(super) fn old_button(self) -> Step {
        self.again(if self.state().is_open() { Line::OldButton } else { Line::UnknownButton })
    }

    /// Adds the open question, if there is one.
    pub(super) fn asked_again(self, step: Step) -> Step {
        if self.state().is_open() { step.say(Prompt::Question(self.state().clone())) } else { step }
    }

    /// The answer to the open question was not understood.
    pub(super) fn misread(self) -> Step {
        let mut step = match self.state() {
            _ if self.talk.misread > 0 => self.asked_again(self.stay().say(Prompt::NotUnderstoodAgain)),
            State::AskingDate { .. }
            | State::ClearingOverdue { .. }
            | State::WithoutDueDate { .. }
            | State::ChoosingDate { .. } => self.again(Line::NotADate),
            State::AskingWeeks { .. } => self.again(Line::NotWeeks),
            State::CountingTwins { .. } => self.again(Line::NotACount),
            State::AskingCode { .. } => self.again(Line::NotACode),
            State::ChoosingTime => self.again(Line::NotATime),
            _ => self.again(Line::ChooseOne),
        };
        step.next.misread = self.talk.misread.saturating_add(1);
        step
    }

    /// The child of a button or a state, unless the family reported something meanwhile.
    pub(super) fn follow(self, child: ChildRef) -> Option<&'a Follow> {
        self.facts.follows.iter().find(|follow| reference(follow) == child)
    }

    /// Children whose deliveries go on or could: neither stopped nor past the third birthday.
    pub(super) fn active(self) -> impl Iterator<Item = &'a Follow> {
        self.facts.active()
    }

    /// Whether this reader stopped plainly, and the journey goes on.
    pub(super) fn plainly_stopped(self) -> impl Iterator<Item = &'a Follow> {
        self.facts.plainly_stopped()
    }

    /// Whether everything stands still after a loss: words stay quiet.
    pub(super) fn is_quiet(self) -> bool {
        self.facts.is_quiet()
    }

    /// Whether some day of the last thirty is meant.
    pub(super) fn is_recent(self, on: NaiveDate) -> bool {
        self.facts.is_recent(on)
    }
}

/// The child as a button or a state names it.
pub(super) const fn reference(follow: &Follow) -> ChildRef {
    ChildRef { id: follow.child.id, version: follow.child.version }
}

/// The due date of an expected child.
pub(super) const fn due_date(follow: &Follow) -> Option<NaiveDate> {
    match follow.child.journey {
        Journey::Expected { due } => Some(due),
        Journey::Born { .. } | Journey::Stopped { .. } => None,
    }
}
