//! Identifiers. Ours are opaque numbers that say nothing about a person and may be logged; LINE's
//! user id is personal and shows itself to nobody by accident.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// One LINE official account (channel) of one municipality, clinic or company.
    AccountId
);
id!(
    /// One LINE user who follows an account.
    ReaderId
);
id!(
    /// One expected or born child.
    ChildId
);
id!(
    /// One row of everything that leaves.
    DeliveryId
);
id!(
    /// One row of everything that arrived.
    EventId
);

id!(
    /// One code: an invitation, a move to another phone, an enquiry.
    CodeId
);

/// A LINE user id: `U` and 32 hexadecimal digits, different for every provider.
///
/// Personal: it is sealed at rest, and its `Debug` form says only that it is one.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineUserId(String);

/// The text is not a LINE user id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a LINE user id is U followed by 32 hexadecimal digits")]
pub struct NotAUserId;

impl LineUserId {
    /// Reads a LINE user id.
    ///
    /// # Errors
    ///
    /// [`NotAUserId`] unless the text is `U` and 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, NotAUserId> {
        let hex = text.strip_prefix('U').ok_or(NotAUserId)?;
        let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if hex.len() == 32 && hex.bytes().all(lower_hex) { Ok(Self(text.to_owned())) } else { Err(NotAUserId) }
    }

    /// The id as LINE writes it. For the wire and for sealing only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LineUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LineUserId(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_does_not_show_itself_when_debugged() {
        let id = LineUserId::parse("U0123456789abcdef0123456789abcdef").unwrap();
        assert_eq!(format!("{id:?}"), "LineUserId(…)");
    }

    #[test]
    fn only_u_and_32_lower_case_hex_digits_are_a_user_id() {
        for wrong in ["", "U", "U123", "C0123456789abcdef0123456789abcdef", "U0123456789ABCDEF0123456789ABCDEF"] {
            assert_eq!(LineUserId::parse(wrong), Err(NotAUserId), "{wrong}");
        }
    }
}
