//! The conversation, told from the reader's side: what is said, what is tapped, what comes back.

mod asides;
mod birth;
mod change;
mod danger;
mod dates;
mod limits;
mod registration;
mod rest;
mod returning;
mod samples;
mod stop;
mod today;
mod total;
mod typed;
mod world;
