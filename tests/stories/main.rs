//! Journeys, told from the reader's side over real HTTP against the simulated LINE.
#![expect(clippy::unwrap_used, reason = "stories")]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod arrivals;
mod delivery;
mod holds;
mod ledger;
mod outage;
mod registration;
