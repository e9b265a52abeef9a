//! The judge of histories, judged: a good history passes, and each way to spoil it is noticed by exactly
//! the invariant that forbids it.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../support/history/mod.rs"]
mod history;

mod good;
mod planted;
mod read;
