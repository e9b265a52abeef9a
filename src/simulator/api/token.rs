//! Tokens from channel id and secret.

use serde_json::json;

use super::super::channel::Channel;
use super::Answer;

type Form = Vec<(String, String)>;

/// Reads an `application/x-www-form-urlencoded` body.
pub(super) fn form(body: &[u8]) -> Form {
    let text = String::from_utf8_lossy(body);
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, value)| (plain(key), plain(value))).collect()
}

fn plain(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The answer, with the channel whose id was named. Assertions (JWT) are not played.
pub(super) fn issue(
    channels: &[Channel],
    stateless: bool,
    form: &Form,
    life_seconds: i64,
) -> Option<(Channel, Answer)> {
    let field = |key: &str| form.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value.as_str());
    let channel = channels.iter().find(|channel| channel.options().channel_id == field("client_id"))?.clone();
    let right = field("client_secret") == channel.options().secret && field("grant_type") == "client_credentials";
    if !right {
        return Some((channel, refused(stateless, "invalid client_secret")));
    }
    let token = channel.ids().access_token();
    channel.world().tokens.add(token.clone(), Some(channel.now_ms() + life_seconds * 1000));
    let body = json!({ "token_type": "Bearer", "access_token": token, "expires_in": life_seconds });
    Some((channel, Answer::json(200, body)))
}

pub(super) fn unknown_channel(stateless: bool) -> Answer {
    refused(stateless, "invalid client_id")
}

fn refused(stateless: bool, why: &str) -> Answer {
    let body = if stateless {
        json!({ "error": "invalid_request", "error_description": "Invalid 'client_credentials'." })
    } else {
        json!({ "error": "invalid_client", "error_description": why })
    };
    Answer::json(400, body)
}
