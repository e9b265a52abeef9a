//! Control: what a rehearsal or a test in another process may do with the platform.
//!
//! A person is played as on the phone, a channel is told what goes wrong, and what happened can be read
//! again. It is closed until [`super::Simulator::allow_control`] opens it, and no other site's page may
//! use it.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST /control/{channel}` | an [`Order`] | what the order says |
//! | `POST /control/{channel}/users/{id}` | a [`Deed`] | `{"status": the bot's status}` |
//! | `GET /control/{channel}/users/{id}?from=N` | | [`Seen`], with the bubbles from number N on |
//! | `GET /control/{channel}/ledger?from=N` | | one [`super::Entry`] a line |
//! | `GET /control/{channel}/webhooks?from=N` | | one [`super::WebhookEntry`] a line |
//! | `GET /control/clock`, `POST /control/clock` | a [`Moved`] | a [`Moved`]: the time at LINE |
//!
//! With `&wait=true`, a question for what begins at N waits some seconds until there is something. What
//! cannot be done is answered 409 with a sentence in `message`.

mod order;
#[cfg(test)]
mod tests;

use actix_web::web::{self, Bytes, Data, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::channel::Channel;
use super::{Bubble, MoveClock, Simulator, phone};
pub use order::{Deed, Order, Stay};

/// What one person sees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Whether the bot is a friend and not blocked.
    pub friend: bool,
    /// What the bot ever said, one text for each message object, oldest first.
    pub texts: Vec<String>,
    /// The labels of everything that can be touched now, oldest first, menu last.
    pub labels: Vec<String>,
    /// The labels of the quick replies that show now.
    pub quick: Vec<String>,
    /// The text this person copied last.
    pub copied: Option<String>,
    /// The chat, oldest first.
    pub chat: Vec<Bubble>,
}

/// The time at LINE: as it is in an answer, as it shall be in a request. A
/// time that is past already changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// In milliseconds since 1970.
    pub now_ms: i64,
}

/// Where a list is to begin, and whether to wait for that.
#[derive(Debug, Deserialize)]
struct From {
    #[serde(default)]
    from: usize,
    #[serde(default)]
    wait: bool,
}

impl From {
    /// Returns when `count` has grown past the beginning, or patience ends.
    async fn reached(&self, channel: &Channel, count: impl Fn(&Channel) -> usize) {
        if self.wait {
            // Whoever finds nothing asks again.
            let _there = channel.comes_to(phone::PATIENCE, || count(channel) > self.from).await;
        }
    }
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/control/clock", web::get().to(time))
        .route("/control/clock", web::post().to(move_clock))
        .route("/control/{channel}", web::post().to(tell))
        .route("/control/{channel}/ledger", web::get().to(ledger))
        .route("/control/{channel}/webhooks", web::get().to(webhooks))
        .route("/control/{channel}/users/{user}", web::get().to(look))
        .route("/control/{channel}/users/{user}", web::post().to(play));
}

async fn tell(simulator: Data<Simulator>, slug: Path<String>, http: HttpRequest, body: Bytes) -> HttpResponse {
    let Some(channel) = channel(&simulator, &http, &slug) else { return phone::missing() };
    match read::<Order>(&body) {
        Ok(order) => HttpResponse::Ok().json(order::tell(&channel, order).await),
        Err(why) => phone::refused(&why),
    }
}

async fn play(
    simulator: Data<Simulator>,
    path: Path<(String, String)>,
    http: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let (slug, user) = path.into_inner();
    let Some(channel) = channel(&simulator, &http, &slug) else { return phone::missing() };
    let done = match read::<Deed>(&body) {
        Ok(deed) => order::play(&channel.user_with_id(user), deed).await,
        Err(why) => Err(why),
    };
    match done {
        Ok(status) => HttpResponse::Ok().json(json!({ "status": status })),
        Err(why) => phone::refused(&why),
    }
}

async fn look(
    simulator: Data<Simulator>,
    path: Path<(String, String)>,
    from: Query<From>,
    http: HttpRequest,
) -> HttpResponse {
    let (slug, user) = path.into_inner();
    let Some(channel) = channel(&simulator, &http, &slug) else { return phone::missing() };
    let user = channel.user_with_id(user);
    from.reached(&channel, |_| user.chat().len()).await;
    HttpResponse::Ok().json(Seen {
        friend: user.is_friend(),
        texts: user.texts(),
        labels: user.labels(),
        quick: user.quick_labels(),
        copied: user.copied(),
        chat: user.chat().into_iter().skip(from.from).collect(),
    })
}

async fn ledger(simulator: Data<Simulator>, slug: Path<String>, from: Query<From>, http: HttpRequest) -> HttpResponse {
    match channel(&simulator, &http, &slug) {
        Some(channel) => {
            from.reached(&channel, |channel| channel.world().ledger.len()).await;
            lines(&channel.ledger(), from.from)
        }
        None => phone::missing(),
    }
}

async fn webhooks(
    simulator: Data<Simulator>,
    slug: Path<String>,
    from: Query<From>,
    http: HttpRequest,
) -> HttpResponse {
    match channel(&simulator, &http, &slug) {
        Some(channel) => {
            from.reached(&channel, |channel| channel.world().webhooks.len()).await;
            lines(&channel.webhook_log(), from.from)
        }
        None => phone::missing(),
    }
}

async fn time(simulator: Data<Simulator>, http: HttpRequest) -> HttpResponse {
    match open_to(&simulator, &http) {
        Some(_) => HttpResponse::Ok().json(Moved { now_ms: simulator.now_ms() }),
        None => phone::missing(),
    }
}

async fn move_clock(simulator: Data<Simulator>, http: HttpRequest, body: Bytes) -> HttpResponse {
    let Some(clock) = open_to(&simulator, &http) else { return phone::missing() };
    let wanted = match read::<Moved>(&body) {
        Ok(wanted) => wanted,
        Err(why) => return phone::refused(&why),
    };
    clock(wanted.now_ms);
    simulator.channels().iter().for_each(Channel::touch);
    HttpResponse::Ok().json(Moved { now_ms: simulator.now_ms() })
}

/// What moves the clock, where control is open to whoever asks.
fn open_to(simulator: &Simulator, http: &HttpRequest) -> Option<MoveClock> {
    simulator.control().filter(|_| phone::own_page(http))
}

fn channel(simulator: &Simulator, http: &HttpRequest, slug: &str) -> Option<Channel> {
    open_to(simulator, http).and_then(|_| simulator.find_channel(slug))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|why| format!("this cannot be done: {why}"))
}

fn lines<T: Serialize>(all: &[T], from: usize) -> HttpResponse {
    let line = |one: &T| format!("{}\n", serde_json::to_value(one).unwrap_or(Value::Null));
    HttpResponse::Ok().content_type("application/x-ndjson").body(all.iter().skip(from).map(line).collect::<String>())
}
