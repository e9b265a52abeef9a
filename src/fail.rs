//! Points at which a test lets the process die, as a power cut of its own would.
//!
//! A *point* lies between two instructions of the way of an event or of a delivery. The server names it
//! by [`at`]; a test chooses one, and there the process is killed by SIGKILL: nothing is flushed, closed
//! or told to anybody.
//!
//! - **Nothing of it ships.** Without the feature `fail-points`, which only tests turn on, [`at`] is empty
//!   and there is no variable to set.
//! - `HAGUKUMI_FAIL_AT=D3` kills where D3 is reached first, `D3:2` where it is reached for the second time.
//! - `HAGUKUMI_FAIL_ONCE=FILE`: of the servers that are told the same file, only the first to arrive dies.

#[cfg(feature = "fail-points")]
mod deadly;
#[cfg(not(feature = "fail-points"))]
mod harmless;

#[cfg(feature = "fail-points")]
pub use deadly::{at, is_ours, soon};
#[cfg(not(feature = "fail-points"))]
pub use harmless::{at, is_ours, soon};

/// Where a process can be killed. A: a webhook arrives. B: an event is decided. T: time itself speaks.
/// C: a morning is planned. D: a push leaves. E: an answer leaves. R: what a dead server left is taken
/// over. X: the timer index is made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The signature was verified; nothing is kept yet.
    A1,
    /// The events are written, and not committed.
    A2,
    /// They are committed; LINE has no answer.
    A3,
    /// LINE has its 200.
    A4,
    /// The lane is locked and its event read.
    B1,
    /// The decision is written, and not committed.
    B2,
    /// It is committed; the timer index was told nothing.
    B3,
    /// What has waited is handed to the inbox, and not committed.
    T1,
    /// It is committed; nobody has decided it.
    T2,
    /// The timer index has named who is due, and lent them to us.
    C1,
    /// The rows of the morning are written, and not committed.
    C2,
    /// They are committed; the timer index was told nothing.
    C3,
    /// The push belongs to us; no byte of it has left.
    D1,
    /// LINE has answered the push; the answer is not read.
    D3,
    /// The answer is read; nothing is written about it.
    D4,
    /// What it says is written, and not committed.
    D5,
    /// It is committed; nothing was concluded about the account.
    D6,
    /// The answer's row is taken, and not committed.
    E0,
    /// The answer belongs to us; no byte of it has left.
    E1,
    /// LINE has answered the reply; that is not read.
    E2,
    /// It is read; nothing is written about it.
    E3,
    /// What it says is written, and not committed.
    E4,
    /// It is committed.
    E5,
    /// A row that was tried before is taken over, and not committed.
    R1,
    /// It is committed; the row has not left again.
    R2,
    /// A row whose window has closed is ended, and not committed.
    R3,
    /// The timer index knows everybody again, and has no name yet.
    X1,
}

impl Point {
    /// All of them.
    pub const ALL: [Self; 27] = [
        Self::A1,
        Self::A2,
        Self::A3,
        Self::A4,
        Self::B1,
        Self::B2,
        Self::B3,
        Self::T1,
        Self::T2,
        Self::C1,
        Self::C2,
        Self::C3,
        Self::D1,
        Self::D3,
        Self::D4,
        Self::D5,
        Self::D6,
        Self::E0,
        Self::E1,
        Self::E2,
        Self::E3,
        Self::E4,
        Self::E5,
        Self::R1,
        Self::R2,
        Self::R3,
        Self::X1,
    ];
}
