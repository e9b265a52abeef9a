//! What is missing is made: validated, created, given its picture, tied together by its tabs.

use std::collections::BTreeMap;

use super::{Run, Tell};
use crate::domain::menu::plan::Declared;
use crate::domain::menu::version::{PageId, Placed, Version};
use crate::line::client::SendError;
use crate::menu::build::Built;
use crate::menu::look::{Looked, steady};
use crate::menu::{Done, MenuError};
use crate::store::CallKind;

impl Run<'_> {
    /// Asks LINE about every page that is to be made, before any is.
    pub(super) async fn validate(&self, built: &Built, looked: &Looked) -> Result<(), MenuError> {
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
    pub(super) async fn pages(&self, built: &Built, looked: &Looked, tell: Tell<'_>) -> Result<Vec<String>, MenuError> {
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
    pub(super) fn placed(&self, declared: &Declared, lines: &[String], versions: &[Version]) -> Vec<Placed> {
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

    pub(super) async fn aliases(&self, looked: &Looked, pages: &[Placed], tell: Tell<'_>) -> Result<(), MenuError> {
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
}
