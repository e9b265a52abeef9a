//! Doing what is to be done, one step after the other, each of which can be the last.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use super::build::Built;
use super::lease::Lease;
use super::links::Reach;
use super::look::{Looked, steady};
use super::{Done, MenuError, Menus};
use crate::delivery::Channel;
use crate::domain::ids::ReaderId;
use crate::domain::menu::Stage;
use crate::domain::menu::plan::{Declared, Unneeded};
use crate::domain::menu::version::{Body, PageId, Placed, Version};
use crate::line::client::SendError;
use crate::store::{CallKind, Trial, Who};

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

    /// Asks LINE about every page that is to be made, before any is.
    async fn validate(&self, built: &Built, looked: &Looked) -> Result<(), MenuError> {
        let mut refused = Vec::new();
        for at in &looked.plan.create {
            self.lease.go_on().await?;
            let title = &built.declared.pages[*at].title;
            let asked = steady(title, || self.channel.line.validate_menu(&built.pages[*at].object)).await;
            match asked {
                Err(MenuError::Line { why: SendError::Rejected { summary, .. }, .. }) => {
                    refused.push(format!("「{title}」（{summary}）"));
                }
                other => other?,
            }
        }
        if refused.is_empty() { Ok(()) } else { Err(MenuError::Refused(refused)) }
    }

    /// Makes what is missing and brings pictures; returns where each page is.
    async fn pages(&self, built: &Built, looked: &Looked, tell: Tell<'_>) -> Result<Vec<String>, MenuError> {
        let mut lines = Vec::with_capacity(built.pages.len());
        for (at, page) in built.pages.iter().enumerate() {
            let id = &built.declared.pages[at];
            let line = match &looked.plan.found[at] {
                Some(line) => line.clone(),
                None => {
                    let line = self.create(id, &page.object).await?;
                    tell(Done::Created(id.title.clone()));
                    line
                }
            };
            if looked.plan.upload.contains(&at) {
                self.lease.go_on().await?;
                let doing = format!("「{}」の絵を送る", id.title);
                let kind = page.image.kind.content_type();
                steady(&doing, || self.channel.line.upload_picture(&line, kind, page.image.bytes.clone())).await?;
                tell(Done::Uploaded(id.title.clone()));
            }
            lines.push(line);
        }
        Ok(lines)
    }

    /// Makes a page. Where LINE does not say whether it did, it is looked for by its name.
    async fn create(&self, page: &PageId, object: &serde_json::Value) -> Result<String, MenuError> {
        let doing = format!("「{}」を作る", page.title);
        let failed = |why| MenuError::Line { doing: doing.clone(), why };
        self.lease.go_on().await?;
        self.menus.count(self.channel, CallKind::Create).await?;
        let why = match self.channel.line.create_menu(object).await {
            Err(SendError::NoAnswer(cause)) => SendError::NoAnswer(cause),
            done => return done.map_err(failed),
        };
        let listed = steady(&doing, || self.channel.line.menus()).await?;
        listed.into_iter().find(|menu| menu.name == page.name).map(|menu| menu.id).ok_or_else(|| failed(why))
    }

    /// The pages with our ids: those that a version knows keep theirs.
    fn placed(&self, declared: &Declared, lines: &[String], versions: &[Version]) -> Vec<Placed> {
        let known: BTreeMap<&str, i64> = versions
            .iter()
            .rev()
            .flat_map(|version| version.body.pages.iter().map(|placed| (placed.line.as_str(), placed.id)))
            .collect();
        let place = |(page, line): (&PageId, &String)| {
            let id = known.get(line.as_str()).copied().unwrap_or_else(|| self.menus.ambient.id());
            Placed { id, line: line.clone(), page: page.clone() }
        };
        declared.pages.iter().zip(lines).map(place).collect()
    }

    async fn aliases(&self, looked: &Looked, pages: &[Placed], tell: Tell<'_>) -> Result<(), MenuError> {
        for (at, there) in &looked.plan.alias {
            let placed = &pages[*at];
            let Some(alias) = &placed.page.alias else { continue };
            self.lease.go_on().await?;
            let doing = format!("「{}」のタブをつなぐ", placed.page.title);
            steady(&doing, || self.channel.line.point_alias(alias, &placed.line, *there)).await?;
            tell(Done::Aliased(placed.page.title.clone()));
        }
        Ok(())
    }

    /// Shows a version to everybody: the default, the readers, and read back.
    async fn show(&self, body: &Body, looked: &Looked, tell: Tell<'_>) -> Result<i64, MenuError> {
        let account = self.channel.account.id;
        let default = body.first_page(Stage::Unregistered, self.menus.today(self.channel));
        if let Some(page) = default.filter(|_| looked.plan.default.is_some()) {
            self.lease.go_on().await?;
            steady("既定のメニューにする", || self.channel.line.set_default_menu(&page.line)).await?;
            tell(Done::Default(page.page.title.clone()));
        }
        let known = looked.versions.first().filter(|_| !looked.plan.version);
        let number = match known {
            Some(version) => {
                if let Some(page) = default {
                    self.menus.store.note_menu_default(account, version.number, page.id).await?;
                }
                self.menus.store.end_menu_trial(account).await?;
                version.number
            }
            None => self.menus.store.add_menu_version(account, body, default.map(|page| page.id)).await?,
        };
        self.channel.account.has_menu.store(true, Ordering::Relaxed);
        self.link(body, Who::AllBut(&[]), tell).await?;
        Ok(number)
    }

    async fn try_with(&self, body: &Body, readers: &[ReaderId], tell: Tell<'_>) -> Result<u64, MenuError> {
        let readers: Vec<i64> = readers.iter().map(|reader| reader.0).collect();
        let trial = Trial { body: body.clone(), readers };
        self.menus.store.try_menus(self.channel.account.id, &trial).await?;
        self.link(body, Who::Only(&trial.readers), tell).await
    }

    async fn link(&self, body: &Body, who: Who<'_>, tell: Tell<'_>) -> Result<u64, MenuError> {
        let reach = Reach { body, who, lease: Some(self.lease) };
        let mut all = 0;
        for stage in Stage::ALL {
            let linked = self.menus.link_all(self.channel, &reach, stage).await?;
            if linked > 0 {
                tell(Done::Linked(stage, linked));
            }
            let left = self.menus.is_waited_for(self.channel, &reach, stage).await?;
            if left {
                tell(Done::Waiting(stage));
            }
            all += linked;
        }
        Ok(all)
    }

    /// Removes what nothing needs any more: only now, when nobody is shown it. Pages of which somebody was
    /// not given another yet stay until the next run.
    async fn clear(&self, before: &Looked, tell: Tell<'_>) -> Result<(), MenuError> {
        let waiting = self.menus.store.menu_census(self.channel.account.id).await?;
        let versions = self.menus.store.menu_versions(self.channel.account.id).await?;
        let known = |id: &i64| versions.iter().any(|version| version.body.pages.iter().any(|placed| placed.id == *id));
        let behind = waiting.keys().any(|(_, linked)| linked.is_some_and(|id| !known(&id)));
        if behind {
            return Ok(());
        }
        for alias in &before.plan.drop_alias {
            self.lease.go_on().await?;
            self.menus.count(self.channel, CallKind::Delete).await?;
            steady("使わないエイリアスを消す", || self.channel.line.delete_alias(alias)).await?;
            tell(Done::Deleted(alias.clone()));
        }
        for Unneeded { line, name } in &before.plan.delete {
            self.lease.go_on().await?;
            self.menus.count(self.channel, CallKind::Delete).await?;
            steady("使わないメニューを消す", || self.channel.line.delete_menu(line)).await?;
            tell(Done::Deleted(name.clone()));
        }
        Ok(())
    }
}
