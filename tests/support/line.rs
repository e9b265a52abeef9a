//! LINE as a process of its own, played through its control interface with the verbs of the simulator in
//! this process.

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use hagukumi::simulator::{Deed, Entry, FaultKind, Moved, On, Order, Seen, Stay, WebhookEntry};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::server::Server;
use crate::witness::{Ledger, Now};

/// No event among healthy servers takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// The simulated LINE in its process, as one account sees it.
pub struct Line {
    /// Where servers find the API.
    pub api_url: String,
    /// Where servers find the data API.
    pub data_url: String,
    control: String,
    client: reqwest::Client,
    /// What was read of the ledger until now.
    ledger: Mutex<Vec<Entry>>,
    server: Server,
}

/// A person with a phone.
pub struct Person<'l> {
    line: &'l Line,
    /// Their LINE user id.
    pub id: String,
}

impl Line {
    /// Starts it with the settings of the servers that shall find it.
    pub fn start(folder: &Path, settings: &[(String, String)]) -> Self {
        hagukumi::app::install_tls();
        let server = Server::begin(folder, settings, &["simulator", "--listen", "127.0.0.1:0"]);
        let place = |name: &str| server.until_line(name, |line| line.strip_prefix(name).map(str::to_owned));
        let (api_url, data_url, control) = (place("api "), place("data "), place("control "));
        server.until_said("ready");
        Self { api_url, data_url, control, client: client(), ledger: Mutex::default(), server }
    }

    /// Tells the channel something.
    pub async fn tell(&self, order: Order) -> Value {
        self.post("main", &order).await
    }

    /// Webhooks go to these addresses in turn.
    pub async fn spread_webhooks(&self, urls: &[String]) {
        self.tell(Order::Webhooks(urls.to_vec())).await;
    }

    /// A person who has LINE and has not met the bot.
    pub async fn new_user(&self) -> Person<'_> {
        let said = self.tell(Order::NewUser).await;
        Person { line: self, id: said["user"].as_str().expect("a user has an id").to_owned() }
    }

    /// So many people who are friends already, of whom the bot is told nothing.
    pub async fn friends(&self, count: usize) -> Vec<String> {
        let said = self.tell(Order::Friends(count)).await;
        serde_json::from_value(said["users"].clone()).expect("a list of ids")
    }

    /// The person with that id.
    pub const fn person(&self, id: String) -> Person<'_> {
        Person { line: self, id }
    }

    /// The time at LINE.
    pub async fn now(&self) -> DateTime<Utc> {
        let now: Moved = serde_json::from_str(&self.get("clock").await).expect("a time");
        DateTime::from_timestamp_millis(now.now_ms).expect("a time")
    }

    /// Something goes wrong.
    pub async fn fails(&self, on: On, kind: FaultKind, stay: Stay) {
        self.tell(Order::Fault { on, kind, stay }).await;
    }

    /// Moves LINE's clock forward; that of the servers runs by itself.
    pub async fn advance_to(&self, time: DateTime<Utc>) {
        let _now: Moved = self.post("clock", &Moved { now_ms: time.timestamp_millis() }).await;
    }

    /// Every API request until now, in the order of arrival.
    pub async fn ledger(&self) -> Vec<Entry> {
        self.read_on(false).await;
        self.ledger.lock().expect("no panic while it is held").clone()
    }

    /// Waits until the ledger is as wanted, and returns it.
    pub async fn until(&self, what: &str, wanted: impl Fn(&[Entry]) -> bool) -> Vec<Entry> {
        let limit = Instant::now() + PATIENCE;
        loop {
            let ledger = self.ledger().await;
            if wanted(&ledger) {
                return ledger;
            }
            assert!(Instant::now() < limit, "it never happened: {what}; LINE was asked {} times", ledger.len());
            self.read_on(true).await;
        }
    }

    /// Every webhook that left.
    pub async fn webhook_log(&self) -> Vec<WebhookEntry> {
        lines(&self.get("main/webhooks").await)
    }

    /// The ledger, for whoever looks on from another thread.
    pub fn looker(&self) -> Looker {
        Looker { control: self.control.clone(), client: self.client.clone() }
    }

    /// Ends it.
    pub fn stop(self) {
        self.server.stop();
    }

    async fn read_on(&self, wait: bool) {
        let from = self.ledger.lock().expect("no panic while it is held").len();
        let new: Vec<Entry> = lines(&self.get(&format!("main/ledger?from={from}&wait={wait}")).await);
        let mut ledger = self.ledger.lock().expect("no panic while it is held");
        let known = ledger.len() - from;
        ledger.extend(new.into_iter().skip(known));
    }

    async fn get(&self, path: &str) -> String {
        let answer = self.client.get(format!("{}/{path}", self.control)).send().await.expect("LINE answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.expect("LINE answers with a text")
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> T {
        let asked = self.client.post(format!("{}/{path}", self.control)).json(body).send();
        let answer = asked.await.expect("LINE answers");
        let (status, said) = (answer.status(), answer.text().await.expect("LINE answers with a text"));
        assert!(status.is_success(), "{path}: {status} {said}");
        serde_json::from_str(&said).expect("LINE answers as it says")
    }
}

/// Reads what LINE knows, and waits for it in a thread of its own: the story's runtime may be at its end.
#[derive(Clone)]
pub struct Looker {
    control: String,
    client: reqwest::Client,
}

/// A connection that was kept may be closed by the other side just when it is wanted again.
fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build();
    client.expect("a client without proxies")
}

