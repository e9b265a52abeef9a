//! `hagukumi simulator`: the simulated LINE as a process of its own, for rehearsals with servers that
//! are processes too. It listens on loopback only and sends nothing to LINE.
//!
//! It reads the same settings as the server: the accounts with their secrets and tokens are its
//! channels, and `HAGUKUMI_REHEARSAL_CLOCK` is where its clock starts. The clock runs on in real time
//! and is moved forward by control, which is open here (see [`crate::simulator::Order`]).

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use chrono::DateTime;

use super::{StartError, content_source};
use crate::clock::{Ambient, Clock as _, RehearsalClock};
use crate::config::{AccountConfig, Config, TokenConfig};
use crate::content;
use crate::simulator::{ChannelOptions, Options, Running, Simulator};

/// Where it listens, and where webhooks go.
#[derive(Debug, Clone)]
pub struct Places {
    /// For the API, the phone and control.
    pub listen: SocketAddr,
    /// For pictures of rich menus.
    pub data_listen: SocketAddr,
    /// The webhook addresses of the bot's servers, used in turn; control can change them.
    pub webhooks: Vec<String>,
}

/// What a channel has whose settings do not say it. None of it is a secret: nobody outside believes it.
const CHANNEL_ID: &str = "1000000000";
const ACCESS_TOKEN: &str = "token-for-the-simulator-only";
const BOT_USER_ID: &str = "Ub0700000000000000000000000000001";

/// Starts it.
///
/// # Errors
///
/// [`StartError`]: an account without a secret, content that cannot be read, an address in use.
pub async fn start(config: &Config, places: &Places, ambient: &Ambient) -> Result<Running, StartError> {
    let clock = Arc::new(RehearsalClock::running(config.rehearsal_clock.unwrap_or_else(|| ambient.now())));
    let channels = config.accounts.iter().map(|account| channel(config, account)).collect::<Result<_, _>>()?;
    let (shown, moved) = (Arc::clone(&clock), clock);
    let now = Arc::new(move || shown.now().timestamp_millis());
    let simulator = Simulator::new(Options { channels, clock: now, seed: 1 });
    for account in &config.accounts {
        simulator.channel(&account.slug).spread_webhooks(&places.webhooks);
    }
    simulator.allow_control(Arc::new(move |to| {
        if let Some(to) = DateTime::from_timestamp_millis(to) {
            moved.advance_to(to);
        }
    }));
    Ok(simulator.serve_on(listen(places.listen)?, listen(places.data_listen)?).await)
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|cause| StartError::Listen { address: address.to_string(), cause })
}

fn channel(config: &Config, account: &AccountConfig) -> Result<ChannelOptions, StartError> {
    let secret = account.channel_secrets.first().ok_or_else(|| StartError::Account {
        account: account.slug.clone(),
        sentence:
            "チャネルシークレットがありません。サーバーと同じ HAGUKUMI_CHANNEL_SECRET（8文字以上）を書いてください。"
                .to_owned(),
    })?;
    let (channel_id, access_token) = match &account.token {
        Some(TokenConfig::LongLived(token)) => (CHANNEL_ID, token.expose()),
        Some(TokenConfig::Stateless { channel_id }) => (channel_id.as_str(), ACCESS_TOKEN),
        None => (CHANNEL_ID, ACCESS_TOKEN),
    };
    let library = content::load(&content_source(config), account.municipality.as_deref())?.library;
    Ok(ChannelOptions {
        slug: account.slug.clone(),
        channel_id: channel_id.to_owned(),
        secret: secret.expose().to_owned(),
        access_token: access_token.to_owned(),
        bot_user_id: account.bot_user_id.clone().unwrap_or_else(|| BOT_USER_ID.to_owned()),
        display_name: library.municipality.service.clone(),
        webhook_url: None,
    })
}
