//! Backups: every row of the database in one file, and back.
//!
//! A backup is text: a *head* (what it is, when it was taken, which columns follow), one line a row, and an
//! *end* with the number of rows and the hash of everything before it. A file without its end was cut off; a
//! file whose hash is another was damaged. Personal columns stay sealed, and the key is never in it.
//!
//! Both databases write the same file, from one moment and while servers work; a backup of one can be
//! restored into the other. It is restored in one transaction, marked and held (see `silencing`),
//! so that there is never a restored database that would send.

mod read;
mod seals;
mod tables;
mod verify;
mod write;

pub use read::{Backup, RestoreError};
pub use seals::{Resealed, SEALS};
pub use verify::Finding;
pub use write::{BackupError, Manifest};
