//! Control over a real socket, with two bots that only listen.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use reqwest::Client;

use super::super::tests::{Heard, listener, options};
use super::super::{Entry, Running, WebhookEntry};
use super::*;

struct Stage {
    running: Running,
    client: Client,
    bots: [Heard; 2],
}

impl Stage {
    async fn new() -> Self {
        let now = Arc::new(AtomicI64::new(1_795_302_000_000));
        let (shown, moved) = (Arc::clone(&now), now);
        let simulator = Simulator::new(options(Arc::new(move || shown.load(Ordering::SeqCst)), None));
        simulator.allow_control(Arc::new(move |to| {
            moved.fetch_max(to, Ordering::SeqCst);
        }));
        let running = simulator.serve(std::net::TcpListener::bind("127.0.0.1:0").unwrap()).await;
        let ((one, first), (other, second)) = (listener(), listener());
        let stage = Self { running, client: Client::builder().no_proxy().build().unwrap(), bots: [one, other] };
        stage.tells(json!({ "webhooks": [first, second] })).await;
        stage
    }

    async fn posts(&self, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/control/{path}", self.running.api_url);
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn tells(&self, order: Value) -> Value {
        let (status, said) = self.posts("main", order).await;
        assert_eq!(status, 200, "{said}");
        said
    }

    async fn gets(&self, path: &str) -> String {
        let url = format!("{}/control/{path}", self.running.api_url);
        self.client.get(url).send().await.unwrap().text().await.unwrap()
    }

    async fn friend(&self) -> String {
        let user = self.tells(json!("new_user")).await["user"].as_str().unwrap().to_owned();
        self.posts(&format!("main/users/{user}"), json!("add_friend")).await;
        user
    }

    fn heard(&self) -> [usize; 2] {
        self.bots.each_ref().map(|bot| bot.lock().unwrap().len())
    }
}

#[tokio::test]
async fn webhooks_go_to_the_servers_in_turn_and_all_at_once_when_told_so() {
    let stage = Stage::new().await;
    let user = stage.friend().await;
    assert_eq!(stage.heard(), [1, 0]);
    let (status, said) = stage.posts(&format!("main/users/{user}"), json!({ "say": "こんにちは" })).await;
    assert_eq!((status, said), (200, json!({ "status": 200 })));
    assert_eq!(stage.heard(), [1, 1]);
    stage.tells(json!({ "everywhere": 1 })).await;
    stage.posts(&format!("main/users/{user}"), json!({ "say": "ふたつの道" })).await;
    assert_eq!(stage.heard(), [2, 2]);
    let log = stage.gets("main/webhooks?from=2").await;
    let log: Vec<WebhookEntry> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(log.len(), 2);
    assert_eq!(log[0].event_ids(), log[1].event_ids(), "it is the same event");
}

#[tokio::test]
async fn what_somebody_sees_and_what_line_was_asked_is_read_as_json() {
    let stage = Stage::new().await;
    let user = stage.friend().await;
    stage.tells(json!({ "fault": { "on": "Push", "kind": { "ServerError": 503 }, "stay": { "next": 1 } } })).await;
    for text in ["届かない", "おはようございます"] {
        let body = json!({ "to": user, "messages": [{ "type": "text", "text": text }] });
        let url = format!("{}/v2/bot/message/push", stage.running.api_url);
        stage.client.post(url).bearer_auth("long-lived").json(&body).send().await.unwrap();
    }
    let ledger = stage.gets("main/ledger").await;
    let ledger: Vec<Entry> = ledger.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        ledger.iter().map(|entry| (entry.status, entry.accepted)).collect::<Vec<_>>(),
        [(503, false), (200, true)]
    );
    let seen: Seen = serde_json::from_str(&stage.gets(&format!("main/users/{user}")).await).unwrap();
    assert!(seen.friend);
    assert_eq!(seen.texts, ["おはようございます"]);
    assert_eq!(seen.chat.len(), 1);
}

#[tokio::test]
async fn the_clock_moves_forward_and_never_back() {
    let stage = Stage::new().await;
    let later = json!({ "now_ms": 1_795_302_060_000_i64 });
    assert_eq!(stage.posts("clock", later.clone()).await, (200, later.clone()));
    assert_eq!(stage.posts("clock", json!({ "now_ms": 1_795_302_000_000_i64 })).await, (200, later.clone()));
    assert_eq!(serde_json::from_str::<Value>(&stage.gets("clock").await).unwrap(), later);
}

#[tokio::test]
async fn what_cannot_be_done_is_told_in_a_sentence() {
    let stage = Stage::new().await;
    let user = stage.friend().await;
    let (status, said) = stage.posts(&format!("main/users/{user}"), json!({ "tap": "ないボタン" })).await;
    assert_eq!(status, 409);
    assert!(said["message"].as_str().unwrap().contains("ないボタン"), "{said}");
    assert_eq!(stage.posts("main", json!({ "unknown": 1 })).await.0, 409);
    assert_eq!(stage.posts("other", json!("new_user")).await.0, 404);
}

#[tokio::test]
async fn control_is_closed_until_it_is_opened_and_to_the_pages_of_other_sites() {
    let simulator = Simulator::new(options(Arc::new(|| 0), None));
    let running = simulator.serve(std::net::TcpListener::bind("127.0.0.1:0").unwrap()).await;
    let client = Client::builder().no_proxy().build().unwrap();
    let told = |origin: &'static str| {
        let asked = client.post(format!("{}/control/main", running.api_url)).json(&json!("new_user"));
        asked.header("origin", origin).send()
    };
    assert_eq!(told("null").await.unwrap().status(), 404);
    simulator.allow_control(Arc::new(|_| {}));
    assert_eq!(told("https://example.com").await.unwrap().status(), 404);
    let asked = client.post(format!("{}/control/main", running.api_url)).json(&json!("new_user")).send().await;
    assert_eq!(asked.unwrap().status(), 200);
}
