//! Stories in a real browser: the whole demo as its own process, its phone in headless Chromium, and
//! nothing but clicks, keys and typing. What is read through scripts is only looked at.
//!
//! Every story has its own demo, driver and browser on free ports; all of them end with the story,
//! also when it fails. Waiting is for something to appear, with a limit.
#![expect(clippy::unwrap_used, reason = "stories")]

#[path = "../support/history/mod.rs"]
mod history;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/line.rs"]
mod line;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/server.rs"]
mod server;
#[expect(dead_code, reason = "the stories use the rest")]
#[path = "../support/witness/mod.rs"]
mod witness;

mod access;
mod demo;
mod driver;
mod family;
mod forward;
mod menu;
mod morning;
mod person;
mod phone;
mod process;
mod registration;
