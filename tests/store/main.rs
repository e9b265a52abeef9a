//! The database, real and fresh for each test: what is written together, sealed, leased and found
//! again.
#![expect(clippy::unwrap_used, reason = "tests")]

mod bench;
mod deliveries;
mod events;
mod neighbours;
mod schema;
mod sealing;
