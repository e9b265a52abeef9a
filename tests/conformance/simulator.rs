//! The simulator against what LINE publishes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::sync::Arc;

use hagukumi::simulator::{Channel, ChannelOptions, Options, Running, Simulator};
use serde_json::{Value, json};

const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";
const MENU: &str = "/v2/bot/richmenu";

/// Fields that LINE documents as optional, or that its samples leave out though they are required
/// today; all others must be there in both.
const OPTIONAL: &[&str] = &[
    "message.emojis",
    "message.mention",
    "message.imageSet",
    "message.markAsReadToken",
    "message.quoteToken",
    "postback.params",
    "follow",
    "source.userId",
];

fn simulator(secret: &str) -> Simulator {
    let channel = ChannelOptions {
        slug: "main".to_owned(),
        channel_id: "1234567890".to_owned(),
        secret: secret.to_owned(),
        access_token: "long-lived".to_owned(),
        bot_user_id: format!("U{}", "0".repeat(32)),
        display_name: "あおば市".to_owned(),
        webhook_url: None,
    };
    Simulator::new(Options { channels: vec![channel], clock: Arc::new(|| 1_795_302_000_000), seed: 1 })
}

fn samples(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

// ---- events --------------------------------------------------------------------------------------

/// Every path of a value with the type that stands there.
fn shape(value: &Value) -> BTreeMap<String, &'static str> {
    fn walk(path: &str, value: &Value, into: &mut BTreeMap<String, &'static str>) {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        into.insert(path.to_owned(), kind);
        match value {
            Value::Array(inner) => inner.iter().for_each(|one| walk(&format!("{path}[]"), one, into)),
            Value::Object(inner) => inner.iter().for_each(|(key, one)| {
                walk(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, one, into);
            }),
            _ => {}
        }
    }
    let mut paths = BTreeMap::new();
    walk("", value, &mut paths);
    paths
}

/// Kind of event and of the message inside: what has one documented shape.
fn kind(event: &Value) -> String {
    let inside = event["message"]["type"].as_str().unwrap_or_default();
    let params = event["postback"]["params"].as_object().and_then(|params| params.keys().next());
    format!("{} {inside}{}", event["type"].as_str().unwrap(), params.map_or("", String::as_str))
}

fn is_optional(path: &str) -> bool {
    OPTIONAL.iter().any(|optional| {
        path == *optional || path.starts_with(&format!("{optional}.")) || path.starts_with(&format!("{optional}["))
    })
}

async fn everything_that_can_happen(channel: &Channel) {
    let user = channel.new_user();
    user.add_friend().await;
    user.says("こんにちは").await;
    user.sends_sticker().await;
    user.sends_image().await;
    user.sends_location().await;
    user.unsends_last().await;
    user.posts_back("data").await;
    user.block().await;
    user.unblock().await;
    user.redeliver_last().await;
    let (group, other) = (channel.new_group(), channel.new_user());
    group.join().await;
    group.says("みなさん").await;
    group.edits_last("みなさま").await;
    group.gains(&other).await;
    group.loses(&other).await;
    group.removes_bot().await;
}

#[tokio::test]
async fn every_event_has_the_shape_of_a_documented_sample() {
    let simulator = simulator("secret");
    let channel = simulator.channel("main");
    everything_that_can_happen(&channel).await;
    let samples = samples(include_str!("samples/events.json"));
    let mut seen = BTreeSet::new();
    for event in channel.webhook_log().iter().flat_map(|entry| &entry.events) {
        let same_kind: Vec<&Value> = samples.iter().filter(|sample| kind(sample) == kind(event)).collect();
        // A postback without parameters has no sample of its own.
        assert!(!same_kind.is_empty() || kind(event) == "postback ", "no sample of {}", kind(event));
        let fits = same_kind.iter().any(|sample| misfit(event, sample).is_none());
        let why: Vec<_> = same_kind.iter().map(|sample| misfit(event, sample)).collect();
        assert!(fits || same_kind.is_empty(), "{event}\n{why:?}");
        seen.insert(kind(event));
    }
    let kinds = ["follow ", "unfollow ", "message text", "message sticker", "message image", "message location"];
    let others = ["unsend ", "postback ", "join ", "leave ", "memberJoined ", "memberLeft ", "messageEdited text"];
    for kind in kinds.iter().chain(&others) {
        assert!(seen.contains(*kind), "{kind} did not happen");
    }
}

/// The first difference between an event and a sample that is not documented as optional.
fn misfit(event: &Value, sample: &Value) -> Option<String> {
    let (ours, theirs) = (shape(event), shape(sample));
    let extra = ours
        .iter()
        .find(|(path, kind)| theirs.get(*path) != Some(kind) && !is_optional(path) && !path.starts_with("source"));
    let missing =
        theirs.keys().find(|path| !ours.contains_key(*path) && !is_optional(path) && !path.starts_with("source"));
    extra
        .map(|(path, kind)| format!("{path}: {kind} is not in the sample"))
        .or(missing.map(|path| format!("{path} is missing")))
}

