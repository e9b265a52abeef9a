//! Accounts, and whether their deliveries are held.

use entity::account;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect as _,
};

use super::silencing::RESTORED;
use super::{Result, Store, Tx};
use crate::domain::ids::AccountId;

/// An account as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Ours.
    pub id: AccountId,
    /// `main`, `aoba`, …
    pub slug: String,
    /// LINE's id of the bot, once known.
    pub bot_user_id: Option<String>,
    /// Why nothing leaves at present.
    pub held: Option<Hold>,
}

/// Why, since when, and until when nothing leaves (milliseconds since 1970).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// `token`, `allowance`, `wall`, …
    pub reason: String,
    /// Since when.
    pub since_ms: i64,
    /// When one real row may be tried again.
    pub probe_ms: i64,
}

impl From<account::Model> for AccountRow {
    fn from(row: account::Model) -> Self {
        let held = row.held.map(|reason| Hold {
            reason,
            since_ms: row.held_at.unwrap_or_default(),
            probe_ms: row.probe_at.unwrap_or_default(),
        });
        Self { id: AccountId(row.id), slug: row.slug, bot_user_id: row.bot_user_id, held }
    }
}

impl Store {
    /// The account of that slug.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn account(&self, slug: &str) -> Result<Option<AccountRow>> {
        let row = account::Entity::find().filter(account::Column::Slug.eq(slug)).one(&self.reader).await?;
        Ok(row.map(AccountRow::from))
    }
}

impl Tx {
    /// The account of that slug, made when it is new.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn ensure_account(&self, slug: &str) -> Result<AccountRow> {
        let named = || account::Entity::find().filter(account::Column::Slug.eq(slug));
        if let Some(row) = named().one(&self.inner).await? {
            return Ok(row.into());
        }
        let row = account::ActiveModel {
            id: Set(self.ambient.id()),
            slug: Set(slug.to_owned()),
            bot_user_id: Set(None),
            held: Set(None),
            held_at: Set(None),
            probe_at: Set(None),
            menu_lock: Set(None),
            menu_lock_until: Set(None),
        };
        // Another server may make it at the same moment; then both have that one.
        let once = OnConflict::column(account::Column::Slug).do_nothing().to_owned();
        account::Entity::insert(row).on_conflict(once).exec_without_returning(&self.inner).await?;
        let made = named().one(&self.inner).await?;
        made.map(AccountRow::from).ok_or_else(|| DbErr::RecordNotFound("account".to_owned()).into())
    }

    /// The account of that id, locked: what is decided from it stays true until the commit.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn locked_account(&self, account: AccountId) -> Result<Option<AccountRow>> {
        let row = account::Entity::find_by_id(account.0).lock_exclusive().one(&self.inner).await?;
        Ok(row.map(AccountRow::from))
    }

    /// Lets an account that is held be tried at once.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn probe_at_once(&self, account: AccountId) -> Result<()> {
        let update = Query::update()
            .table(account::Entity)
            .value(account::Column::ProbeAt, 0)
            .and_where(Expr::col(account::Column::Held).ne(RESTORED))
            .and_where(Expr::col(account::Column::Id).eq(account.0))
            .and_where(Expr::col(account::Column::Held).is_not_null())
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// Moves the moment of a held account's next probe from one to another (milliseconds since 1970);
    /// `false` when it is not that moment any more: another server has moved it, or let the account go.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn move_probe(&self, account: AccountId, from: i64, to: i64) -> Result<bool> {
        let update = Query::update()
            .table(account::Entity)
            .value(account::Column::ProbeAt, to)
            .and_where(Expr::col(account::Column::Id).eq(account.0))
            .and_where(Expr::col(account::Column::Held).is_not_null())
            .and_where(Expr::col(account::Column::ProbeAt).eq(from))
            .to_owned();
        Ok(self.inner.execute(&update).await?.rows_affected() == 1)
    }

    /// Keeps LINE's id of the bot.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn set_bot_user_id(&self, account: AccountId, bot_user_id: &str) -> Result<()> {
        self.change_account(account, |row| row.bot_user_id = Set(Some(bot_user_id.to_owned()))).await
    }

    /// Holds an account's deliveries, or lets them go.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn set_hold(&self, account: AccountId, hold: Option<&Hold>) -> Result<()> {
        self.change_account(account, |row| {
            row.held = Set(hold.map(|hold| hold.reason.clone()));
            row.held_at = Set(hold.map(|hold| hold.since_ms));
            row.probe_at = Set(hold.map(|hold| hold.probe_ms));
        })
        .await
    }

    async fn change_account(&self, account: AccountId, change: impl FnOnce(&mut account::ActiveModel)) -> Result<()> {
        let found = account::Entity::find_by_id(account.0).one(&self.inner).await?;
        if let Some(row) = found {
            let mut row = row.into_active_model();
            change(&mut row);
            account::Entity::update(row).exec(&self.inner).await?;
        }
        Ok(())
    }
}
