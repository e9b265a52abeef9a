//! SeaORM entities: columns and relations only. What the columns mean is said in `store`, which is
//! the only room that uses them; times are 64-bit milliseconds since 1970 (UTC), and `_sealed`
//! columns hold sealed personal data.
#![expect(missing_docs, reason = "derived items; the columns are named after the words of the design")]

pub mod account;
pub mod child;
pub mod code;
pub mod consent;
pub mod delivery;
pub mod follow;
pub mod menu_call;
pub mod menu_leaver;
pub mod menu_version;
pub mod meta;
pub mod reader;
pub mod webhook_event;
