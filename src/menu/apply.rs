//! Doing what is to be done, one step after the other, each of which can be the last.

mod make;
mod show;

use super::build::Built;
use super::lease::Lease;
use super::{Done, MenuError, Menus};
use crate::delivery::Channel;
use crate::domain::ids::ReaderId;
use crate::domain::menu::plan::Declared;
use crate::domain::menu::version::{Body, Version};

/// For whom menus are applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// For everybody.
    Everybody,
    /// For these readers, to try: the account's default and all others stay as they are.
    Testers(Vec<ReaderId>),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// There was nothing to do, and nothing was done.
    Nothing,
    /// LINE shows what is declared, as this version.
    Version(i64),
    /// The testers see what is declared, so many of them.
    Tried(u64),
}

/// Tells what was done.
type Tell<'a> = &'a mut (dyn FnMut(Done) + Send);

impl Menus {
    /// Makes LINE show what was built.
    ///
    /// # Errors
    ///
    /// [`MenuError`]; what was done stays done, and is found by the next run.
    pub async fn apply(&self, at: usize, built: &Built, order: &Order, tell: Tell<'_>) -> Result<Applied, MenuError> {
        let channel = &self.channels[at];
        let lease = self.own_turn(channel.account.id).await?;
        let run = Run { menus: self, channel, lease: &lease };
        let done = run.all(built, order, tell).await;
        lease.end().await;
        done
    }

    /// Makes LINE show the version before the present one, which is still there: nothing is made.
    ///
    /// # Errors
    ///
    /// As [`Menus::apply`]; [`MenuError::NothingBefore`], [`MenuError::Gone`].
    pub async fn roll_back(&self, at: usize, tell: Tell<'_>) -> Result<i64, MenuError> {
        let channel = &self.channels[at];
        let lease = self.own_turn(channel.account.id).await?;
        let run = Run { menus: self, channel, lease: &lease };
        let done = run.back(tell).await;
        lease.end().await;
        done
    }

    /// What would come back with [`Menus::roll_back`], the newest first.
    ///
    /// # Errors
    ///
    /// [`MenuError::Store`].
    pub async fn versions(&self, at: usize) -> Result<Vec<Version>, MenuError> {
        Ok(self.store.menu_versions(self.channels[at].account.id).await?)
    }
}

struct Run<'a> {
    menus: &'a Menus,
    channel: &'a Channel,
    lease: &'a Lease<'a>,
}

impl Run<'_> {
    async fn all(&self, built: &Built, order: &Order, tell: Tell<'_>) -> Result<Applied, MenuError> {
        let looked = self.menus.look(self.channel, &built.declared).await?;
        if *order == Order::Everybody {
            let tried = self.menus.store.menu_trial(self.channel.account.id).await?.is_some();
            if looked.plan.is_empty() && !tried {
                return Ok(Applied::Nothing);
            }
        }
        self.validate(built, &looked).await?;
        let lines = self.pages(built, &looked, tell).await?;
        let pages = self.placed(&built.declared, &lines, &looked.versions);
        self.aliases(&looked, &pages, tell).await?;
        let body = Body { sets: built.declared.sets.clone(), pages };
        match order {
            Order::Testers(readers) => self.try_with(&body, readers, tell).await.map(Applied::Tried),
            Order::Everybody => {
                let version = self.show(&body, &looked, tell).await?;
                self.clear(&looked, tell).await?;
                Ok(Applied::Version(version))
            }
        }
    }

    async fn back(&self, tell: Tell<'_>) -> Result<i64, MenuError> {
        let versions = self.menus.store.menu_versions(self.channel.account.id).await?;
        let Some(before) = versions.get(1) else { return Err(MenuError::NothingBefore) };
        let pages = before.body.pages.iter().map(|placed| placed.page.clone()).collect();
        let declared = Declared { sets: before.body.sets.clone(), pages };
        let looked = self.menus.look(self.channel, &declared).await?;
        if let Some(gone) = looked.plan.upload.first() {
            return Err(MenuError::Gone(declared.pages[*gone].title.clone()));
        }
        let lines = looked.plan.found.iter().flatten().cloned().collect::<Vec<_>>();
        let pages = self.placed(&declared, &lines, &looked.versions);
        self.aliases(&looked, &pages, tell).await?;
        let version = self.show(&Body { sets: declared.sets, pages }, &looked, tell).await?;
        self.clear(&looked, tell).await?;
        Ok(version)
    }
}
