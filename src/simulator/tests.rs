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

pub(super) type Heard = Arc<Mutex<Vec<(Option<String>, Vec<u8>)>>>;

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
        let simulator = Simulator::new(options(Arc::new(move || clock.load(Ordering::SeqCst)), Some(url)));
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

    async fn call(&self, method: &str, path: &str, key: Option<&str>, body: Option<Value>) -> (u16, Value, Headers) {
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

    async fn push(&self, to: &str, text: &str, key: Option<&str>) -> (u16, Value, Headers) {
        let body = json!({"to": to, "messages": [{"type": "text", "text": text}]});
        self.call("POST", "/v2/bot/message/push", key, Some(body)).await
    }

    async fn reply(&self, token: &str, text: &str) -> (u16, Value) {
        self.post("/v2/bot/message/reply", json!({"replyToken": token, "messages": [{"type": "text", "text": text}]}))
            .await
    }
}

/// The headers of an answer that are looked at.
struct Headers {
    request_id: Option<String>,
    accepted_request_id: Option<String>,
}

async fn read(response: Response) -> (u16, Value, Headers) {
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let headers =
        Headers { request_id: header("x-line-request-id"), accepted_request_id: header("x-line-accepted-request-id") };
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap_or_default();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null), headers)
}

/// One channel, called `main`.
pub(super) fn options(clock: Clock, webhook_url: Option<String>) -> Options {
    let channel = ChannelOptions {
        slug: "main".to_owned(),
        channel_id: "1234567890".to_owned(),
        secret: "8c570fa6dd201bb328f1c1eac23a96d8".to_owned(),
        access_token: "long-lived".to_owned(),
        bot_user_id: format!("U{}", "0".repeat(32)),
        display_name: "あおば市 子育て".to_owned(),
        webhook_url,
    };
    Options { channels: vec![channel], clock, seed: 7 }
}

pub(super) fn listener() -> (Heard, String) {
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

#[tokio::test]
async fn two_pushes_with_one_key_at_the_same_moment_are_one_message() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    user.add_friend().await;
    let pushes = (0..8).map(|_| stage.push(user.id(), "朝", Some(KEY)));
    let answers = futures::future::join_all(pushes).await;
    assert_eq!(answers.iter().filter(|answer| answer.0 == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.0 == 409).count(), 7);
    assert_eq!(user.texts(), ["朝"]);
}

#[tokio::test]
async fn a_changed_body_under_a_used_key_is_refused_as_configured() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    user.add_friend().await;
    stage.push(user.id(), "朝", Some(KEY)).await;
    assert_eq!(stage.push(user.id(), "昼", Some(KEY)).await.0, 409);
    stage.channel.set_changed_body(ChangedBody::Refused400);
    assert_eq!(stage.push(user.id(), "昼", Some(KEY)).await.0, 400);
    assert_eq!(stage.push(user.id(), "朝", Some(KEY)).await.0, 409);
    assert_eq!(user.texts(), ["朝"]);
}

