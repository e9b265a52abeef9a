//! Whether the process lives, and whether it serves.
//!
//! Ready means that webhooks can be kept: the database answers, has our schema, and kept what it was last
//! given. LINE being away, a held account, a wrong clock or a slow index never make it unready, since taking
//! the server away would help nobody.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::Site;
use crate::clock::skew::{Trust, Witness};
use crate::store::EventState;

/// The process lives.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// The database answers. `?verbose` shows what an operator wants to see, nothing personal.
pub async fn ready(query: web::Query<HashMap<String, String>>, site: web::Data<Site>) -> HttpResponse {
    let database = site.store.is_current().await;
    if let Err(error) = &database {
        tracing::error!(error = error as &dyn std::error::Error, "the database does not answer");
    }
    let fine = matches!(database, Ok(true)) && site.store.keeps();
    let mut response = if fine { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    if query.contains_key("verbose") {
        return response.json(details(&site, fine).await);
    }
    response.content_type("text/plain; charset=utf-8").body(if fine { "ready\n" } else { "no database\n" })
}

async fn details(site: &Site, database: bool) -> serde_json::Value {
    let mut accounts = Vec::new();
    for (account, _) in site.accounts.iter() {
        let row = site.store.account(&account.slug).await.ok().flatten();
        let packs: Vec<_> =
            account.library.packs.iter().map(|pack| json!({"id": pack.id, "revision": pack.revision})).collect();
        accounts.push(json!({
            "account": account.slug,
            "held": row.and_then(|row| row.held).map(|hold| hold.reason),
            "reviewed": account.library.is_reviewed(),
            "packs": packs,
        }));
    }
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "database": database,
        "clock": clock(site),
        "backend": site.store.backend().as_str(),
        "events_pending": site.store.events_in(EventState::Pending).await.ok(),
        "events_dead": site.store.events_in(EventState::Dead).await.ok(),
        "events_quarantined": site.store.events_in(EventState::Quarantined).await.ok(),
        "suppression_list": site.store.suppression().map(|list| if list.fails() { "fails" } else { "ok" }),
        "accounts": accounts,
    })
}

/// Seconds by which our clock is ahead of others', and whether pushes wait for it.
fn clock(site: &Site) -> serde_json::Value {
    let seconds = |witness| site.skew.by(witness).map(|ms| ms as f64 / 1_000.0);
    let held = matches!(site.skew.trust(), Trust::Off(_));
    json!({"database": seconds(Witness::Database), "line": seconds(Witness::Line), "held": held})
}
