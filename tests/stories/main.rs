//! Journeys, told from the reader's side over real HTTP against the simulated LINE.
#![expect(clippy::unwrap_used, reason = "stories")]

#[path = "../support/apart.rs"]
mod apart;
#[path = "../support/cut.rs"]
mod cut;
#[expect(dead_code, reason = "stories of several servers use the rest")]
#[path = "../support/line.rs"]
mod line;
#[path = "../support/redis.rs"]
mod redis_server;
#[expect(dead_code, reason = "stories of servers that are killed use the rest")]
#[path = "../support/server.rs"]
mod server;
#[path = "../support/stage.rs"]
mod stage;
#[path = "../support/mod.rs"]
mod support;
#[expect(dead_code, reason = "stories of servers that are killed use the rest")]
#[path = "../support/wire.rs"]
mod wire;

use support::witness;

mod accounts;
mod answers;
mod arrivals;
mod asides;
mod bad_answers;
mod bad_requests;
mod bad_webhooks;
mod birth;
mod block;
mod buttons;
mod calendar;
mod change;
mod crowd;
mod delivery;
mod drafts;
mod due_dates;
mod edges;
mod enquiry;
mod erase;
mod explained;
mod fairness;
mod family_members;
mod forgetting;
mod greeting;
mod groups;
mod holds;
mod invitation;
mod keys;
mod kill;
mod ledger;
mod long_outage;
mod loss;
mod loss_among_others;
mod menu_files;
mod menus;
mod menus_applied;
mod menus_commands;
mod menus_interrupted;
mod mistakes;
mod newcomers_at_rest;
mod nicknames;
mod on_postgres;
mod on_sqlite;
mod online;
mod outage;
mod overdue;
mod preterm;
mod privacy;
mod quarantine;
mod redis_index;
mod redis_many;
mod redis_operator;
mod registration;
mod rehearsal;
mod rest;
mod restoring;
mod retention;
mod role_and_area;
mod settings;
mod several_children;
mod siblings;
mod stop;
mod suppression;
mod surface;
mod third_birthday;
mod time_of_day;
mod today;
mod transcript;
mod transfer;
mod twins;
mod typed;
mod whole_family;
mod witnessed;