#[tokio::test]
async fn a_spoilt_answer_hides_a_message_that_was_accepted() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    user.add_friend().await;
    let faults = stage.channel.faults().on(On::Push);
    let client = reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_millis(300)).build().unwrap();
    let push = |n: u32| {
        let key = format!("123e4567-e89b-12d3-a456-{n:012}");
        let body = json!({"to": user.id(), "messages": [{"type": "text", "text": n.to_string()}]});
        let url = format!("{}/v2/bot/message/push", stage.running.api_url);
        client.post(url).bearer_auth("long-lived").header("x-line-retry-key", key).json(&body).send()
    };
    for (n, fault) in [(1, FaultKind::AcceptThenTimeout), (2, FaultKind::AcceptThenReset)] {
        faults.next(fault);
        assert!(push(n).await.is_err());
    }
    faults.next(FaultKind::AcceptThen500);
    faults.next(FaultKind::AcceptThenError(503));
    let broken = push(3).await.unwrap();
    assert_eq!(
        (broken.status(), broken.headers()["content-type"].to_str().unwrap()),
        (500.try_into().unwrap(), "text/html")
    );
    assert_eq!(push(4).await.unwrap().status(), 503);
    faults.next(FaultKind::TruncatedBody);
    let truncated = push(5).await.unwrap();
    assert_eq!(truncated.status(), 200);
    assert!(truncated.bytes().await.is_err());
    faults.next(FaultKind::EmptyBody200);
    assert!(push(6).await.unwrap().bytes().await.unwrap().is_empty());

    assert_eq!(user.texts(), ["1", "2", "3", "4", "5", "6"]);
    for n in 1..=6 {
        assert_eq!(push(n).await.unwrap().status(), 409);
    }
    let entries = stage.channel.pushes_to(user.id());
    assert_eq!(entries.iter().map(|entry| entry.status).collect::<Vec<_>>(), [0, 0, 500, 503, 200, 200]);
    assert!(stage.channel.faults().is_empty());
}

#[tokio::test]
async fn a_fault_in_place_of_the_request_leaves_the_retry_key_unused() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    user.add_friend().await;
    let faults = [
        (FaultKind::ServerError(502), 502),
        (FaultKind::RateLimited429, 429),
        (FaultKind::MonthlyLimit429, 429),
        (FaultKind::Unauthorized401, 401),
        (FaultKind::BadRequest400(Only::All), 400),
        (FaultKind::ConflictNeverSeen409, 409),
    ];
    for (fault, status) in faults {
        stage.channel.faults().next(fault);
        assert_eq!(stage.push(user.id(), "朝", Some(KEY)).await.0, status);
    }
    assert!(user.texts().is_empty());
    assert_eq!(stage.push(user.id(), "朝", Some(KEY)).await.0, 200);
}

#[tokio::test]
async fn a_black_hole_takes_nothing_and_a_slow_answer_comes_after_the_message() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    user.add_friend().await;
    let client = reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_millis(200)).build().unwrap();
    let push = || {
        let body = json!({"to": user.id(), "messages": [{"type": "text", "text": "朝"}]});
        let request = client.post(format!("{}/v2/bot/message/push", stage.running.api_url));
        request.bearer_auth("long-lived").header("x-line-retry-key", KEY).json(&body).send()
    };
    stage.channel.faults().next(FaultKind::BlackHole);
    assert!(push().await.is_err());
    assert!(user.texts().is_empty());
    stage.channel.faults().next(FaultKind::Slow(60_000));
    assert!(push().await.is_err());
    assert_eq!(user.texts(), ["朝"]);
    assert_eq!(push().await.unwrap().status(), 409);
}

#[tokio::test]
async fn faults_meet_only_whom_they_are_for() {
    let stage = Stage::new().await;
    let (hana, sora) = (stage.channel.new_user(), stage.channel.new_user());
    hana.add_friend().await;
    sora.add_friend().await;
    let faults = stage.channel.faults();
    faults.on(On::Push).always(FaultKind::BadRequest400(Only::To(hana.id().to_owned())));
    faults.on(On::Push).always(FaultKind::BadRequest400(Only::Containing("だめ".to_owned())));
    assert_eq!(stage.push(hana.id(), "朝", None).await.0, 400);
    assert_eq!(stage.push(sora.id(), "朝", None).await.0, 200);
    assert_eq!(stage.push(sora.id(), "だめな朝", None).await.0, 400);
    assert_eq!(stage.reply(&stage.reply_token(), "だめ").await.0, 200);
    faults.clear();
    faults.on(On::Send).every(3, FaultKind::RateLimited429);
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(stage.push(hana.id(), "朝", None).await.0);
    }
    assert_eq!(statuses, [200, 200, 429, 200, 200, 429]);
}

