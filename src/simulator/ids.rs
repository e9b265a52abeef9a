//! Every id LINE would make up, derived from the seed.
//!
//! The same seed and the same order of happenings give the same ids; two channels never share one.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Message ids at LINE have 18 digits today.
const FIRST_MESSAGE_ID: u64 = 610_000_000_000_000_000;

pub(super) struct Ids {
    seed: u64,
    slug: String,
    count: AtomicU64,
}

impl Ids {
    pub(super) fn new(seed: u64, slug: &str) -> Self {
        Self { seed, slug: slug.to_owned(), count: AtomicU64::new(0) }
    }

    /// `U`, `C` or `R` and 32 hexadecimal digits.
    pub(super) fn chat(&self, letter: char) -> String {
        format!("{letter}{}", self.hex(&format!("chat{letter}"), self.next()))
    }

    /// The user behind a name, always the same one.
    pub(super) fn user_called(&self, name: &str) -> String {
        format!("U{}", self.hex(name, u64::MAX))
    }

    pub(super) fn reply_token(&self) -> String {
        self.hex("reply", self.next())
    }

    pub(super) fn rich_menu(&self) -> String {
        format!("richmenu-{}", self.hex("menu", self.next()))
    }

    pub(super) fn message(&self) -> String {
        (FIRST_MESSAGE_ID + self.next()).to_string()
    }

    pub(super) fn quote_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.digest("quote", self.next())[..24])
    }

    pub(super) fn access_token(&self) -> String {
        let n = self.next();
        format!("{}{}", self.hex("token", n), URL_SAFE_NO_PAD.encode(self.digest("token tail", n)))
    }

    /// Written like a UUID, as LINE's request ids are.
    pub(super) fn request(&self) -> String {
        let hex = self.hex("request", self.next());
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// A ULID: 48 bits of time, then 80 bits that only the seed knows.
    pub(super) fn webhook_event(&self, at_ms: i64) -> String {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&at_ms.max(0).to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&self.digest("event", self.next())[..10]);
        let value = u128::from_be_bytes(bytes);
        (0..26).rev().map(|place| char::from(CROCKFORD[(value >> (5 * place)) as usize & 31])).collect()
    }

    fn next(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    fn hex(&self, kind: &str, n: u64) -> String {
        self.digest(kind, n)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn digest(&self, kind: &str, n: u64) -> [u8; 32] {
        Sha256::new()
            .chain_update(self.seed.to_be_bytes())
            .chain_update(self.slug.as_bytes())
            .chain_update([0])
            .chain_update(kind.as_bytes())
            .chain_update([0])
            .chain_update(n.to_be_bytes())
            .finalize()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_another_seed_gives_others() {
        let (a, b, c) = (Ids::new(1, "a"), Ids::new(1, "a"), Ids::new(2, "a"));
        let id = a.chat('U');
        assert_eq!(id, b.chat('U'));
        assert_ne!(id, c.chat('U'));
        assert_ne!(id, a.chat('U'));
    }

    #[test]
    fn an_event_id_is_a_ulid_that_sorts_by_time() {
        let ids = Ids::new(1, "a");
        let (early, late) = (ids.webhook_event(1_625_665_242_211), ids.webhook_event(1_625_665_242_212));
        assert_eq!(early.len(), 26);
        assert!(early < late, "{early} {late}");
        // The time part of LINE's own sample for this timestamp's neighbourhood.
        assert!(early.starts_with("01FA0"), "{early}");
    }
}
