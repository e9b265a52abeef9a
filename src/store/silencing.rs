//! What a restored database learns from the suppression list, and how it is held until then.
//!
//! A restored account is *held* by a reason of its own: nothing is pushed, not even to try, until the list
//! was applied or somebody said that there is none. Replies go on. The list only silences (see
//! [`super::suppression`]); whoever learns something from it has nothing due until care has looked at them.

use std::collections::HashMap;

use entity::{account, child, code, delivery, reader, webhook_event};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use super::suppression::{Entries, OfReader, Silenced, Token, child_token, civil_day as day, reader_token};
use super::{EventState, Leaving, ReaderRow, Result, Store, Tx};
use crate::domain::delivery::State;
use crate::domain::family::{Journey, OwnStop, Pause, Standing, StopReason};
use crate::domain::ids::{ChildId, ReaderId};
use crate::domain::menu::Stage;

/// Why a restored account is held.
pub const RESTORED: &str = "restored";
/// The name in `meta`.
const RESTORE: &str = "restore";
/// What is added to every turn and version: buttons that were shown since the backup mean nothing here.
const LEAP: i64 = 1_000_000;

/// When this database was restored, and what from (milliseconds since 1970).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// When the backup was taken: nothing is known of what happened after it.
    pub taken_ms: i64,
    /// When it was restored.
    pub restored_ms: i64,
}

impl Store {
    /// Whether and when this database was restored.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn restored(&self) -> Result<Option<Restored>> {
        Ok(self.meta(RESTORE).await?.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Whether any account still waits for the suppression list.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn awaits_suppression(&self) -> Result<bool> {
        let held = account::Entity::find().filter(account::Column::Held.eq(RESTORED));
        Ok(held.one(&self.reader).await?.is_some())
    }

    /// Silences everybody whom the list names, and those who follow a child that it names.
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub async fn silence(&self, entries: &Entries) -> Result<Silenced> {
        let tx = self.begin().await?;
        let mut silenced = tx.silence_children(entries).await?;
        for id in tx.ids_of_readers().await? {
            let Some(said) = entries.readers.get(&reader_token(&self.sealer, id)) else { continue };
            let Some(reader) = tx.readers_apart(&[id]).await?.0.pop() else { continue };
            silenced.extend(tx.silence_reader(reader, said).await?);
        }
        tx.commit().await?;
        let erased = silenced.values().filter(|erased| **erased).count() as u64;
        Ok(Silenced { readers: silenced.len() as u64, erased })
    }

    /// Lets the deliveries of restored accounts go; returns how many accounts were held.
    ///
    /// # Errors
    ///
    /// [`super::StoreError::Database`].
    pub async fn release_restored(&self) -> Result<u64> {
        let update = Query::update()
            .table(account::Entity)
            .value(account::Column::Held, Option::<String>::None)
            .value(account::Column::HeldAt, Option::<i64>::None)
            .value(account::Column::ProbeAt, Option::<i64>::None)
            .and_where(Expr::col(account::Column::Held).eq(RESTORED))
            .to_owned();
        Ok(self.writer.execute(&update).await?.rows_affected())
    }
}

impl Tx {
    /// Marks everything as restored: accounts are held, and what was under way when the backup was taken
    /// has long happened elsewhere. Nobody knows whether an answer left; codes may have been used; the
    /// index of timers, if there is one, is of another database.
    pub(super) async fn mark_restored(&self, restored: Restored) -> Result<()> {
        let hold = Query::update()
            .table(account::Entity)
            .value(account::Column::Held, RESTORED)
            .value(account::Column::HeldAt, restored.restored_ms)
            .value(account::Column::ProbeAt, Option::<i64>::None)
            .to_owned();
        self.inner.execute(&hold).await?;
        self.set_meta(RESTORE, &serde_json::to_string(&restored).expect("our own types are JSON")).await?;
        self.forget_meta("instance").await?;
        code::Entity::delete_many().exec(&self.inner).await?;
        for (table, column) in [("reader", "turn"), ("child", "version")] {
            let leap = Query::update().table(table).value(column, Expr::col(column).add(LEAP)).to_owned();
            self.inner.execute(&leap).await?;
        }
        self.forget_menus_linked().await?;
        self.end_what_was_under_way().await?;
        self.drop_drafts().await
    }

    /// Ends answers, with the mornings that ride on them. Mornings by themselves are tried again on their
    /// own day, with the same key.
    async fn end_what_was_under_way(&self) -> Result<()> {
        use delivery::Column;
        let open = || Expr::col(Column::State).is_in([State::Waiting.as_str(), State::Sending.as_str()]);
        let rides = Expr::col(Column::RidesOn).is_not_null();
        let answers = Expr::col(Column::Purpose).like("daily/%").not();
        let end = Query::update()
            .table(delivery::Entity)
            .value(Column::State, State::Unconfirmed.as_str())
            .value(Column::Error, RESTORED)
            .value(Column::Fence, Expr::col(Column::Fence).add(1))
            .value(Column::PartsSealed, Option::<Vec<u8>>::None)
            .value(Column::SettledAt, self.ambient.now_ms())
            .and_where(open())
            .and_where(answers.or(rides))
            .to_owned();
        self.inner.execute(&end).await?;
        Ok(())
    }

