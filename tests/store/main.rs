//! The database, real and fresh for each test: what is written together, sealed, leased and found
//! again.
#![expect(clippy::unwrap_used, reason = "tests")]

mod bench;
mod codes;
mod deliveries;
mod events;
mod neighbours;
mod on_postgres;
mod schema;
mod sealing;
