//! Readers: who they are at LINE, where their conversation stands, and when something is due.

use std::collections::HashMap;

use entity::{consent, reader};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, Query, UpdateStatement};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::children::follows_of;
use super::menus::{menu_number, stage_of};
use super::seal::{At, Blind};
use super::{Backend, Result, Store, StoreError, Tx};
use crate::domain::conversation::Conversation;
use crate::domain::family::{Follow, Profile, Standing};
use crate::domain::ids::{AccountId, LineUserId, ReaderId};
use crate::domain::menu::Stage;
use crate::domain::programme::plan::ReaderPlan;

/// A reader, opened, with everything they follow.
#[derive(Debug, Clone)]
pub struct ReaderRow {
    /// Ours.
    pub id: ReaderId,
    /// The account they follow.
    pub account: AccountId,
    /// LINE's id of them.
    pub user: LineUserId,
    /// Its blind index.
    pub blind: Blind,
    /// Such as `ja`.
    pub locale: String,
    /// Whether the account may write to them.
    pub standing: Standing,
    /// LINE's timestamp of the follow or block that set it.
    pub standing_at: i64,
    /// The newest of LINE's timestamps that was decided.
    pub last_event_at: i64,
    /// Where the conversation stands.
    pub conversation: Conversation,
    /// Its version.
    pub turn: i64,
    /// Pause, time of day, texts shown.
    pub profile: Profile,
    /// When the next message is due (milliseconds since 1970).
    pub next_due_at: Option<i64>,
    /// The menu they want, while they follow the account; written with the rest, and carried out by the menus' own room.
    pub menu: Option<Stage>,
    /// When something else waits (an unfinished draft, retention; milliseconds since 1970).
    pub next_care_at: Option<i64>,
    /// Their children.
    pub follows: Vec<Follow>,
}

/// A reader to be made.
#[derive(Debug, Clone)]
pub struct NewReader {
    /// The account they follow.
    pub account: AccountId,
    /// LINE's id of them.
    pub user: LineUserId,
    /// Such as `ja`.
    pub locale: String,
    /// LINE's timestamp of the event that made us know them.
    pub at: i64,
}

const fn at(column: &'static str, row: i64) -> At<'static> {
    At { table: "reader", column, row }
}

const fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Following => "following",
        Standing::Away => "away",
        Standing::Erased => "erased",
    }
}

fn standing_of(word: &str) -> Option<Standing> {
    [Standing::Following, Standing::Away, Standing::Erased].into_iter().find(|s| standing_word(*s) == word)
}

impl ReaderRow {
    /// The reader as the programme sees them.
    #[must_use]
    pub fn plan(&self) -> ReaderPlan<'_> {
        ReaderPlan { follows: &self.follows, profile: &self.profile, locale: &self.locale }
    }
}

