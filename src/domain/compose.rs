//! Slots, facts and an object budget become messages.

use super::delivery::DailyParts;
use super::library::Library;
use super::message::Message;

/// The most message objects one push or reply may hold (LINE: 5).
pub const MAX_OBJECTS: usize = 5;

/// The message objects of a daily message, at most `budget` of them (1 to [`MAX_OBJECTS`]).
#[must_use]
pub fn daily(_parts: &DailyParts, _library: &Library, _budget: usize) -> Vec<Message> {
    Vec::new()
}
