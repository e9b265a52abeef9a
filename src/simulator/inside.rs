//! The platform without sockets: requests and webhooks pass as values, in the order in which they are made.
//!
//! For simulations, in which the same seed must always see the same answers in the same order. What LINE
//! would answer is worked out as for requests that come over the wire.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::Simulator;
use super::api::{self, Ending, Host, Request};
use super::channel::Channel;

/// One API request of a bot, as it would stand on the wire.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, such as `/v2/bot/message/push`.
    pub path: String,
    /// What stands behind the question mark.
    pub query: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What becomes of the answer on its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It arrives.
    Answer {
        /// The status.
        status: u16,
        /// Names and values.
        headers: Vec<(String, String)>,
        /// The body; `None` when it breaks off.
        body: Option<Vec<u8>>,
        /// How many milliseconds late.
        after_ms: u64,
    },
    /// It never does.
    Nothing,
}

/// Carries a webhook's body and signature to the bot and brings its status.
pub type Bot = Arc<dyn Fn(Vec<u8>, Option<String>) -> BoxFuture<'static, u16> + Send + Sync>;

impl Simulator {
    /// Answers one request to the API host.
    pub async fn ask(&self, asked: Asked) -> Told {
        let header = |name: &str| asked.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let request = Request {
            host: Host::Api,
            authorization: header("authorization"),
            content_type: header("content-type"),
            retry_key: header("x-line-retry-key"),
            method: asked.method,
            path: asked.path,
            query: asked.query,
            body: Some(asked.body),
        };
        let answer = api::answer(self, &request).await;
        let after_ms = match answer.ending {
            Ending::Silence | Ending::Reset => return Told::Nothing,
            Ending::After(ms) => ms,
            Ending::Whole | Ending::Truncated => 0,
        };
        let mut headers = vec![("x-line-request-id".to_owned(), answer.request_id)];
        headers.extend(answer.accepted_request_id.map(|id| ("x-line-accepted-request-id".to_owned(), id)));
        let body = (answer.ending != Ending::Truncated).then_some(answer.body);
        Told::Answer { status: answer.status, headers, body, after_ms }
    }
}

impl Channel {
    /// From now on webhooks reach the bot this way, whatever their address.
    pub fn webhooks_go_by(&self, bot: Bot) {
        self.world().outbox.go_by(bot);
    }
}
