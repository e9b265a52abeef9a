//! Readers who are due become rows.
//!
//! One transaction a batch: the reader is looked at again, the row is written as `sending` with a
//! lease, and `next_due_at` moves to the next delivery day. A day that was missed (no server, a held
//! account) is written as lapsed; nothing older than its own day is ever sent.

use chrono::{NaiveDate, NaiveDateTime};

use super::{Channel, Deliveries, DeliveryError, LEASE_MS};
use crate::domain::account::Account;
use crate::domain::compose::{MAX_OBJECTS, within};
use crate::domain::delivery::{DailyParts, Parts, Purpose, State};
use crate::domain::family::Standing;
use crate::domain::ids::ReaderId;
use crate::domain::programme::plan::{message_on, next_due};
use crate::domain::programme::planned::note_planned;
use crate::domain::retention::look_again;
use crate::store::{Leased, NewDelivery, ReaderRow, Tx, Via};

/// What one transaction planned.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// How many readers were due.
    pub readers: usize,
    /// The rows to be sent now; at most one a reader.
    pub rows: Vec<Leased>,
}

impl Deliveries {
    /// Plans at most `limit` readers of the account who are due.
    pub(super) async fn plan(&self, channel: &Channel, limit: u64) -> Result<Plan, DeliveryError> {
        let account = &channel.account;
        let now = self.ambient.now_ms();
        let due = self.timers.due(account.id, now, limit).await?;
        if due.is_empty() {
            return Ok(Plan::default());
        }
        let tx = self.store.begin().await?;
        let mut rows = Vec::with_capacity(due.len());
        let mut moved = Vec::with_capacity(due.len());
        let (whole, damaged) = tx.readers_apart(&due).await?;
        for mut reader in whole {
            rows.extend(plan_reader(&tx, account, &mut reader, now).await?);
            moved.push((reader.id, reader.next_due_at));
        }
        for reader in damaged {
            tx.park_reader(reader).await?;
            moved.push((reader, None));
        }
        tx.commit().await?;
        self.hint(account, &moved).await;
        Ok(Plan { readers: moved.len(), rows })
    }

    /// Hints only: the rows are leased already, and what the index forgets the sweep will find.
    async fn hint(&self, account: &Account, moved: &[(ReaderId, Option<i64>)]) {
        for (reader, at) in moved {
            if let Err(error) = self.timers.set(account.id, *reader, *at).await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a timer hint was lost");
            }
        }
    }
}

/// Writes the rows of all days up to `now`, at most one of which can still be sent.
async fn plan_reader(
    tx: &Tx,
    account: &Account,
    reader: &mut ReaderRow,
    now: i64,
) -> crate::store::Result<Option<Leased>> {
    let clock = account.civil(now);
    let mut row = None;
    while let Some(due) = reader.next_due_at.filter(|due| *due <= now) {
        let day = account.civil(due).date();
        let wanted = reader.standing == Standing::Following;
        if let Some(parts) = message_on(&reader.plan(), day, &account.library).filter(|_| wanted) {
            let parts = within(parts, &account.library, MAX_OBJECTS);
            row = write_row(tx, account, reader, parts, clock).await?;
        }
        // Seen from the end of its own day, so that a day between is found and written too.
        let from = if day < clock.date() { end_of(day) } else { clock };
        let next = next_due(&reader.plan(), from, true, account.hours, &account.library).filter(|_| wanted);
        reader.next_due_at = next.map(|due| account.ms(due));
    }
    if reader.next_due_at.is_none() {
        // The last letter has left: from now on the day of forgetting is known.
        let look = look_again(account, &reader.profile, &reader.follows, now);
        reader.next_care_at = [reader.next_care_at, look].into_iter().flatten().min();
    }
    tx.save_reader(reader).await?;
    Ok(row)
}

fn end_of(day: NaiveDate) -> NaiveDateTime {
    day.and_hms_opt(23, 59, 59).expect("every day has a last second")
}

async fn write_row(
    tx: &Tx,
    account: &Account,
    reader: &mut ReaderRow,
    parts: DailyParts,
    clock: NaiveDateTime,
) -> crate::store::Result<Option<Leased>> {
    let day = parts.day;
    let closes = account.closing(day);
    let in_time = day == clock.date() && clock < closes;
    let now = account.ms(clock);
    let new = NewDelivery {
        account: account.id,
        reader: Some(reader.id),
        blind: reader.blind,
        purpose: Purpose::daily(day),
        via: Via::Push,
        state: if in_time { State::Sending } else { State::Lapsed },
        window_until: account.ms(closes),
        lease_until: in_time.then_some(now + LEASE_MS),
        rides_on: None,
        parts: in_time.then(|| Parts::Daily(parts.clone())),
    };
    let Some(id) = tx.keep_delivery(&new).await?.filter(|_| in_time) else { return Ok(None) };
    note_planned(&mut reader.profile, &parts, &account.library);
    Ok(Some(Leased {
        id,
        account: account.id,
        reader: Some(reader.clone()),
        purpose: new.purpose,
        via: Via::Push,
        fence: 0,
        attempts: 1,
        maybe_sent: false,
        lease_until: now + LEASE_MS,
        window_until: new.window_until,
        created_at: now,
        parts: Parts::Daily(parts),
    }))
}
