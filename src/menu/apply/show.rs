//! What was made is shown: to everybody, or to testers; and what nobody is shown any more is removed.

use std::sync::atomic::Ordering;

use super::{Run, Tell};
use crate::domain::ids::ReaderId;
use crate::domain::menu::Stage;
use crate::domain::menu::plan::Unneeded;
use crate::domain::menu::version::Body;
use crate::menu::links::Reach;
use crate::menu::look::{Looked, steady};
use crate::menu::{Done, MenuError};
use crate::store::{CallKind, Trial, Who};

impl Run<'_> {
    /// Shows a version to everybody: the default, the readers, and read back.
    pub(super) async fn show(&self, body: &Body, looked: &Looked, tell: Tell<'_>) -> Result<i64, MenuError> {
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

    pub(super) async fn try_with(&self, body: &Body, readers: &[ReaderId], tell: Tell<'_>) -> Result<u64, MenuError> {
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
    pub(super) async fn clear(&self, before: &Looked, tell: Tell<'_>) -> Result<(), MenuError> {
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
