//! Requests that LINE would never send, over raw sockets: refused as designed, nothing kept, and the
//! server goes on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::World;

/// Sends these bytes, closes nothing, and reads until the server closes or says nothing more.
fn talk(world: &World, pieces: &[&[u8]]) -> String {
    let address = world.bot_url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(12))).unwrap();
    for piece in pieces {
        if socket.write_all(piece).is_err() {
            break;
        }
    }
    let (mut all, mut some) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = socket.read(&mut some) {
        all.extend_from_slice(&some[..count]);
        if all.windows(4).any(|end| end == b"\r\n\r\n") {
            break;
        }
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// The status of an answer; 0 when the connection was closed without one.
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn head(line: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("{line} HTTP/1.1\r\nhost: bot\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// A signed webhook with these headers beside the signature.
fn signed(world: &World, body: &[u8], headers: &[(&str, &str)]) -> Vec<u8> {
    let (signature, length) = (world.line.sign(body), body.len().to_string());
    let own = [("x-line-signature", signature.as_str()), ("content-length", length.as_str())];
    let mut all = head("POST /webhook", &[&own, headers].concat());
    all.extend_from_slice(body);
    all
}

const BODY: &[u8] = br#"{"destination":"Ub0700000000000000000000000000001","events":[{"type":"follow","mode":"active","timestamp":1795305600000,"source":{"type":"user","userId":"U00000000000000000000000000000abc"},"webhookEventId":"01HABCDEFGHJKMNPQRSTVWXYZ0","deliveryContext":{"isRedelivery":false},"replyToken":"0123456789abcdef0123456789abcdef"}]}"#;

async fn events(world: &World) -> i64 {
    world.app.store().count("webhook_event").await.unwrap()
}

/// The server still keeps what LINE sends.
async fn assert_it_goes_on(world: &World) {
    let before = events(world).await;
    assert_eq!(world.somebody().user.add_friend().await, 200);
    assert_eq!(events(world).await, before + 1);
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_right_signature_nothing_is_kept() {
    let world = World::at("2026-11-22 09:00").await;
    let right = world.line.sign(BODY);
    let mut wrong = right.clone();
    wrong.replace_range(0..1, if right.starts_with('A') { "B" } else { "A" });
    let long = "A".repeat(10_000);
    let other = "t7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM=";
    for signature in ["", "?", &wrong, &long, other, &right[..43], &format!("{right}="), &right.to_lowercase()] {
        assert_eq!(world.line.raw_webhook(BODY, Some(signature)).await, 401, "{signature:.50}");
    }
    assert_eq!(world.line.raw_webhook(BODY, None).await, 401);
    // The same JSON written differently, and the same bytes with one more.
    let spaced = String::from_utf8(BODY.to_vec()).unwrap().replace(',', ", ");
    assert_eq!(world.line.raw_webhook(spaced.as_bytes(), Some(&right)).await, 401);
    assert_eq!(world.line.raw_webhook(&[BODY, b"\n"].concat(), Some(&right)).await, 401);
    let twice = [("x-line-signature", right.as_str())];
    assert_eq!(status(&talk(&world, &[&signed(&world, BODY, &twice)])), 401, "two signatures");
    assert_eq!(events(&world).await, 0);
    assert_it_goes_on(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_posts_to_known_accounts_are_webhooks() {
    let world = World::at("2026-11-22 09:00").await;
    for (line, wanted) in [
        ("GET /webhook", 405),
        ("HEAD /webhook", 405),
        ("PUT /webhook", 405),
        ("DELETE /webhook", 405),
        ("OPTIONS /webhook", 405),
        ("TRACE /webhook", 405),
        ("PATCH /webhook/main", 405),
        ("POST /webhook/other", 404),
        ("POST /webhook/", 404),
        ("POST /webhook/main/", 404),
        ("POST /webhook/../admin", 404),
        ("POST /webhook/%2e%2e", 404),
        ("POST /webhook/%00", 404),
        ("POST /webhook/%ff%fe", 404),
        ("POST //webhook", 404),
        ("POST /WEBHOOK", 404),
        ("GET /", 404),
        ("GET /favicon.ico", 404),
        ("POST /livez", 405),
        ("POST /metrics", 405),
    ] {
        let answer = talk(&world, &[&head(line, &[("content-length", "0")])]);
        let found = status(&answer);
        assert!(found == wanted || (wanted == 404 && found == 400 && line.contains('%')), "{line}: {answer}");
    }
    assert_eq!(world.line.raw_webhook(BODY, Some(&world.line.sign(BODY))).await, 200);
    assert_eq!(events(&world).await, 1);
    assert_it_goes_on(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_path_names_the_account_whose_secret_signs() {
    let world = World::at("2026-11-22 09:00").await;
    let mut request = head(
        "POST /webhook/main",
        &[("x-line-signature", &world.line.sign(BODY)), ("content-length", &BODY.len().to_string())],
    );
    request.extend_from_slice(BODY);
    assert_eq!(status(&talk(&world, &[&request])), 200);
    assert_eq!(events(&world).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_are_packed_or_too_long_are_refused_unread() {
    let world = World::at("2026-11-22 09:00").await;
    for encoding in ["gzip", "deflate", "br", "zstd", "identity, gzip", "x"] {
        let request = signed(&world, BODY, &[("content-encoding", encoding)]);
        assert_eq!(status(&talk(&world, &[&request])), 415, "{encoding}");
    }
    let plain = signed(&world, BODY, &[("content-encoding", "identity"), ("content-type", "text/html")]);
    assert_eq!(status(&talk(&world, &[&plain])), 200, "the content type is not judged");

    let begun = Instant::now();
    let huge = head("POST /webhook", &[("content-length", "2147483648"), ("x-line-signature", "x")]);
    assert_eq!(status(&talk(&world, &[&huge, b"0123456789"])), 413);
    assert!(begun.elapsed() < Duration::from_secs(4), "a refusal need not wait for the body");

    let exact = vec![b' '; 1024 * 1024];
    assert_eq!(world.line.raw_webhook(&exact, Some(&world.line.sign(&exact))).await, 200, "put aside");
    let more = vec![b' '; 1024 * 1024 + 1];
    assert_eq!(status(&talk(&world, &[&signed(&world, &more, &[])])), 413);
    // The same without an announced length.
    let chunk = format!("{:x}\r\n{}\r\n", 100_000, "x".repeat(100_000));
    let chunked = head("POST /webhook", &[("transfer-encoding", "chunked"), ("x-line-signature", "x")]);
    let mut pieces: Vec<&[u8]> = vec![&chunked];
    pieces.resize(13, chunk.as_bytes());
    assert_eq!(status(&talk(&world, &pieces)), 413);
    assert_it_goes_on(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_framing_and_smuggled_requests_are_refused_and_cut() {
    let world = World::at("2026-11-22 09:00").await;
    let smuggled = b"5\r\nhello\r\n0\r\n\r\nPOST /webhook HTTP/1.1\r\nhost: bot\r\ncontent-length: 0\r\n\r\n";
    for (what, request) in [
        (
            "a length and chunks",
            [head("POST /webhook", &[("content-length", "5"), ("transfer-encoding", "chunked")]), smuggled.to_vec()]
                .concat(),
        ),
        ("two lengths", head("POST /webhook", &[("content-length", "5"), ("content-length", "6")])),
        ("no length", head("POST /webhook", &[("content-length", "abc")])),
        ("a negative length", head("POST /webhook", &[("content-length", "-1")])),
        (
            "chunks without sizes",
            [head("POST /webhook", &[("transfer-encoding", "chunked")]), b"zz\r\nhello\r\n0\r\n\r\n".to_vec()].concat(),
        ),
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec()),
        ("a strange header", b"POST /webhook HTTP/1.1\r\nhost: bot\r\nx\x00y: z\r\n\r\n".to_vec()),
        ("too long a header", head("POST /webhook", &[("x-long", &"a".repeat(200_000))])),
        ("too many headers", head("POST /webhook", &[("x-many", "1"); 300])),
    ] {
        let answer = talk(&world, &[&request]);
        assert!([0, 400, 401, 413, 431].contains(&status(&answer)), "{what}: {answer}");
        assert!(answer.matches("HTTP/1.1").count() <= 1, "{what}: {answer}");
    }
    assert_eq!(events(&world).await, 0);
    assert_it_goes_on(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_dawdles_is_cut_off_and_nobody_else_waits() {
    let world = World::at("2026-11-22 09:00").await;
    let address = world.bot_url.strip_prefix("http://").unwrap().to_owned();
    let begun = Instant::now();
    let unfinished = [
        b"POST /webhook HTTP/1.1\r\nhost: bot\r\n".to_vec(),
        head("POST /webhook", &[("content-length", "1000"), ("x-line-signature", "x")]),
    ];
    let dawdlers: Vec<TcpStream> = unfinished
        .iter()
        .flat_map(|start| std::iter::repeat_n(start, 100))
        .map(|start| {
            let mut socket = TcpStream::connect(&address).unwrap();
            socket.write_all(start).unwrap();
            socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            socket
        })
        .collect();
    assert_it_goes_on(&world).await;
    let answers = tokio::task::spawn_blocking(move || {
        let read = |mut socket: TcpStream| {
            let mut all = String::new();
            let _reset = socket.read_to_string(&mut all);
            status(&all)
        };
        dawdlers.into_iter().map(read).collect::<Vec<u16>>()
    });
    assert!(answers.await.unwrap().iter().all(|status| [0, 408].contains(status)));
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert_it_goes_on(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_that_come_and_go_change_nothing() {
    let world = World::at("2026-11-22 09:00").await;
    let address = world.bot_url.strip_prefix("http://").unwrap();
    for _ in 0..1_000 {
        drop(TcpStream::connect(address).unwrap());
    }
    assert_it_goes_on(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_before_the_answer_was_heard_all_the_same_once() {
    let world = World::at("2026-11-22 09:00").await;
    let address = world.bot_url.strip_prefix("http://").unwrap();
    let request = signed(&world, BODY, &[]);
    for _ in 0..20 {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.write_all(&request).unwrap();
        socket.shutdown(std::net::Shutdown::Both).unwrap();
    }
    // The last one waits, so that everything before it was heard or never will be.
    assert_eq!(world.line.raw_webhook(BODY, Some(&world.line.sign(BODY))).await, 200);
    assert_eq!(events(&world).await, 1);
    assert_it_goes_on(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_request_a_thousand_times_has_one_effect() {
    let world = World::at("2026-11-22 09:00").await;
    let signature = world.line.sign(BODY);
    for _ in 0..1_000 {
        assert_eq!(world.line.raw_webhook(BODY, Some(&signature)).await, 200);
    }
    assert_eq!(events(&world).await, 1);
    world.settle().await;
    assert_eq!(world.app.store().count("reader").await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_secrets_are_exchanged_both_sign() {
    let both = format!("ffffffffffffffffffffffffffffffff,{}", crate::support::SECRET);
    let world = World::with("2026-11-22 09:00", &[("CHANNEL_SECRET", &both)]).await;
    assert_it_goes_on(&world).await;
}
