//! One HTTP request to LINE and its answer, before anybody asks what the answer means.
//!
//! HTTP/1.1 on purpose: one HTTP/2 connection would carry everything and stall at the host's limit of
//! streams. A semaphore bounds what is on its way, because the pool alone opens a connection for every
//! request that finds none free.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::client::{Endpoints, Limits};
use super::error::{Cause, SendError};
use super::road::{Carried, Road};
use crate::fail::{self, Point};

/// No answer of LINE that we ask for is longer (a list of a thousand menus); the rest of a longer one is not
/// read.
const MAX_BODY: usize = 8 << 20;

/// The connections to LINE's two hosts.
pub(super) struct Wire {
    http: Client,
    endpoints: Endpoints,
    limits: Limits,
    permits: Semaphore,
    /// Instead of the network.
    road: Option<Arc<dyn Road>>,
}

/// What LINE answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// LINE's id of this request, for its support and our rows.
    pub(super) request_id: Option<String>,
    /// LINE's id of the request that it accepted earlier with the same retry key.
    pub(super) accepted_request_id: Option<String>,
    pub(super) retry_after: Option<Duration>,
    /// What time it was at LINE, to the second.
    pub(super) date: Option<DateTime<Utc>>,
    /// `None` when it broke off, stalled or was too long.
    body: Option<Vec<u8>>,
}

impl Wire {
    /// With a road nothing goes over the network.
    pub(super) fn new(
        endpoints: Endpoints,
        limits: Limits,
        road: Option<Arc<dyn Road>>,
    ) -> Result<Self, reqwest::Error> {
        let mut http = Client::builder()
            .user_agent(concat!("hagukumi/", env!("CARGO_PKG_VERSION")))
            .http1_only()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(limits.connect)
            .timeout(limits.total)
            .pool_max_idle_per_host(limits.in_flight);
        if endpoints.are_on_this_machine() {
            // A proxy could not find the simulator on our loopback.
            http = http.no_proxy();
        }
        if road.is_some() {
            // Reading the machine's certificates takes longer than anything else here.
            http = http.tls_certs_only([]);
        }
        Ok(Self { http: http.build()?, endpoints, permits: Semaphore::new(limits.in_flight), limits, road })
    }

    /// When everything that is done for a call begun now must be over.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.limits.total
    }

    /// A GET request to the API host.
    pub(super) fn get(&self, path: &[&str]) -> RequestBuilder {
        self.http.get(at(self.endpoints.api(), path))
    }

    /// A POST request to the API host.
    pub(super) fn post(&self, path: &[&str]) -> RequestBuilder {
        self.http.post(at(self.endpoints.api(), path))
    }

    /// A DELETE request to the API host.
    pub(super) fn delete(&self, path: &[&str]) -> RequestBuilder {
        self.http.delete(at(self.endpoints.api(), path))
    }

    /// A GET request to the data host.
    pub(super) fn get_data(&self, path: &[&str]) -> RequestBuilder {
        self.http.get(at(self.endpoints.data(), path))
    }

    /// A POST request to the data host.
    pub(super) fn post_data(&self, path: &[&str]) -> RequestBuilder {
        self.http.post(at(self.endpoints.data(), path))
    }

    /// Sends a request and waits for its answer, until `deadline` at the latest.
    ///
    /// # Errors
    ///
    /// [`SendError::NotSent`] and [`SendError::NoAnswer`] only; every status is an answer.
    pub(super) async fn call(
        &self,
        endpoint: &'static str,
        request: RequestBuilder,
        deadline: Instant,
    ) -> Result<Answer, SendError> {
        // Who waits for a connection longer than a connection may take would have too little time left.
        let soon = deadline.min(Instant::now() + self.limits.connect);
        let permit = timeout_at(soon, self.permits.acquire()).await;
        let _permit = permit.map_err(|_| SendError::NotSent(Cause::Busy))?.expect("the semaphore is never closed");
        let started = Instant::now();
        let left = deadline.saturating_duration_since(started);
        let answer = match &self.road {
            Some(road) => go(&**road, request).await,
            None => send(endpoint, request.timeout(left)).await,
        };
        note(endpoint, started.elapsed(), &answer);
        answer
    }
}

/// LINE has answered, and nobody has read it.
fn answered(endpoint: &str) {
    match endpoint {
        "message/push" => fail::at(Point::D3),
        "message/reply" => fail::at(Point::E2),
        _ => {}
    }
}

async fn send(endpoint: &str, request: RequestBuilder) -> Result<Answer, SendError> {
    match request.send().await {
        Ok(response) => {
            answered(endpoint);
            Ok(Answer::read(response).await)
        }
        Err(why) => Err(SendError::from_network(why)),
    }
}

async fn go(road: &dyn Road, request: RequestBuilder) -> Result<Answer, SendError> {
    let request = request.build().map_err(SendError::from_network)?;
    Ok(Answer::carried(road.carry(request).await?))
}

/// The address of a path, every part of it escaped.
fn at(host: &Url, path: &[&str]) -> Url {
    let mut address = host.clone();
    address.path_segments_mut().expect("endpoints are checked to have a path").pop_if_empty().extend(path);
    address
}

/// What LINE advises to keep: request id, endpoint, status and duration. Never more.
fn note(endpoint: &'static str, duration: Duration, answer: &Result<Answer, SendError>) {
    let status = answer.as_ref().map_or_else(|why| why.class().to_owned(), |answer| answer.status.as_str().to_owned());
    let request_id = answer.as_ref().ok().and_then(|answer| answer.request_id.as_deref()).unwrap_or_default();
    let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(endpoint, status, request_id, duration_ms, "asked LINE");
    metrics::counter!("hagukumi_line_api_requests_total", "endpoint" => endpoint, "status" => status).increment(1);
}

impl Answer {
    async fn read(response: Response) -> Self {
        let headers = response.headers();
        let text = |name| header(headers, name);
        Self {
            status: response.status(),
            request_id: text("x-line-request-id"),
            accepted_request_id: text("x-line-accepted-request-id"),
            retry_after: text("retry-after").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs),
            date: text("date").and_then(|date| DateTime::parse_from_rfc2822(&date).ok()).map(DateTime::<Utc>::from),
            body: body(response).await,
        }
    }

    fn carried(carried: Carried) -> Self {
        let text = |name: &str| {
            let found = carried.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, text)| text.clone()).filter(|text| is_safe(text))
        };
        Self {
            status: carried.status,
            request_id: text("x-line-request-id"),
            accepted_request_id: text("x-line-accepted-request-id"),
            retry_after: text("retry-after").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs),
            date: text("date").and_then(|date| DateTime::parse_from_rfc2822(&date).ok()).map(DateTime::<Utc>::from),
            body: carried.body,
        }
    }

    /// The body as `T`.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.body.as_deref()?).ok()
    }

    /// The body, byte by byte.
    pub(super) fn into_body(self) -> Option<Vec<u8>> {
        self.body
    }

    /// Whether the body has these words, in lower-case ASCII, wherever they stand.
    pub(super) fn says(&self, words: &str) -> bool {
        let body = self.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        body.to_ascii_lowercase().contains(words)
    }
}

/// A header that is safe to keep and log.
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().filter(|text| is_safe(text)).map(str::to_owned)
}

fn is_safe(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100
}

async fn body(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return None;
        }
    }
    Some(body)
}
