//! Rich menus: versions, the lock of who applies, what LINE was asked for in the last hour, and which page
//! each reader wants and was given.
//!
//! What a reader *wants* is written with everything else that is decided about them; what they were *given*
//! is written when LINE has confirmed it. Nobody is told of the difference: it is looked for, by an index.

use std::collections::BTreeMap;

use entity::{account, menu_call, menu_leaver, menu_version, reader};
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, Order, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::seal::At;
use super::{Result, Store, StoreError, Tx};
use crate::domain::ids::{AccountId, LineUserId, ReaderId};
use crate::domain::menu::Stage;
use crate::domain::menu::plan::{Census, KEPT_VERSIONS};
use crate::domain::menu::version::{Body, Version};

const APPLIED: &str = "applied";
const TRIAL: &str = "trial";
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

/// Menus that some readers see before all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// What they see.
    pub body: Body,
    /// Who, by our ids.
    pub readers: Vec<i64>,
}

/// Which readers are meant.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// All but these.
    AllBut(&'a [i64]),
    /// These alone.
    Only(&'a [i64]),
}

/// A reader who is to be given a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linkable {
    /// Ours.
    pub id: ReaderId,
    /// LINE's id of them; `None` where it cannot be read.
    pub user: Option<LineUserId>,
}

pub(super) const fn menu_number(stage: Stage) -> i32 {
    match stage {
        Stage::Unregistered => 1,
        Stage::Pregnancy => 2,
        Stage::Childcare => 3,
        Stage::Quiet => 4,
    }
}

pub(super) fn stage_of(number: i32) -> Option<Stage> {
    Stage::ALL.into_iter().find(|stage| menu_number(*stage) == number)
}

const fn leaver_at(row: i64) -> At<'static> {
    At { table: "menu_leaver", column: "user_sealed", row }
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
            .filter(menu_version::Column::AccountId.eq(account.0))
            .filter(menu_version::Column::State.eq(APPLIED))
            .order_by_desc(menu_version::Column::Number)
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
            .filter(menu_version::Column::AccountId.eq(account.0))
            .filter(menu_version::Column::State.eq(TRIAL))
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
            .filter(menu_version::Column::State.eq(APPLIED))
            .order_by_asc(menu_version::Column::Number)
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
        let of_account = || menu_version::Entity::find().filter(menu_version::Column::AccountId.eq(account.0));
        let tx = self.begin().await?;
        let newest = of_account().order_by_desc(menu_version::Column::Number).one(&tx.inner).await?;
        let number = newest.map_or(1, |row| row.number + 1);
        tx.end_menu_trial(account).await?;
        tx.keep_menu_version(account, (APPLIED, number, default), serde_json::to_string(body)).await?;
        let old = number - i64::try_from(KEPT_VERSIONS).unwrap_or(i64::MAX);
        menu_version::Entity::delete_many()
            .filter(menu_version::Column::AccountId.eq(account.0))
            .filter(menu_version::Column::Number.lte(old))
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
            .value(menu_version::Column::DefaultPage, page)
            .and_where(Expr::col(menu_version::Column::AccountId).eq(account.0))
            .and_where(Expr::col(menu_version::Column::State).eq(APPLIED))
            .and_where(Expr::col(menu_version::Column::Number).eq(number))
            .to_owned();
        self.writer.execute(&update).await?;
        Ok(())
    }

    /// Takes the account's menus for whoever has this token, or keeps them, until that moment. `false` when
    /// another has them. Times are milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
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
    /// [`StoreError::Database`].
    pub async fn menu_lock_until(&self, account: AccountId) -> Result<Option<i64>> {
        let row = account::Entity::find_by_id(account.0).one(&self.reader).await?;
        Ok(row.and_then(|row| row.menu_lock.and(row.menu_lock_until)))
    }

    /// Gives the account's menus back.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
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
    /// [`StoreError::Database`].
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
    /// [`StoreError::Database`].
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

    /// Readers of each stage, by the page that they were given.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn menu_census(&self, account: AccountId) -> Result<Census> {
        let query = Query::select()
            .columns([reader::Column::MenuWanted, reader::Column::MenuLinked])
            .expr_as(Expr::cust("COUNT(*)"), "n")
            .from(reader::Entity)
            .and_where(Expr::col(reader::Column::AccountId).eq(account.0))
            .and_where(Expr::col(reader::Column::MenuWanted).is_not_null())
            .group_by_columns([reader::Column::MenuWanted, reader::Column::MenuLinked])
            .to_owned();
        let mut census = Census::new();
        for row in self.reader.query_all(&query).await? {
            let Some(stage) = stage_of(row.try_get("", "menu_wanted")?) else { continue };
            let readers: i64 = row.try_get("", "n")?;
            census.insert((stage, row.try_get("", "menu_linked")?), readers.unsigned_abs());
        }
        Ok(census)
    }

    /// At most `limit` readers who want the menu of a stage and were not given this page of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn readers_without_page(
        &self,
        account: AccountId,
        (stage, page): (Stage, i64),
        who: Who<'_>,
        limit: u64,
    ) -> Result<Vec<Linkable>> {
        let linked = || Expr::col(reader::Column::MenuLinked);
        let other = Cond::any().add(linked().is_null()).add(linked().lt(page)).add(linked().gt(page));
        let mut query = Query::select();
        query
            .columns([reader::Column::Id, reader::Column::UserSealed])
            .from(reader::Entity)
            .and_where(Expr::col(reader::Column::AccountId).eq(account.0))
            .and_where(Expr::col(reader::Column::MenuWanted).eq(menu_number(stage)))
            .cond_where(other)
            .limit(limit);
        let id = || Expr::col(reader::Column::Id);
        match who {
            Who::AllBut([]) => {}
            Who::AllBut(ids) => drop(query.and_where(id().is_not_in(ids.iter().copied()))),
            Who::Only(ids) => drop(query.and_where(id().is_in(ids.iter().copied()))),
        }
        let rows = self.reader.query_all(query.order_by(reader::Column::Id, Order::Asc)).await?;
        let linkable = |row: &sea_orm::QueryResult| {
            let id: i64 = row.try_get("", "id")?;
            let sealed: Vec<u8> = row.try_get("", "user_sealed")?;
            let user = self.opened_user(At { table: "reader", column: "user_sealed", row: id }, &sealed);
            Ok(Linkable { id: ReaderId(id), user })
        };
        rows.iter().map(linkable).collect()
    }

    fn opened_user(&self, at: At<'_>, sealed: &[u8]) -> Option<LineUserId> {
        let plain = self.sealer.open(at, sealed).ok()?;
        std::str::from_utf8(&plain).ok().and_then(|text| LineUserId::parse(text).ok())
    }

    /// Takes note that these readers were given a page of their stage, unless something was decided about
    /// them after that moment (milliseconds since 1970): then they are looked for once more.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn note_linked(&self, ids: &[ReaderId], (stage, page): (Stage, i64), as_of: i64) -> Result<u64> {
        if ids.is_empty() {
            return Ok(0);
        }
        let update = Query::update()
            .table(reader::Entity)
            .value(reader::Column::MenuLinked, page)
            .and_where(Expr::col(reader::Column::Id).is_in(ids.iter().map(|id| id.0)))
            .and_where(Expr::col(reader::Column::MenuWanted).eq(menu_number(stage)))
            .and_where(Expr::col(reader::Column::UpdatedAt).lte(as_of))
            .to_owned();
        Ok(self.writer.execute(&update).await?.rows_affected())
    }

    /// The stage whose menu a reader wants.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn menu_wanted_by(&self, reader: ReaderId) -> Result<Option<Stage>> {
        let row = reader::Entity::find_by_id(reader.0).one(&self.reader).await?;
        Ok(row.and_then(|row| row.menu_wanted).and_then(stage_of))
    }

    /// People who were forgotten and still have a menu of their own.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn menu_leavers(&self, account: AccountId, limit: u64) -> Result<Vec<Linkable>> {
        let rows = menu_leaver::Entity::find()
            .filter(menu_leaver::Column::AccountId.eq(account.0))
            .order_by_asc(menu_leaver::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?;
        let leaver = |row: menu_leaver::Model| Linkable {
            id: ReaderId(row.id),
            user: self.opened_user(leaver_at(row.id), &row.user_sealed),
        };
        Ok(rows.into_iter().map(leaver).collect())
    }

    /// Forgets those who left before that moment (milliseconds since 1970), whether LINE answered or not.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn forget_menu_leavers(&self, before: i64) -> Result<()> {
        menu_leaver::Entity::delete_many().filter(menu_leaver::Column::Since.lt(before)).exec(&self.writer).await?;
        Ok(())
    }

    /// Takes note that one of them has none any more.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn forget_menu_leaver(&self, id: ReaderId) -> Result<()> {
        menu_leaver::Entity::delete_by_id(id.0).exec(&self.writer).await?;
        Ok(())
    }
}

