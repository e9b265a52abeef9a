//! The conversation, told from the reader's side: what is said, what is tapped, what comes back.

mod danger;
mod registration;
mod world;
