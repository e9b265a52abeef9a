//! The rooms of the product that read what comes from outside, as they are, and what holds for them.

extern crate self as hagukumi;

#[path = "../../src"]
mod rooms {
    pub mod config;
    pub mod content;
    pub mod domain;
    pub mod line {
        pub mod signature;
        pub mod webhook;
    }
}

#[path = "promises/mod.rs"]
mod promises;

pub use promises::{content as content_promise, postback, settings, text, webhook};
pub use rooms::{config, content, domain, line};
