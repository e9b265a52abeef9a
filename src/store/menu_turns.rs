//! Whose turn it is at an account's menus, and what LINE was asked for in the last hour.

use entity::{account, menu_call};
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{Result, Store};
use crate::domain::ids::AccountId;

/// Longer than LINE counts (milliseconds).
const CALLS_KEPT_MS: i64 = 2 * 3_600_000;

/// What LINE counts by the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// A page is made.
    Create,
    /// A page or an alias is removed.
    Delete,
}

impl CallKind {
    const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
        }
    }
}

impl Store {
    /// Takes the account's menus for whoever has this token, or keeps them, until that moment. `false` when
    /// another has them. Times are milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn take_menu_lock(&self, account: AccountId, token: i64, now: i64, until: i64) -> Result<bool> {
        let free = Cond::any()
            .add(Expr::col(account::Column::MenuLock).is_null())
            .add(Expr::col(account::Column::MenuLock).eq(token))
            .add(Expr::col(account::Column::MenuLockUntil).lte(now));
        let update = Query::update()
            .table(account::Entity)
            .value(account::Column::MenuLock, token)
            .value(account::Column::MenuLockUntil, until)
            .and_where(Expr::col(account::Column::Id).eq(account.0))
            .cond_where(free)
            .to_owned();
        Ok(self.writer.execute(&update).await?.rows_affected() > 0)
    }

    /// Until when somebody has the account's menus (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn menu_lock_until(&self, account: AccountId) -> Result<Option<i64>> {
        let row = account::Entity::find_by_id(account.0).one(&self.reader).await?;
        Ok(row.and_then(|row| row.menu_lock.and(row.menu_lock_until)))
    }

    /// Gives the account's menus back.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn give_menu_lock_back(&self, account: AccountId, token: i64) -> Result<()> {
        let update = Query::update()
            .table(account::Entity)
            .value(account::Column::MenuLock, Option::<i64>::None)
            .value(account::Column::MenuLockUntil, Option::<i64>::None)
            .and_where(Expr::col(account::Column::Id).eq(account.0))
            .and_where(Expr::col(account::Column::MenuLock).eq(token))
            .to_owned();
        self.writer.execute(&update).await?;
        Ok(())
    }

    /// Takes note of a call that LINE counts, before it is made: a crash must not make us forget it.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn note_menu_call(&self, account: AccountId, kind: CallKind) -> Result<()> {
        let at = self.ambient.now_ms();
        menu_call::Entity::delete_many()
            .filter(menu_call::Column::At.lt(at - CALLS_KEPT_MS))
            .exec(&self.writer)
            .await?;
        let row = menu_call::ActiveModel {
            id: Set(self.ambient.id()),
            account_id: Set(account.0),
            kind: Set(kind.word().to_owned()),
            at: Set(at),
        };
        menu_call::Entity::insert(row).exec_without_returning(&self.writer).await?;
        Ok(())
    }

    /// When such calls were made after a moment, the earliest first (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn menu_calls(&self, account: AccountId, kind: CallKind, after: i64) -> Result<Vec<i64>> {
        let rows = menu_call::Entity::find()
            .filter(menu_call::Column::AccountId.eq(account.0))
            .filter(menu_call::Column::Kind.eq(kind.word()))
            .filter(menu_call::Column::At.gt(after))
            .order_by_asc(menu_call::Column::At)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(|row| row.at).collect())
    }
}
