//! What others see of the built server: health, metrics, the page on personal data.

use crate::server::run;
use crate::stage::Stage;
use crate::support::time;

async fn get(stage: &Stage, path: &str) -> (u16, String, String) {
    let answer = reqwest::get(format!("http://{}{path}", stage.address)).await.unwrap();
    let header =
        |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (status, kind) = (answer.status().as_u16(), header("content-type"));
    (status, kind, answer.text().await.unwrap())
}

#[tokio::test]
async fn health_pages_say_what_an_operator_needs_and_the_page_on_personal_data_is_there() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let server = stage.serve("2026-11-22 09:00", &[]);
    let embedded = stage.database().url().starts_with("sqlite:");
    let backend = if embedded { "\"backend\":\"sqlite\"" } else { "\"backend\":\"postgresql\"" };
    for (path, status, kind, words) in [
        ("/livez", 200, "text/plain", "ok"),
        ("/readyz", 200, "text/plain", "ready"),
        ("/readyz?verbose", 200, "application/json", "\"database\":true"),
        ("/readyz?verbose", 200, "application/json", backend),
        ("/readyz?verbose", 200, "application/json", "\"revision\""),
        ("/readyz?verbose", 200, "application/json", "\"held\":null"),
        ("/metrics", 200, "text/plain", "hagukumi_build_info"),
        ("/metrics", 200, "text/plain", "hagukumi_events{state=\"dead\"} 0"),
        ("/metrics", 200, "text/plain", "hagukumi_deliveries{state=\"unconfirmed\"} 0"),
        ("/privacy", 200, "text/html", "個人情報"),
        ("/privacy/main", 200, "text/html", "<h1>"),
        ("/privacy/other", 404, "", ""),
        ("/nothing", 404, "", ""),
    ] {
        let (found, content, body) = get(&stage, path).await;
        assert_eq!(found, status, "{path}");
        assert!(content.starts_with(kind), "{path}: {content}");
        assert!(body.contains(words), "{path}: {body}");
    }
    server.stop();
}

#[tokio::test]
async fn line_away_and_a_held_account_leave_the_server_ready() {
    let stage = Stage::at("2026-11-22 09:00").await;
    stage.line.faults().always(hagukumi::simulator::FaultKind::Unauthorized401);
    let server = stage.serve("2026-11-22 09:00", &[]);
    assert_eq!(stage.line.new_user().add_friend().await, 200);
    stage.wire.until_answered("/message/reply");
    server.until_said("deliveries are held");
    assert_eq!(get(&stage, "/readyz").await.0, 200);
    assert!(get(&stage, "/readyz?verbose").await.2.contains("\"held\":\"token\""));
    server.stop();
}

#[tokio::test]
async fn healthcheck_asks_the_server_and_ends_accordingly() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let settings = stage.settings(time("2026-11-22 09:00"), &[]);
    let down = run(stage.folder(), &settings, &["healthcheck"]);
    assert_eq!(down.status.code(), Some(1), "{}", down.err);
    let server = stage.serve("2026-11-22 09:00", &[]);
    let up = run(stage.folder(), &settings, &["healthcheck"]);
    assert_eq!(up.status.code(), Some(0), "{}", up.err);
    assert!(up.out.contains("200"), "{}", up.out);
    server.stop();
}
