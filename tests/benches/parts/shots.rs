//! Webhooks as LINE sends them, signed, each with events that nobody has seen, as fast as they are answered or
//! at a set rate.
//!
//! At a set rate the time of an answer counts from the moment at which its request *should* have left: a server
//! that stands still cannot hide it by not being asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Orders, SECRET, bot, say, told};
use crate::people::user;

/// Its name.
pub const SHOTS: &str = "shots";

/// What to send where.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Aim {
    /// Host and port.
    pub address: String,
    /// Connections that are kept.
    pub connections: usize,
    /// Events in a webhook.
    pub events: usize,
    /// Seconds before anything counts.
    pub warm_s: f64,
    /// Seconds that count.
    pub seconds: f64,
    /// Webhooks a second; as many as are answered where it is not said.
    pub rate: Option<f64>,
    /// Different for every turn: ids are made of it.
    pub turn: u64,
    /// Whether another module has the word: the bot keeps what it hears, and says nothing.
    pub standby: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Fired {
    /// Answered with 200 while it counted.
    pub counted: u64,
    /// Answered with 200 in all.
    pub accepted: u64,
    /// Answered with 503 in all.
    pub refused: u64,
    /// Answered with anything else, or not at all.
    pub failed: u64,
    /// How long it counted.
    pub wall_s: f64,
    /// Times of the answers with 200 (milliseconds): the middle, the 99th of a hundred, the longest.
    pub accepted_ms: [f64; 3],
    /// The same of the answers with 503.
    pub refused_ms: [f64; 3],
}

/// Waits for `go`, fires, says `begin` and `end` around what counts, and then what came of it.
pub async fn fire(mut orders: Orders, words: &[String]) {
    let aim: Aim = told(words);
    println!("ready");
    while orders.next().await.is_some() {
        let sent = Arc::new(AtomicU64::new(0));
        let began = Instant::now();
        let counts_from = began + Duration::from_secs_f64(aim.warm_s);
        let ends = counts_from + Duration::from_secs_f64(aim.seconds);
        let shooters: Vec<_> = (0..aim.connections)
            .map(|_| tokio::spawn(Shooter { aim: aim.clone(), sent: Arc::clone(&sent), began, ends }.shoot()))
            .collect();
        tokio::time::sleep_until(counts_from.into()).await;
        println!("begin");
        tokio::time::sleep_until(ends.into()).await;
        println!("end");
        let mut all = Vec::new();
        for shooter in shooters {
            all.extend(shooter.await.expect("a shooter does not panic"));
        }
        say("fired ", &summed(&all, counts_from, ends));
    }
}

/// One answer.
struct Shot {
    status: u16,
    at: Instant,
    took: Duration,
}

struct Shooter {
    aim: Aim,
    sent: Arc<AtomicU64>,
    began: Instant,
    ends: Instant,
}

impl Shooter {
    async fn shoot(self) -> Vec<Shot> {
        let (mut shots, mut connection, mut answer) = (Vec::new(), None, Vec::with_capacity(512));
        loop {
            let number = self.sent.fetch_add(1, Ordering::Relaxed);
            let due = self.aim.rate.map(|rate| self.began + Duration::from_secs_f64(number as f64 / rate));
            if let Some(due) = due {
                tokio::time::sleep_until(due.into()).await;
            }
            let leaves = due.unwrap_or_else(Instant::now);
            if leaves >= self.ends {
                return shots;
            }
            let request = request(&self.aim, number);
            let status = ask(&mut connection, &self.aim.address, &request, &mut answer).await;
            let at = Instant::now();
            shots.push(Shot { status, at, took: at - leaves });
        }
    }
}

/// One request and its answer; 0 when there was none.
async fn ask(connection: &mut Option<TcpStream>, address: &str, request: &[u8], answer: &mut Vec<u8>) -> u16 {
    if connection.is_none() {
        *connection = TcpStream::connect(address).await.ok();
        if let Some(connection) = connection {
            connection.set_nodelay(true).expect("a socket takes its options");
        }
    }
    let Some(stream) = connection else { return 0 };
    answer.clear();
    let asked = async {
        stream.write_all(request).await.ok()?;
        // The answers to webhooks have no body.
        while !answer.ends_with(b"\r\n\r\n") {
            if stream.read_buf(answer).await.ok()? == 0 {
                return None;
            }
        }
        std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
    };
    match asked.await {
        Some(status) if !answer.windows(17).any(|part| part.eq_ignore_ascii_case(b"connection: close")) => status,
        status => {
            *connection = None;
            status.unwrap_or(0)
        }
    }
}

fn request(aim: &Aim, number: u64) -> Vec<u8> {
    let body = body(aim, number);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    format!(
        "POST /webhook HTTP/1.1\r\nhost: {}\r\nuser-agent: LineBotWebhook/2.0\r\ncontent-type: application/json; \
         charset=utf-8\r\nx-line-signature: {signature}\r\ncontent-length: {}\r\n\r\n{body}",
        aim.address,
        body.len()
    )
    .into_bytes()
}

/// A webhook of short messages, each from somebody else and with an id of its own.
fn body(aim: &Aim, number: u64) -> String {
    let mut body = format!("{{\"destination\":\"{}\",\"events\":[", bot(0));
    let mode = if aim.standby { "standby" } else { "active" };
    for event in 0..aim.events as u64 {
        if event > 0 {
            body.push(',');
        }
        let id = number * aim.events as u64 + event;
        let (turn, who) = (aim.turn, user(0, (id % 100_000) as usize));
        body.push_str(&format!(
            "{{\"type\":\"message\",\"message\":{{\"type\":\"text\",\"id\":\"5{turn:05}{id:012}\",\
             \"quoteToken\":\"q3Plxr4AgKd{turn:05}{id:012}\",\"text\":\"きょうも、よくねむれました。ありがとう。\"}},\
             \"webhookEventId\":\"01K{turn:07}{id:016}\",\"deliveryContext\":{{\"isRedelivery\":false}},\
             \"timestamp\":1795471200000,\"source\":{{\"type\":\"user\",\"userId\":\"{who}\"}},\
             \"replyToken\":\"nHuyWiB7yP5Zw52FIkcQobQuGDXCTA{turn:05}{id:012}\",\"mode\":\"{mode}\"}}"
        ));
    }
    body.push_str("]}");
    body
}

fn summed(shots: &[Shot], from: Instant, to: Instant) -> Fired {
    let of = |status: u16| shots.iter().filter(move |shot| shot.status == status);
    let (accepted, refused) = (of(200).count() as u64, of(503).count() as u64);
    Fired {
        counted: of(200).filter(|shot| (from..to).contains(&shot.at)).count() as u64,
        accepted,
        refused,
        failed: shots.len() as u64 - accepted - refused,
        wall_s: (to - from).as_secs_f64(),
        accepted_ms: times(of(200)),
        refused_ms: times(of(503)),
    }
}

fn times<'s>(shots: impl Iterator<Item = &'s Shot>) -> [f64; 3] {
    let mut all: Vec<f64> = shots.map(|shot| shot.took.as_secs_f64() * 1_000.0).collect();
    all.sort_by(f64::total_cmp);
    let place = |part: f64| all.get(((all.len() as f64 * part) as usize).min(all.len().saturating_sub(1))).copied();
    [0.5, 0.99, 1.0].map(|part| place(part).unwrap_or(0.0))
}
