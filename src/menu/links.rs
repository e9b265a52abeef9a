//! Giving readers the page that they want.

use std::sync::atomic::Ordering;

use super::lease::Lease;
use super::look::steady;
use super::{MenuError, Menus};
use crate::delivery::Channel;
use crate::domain::ids::ReaderId;
use crate::domain::menu::Stage;
use crate::domain::menu::plan::{BULK, FEW};
use crate::domain::menu::version::{Body, Placed, Version};
use crate::line::client::{Line, SendError};
use crate::store::{Linkable, Who};

/// Readers whose menus are read back at the same time.
const AT_ONCE: usize = 16;
/// People who were forgotten and are looked after in one tick.
const LEAVERS: u64 = 100;

/// Who is given what.
pub(super) struct Reach<'a> {
    pub(super) body: &'a Body,
    pub(super) who: Who<'a>,
    /// The turn that is to be renewed meanwhile.
    pub(super) lease: Option<&'a Lease<'a>>,
}

impl Menus {
    /// Gives every reader of an account the page that they want, takes it from whoever was forgotten, and
    /// shows everybody else the set of the day; returns how much there was to do. LINE's failures are waited
    /// out.
    ///
    /// # Errors
    ///
    /// [`MenuError::Store`].
    pub async fn tend_of(&self, at: usize) -> Result<usize, MenuError> {
        if self.waits_until(at) > self.ambient.now_ms() {
            return Ok(0);
        }
        let done = self.tend(at).await;
        self.heard(at, done.is_err());
        match done {
            Err(MenuError::Line { why, doing }) => {
                let account = self.channels[at].account.slug.as_str();
                tracing::warn!(account, doing, error = &why as &dyn std::error::Error, "menus wait for LINE");
                Ok(0)
            }
            Err(MenuError::Overtaken | MenuError::Busy(_)) => Ok(0),
            other => other,
        }
    }

    /// As [`Menus::tend_of`], for all accounts.
    ///
    /// # Errors
    ///
    /// As [`Menus::tend_of`].
    pub async fn tend_all(&self) -> Result<usize, MenuError> {
        if self.store.menu_bodies().await?.is_empty() {
            return Ok(0);
        }
        let mut done = 0;
        for at in 0..self.accounts() {
            done += self.tend_of(at).await?;
        }
        Ok(done)
    }

    async fn tend(&self, at: usize) -> Result<usize, MenuError> {
        let channel = &self.channels[at];
        let account = channel.account.id;
        let versions = self.store.menu_versions(account).await?;
        channel.account.has_menu.store(!versions.is_empty(), Ordering::Relaxed);
        let Some(version) = versions.first() else { return Ok(0) };
        // Whoever applies gives the readers their pages, too.
        if self.store.menu_lock_until(account).await?.is_some_and(|until| until > self.ambient.now_ms()) {
            return Ok(0);
        }
        self.look_for_drift(at, version).await?;
        let mut done = self.let_go(channel).await?;
        done += self.show_default(channel, version).await?;
        let trial = self.store.menu_trial(account).await?;
        let testers = trial.as_ref().map_or(&[][..], |trial| &trial.readers);
        let everybody = Reach { body: &version.body, who: Who::AllBut(testers), lease: None };
        let some = trial.as_ref().map(|trial| Reach { body: &trial.body, who: Who::Only(testers), lease: None });
        for reach in [Some(everybody), some].into_iter().flatten() {
            for stage in Stage::ALL {
                let linked = self.link_all(channel, &reach, stage).await?;
                done += usize::try_from(linked).unwrap_or(usize::MAX);
            }
        }
        Ok(done)
    }

    /// Whoever was forgotten sees what everybody sees.
    async fn let_go(&self, channel: &Channel) -> Result<usize, MenuError> {
        let leavers = self.store.menu_leavers(channel.account.id, LEAVERS).await?;
        for leaver in &leavers {
            if let Some(user) = &leaver.user {
                match steady("メニューを外す", || channel.line.unlink_menu(user)).await {
                    Err(MenuError::Line { why: SendError::Rejected { .. }, .. }) => {}
                    other => other?,
                }
            }
            self.store.forget_menu_leaver(leaver.id).await?;
        }
        Ok(leavers.len())
    }

    /// At midnight another set may begin, also for those who have no menu of their own.
    async fn show_default(&self, channel: &Channel, version: &Version) -> Result<usize, MenuError> {
        let wanted = version.body.first_page(Stage::Unregistered, self.today(channel));
        let Some(page) = wanted.filter(|page| version.default != Some(page.id)) else { return Ok(0) };
        steady("既定のメニューにする", || channel.line.set_default_menu(&page.line)).await?;
        self.store.note_menu_default(channel.account.id, version.number, page.id).await?;
        Ok(1)
    }

