//! A world for stories: one bot on a fresh database, a simulated LINE, and a clock that only the
//! story moves. Everything happens over real sockets; nothing sleeps and nothing reaches into tables.

mod database;
mod heard;
pub mod history;
pub mod witness;

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use hagukumi::app::{App, Serving, install_tls, rehearsal_ambient};
use hagukumi::clock::{Clock as _, RehearsalClock};
use hagukumi::config::Config;
use hagukumi::domain::calendar::{JST, civil, instant};
use hagukumi::line::client::Limits;
use hagukumi::simulator::{Channel, ChannelOptions, Entry, Options, Running, Simulator, User};
use serde_json::Value;

pub use database::Database;
pub use heard::Heard;
pub use witness::Witness;

/// Signs the world's webhooks.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// The world's channel access token.
pub const TOKEN: &str = "token-of-the-story";
/// The world's bot.
pub const BOT: &str = "Ub0700000000000000000000000000001";

/// One bot, one LINE, one clock.
pub struct World {
    /// LINE, as this account sees it.
    pub line: Channel,
    /// The bot.
    pub app: App,
    /// Where the bot listens.
    pub bot_url: String,
    /// Moved by the story alone.
    pub clock: Arc<RehearsalClock>,
    simulator: Simulator,
    /// Where LINE listens, so that it can come back there.
    line_at: SocketAddr,
    platform: Mutex<Option<Running>>,
    _serving: Serving,
    /// Looks on, and judges when the world goes; the database must still be there.
    pub witness: Witness,
    database: Database,
}

/// A time in Japan, such as `2026-11-22 09:00`.
pub fn time(text: &str) -> DateTime<Utc> {
    let civil = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a time like 2026-11-22 09:00");
    instant(civil, JST)
}

/// A listener on a free loopback port, and its address.
pub fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
    (listener, url)
}

/// A simulated LINE with one channel, `main`, on that clock.
pub fn platform(clock: &Arc<RehearsalClock>) -> Simulator {
    let clock = Arc::clone(clock);
    let channel = ChannelOptions {
        slug: "main".into(),
        channel_id: "1000000000".into(),
        secret: SECRET.into(),
        access_token: TOKEN.into(),
        bot_user_id: BOT.into(),
        display_name: "あおば子育てだより".into(),
        webhook_url: None,
    };
    let now = Arc::new(move || clock.now().timestamp_millis());
    Simulator::new(Options { channels: vec![channel], clock: now, seed: 7 })
}

/// Settings that name this database and its key.
pub fn database_settings(database: &Database) -> Vec<(&'static str, String)> {
    let key = database.folder().join("hagukumi.key");
    let mut settings = vec![("DATABASE_URL", database.url().to_owned())];
    if !database.url().starts_with("sqlite:") {
        settings.push(("KEY_FILE", key.display().to_string()));
        settings.push(("SUPPRESSION_FILE", database.folder().join("hagukumi.suppression").display().to_string()));
    }
    settings
}

/// Settings for a bot on that database that talks to `line`, as an operator would write them.
pub fn settings(database: &Database, line: &Running, start: DateTime<Utc>) -> Vec<(String, String)> {
    let mut settings = database_settings(database);
    settings.extend([
        ("LINE_API_URL", line.api_url.clone()),
        ("LINE_DATA_API_URL", line.data_url.clone()),
        ("CHANNEL_SECRET", SECRET.to_owned()),
        ("CHANNEL_ACCESS_TOKEN", TOKEN.to_owned()),
        ("REHEARSAL_CLOCK", start.to_rfc3339()),
    ]);
    settings.into_iter().map(|(name, value)| (format!("HAGUKUMI_{name}"), value)).collect()
}

impl World {
    /// A fresh world at that time in Japan.
    pub async fn at(start: &str) -> Self {
        Self::with(start, &[]).await
    }

    /// A fresh world with more settings, such as `("PUBLIC_URL", "https://…")`.
    pub async fn with(start: &str, more: &[(&str, &str)]) -> Self {
        Self::within(start, more, Limits::default()).await
    }

    /// A fresh world that does not wait long for LINE.
    pub async fn impatient(start: &str) -> Self {
        let limits = Limits { connect: Duration::from_secs(1), total: Duration::from_millis(1_500), in_flight: 64 };
        Self::within(start, &[], limits).await
    }

    /// A fresh world with more settings and other limits.
    pub async fn within(start: &str, more: &[(&str, &str)], limits: Limits) -> Self {
        install_tls();
        let start = time(start);
        let clock = Arc::new(RehearsalClock::standing(start));
        let simulator = platform(&clock);
        let (listener, _) = listen();
        let line_at = listener.local_addr().expect("a bound listener has an address");
        let platform = simulator.serve(listener).await;
        let database = Database::fresh().await;
        let mut env = settings(&database, &platform, start);
        env.retain(|(name, _)| !more.iter().any(|(other, _)| *name == format!("HAGUKUMI_{other}")));
        env.extend(more.iter().map(|(name, value)| (format!("HAGUKUMI_{name}"), (*value).to_owned())));
        let config = Config::read(None, env).expect("the story's settings are right");
        let app = App::open_within(&config, rehearsal_ambient(&clock), limits).await.expect("the bot opens");
        let (listener, bot_url) = listen();
        let serving = app.serve_by_hand(listener).expect("the bot serves");
        let line = simulator.channel("main");
        line.set_webhook(&format!("{bot_url}/webhook"));
        let platform = Mutex::new(Some(platform));
        let witness = Witness::of(&config, std::slice::from_ref(&line), &clock);
        witness.keeps_secret(&[SECRET, TOKEN]);
        Self { line, app, bot_url, clock, simulator, line_at, platform, _serving: serving, witness, database }
    }