#[tokio::test]
async fn the_allowance_counts_people_and_not_replies() {
    let stage = Stage::new().await;
    let (hana, sora) = (stage.channel.new_user(), stage.channel.new_user());
    hana.add_friend().await;
    sora.add_friend().await;
    stage.channel.set_allowance(Some(3));
    assert_eq!(stage.reply(&stage.reply_token(), "ようこそ").await.0, 200);
    let many = json!({"to": [hana.id(), sora.id()], "messages": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]});
    assert_eq!(stage.post("/v2/bot/message/multicast", many.clone()).await, (200, json!({})));
    assert_eq!(stage.call("GET", "/v2/bot/message/quota/consumption", None, None).await.1, json!({"totalUsage": 2}));
    let refused = (429, json!({"message": "You have reached your monthly limit."}));
    assert_eq!(stage.post("/v2/bot/message/multicast", many).await, refused);
    assert_eq!(stage.push(hana.id(), "朝", None).await.0, 200);
    let (status, body, _) = stage.push(hana.id(), "朝", None).await;
    assert_eq!((status, body), refused);
    assert_eq!(stage.call("GET", "/v2/bot/message/quota", None, None).await.1, json!({"type": "limited", "value": 3}));
    // The clock stands on 22 November; nine days later it is December.
    stage.later(9 * 24 * HOUR);
    assert_eq!(stage.push(hana.id(), "朝", None).await.0, 200);
    let yesterday = "/v2/bot/message/delivery/multicast?date=20261122";
    assert_eq!(stage.call("GET", yesterday, None, None).await.1, json!({"status": "ready", "success": 2}));
}

#[tokio::test]
async fn too_many_requests_are_refused_for_each_endpoint() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    user.add_friend().await;
    stage.channel.set_rate("push", Some(Rate { depth: 2.0, per_second: 0.0 }));
    assert_eq!(stage.push(user.id(), "1", None).await.0, 200);
    assert_eq!(stage.push(user.id(), "2", None).await.0, 200);
    let (status, body, _) = stage.push(user.id(), "3", None).await;
    let message = "The API rate limit has been exceeded. Try again later.";
    assert_eq!((status, body), (429, json!({ "message": message })));
    assert_eq!(stage.reply(&stage.reply_token(), "4").await.0, 200);
}

#[tokio::test]
async fn a_stateless_token_lives_fifteen_minutes() {
    let mut stage = Stage::new().await;
    let issue = |secret: &str| {
        let form = format!("grant_type=client_credentials&client_id=1234567890&client_secret={secret}");
        let request = stage.client.post(format!("{}/oauth2/v3/token", stage.running.api_url));
        request.header("content-type", "application/x-www-form-urlencoded").body(form).send()
    };
    let (status, token, headers) = read(issue("8c570fa6dd201bb328f1c1eac23a96d8").await.unwrap()).await;
    assert_eq!((status, &token["token_type"], &token["expires_in"]), (200, &json!("Bearer"), &json!(900)));
    assert!(headers.request_id.is_some());
    assert_eq!(read(issue("wrong").await.unwrap()).await.0, 400);
    assert_eq!(stage.channel.tokens_issued(), 1);
    stage.token = token["access_token"].as_str().unwrap().to_owned();
    stage.later(15 * MINUTE - 1);
    assert_eq!(stage.call("GET", "/v2/bot/info", None, None).await.0, 200);
    stage.later(1);
    assert_eq!(stage.call("GET", "/v2/bot/info", None, None).await.0, 401);
    stage.token = "long-lived".to_owned();
    assert_eq!(stage.call("GET", "/v2/bot/info", None, None).await.0, 200);
    stage.channel.revoke_tokens();
    assert_eq!(stage.call("GET", "/v2/bot/info", None, None).await.0, 401);
}