    /// Gives the readers of a stage their page, until all have it or LINE is not done with those it took.
    pub(super) async fn link_all(&self, channel: &Channel, reach: &Reach<'_>, stage: Stage) -> Result<u64, MenuError> {
        let Some(page) = reach.body.first_page(stage, self.today(channel)) else { return Ok(0) };
        let mut linked = 0;
        // A bulk link is one turn's work; one reader is nobody's.
        let mut own = None;
        loop {
            let as_of = self.ambient.now_ms();
            let target = (stage, page.id);
            let batch = self.store.readers_without_page(channel.account.id, target, reach.who, BULK).await?;
            if batch.is_empty() {
                break;
            }
            if batch.len() as u64 > FEW && reach.lease.is_none() && own.is_none() {
                own = Some(self.own_turn(channel.account.id).await?);
            }
            let lease = reach.lease.or(own.as_ref());
            if let Some(lease) = lease {
                lease.go_on().await?;
            }
            let given = self.give(channel, (reach, lease), (stage, page), &batch).await?;
            let noted = self.store.note_linked(&given, target, as_of).await?;
            linked += noted;
            if noted == 0 {
                break;
            }
        }
        if let Some(lease) = own {
            lease.end().await;
        }
        Ok(linked)
    }

    /// Whether some readers of a stage still lack their page.
    pub(super) async fn is_waited_for(
        &self,
        channel: &Channel,
        reach: &Reach<'_>,
        stage: Stage,
    ) -> Result<bool, MenuError> {
        let Some(page) = reach.body.first_page(stage, self.today(channel)) else { return Ok(false) };
        let left = self.store.readers_without_page(channel.account.id, (stage, page.id), reach.who, 1).await?;
        Ok(!left.is_empty())
    }

    /// Gives these readers a page; returns who has it, or cannot be given any.
    async fn give(
        &self,
        channel: &Channel,
        (reach, lease): (&Reach<'_>, Option<&Lease<'_>>),
        (stage, page): (Stage, &Placed),
        batch: &[Linkable],
    ) -> Result<Vec<ReaderId>, MenuError> {
        if batch.len() as u64 <= FEW {
            return self.give_singly(channel, page, batch).await;
        }
        let users: Vec<_> = batch.iter().filter_map(|reader| reader.user.as_ref()).collect();
        match steady("読者のメニューをまとめて替える", || channel.line.link_menu_to(&users, &page.line)).await
        {
            // One whom LINE does not know spoils it for all.
            Err(MenuError::Line { why: SendError::Rejected { .. }, .. }) => {
                self.give_singly(channel, page, batch).await
            }
            other => {
                other?;
                let pages: Vec<&str> = reach.body.seen_by(stage).map(|placed| placed.line.as_str()).collect();
                self.read_back(channel, (&pages, lease), batch).await
            }
        }
    }

    async fn give_singly(
        &self,
        channel: &Channel,
        page: &Placed,
        batch: &[Linkable],
    ) -> Result<Vec<ReaderId>, MenuError> {
        for reader in batch {
            let Some(user) = &reader.user else { continue };
            match steady("読者のメニューを替える", || channel.line.link_menu(user, &page.line)).await {
                // Nobody can be helped by trying again; they see what everybody sees.
                Err(MenuError::Line { why: why @ SendError::Rejected { .. }, .. }) => {
                    metrics::counter!("hagukumi_menu_links_refused_total").increment(1);
                    tracing::warn!(reader.id = %reader.id, error = &why as &dyn std::error::Error, "a menu is refused");
                }
                other => other?,
            }
        }
        Ok(batch.iter().map(|reader| reader.id).collect())
    }

    /// Who of them has one of these pages: a tab may have turned the first one over already.
    async fn read_back(
        &self,
        channel: &Channel,
        (pages, lease): (&[&str], Option<&Lease<'_>>),
        batch: &[Linkable],
    ) -> Result<Vec<ReaderId>, MenuError> {
        let mut have = Vec::with_capacity(batch.len());
        for some in batch.chunks(AT_ONCE) {
            // Where LINE is slow, these calls together last longer than a turn.
            if let Some(lease) = lease {
                lease.go_on().await?;
            }
            let asked: Vec<_> = some.iter().map(|reader| has_one_of(&channel.line, pages, reader)).collect();
            let answers = futures::future::try_join_all(asked).await?;
            have.extend(some.iter().zip(answers).filter(|(_, has)| *has).map(|(reader, _)| reader.id));
        }
        Ok(have)
    }
}

/// Whether a reader has one of these pages. Whom nobody can name is not waited for.
async fn has_one_of(line: &Line, pages: &[&str], reader: &Linkable) -> Result<bool, MenuError> {
    let Some(user) = &reader.user else { return Ok(true) };
    let has = steady("読者のメニューを確かめる", || line.menu_of(user)).await?;
    Ok(has.is_some_and(|has| pages.contains(&has.as_str())))
}