impl Looker {
    /// Looks at the LINE whose control interface is there.
    pub fn at(control: String) -> Self {
        hagukumi::app::install_tls();
        Self { control, client: client() }
    }

    /// The time at LINE.
    pub fn now(&self) -> Now {
        let looker = self.clone();
        std::sync::Arc::new(move || {
            let now: Moved = serde_json::from_str(&looker.read("clock")).expect("a time");
            now.now_ms
        })
    }

    fn read(&self, path: &str) -> String {
        let asked = self.client.get(format!("{}/{path}", self.control)).timeout(PATIENCE);
        let read = async {
            let answer = asked.send().await.expect("LINE answers");
            assert!(answer.status().is_success(), "{path}: {}", answer.status());
            answer.text().await.expect("LINE answers with a text")
        };
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime needs only memory").block_on(read)
            });
            reading.join().expect("LINE can be read to the end")
        })
    }
}

impl Ledger for Looker {
    fn account(&self) -> String {
        "main".to_owned()
    }

    fn requests(&self) -> Vec<Entry> {
        lines(&self.read("main/ledger?from=0&wait=false"))
    }

    fn webhooks(&self) -> Vec<WebhookEntry> {
        lines(&self.read("main/webhooks"))
    }
}

fn lines<T: DeserializeOwned>(text: &str) -> Vec<T> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line is an entry")).collect()
}

impl Person<'_> {
    /// Adds the bot as a friend, or unblocks it.
    pub async fn add_friend(&self) -> u16 {
        self.does(Deed::AddFriend).await
    }

    /// Types a text and sends it.
    pub async fn says(&self, text: &str) -> u16 {
        self.does(Deed::Say(text.to_owned())).await
    }

    /// Touches the newest thing with this label.
    pub async fn taps(&self, label: &str) -> u16 {
        self.does(Deed::Tap(label.to_owned())).await
    }

    /// Chooses a value in the newest date picker with this label.
    pub async fn picks(&self, label: &str, value: &str) -> u16 {
        self.does(Deed::Pick { label: label.to_owned(), value: value.to_owned() }).await
    }

    /// What the bot said, one text for each message object, oldest first.
    pub async fn texts(&self) -> Vec<String> {
        self.looks(0, false).await.texts
    }

    /// Waits until the bot has said this.
    pub async fn hears(&self, part: &str) {
        let limit = Instant::now() + PATIENCE;
        let mut from = 0;
        loop {
            let seen = self.looks(from, true).await;
            if seen.texts.iter().any(|text| text.contains(part)) {
                return;
            }
            assert!(Instant::now() < limit, "nobody said {part:?}; what was said:\n{}", seen.texts.join("\n"));
            from += seen.chat.len();
        }
    }

    /// The pushes that LINE took for them.
    pub async fn pushes(&self) -> Vec<Entry> {
        let mut ledger = self.line.ledger().await;
        ledger.retain(|entry| entry.endpoint == "push" && entry.accepted && entry.is_to(&self.id));
        ledger
    }

    async fn does(&self, deed: Deed) -> u16 {
        let said: Value = self.line.post(&format!("main/users/{}", self.id), &deed).await;
        said["status"].as_u64().and_then(|status| status.try_into().ok()).expect("a status is a small number")
    }

    async fn looks(&self, from: usize, wait: bool) -> Seen {
        let said = self.line.get(&format!("main/users/{}?from={from}&wait={wait}", self.id)).await;
        serde_json::from_str(&said).expect("a chat is what it says")
    }
}
