//! LINE's wire: the only room that knows what LINE's signatures, events, message objects and status
//! codes look like.
//!
//! - [`signature`]: whether a webhook body is LINE's.
//! - [`webhook`]: a body becomes events, and events become [`Input`](crate::domain::conversation::Input).
//! - [`outgoing`]: a [`Message`](crate::domain::message::Message) becomes LINE's JSON.
//! - [`rich_menu`]: a page of a menu becomes LINE's JSON.
//! - [`client`], [`token`]: requests to LINE, and what proves that they are ours.
//! - [`error`]: why a request failed, one variant for each thing a caller does differently.
//! - [`lint`]: LINE's documented limits, and properties that LINE does not know.
//!
//! Words: a *destination* is the bot's own user id, as webhooks name it; a *reply token* answers one
//! event once and within a minute; a *retry key* makes a push happen once however often it is tried.
//!
//! - **Nothing costs its neighbours.** One strange event leaves the rest of its batch readable.
//! - **Nothing personal shows itself.** `Debug` forms, errors and logs carry no user ids, no texts, no
//!   tokens and no bodies.
//! - The models of line-bot-sdk-rust say what LINE knows; its client and helpers are not used, because
//!   they lose response headers and panic on inputs that do occur.

pub mod client;
pub mod error;
pub mod lint;
pub mod outgoing;
pub mod rich_menu;
pub mod road;
pub mod signature;
pub mod token;
pub mod webhook;
mod wire;