#[tokio::test]
async fn ids_and_tokens_have_the_documented_form() {
    let simulator = simulator("secret");
    let channel = simulator.channel("main");
    everything_that_can_happen(&channel).await;
    let log = channel.webhook_log();
    let is =
        |text: &str, length: usize, letters: &str| text.len() == length && text.chars().all(|c| letters.contains(c));
    let (mut ids, mut tokens) = (BTreeSet::new(), BTreeSet::new());
    for event in log.iter().flat_map(|entry| &entry.events) {
        let id = event["webhookEventId"].as_str().unwrap();
        assert!(is(id, 26, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), "{id}");
        let source = &event["source"];
        let own = source["userId"].as_str().or(source["groupId"].as_str()).unwrap();
        assert!(own.starts_with(['U', 'C']) && is(&own[1..], 32, "0123456789abcdef"), "{own}");
        if event["deliveryContext"]["isRedelivery"] == false {
            assert!(ids.insert(id), "{id} came twice");
            assert!(event["replyToken"].as_str().is_none_or(|token| tokens.insert(token)));
        } else {
            assert!(ids.contains(id), "a redelivered event keeps its id");
        }
        // Left out of one old sample, required since.
        assert!(event["message"]["type"] != "text" || event["message"]["quoteToken"].is_string());
        assert!(event["type"] != "follow" || event["follow"]["isUnblocked"].is_boolean());
        assert!(event["message"]["id"].as_str().is_none_or(|id| is(id, 18, "0123456789")));
    }
}

// ---- signatures ----------------------------------------------------------------------------------

#[test]
fn signatures_are_those_that_line_publishes() {
    for vector in samples(include_str!("samples/signatures.json")) {
        let text = |key: &str| vector[key].as_str().unwrap();
        let simulator = simulator(text("secret"));
        let signed = simulator.channel("main").sign(text("body").as_bytes());
        assert_eq!(signed == text("signature"), vector["valid"].as_bool().unwrap(), "{}", text("source"));
    }
}

// ---- errors --------------------------------------------------------------------------------------

struct Desk {
    running: Running,
    client: reqwest::Client,
}

impl Desk {
    async fn open(simulator: &Simulator) -> Self {
        let running = simulator.serve(TcpListener::bind("127.0.0.1:0").unwrap()).await;
        Self { running, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}{path}", self.running.api_url);
        let request = self.client.request(method.parse().unwrap(), url).bearer_auth("long-lived").json(&body);
        let request = if body["to"].is_string() { request.header("x-line-retry-key", KEY) } else { request };
        read(request.send().await.unwrap()).await
    }

    async fn token(&self, path: &str, id: &str, secret: &str) -> (u16, Value) {
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        let url = format!("{}{path}", self.running.api_url);
        read(self.client.post(url).form(&form).send().await.unwrap()).await
    }
}

