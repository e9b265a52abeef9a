//! The menu under the chat: applied as a whole, given to readers, looked after.
//!
//! - [`build`](build::build) turns drawn pages into what LINE takes, with names that say what they are.
//! - [`Menus::plan`] looks at LINE and says what is to be done; [`Menus::apply`] does it. Each step is right
//!   however often it is taken, and what was done is seen at LINE, so an interrupted run is simply run again.
//! - [`Menus::tend_of`] gives readers the page that they want and were not given, takes it from those who
//!   were forgotten, changes the set at midnight, and says every night what others changed. Only that runs in
//!   a server.
//!
//! One applies at a time, by a lease in the database. Nothing that is not ours is touched. LINE makes and
//! removes at most 100 pages an hour; what was asked for is counted before it is asked.

mod apply;
pub mod build;
mod drift;
mod export;
mod lease;
mod links;
mod look;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;

use crate::clock::Ambient;
use crate::delivery::Channel;
use crate::domain::menu::Stage;
use crate::line::client::SendError;
use crate::store::{CallKind, Store, StoreError};

pub use apply::{Applied, Order};
pub use export::{Exported, ExportedPage};
pub use look::Looked;

/// Why menus were not applied, or not all of them. What was done stays done, and is found the next time.
#[derive(Debug, thiserror::Error)]
pub enum MenuError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// LINE, while this was done.
    #[error("{doing} のところで、LINE が受けつけませんでした。もう一度実行すると、続きから行います")]
    Line {
        /// What was being done, in the operator's words.
        doing: String,
        /// Why.
        #[source]
        why: SendError,
    },
    /// LINE would not take these pages; nothing was made.
    #[error("LINE が受けつけないメニューがあります（何も作っていません）：{}", .0.join("、"))]
    Refused(Vec<String>),
    /// Somebody else applies.
    #[error("ほかの人（または動いている server）が、このアカウントのメニューを反映しています。おそくとも{}秒後に、もう一度実行してください", .0 / 1000)]
    Busy(i64),
    /// Our turn was over before the work was: somebody else applies now.
    #[error("反映の途中で、ほかの人の反映が始まりました。終わってから、もう一度実行してください")]
    Overtaken,
    /// LINE makes and removes no more pages in this hour.
    #[error("LINE が1時間に受けつける{}（100まで）を使い切りました。{}分後に、もう一度実行してください（続きから行います）", call_word(*.kind), .wait_ms / 60_000 + 1)]
    HourSpent {
        /// What is spent.
        kind: CallKind,
        /// How long to wait (milliseconds).
        wait_ms: i64,
    },
    /// There is no earlier version.
    #[error("もどせる前の版がありません")]
    NothingBefore,
    /// A page of the version that is to come back is not at LINE any more.
    #[error("前の版の「{0}」が LINE にありません。もどすことはできないので、ファイルを直して apply してください")]
    Gone(String),
}

const fn call_word(kind: CallKind) -> &'static str {
    match kind {
        CallKind::Create => "作成",
        CallKind::Delete => "削除",
    }
}

/// Something that was done, for whoever looks on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// A page was made.
    Created(String),
    /// A page was given its picture.
    Uploaded(String),
    /// An alias leads to a page.
    Aliased(String),
    /// A page is shown to everybody who has no other.
    Default(String),
    /// Readers of a stage were given their page, so many in all.
    Linked(Stage, u64),
    /// LINE has not given all readers of a stage their page yet: whoever looks after menus goes on with them.
    Waiting(Stage),
    /// A page, or an alias, was removed.
    Deleted(String),
}

/// How long to leave LINE alone after it failed: at first, and at most (milliseconds).
const PATIENCE_MS: (i64, i64) = (10_000, 600_000);

/// When LINE is asked again, and how long was waited last (milliseconds).
#[derive(Debug, Clone, Copy, Default)]
struct Patience {
    until: i64,
    waits: i64,
}

/// The menus of all accounts of this process.
#[derive(Clone)]
pub struct Menus {
    store: Store,
    ambient: Ambient,
    channels: Arc<Vec<Channel>>,
    patience: Arc<Mutex<BTreeMap<usize, Patience>>>,
    /// The day on which it was last looked whether others changed an account's menus.
    looked: Arc<Mutex<BTreeMap<usize, NaiveDate>>>,
}

impl Menus {
    /// The menus of these accounts.
    #[must_use]
    pub fn new(store: Store, ambient: Ambient, channels: Arc<Vec<Channel>>) -> Self {
        Self { store, ambient, channels, patience: Arc::default(), looked: Arc::default() }
    }

    /// How many accounts there are.
    #[must_use]
    pub fn accounts(&self) -> usize {
        self.channels.len()
    }

    /// Takes note of which accounts have menus, for the texts that name them.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn note_who_has_one(&self) -> Result<(), StoreError> {
        let bodies = self.store.menu_bodies().await?;
        for channel in self.channels.iter() {
            channel.account.has_menu.store(bodies.contains_key(&channel.account.id), Ordering::Relaxed);
        }
        Ok(())
    }

    fn today(&self, channel: &Channel) -> NaiveDate {
        channel.account.civil(self.ambient.now_ms()).date()
    }

    /// The next moment at which another set begins (milliseconds since 1970), for clocks that are moved by
    /// hand.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn next_moment(&self) -> Result<Option<i64>, StoreError> {
        let bodies = self.store.menu_bodies().await?;
        let next = |channel: &Channel| {
            let body = bodies.get(&channel.account.id)?;
            let day = body.next_change(self.today(channel))?;
            Some(channel.account.ms(day.and_hms_opt(0, 0, 0)?))
        };
        Ok(self.channels.iter().filter_map(next).min())
    }

    /// Until when LINE is left alone for an account.
    fn waits_until(&self, at: usize) -> i64 {
        self.patience.lock().expect("no panic while it is held").get(&at).map_or(0, |patience| patience.until)
    }

    /// LINE failed, or answered.
    fn heard(&self, at: usize, failed: bool) {
        let mut all = self.patience.lock().expect("no panic while it is held");
        if failed {
            let patience = all.entry(at).or_default();
            patience.waits = (patience.waits * 2).clamp(PATIENCE_MS.0, PATIENCE_MS.1);
            patience.until = self.ambient.now_ms() + patience.waits;
        } else {
            all.remove(&at);
        }
    }
}

impl std::fmt::Debug for Menus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Menus").field("accounts", &self.channels.len()).finish_non_exhaustive()
    }
}