    /// Questions that were open may have been answered since: care closes them at once.
    async fn drop_drafts(&self) -> Result<()> {
        for id in self.ids_of_readers().await? {
            for reader in self.readers_apart(&[id]).await?.0 {
                if reader.conversation.asked_at.is_some() {
                    self.care_taken(id, self.ambient.now_ms()).await?;
                }
            }
        }
        Ok(())
    }

    pub(super) async fn ids_of_readers(&self) -> Result<Vec<ReaderId>> {
        let query = Query::select()
            .column(reader::Column::Id)
            .from(reader::Entity)
            .order_by("id", sea_orm::Order::Asc)
            .to_owned();
        let rows = self.inner.query_all(&query).await?;
        rows.iter().map(|row| Ok(ReaderId(row.try_get("", "id")?))).collect()
    }

    async fn silence_children(&self, entries: &Entries) -> Result<HashMap<ReaderId, bool>> {
        let mut silenced = HashMap::new();
        if entries.lost.is_empty() {
            return Ok(silenced);
        }
        for row in child::Entity::find().order_by_asc(child::Column::Id).all(&self.inner).await? {
            let id = ChildId(row.id);
            let Some(at) = entries.lost.get(&child_token(&self.sealer, id)) else { continue };
            let Some(mut child) = self.child(id).await?.filter(|child| !child.journey.is_stopped()) else { continue };
            child.journey = Journey::Stopped { on: day(*at), before: Box::new(child.journey) };
            self.save_child(&child).await?;
            for follower in self.followers(id).await? {
                for mut reader in self.readers_apart(&[follower]).await?.0 {
                    reader.profile.spared_on = Some(day(*at));
                    self.save_silenced(&mut reader).await?;
                    silenced.insert(follower, false);
                }
            }
        }
        Ok(silenced)
    }

    /// The reader with whether they are forgotten now; nothing when they heard nothing anyway.
    async fn silence_reader(&self, mut reader: ReaderRow, said: &OfReader) -> Result<Option<(ReaderId, bool)>> {
        let id = reader.id;
        if said.erased || self.leaves_families(&mut reader, &said.gone).await? {
            self.forget_restored(&reader).await?;
            return Ok(Some((id, true)));
        }
        let mut changed = self.stop_follows(&reader, said).await? || !said.gone.is_empty();
        if let Some(at) = said.away.filter(|_| reader.standing == Standing::Following) {
            reader.standing = Standing::Away;
            reader.profile.away_on = Some(day(at));
            changed = true;
        }
        if let Some(until) = said.rest {
            reader.profile.pause = Some(Pause { until });
            changed = true;
        }
        if changed {
            self.save_silenced(&mut reader).await?;
        }
        Ok(changed.then_some((id, false)))
    }

    /// Takes a reader out of families; whether nothing is left that they follow.
    async fn leaves_families(&self, reader: &mut ReaderRow, gone: &[Token]) -> Result<bool> {
        let leaves: Vec<ChildId> = reader.follows.iter().map(|follow| follow.child.id).collect();
        let leaves: Vec<ChildId> =
            leaves.into_iter().filter(|child| gone.contains(&child_token(&self.sealer, *child))).collect();
        for child in &leaves {
            self.forget_follow(reader.id, *child).await?;
        }
        reader.follows.retain(|follow| !leaves.contains(&follow.child.id));
        Ok(!leaves.is_empty() && reader.follows.is_empty())
    }

    async fn stop_follows(&self, reader: &ReaderRow, said: &OfReader) -> Result<bool> {
        let mut changed = false;
        for follow in &reader.follows {
            let told = said.stops.get(&child_token(&self.sealer, follow.child.id)).copied();
            let Some((at, reason)) = told.or(said.moved.map(|at| (at, StopReason::Plain))) else { continue };
            let known = follow.stopped.is_some_and(|stop| stop.reason == reason || stop.reason == StopReason::Loss);
            if !known {
                self.set_stop(reader.id, follow.child.id, Some(OwnStop { on: day(at), reason })).await?;
                changed = true;
            }
        }
        Ok(changed)
    }

    /// Takes back what wants to leave, and lets nothing be due before care has looked.
    async fn save_silenced(&self, reader: &mut ReaderRow) -> Result<()> {
        self.cancel_mornings(reader.id, false).await?;
        // Whatever it is that stands still, this menu hurts nobody.
        reader.menu = (reader.standing == Standing::Following).then_some(Stage::Quiet);
        reader.next_due_at = None;
        reader.next_care_at = Some(self.ambient.now_ms());
        self.save_reader(reader).await
    }

    async fn forget_restored(&self, reader: &ReaderRow) -> Result<()> {
        self.erase_deliveries(reader.id).await?;
        // Their ids stay, so that none of them is decided once more.
        let events = Query::update()
            .table(webhook_event::Entity)
            .value(webhook_event::Column::State, EventState::Ignored.as_str())
            .value(webhook_event::Column::Note, RESTORED)
            .value(webhook_event::Column::PayloadSealed, Option::<Vec<u8>>::None)
            .and_where(Expr::col(webhook_event::Column::AccountId).eq(reader.account.0))
            .and_where(Expr::col(webhook_event::Column::Lane).eq(reader.blind.0.to_vec()))
            .and_where(Expr::col(webhook_event::Column::State).ne(EventState::Done.as_str()))
            .to_owned();
        self.inner.execute(&events).await?;
        self.forget_reader(reader.id, Leaving::ForGood).await
    }
}
