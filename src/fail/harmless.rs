//! The points of a server that serves people: nothing.

use super::Point;

/// Nothing.
#[inline(always)]
pub const fn at(_point: Point) {}

/// Nothing.
#[inline(always)]
pub const fn soon(_point: Point) {}

/// Whether a variable of the environment is one of this room's: there are none.
#[must_use]
pub const fn is_ours(_name: &str) -> bool {
    false
}
