//! Where a simulated server lives: a database that was prepared once, settings, and the server itself.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use actix_web::dev::Service as _;
use actix_web::{App as WebApp, test, web};
use chrono::DateTime;
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use hagukumi::app::App;
use hagukumi::app::means::{Means, Simulated};
use hagukumi::clock::{Ambient, RehearsalClock, SeededChance};
use hagukumi::config::Config;
use hagukumi::content::{self, Source};
use hagukumi::domain::library::Library;
use hagukumi::http;
use hagukumi::simulator::ChannelOptions;
use tempfile::TempDir;

/// The accounts; the second is there in some weeks only.
pub const ACCOUNTS: [&str; 2] = ["main", "midori"];

/// The texts, read once.
pub static LIBRARY: LazyLock<Arc<Library>> =
    LazyLock::new(|| Arc::new(content::load(&Source::Embedded, None).expect("what ships can be read").library));

/// An empty database with its key, once for all weeks.
static PREPARED: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = folder();
    let clock = Arc::new(RehearsalClock::standing(DateTime::UNIX_EPOCH));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("memory");
    runtime.block_on(async {
        let ambient = Ambient::new(clock, Arc::new(SeededChance::new(1)));
        let config = config(folder.path(), 1, DateTime::UNIX_EPOCH, false);
        let store = hagukumi::app::open_store(&config, ambient).await.expect("a new database opens");
        store.prepare(true).await.expect("a new database can be prepared");
        store.close().await;
    });
    folder
});

/// In memory where there is such a place: what a power cut spares is no question here.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a temporary folder")
}

/// A copy of the prepared database.
pub fn database() -> TempDir {
    let folder = folder();
    // The newest pages may still lie in a file beside the database.
    for file in std::fs::read_dir(PREPARED.path()).expect("a folder that can be read") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), folder.path().join(file.file_name())).expect("a small file can be copied");
    }
    folder
}

/// The database file in its folder.
pub fn file(folder: &Path) -> PathBuf {
    folder.join("hagukumi.sqlite")
}

/// One of LINE's channels.
pub fn channel(slug: &str) -> ChannelOptions {
    let digit = if slug == ACCOUNTS[0] { "1" } else { "2" };
    ChannelOptions {
        slug: slug.to_owned(),
        channel_id: digit.repeat(10),
        secret: format!("secret-of-{slug}"),
        access_token: format!("token-of-{slug}"),
        bot_user_id: format!("U{}", digit.repeat(32)),
        display_name: slug.to_owned(),
        webhook_url: None,
    }
}

/// Settings as an operator would write them. With `renewable` tokens the bot asks LINE for its own.
pub fn config(folder: &Path, accounts: usize, start: DateTime<chrono::Utc>, renewable: bool) -> Config {
    let mut text = format!(
        "database_url = 'sqlite://{}'\nline_api_url = 'http://127.0.0.1:9'\nrehearsal_clock = '{}'\n",
        file(folder).display(),
        start.to_rfc3339()
    );
    for slug in &ACCOUNTS[..accounts] {
        let ChannelOptions { channel_id, secret, access_token, .. } = channel(slug);
        let token = if renewable {
            format!("channel_id = '{channel_id}'")
        } else {
            format!("channel_access_token = '{access_token}'")
        };
        text.push_str(&format!("[[account]]\naccount = '{slug}'\nchannel_secret = '{secret}'\n{token}\n"));
    }
    Config::read(Some(("hagukumi.toml", &text)), []).expect("the settings are right")
}

type Door = Rc<dyn Fn(String, Vec<u8>, Option<String>) -> LocalBoxFuture<'static, u16>>;

/// A server in this thread, without sockets and without workers.
#[derive(Clone)]
pub struct Server {
    /// The bot.
    pub app: App,
    door: Door,
}

impl Server {
    /// Starts one; `None` when it does not come up.
    pub async fn start(config: &Config, ambient: Ambient, simulated: &Simulated) -> Option<Self> {
        let means = Means { simulated: Some(simulated.clone()), ..Means::default() };
        let app = App::open_by(config, ambient, &means).await.ok()?;
        let site = web::Data::new(app.site().clone());
        let service = test::init_service(WebApp::new().app_data(site).configure(http::routes)).await;
        let service = Rc::new(service);
        let door = move |path: String, body: Vec<u8>, signature: Option<String>| {
            let mut request = test::TestRequest::post().uri(&path).set_payload(body);
            if let Some(signature) = signature {
                request = request.insert_header(("x-line-signature", signature));
            }
            let answer = service.call(request.to_request());
            async move { answer.await.map_or(500, |answer| answer.status().as_u16()) }.boxed_local()
        };
        Some(Self { app, door: Rc::new(door) })
    }

    /// A webhook comes in; its status.
    pub async fn hears(&self, slug: &str, body: Vec<u8>, signature: Option<String>) -> u16 {
        (self.door)(format!("/webhook/{slug}"), body, signature).await
    }

    /// The process is gone. What it had open is closed, as the system would.
    pub async fn ends(self) {
        let store = self.app.store().clone();
        drop(self);
        store.close().await;
    }
}
