//! The composition root: builds the rooms from a [`Config`], runs web and workers, stops them in
//! order.
//!
//! - [`App::open`] opens everything and checks what must be true before anybody is served;
//! - [`App::serve`] listens and works until [`Serving::stop`];
//! - [`App::settle`] and [`App::advance_to`] do by hand what the workers do by themselves: for the
//!   demo's clock, and for tests, which never sleep.

pub mod archive;
mod clockwork;
pub mod demo;
pub mod enquiry;
pub mod keys;
pub mod means;
pub mod menus;
pub mod online;
mod open;
pub mod platform;
mod workers;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App as WebApp, HttpServer, web};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::clock::{Ambient, RehearsalClock};
use crate::config::{Config, Mistakes};
use crate::content::Findings;
use crate::delivery::{Deliveries, Kind};
use crate::http::{self, Site};
use crate::inbox::{Inbox, InboxError};
use crate::menu::Menus;
use crate::store::{KeyError, ListError, SchemaError, Store, StoreError};
use crate::timers::redis::BadAddress;

pub use clockwork::{Chore, ClockworkError};
pub use open::{content_source, migrate, open_store, refusals, rehearsal_start};

/// Why the server cannot start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Settings.
    #[error(transparent)]
    Settings(#[from] Mistakes),
    /// The key file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key file of an existing database is gone.
    #[error(
        "鍵ファイル {0} がありません。データベースといっしょに保管した鍵ファイルを戻すか、HAGUKUMI_KEY_FILE で場所を教えてください（新しい鍵では、登録を読めません）。"
    )]
    KeyLost(String),
    /// The folder or file of the database.
    #[error("データベースの置き場所 {path} を使えません")]
    Place {
        /// Which.
        path: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The address of the database.
    #[error(
        "HAGUKUMI_DATABASE_URL を読めません。postgres://利用者:パスワード@ホスト/データベース のように書いてください（パスワードの中の記号は %40 のように書きます）。"
    )]
    Address,
    /// The PostgreSQL server does not let us in, or is not there. Its own words follow, and no address.
    #[error(
        "PostgreSQL につながりません。サーバーが動いているか、HAGUKUMI_DATABASE_URL のホスト・データベース・利用者・パスワードが正しいかを確かめてください"
    )]
    Away(#[source] StoreError),
    /// The suppression list.
    #[error("配信停止の控え（HAGUKUMI_SUPPRESSION_FILE）に書きこめません。置き場所と権限を確かめてください")]
    Suppression(#[from] ListError),
    /// Another server has the SQLite file.
    #[error("{0} は、別の hagukumi が使っています。SQLite では server を1つだけ動かせます。")]
    InUse(String),
    /// The schema or the rehearsal mark.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What an earlier start had put aside could not be looked through.
    #[error(transparent)]
    Inbox(#[from] InboxError),
    /// The content.
    #[error("原稿を読めません。`hagukumi check` で直すところを見られます")]
    Content(#[from] Findings),
    /// Unreviewed texts to real readers.
    #[error(
        "監修前の原稿を、LINE の本番に送ることはできません。監修者の名前を原稿に書くか、試験の配信なら HAGUKUMI_SEND_UNREVIEWED=true にしてください。"
    )]
    Unreviewed,
    /// The token, the secret or an address.
    #[error("アカウント {account}: {sentence}")]
    Account {
        /// Which account.
        account: String,
        /// What is wrong and what would be right.
        sentence: String,
    },
    /// The menus of the demo.
    #[error(transparent)]
    Menus(#[from] Box<menus::MenuDeskError>),
    /// The address of Redis.
    #[error(transparent)]
    Redis(#[from] BadAddress),
    /// The connection pool to LINE.
    #[error("the client for LINE could not be made")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The port.
    #[error("{address} で待ち受けられません")]
    Listen {
        /// Where.
        address: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

/// Everything, joined.
#[derive(Debug, Clone)]
pub struct App {
    store: Store,
    ambient: Ambient,
    inbox: Inbox,
    deliveries: Deliveries,
    menus: Menus,
    site: Site,
    /// Rings when the clock was moved.
    moved: Arc<Notify>,
    /// Held as long as the app: one server an SQLite file.
    _lock: Option<Arc<std::fs::File>>,
}

/// A server at work.
#[derive(Debug)]
pub struct Serving {
    app: App,
    web: actix_web::dev::ServerHandle,
    web_task: JoinHandle<std::io::Result<()>>,
    stopping: watch::Sender<bool>,
    workers: Vec<JoinHandle<()>>,
}

/// How long what is in flight may take when the server stops: a push takes up to 10 s.
const STOP_WITHIN: Duration = Duration::from_secs(15);
/// Connections that a web worker serves at the same time. Both together, what is on its way to LINE and the
/// database stay below the 1,024 files that a process may open where nobody sets it.
const CONNECTIONS: usize = 256;
/// How long a client may take to send the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(5);

impl App {
    /// Serves on this listener, with all workers, until [`Serving::stop`].
    ///
    /// # Errors
    ///
    /// [`StartError::Listen`].
    pub fn serve(&self, listener: TcpListener) -> Result<Serving, StartError> {
        let serving = self.serve_by_hand(listener)?;
        let workers = workers::start(self, &serving.stopping.subscribe());
        Ok(Serving { workers, ..serving })
    }

    /// Serves without workers: only what [`App::settle`] and [`App::advance_to`] do happens.
    ///
    /// # Errors
    ///
    /// [`StartError::Listen`].
    pub fn serve_by_hand(&self, listener: TcpListener) -> Result<Serving, StartError> {
        let address = listener.local_addr().map(|address| address.to_string()).unwrap_or_default();
        let site = web::Data::new(self.site.clone());
        let server = HttpServer::new(move || WebApp::new().app_data(site.clone()).configure(http::routes))
            .workers(2)
            .max_connections(CONNECTIONS)
            .client_request_timeout(HEAD_WITHIN)
            .shutdown_timeout(STOP_WITHIN.as_secs())
            .disable_signals()
            .listen(listener)
            .map_err(|cause| StartError::Listen { address, cause })?
            .run();
        let (web, stopping) = (server.handle(), watch::Sender::new(false));
        Ok(Serving { app: self.clone(), web, web_task: tokio::spawn(server), stopping, workers: Vec::new() })
    }

    /// What the web server serves.
    #[must_use]
    pub const fn site(&self) -> &Site {
        &self.site
    }

    /// The menus of its accounts.
    #[must_use]
    pub const fn menus(&self) -> &Menus {
        &self.menus
    }

    /// The database, for commands and checks.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }
}

impl Serving {
    /// Stops in order: no further mornings, no new webhooks, no further decisions, what is in flight ends
    /// and is written down, what was decided is answered, and only then the database is closed.
    pub async fn stop(self) {
        self.app.deliveries.stop_mornings();
        self.web.stop(true).await;
        self.app.inbox.stop();
        let _already_stopped = self.stopping.send(true);
        let aborts: Vec<_> = self.workers.iter().map(JoinHandle::abort_handle).collect();
        if tokio::time::timeout(STOP_WITHIN, futures::future::join_all(self.workers)).await.is_err() {
            tracing::warn!("a worker did not finish in time; its leases run out by themselves");
            aborts.iter().for_each(tokio::task::AbortHandle::abort);
        }
        if tokio::time::timeout(STOP_WITHIN, self.app.deliveries.tick(Kind::Answers)).await.is_err() {
            tracing::warn!("an answer did not leave in time; another server takes it up");
        }
        if let Ok(Err(error)) = self.web_task.await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the web server ended with an error");
        }
        self.app.store.close().await;
    }

    /// The app that is served.
    #[must_use]
    pub const fn app(&self) -> &App {
        &self.app
    }
}

/// A clock that can be moved, with the ambient that shows it.
#[must_use]
pub fn rehearsal_ambient(clock: &Arc<RehearsalClock>) -> Ambient {
    Ambient::new(Arc::<RehearsalClock>::clone(clock), Arc::new(crate::clock::SystemChance))
}

/// Installs the one TLS provider of this process; later calls change nothing.
pub fn install_tls() {
    let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// Opens everything an account needs and serves it on `config.listen`.
///
/// # Errors
///
/// [`StartError`].
pub async fn run(config: &Config, ambient: Ambient) -> Result<Serving, StartError> {
    let listener = TcpListener::bind(config.listen)
        .map_err(|cause| StartError::Listen { address: config.listen.to_string(), cause })?;
    let app = App::open(config, ambient).await?;
    app.serve(listener)
}
