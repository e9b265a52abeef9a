//! Whether a webhook body is LINE's: `x-line-signature` is the base64 of an HMAC-SHA256 over the raw
//! body, keyed by the channel secret.
//!
//! The check runs on the bytes as they arrived, before anything reads them. A channel secret that is
//! re-issued kills the old one at once, so several may be valid while it is being exchanged.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The base64 of 32 bytes; anything of another length is no signature and is not decoded.
const SIGNATURE_CHARS: usize = 44;

/// The channel secrets that may have signed a body; the first is the current one.
///
/// Never empty, and no secret is empty: an empty key would let anybody sign.
#[derive(Clone)]
pub struct Secrets(Vec<String>);

/// There is no usable channel secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a channel secret is empty or missing")]
pub struct EmptySecret;

impl Secrets {
    /// The given secrets without the white space around them, which files and forms like to add.
    ///
    /// # Errors
    ///
    /// [`EmptySecret`] when there is none, or when one is empty.
    pub fn new<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Result<Self, EmptySecret> {
        let secrets: Vec<String> = secrets.into_iter().map(|secret| secret.as_ref().trim().to_owned()).collect();
        if secrets.is_empty() || secrets.iter().any(String::is_empty) { Err(EmptySecret) } else { Ok(Self(secrets)) }
    }

    /// The secret that LINE signs with now; also what a stateless token is asked for with.
    #[must_use]
    pub fn current(&self) -> &str {
        &self.0[0]
    }

    /// Whether `header` is the signature of `body` by one of the secrets. Takes the same time wherever
    /// the first wrong byte is.
    #[must_use]
    pub fn verify(&self, body: &[u8], header: impl AsRef<[u8]>) -> bool {
        let header = header.as_ref();
        if header.len() != SIGNATURE_CHARS {
            return false;
        }
        let Ok(signature) = STANDARD.decode(header) else { return false };
        self.0.iter().any(|secret| mac(secret, body).verify_slice(&signature).is_ok())
    }
}

fn mac(secret: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    mac
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} of them)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "8c570fa6dd201bb328f1c1eac23a96d8";
    const BODY: &[u8] = br#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#;
    const SIGNATURE: &str = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=";

    /// A body of LINE's Node SDK whose text has characters outside the basic plane.
    const EMOJI_BODY: &str = r#"{"events":[{"message":{"id":"test_event_message_id","text":"this is test message.😄😅😢😞😄😅😢😞","quoteToken":"test_quote_token","type":"text"},"replyToken":"test_reply_token","source":{"groupId":"test_group_id","type":"group"},"webhookEventId":"test_webhook_event_id","deliveryContext":{"isRedelivery":false},"timestamp":0,"mode":"active","type":"message"}],"destination":"Uaaaabbbbccccddddeeeeffff"}"#;

    fn signed(secret: &str, body: &[u8], header: &str) -> bool {
        Secrets::new([secret]).unwrap().verify(body, header)
    }

    #[test]
    fn the_vectors_of_lines_documentation_and_sdks_are_judged_as_they_are_there() {
        let vectors: [(&str, &[u8], &str, bool); 10] = [
            (SECRET, BODY, SIGNATURE, true),
            ("test_secret", br#"{"hello":"world"}"#, "t7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM=", true),
            ("test_secret", br#"{"hello":"world"}"#, "t7Hn4ZDHqs6e+wdvi5TyQivzie0DmMUmuXEBqyyE/tM=", false),
            ("test_channel_secret", EMOJI_BODY.as_bytes(), "eRdWYcVCzZV3MVZ3M9/rHJCl/a3oSbsRb04cLovpVwM=", true),
            ("test_channel_secret", b"i am not jason", "Z8YlPpm0lQOqPipiCHVbiuwIDIzRzD7w5hvHgmwEuEs=", true),
            ("test_channel_secret", EMOJI_BODY.as_bytes(), "WqJD7WAIZ6plkQGkj48w=", false),
            ("channel_secret", b"bodybodybodybody", "/gg9a+LvFevTH1sd7XCQycD7tsWclCsInj7MhBHxN7k=", true),
            ("channel_secret", b"bodybodybodybody", "invalid_signature", false),
            ("SECRET", b"{}", "3q8QXTAGaey18yL8FWTqdVlbMr6hcuNvM4tefa0o9nA=", true),
            ("SECRET", b"{}", "596359635963", false),
        ];
        for (secret, body, header, valid) in vectors {
            assert_eq!(signed(secret, body, header), valid, "{secret} {header}");
        }
    }

    #[test]
    fn a_body_written_anew_is_no_longer_lines() {
        let spaced = br#"{"destination": "U8e742f61d673b39c7fff3cecb7536ef0", "events": []}"#;
        assert!(!signed(SECRET, spaced, SIGNATURE));
    }

    #[test]
    fn a_header_that_is_no_signature_is_refused_whatever_it_is() {
        let long = "A".repeat(10_000);
        for header in ["", " ", "=", "日本語", &long, &SIGNATURE[..43], "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!="]
        {
            assert!(!signed(SECRET, BODY, header), "{header}");
        }
        assert!(!Secrets::new([SECRET]).unwrap().verify(BODY, [0xff_u8; SIGNATURE_CHARS]));
    }

    #[test]
    fn every_listed_secret_is_accepted_while_it_is_being_exchanged() {
        let both = Secrets::new(["a new one", SECRET]).unwrap();
        assert!(both.verify(BODY, SIGNATURE));
        assert_eq!(both.current(), "a new one");
    }

    #[test]
    fn white_space_around_a_secret_does_not_count() {
        assert!(signed(" 8c570fa6dd201bb328f1c1eac23a96d8\r\n", BODY, SIGNATURE));
    }

    #[test]
    fn an_empty_secret_is_never_accepted() {
        assert_eq!(Secrets::new(Vec::<String>::new()).unwrap_err(), EmptySecret);
        assert_eq!(Secrets::new([SECRET, "  "]).unwrap_err(), EmptySecret);
    }

    #[test]
    fn secrets_do_not_show_themselves_when_debugged() {
        assert_eq!(format!("{:?}", Secrets::new([SECRET]).unwrap()), "Secrets(1 of them)");
    }
}
