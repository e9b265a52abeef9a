//! What others reach over HTTP: LINE's webhook, health, metrics, and the page on personal data.
//!
//! The signature is verified on the raw bytes before anything is read. What is answered:
//! 200 kept (or put aside, when a redelivery would be no better) · 401 signature · 404 unknown account
//! · 405 other methods · 408 a body that does not come · 413 above 1 MiB · 415 any Content-Encoding ·
//! 503 not kept in time. Bodies say nothing about what was sent.

mod health;
mod metrics;
mod pages;
mod webhook;

use std::sync::Arc;

use actix_web::{Route, web};

use crate::clock::skew::Skew;
use crate::domain::account::Account;
use crate::inbox::Inbox;
use crate::line::signature::Secrets;
use crate::store::Store;

pub use metrics::{Metrics, install as install_metrics};

/// What the handlers need.
#[derive(Clone)]
pub struct Site {
    /// The door for what arrives.
    pub inbox: Inbox,
    /// Read for health and metrics only.
    pub store: Store,
    /// The accounts with the secrets that sign their webhooks; the first is what `/webhook` means.
    pub accounts: Arc<Vec<(Account, Secrets)>>,
    /// Counters and gauges.
    pub metrics: Metrics,
    /// How far the clock is off, for health only.
    pub skew: Arc<Skew>,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").finish_non_exhaustive()
    }
}

impl Site {
    fn account(&self, slug: Option<&str>) -> Option<&(Account, Secrets)> {
        match slug {
            None => self.accounts.first(),
            Some(slug) => self.accounts.iter().find(|(account, _)| account.slug == slug),
        }
    }
}

/// Adds the routes.
pub fn routes(app: &mut web::ServiceConfig) {
    let webhook = || web::post().to(webhook::receive);
    let page = |path, get: Route| web::resource(path).route(get);
    app.service(web::resource("/webhook").route(webhook()))
        .service(web::resource("/webhook/{account}").route(webhook()))
        .service(page("/livez", web::get().to(health::live)))
        .service(page("/readyz", web::get().to(health::ready)))
        .service(page("/metrics", web::get().to(metrics::show)))
        .service(page("/privacy", web::get().to(pages::privacy)))
        .service(page("/privacy/{account}", web::get().to(pages::privacy)));
}
