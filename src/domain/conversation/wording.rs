//! Prompts become messages.

use super::Facts;
use crate::domain::message::Message;
use crate::domain::phrases::Phrases;

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {}

/// The message objects for these prompts. `facts.turn` is the turn *after* the step: buttons of
/// questions carry it.
#[must_use]
pub fn render(_prompts: &[Prompt], _facts: &Facts<'_>, _phrases: &Phrases) -> Vec<Message> {
    Vec::new()
}
