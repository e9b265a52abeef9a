//! `hagukumi demo`: the bot, a simulated LINE and a phone in the browser, in one process on a
//! temporary SQLite file. Both listen on loopback only, nothing is sent to LINE, and the clock is a
//! rehearsal clock that 「翌朝へ」 moves.

mod forward;
mod hands;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::menus::built;
use super::{App, Serving, StartError, rehearsal_ambient};
use crate::clock::{Ambient, RehearsalClock};
use crate::config::{Config, LogFormat};
use crate::content::{self, MenuSource, Source};
use crate::menu::Order;
use crate::simulator::{ChannelOptions, Options, Running, Simulator};
use hands::Hands;

/// The demo at work.
pub struct Demo {
    /// Open this in a browser.
    pub phone_url: String,
    /// Where the bot listens.
    pub bot_url: String,
    /// Where the simulated LINE is asked and told, when that was wanted (see [`crate::simulator::Order`]).
    pub control_url: Option<String>,
    /// The temporary database. It goes with the demo.
    pub database: PathBuf,
    serving: Serving,
    line: Running,
    folder: PathBuf,
}

/// Where the demo would like to listen; another port is taken when this one is in use.
const WISHED_PORT: u16 = 8080;
/// The demo's bot. Nothing here is a secret: it only ever talks to the simulator beside it.
const CHANNEL: &str = "main";
const CHANNEL_ID: &str = "1000000000";
const CHANNEL_SECRET: &str = "0123456789abcdef0123456789abcdef";
const ACCESS_TOKEN: &str = "demo-token-for-the-simulator-only";
const BOT_USER_ID: &str = "Ub0700000000000000000000000000001";

/// Starts everything. `content_dir` as in the settings of a server; with `control`, other programmes of
/// this machine may ask the simulated LINE what happened, and play people, as with `hagukumi simulator`.
///
/// # Errors
///
/// [`StartError`].
pub async fn start(
    content_dir: Option<PathBuf>,
    rich_menu_dir: Option<PathBuf>,
    control: bool,
    ambient: &Ambient,
) -> Result<Demo, StartError> {
    let clock = Arc::new(RehearsalClock::running(ambient.now()));
    let folder = temporary_folder(ambient)?;
    let source = content_dir.clone().map_or(Source::Embedded, Source::Directory);
    let municipality = content::load(&source, None)?.library.municipality;
    let menus = rich_menu_dir.map_or(MenuSource::Embedded, MenuSource::Directory);
    let (menus, _) = built(&menus, &municipality, CHANNEL).map_err(Box::new)?;
    let service = municipality.service;
    let simulator = simulator(&clock, service);
    let phone = listener(WISHED_PORT)?;
    let line = simulator.serve(phone).await;
    let bot = listener(0)?;
    let bot_url = format!("http://{}", address(&bot));
    let database = folder.join("demo.sqlite");
    let config = config(&line, &database, content_dir, ambient.now())?;
    let app = App::open(&config, rehearsal_ambient(&clock)).await?;
    app.menus().apply(0, &menus, &Order::Everybody, &mut |_| {}).await.map_err(|error| Box::new(error.into()))?;
    let serving = app.serve(bot)?;
    simulator.channel(CHANNEL).set_webhook(&format!("{bot_url}/webhook"));
    let control_url = control.then(|| open_control(&simulator, &line, &clock));
    turned_by_phones(&simulator, Hands::new(app, clock, simulator.clone()));
    Ok(Demo { phone_url: format!("{}/phone", line.api_url), bot_url, control_url, database, serving, line, folder })
}

fn open_control(simulator: &Simulator, line: &Running, clock: &Arc<RehearsalClock>) -> String {
    let clock = Arc::clone(clock);
    simulator.allow_control(Arc::new(move |to| {
        if let Some(to) = DateTime::from_timestamp_millis(to) {
            clock.advance_to(to);
        }
    }));
    format!("{}/control", line.api_url)
}

/// Gives the phones their clock buttons. The clock is turned in the bot's own runtime, and to the end,
/// also when the page that asked for it is closed.
fn turned_by_phones(simulator: &Simulator, hands: Hands) {
    let (hands, runtime) = (Arc::new(hands), tokio::runtime::Handle::current());
    simulator.on_clock(Arc::new(move |command| {
        let hands = Arc::clone(&hands);
        let turned = runtime.spawn(async move { hands.turn(command).await });
        Box::pin(async move {
            turned.await.unwrap_or_else(|_| Err("時計を進められませんでした。".to_owned()))
        })
    }));
}

impl Demo {
    /// Stops both and removes the temporary database.
    pub async fn stop(self) {
        self.serving.stop().await;
        self.line.stop().await;
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::debug!(error = &error as &dyn std::error::Error, "the temporary folder stays");
        }
    }
}

fn simulator(clock: &Arc<RehearsalClock>, display_name: String) -> Simulator {
    let clock = Arc::clone(clock);
    let channel = ChannelOptions {
        slug: CHANNEL.to_owned(),
        channel_id: CHANNEL_ID.to_owned(),
        secret: CHANNEL_SECRET.to_owned(),
        access_token: ACCESS_TOKEN.to_owned(),
        bot_user_id: BOT_USER_ID.to_owned(),
        display_name,
        webhook_url: None,
    };
    let clock = Arc::new(move || crate::clock::Clock::now(&*clock).timestamp_millis());
    Simulator::new(Options { channels: vec![channel], clock, seed: 1 })
}

fn config(
    line: &Running,
    database: &std::path::Path,
    content: Option<PathBuf>,
    now: DateTime<Utc>,
) -> Result<Config, StartError> {
    let settings = [
        ("LINE_API_URL", line.api_url.clone()),
        ("LINE_DATA_API_URL", line.data_url.clone()),
        ("DATABASE_URL", format!("sqlite://{}", database.display())),
        ("CHANNEL_SECRET", CHANNEL_SECRET.to_owned()),
        ("CHANNEL_ACCESS_TOKEN", ACCESS_TOKEN.to_owned()),
        ("BOT_USER_ID", BOT_USER_ID.to_owned()),
        ("REHEARSAL_CLOCK", now.to_rfc3339()),
    ];
    let env = settings.into_iter().map(|(name, value)| (format!("HAGUKUMI_{name}"), value));
    let config = Config::read(None, env)?;
    Ok(Config { content_dir: content, log_format: LogFormat::Pretty, ..config })
}

fn temporary_folder(ambient: &Ambient) -> Result<PathBuf, StartError> {
    let name = u64::from_le_bytes(ambient.bytes());
    let folder = std::env::temp_dir().join(format!("hagukumi-demo-{name:016x}"));
    let fail = |cause| StartError::Place { path: folder.display().to_string(), cause };
    std::fs::create_dir_all(&folder).map_err(fail)?;
    Ok(folder)
}

/// Loopback only; a free port where the wished one is taken.
fn listener(port: u16) -> Result<TcpListener, StartError> {
    let wished = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let bound = TcpListener::bind(wished).or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    bound.map_err(|cause| StartError::Listen { address: wished.to_string(), cause })
}

fn address(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("a bound listener has an address")
}
