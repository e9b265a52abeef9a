//! The phones in the browser: one page, a few scripts, one style sheet, and a small JSON interface.
//!
//! Two phones lie side by side, or one on the other where there is no room. A phone belongs to one
//! person, who is named by a key that the page makes up and keeps; `?user=3` are the third and fourth
//! person in the same browser. The page shows what [`view`] tells and does what [`act`]
//! allows; touching is allowed only for what can really be touched.
//!
//! Nothing is loaded from elsewhere, no other site may embed the page or speak to it.

mod act;
mod view;

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{self, Bytes, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::user::User;
use super::{ClockCommand, Simulator, Until};

const PAGE: &str = include_str!("phone.html");
const SCRIPTS: [(&str, &str); 5] = [
    ("desk.js", include_str!("desk.js")),
    ("phone.js", include_str!("phone.js")),
    ("draw.js", include_str!("draw.js")),
    ("picker.js", include_str!("picker.js")),
    ("days.js", include_str!("days.js")),
];
const STYLE: &str = include_str!("phone.css");

const POLICY: &str = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// How long a question for news waits for some.
pub(super) const PATIENCE: Duration = Duration::from_secs(4);

/// A key made by the page: a UUID and the number of the phone.
const KEY_MAX: usize = 80;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        // Browsers ask for it unasked.
        .route("/favicon.ico", web::get().to(HttpResponse::NoContent))
        .route("/phone", web::get().to(|| async { page() }))
        .route("/phone/assets/phone.css", web::get().to(|| async { asset("text/css; charset=utf-8", STYLE) }))
        .route("/phone/assets/{script}", web::get().to(script))
        .route("/phone/api/{channel}/news", web::get().to(news))
        .route("/phone/api/{channel}/act", web::post().to(act))
        .route("/phone/api/{channel}/menu/{menu}", web::get().to(picture))
        .route("/phone/api/clock", web::post().to(clock))
        .route("/phone/{channel}", web::get().to(page_of));
}

fn page() -> HttpResponse {
    asset("text/html; charset=utf-8", PAGE)
}

async fn page_of(simulator: Data<Simulator>, channel: Path<String>) -> HttpResponse {
    match simulator.find_channel(&channel) {
        Some(_) => page(),
        None => missing(),
    }
}

async fn script(name: Path<String>) -> HttpResponse {
    match SCRIPTS.iter().find(|(known, _)| *known == *name) {
        Some((_, text)) => asset("text/javascript; charset=utf-8", text),
        None => missing(),
    }
}

fn asset(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text)
}

/// What is new since `version`: the answer waits until there is something, or a few seconds.
async fn news(simulator: Data<Simulator>, channel: Path<String>, query: Query<view::Asked>) -> HttpResponse {
    let Some(user) = owner(&simulator, &channel, &query.user) else { return missing() };
    let mut versions = user.channel().watch();
    let unseen = |version: &u64| Some(*version) != query.version;
    // Running out of patience is as good as news: the time of day goes on.
    drop(tokio::time::timeout(PATIENCE, versions.wait_for(unseen)).await);
    let version = *versions.borrow();
    no_store(view::of(&simulator, &user, version, query.from))
}

async fn act(simulator: Data<Simulator>, channel: Path<String>, http: HttpRequest, body: Bytes) -> HttpResponse {
    let Some(wanted) = own_page(&http).then(|| serde_json::from_slice::<Value>(&body).ok()).flatten() else {
        return refused("この操作はできません。");
    };
    let key = wanted["user"].as_str().unwrap_or_default();
    let Some(user) = owner(&simulator, &channel, key) else { return missing() };
    match act::carry_out(&user, &wanted).await {
        Ok(status) => no_store(json!({ "status": status })),
        Err(why) => refused(why),
    }
}

async fn clock(simulator: Data<Simulator>, http: HttpRequest, body: Bytes) -> HttpResponse {
    let wanted: Value = serde_json::from_slice(&body).unwrap_or_default();
    let command = command(&simulator, &wanted).filter(|_| own_page(&http));
    let Some((hook, command)) = simulator.clock_hook().zip(command) else {
        return refused("時計は動かせません。");
    };
    let moved = hook(command).await;
    simulator.channels().iter().for_each(super::Channel::touch);
    match moved {
        Ok(()) => no_store(json!({ "now_ms": simulator.now_ms() })),
        Err(why) => refused(&why),
    }
}

fn command(simulator: &Simulator, wanted: &Value) -> Option<ClockCommand> {
    if let Some(day) = wanted["to"].as_str() {
        return NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().map(ClockCommand::To);
    }
    match wanted["command"].as_str()? {
        "next_morning" => Some(ClockCommand::NextMorning),
        "halt" => Some(ClockCommand::Halt),
        "forward" => {
            let user = owner(simulator, wanted["channel"].as_str()?, wanted["user"].as_str()?)?;
            let until = Until::deserialize(&wanted["until"]).ok()?;
            Some(ClockCommand::Forward { user: user.id().to_owned(), until })
        }
        _ => None,
    }
}

async fn picture(simulator: Data<Simulator>, path: Path<(String, String)>) -> HttpResponse {
    let (channel, menu) = path.into_inner();
    let Some(channel) = simulator.find_channel(&channel) else { return missing() };
    let world = channel.world();
    let picture = world.menus.menus.get(&menu).and_then(|menu| menu.picture.clone());
    match picture {
        Some((kind, bytes)) => HttpResponse::Ok().content_type(kind).body(bytes),
        None => missing(),
    }
}

/// The person behind a key; `first` is the channel of the page without a name.
fn owner(simulator: &Simulator, channel: &str, key: &str) -> Option<User> {
    let fine = !key.is_empty() && key.len() <= KEY_MAX && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let channel = match channel {
        "-" => simulator.channels().first().cloned(),
        name => simulator.find_channel(name),
    };
    channel.filter(|_| fine).map(|channel| channel.user_called(&format!("phone {key}")))
}

/// Another site's page says so in `Origin`.
pub(super) fn own_page(http: &HttpRequest) -> bool {
    let header = |name| http.headers().get(name).and_then(|value| value.to_str().ok());
    let origin = header(header::ORIGIN);
    let host = header(header::HOST).unwrap_or_default();
    origin.is_none_or(|origin| origin == format!("http://{host}") || origin == format!("https://{host}"))
}

fn no_store(body: Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

pub(super) fn refused(why: &str) -> HttpResponse {
    HttpResponse::Conflict().json(json!({ "message": why }))
}

pub(super) fn missing() -> HttpResponse {
    HttpResponse::NotFound().json(json!({ "message": "見つかりません。" }))
}
