//! Timer indexes, held to one contract, and what Redis adds to it: real databases and real Redis
//! servers, fresh for each test.
#![expect(clippy::unwrap_used, reason = "tests")]

mod bench;
mod contract;
mod faults;
mod many;
mod pool;
mod rebuild;
#[path = "../support/redis.rs"]
mod redis_server;
