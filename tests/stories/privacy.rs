//! Nothing personal and nothing secret in what operators see: the whole log at its loudest, metrics and
//! readiness, over a registration, a push, refusals and failures.

use hagukumi::simulator::{FaultKind, On, Only};

use crate::stage::Stage;
use crate::support::{SECRET, TOKEN, time};

const NICKNAME: &str = "そらまめ";
const CHAT: &str = "夜中に何度も起きてしまいます";

/// A registration, a morning, an answer, and everything that can go wrong on the way.
async fn everything_happens(stage: &Stage, format: &str) -> (String, Vec<String>) {
    let server = stage.serve("2026-11-22 09:00", &[("LOG", "trace"), ("LOG_FORMAT", format)]);
    let user = stage.line.new_user();
    let answered = || stage.wire.until_answered("/message/reply");
    assert_eq!(user.add_friend().await, 200);
    answered();
    assert_eq!(user.taps("同意して登録する").await, 200);
    answered();
    assert_eq!(user.says("2027年3月1日").await, 200);
    answered();
    if user.labels().iter().any(|label| label == "はい") {
        assert_eq!(user.taps("はい").await, 200);
        answered();
    }
    assert_eq!(user.says(NICKNAME).await, 200);
    answered();
    assert_eq!(user.taps("登録する").await, 200);
    answered();
    assert_eq!(user.says(CHAT).await, 200);
    answered();
    bad_requests(stage, user.id()).await;
    // LINE fails in several ways at the next replies.
    for fault in [FaultKind::ServerError(500), FaultKind::RateLimited429, FaultKind::BadRequest400(Only::All)] {
        stage.line.faults().on(On::Reply).next(fault);
        assert_eq!(user.says(CHAT).await, 200);
        answered();
    }
    let seen = [pages(stage).await, server.stop()].join("\n");

    stage.line.faults().clear();
    stage.line.faults().on(On::Push).next(FaultKind::BadRequest400(Only::All));
    let server = stage.serve("2026-11-23 08:00", &[("LOG", "trace"), ("LOG_FORMAT", format)]);
    stage.wire.until_answered("/message/push");
    let seen = [seen, pages(stage).await, server.stop()].join("\n");

    let mut personal = vec![user.id().to_owned(), user.id()[1..].to_owned()];
    let tokens = stage.line.webhook_log().into_iter().flat_map(|entry| entry.events);
    personal.extend(tokens.filter_map(|event| event["replyToken"].as_str().map(str::to_owned)));
    (seen, personal)
}

async fn bad_requests(stage: &Stage, user: &str) {
    let personal = format!(r#"{{"userId":"{user}","text":"{CHAT}","name":"{NICKNAME}"}}"#);
    assert_eq!(stage.line.raw_webhook(personal.as_bytes(), Some("wrong")).await, 401);
    assert_eq!(stage.line.raw_webhook(personal.as_bytes(), Some(&stage.line.sign(personal.as_bytes()))).await, 200);
    let event = serde_json::json!({
        "type": CHAT, "webhookEventId": NICKNAME, "source": { "type": "user", "userId": format!("{user}x") },
    });
    assert_eq!(stage.line.post_events(vec![event]).await, 200);
    let path = reqwest::get(format!("http://{}/webhook/{user}?name={NICKNAME}", stage.address)).await.unwrap();
    assert_eq!(path.status(), 405);
    let page = reqwest::get(format!("http://{}/{user}", stage.address)).await.unwrap();
    assert!(!page.text().await.unwrap().contains(user));
}

async fn pages(stage: &Stage) -> String {
    let mut seen = String::new();
    for page in ["metrics", "readyz?verbose", "readyz", "livez"] {
        let answer = reqwest::get(format!("http://{}/{page}", stage.address)).await.unwrap();
        assert_eq!(answer.status(), 200, "{page}");
        seen.push_str(&answer.text().await.unwrap());
    }
    assert!(seen.contains("hagukumi_deliveries{state=\"accepted\"}"), "{seen}");
    seen
}

#[tokio::test]
async fn what_operators_see_holds_nothing_of_a_family_and_no_secret() {
    for format in ["json", "pretty"] {
        let stage = Stage::at("2026-11-22 09:00").await;
        stage.clock.advance_to(time("2026-11-22 09:00"));
        let (seen, mut personal) = everything_happens(&stage, format).await;
        let spellings = ["2027-03-01", "2027/3/1", "2027/03/01", "2027年3月1日", "20270301", "妊娠25週6日", "妊娠26週"];
        personal.extend(
            spellings.iter().chain(&[NICKNAME, CHAT, SECRET, TOKEN, "登録する"]).map(|text| (*text).to_owned()),
        );
        assert!(personal.len() > 20, "reply tokens were seeded");
        for text in &personal {
            assert!(!seen.contains(text), "{format}: {text:?} is in what operators see:\n{seen}");
            let escaped = serde_json::to_string(text).unwrap().trim_matches('"').to_owned();
            assert!(!seen.contains(&escaped), "{format}: {escaped:?}");
        }
        let contents = stage.database().contents().await;
        assert!(contents.hold("webhook_event"), "the database was read");
        for text in &personal {
            assert!(!contents.hold(text), "{format}: {text:?} lies in the database in the clear");
        }
        assert!(seen.contains("put aside") && seen.contains("not accepted"), "the failures were told:\n{seen}");
    }
}
