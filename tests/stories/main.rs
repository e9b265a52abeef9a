//! Journeys, told from the reader's side over real HTTP against the simulated LINE.
#![expect(clippy::unwrap_used, reason = "stories")]

#[path = "../support/server.rs"]
mod server;
#[path = "../support/stage.rs"]
mod stage;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/wire.rs"]
mod wire;

mod accounts;
mod answers;
mod arrivals;
mod asides;
mod bad_requests;
mod bad_webhooks;
mod birth;
mod block;
mod buttons;
mod calendar;
mod change;
mod delivery;
mod drafts;
mod edges;
mod enquiry;
mod erase;
mod family_members;
mod forgetting;
mod greeting;
mod groups;
mod holds;
mod invitation;
mod kill;
mod ledger;
mod loss;
mod mistakes;
mod nicknames;
mod online;
mod outage;
mod privacy;
mod registration;
mod rest;
mod role_and_area;
mod settings;
mod stop;
mod surface;
mod time_of_day;
mod today;
mod transcript;
mod transfer;
mod typed;
