use std::error::Error as _;
use std::sync::Mutex;

use chrono::TimeDelta;

use super::canned::{Canned, Play};
use super::*;

const USER: &str = "U0123456789abcdef0123456789abcdef";
const KEY: Uuid = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
const ID: &str = "x-line-request-id: 11ac-request\r\n";

/// Long enough for a loopback, short enough to wait for.
const SHORT: Limits = Limits { connect: Duration::from_millis(300), total: Duration::from_millis(300), in_flight: 256 };

fn user() -> LineUserId {
    LineUserId::parse(USER).unwrap()
}

fn line_with(url: &str, tokens: TokenSource, limits: Limits) -> Line {
    let now: Now = Arc::new(|| DateTime::UNIX_EPOCH);
    Line::new(Endpoints::new(url, url).unwrap(), tokens, limits, now).unwrap()
}

pub(super) fn line(url: &str) -> Line {
    line_with(url, TokenSource::long_lived("long-lived-token").unwrap(), Limits::default())
}

fn hasty(url: &str) -> Line {
    line_with(url, TokenSource::long_lived("long-lived-token").unwrap(), SHORT)
}

fn words() -> [Value; 1] {
    [json!({"type": "text", "text": "ひみつ"})]
}

pub(super) async fn push(line: &Line) -> Result<Accepted, SendError> {
    line.push(&user(), &words(), KEY).await
}

#[tokio::test]
async fn a_push_asks_line_as_its_reference_says() {
    let server = Canned::answering(200, ID, r#"{"sentMessages":[{"id":"1"}]}"#);
    let accepted = push(&line(&server.url)).await.unwrap();
    assert_eq!(accepted, Accepted { request_id: Some("11ac-request".into()), already: false, elsewhere: false });
    let [request] = server.requests().try_into().unwrap();
    assert_eq!(request.line, "POST /v2/bot/message/push");
    assert_eq!(request.headers["authorization"], "Bearer long-lived-token");
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(request.headers["x-line-retry-key"], "01234567-89ab-cdef-0123-456789abcdef");
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body, json!({"to": USER, "messages": [{"type": "text", "text": "ひみつ"}]}));
}

