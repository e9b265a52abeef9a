//! What a machine does to a server: a disk that is slow, full or broken, a database that goes and comes,
//! a clock that jumps, processes that stand still, limits of memory and files.
//!
//! The faults are real: the built programme runs in a process of its own, behind a library that spoils
//! what it asks of the system (`shim`), on a PostgreSQL that is stopped, started and cut off.
#![expect(clippy::unwrap_used, reason = "stories")]

#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/cut.rs"]
mod cut;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/postgres.rs"]
mod fresh;
#[path = "../support/history/mod.rs"]
mod history;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/line.rs"]
mod line;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/redis.rs"]
mod redis_server;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/server.rs"]
mod server;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/witness/mod.rs"]
mod witness;

mod machine;
mod postgres;
mod shim;

mod clock;
mod database;
mod disk;
mod limits;
mod log;
mod start;
mod still;
