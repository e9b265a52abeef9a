//! Looking at LINE, and what is to be done.

use std::collections::BTreeSet;

use super::build::{Built, ours};
use super::{MenuError, Menus};
use crate::delivery::Channel;
use crate::domain::menu::plan::{AN_HOUR, Census, Declared, Known, Listed, Plan, Seen, plan};
use crate::domain::menu::version::Version;
use crate::line::client::{LineMenu, SendError};
use crate::store::CallKind;

/// LINE counts creations and deletions by the hour; a minute more, since its clock is not ours (milliseconds).
pub(super) const HOUR_MS: i64 = 3_660_000;

/// What is known, and what is to be done about it.
#[derive(Debug, Clone)]
pub struct Looked {
    /// What is to be done.
    pub plan: Plan,
    /// What was applied, the newest first.
    pub versions: Vec<Version>,
    /// What LINE has.
    pub seen: Seen,
    /// Readers, by stage and by the page that they were given.
    pub census: Census,
    /// Creations and deletions of the last hour.
    pub spent: (u64, u64),
}

impl Menus {
    /// What is to be done so that LINE shows what was built. Asks LINE, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`MenuError`].
    pub async fn plan(&self, at: usize, built: &Built) -> Result<Looked, MenuError> {
        self.look(&self.channels[at], &built.declared).await
    }

    pub(super) async fn look(&self, channel: &Channel, declared: &Declared) -> Result<Looked, MenuError> {
        let account = channel.account.id;
        let versions = self.store.menu_versions(account).await?;
        let census = self.store.menu_census(account).await?;
        let ours = ours(&channel.account.slug);
        let seen = see(channel, declared, &versions, &ours).await?;
        let today = self.today(channel);
        let known = Known { declared, seen: &seen, versions: &versions, census: &census, today, ours: &ours };
        let plan = plan(known);
        let spent = (self.spent(channel, CallKind::Create).await?, self.spent(channel, CallKind::Delete).await?);
        Ok(Looked { plan, versions, seen, census, spent })
    }

    async fn spent(&self, channel: &Channel, kind: CallKind) -> Result<u64, MenuError> {
        let since = self.ambient.now_ms() - HOUR_MS;
        Ok(self.store.menu_calls(channel.account.id, kind, since).await?.len() as u64)
    }

    /// Takes note of a call that LINE counts, if it may be made in this hour.
    pub(super) async fn count(&self, channel: &Channel, kind: CallKind) -> Result<(), MenuError> {
        let now = self.ambient.now_ms();
        let calls = self.store.menu_calls(channel.account.id, kind, now - HOUR_MS).await?;
        if calls.len() as u64 >= AN_HOUR {
            let wait_ms = calls.first().map_or(0, |first| first + HOUR_MS - now);
            return Err(MenuError::HourSpent { kind, wait_ms });
        }
        Ok(self.store.note_menu_call(channel.account.id, kind).await?)
    }
}

async fn see(channel: &Channel, declared: &Declared, versions: &[Version], ours: &str) -> Result<Seen, MenuError> {
    let line = &channel.line;
    let listed = steady("LINE のメニューを見る", || line.menus()).await?;
    let aliases = steady("LINE のエイリアスを見る", || line.menu_aliases()).await?;
    let default = steady("LINE の既定のメニューを見る", || line.default_menu()).await?;
    let names = declared.pages.iter().map(|page| page.name.as_str());
    let placed = versions.iter().flat_map(|version| version.body.pages.iter().map(|placed| placed.page.name.as_str()));
    let wanted: BTreeSet<&str> = names.chain(placed).collect();
    let mut pages = Vec::with_capacity(listed.len());
    for LineMenu { id, name, .. } in listed {
        let looked_for = name.starts_with(ours) && wanted.contains(name.as_str());
        let picture = looked_for && steady("LINE の絵を見る", || line.picture(&id)).await?.is_some();
        pages.push(Listed { line: id, name, picture });
    }
    Ok(Seen { pages, aliases: aliases.into_iter().collect(), default })
}

/// How often a call is made whose outcome is not known, or that did not leave.
const TRIES: usize = 3;

/// A call that may be made again without harm, a few times where LINE does not answer.
pub(super) async fn steady<T, F>(doing: &str, call: impl Fn() -> F) -> Result<T, MenuError>
where
    F: Future<Output = Result<T, SendError>>,
{
    let mut tries = 0;
    loop {
        tries += 1;
        match call().await {
            Err(SendError::NoAnswer(_) | SendError::NotSent(_)) if tries < TRIES => {}
            done => return done.map_err(|why| MenuError::Line { doing: doing.to_owned(), why }),
        }
    }
}
