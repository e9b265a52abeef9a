//! The suppression list: what a restored, older database must not have forgotten.
//!
//! A backup of last night does not know that a loss was reported this morning. Whatever silences is
//! therefore also written into a file outside the database, one line a *fact*, and `restore` applies the
//! file before anything may leave.
//!
//! - **A fact that silences is on the disk before its transaction commits**; one that *lifts* a silence is
//!   written after the commit. A line too many silences somebody who can come back by a word; a line too
//!   few would wake a family.
//! - **Nothing waits for a file that cannot be written**: the database silences all the same. The facts are
//!   kept in memory and tried again; meanwhile the list *fails*, and says so loudly.
//! - **Nothing in it is personal.** Readers and children are keyed hashes of our own ids, which mean nothing
//!   elsewhere. The key comes from the key file, and stays the same when keys are rotated.
//! - **The list only ever silences.** Who was silent in the backup stays silent until they speak.
//!
//! The file itself is in `list`, what is read from it in `entries`, and how it is applied to a
//! database in `silencing`.

mod entries;
mod fact;
mod list;

pub(super) use entries::OfReader;
pub use entries::{Entries, Silenced};
pub use fact::Fact;
pub(super) use fact::{Token, child_token, civil_day, reader_token};
pub use list::{ListError, SuppressionList};
