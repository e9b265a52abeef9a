//! What a row is for, and the key that lets LINE know it again.

use std::fmt;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::ids::LineUserId;

/// What one row is for; unique for a user of an account. At most 100 characters, never personal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Purpose(String);

impl Purpose {
    /// The morning of a civil day.
    #[must_use]
    pub fn daily(day: NaiveDate) -> Self {
        Self(format!("daily/{day}"))
    }

    /// The answer to an event, by LINE's id of it.
    #[must_use]
    pub fn answer(event: &str) -> Self {
        Self(format!("answer/{event}"))
    }

    /// Leaving a group, at most once a civil day.
    #[must_use]
    pub fn farewell(day: NaiveDate) -> Self {
        Self(format!("farewell/{day}"))
    }

    /// As it was written in a row.
    #[must_use]
    pub const fn from_row(text: String) -> Self {
        Self(text)
    }

    /// As it is written in a row.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The civil day of a morning.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        self.0.strip_prefix("daily/")?.parse().ok()
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Our own name space for retry keys, made once by chance and never changed.
const RETRY_KEYS: Uuid = Uuid::from_u128(0x6a1f_0c52_93de_4b0e_8f3c_5d2a_7b91_e4c6);

/// The `X-Line-Retry-Key` of a row: the same after a crash, on another replica, after registering
/// again, after a restore; never made of row ids, attempts or kinds of token. LINE knows it for 24 h.
#[must_use]
pub fn retry_key(bot_user_id: &str, user: &LineUserId, purpose: &Purpose) -> Uuid {
    let name = format!("{bot_user_id}\0{}\0{purpose}", user.expose());
    Uuid::new_v5(&RETRY_KEYS, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_key_depends_on_bot_user_and_purpose_only() {
        let user = |digit: &str| LineUserId::parse(&format!("U{}", digit.repeat(32))).unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let key = retry_key("Ubot", &user("a"), &Purpose::daily(day));
        assert_eq!(key, retry_key("Ubot", &user("a"), &Purpose::from_row("daily/2026-11-23".into())));
        assert_ne!(key, retry_key("Ubot", &user("b"), &Purpose::daily(day)));
        assert_ne!(key, retry_key("Uother", &user("a"), &Purpose::daily(day)));
        assert_ne!(key, retry_key("Ubot", &user("a"), &Purpose::daily(day.succ_opt().unwrap())));
    }
}
