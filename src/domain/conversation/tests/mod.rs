//! The conversation, told from the reader's side: what is said, what is tapped, what comes back.

mod asides;
mod birth;
mod change;
mod count;
mod danger;
mod dates;
mod limits;
mod loss;
mod overdue;
mod registration;
mod rest;
mod returning;
mod samples;
mod stop;
mod today;
mod total;
mod twins;
mod typed;
mod world;
