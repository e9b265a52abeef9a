//! Journeys, told from the reader's side over real HTTP against the simulated LINE.
#![expect(clippy::unwrap_used, reason = "stories")]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod arrivals;
mod asides;
mod birth;
mod block;
mod buttons;
mod calendar;
mod change;
mod delivery;
mod drafts;
mod edges;
mod forgetting;
mod greeting;
mod groups;
mod holds;
mod ledger;
mod loss;
mod mistakes;
mod nicknames;
mod online;
mod outage;
mod registration;
mod rest;
mod stop;
mod today;
mod transcript;
mod typed;