impl Tx {
    /// The reader with this LINE user id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn reader_by_user(&self, account: AccountId, blind: Blind) -> Result<Option<ReaderRow>> {
        let found = reader::Entity::find()
            .filter(reader::Column::AccountId.eq(account.0))
            .filter(reader::Column::UserBlind.eq(blind.0.to_vec()))
            .one(&self.inner)
            .await?;
        Ok(self.opened_readers(found.into_iter().collect()).await?.pop())
    }

    /// The readers of these ids, in the order of their ids.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn readers(&self, ids: &[ReaderId]) -> Result<Vec<ReaderRow>> {
        let ids = ids.iter().map(|id| id.0);
        let rows = reader::Entity::find().filter(reader::Column::Id.is_in(ids)).all(&self.inner).await?;
        self.opened_readers(rows).await
    }

    /// As [`Tx::readers`], but a reader who cannot be opened costs nobody else: their ids come apart.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn readers_apart(&self, ids: &[ReaderId]) -> Result<(Vec<ReaderRow>, Vec<ReaderId>)> {
        match self.readers(ids).await {
            Err(StoreError::Corrupt { .. }) => {}
            read => return Ok((read?, Vec::new())),
        }
        let (mut whole, mut damaged) = (Vec::with_capacity(ids.len()), Vec::new());
        for id in ids {
            match self.readers(&[*id]).await {
                Ok(found) => whole.extend(found),
                Err(error @ (StoreError::Database(_) | StoreError::NewerKey)) => return Err(error),
                Err(damage) => {
                    tracing::error!(error = &damage as &dyn std::error::Error, "a reader cannot be read");
                    damaged.push(*id);
                }
            }
        }
        Ok((whole, damaged))
    }

    /// Lets nothing be due for a reader any more: nobody can read what.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn park_reader(&self, id: ReaderId) -> Result<()> {
        let update = Query::update()
            .table(reader::Entity)
            .value(reader::Column::NextDueAt, Option::<i64>::None)
            .and_where(Expr::col(reader::Column::Id).eq(id.0))
            .to_owned();
        self.inner.execute(&update).await?;
        Ok(())
    }

    async fn opened_readers(&self, mut rows: Vec<reader::Model>) -> Result<Vec<ReaderRow>> {
        rows.sort_by_key(|row| row.id);
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut follows: HashMap<ReaderId, Vec<Follow>> = HashMap::new();
        for (reader, follow) in follows_of(&self.inner, &self.sealer, &ids).await? {
            follows.entry(reader).or_default().push(follow);
        }
        rows.into_iter()
            .map(|row| {
                let follows = follows.remove(&ReaderId(row.id)).unwrap_or_default();
                self.opened_reader(row, follows)
            })
            .collect()
    }

    fn opened_reader(&self, row: reader::Model, follows: Vec<Follow>) -> Result<ReaderRow> {
        let corrupt = |column| StoreError::corrupt(at(column, row.id));
        let user = self.sealer.open(at("user_sealed", row.id), &row.user_sealed)?;
        let user = std::str::from_utf8(&user).ok().and_then(|text| LineUserId::parse(text).ok());
        Ok(ReaderRow {
            id: ReaderId(row.id),
            account: AccountId(row.account_id),
            user: user.ok_or_else(|| corrupt("user_sealed"))?,
            blind: Blind::from_column(&row.user_blind).ok_or_else(|| corrupt("user_blind"))?,
            standing: standing_of(&row.standing).ok_or_else(|| corrupt("standing"))?,
            standing_at: row.standing_at,
            last_event_at: row.last_event_at,
            conversation: self.sealer.open_json(at("conversation_sealed", row.id), &row.conversation_sealed)?,
            turn: row.turn,
            profile: self.sealer.open_json(at("profile_sealed", row.id), &row.profile_sealed)?,
            next_due_at: row.next_due_at,
            next_care_at: row.next_care_at,
            menu: row.menu_wanted.and_then(stage_of),
            locale: row.locale,
            follows,
        })
    }

    /// Makes a reader, following, with nothing asked and nothing due.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn keep_reader(&self, new: NewReader) -> Result<ReaderRow> {
        let (id, now) = (self.ambient.id(), self.ambient.now_ms());
        let made = ReaderRow {
            id: ReaderId(id),
            account: new.account,
            blind: self.sealer.blind(new.account, &new.user),
            user: new.user,
            locale: new.locale,
            standing: Standing::Following,
            // Set by the first follow; whatever made us know them must not make that one stale.
            standing_at: 0,
            last_event_at: new.at,
            conversation: Conversation::default(),
            turn: 0,
            profile: Profile::default(),
            next_due_at: None,
            next_care_at: None,
            menu: None,
            follows: Vec::new(),
        };
        let row = reader::ActiveModel {
            id: Set(id),
            account_id: Set(made.account.0),
            user_blind: Set(made.blind.0.to_vec()),
            user_sealed: Set(self.sealer.seal(at("user_sealed", id), made.user.expose().as_bytes())),
            locale: Set(made.locale.clone()),
            standing: Set(standing_word(made.standing).to_owned()),
            standing_at: Set(made.standing_at),
            last_event_at: Set(made.last_event_at),
            conversation_sealed: Set(self.sealer.seal_json(at("conversation_sealed", id), &made.conversation)),
            turn: Set(made.turn),
            profile_sealed: Set(self.sealer.seal_json(at("profile_sealed", id), &made.profile)),
            next_due_at: Set(None),
            next_care_at: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
            menu_wanted: Set(None),
            menu_linked: Set(None),
        };
        reader::Entity::insert(row).exec_without_returning(&self.inner).await?;
        Ok(made)
    }

    /// Writes a reader's own columns (not their children).
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn save_reader(&self, row: &ReaderRow) -> Result<()> {
        let id = row.id.0;
        let conversation = self.sealer.seal_json(at("conversation_sealed", id), &row.conversation);
        let mut update = self.planned(row);
        update
            .value(reader::Column::Locale, row.locale.as_str())
            .value(reader::Column::Standing, standing_word(row.standing))
            .value(reader::Column::StandingAt, row.standing_at)
            .value(reader::Column::LastEventAt, row.last_event_at)
            .value(reader::Column::ConversationSealed, conversation)
            .value(reader::Column::Turn, row.turn);
        self.inner.execute(&update).await?;
        Ok(())
    }

    /// As [`Tx::save_reader`], of a reader whose day was planned: what is due, and what the programme
    /// remembers. Nothing was said, so nothing of the conversation is written, nor sealed once more.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn save_planned(&self, row: &ReaderRow) -> Result<()> {
        self.inner.execute(&self.planned(row)).await?;
        Ok(())
    }

    /// What changes in a reader's row when a day is planned.
    fn planned(&self, row: &ReaderRow) -> UpdateStatement {
        let id = row.id.0;
        Query::update()
            .table(reader::Entity)
            .value(reader::Column::ProfileSealed, self.sealer.seal_json(at("profile_sealed", id), &row.profile))
            .value(reader::Column::NextDueAt, row.next_due_at)
            .value(reader::Column::NextCareAt, row.next_care_at)
            .value(reader::Column::MenuWanted, row.menu.map(menu_number))
            .value(reader::Column::UpdatedAt, self.ambient.now_ms())
            .and_where(Expr::col(reader::Column::Id).eq(id))
            .to_owned()
    }

    /// Keeps that the reader agreed to this version of the consent text.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn keep_consent(&self, reader: &ReaderRow, version: u16) -> Result<()> {
        let row = consent::ActiveModel {
            id: Set(self.ambient.id()),
            reader_id: Set(reader.id.0),
            version: Set(i32::from(version)),
            locale: Set(reader.locale.clone()),
            agreed_at: Set(self.ambient.now_ms()),
        };
        consent::Entity::insert(row).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// Whether the reader agreed to this version or a newer one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn has_consented(&self, reader: ReaderId, version: u16) -> Result<bool> {
        let agreed = consent::Entity::find()
            .filter(consent::Column::ReaderId.eq(reader.0))
            .filter(consent::Column::Version.gte(i32::from(version)));
        Ok(agreed.one(&self.inner).await?.is_some())
    }
}