    /// From now on nobody listens where LINE was.
    pub async fn line_goes_away(&self) {
        self.witness.line_goes_away();
        let running = self.platform.lock().expect("no panic while it is held").take();
        running.expect("LINE is there").stop().await;
    }

    /// LINE listens again where it was, and remembers everything.
    pub async fn line_comes_back(&self) {
        let listener = TcpListener::bind(self.line_at).expect("nobody took LINE's port");
        let running = self.simulator.serve(listener).await;
        self.witness.line_comes_back();
        *self.platform.lock().expect("no panic while it is held") = Some(running);
    }

    /// Where LINE listens.
    pub fn line_url(&self) -> String {
        format!("http://{}", self.line_at)
    }

    /// Time passes while the server is away: nothing that was due on the way happens at its moment.
    pub fn passes_without_the_server(&self, until: &str) {
        self.passes_alone(time(until));
    }

    /// As [`World::passes_without_the_server`], to any moment.
    pub fn passes_alone(&self, until: DateTime<Utc>) {
        self.witness.server_is_away(until);
        self.clock.advance_to(until);
    }

    /// Settings of another bot on the same database; later ones win.
    pub fn settings(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let platform = self.platform.lock().expect("no panic while it is held");
        let platform = platform.as_ref().expect("LINE is there");
        let mut env = settings(&self.database, platform, self.clock.now());
        env.extend(more.iter().map(|(name, value)| (format!("HAGUKUMI_{name}"), (*value).to_owned())));
        env
    }

    /// The database of the bot.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Lets everything happen that can happen now.
    pub async fn settle(&self) {
        self.app.settle().await.expect("nothing fails");
    }

    /// Moves the clock; whatever is due on the way happens at its own moment.
    pub async fn until(&self, target: &str) {
        self.app.advance_to(&self.clock, time(target)).await.expect("nothing fails");
    }

    /// Somebody with LINE who does not know the account yet.
    pub fn somebody(&self) -> Parent<'_> {
        Parent { world: self, user: self.line.new_user(), inputs: AtomicUsize::new(0) }
    }

    /// Asserts that LINE took everything it was ever asked: no message object was too long, too many or
    /// of a wrong shape, and no reply token was used twice or too late. Not for stories in which LINE
    /// fails on purpose.
    #[track_caller]
    pub fn line_refused_nothing(&self) {
        let refused: Vec<Entry> = self.line.ledger().into_iter().filter(|entry| entry.status >= 400).collect();
        assert!(refused.is_empty(), "LINE refused: {refused:#?}");
    }

    /// A family that has registered `date` (as 「出産予定日」 or 「誕生日」) with this nickname.
    pub async fn registered(&self, kind: Registers, date: &str, nickname: Option<&str>) -> Parent<'_> {
        let parent = self.somebody();
        parent.adds_the_account().await;
        parent.taps("同意して登録する").await;
        let button = match kind {
            Registers::Due => "出産予定日をえらぶ",
            Registers::Born => "子どもの誕生日をえらぶ",
        };
        parent.picks(button, date).await;
        match nickname {
            Some(name) => parent.says(name).await,
            None => parent.taps("つけない").await,
        };
        parent.taps("登録する").await;
        parent
    }
}

/// What a family registers with.
#[derive(Clone, Copy)]
pub enum Registers {
    /// A due date.
    Due,
    /// A birth date.
    Born,
}

/// One person with a phone. Everything they do is followed by everything the bot does about it, and
/// answered with what they hear.
pub struct Parent<'w> {
    world: &'w World,
    /// Their account at LINE.
    pub user: User,
    inputs: AtomicUsize,
}

