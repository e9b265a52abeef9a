//! Journeys, told from the reader's side over real HTTP against the simulated LINE.
#![expect(clippy::unwrap_used, reason = "stories")]

#[path = "../support/mod.rs"]
mod support;

mod forgetting;
mod online;
mod registration;
