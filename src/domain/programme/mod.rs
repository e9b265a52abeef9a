//! Which messages a family is due, and when.
//!
//! A *programme* is the list of messages we send, each placed at an age by a pack's cadence. A *plan*
//! is that list worked out for one reader and one day. Callers pass the day in.
//!
//! - **The past is skipped, not caught up.**
//! - **Moving a date moves the future only.**
//! - **A day's contents are a pure function** of children, day, packs and municipal texts shown.
//!
//! [`cadence`] places the slots of a pack in one child's calendar; [`placement`] lets municipal
//! texts ride along; [`plan`] puts together what a reader gets, and says when; [`series()`] lists a
//! whole journey for staff.

pub mod cadence;
mod closing;
#[cfg(test)]
pub(crate) mod fixture;
pub mod pack;
pub mod placement;
pub mod plan;
pub mod planned;
mod series;
pub mod slot;

pub use series::{letters, series};
