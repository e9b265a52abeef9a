//! Channel access tokens: the long-lived one, and those issued from channel id and secret.

use std::collections::HashMap;

/// A stateless token lives 15 minutes.
pub(super) const STATELESS_SECONDS: i64 = 900;
/// A short-lived token lives 30 days.
pub(super) const SHORT_LIVED_SECONDS: i64 = 30 * 24 * 60 * 60;

#[derive(Default)]
pub(super) struct Tokens {
    /// Token → when it expires; `None` for never.
    known: HashMap<String, Option<i64>>,
    issued: u64,
}

/// What a token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    Good,
    Expired,
    Unknown,
}

impl Tokens {
    pub(super) fn add(&mut self, token: String, expires_ms: Option<i64>) {
        self.issued += u64::from(expires_ms.is_some());
        self.known.insert(token, expires_ms);
    }

    /// All tokens of the channel stop working, as after a re-issue in the console.
    pub(super) fn revoke_all(&mut self) {
        self.known.values_mut().for_each(|expires| *expires = Some(i64::MIN));
    }

    pub(super) fn issued(&self) -> u64 {
        self.issued
    }

    pub(super) fn worth(&self, token: &str, now_ms: i64) -> Worth {
        match self.known.get(token) {
            None => Worth::Unknown,
            Some(None) => Worth::Good,
            Some(Some(expires)) if now_ms < *expires => Worth::Good,
            Some(Some(_)) => Worth::Expired,
        }
    }
}
