//! The platform over real sockets, with a bot that only listens.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use reqwest::Response;
use serde_json::{Value, json};

use super::*;

const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

type Heard = Arc<Mutex<Vec<(Option<String>, Vec<u8>)>>>;

/// A simulator with one channel, and a bot that writes down what it hears.
struct Stage {
    simulator: Simulator,
    channel: Channel,
    running: Running,
    now: Arc<AtomicI64>,
    heard: Heard,
    client: reqwest::Client,
    token: String,
}

impl Stage {
    async fn new() -> Self {
        let now = Arc::new(AtomicI64::new(1_795_302_000_000));
        let clock = Arc::clone(&now);
        let (heard, url) = listener();
        let channel = ChannelOptions {
            slug: "main".to_owned(),
            channel_id: "1234567890".to_owned(),
            secret: "8c570fa6dd201bb328f1c1eac23a96d8".to_owned(),
            access_token: "long-lived".to_owned(),
            bot_user_id: format!("U{}", "0".repeat(32)),
            display_name: "あおば市 子育て".to_owned(),
            webhook_url: Some(url),
        };
        let clock: Clock = Arc::new(move || clock.load(Ordering::SeqCst));
        let simulator = Simulator::new(Options { channels: vec![channel], clock, seed: 7 });
        let running = simulator.serve(std::net::TcpListener::bind("127.0.0.1:0").unwrap()).await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let channel = simulator.channel("main");
        Self { simulator, channel, running, now, heard, client, token: "long-lived".to_owned() }
    }

    fn later(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }

    fn heard(&self) -> Vec<Value> {
        let bodies = self.heard.lock().unwrap();
        let events = bodies.iter().map(|(_, body)| serde_json::from_slice::<Value>(body).unwrap()["events"].clone());
        events.flat_map(|events| events.as_array().unwrap().clone()).collect()
    }

    fn reply_token(&self) -> String {
        self.heard().last().unwrap()["replyToken"].as_str().unwrap().to_owned()
    }

    async fn call(&self, method: &str, path: &str, key: Option<&str>, body: Option<Value>) -> (u16, Value, Response2) {
        let method = method.parse().unwrap();
        let mut request = self.client.request(method, format!("{}{path}", self.running.api_url));
        request = request.bearer_auth(&self.token);
        if let Some(key) = key {
            request = request.header("X-Line-Retry-Key", key);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        read(request.send().await.unwrap()).await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let (status, body, _) = self.call("POST", path, None, Some(body)).await;
        (status, body)
    }

    async fn push(&self, to: &str, text: &str, key: Option<&str>) -> (u16, Value, Response2) {
        let body = json!({"to": to, "messages": [{"type": "text", "text": text}]});
        self.call("POST", "/v2/bot/message/push", key, Some(body)).await
    }

    async fn reply(&self, token: &str, text: &str) -> (u16, Value) {
        self.post("/v2/bot/message/reply", json!({"replyToken": token, "messages": [{"type": "text", "text": text}]}))
            .await
    }
}

/// The headers of an answer that are looked at.
struct Response2 {
    request_id: Option<String>,
    accepted_request_id: Option<String>,
}

async fn read(response: Response) -> (u16, Value, Response2) {
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let headers = Response2 {
        request_id: header("x-line-request-id"),
        accepted_request_id: header("x-line-accepted-request-id"),
    };
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap_or_default();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null), headers)
}

fn listener() -> (Heard, String) {
    async fn hear(heard: Data<Heard>, http: HttpRequest, body: Bytes) -> HttpResponse {
        let signature = http.headers().get("x-line-signature").map(|value| value.to_str().unwrap().to_owned());
        heard.lock().unwrap().push((signature, body.to_vec()));
        HttpResponse::Ok().finish()
    }
    let heard = Heard::default();
    let kept = Arc::clone(&heard);
    let server =
        HttpServer::new(move || App::new().app_data(Data::new(Arc::clone(&kept))).default_service(web::to(hear)));
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/webhook", server.addrs()[0]);
    tokio::spawn(server.run());
    (heard, url)
}

#[tokio::test]
async fn a_friend_is_announced_with_a_signature_and_can_be_answered_once_within_a_minute() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    assert_eq!(user.add_friend().await, 200);
    let (signature, body) = stage.heard.lock().unwrap()[0].clone();
    assert_eq!(signature.unwrap(), stage.channel.sign(&body));
    let token = stage.reply_token();

    assert_eq!(stage.reply(&token, "ようこそ").await.0, 200);
    assert_eq!(user.texts(), ["ようこそ"]);
    let refused = (400, json!({"message": "Invalid reply token"}));
    assert_eq!(stage.reply(&token, "もう一度").await, refused);

    user.says("こんにちは").await;
    let token = stage.reply_token();
    stage.later(MINUTE + 1);
    assert_eq!(stage.reply(&token, "遅い").await, refused);
    assert_eq!(user.redeliver_last().await, 200);
    assert_eq!(stage.heard().last().unwrap()["deliveryContext"]["isRedelivery"], true);
    assert_eq!(stage.reply(&token, "間に合った").await.0, 200);
    assert_eq!(user.texts(), ["ようこそ", "間に合った"]);
}

#[tokio::test]
async fn a_retry_key_is_good_for_one_message_in_twenty_four_hours() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    user.add_friend().await;
    let (status, first, headers) = stage.push(user.id(), "朝", Some(KEY)).await;
    assert_eq!(status, 200);
    stage.later(24 * HOUR - 1);
    let (status, body, again) = stage.push(user.id(), "朝", Some(&KEY.to_uppercase())).await;
    assert_eq!(status, 409);
    assert_eq!(again.accepted_request_id, headers.request_id);
    assert_eq!(body, json!({"message": "The retry key is already accepted", "sentMessages": first["sentMessages"]}));
    stage.later(1);
    assert_eq!(stage.push(user.id(), "朝", Some(KEY)).await.0, 200);
    assert_eq!(user.texts(), ["朝", "朝"]);
    assert_eq!(stage.channel.pushes_to(user.id()).len(), 2);
    assert_eq!(stage.channel.ledger().len(), 3);
}

#[tokio::test]
async fn who_has_blocked_the_bot_gets_nothing_although_line_says_200() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    user.add_friend().await;
    user.block().await;
    assert_eq!(stage.push(user.id(), "朝", None).await.0, 200);
    assert!(user.texts().is_empty());
    let entry = stage.channel.pushes_to(user.id()).remove(0);
    assert!(entry.accepted && !entry.delivered);
    assert_eq!(stage.channel.consumption(), 0);
    let nobody = format!("U{}", "a".repeat(32));
    let (status, body, _) = stage.push(&nobody, "朝", None).await;
    assert_eq!((status, body), (400, json!({"message": "Failed to send messages"})));
}
