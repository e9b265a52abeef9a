//! Rich menus for commands: read, drawn, built, and carried out beside a running server or without one.

use std::sync::Arc;

use super::means::Means;
use super::open::{content_source, line, open_store, texts};
use super::{StartError, rehearsal_ambient};
use crate::clock::skew::Skew;
use crate::clock::{Ambient, RehearsalClock};
use crate::config::{AccountConfig, Config};
use crate::content::{self, Findings, LoadedMenus, MenuSource};
use crate::delivery::Channel;
use crate::domain::code::Code;
use crate::domain::ids::{AccountId, ReaderId};
use crate::domain::menu::set::{Image, MenuSet, MenuSets};
use crate::domain::municipal::Municipality;
use crate::menu::build::{Built, build};
use crate::menu::{MenuError, Menus};
use crate::picture::{self, PictureError};
use crate::store::{Store, StoreError};

/// Why menus cannot be looked at or applied.
#[derive(Debug, thiserror::Error)]
pub enum MenuDeskError {
    /// Settings, texts, or the database.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The files of the menus.
    #[error("メニューのファイルを読めません。`hagukumi check` でも、同じことを見られます")]
    Files(#[from] Findings),
    /// A picture.
    #[error("「{title}」の絵: {why}")]
    Picture {
        /// The page.
        title: String,
        /// Why it cannot be drawn.
        why: PictureError,
    },
    /// The database is not there, or of another version.
    #[error(
        "データベースが、まだ用意されていません。先に hagukumi migrate を実行するか、hagukumi serve を動かしてください"
    )]
    NotReady,
    /// No account of that name.
    #[error("「{0}」というアカウントは、設定にありません")]
    NoAccount(String),
    /// A tester's number that nobody has.
    #[error(
        "問い合わせ番号 {0} は使えません（まちがいか、30分がすぎています）。テストする方に、もういちど「問い合わせ番号」と送ってもらってください"
    )]
    NoTester(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Applying.
    #[error(transparent)]
    Menu(#[from] MenuError),
}

/// Where menus are read from.
#[must_use]
pub fn menu_source(config: &Config) -> MenuSource {
    config.rich_menu_dir.clone().map_or(MenuSource::Embedded, MenuSource::Directory)
}

/// The pictures of every set's pages.
///
/// # Errors
///
/// [`MenuDeskError::Picture`].
pub fn drawn(menus: &MenuSets) -> Result<Vec<Vec<Image>>, MenuDeskError> {
    let of_set = |set: &MenuSet| {
        let image = |page| {
            let title = || format!("{}／{}", set.name, page_name(page));
            picture::of(page, &menus.icons).map_err(|why| MenuDeskError::Picture { title: title(), why })
        };
        set.pages.iter().map(image).collect()
    };
    menus.sets.iter().map(of_set).collect()
}

fn page_name(page: &crate::domain::menu::set::Page) -> &str {
    &page.name
}

/// The menus of a municipality, built for an account.
///
/// # Errors
///
/// [`MenuDeskError::Files`], [`MenuDeskError::Picture`].
pub fn built(
    source: &MenuSource,
    municipality: &Municipality,
    account: &str,
) -> Result<(Built, LoadedMenus), MenuDeskError> {
    let loaded = content::load_menus(source, municipality)?;
    let images = drawn(&loaded.menus)?;
    Ok((build(account, &loaded.menus.sets, images), loaded))
}

/// The accounts of the settings, with the way to LINE and the database: what a command works with.
pub struct MenuDesk {
    /// Their menus.
    pub menus: Menus,
    /// Their slugs, in the order of the settings.
    pub accounts: Vec<String>,
    channels: Arc<Vec<Channel>>,
    source: MenuSource,
    store: Store,
    ambient: Ambient,
}

impl MenuDesk {
    /// Opens the database beside a server, or without one; `only` names one account.
    ///
    /// # Errors
    ///
    /// [`MenuDeskError`].
    pub async fn open(config: &Config, ambient: Ambient, only: Option<&str>) -> Result<Self, MenuDeskError> {
        if config.is_embedded()
            && !super::open::sqlite_file(config.database_url.expose()).is_some_and(|file| file.exists())
        {
            return Err(MenuDeskError::NotReady);
        }
        let ambient = rehearsed(config, ambient).await?;
        let store = open_store(config, ambient.clone()).await?;
        if !store.is_current().await.unwrap_or(false) {
            return Err(MenuDeskError::NotReady);
        }
        store.refuse_other_key().await.map_err(StartError::from)?;
        let chosen: Vec<&AccountConfig> =
            config.accounts.iter().filter(|one| only.is_none_or(|only| one.slug == only)).collect();
        if let Some(only) = only.filter(|_| chosen.is_empty()) {
            return Err(MenuDeskError::NoAccount(only.to_owned()));
        }
        let skew = Arc::new(Skew::rehearsing(ambient.clone()));
        let mut channels = Vec::new();
        for one in chosen {
            let row = super::open::known_account(&store, &one.slug).await?;
            let line = line(config, one, &ambient, &Means::default())?.telling(Arc::clone(&skew));
            let library = Arc::new(texts(config, one)?);
            channels.push(Channel::new(super::open::account(config, one, row, library), line));
        }
        let channels = Arc::new(channels);
        let accounts = channels.iter().map(|channel| channel.account.slug.clone()).collect();
        let menus = Menus::new(store.clone(), ambient.clone(), Arc::clone(&channels));
        Ok(Self { menus, accounts, channels, source: menu_source(config), store, ambient })
    }

    /// What is declared for an account, drawn and built.
    ///
    /// # Errors
    ///
    /// [`MenuDeskError::Files`], [`MenuDeskError::Picture`].
    pub fn built(&self, at: usize) -> Result<(Built, LoadedMenus), MenuDeskError> {
        let account = &self.channels[at].account;
        built(&self.source, &account.library.municipality, &account.slug)
    }

    /// The account's day.
    #[must_use]
    pub fn today(&self, at: usize) -> chrono::NaiveDate {
        self.channels[at].account.civil(self.ambient.now_ms()).date()
    }

    /// The readers of an account who were given these enquiry numbers, to try menus with.
    ///
    /// # Errors
    ///
    /// [`MenuDeskError::NoTester`].
    pub async fn testers(&self, at: usize, numbers: &[String]) -> Result<Vec<ReaderId>, MenuDeskError> {
        let (account, now) = (self.channels[at].account.id, self.ambient.now_ms());
        let mut testers = Vec::new();
        for number in numbers {
            let found = self.tester(account, number, now).await?;
            testers.push(found.ok_or_else(|| MenuDeskError::NoTester(number.clone()))?);
        }
        Ok(testers)
    }

    async fn tester(&self, account: AccountId, number: &str, now: i64) -> Result<Option<ReaderId>, StoreError> {
        let Some(code) = Code::read_enquiry(number) else { return Ok(None) };
        self.store.asked_by(account, &code, now).await
    }

    /// Gives the connections back.
    pub async fn close(self) {
        self.store.close().await;
    }
}

/// A rehearsal has a time of its own: what its server saw last.
async fn rehearsed(config: &Config, ambient: Ambient) -> Result<Ambient, MenuDeskError> {
    let Some(start) = config.rehearsal_clock else { return Ok(ambient) };
    let store = open_store(config, ambient).await?;
    let seen = store.last_seen().await?;
    store.close().await;
    Ok(rehearsal_ambient(&Arc::new(RehearsalClock::running(seen.map_or(start, |seen| seen.max(start))))))
}

/// Whether texts are where the settings say, for menus that name desks and pages of them.
///
/// # Errors
///
/// [`MenuDeskError::Start`].
pub fn municipality(config: &Config, only: Option<&str>) -> Result<(String, Municipality), MenuDeskError> {
    let one = match only {
        None => config.accounts.first(),
        Some(only) => config.accounts.iter().find(|one| one.slug == only),
    };
    let one = one.ok_or_else(|| MenuDeskError::NoAccount(only.unwrap_or_default().to_owned()))?;
    let loaded = content::load(&content_source(config), one.municipality.as_deref()).map_err(StartError::from)?;
    Ok((one.slug.clone(), loaded.library.municipality))
}