#[tokio::test]
async fn webhooks_come_twice_in_one_request_and_in_disorder_as_asked() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    stage.channel.duplicate_next_webhooks(1);
    user.add_friend().await;
    let twice = stage.heard();
    assert_eq!(twice.len(), 2);
    assert_eq!(twice[0], twice[1]);

    stage.channel.hold_webhooks();
    assert_eq!(user.says("一").await, HELD);
    stage.later(10);
    user.says("二").await;
    assert_eq!(stage.heard().len(), 2);
    assert_eq!(stage.channel.release(Release::OneRequestReversed).await, [200]);
    let heard = stage.heard();
    let texts: Vec<_> = heard[2..].iter().map(|event| event["message"]["text"].clone()).collect();
    assert_eq!(texts, ["二", "一"]);
    assert!(heard[2]["timestamp"].as_i64() > heard[3]["timestamp"].as_i64());
    assert_eq!(stage.heard.lock().unwrap().len(), 3);
    assert_eq!(stage.channel.webhook_log().len(), 3);
    assert_eq!(user.says("三").await, 200);
}

#[tokio::test]
async fn what_the_bot_could_not_take_is_redelivered_with_the_same_id_and_token() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    let url = stage.channel.world().webhook_url.clone().unwrap();
    stage.channel.set_webhook("http://127.0.0.1:9/");
    assert_eq!(user.add_friend().await, NO_ANSWER);
    stage.channel.set_webhook(&url);
    assert_eq!(stage.channel.redeliver_failed().await, [200]);
    let (first, second) = (&stage.channel.webhook_log()[0].events[0], &stage.heard()[0]);
    assert_eq!(first["webhookEventId"], second["webhookEventId"]);
    assert_eq!(first["replyToken"], second["replyToken"]);
    assert_eq!(second["deliveryContext"], json!({"isRedelivery": true}));
    assert!(stage.channel.redeliver_failed().await.is_empty());
}

#[tokio::test]
async fn touching_does_what_line_does() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    user.add_friend().await;
    let message = json!({"type": "text", "text": "どうしますか", "quickReply": {"items": [
        {"type": "action", "action": {"type": "postback", "label": "はい", "data": "yes", "displayText": "はい！"}},
        {"type": "action", "action": {"type": "datetimepicker", "label": "日を選ぶ", "data": "day", "mode": "date", "max": "2026-11-22"}},
        {"type": "action", "action": {"type": "uri", "label": "電話", "uri": "tel:119"}},
        {"type": "action", "action": {"type": "clipboard", "label": "写す", "clipboardText": "abc"}}]}});
    let push = json!({"to": user.id(), "messages": [message]});
    stage.post("/v2/bot/message/push", push.clone()).await;
    assert_eq!(user.labels(), ["はい", "日を選ぶ", "電話", "写す"]);
    user.taps("はい").await;
    assert_eq!(stage.heard().last().unwrap()["postback"], json!({"data": "yes"}));
    assert_eq!(user.chat().last().unwrap().message["text"], "はい！");
    assert!(user.labels().is_empty(), "quick replies go when one is used");

    stage.post("/v2/bot/message/push", push.clone()).await;
    assert_eq!(user.picks("日を選ぶ", "2026-11-21").await, 200);
    let postback = json!({"data": "day", "params": {"date": "2026-11-21"}});
    assert_eq!(stage.heard().last().unwrap()["postback"], postback);

    let heard = stage.heard().len();
    stage.post("/v2/bot/message/push", push.clone()).await;
    user.taps("電話").await;
    stage.post("/v2/bot/message/push", push).await;
    user.taps("写す").await;
    assert_eq!((user.opened(), user.copied()), (vec!["tel:119".to_owned()], Some("abc".to_owned())));
    assert_eq!(stage.heard().len(), heard, "the bot is not told");
}

