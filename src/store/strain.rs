//! What may go wrong between us and the database, on purpose.
//!
//! A simulation hands a [`Strain`] in; a server never has one. Everything that is decided is written in a
//! [`Tx`](super::Tx), so that nothing more needs to fail than its beginning and its end: a crash anywhere
//! inside leaves the same database behind as one at its beginning.

use std::fmt::Debug;

use sea_orm::{DbErr, RuntimeErr, sqlx};

use super::StoreError;

/// A moment of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It is to begin.
    Begin,
    /// Everything is written, and it is to be made true.
    Commit,
    /// It is true, and we have not heard of it.
    Committed,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The database refuses, and would refuse again.
    Refused,
    /// The connection is lost.
    Lost,
}

/// Says what goes wrong when.
pub trait Strain: Send + Sync + Debug {
    /// Asked at every moment; `None` lets it pass.
    fn at(&self, moment: Moment) -> Option<Fault>;
}

pub(super) fn failure(moment: Moment, fault: Fault) -> StoreError {
    let error = match fault {
        Fault::Refused => DbErr::Custom("refused on purpose".to_owned()),
        Fault::Lost => {
            let cause = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            DbErr::Exec(RuntimeErr::SqlxError(sqlx::Error::Io(cause).into()))
        }
    };
    if moment == Moment::Begin { StoreError::Database(error) } else { StoreError::at_commit(error) }
}