impl Tx {
    async fn end_menu_trial(&self, account: AccountId) -> Result<()> {
        menu_version::Entity::delete_many()
            .filter(menu_version::Column::AccountId.eq(account.0))
            .filter(menu_version::Column::State.eq(TRIAL))
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

    /// A reader follows again: nobody knows whether LINE still has their menu.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn forget_menu_of(&self, reader: ReaderId) -> Result<()> {
        let update = Query::update()
            .table(reader::Entity)
            .value(reader::Column::MenuLinked, Option::<i64>::None)
            .and_where(Expr::col(reader::Column::Id).eq(reader.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// Nobody's menu is known any more: they are all given anew.
    pub(super) async fn forget_menus_linked(&self) -> Result<()> {
        let nobody =
            Query::update().table(reader::Entity).value(reader::Column::MenuLinked, Option::<i64>::None).to_owned();
        self.inner.execute(&nobody).await?;
        let unlocked = Query::update()
            .table(account::Entity)
            .value(account::Column::MenuLock, Option::<i64>::None)
            .value(account::Column::MenuLockUntil, Option::<i64>::None)
            .to_owned();
        self.inner.execute(&unlocked).await?;
        Ok(())
    }

    /// Before a reader is forgotten: whoever was given a menu is to lose it, too.
    pub(super) async fn leave_menu(&self, id: ReaderId) -> Result<()> {
        let Some(row) = reader::Entity::find_by_id(id.0).one(&self.inner).await? else { return Ok(()) };
        if row.menu_linked.is_none() {
            return Ok(());
        }
        let at = At { table: "reader", column: "user_sealed", row: row.id };
        let Ok(user) = self.sealer.open(at, &row.user_sealed) else { return Ok(()) };
        let leaver = menu_leaver::ActiveModel {
            id: Set(row.id),
            account_id: Set(row.account_id),
            user_sealed: Set(self.sealer.seal(leaver_at(row.id), &user)),
            since: Set(self.ambient.now_ms()),
        };
        menu_leaver::Entity::insert(leaver).exec_without_returning(&self.inner).await?;
        Ok(())
    }
}
