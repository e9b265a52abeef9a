//! What a desk may know of the reader who gives an enquiry number: the record of deliveries, and
//! nothing that a family told us.

use chrono::DateTime;
use entity::delivery::{self, Column};
use entity::{consent, reader};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::silencing::{RESTORED, Restored};
use super::{Result, Store};
use crate::domain::calendar::{JST, civil};
use crate::domain::code::Code;
use crate::domain::delivery::{Purpose, State};
use crate::domain::family::Standing;
use crate::domain::ids::AccountId;

/// How many deliveries are shown.
const MOST_SHOWN: u64 = 10;

/// A reader, as a desk sees them. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enquiry {
    /// Since when they are registered: their first consent.
    pub since: Option<i64>,
    /// Whether the account may write to them.
    pub standing: Standing,
    /// Whether they asked for a rest.
    pub rests: bool,
    /// Whether deliveries go on for any child. Why they do not is nobody's business.
    pub active: bool,
    /// When the next message is due.
    pub next_due_at: Option<i64>,
    /// Their last deliveries, the newest first.
    pub deliveries: Vec<Shown>,
    /// When the database was restored, if that was not long ago: nothing is known of the time between the
    /// backup and that moment.
    pub restored: Option<Restored>,
}

/// One delivery, as a desk sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it was for.
    pub purpose: Purpose,
    /// When it was made (milliseconds since 1970).
    pub at: i64,
    /// What became of it.
    pub state: State,
    /// LINE's id of the request that decided.
    pub request_id: Option<String>,
    /// Whether it may well have been sent: it is of a day before the database was restored.
    pub unknown: bool,
}

/// How long a row of what left is kept, and so how long a gap in them shows (milliseconds).
const SHOWN_MS: i64 = 31 * 86_400_000;

impl Store {
    /// What a desk may know of the reader who was given this number; `None` when nobody was, or its
    /// half hour is over at `now` (milliseconds since 1970).
    ///
    /// # Errors
    ///
    /// [`super::StoreError`].
    pub async fn enquiry(&self, account: AccountId, number: &Code, now: i64) -> Result<Option<Enquiry>> {
        let Some(id) = self.asked_by(account, number, now).await? else { return Ok(None) };
        let tx = self.begin().await?;
        let Some(row) = tx.readers(&[id]).await?.pop() else { return Ok(None) };
        let agreed = consent::Entity::find()
            .filter(consent::Column::ReaderId.eq(id.0))
            .order_by_asc(consent::Column::AgreedAt)
            .one(&self.reader)
            .await?;
        let since = agreed.map(|row| row.agreed_at).or(self.known_since(id.0).await?);
        let deliveries = delivery::Entity::find()
            .filter(Column::AccountId.eq(account.0))
            .filter(Column::UserBlind.eq(row.blind.0.to_vec()))
            .order_by_desc(Column::Id)
            .limit(MOST_SHOWN)
            .all(&self.reader)
            .await?;
        let restored = self.restored().await?.filter(|restored| now - restored.restored_ms < SHOWN_MS);
        Ok(Some(Enquiry {
            since,
            standing: row.standing,
            rests: row.profile.pause.is_some(),
            active: row.follows.iter().any(crate::domain::family::Follow::is_active),
            next_due_at: row.next_due_at,
            deliveries: deliveries.into_iter().filter_map(|row| shown(row, restored)).collect(),
            restored,
        }))
    }

    async fn known_since(&self, reader: i64) -> Result<Option<i64>> {
        Ok(reader::Entity::find_by_id(reader).one(&self.reader).await?.map(|row| row.created_at))
    }
}

fn shown(row: delivery::Model, restored: Option<Restored>) -> Option<Shown> {
    let state = State::ALL.into_iter().find(|state| state.as_str() == row.state)?;
    let (purpose, at) = (Purpose::from_row(row.purpose), row.created_at);
    let of_the_gap = |restored: Restored| {
        let day = |ms| civil(DateTime::from_timestamp_millis(ms).unwrap_or_default(), JST).date();
        let gap = day(restored.taken_ms)..=day(restored.restored_ms);
        // What is younger than the backup was written after the restore.
        at > restored.taken_ms && purpose.day().is_some_and(|day| gap.contains(&day))
    };
    let unsaid = state == State::Lapsed && restored.is_some_and(of_the_gap);
    let unknown = unsaid || row.error.as_deref() == Some(RESTORED);
    Some(Shown { purpose, at, state, request_id: row.request_id, unknown })
}
