//! Which failures pass when the whole transaction is tried again, and how often that is done.
//!
//! - **A deadlock or a serialization failure** ended the transaction for certain: nothing was written.
//! - **A lost connection** ended it too, unless it was lost at the commit; then the outcome is
//!   [unknown](StoreError::Unknown): written as a whole, or not at all.
//!
//! Who tries again must be right in both cases. Everybody who does is: what arrives is unique by its
//! event, an event that is done is not pending any more, a reader who was planned is not due any more, a
//! lease that nobody knows of runs out, and an outcome that is recorded twice stays as it is.

use sea_orm::sqlx;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

use super::StoreError;

/// What a failure says about its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// Somebody else was in the way.
    InTheWay,
    /// The connection is gone.
    Lost,
    /// There is such a row already: two servers gave the same id, or made the same thing.
    Twice,
    /// It would fail again.
    Lasting,
}

/// Counts how often one piece of work was begun.
#[derive(Debug, Default)]
pub struct Tries(u8);

impl Tries {
    /// A few that meet pass each other in one or two; more says that something else is wrong.
    const MOST: u8 = 4;

    /// Whether the work is to be begun once more after this failure.
    pub fn again(&mut self, error: &StoreError) -> bool {
        self.0 += 1;
        let worth_it =
            error.is_passing() || matches!(error, StoreError::Database(error) if trouble(error) == Trouble::Twice);
        let again = worth_it && self.0 < Self::MOST;
        if again {
            metrics::counter!("hagukumi_transactions_again_total").increment(1);
            tracing::debug!(error = error as &dyn std::error::Error, "a transaction is tried again");
        }
        again
    }
}

impl StoreError {
    /// Whether somebody else was in the way, or the connection is gone: no fault of what was being written.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            // Whoever has the new key file can read it, and so can we once we are given it.
            Self::Unknown(_) | Self::NewerKey => true,
            Self::Database(error) => matches!(trouble(error), Trouble::InTheWay | Trouble::Lost),
            Self::Corrupt { .. } | Self::Address => false,
        }
    }

    /// Whether the database refused to keep something. That somebody was in the way, or that it could not
    /// be reached, says nothing of what it keeps once it is there again.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Database(error) if trouble(error) == Trouble::Lasting && !is_away(error))
    }

    /// What a failed commit means: refused for certain, or nobody knows.
    pub(super) fn at_commit(error: DbErr) -> Self {
        if trouble(&error) == Trouble::Lost { Self::Unknown(error) } else { Self::Database(error) }
    }
}

/// Whether no connection was to be had.
fn is_away(error: &DbErr) -> bool {
    matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
}

fn trouble(error: &DbErr) -> Trouble {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => trouble_of(error),
        // Somebody has waited long enough already when no connection was to be had.
        DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => Trouble::Lost,
        _ => Trouble::Lasting,
    }
}

fn trouble_of(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => Trouble::Lost,
        sqlx::Error::Database(error) if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() => {
            error.code().map_or(Trouble::Lasting, |code| trouble_by(&code))
        }
        _ => Trouble::Lasting,
    }
}

/// By PostgreSQL's codes (documentation, appendix A).
fn trouble_by(code: &str) -> Trouble {
    match code {
        // serialization_failure, deadlock_detected, lock_not_available, query_canceled (a statement that
        // took too long), read_only_sql_transaction (a standby)
        "40001" | "40P01" | "55P03" | "57014" | "25006" => Trouble::InTheWay,
        // insufficient_resources: no room, no memory, too many connections. No fault of what was asked.
        _ if code.starts_with("53") => Trouble::InTheWay,
        // statement_completion_unknown, admin_shutdown, crash_shutdown, cannot_connect_now,
        // idle_in_transaction_session_timeout
        "40003" | "57P01" | "57P02" | "57P03" | "25P03" => Trouble::Lost,
        _ if code.starts_with("08") => Trouble::Lost,
        // unique_violation
        "23505" => Trouble::Twice,
        _ => Trouble::Lasting,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn lost() -> DbErr {
        let cause = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        DbErr::Exec(RuntimeErr::SqlxError(Arc::new(sqlx::Error::Io(cause))))
    }

    #[test]
    fn what_passes_is_tried_again_a_few_times_and_not_for_ever() {
        let (mut tries, error) = (Tries::default(), StoreError::Database(lost()));
        assert_eq!((0..10).filter(|_| tries.again(&error)).count(), 3);
        let lasting = StoreError::Database(DbErr::Custom("no such column".into()));
        assert!(!Tries::default().again(&lasting));
    }

    #[test]
    fn a_connection_that_is_lost_at_the_commit_leaves_the_outcome_unknown() {
        assert!(matches!(StoreError::at_commit(lost()), StoreError::Unknown(_)));
        let refused = DbErr::Custom("a constraint".into());
        assert!(matches!(StoreError::at_commit(refused), StoreError::Database(_)));
    }

    #[test]
    fn codes_of_postgresql_are_told_apart() {
        for (code, expected) in [
            ("40P01", Trouble::InTheWay),
            ("40001", Trouble::InTheWay),
            ("57P01", Trouble::Lost),
            ("08006", Trouble::Lost),
            ("23505", Trouble::Twice),
            ("23502", Trouble::Lasting),
            ("42703", Trouble::Lasting),
        ] {
            assert_eq!(trouble_by(code), expected, "{code}");
        }
    }
}
