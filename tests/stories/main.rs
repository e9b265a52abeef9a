//! Journeys, told from the reader's side over real HTTP against the simulated LINE.
#![expect(clippy::unwrap_used, reason = "stories")]

#[expect(dead_code, reason = "stories of several servers use the rest")]
#[path = "../support/line.rs"]
mod line;
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
mod forgetting;
mod greeting;
mod groups;
mod holds;
mod kill;
mod ledger;
mod loss;
mod mistakes;
mod nicknames;
mod on_sqlite;
mod online;
mod outage;
mod privacy;
mod registration;
mod rehearsal;
mod rest;
mod settings;
mod stop;
mod surface;
mod today;
mod transcript;
mod typed;
mod witnessed;
