//! Readers who are due become rows.
//!
//! One transaction a batch: the reader is looked at again, the row is written as `sending` with a
//! lease, and `next_due_at` moves to the next delivery day. A day that was missed (no server, a held
//! account) is written as lapsed; nothing older than its own day is ever sent.
//!
//! Servers plan side by side: a reader whom another has in hand, or has moved on already, is left to it.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime};

use super::{Channel, Deliveries, DeliveryError, LEASE_MS};
use crate::domain::account::Account;
use crate::domain::compose::{MAX_OBJECTS, within};
use crate::domain::delivery::{DailyParts, Parts, Purpose, State};
use crate::domain::family::Standing;
use crate::domain::ids::ReaderId;
use crate::domain::menu::Stage;
use crate::domain::programme::plan::{message_on, next_due};
use crate::domain::programme::planned::note_planned;
use crate::domain::retention::look_again;
use crate::fail::{self, Point};
use crate::store::{Leased, NewDelivery, ReaderRow, StoreError, Tries, Tx, Via};
use crate::timers::Timer;

/// What one transaction planned.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// How many readers were dealt with: planned, or their timer put right.
    pub readers: usize,
    /// The rows to be sent now; at most one a reader.
    pub rows: Vec<Leased>,
}

impl Deliveries {
    /// Plans at most `limit` readers of the account whom the index names. An index that does not answer
    /// names nobody: the sweep asks the store itself.
    pub(super) async fn plan(&self, channel: &Channel, limit: u64) -> Result<Plan, DeliveryError> {
        let due = self.timers.due(channel.account.id, self.ambient.now_ms(), limit).await;
        let due = due.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "nobody says who is due; the sweep will");
            Vec::new()
        });
        if !due.is_empty() {
            fail::at(Point::C1);
        }
        self.plan_readers(channel, &due).await
    }

    /// Plans those of these readers who are due indeed. The index may name others too: who was moved,
    /// stopped or forgotten since, or whom another process is planning.
    pub(super) async fn plan_readers(&self, channel: &Channel, named: &[ReaderId]) -> Result<Plan, DeliveryError> {
        if named.is_empty() {
            return Ok(Plan::default());
        }
        let Some(now) = self.now_if_known() else { return Ok(Plan::default()) };
        let account = &channel.account;
        let mut tries = Tries::default();
        let (rows, mut moved) = loop {
            // Should an earlier try have been committed after all, nobody is due any more, and its rows go
            // out when their lease has run out.
            match self.plan_once(account, named, now).await {
                Err(error) if tries.again(&error) => {}
                done => break done?,
            }
        };
        if !rows.is_empty() {
            fail::at(Point::C3);
        }
        moved.extend(self.left(named, &moved, now).await?);
        self.hint(account, &moved).await;
        Ok(Plan { readers: moved.len(), rows })
    }

    async fn plan_once(
        &self,
        account: &Account,
        named: &[ReaderId],
        now: i64,
    ) -> Result<(Vec<Leased>, Vec<Timer>), StoreError> {
        let tx = self.store.begin().await?;
        let due = tx.take_due(named, now).await?;
        let mut rows = Vec::with_capacity(due.len());
        let mut moved = Vec::with_capacity(due.len());
        let (whole, damaged) = tx.readers_apart(&due).await?;
        let unreachable = tx.unreachable(&whole).await?;
        for mut reader in whole {
            if unreachable.contains(&reader.id) {
                give_up_on(&tx, &reader).await?;
                moved.push((reader.id, None));
                continue;
            }
            rows.extend(plan_reader(&tx, account, &mut reader, now).await?);
            moved.push((reader.id, reader.next_due_at));
        }
        for reader in damaged {
            tx.park_reader(reader).await?;
            moved.push((reader, None));
        }
        if !rows.is_empty() {
            fail::at(Point::C2);
        }
        tx.commit().await?;
        Ok((rows, moved))
    }

    /// Where the index should know those who were named and not planned: they were moved, stopped or
    /// forgotten since. Whoever is due all the same is in another server's hands.
    async fn left(&self, named: &[ReaderId], moved: &[Timer], now: i64) -> Result<Vec<Timer>, DeliveryError> {
        let planned: HashSet<ReaderId> = moved.iter().map(|(reader, _)| *reader).collect();
        let left: Vec<ReaderId> = named.iter().copied().filter(|reader| !planned.contains(reader)).collect();
        if left.is_empty() {
            return Ok(Vec::new());
        }
        let timers = self.store.timers_of(&left).await?;
        Ok(timers.into_iter().filter(|(_, at)| at.is_none_or(|at| at > now)).collect())
    }

    /// Hints only: the rows are leased already, and what the index forgets the sweep will find.
    pub(super) async fn hint(&self, account: &Account, moved: &[Timer]) {
        if let Err(error) = self.timers.set(account.id, moved).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "timer hints were lost");
        }
    }
}

/// LINE refuses this reader every morning: nothing comes by itself until they do something, which makes the
/// next morning due again.
async fn give_up_on(tx: &Tx, reader: &ReaderRow) -> crate::store::Result<()> {
    metrics::counter!("hagukumi_readers_unreachable_total").increment(1);
    tracing::warn!(reader.id = %reader.id, "LINE has refused this reader for days; nothing is pushed to them until they write");
    tx.park_reader(reader.id).await
}

/// The menu of a reader whose day was planned: after the last letter the one of the time after it.
fn menu_after(account: &Account, reader: &ReaderRow, today: NaiveDate) -> Stage {
    let over = reader.next_due_at.is_none();
    let day = if over { today.succ_opt().unwrap_or(today) } else { today };
    Stage::of(&reader.profile, &reader.follows, account.library.municipality.leap, day)
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
    reader.menu = (reader.standing == Standing::Following).then(|| menu_after(account, reader, clock.date()));
    tx.save_planned(reader).await?;
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
        not_before: None,
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