#[tokio::test]
async fn a_bot_leaves_a_group_once() {
    let stage = Stage::new().await;
    let group = stage.channel.new_group();
    assert!(group.bot_has_left());
    group.join().await;
    group.says("だれ？").await;
    assert_eq!(stage.reply(&stage.reply_token(), "ここでは話せません").await.0, 200);
    assert_eq!(group.texts(), ["ここでは話せません"]);
    let leave = format!("/v2/bot/group/{}/leave", group.id());
    assert_eq!(stage.call("POST", &leave, None, None).await.0, 200);
    assert!(group.bot_has_left());
    assert_eq!(stage.call("POST", &leave, None, None).await.0, 404);
    assert_eq!(group.says("いない").await, NO_ANSWER);
}

/// A PNG's head is all that is looked at.
fn png(width: u32, height: u32) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &width.to_be_bytes(), &height.to_be_bytes()].concat()
}

#[tokio::test]
async fn a_rich_menu_shows_when_it_has_a_picture_and_a_link() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    user.add_friend().await;
    let area = json!({"bounds": {"x": 0, "y": 0, "width": 2500, "height": 843}, "action": {"type": "postback", "label": "きょう", "data": "today"}});
    let menu = json!({"size": {"width": 2500, "height": 843}, "selected": true, "name": "m", "chatBarText": "メニュー", "areas": [area]});
    let (_, made) = stage.post("/v2/bot/richmenu", menu).await;
    let id = made["richMenuId"].as_str().unwrap();
    let link = format!("/v2/bot/user/{}/richmenu/{id}", user.id());
    let refusal = json!({"message": "must upload richmenu image before applying it to user", "details": []});
    assert_eq!(stage.call("POST", &link, None, None).await.1, refusal);

    let upload = |host: &str, picture: Vec<u8>| {
        let request = stage.client.post(format!("{host}/v2/bot/richmenu/{id}/content")).bearer_auth("long-lived");
        request.header("content-type", "image/png").body(picture).send()
    };
    assert_eq!(
        upload(&stage.running.api_url, png(2500, 843)).await.unwrap().status(),
        404,
        "the data host takes pictures"
    );
    let data = &stage.running.data_url;
    assert_eq!(
        read(upload(data, png(799, 400)).await.unwrap()).await.1["message"],
        "The image size is not allowed for richmenu"
    );
    assert_eq!(upload(data, png(2500, 843)).await.unwrap().status(), 200);
    let again = read(upload(data, png(2500, 843)).await.unwrap()).await.1;
    assert_eq!(again, json!({"message": "An image has already been uploaded to the richmenu"}));

    assert_eq!(stage.call("POST", &link, None, None).await.0, 200);
    assert_eq!(user.rich_menu().unwrap()["richMenuId"], id);
    user.taps("きょう").await;
    assert_eq!(stage.heard().last().unwrap()["postback"], json!({"data": "today"}));
    assert_eq!(stage.call("DELETE", &format!("/v2/bot/richmenu/{id}"), None, None).await.0, 200);
    assert!(user.rich_menu().is_none());
}

