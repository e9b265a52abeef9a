//! What a desk may know of the reader who gives an enquiry number: the record of deliveries, and
//! nothing that a family told us.

use entity::delivery::{self, Column};
use entity::{consent, reader};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Result, Store};
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
}

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
        Ok(Some(Enquiry {
            since,
            standing: row.standing,
            rests: row.profile.pause.is_some(),
            active: row.follows.iter().any(crate::domain::family::Follow::is_active),
            next_due_at: row.next_due_at,
            deliveries: deliveries.into_iter().filter_map(shown).collect(),
        }))
    }

    async fn known_since(&self, reader: i64) -> Result<Option<i64>> {
        Ok(reader::Entity::find_by_id(reader).one(&self.reader).await?.map(|row| row.created_at))
    }
}

fn shown(row: delivery::Model) -> Option<Shown> {
    let state = State::ALL.into_iter().find(|state| state.as_str() == row.state)?;
    Some(Shown { purpose: Purpose::from_row(row.purpose), at: row.created_at, state, request_id: row.request_id })
}
