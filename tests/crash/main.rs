//! The built server killed by SIGKILL, at every step of its work and at any moment: what was received is
//! done, what was said is said once. Built with the feature `fail-points` (see `src/fail.rs`).
#![expect(clippy::unwrap_used, reason = "stories")]

#[expect(dead_code, reason = "other stories use the rest")]
#[path = "../support/line.rs"]
mod line;
#[expect(dead_code, reason = "other stories use the rest")]
#[path = "../support/redis.rs"]
mod redis_server;
#[expect(dead_code, reason = "other stories use the rest")]
#[path = "../support/server.rs"]
mod server;
#[expect(dead_code, reason = "other stories use the rest")]
#[path = "../support/stage.rs"]
mod stage;
#[expect(dead_code, reason = "other stories use the rest")]
#[path = "../support/mod.rs"]
mod support;
#[expect(dead_code, reason = "other stories use the rest")]
#[path = "../support/wire.rs"]
mod wire;

use support::witness;

mod day;
mod matrix;
mod points;
mod soak;
mod town;