#[tokio::test]
async fn a_reply_carries_no_retry_key_because_line_would_refuse_it() {
    let server = Canned::answering(200, ID, r#"{"sentMessages":[]}"#);
    line(&server.url).reply("r1", &words()).await.unwrap();
    let [request] = server.requests().try_into().unwrap();
    assert_eq!(request.line, "POST /v2/bot/message/reply");
    assert!(!request.headers.contains_key("x-line-retry-key"));
    assert_eq!(serde_json::from_str::<Value>(&request.body).unwrap()["replyToken"], "r1");
}

#[tokio::test]
async fn already_accepted_is_a_success_that_names_the_first_request() {
    let headers = "x-line-request-id: second\r\nx-line-accepted-request-id: first\r\n";
    let server = Canned::answering(409, headers, r#"{"message":"The retry key is already accepted"}"#);
    let accepted = push(&line(&server.url)).await.unwrap();
    assert_eq!(accepted, Accepted { request_id: Some("first".into()), already: true, elsewhere: false });
}

#[tokio::test]
async fn already_accepted_without_a_request_is_a_success_that_may_not_be_ours() {
    let server = Canned::answering(409, ID, "{}");
    let accepted = push(&line(&server.url)).await.unwrap();
    assert_eq!(accepted, Accepted { request_id: None, already: true, elsewhere: true });
}

#[tokio::test]
async fn each_status_is_one_decision() {
    let limit = r#"{"message":"The API rate limit has been exceeded. Try again later."}"#;
    let month = r#"{"message":"You have reached your monthly limit."}"#;
    for (status, body, class) in [
        (429, limit, "throttled"),
        (429, "<html>", "throttled"),
        (429, month, "allowance_spent"),
        (401, "{}", "unauthorized"),
        (400, "{}", "rejected"),
        (403, "{}", "rejected"),
        (404, "{}", "rejected"),
        (413, "{}", "rejected"),
        (415, "{}", "rejected"),
        (407, "{}", "not_sent"),
        (301, "{}", "no_answer"),
        (408, "{}", "no_answer"),
        (500, "<html>sorry", "no_answer"),
        (502, "", "no_answer"),
        (503, "{}", "no_answer"),
        (504, "{}", "no_answer"),
    ] {
        let server = Canned::answering(status, "location: /elsewhere\r\n", body);
        assert_eq!(push(&line(&server.url)).await.unwrap_err().class(), class, "{status} {body}");
        assert_eq!(server.requests().len(), 1, "{status} is asked once, and no redirect is followed");
    }
}

#[tokio::test]
async fn line_may_say_how_long_to_wait() {
    let server = Canned::answering(429, "retry-after: 7\r\n", "{}");
    let why = push(&line(&server.url)).await.unwrap_err();
    assert!(matches!(why, SendError::Throttled { retry_after: Some(wait) } if wait.as_secs() == 7));
}

#[tokio::test]
async fn a_reply_token_that_is_used_up_is_told_apart_from_a_bad_message() {
    let used = Canned::answering(400, "", r#"{"message":"Invalid reply token"}"#);
    let why = line(&used.url).reply("r1", &words()).await.unwrap_err();
    assert_eq!(why.class(), "invalid_reply_token");
    let bad = Canned::answering(400, "", r#"{"message":"The request body has 1 error(s)"}"#);
    let why = line(&bad.url).reply("r1", &words()).await.unwrap_err();
    assert_eq!(why.class(), "rejected");
}

#[tokio::test]
async fn a_refusal_names_properties_and_no_values() {
    let body = r#"{"message":"The request body has 2 error(s)","details":[
        {"message":"花ちゃん is too long","property":"messages[0].text"},{"message":"?","property":"to"}]}"#;
    let server = Canned::answering(400, "", body);
    let why = push(&line(&server.url)).await.unwrap_err();
    let said = "LINE refuses the request (400): The request body has 2 error(s): messages[0].text, to";
    assert_eq!(why.to_string(), said);
}

#[tokio::test]
async fn a_success_whose_body_never_comes_is_accepted() {
    for play in [
        || Play::Stall("HTTP/1.1 200 OK\r\nx-line-request-id: a\r\ncontent-length: 100\r\n\r\n{\"sent"),
        || Play::End("HTTP/1.1 200 OK\r\nx-line-request-id: a\r\ncontent-length: 100\r\n\r\n{\"sent"),
        || Play::Answer("HTTP/1.1 200 OK\r\nx-line-request-id: a\r\ncontent-length: 0\r\n\r\n".into()),
    ] {
        let server = Canned::playing(move |_| play());
        assert_eq!(push(&hasty(&server.url)).await.unwrap().request_id.as_deref(), Some("a"));
    }
}

#[tokio::test]
async fn a_refusal_whose_body_never_comes_is_still_a_refusal() {
    let server = Canned::playing(|_| Play::Stall("HTTP/1.1 429 X\r\ncontent-length: 100\r\n\r\n"));
    assert_eq!(push(&hasty(&server.url)).await.unwrap_err().class(), "throttled");
}

#[tokio::test]
async fn silence_after_the_request_left_is_no_answer() {
    let silent = Canned::playing(|_| Play::Stall(""));
    assert_eq!(push(&hasty(&silent.url)).await.unwrap_err().class(), "no_answer");
    let broken = Canned::playing(|_| Play::End("HTTP/1.1 20"));
    assert_eq!(push(&hasty(&broken.url)).await.unwrap_err().class(), "no_answer");
    let ended = Canned::playing(|_| Play::End(""));
    assert_eq!(push(&hasty(&ended.url)).await.unwrap_err().class(), "no_answer");
}

#[tokio::test]
async fn a_request_that_found_nobody_was_surely_not_sent() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unknown = format!("http://nobody.localhost:{}", free.port());
    for nobody in [format!("http://{free}"), unknown, format!("https://{free}")] {
        let why = push(&line(&nobody)).await.unwrap_err();
        assert_eq!(why.class(), "not_sent", "{nobody}: {why:?}");
    }
    let not_tls = Canned::answering(200, "", "{}");
    let why = push(&line(&not_tls.url.replace("http", "https"))).await.unwrap_err();
    assert_eq!(why.class(), "not_sent", "{why:?}");
}

#[tokio::test]
async fn a_name_that_cannot_be_looked_up_was_surely_not_sent_to() {
    // Names that end so are never given to anybody (RFC 2606).
    let limits = Limits { connect: Duration::from_millis(500), ..Limits::default() };
    for url in ["https://api.line.invalid", "http://api.line.invalid:8080"] {
        let why = push(&line_with(url, TokenSource::long_lived("t").unwrap(), limits)).await.unwrap_err();
        assert_eq!(why.class(), "not_sent", "{why:?}");
    }
}

#[tokio::test]
async fn who_finds_no_free_connection_in_time_has_sent_nothing() {
    let silent = Canned::playing(|_| Play::Stall(""));
    let tokens = TokenSource::long_lived("t").unwrap();
    let connect = Duration::from_millis(50);
    let line = line_with(&silent.url, tokens, Limits { connect, in_flight: 1, ..SHORT });
    let (first, second) = tokio::join!(push(&line), push(&line));
    assert_eq!(first.unwrap_err().class(), "no_answer");
    assert!(matches!(second.unwrap_err(), SendError::NotSent(Cause::Busy)));
    assert_eq!(silent.requests().len(), 1);
}

#[tokio::test]
async fn failures_say_nothing_of_whom_or_what() {
    let silent = Canned::playing(|_| Play::Stall(""));
    let line = hasty(&silent.url);
    let why = line.leave("group", "Csecretgroup").await.unwrap_err();
    let source = why.source().unwrap();
    let said = format!("{why} {why:?} {source} {:?} {line:?}", source.source());
    for personal in ["Csecretgroup", "long-lived-token", "/v2/bot"] {
        assert!(!said.contains(personal), "{said}");
    }
}

#[tokio::test]
async fn a_path_cannot_be_escaped_from() {
    let server = Canned::answering(200, "", "{}");
    line(&format!("{}/prefix/", server.url)).leave("room", "../../x?y#z").await.unwrap();
    assert_eq!(server.requests()[0].line, "POST /prefix/v2/bot/room/..%2F..%2Fx%3Fy%23z/leave");
}

#[tokio::test]
async fn leaving_where_the_bot_is_not_is_no_failure() {
    let server = Canned::answering(404, "", r#"{"message":"Not found"}"#);
    line(&server.url).leave("group", "C1").await.unwrap();
}

#[tokio::test]
async fn the_bot_knows_who_it_is() {
    let info =
        r#"{"userId":"U0123456789abcdef0123456789abcdef","basicId":"@216ru","displayName":"あおば","chatMode":"new"}"#;
    let server = Canned::answering(200, "", info);
    let bot = line(&server.url).bot_info().await.unwrap();
    assert_eq!((bot.user_id.as_str(), bot.basic_id.as_str(), bot.display_name.as_str()), (USER, "@216ru", "あおば"));
    assert_eq!(server.requests()[0].line, "GET /v2/bot/info");
    let odd = Canned::answering(200, "", "[]");
    assert_eq!(line(&odd.url).bot_info().await.unwrap_err().class(), "no_answer");
}

#[tokio::test]
async fn messages_can_be_validated_without_sending_them() {
    let server = Canned::answering(200, "", "{}");
    line(&server.url).validate_push(&words()).await.unwrap();
    let [request] = server.requests().try_into().unwrap();
    assert_eq!(request.line, "POST /v2/bot/message/validate/push");
    assert_eq!(serde_json::from_str::<Value>(&request.body).unwrap(), json!({ "messages": words() }));
}

#[test]
fn only_addresses_of_hosts_are_endpoints() {
    for wrong in
        ["", "api.line.me", "ftp://a", "mailto:a@b", "https://u:p@a", "https://a/?q", "https://a/#f", "http://"]
    {
        assert_eq!(Endpoints::new(wrong, "https://a"), Err(NotAnEndpoint), "{wrong}");
    }
    assert!(Endpoints::line().are_lines_own());
    let simulator = Endpoints::new("http://127.0.0.1:9000", "http://localhost:9001").unwrap();
    assert!(simulator.are_on_this_machine() && !simulator.are_lines_own());
}

/// A LINE that issues `t0`, `t1` … to channel 1234 and takes those that `good` likes.
fn issuing(good: impl Fn(&str) -> bool + Send + Sync + 'static) -> Canned {
    let issued = Mutex::new(0);
    Canned::playing(move |request| {
        if request.line == "POST /oauth2/v3/token" {
            let mut issued = issued.lock().unwrap();
            let token = format!(r#"{{"access_token":"t{issued}","expires_in":900,"token_type":"Bearer"}}"#);
            *issued += 1;
            return Play::answer(200, "", &token);
        }
        let token = request.headers["authorization"].trim_start_matches("Bearer ").to_owned();
        Play::answer(if good(&token) { 200 } else { 401 }, ID, "{}")
    })
}

fn stateless() -> TokenSource {
    TokenSource::stateless("1234", "sec ret").unwrap()
}

fn lines(server: &Canned) -> Vec<String> {
    server.requests().into_iter().map(|request| request.line).collect()
}

#[tokio::test]
async fn many_calls_without_a_token_ask_for_one_only_once() {
    let server = issuing(|_| true);
    let line = line_with(&server.url, stateless(), Limits::default());
    let outcomes = futures::future::join_all((0..20).map(|_| push(&line))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    let requests = server.requests();
    assert_eq!(requests.iter().filter(|request| request.line == "POST /oauth2/v3/token").count(), 1);
    assert_eq!(requests[0].body, "grant_type=client_credentials&client_id=1234&client_secret=sec+ret");
    assert!(!requests[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_same_push_tried_again() {
    let server = issuing(|token| token != "t0");
    let line = line_with(&server.url, stateless(), Limits::default());
    push(&line).await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.iter().map(|request| request.index).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(requests[1].headers["authorization"], "Bearer t0");
    assert_eq!(requests[3].headers["authorization"], "Bearer t1");
    assert_eq!(requests[1].headers["x-line-retry-key"], requests[3].headers["x-line-retry-key"]);
    assert_eq!(requests[1].body, requests[3].body);
    push(&line).await.unwrap();
    assert_eq!(server.requests().len(), 5, "the new token is kept");
}

#[tokio::test]
async fn many_refused_calls_share_the_new_token() {
    let server = issuing(|token| token != "t0");
    let line = line_with(&server.url, stateless(), Limits::default());
    let outcomes = futures::future::join_all((0..20).map(|_| push(&line))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(lines(&server).iter().filter(|line| *line == "POST /oauth2/v3/token").count(), 2);
}

#[tokio::test]
async fn a_token_refused_twice_is_not_asked_for_a_third_time() {
    let server = issuing(|_| false);
    let line = line_with(&server.url, stateless(), Limits::default());
    assert_eq!(push(&line).await.unwrap_err().class(), "unauthorized");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_long_lived_token_is_not_tried_twice() {
    let server = Canned::answering(401, "", "{}");
    assert_eq!(push(&line(&server.url)).await.unwrap_err().class(), "unauthorized");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end() {
    let server = issuing(|_| true);
    let minutes = Arc::new(Mutex::new(0));
    let clock = minutes.clone();
    let now: Now = Arc::new(move || DateTime::UNIX_EPOCH + TimeDelta::minutes(*clock.lock().unwrap()));
    let endpoints = Endpoints::new(&server.url, &server.url).unwrap();
    let line = Line::new(endpoints, stateless(), Limits::default(), now).unwrap();
    for (minute, issued) in [(0, 1), (12, 1), (13, 2), (25, 2), (26, 3)] {
        *minutes.lock().unwrap() = minute;
        push(&line).await.unwrap();
        let asked = lines(&server).iter().filter(|line| *line == "POST /oauth2/v3/token").count();
        assert_eq!(asked, issued, "at minute {minute}");
    }
}

#[tokio::test]
async fn without_a_token_nothing_was_sent() {
    let bad = r#"{"error":"invalid_request","error_description":"Invalid 'client_credentials'."}"#;
    for (status, body, class) in [
        (400, bad, "unauthorized"),
        (401, "{}", "unauthorized"),
        (429, "{}", "throttled"),
        (500, "{}", "not_sent"),
        (404, "{}", "not_sent"),
        (200, "{}", "not_sent"),
        (200, r#"{"access_token":"a b","expires_in":900,"token_type":"Bearer"}"#, "not_sent"),
    ] {
        let server = Canned::answering(status, "", body);
        let line = line_with(&server.url, stateless(), Limits::default());
        assert_eq!(push(&line).await.unwrap_err().class(), class, "{status} {body}");
        assert_eq!(server.requests().len(), 1);
    }
    let silent = Canned::playing(|_| Play::Stall(""));
    let line = line_with(&silent.url, stateless(), SHORT);
    assert_eq!(push(&line).await.unwrap_err().class(), "not_sent");
}

#[tokio::test]
async fn a_failed_request_for_a_token_is_not_kept() {
    let server = Canned::playing(|request| match request.index {
        0 => Play::answer(503, "", "{}"),
        1 => Play::answer(200, "", r#"{"access_token":"t","expires_in":900,"token_type":"Bearer"}"#),
        _ => Play::answer(200, "", "{}"),
    });
    let line = line_with(&server.url, stateless(), Limits::default());
    assert!(push(&line).await.is_err());
    assert!(push(&line).await.is_ok());
}

#[test]
fn a_call_can_be_awaited_on_any_thread() {
    fn is_send(_: &impl Send) {}
    let line = line("http://127.0.0.1:1");
    is_send(&line.push(&user(), &[], KEY));
}
