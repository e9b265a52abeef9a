//! One step of the conversation.

use super::{Conversation, Facts, Input, Step};

/// The next state, the effects and the prompts for an input.
#[must_use]
pub fn step(conversation: &Conversation, _input: &Input, _facts: &Facts<'_>) -> Step {
    Step { next: conversation.clone(), effects: Vec::new(), prompts: Vec::new() }
}
