//! What was applied to an account's menus, and what is tried with some of its readers.

use std::collections::BTreeMap;

use entity::menu_version::{self, Column};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::seal::At;
use super::{Result, Store, StoreError, Tx};
use crate::domain::ids::AccountId;
use crate::domain::menu::plan::KEPT_VERSIONS;
use crate::domain::menu::version::{Body, Version};

const APPLIED: &str = "applied";
const TRIAL: &str = "trial";

/// Menus that some readers see before all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// What they see.
    pub body: Body,
    /// Who, by our ids.
    pub readers: Vec<i64>,
}

fn version_at(row: i64) -> At<'static> {
    At { table: "menu_version", column: "body", row }
}

impl Store {
    /// What was applied to an account, the newest first; at most as many as are kept.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn menu_versions(&self, account: AccountId) -> Result<Vec<Version>> {
        let rows = menu_version::Entity::find()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::State.eq(APPLIED))
            .order_by_desc(Column::Number)
            .limit(KEPT_VERSIONS as u64)
            .all(&self.reader)
            .await?;
        let version = |row: menu_version::Model| {
            let body = serde_json::from_str(&row.body).map_err(|_| StoreError::corrupt(version_at(row.id)))?;
            Ok(Version { number: row.number, at: row.made_at, default: row.default_page, body })
        };
        rows.into_iter().map(version).collect()
    }

    /// What is tried with some readers of an account.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn menu_trial(&self, account: AccountId) -> Result<Option<Trial>> {
        let row = menu_version::Entity::find()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::State.eq(TRIAL))
            .one(&self.reader)
            .await?;
        let read = |row: menu_version::Model| {
            serde_json::from_str(&row.body).map_err(|_| StoreError::corrupt(version_at(row.id)))
        };
        row.map(read).transpose()
    }

    /// The newest version of every account: the days on which another set begins are in it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn menu_bodies(&self) -> Result<BTreeMap<AccountId, Body>> {
        let rows = menu_version::Entity::find()
            .filter(Column::State.eq(APPLIED))
            .order_by_asc(Column::Number)
            .all(&self.reader)
            .await?;
        let read = |row: menu_version::Model| Some((AccountId(row.account_id), serde_json::from_str(&row.body).ok()?));
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Writes down what was applied, as the newest version; what was tried ends with it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn add_menu_version(&self, account: AccountId, body: &Body, default: Option<i64>) -> Result<i64> {
        let of_account = || menu_version::Entity::find().filter(Column::AccountId.eq(account.0));
        let tx = self.begin().await?;
        let newest = of_account().order_by_desc(Column::Number).one(&tx.inner).await?;
        let number = newest.map_or(1, |row| row.number + 1);
        tx.end_menu_trial(account).await?;
        tx.keep_menu_version(account, (APPLIED, number, default), serde_json::to_string(body)).await?;
        let old = number - i64::try_from(KEPT_VERSIONS).unwrap_or(i64::MAX);
        menu_version::Entity::delete_many()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::Number.lte(old))
            .exec(&tx.inner)
            .await?;
        tx.commit().await?;
        Ok(number)
    }

    /// Writes down what is tried, in the place of what was tried before.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn try_menus(&self, account: AccountId, trial: &Trial) -> Result<()> {
        let tx = self.begin().await?;
        tx.end_menu_trial(account).await?;
        tx.keep_menu_version(account, (TRIAL, 0, None), serde_json::to_string(trial)).await?;
        tx.commit().await
    }

    /// Ends what was tried: its readers are some of all again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn end_menu_trial(&self, account: AccountId) -> Result<()> {
        let tx = self.begin().await?;
        tx.end_menu_trial(account).await?;
        tx.commit().await
    }

    /// Writes down which page everybody sees who has no other.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn note_menu_default(&self, account: AccountId, number: i64, page: i64) -> Result<()> {
        let update = Query::update()
            .table(menu_version::Entity)
            .value(Column::DefaultPage, page)
            .and_where(Expr::col(Column::AccountId).eq(account.0))
            .and_where(Expr::col(Column::State).eq(APPLIED))
            .and_where(Expr::col(Column::Number).eq(number))
            .to_owned();
        self.writer.execute(&update).await?;
        Ok(())
    }
}

impl Tx {
    async fn end_menu_trial(&self, account: AccountId) -> Result<()> {
        menu_version::Entity::delete_many()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::State.eq(TRIAL))
            .exec(&self.inner)
            .await?;
        Ok(())
    }

    async fn keep_menu_version(
        &self,
        account: AccountId,
        (state, number, default): (&str, i64, Option<i64>),
        body: serde_json::Result<String>,
    ) -> Result<()> {
        let row = menu_version::ActiveModel {
            id: Set(self.ambient.id()),
            account_id: Set(account.0),
            state: Set(state.to_owned()),
            number: Set(number),
            made_at: Set(self.ambient.now_ms()),
            default_page: Set(default),
            body: Set(body.expect("our own types are JSON")),
        };
        menu_version::Entity::insert(row).exec_without_returning(&self.inner).await?;
        Ok(())
    }
}
