//! Codes: kept as keyed hashes, used once, forgotten when their time is over.

use entity::code::{self, Column};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::seal::{At, Blind, Sealer};
use super::{ReaderRow, Result, Store, StoreError, Tx};
use crate::domain::code::{Code, CodeKind};
use crate::domain::ids::{AccountId, CodeId, ReaderId};

/// A code that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRow {
    /// Ours.
    pub id: CodeId,
    /// Who was given it.
    pub reader: ReaderId,
    /// What it is for.
    pub kind: CodeKind,
}

/// The keyed hash of a code. Enquiry numbers are asked for at another place than codes that are typed,
/// and are never found there.
pub(super) fn blind(sealer: &Sealer, account: AccountId, kind: CodeKind, code: &Code) -> Blind {
    let place = if kind == CodeKind::Enquiry { "enquiry" } else { "typed" };
    sealer.blind_of(account, &format!("code/{place}/{}", code.expose()))
}

impl Tx {
    /// Keeps a new code of a reader. Of transfer codes and enquiry numbers only the newest can be used.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn keep_code(&self, reader: &ReaderRow, kind: CodeKind, code: &Code) -> Result<()> {
        if kind != CodeKind::Invitation {
            let older = code::Entity::delete_many().filter(Column::ReaderId.eq(reader.id.0));
            older.filter(Column::Kind.eq(kind.as_str())).exec(&self.inner).await?;
        }
        let now = self.ambient.now_ms();
        let row = code::ActiveModel {
            id: Set(self.ambient.id()),
            account_id: Set(reader.account.0),
            reader_id: Set(reader.id.0),
            kind: Set(kind.as_str().to_owned()),
            code_blind: Set(blind(&self.sealer, reader.account, kind, code).0.to_vec()),
            expires_at: Set(now + kind.lasts().num_milliseconds()),
            used_at: Set(None),
            created_at: Set(now),
        };
        code::Entity::insert(row).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// The code that was typed, if it can be used.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn typed_code(&self, account: AccountId, typed: &Code) -> Result<Option<CodeRow>> {
        let blind = blind(&self.sealer, account, CodeKind::Invitation, typed);
        let found =
            code::Entity::find().filter(Column::AccountId.eq(account.0)).filter(Column::CodeBlind.eq(blind.0.to_vec()));
        self.usable(found.one(&self.inner).await?)
    }

    /// The code of that id, if it can be used.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn code(&self, account: AccountId, id: CodeId) -> Result<Option<CodeRow>> {
        let found = code::Entity::find_by_id(id.0).filter(Column::AccountId.eq(account.0));
        self.usable(found.one(&self.inner).await?)
    }

    fn usable(&self, row: Option<code::Model>) -> Result<Option<CodeRow>> {
        let now = self.ambient.now_ms();
        row.filter(|row| row.used_at.is_none() && row.expires_at > now).map(|row| opened(&row)).transpose()
    }

    /// Uses a code; whether nobody had used it before.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn use_code(&self, id: CodeId) -> Result<bool> {
        let update = Query::update()
            .table(code::Entity)
            .value(Column::UsedAt, self.ambient.now_ms())
            .and_where(Expr::col(Column::Id).eq(id.0))
            .and_where(Expr::col(Column::UsedAt).is_null())
            .to_owned();
        Ok(self.inner.execute(&update).await?.rows_affected() == 1)
    }

    /// Forgets every code of a reader.
    pub(super) async fn forget_codes_of(&self, reader: ReaderId) -> Result<()> {
        code::Entity::delete_many().filter(Column::ReaderId.eq(reader.0)).exec(&self.inner).await?;
        Ok(())
    }
}

fn opened(row: &code::Model) -> Result<CodeRow> {
    let corrupt = || StoreError::corrupt(At { table: "code", column: "kind", row: row.id });
    let kind = CodeKind::from_word(&row.kind).ok_or_else(corrupt)?;
    Ok(CodeRow { id: CodeId(row.id), reader: ReaderId(row.reader_id), kind })
}

impl Store {
    /// The reader who was given an enquiry number that can be used at `now` (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn asked_by(&self, account: AccountId, number: &Code, now: i64) -> Result<Option<ReaderId>> {
        let blind = blind(&self.sealer, account, CodeKind::Enquiry, number);
        let found = code::Entity::find()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::CodeBlind.eq(blind.0.to_vec()))
            .filter(Column::ExpiresAt.gt(now))
            .one(&self.reader)
            .await?;
        Ok(found.map(|row| ReaderId(row.reader_id)))
    }

    /// Forgets codes whose time was over at `now` (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn forget_codes(&self, now: i64) -> Result<()> {
        code::Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(&self.writer).await?;
        Ok(())
    }
}
