//! What hagukumi decides, and nothing it touches.
//!
//! Everything here is a pure function of its arguments: no database, no network, no files, no
//! clock, no chance. "Today" and "now" are passed in; so are ids. Callers commit what is decided
//! here and act afterwards.
//!
//! - [`account`]: what every room knows of an account.
//! - [`calendar`]: civil days, the account's zone, anniversaries.
//! - [`pregnancy`], [`child`]: how far along, how old.
//! - [`family`]: readers, children, and who follows whom.
//! - [`programme`]: slots, packs, cadence, which day brings what, and when the next message is due.
//! - [`municipal`]: the municipality, its texts and its desks.
//! - [`menu`]: the menu under the chat, and what is to be done about it.
//! - [`message`], [`phrases`]: what is said, free of LINE's wire; the wording staff can edit.
//! - [`compose`]: slots, facts and an object budget become messages.
//! - [`retention`]: how long a reader is known.
//! - [`code`]: short codes for invitations, a new phone, enquiries.
//! - [`conversation`]: state and input become the next state and effects.
//! - [`delivery`]: the states of everything that leaves, and what an outcome means.

pub mod account;
pub mod calendar;
pub mod child;
pub mod code;
pub mod compose;
pub mod conversation;
pub mod delivery;
pub mod family;
pub mod ids;
pub mod library;
pub mod menu;
pub mod message;
pub mod municipal;
pub mod phrases;
pub mod pregnancy;
pub mod programme;
pub mod retention;
