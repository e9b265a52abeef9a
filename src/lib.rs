//! hagukumi (はぐくみ): a server that lets a municipality's LINE account accompany a family from
//! week 4 of pregnancy to the third birthday.
//!
//! **Decide purely, commit once, then act.** Nothing points back; whatever a crash interrupts is
//! found again from the database alone.

pub mod app;
pub mod clock;
pub mod commands;
pub mod config;
pub mod content;
pub mod delivery;
pub mod domain;
pub mod http;
pub mod inbox;
pub mod line;
pub mod logging;
pub mod simulator;
pub mod store;
pub mod timers;