impl Store {
    /// Whether the reader still follows and is in this turn.
    pub(super) async fn listens(&self, id: ReaderId, turn: i64) -> Result<bool> {
        let found = reader::Entity::find_by_id(id.0).one(&self.reader).await?;
        Ok(found.is_some_and(|row| row.turn == turn && row.standing == standing_word(Standing::Following)))
    }

    /// Readers of an account who are due at `now` (milliseconds since 1970), the longest due first, and
    /// whom no other server has in hand: servers side by side would otherwise all look at the same ones.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn readers_due(&self, account: AccountId, now: i64, limit: u64) -> Result<Vec<ReaderId>> {
        let query = Query::select()
            .column(reader::Column::Id)
            .from(reader::Entity)
            .and_where(Expr::col(reader::Column::AccountId).eq(account.0))
            .and_where(Expr::col(reader::Column::NextDueAt).lte(now))
            .order_by(reader::Column::NextDueAt, sea_orm::Order::Asc)
            .limit(limit)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .to_owned();
        // Only a connection that may write may lock.
        let rows = match self.backend {
            Backend::Sqlite => self.reader.query_all(&query).await?,
            Backend::Postgres => self.writer.query_all(&query).await?,
        };
        rows.iter().map(|row| Ok(ReaderId(row.try_get("", "id")?))).collect()
    }

    /// At most `limit` readers of an account with something to come, and when (milliseconds since 1970),
    /// in the order of their ids, those after `after` only.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn readers_to_come(
        &self,
        account: AccountId,
        after: ReaderId,
        limit: u64,
    ) -> Result<Vec<(ReaderId, i64)>> {
        let query = Query::select()
            .columns([reader::Column::Id, reader::Column::NextDueAt])
            .from(reader::Entity)
            .and_where(Expr::col(reader::Column::AccountId).eq(account.0))
            .and_where(Expr::col(reader::Column::Id).gt(after.0))
            .and_where(Expr::col(reader::Column::NextDueAt).is_not_null())
            .order_by(reader::Column::Id, sea_orm::Order::Asc)
            .limit(limit)
            .to_owned();
        let rows = self.reader.query_all(&query).await?;
        rows.iter().map(|row| Ok((ReaderId(row.try_get("", "id")?), row.try_get("", "next_due_at")?))).collect()
    }

    /// When each of these readers is next due; never for those who are not there (any more).
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`].
    pub async fn timers_of(&self, ids: &[ReaderId]) -> Result<Vec<(ReaderId, Option<i64>)>> {
        let query = Query::select()
            .columns([reader::Column::Id, reader::Column::NextDueAt])
            .from(reader::Entity)
            .and_where(Expr::col(reader::Column::Id).is_in(ids.iter().map(|id| id.0)))
            .to_owned();
        let mut due = HashMap::new();
        for row in self.reader.query_all(&query).await? {
            due.insert(row.try_get::<i64>("", "id")?, row.try_get::<Option<i64>>("", "next_due_at")?);
        }
        Ok(ids.iter().map(|id| (*id, due.get(&id.0).copied().flatten())).collect())
    }
}
