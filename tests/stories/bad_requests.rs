//! Requests that LINE would never send, over raw sockets: refused as designed, nothing kept, and the
//! server goes on.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::{BOT, Registers, World};

/// Whether this run takes its time.
fn takes_its_time() -> bool {
    std::env::var("HAGUKUMI_TEST_LONG").is_ok_and(|value| value == "1")
}

/// As many sockets as this process may hold at both ends, at most this many.
fn sockets(most: usize) -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files"));
    let open = line.and_then(|line| line.split_whitespace().nth(3)).and_then(|soft| soft.parse::<usize>().ok());
    most.min(open.unwrap_or(1_024).saturating_sub(400) / 2)
}

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
    let each = sockets(if takes_its_time() { 10_000 } else { 1_000 }) / 2;
    let unfinished = [
        b"POST /webhook HTTP/1.1\r\nhost: bot\r\n".to_vec(),
        head("POST /webhook", &[("content-length", "1000"), ("x-line-signature", "x")]),
    ];
    let dawdlers: Vec<TcpStream> = unfinished
        .iter()
        .flat_map(|start| std::iter::repeat_n(start, each))
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
    for _ in 0..5 {
        assert_it_goes_on(&world).await;
    }
    assert!(answers.await.unwrap().iter().all(|status| [0, 408].contains(status)));
    assert_it_goes_on(&world).await;
}

/// Sends a byte at a time, a fifth of a second apart, until the server cuts the line; how many it took.
fn drips(address: &str, start: &[u8]) -> usize {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(start).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut some = [0; 512];
    (0..200)
        .find(|_| {
            let cut = socket.write_all(b"x").is_err();
            let silent = |kind| matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut);
            cut || !matches!(socket.read(&mut some), Err(error) if silent(error.kind()))
        })
        .expect("the server cuts the line in the end")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_a_byte_at_a_time_is_cut_off_all_the_same() {
    let world = World::at("2026-11-22 09:00").await;
    let address = world.bot_url.strip_prefix("http://").unwrap().to_owned();
    let starts = [
        b"POST /webhook HTTP/1.1\r\nhost: bot\r\nx-slow: ".to_vec(),
        head("POST /webhook", &[("content-length", "1000"), ("x-line-signature", "x")]),
        [head("POST /webhook", &[("transfer-encoding", "chunked")]), b"3e8\r\n".to_vec()].concat(),
    ];
    let threads = starts.map(|start| {
        let address = address.clone();
        tokio::task::spawn_blocking(move || drips(&address, &start))
    });
    assert_it_goes_on(&world).await;
    for thread in threads {
        // A dripping line would take 200 s for the thousand bytes that it promised.
        assert!(thread.await.unwrap() < 75);
    }
    assert_it_goes_on(&world).await;
}

/// A frame of HTTP/2: length, kind, flags, stream.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_2_is_not_spoken_so_none_of_its_floods_begins() {
    let world = World::at("2026-11-22 09:00").await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    let settings = frame(4, 0, 0, &[]);
    let pings = frame(6, 0, 0, &[0; 8]).repeat(10_000);
    let nothing = frame(0, 0, 1, &[]).repeat(10_000);
    let resets = frame(3, 0, 1, &[0, 0, 0, 8]).repeat(10_000);
    for flood in [pings, nothing, resets] {
        let answer = talk(&world, &[&preface, &settings, &flood]);
        assert!([0, 400].contains(&status(&answer)), "{answer}");
        assert!(!answer.contains("HTTP/2"), "{answer}");
    }
    // An offer to change over is not taken; the request itself is as good as any.
    let offer = [("connection", "Upgrade, HTTP2-Settings"), ("upgrade", "h2c"), ("http2-settings", "AAMAAABkAAQAAP__")];
    let answer = talk(&world, &[&signed(&world, BODY, &offer)]);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(events(&world).await, 1);
    assert_it_goes_on(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_beyond_all_measure_are_refused_and_strange_ones_are_not_read() {
    let world = World::at("2026-11-22 09:00").await;
    let long = "a".repeat(64 * 1024);
    for (what, request, wanted) in [
        (
            "64 kB, unsigned",
            head("POST /webhook", &[("x-long", long.as_str()), ("content-length", "0")]),
            &[401, 431][..],
        ),
        ("200 kB", head("POST /webhook", &[("x-long", &long.repeat(3)), ("content-length", "0")]), &[0, 400, 431]),
        ("200 headers", head("POST /webhook", &[("x-many", "1"); 200]), &[0, 400, 431]),
        ("a path of 100 kB", head(&format!("POST /{}", "a".repeat(100_000)), &[]), &[0, 400, 404, 414]),
        ("a strange name", b"POST /webhook HTTP/1.1\r\nhost: bot\r\n\xe3\x81\x82: z\r\n\r\n".to_vec(), &[0, 400]),
        ("a folded header", b"POST /webhook HTTP/1.1\r\nhost: bot\r\nx-a: b\r\n c\r\n\r\n".to_vec(), &[0, 400]),
    ] {
        let answer = talk(&world, &[&request]);
        assert!(wanted.contains(&status(&answer)), "{what}: {answer:.200}");
        assert!(!answer.contains("aaaa"), "nothing is sent back: {what}");
    }
    assert_eq!(events(&world).await, 0);
    // Values that are no ASCII are LINE's business: the signature says whether the rest is.
    let strange = [("x-strange", "日本"), ("x-forwarded-for", "203.0.113.9, 127.0.0.1"), ("forwarded", "for=_x")];
    assert_eq!(status(&talk(&world, &[&signed(&world, BODY, &strange)])), 200);
    assert_eq!(events(&world).await, 1);
    assert_it_goes_on(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_lead_to_the_address_of_the_settings_whoever_the_request_says_it_came_to() {
    let world = World::with("2026-11-22 09:00", &[("PUBLIC_URL", "https://bot.example.jp")]).await;
    let spoofed = "GET /privacy HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\nforwarded: host=evil.example\r\nconnection: close\r\n\r\n";
    let address = world.bot_url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(spoofed.as_bytes()).unwrap();
    let mut page = String::new();
    socket.read_to_string(&mut page).unwrap();
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("</html>"), "{page:.200}");
    assert!(!page.contains("evil.example"));

    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let event = serde_json::json!({
        "type": "message", "mode": "active", "timestamp": 1_795_305_900_000_i64, "webhookEventId": "from-elsewhere",
        "source": { "type": "user", "userId": hana.user.id() }, "message": { "type": "text", "id": "9", "text": "個人情報" },
    });
    let body = serde_json::json!({ "destination": BOT, "events": [event] }).to_string();
    let request = signed(&world, body.as_bytes(), &[("host", "evil.example"), ("x-forwarded-host", "evil.example")]);
    let request = String::from_utf8(request).unwrap().replacen("host: bot\r\n", "", 1);
    assert_eq!(status(&talk(&world, &[request.as_bytes()])), 200);
    world.settle().await;
    assert!(!hana.everything().contains("evil.example"));
    let chat = format!("{:?}", hana.user.chat());
    assert!(chat.contains("https://bot.example.jp/privacy") && !chat.contains("evil.example"), "{chat}");
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