#[tokio::test]
async fn a_batch_replaces_a_menu_for_everybody_who_has_it() {
    let stage = Stage::new().await;
    let (old, new) = (stage.channel.make_menu("old"), stage.channel.make_menu("new"));
    let users = [stage.channel.new_user(), stage.channel.new_user()];
    let ids: Vec<&str> = users.iter().map(|user| user.id()).collect();
    let linked = stage.post("/v2/bot/richmenu/bulk/link", json!({"richMenuId": old, "userIds": ids})).await;
    assert_eq!(linked.0, 202);
    let replace = json!({"operations": [{"type": "link", "from": old, "to": new}]});
    assert_eq!(stage.post("/v2/bot/richmenu/validate/batch", replace.clone()).await.0, 200);
    assert_eq!(users[0].rich_menu().unwrap()["name"], "old");
    assert_eq!(stage.post("/v2/bot/richmenu/batch", replace).await.0, 202);
    assert!(users.iter().all(|user| user.rich_menu().unwrap()["name"] == "new"));
    let request = stage.channel.ledger().last().unwrap().request_id.clone();
    let progress = stage.call("GET", &format!("/v2/bot/richmenu/progress/batch?requestId={request}"), None, None).await;
    assert_eq!((progress.0, &progress.1["phase"]), (200, &json!("succeeded")));
    let unknown = stage.call("GET", "/v2/bot/richmenu/progress/batch?requestId=x", None, None).await;
    assert_eq!((unknown.0, unknown.1), (404, json!({"message": "Not found"})));
    let gone = "richmenu-00000000000000000000000000000000";
    for (operations, property, message) in [
        (json!([]), "operations", "Size must be between 1 and 1000".to_owned()),
        (json!([{"type": "unlink", "from": "m"}]), "operations[0].from", "invalid richMenuId".to_owned()),
        (json!([{"type": "unlink", "from": gone}]), "operations[0].from", format!("Richmenu ({gone}) is not found")),
        (
            json!([{"type": "unlink", "from": new}, {"type": "unlink", "from": new}]),
            "operations[].from",
            format!("from richmenu ({new}) is duplicated"),
        ),
        (
            json!([{"type": "unlinkAll"}, {"type": "unlink", "from": new}]),
            "operations[].type",
            "'unlinkAll' type can't be combined with other type".to_owned(),
        ),
    ] {
        let (status, body) = stage.post("/v2/bot/richmenu/validate/batch", json!({"operations": operations})).await;
        assert_eq!((status, &body["details"][0]), (400, &json!({"message": message, "property": property})));
    }
}

#[tokio::test]
async fn unknown_paths_wrong_methods_and_odd_bodies_are_told_apart() {
    let stage = Stage::new().await;
    let status = async |method: &str, path: &str| stage.call(method, path, None, Some(json!({}))).await.0;
    assert_eq!(status("POST", "/v2/bot/message/pusch").await, 404);
    assert_eq!(status("POST", "/v2/bot/message/push/").await, 404);
    assert_eq!(status("GET", "/v2/bot/message/push").await, 405);
    let url = format!("{}/v2/bot/message/push", stage.running.api_url);
    let send = |kind: &'static str, body: Vec<u8>| {
        stage.client.post(&url).bearer_auth("long-lived").header("content-type", kind).body(body).send()
    };
    assert_eq!(send("text/plain", b"{}".to_vec()).await.unwrap().status(), 415);
    assert_eq!(send("application/json", b"{".to_vec()).await.unwrap().status(), 400);
    assert_eq!(send("application/json", vec![b' '; 2 * 1024 * 1024]).await.unwrap().status(), 400);
    assert_eq!(send("application/json", vec![b' '; 2 * 1024 * 1024 + 1]).await.unwrap().status(), 413);
    let (status, _, headers) = read(stage.client.post(&url).bearer_auth("nobody's").send().await.unwrap()).await;
    assert_eq!((status, headers.request_id.is_some()), (401, true));
}

#[tokio::test]
async fn a_retry_key_belongs_to_sending_and_is_a_uuid() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    user.add_friend().await;
    assert_eq!(stage.push(user.id(), "朝", Some("123")).await.0, 400);
    let reply = json!({"replyToken": stage.reply_token(), "messages": [{"type": "text", "text": "a"}]});
    assert_eq!(stage.call("POST", "/v2/bot/message/reply", Some(KEY), Some(reply.clone())).await.0, 400);
    assert_eq!(stage.call("GET", "/v2/bot/info", Some(KEY), None).await.0, 400);
    assert_eq!(stage.call("POST", "/v2/bot/message/reply", None, Some(reply)).await.0, 200);
}

