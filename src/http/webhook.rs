//! LINE's webhook.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use actix_web::{HttpRequest, HttpResponse, web};
use futures::StreamExt as _;

use super::Site;
use crate::fail::{self, Point};
use crate::line::signature::Secrets;

/// The largest body that is read. LINE documents none; its batches are a few kilobytes.
const MAX_BODY: usize = 1024 * 1024;
/// A body that does not come within this is given up.
const BODY_WITHIN: Duration = Duration::from_secs(5);
/// Verified in any case: LINE has changed it before.
const SIGNATURE: &str = "x-line-signature";

/// Keeps what LINE sent, then says 200.
pub async fn receive(request: HttpRequest, body: web::Payload, site: web::Data<Site>) -> HttpResponse {
    let status = answer(&request, body, &site).await.unwrap_or_else(|refusal| refusal);
    ::metrics::counter!("hagukumi_webhook_requests_total", "status" => status.as_str().to_owned()).increment(1);
    let mut response = HttpResponse::build(status);
    if status.is_client_error() {
        // Whatever is left of a refused body is not read.
        response.force_close();
    }
    response.finish()
}

async fn answer(request: &HttpRequest, body: web::Payload, site: &Site) -> Result<StatusCode, StatusCode> {
    let slug = request.match_info().get("account");
    let (account, secrets) = site.account(slug).ok_or(StatusCode::NOT_FOUND)?;
    if request.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    if announced(request) > MAX_BODY as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let body = tokio::time::timeout(BODY_WITHIN, collect(body)).await.map_err(|_| StatusCode::REQUEST_TIMEOUT)??;
    if !is_signed(request, secrets, &body) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    fail::at(Point::A1);
    match site.inbox.receive(account, &body).await {
        Ok(_) => {
            fail::soon(Point::A4);
            Ok(StatusCode::OK)
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a webhook could not be kept");
            Err(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// How many bytes the sender says will come; 0 when it does not say.
fn announced(request: &HttpRequest) -> u64 {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    length.and_then(|length| length.trim().parse().ok()).unwrap_or(0)
}

async fn collect(mut body: web::Payload) -> Result<Vec<u8>, StatusCode> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        if bytes.len() + chunk.len() > MAX_BODY {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Exactly one signature, and the right one.
fn is_signed(request: &HttpRequest, secrets: &Secrets, body: &[u8]) -> bool {
    let mut signatures = request.headers().get_all(SIGNATURE);
    match (signatures.next(), signatures.next()) {
        (Some(signature), None) => secrets.verify(body, signature.as_bytes()),
        _ => false,
    }
}
