//! Several built servers on one PostgreSQL database, with and without Redis: processes that are started,
//! told to stop and killed, and LINE in a process beside them.
#![expect(clippy::unwrap_used, reason = "stories")]

#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/database.rs"]
mod database;
#[path = "../support/history/mod.rs"]
mod history;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/line.rs"]
mod line;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/redis.rs"]
mod redis_server;
#[path = "../support/replicas.rs"]
mod replicas;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/server.rs"]
mod server;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/witness/mod.rs"]
mod witness;

mod counts;
mod morning;
mod rolling;
mod start;
mod webhooks;
