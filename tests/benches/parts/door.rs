//! Webhook servers: ours, and those that do less with the same web server, workers, bodies and checks.
//!
//! Ours keeps every event and decides none (no worker runs), because that is what the others leave out: a bot
//! that only verifies has heard something, and forgotten it when its machine stops.

use std::time::Duration;

use actix_web::{App as WebApp, HttpRequest, HttpResponse, HttpServer, web};
use futures::StreamExt as _;
use hagukumi::app::App;
use hagukumi::clock::Ambient;
use hagukumi::line::signature::Secrets;
use hagukumi::line::webhook;
use hagukumi::store::EventState;
use serde_json::json;

use super::{Orders, SECRET, say, settings, token};

/// Verifies, reads, keeps, and answers.
pub const KEEPING: &str = "keeping";
/// Verifies, reads, and answers.
pub const VERIFYING: &str = "verifying";
/// Reads the bytes and answers.
pub const BARE: &str = "bare";
/// Verifies, reads, answers LINE's server, and replies to the reader with a word.
pub const ECHO: &str = "echo";

/// Our web server's settings, for the others too (see `App::serve_by_hand`).
const WORKERS: usize = 2;
const CONNECTIONS: usize = 256;
const HEAD_WITHIN: Duration = Duration::from_secs(5);

/// A listener on a free port, and what to call it.
fn listen() -> (std::net::TcpListener, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a listener has an address").to_string();
    (listener, address)
}

/// The server as it ships. Asked for anything, it says how many events are kept.
pub async fn keep(mut orders: Orders, words: &[String]) {
    let app = App::open(&settings(words), Ambient::system()).await.expect("it opens");
    let (listener, address) = listen();
    let serving = app.serve_by_hand(listener).expect("it serves");
    println!("ready {address}");
    while orders.next().await.is_some() {
        say("kept ", &app.store().events_in(EventState::Pending).await.expect("the store answers"));
    }
    serving.stop().await;
}

/// The same web server, with the same checks, and nothing kept; where it is told where LINE is, with a reply.
pub async fn verify(mut orders: Orders, api: Option<String>) {
    let client = reqwest::Client::builder().http1_only().no_proxy().build().expect("a client");
    let secrets = web::Data::new(Secrets::new([SECRET]).expect("a secret"));
    let echo = web::Data::new(Echo { api, client });
    let routes = move |app: &mut web::ServiceConfig| {
        let webhook = web::resource("/webhook").route(web::post().to(verified));
        app.app_data(secrets.clone()).app_data(echo.clone()).service(webhook);
    };
    serve(&mut orders, routes).await;
}

/// A web server that reads the bytes and says yes.
pub async fn answer(mut orders: Orders) {
    let yes = |body: web::Payload| async move {
        collected(body).await;
        HttpResponse::Ok().finish()
    };
    let routes = move |app: &mut web::ServiceConfig| {
        app.service(web::resource("/webhook").route(web::post().to(yes)));
    };
    serve(&mut orders, routes).await;
}

/// Serves with our web server's settings until nobody can ask any more.
async fn serve(orders: &mut Orders, routes: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static) {
    let (listener, address) = listen();
    let server = HttpServer::new(move || WebApp::new().configure(routes.clone()));
    let server = server.workers(WORKERS).max_connections(CONNECTIONS).client_request_timeout(HEAD_WITHIN);
    let server = server.disable_signals().listen(listener).expect("it listens").run();
    let handle = server.handle();
    tokio::spawn(server);
    println!("ready {address}");
    while orders.next().await.is_some() {}
    handle.stop(false).await;
}

/// Somebody who answers without knowing anything.
struct Echo {
    api: Option<String>,
    client: reqwest::Client,
}

async fn verified(
    request: HttpRequest,
    body: web::Payload,
    secrets: web::Data<Secrets>,
    echo: web::Data<Echo>,
) -> HttpResponse {
    let body = collected(body).await;
    let signature = request.headers().get("x-line-signature").map_or(&b""[..], |value| value.as_bytes());
    if !secrets.verify(&body, signature) {
        return HttpResponse::Unauthorized().finish();
    }
    let Ok(delivery) = webhook::read(&body) else { return HttpResponse::BadRequest().finish() };
    if let Some(api) = &echo.api {
        for event in delivery.events {
            let event: serde_json::Value = serde_json::from_str(&event.raw).expect("an event is JSON");
            if let Some(token) = event["replyToken"].as_str() {
                echo.reply(api, token);
            }
        }
    }
    HttpResponse::Ok().finish()
}

impl Echo {
    fn reply(&self, api: &str, reply_token: &str) {
        let body = json!({"replyToken": reply_token, "messages": [{"type": "text", "text": "はい。"}]}).to_string();
        let request = self.client.post(format!("{api}/v2/bot/message/reply"));
        let request = request.header("authorization", format!("Bearer {}", token(0)));
        let request = request.header("content-type", "application/json").body(body);
        tokio::spawn(async move {
            if let Ok(answer) = request.send().await {
                let _nobody_reads_it = answer.bytes().await;
            }
        });
    }
}

async fn collected(mut body: web::Payload) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(Ok(chunk)) = body.next().await {
        bytes.extend_from_slice(&chunk);
    }
    bytes
}
