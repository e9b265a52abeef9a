//! What LINE has, as files would declare it.

use serde_json::Value;

use super::build::ours;
use super::look::steady;
use super::{MenuError, Menus};
use crate::domain::menu::version::{Body, PageId};

/// A page that is at LINE.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedPage {
    /// Which page it is.
    pub page: PageId,
    /// LINE's object.
    pub object: Value,
    /// Its picture, where it has one.
    pub picture: Option<Vec<u8>>,
}

/// Everything that LINE has.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// The version that was applied last.
    pub body: Body,
    /// Its pages, as LINE has them.
    pub pages: Vec<ExportedPage>,
    /// Pages that are not ours, as LINE lists them.
    pub foreign: Vec<Value>,
}

impl Menus {
    /// What LINE has of the version that was applied last; `None` where none was.
    ///
    /// # Errors
    ///
    /// [`MenuError`]; [`MenuError::Gone`] when a page of it is not there.
    pub async fn export(&self, at: usize) -> Result<Option<Exported>, MenuError> {
        let channel = &self.channels[at];
        let Some(version) = self.store.menu_versions(channel.account.id).await?.into_iter().next() else {
            return Ok(None);
        };
        let listed = steady("LINE のメニューを見る", || channel.line.menus()).await?;
        let mut pages = Vec::new();
        for placed in &version.body.pages {
            let found = listed.iter().find(|menu| menu.id == placed.line);
            let menu = found.ok_or_else(|| MenuError::Gone(placed.page.title.clone()))?;
            let picture = steady("LINE の絵を見る", || channel.line.picture(&placed.line)).await?;
            pages.push(ExportedPage { page: placed.page.clone(), object: menu.object.clone(), picture });
        }
        let ours = ours(&channel.account.slug);
        let foreign = listed.into_iter().filter(|menu| !menu.name.starts_with(&ours)).map(|menu| menu.object).collect();
        Ok(Some(Exported { body: version.body, pages, foreign }))
    }
}
