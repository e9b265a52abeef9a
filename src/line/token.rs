//! Channel access tokens: what proves to LINE that it is us.
//!
//! A *long-lived* token is given by the operator and never changes by itself. A *stateless* one lives
//! 15 minutes, is asked for with the channel's id and secret, kept, and renewed before it ends. LINE
//! issues any number of them, and none can be revoked.
//!
//! - **Single flight**: however many calls find no token, one asks for it and the others wait.
//! - **The time is passed in**, so a rehearsal that moves its clock renews as it would in reality.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use line_bot_sdk_rust::line_channel_access_token::models::IssueStatelessChannelAccessTokenResponse as Issued;
use reqwest::header::HeaderValue;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use super::error::{Cause, SendError};
use super::wire::{Answer, Wire};

/// A stateless token is renewed this long before its end, so that none ends on its way to LINE.
const MARGIN: TimeDelta = TimeDelta::minutes(2);

/// Where channel access tokens come from.
pub struct TokenSource(Source);

/// A token or credential that cannot be one. Which, and never what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAToken {
    /// The channel access token is empty or has characters no header can carry.
    #[error("the channel access token is empty or has characters that no token has")]
    Token,
    /// The channel id is not a number.
    #[error("the channel id is a number such as 1234567890")]
    ChannelId,
    /// The channel secret is empty.
    #[error("the channel secret is empty")]
    ChannelSecret,
}

enum Source {
    LongLived(Bearer),
    Stateless { channel_id: String, channel_secret: String, kept: Mutex<Option<Kept>> },
}

struct Kept {
    bearer: Bearer,
    renew_at: DateTime<Utc>,
}

/// The `Authorization` header of a token.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Bearer(HeaderValue);

impl TokenSource {
    /// A token that an operator issued, without the white space around it.
    ///
    /// # Errors
    ///
    /// [`NotAToken::Token`].
    pub fn long_lived(token: &str) -> Result<Self, NotAToken> {
        Bearer::new(token).map(|bearer| Self(Source::LongLived(bearer)))
    }

    /// Tokens that are asked for when they are needed, with the channel's id and *current* secret.
    ///
    /// # Errors
    ///
    /// [`NotAToken::ChannelId`], [`NotAToken::ChannelSecret`].
    pub fn stateless(channel_id: &str, channel_secret: &str) -> Result<Self, NotAToken> {
        let (channel_id, channel_secret) = (channel_id.trim().to_owned(), channel_secret.trim().to_owned());
        if channel_id.is_empty() || !channel_id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAToken::ChannelId);
        }
        if channel_secret.is_empty() {
            return Err(NotAToken::ChannelSecret);
        }
        Ok(Self(Source::Stateless { channel_id, channel_secret, kept: Mutex::default() }))
    }

    /// Whether another token can be had when LINE refuses one.
    pub(super) fn renewable(&self) -> bool {
        matches!(self.0, Source::Stateless { .. })
    }

    /// A token that is good at `now`, and is not the `refused` one unless there is no other.
    ///
    /// # Errors
    ///
    /// As [`TokenSource::issue`]: whatever the caller wanted to send with it has not been sent.
    pub(super) async fn bearer(
        &self,
        wire: &Wire,
        now: DateTime<Utc>,
        refused: Option<&Bearer>,
        deadline: Instant,
    ) -> Result<Bearer, SendError> {
        let (channel_id, channel_secret, kept) = match &self.0 {
            Source::LongLived(bearer) => return Ok(bearer.clone()),
            Source::Stateless { channel_id, channel_secret, kept } => (channel_id, channel_secret, kept),
        };
        let mut kept = timeout_at(deadline, kept.lock()).await.map_err(|_| SendError::NotSent(Cause::Busy))?;
        if let Some(good) = kept.as_ref().filter(|kept| now < kept.renew_at && Some(&kept.bearer) != refused) {
            return Ok(good.bearer.clone());
        }
        *kept = None;
        let issued = issue(wire, channel_id, channel_secret, deadline).await?;
        let bearer = Bearer::new(&issued.access_token).map_err(|_| SendError::NotSent(Cause::Unreadable))?;
        *kept = Some(Kept { bearer: bearer.clone(), renew_at: renew_at(now, issued.expires_in) });
        Ok(bearer)
    }
}

/// Asks LINE for a stateless token.
///
/// # Errors
///
/// [`SendError::Unauthorized`] when LINE does not know the id and secret, [`SendError::Throttled`], and
/// [`SendError::NotSent`] for everything else.
async fn issue(wire: &Wire, id: &str, secret: &str, deadline: Instant) -> Result<Issued, SendError> {
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let request = wire.post(&["oauth2", "v3", "token"]).form(&form);
    match wire.call("oauth2/v3/token", request, deadline).await {
        Ok(answer) if answer.status.is_success() => answer.json().ok_or(SendError::NotSent(Cause::Unreadable)),
        Ok(answer) => Err(refusal(&answer)),
        Err(SendError::NoAnswer(cause)) => Err(SendError::NotSent(cause)),
        Err(other) => Err(other),
    }
}

fn refusal(answer: &Answer) -> SendError {
    match SendError::from_answer(answer) {
        SendError::Rejected { status: 400 | 403, .. } => SendError::Unauthorized,
        SendError::Rejected { status, .. } => SendError::NotSent(Cause::Status(status)),
        SendError::NoAnswer(cause) => SendError::NotSent(cause),
        other => other,
    }
}

/// When a token that LINE gives `expires_in` seconds is renewed: the margin before its end, or half its
/// life when that is shorter.
fn renew_at(now: DateTime<Utc>, expires_in: i32) -> DateTime<Utc> {
    let life = TimeDelta::seconds(i64::from(expires_in.max(0)));
    now + (life - MARGIN).max(life / 2)
}

impl Bearer {
    fn new(token: &str) -> Result<Self, NotAToken> {
        let token = token.trim();
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(NotAToken::Token);
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| NotAToken::Token)?;
        header.set_sensitive(true);
        Ok(Self(header))
    }

    /// The header's value; it hides itself when debugged.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::LongLived(_) => "TokenSource(long-lived)",
            Source::Stateless { .. } => "TokenSource(stateless)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_loses_the_line_break_of_its_file_and_nothing_that_is_no_token_is_taken() {
        assert!(TokenSource::long_lived(" abc+/=\r\n").is_ok());
        for wrong in ["", " \n", "a b", "a\nb", "日本"] {
            assert_eq!(TokenSource::long_lived(wrong).unwrap_err(), NotAToken::Token);
        }
        assert_eq!(TokenSource::stateless("12a", "s").unwrap_err(), NotAToken::ChannelId);
        assert_eq!(TokenSource::stateless("12", "\n").unwrap_err(), NotAToken::ChannelSecret);
    }

    #[test]
    fn a_token_does_not_show_itself_when_debugged() {
        assert_eq!(format!("{:?}", TokenSource::long_lived("secret").unwrap()), "TokenSource(long-lived)");
        assert_eq!(format!("{:?}", TokenSource::stateless("1", "secret").unwrap()), "TokenSource(stateless)");
        assert_eq!(format!("{:?}", Bearer::new("secret").unwrap().header()), "Sensitive");
    }

    #[test]
    fn a_token_is_renewed_two_minutes_early_and_a_short_one_at_half_its_life() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(renew_at(now, 900), now + TimeDelta::minutes(13));
        assert_eq!(renew_at(now, 60), now + TimeDelta::seconds(30));
        assert_eq!(renew_at(now, -5), now);
    }
}