#[tokio::test]
async fn the_platform_tells_its_friends_names_only() {
    let stage = Stage::new().await;
    let user = stage.channel.new_user();
    let profile = format!("/v2/bot/profile/{}", user.id());
    assert_eq!(stage.call("GET", &profile, None, None).await.0, 404);
    user.add_friend().await;
    assert_eq!(stage.call("GET", &profile, None, None).await.1["userId"], user.id());
    assert_eq!(stage.call("GET", "/v2/bot/followers/ids", None, None).await.1, json!({"userIds": [user.id()]}));
    user.block().await;
    assert_eq!(stage.call("GET", &profile, None, None).await.0, 404);
    let (status, body) = stage.post("/v2/bot/channel/webhook/test", json!({})).await;
    assert_eq!((status, &body["success"], &body["reason"]), (200, &json!(true), &json!("OK")));
}

#[tokio::test]
async fn the_phone_shows_the_chat_and_touches_only_what_is_there() {
    let stage = Stage::new().await;
    let base = format!("{}/phone", stage.running.api_url);
    let page = stage.client.get(format!("{base}/main")).send().await.unwrap();
    assert!(page.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'self'"));
    assert_eq!(stage.client.get(format!("{base}/nobody")).send().await.unwrap().status(), 404);

    let act = async |body: Value| {
        read(stage.client.post(format!("{base}/api/-/act")).json(&body).send().await.unwrap()).await
    };
    let news = async |from: usize| {
        let url = format!("{base}/api/main/news?user=abc-1&from={from}");
        read(stage.client.get(url).send().await.unwrap()).await.1
    };
    assert_eq!(act(json!({"user": "abc-1", "act": "add_friend"})).await.1, json!({"status": 200}));
    let action = json!({"type": "postback", "label": "はい", "data": "yes"});
    let buttons = json!({"type": "buttons", "text": "t", "actions": [action]});
    let message = json!({"type": "template", "altText": "a", "template": buttons});
    stage.post("/v2/bot/message/reply", json!({"replyToken": stage.reply_token(), "messages": [message]})).await;
    let shown = news(0).await;
    assert_eq!((&shown["friend"], &shown["count"], &shown["clock"]), (&json!(true), &json!(1), &json!(false)));
    let bubble = &shown["bubbles"][0];
    assert_eq!((&bubble["from"], &bubble["message"]), (&json!("bot"), &message));
    let tap = |data: &str| {
        json!({"user": "abc-1", "act": "tap", "place": "message", "id": bubble["id"],
            "action": {"type": "postback", "label": "はい", "data": data}})
    };
    assert_eq!(act(tap("yes")).await.0, 200);
    assert_eq!(act(tap("forged")).await.0, 409);
    assert_eq!(act(json!({"user": "abc-1", "act": "say", "text": "はい"})).await.0, 200);
    assert_eq!(news(1).await["bubbles"][0]["message"]["text"], "はい");
}

#[tokio::test]
async fn the_phone_moves_the_clock_only_when_there_is_one_to_move_and_for_its_own_page() {
    let stage = Stage::new().await;
    let clock = async |origin: &str, body: Value| {
        let request = stage.client.post(format!("{}/phone/api/clock", stage.running.api_url)).header("origin", origin);
        request.json(&body).send().await.unwrap().status().as_u16()
    };
    let own = stage.running.api_url.clone();
    assert_eq!(clock(&own, json!({"command": "next_morning"})).await, 409);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    stage.simulator.on_clock(Arc::new(move |command| {
        kept.lock().unwrap().push(command);
        Box::pin(async { Ok(()) })
    }));
    assert_eq!(clock(&own, json!({"command": "next_morning"})).await, 200);
    assert_eq!(clock(&own, json!({"to": "2027-01-01"})).await, 200);
    assert_eq!(clock("http://elsewhere.example", json!({"to": "2027-01-02"})).await, 409);
    assert_eq!(clock(&own, json!({"to": "someday"})).await, 409);
    let day = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    assert_eq!(*asked.lock().unwrap(), [ClockCommand::NextMorning, ClockCommand::To(day)]);
}
