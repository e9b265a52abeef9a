//! Rich menus: which page each reader wants, and which they were given.
//!
//! What a reader *wants* is written with everything else that is decided about them; what they were *given*
//! is written when LINE has confirmed it. Nobody is told of the difference: it is looked for, by an index.

use entity::{account, menu_leaver, reader};
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, Order, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::seal::At;
use super::{Result, Store, Tx};
use crate::domain::ids::{AccountId, LineUserId, ReaderId};
use crate::domain::menu::Stage;
use crate::domain::menu::plan::Census;

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

impl Store {
    /// Readers of each stage, by the page that they were given.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
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
    /// [`super::StoreError::Database`].
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
    /// [`super::StoreError::Database`].
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

    /// People who were forgotten and still have a menu of their own.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
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
    /// [`super::StoreError::Database`].
    pub async fn forget_menu_leavers(&self, before: i64) -> Result<()> {
        menu_leaver::Entity::delete_many().filter(menu_leaver::Column::Since.lt(before)).exec(&self.writer).await?;
        Ok(())
    }

    /// Takes note that one of them has none any more.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn forget_menu_leaver(&self, id: ReaderId) -> Result<()> {
        menu_leaver::Entity::delete_by_id(id.0).exec(&self.writer).await?;
        Ok(())
    }
}

impl Tx {
    /// A reader follows again: nobody knows whether LINE still has their menu.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
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