impl Parent<'_> {
    /// 友だち追加.
    pub async fn adds_the_account(&self) -> Heard {
        let seen = self.user.chat().len();
        assert_eq!(self.user.add_friend().await, 200);
        self.hears_since(seen).await
    }

    /// Blocks the account.
    pub async fn blocks(&self) -> Heard {
        let seen = self.user.chat().len();
        assert_eq!(self.user.block().await, 200);
        self.hears_since(seen).await
    }

    /// Takes the block back.
    pub async fn unblocks(&self) -> Heard {
        self.adds_the_account().await
    }

    /// Writes something.
    pub async fn says(&self, text: &str) -> Heard {
        let seen = self.user.chat().len();
        self.inputs.fetch_add(1, Ordering::Relaxed);
        assert_eq!(self.user.says(text).await, 200);
        self.hears_since(seen).await
    }

    /// Taps the newest button with this label.
    pub async fn taps(&self, label: &str) -> Heard {
        let seen = self.user.chat().len();
        self.inputs.fetch_add(1, Ordering::Relaxed);
        assert_eq!(self.user.taps(label).await, 200);
        self.hears_since(seen).await
    }

    /// Taps a date button, chooses a day and confirms it: two taps.
    pub async fn picks(&self, label: &str, date: &str) -> Heard {
        let seen = self.user.chat().len();
        self.inputs.fetch_add(2, Ordering::Relaxed);
        assert_eq!(self.user.picks(label, date).await, 200);
        self.hears_since(seen).await
    }

    /// Sends a postback, whether or not a button for it can be seen.
    pub async fn posts_back(&self, data: &str) -> Heard {
        let seen = self.user.chat().len();
        assert_eq!(self.user.posts_back(data).await, 200);
        self.hears_since(seen).await
    }

    /// Sends a sticker.
    pub async fn sends_a_sticker(&self) -> Heard {
        let seen = self.user.chat().len();
        assert_eq!(self.user.sends_sticker().await, 200);
        self.hears_since(seen).await
    }

    /// Sends a photograph.
    pub async fn sends_a_picture(&self) -> Heard {
        let seen = self.user.chat().len();
        assert_eq!(self.user.sends_image().await, 200);
        self.hears_since(seen).await
    }

    /// Lets time pass.
    pub async fn waits_until(&self, target: &str) -> Heard {
        let seen = self.user.chat().len();
        self.world.until(target).await;
        self.hears_since(seen).await
    }

    async fn hears_since(&self, seen: usize) -> Heard {
        self.world.settle().await;
        Heard::since(&self.user, seen)
    }

    /// How many taps and typed messages it took up to here; a date picked is a tap on the button and one
    /// on the picker's OK.
    pub fn inputs(&self) -> usize {
        self.inputs.load(Ordering::Relaxed)
    }

    /// The data of the newest button with this label, to be sent again later.
    pub fn button(&self, label: &str) -> String {
        let found = self.user.chat().iter().rev().find_map(|bubble| data_of(&bubble.message, label));
        found.unwrap_or_else(|| panic!("no button 「{label}」 was ever shown"))
    }

    /// What the newest button that copies something copies.
    pub fn copied(&self) -> String {
        copied_by(&self.user)
    }

    /// The last thing the bot said, as text.
    pub fn last_word(&self) -> String {
        self.user.texts().last().cloned().unwrap_or_default()
    }

    /// Everything the bot ever said, joined.
    pub fn everything(&self) -> String {
        self.user.texts().join("\n")
    }

    /// Asserts that the bot has said this at some time.
    #[track_caller]
    pub fn was_told(&self, part: &str) {
        assert!(self.everything().contains(part), "nobody said {part:?}; what was said:\n{}", self.everything());
    }

    /// Asserts that the bot has never said this.
    #[track_caller]
    pub fn was_never_told(&self, part: &str) {
        assert!(!self.everything().contains(part), "somebody said {part:?}; what was said:\n{}", self.everything());
    }

    /// Accepted pushes in LINE's ledger, oldest first.
    pub fn pushes(&self) -> Vec<Entry> {
        self.world.line.pushes_to(self.user.id())
    }

    /// The civil times (in Japan) of accepted pushes.
    pub fn push_times(&self) -> Vec<String> {
        let at = |entry: &Entry| civil(DateTime::from_timestamp_millis(entry.at_ms).expect("a time"), JST);
        self.pushes().iter().map(|entry| at(entry).format("%m-%d %H:%M").to_string()).collect()
    }

    /// Asserts that exactly these pushes were ever made, and that LINE refused nothing of what it was
    /// asked. The end of every story.
    #[track_caller]
    pub fn was_pushed(&self, times: &[&str]) {
        assert_eq!(self.push_times(), times, "pushes; what was said:\n{}", self.everything());
        self.world.line_refused_nothing();
    }
}

/// What the newest button that copies something copies, on this phone.
pub fn copied_by(user: &User) -> String {
    let found = user.chat().iter().rev().find_map(|bubble| field_of(&bubble.message, "clipboardText"));
    found.unwrap_or_else(|| panic!("there was never anything to copy"))
}

/// The text of the field of this name somewhere inside.
fn field_of(part: &Value, name: &str) -> Option<String> {
    match part {
        Value::Array(parts) => parts.iter().find_map(|part| field_of(part, name)),
        Value::Object(fields) => match fields.get(name).and_then(Value::as_str) {
            Some(text) => Some(text.to_owned()),
            None => fields.values().find_map(|part| field_of(part, name)),
        },
        _ => None,
    }
}

/// The data of the action with this label somewhere inside.
fn data_of(part: &Value, label: &str) -> Option<String> {
    match part {
        Value::Array(parts) => parts.iter().find_map(|part| data_of(part, label)),
        Value::Object(fields) if fields.get("label").is_some_and(|found| found == label) => {
            fields.get("data").and_then(Value::as_str).map(str::to_owned)
        }
        Value::Object(fields) => fields.values().find_map(|part| data_of(part, label)),
        _ => None,
    }
}
