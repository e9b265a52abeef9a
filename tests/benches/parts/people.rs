//! People who talk with the bot through a simulated LINE, many at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hagukumi::simulator::{Channel, User};
use serde::{Deserialize, Serialize};

use super::line::platform;
use super::{Orders, say, told};
use crate::people::at;

/// Its name.
pub const PEOPLE: &str = "people";
/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Webhooks, and answers, of each person.
pub const TURNS: usize = 5;

/// Who they are.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Crowd {
    /// How many in one turn.
    pub people: usize,
    /// How many of them at once.
    pub at_once: usize,
    /// Whether they register, or say as many things to a bot that only says 「はい。」.
    pub register: bool,
}

/// What became of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Talked {
    /// People who heard an answer to everything.
    pub answered: usize,
    /// Replies that LINE took in all.
    pub replies: usize,
    /// Pushes: an answer that came too late to be free.
    pub pushes: usize,
    /// Requests that LINE refused.
    pub refused: usize,
}

/// Says where LINE is; with `go WEBHOOK` a turn of people talk with that bot.
pub async fn live(mut orders: Orders, words: &[String]) {
    let crowd: Crowd = told(words);
    let simulator = platform(1, at("10:00:00"));
    let line = simulator.channel("main");
    let running = simulator.serve(std::net::TcpListener::bind("127.0.0.1:0").expect("a free port")).await;
    println!("ready {}", running.api_url);
    let mut heard = 0;
    while let Some(order) = orders.next().await {
        line.set_webhook(order.strip_prefix("go ").expect("where the bot listens"));
        println!("begin");
        let answered = turn(&line, crowd).await;
        println!("end");
        heard += answered;
        // LINE shows an answer before it writes it down.
        let replies = || line.ledger().iter().filter(|entry| entry.endpoint == "reply").count();
        line.comes_to(PATIENCE, || replies() >= heard * TURNS).await;
        let ledger = line.ledger();
        let accepted =
            |endpoint: &str| ledger.iter().filter(|entry| entry.accepted && entry.endpoint == endpoint).count();
        let refused = ledger.iter().filter(|entry| entry.status != 200).count();
        say("talked ", &Talked { answered, replies: accepted("reply"), pushes: accepted("push"), refused });
    }
}

async fn turn(line: &Channel, crowd: Crowd) -> usize {
    let left = Arc::new(AtomicUsize::new(crowd.people));
    let lives = (0..crowd.at_once).map(|_| {
        let (line, left) = (line.clone(), Arc::clone(&left));
        tokio::spawn(async move {
            let mut answered = 0;
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                let user = line.new_user();
                let done = if crowd.register { registers(&user).await } else { chats(&user).await };
                answered += usize::from(done.is_some());
            }
            answered
        })
    });
    let lives: Vec<_> = lives.collect();
    let mut answered = 0;
    for life in lives {
        answered += life.await.expect("nobody panics");
    }
    answered
}

/// The shortest registration: five webhooks, five answers.
async fn registers(user: &User) -> Option<()> {
    said(user.add_friend().await)?;
    said(when_offered(user, "同意して登録する").await?.taps("同意して登録する").await)?;
    said(when_offered(user, "出産予定日をえらぶ").await?.picks("出産予定日をえらぶ", "2027-03-01").await)?;
    said(when_offered(user, "つけない").await?.taps("つけない").await)?;
    let seen = when_offered(user, "登録する").await?.bubbles();
    said(user.taps("登録する").await)?;
    user.comes_to(PATIENCE, || user.bubbles() > seen).await.then_some(())
}

/// As many webhooks and answers.
async fn chats(user: &User) -> Option<()> {
    let mut seen = 0;
    for word in 0..5 {
        said(if word == 0 {
            user.add_friend().await
        } else {
            user.says("きょうも、よくねむれました。").await
        })?;
        user.comes_to(PATIENCE, || user.texts().len() > seen).await.then_some(())?;
        seen = user.texts().len();
    }
    Some(())
}

fn said(status: u16) -> Option<()> {
    (status == 200).then_some(())
}

async fn when_offered<'u>(user: &'u User, label: &str) -> Option<&'u User> {
    user.comes_to(PATIENCE, || user.offers(label, 0)).await.then_some(user)
}