async fn read(response: reqwest::Response) -> (u16, Value) {
    assert!(response.headers().contains_key("x-line-request-id"));
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn error_bodies_are_those_that_line_documents() {
    let simulator = simulator("secret");
    let channel = simulator.channel("main");
    let desk = Desk::open(&simulator).await;
    let user = channel.new_user();
    user.add_friend().await;
    for sample in samples(include_str!("samples/errors.json")) {
        let what = sample["what"].as_str().unwrap();
        let (status, mut body) = provoke(what, &desk, &channel, user.id()).await;
        // The messages accepted before have ids of their own.
        body.as_object_mut().unwrap().remove("sentMessages");
        assert_eq!((u64::from(status), &body), (sample["status"].as_u64().unwrap(), &sample["body"]), "{what}");
    }
}

async fn provoke(what: &str, desk: &Desk, channel: &Channel, user: &str) -> (u16, Value) {
    let text = |text: &str| json!([{"type": "text", "text": text}]);
    let nobody = format!("U{}", "a".repeat(32));
    let (user_menu, group) = (format!("/v2/bot/user/{user}/richmenu"), format!("C{}", "b".repeat(32)));
    let no_menu = format!("richmenu-{}", "c".repeat(32));
    let menu = |change: Value| {
        let action = json!({"type": "uri", "uri": "https://example.jp"});
        let area = json!({"bounds": {"x": 0, "y": 0, "width": 800, "height": 250}, "action": action});
        let mut menu = json!({"size": {"width": 800, "height": 250}, "selected": false, "name": "n",
            "chatBarText": "b", "areas": [area]});
        match change {
            Value::Null => menu.as_object_mut().and_then(|menu| menu.remove("name")),
            uri => Some(std::mem::replace(&mut menu["areas"][0]["action"]["uri"], uri)),
        };
        menu
    };
    match what {
        "reply, used token" => {
            let token = channel.webhook_log().last().unwrap().events[0]["replyToken"].clone();
            let body = json!({"replyToken": token, "messages": text("a")});
            desk.ask("POST", "/v2/bot/message/reply", body.clone()).await;
            desk.ask("POST", "/v2/bot/message/reply", body).await
        }
        "push, unknown user" => {
            desk.ask("POST", "/v2/bot/message/push", json!({"to": nobody, "messages": text("a")})).await
        }
        "push, no messages" => desk.ask("POST", "/v2/bot/message/push", json!({"to": user, "messages": []})).await,
        "push, empty type" => {
            desk.ask("POST", "/v2/bot/message/push", json!({"to": user, "messages": [{"text": "a"}]})).await
        }
        "validate, six messages" => {
            let six = json!({"messages": vec![json!({"type": "text", "text": "a"}); 6]});
            desk.ask("POST", "/v2/bot/message/validate/push", six).await
        }
        "validate, text too long" => {
            desk.ask("POST", "/v2/bot/message/validate/reply", json!({"messages": text(&"a".repeat(5001))})).await
        }
        "multicast, unknown user" => {
            desk.ask("POST", "/v2/bot/message/multicast", json!({"to": [user, nobody], "messages": text("a")})).await
        }
        "retry key, accepted before" => {
            let body = json!({"to": user, "messages": text("a")});
            assert_eq!(desk.ask("POST", "/v2/bot/message/push", body.clone()).await.0, 200);
            desk.ask("POST", "/v2/bot/message/push", body).await
        }
        "loading, seconds" => {
            desk.ask("POST", "/v2/bot/chat/loading/start", json!({"chatId": user, "loadingSeconds": 61})).await
        }
        "loading, group" => desk.ask("POST", "/v2/bot/chat/loading/start", json!({"chatId": group})).await,
        "mark as read, unknown token" => {
            desk.ask("POST", "/v2/bot/chat/markAsRead", json!({"markAsReadToken": "a"})).await
        }
        "delivery count, bad date" => desk.ask("GET", "/v2/bot/message/delivery/push?date=2026", json!({})).await,
        "profile, unknown user" => desk.ask("GET", &format!("/v2/bot/profile/{nobody}"), json!({})).await,
        "leave group, bad id" => desk.ask("POST", "/v2/bot/group/abc/leave", json!({})).await,
        "leave group, unknown" => desk.ask("POST", &format!("/v2/bot/group/{group}/leave"), json!({})).await,
        "leave room, unknown" => desk.ask("POST", &format!("/v2/bot/room/R{}/leave", "d".repeat(32)), json!({})).await,
        "webhook endpoint, not set" => desk.ask("GET", "/v2/bot/channel/webhook/endpoint", json!({})).await,
        "webhook endpoint, bad URL" => {
            desk.ask("PUT", "/v2/bot/channel/webhook/endpoint", json!({"endpoint": "http://example.jp"})).await
        }
        "webhook test, not set" => desk.ask("POST", "/v2/bot/channel/webhook/test", json!({})).await,
        "stateless token, wrong secret" => desk.token("/oauth2/v3/token", "1234567890", "wrong").await,
        "short-lived token, wrong id" => desk.token("/v2/oauth/accessToken", "1", "secret").await,
        "short-lived token, wrong secret" => desk.token("/v2/oauth/accessToken", "1234567890", "wrong").await,
        "rich menu, no name" => desk.ask("POST", MENU, menu(Value::Null)).await,
        "rich menu, bad scheme" => desk.ask("POST", "/v2/bot/richmenu/validate", menu(json!("foo://bar"))).await,
        "rich menu, unknown" => desk.ask("GET", &format!("{MENU}/{no_menu}"), json!({})).await,
        "default rich menu, none" => desk.ask("GET", "/v2/bot/user/all/richmenu", json!({})).await,
        "rich menu of user, none" => desk.ask("GET", &user_menu, json!({})).await,
        "link rich menu, bad user" => {
            desk.ask("POST", &format!("/v2/bot/user/abc/richmenu/{no_menu}"), json!({})).await
        }
        "link rich menus, bad user" => {
            desk.ask("POST", "/v2/bot/richmenu/bulk/link", json!({"richMenuId": no_menu, "userIds": ["abc"]})).await
        }
        "link rich menus, bad menu" => {
            desk.ask("POST", "/v2/bot/richmenu/bulk/link", json!({"richMenuId": "abc", "userIds": [user]})).await
        }
        "rich menu alias, unknown menu" => {
            desk.ask("POST", "/v2/bot/richmenu/alias", json!({"richMenuAliasId": "a", "richMenuId": no_menu})).await
        }
        "rich menu alias, unknown" => desk.ask("GET", "/v2/bot/richmenu/alias/a", json!({})).await,
        other => panic!("nobody knows how to provoke {other}"),
    }
}
