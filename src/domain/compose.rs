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

/// Wording for tests of this room; the real one stands in `content/phrases/ja/daily.toml`.
#[cfg(test)]
pub(crate) const TEST_PHRASES: [(&str, &str); 1] = [("daily_call_day", "生まれて{day_count}日目です。")];
