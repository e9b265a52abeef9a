//! What an answer still says when it leaves later than it was decided.
//!
//! LINE may have refused it for a moment, or a server died with it in hand. Its words were said to somebody
//! and stay. The day's text that it brings is about children, and may have been overtaken: by a loss, after
//! which nothing about that child may come, by a stop, or by midnight.

use super::send::STALE;
use super::{Deliveries, LEASE_MS};
use crate::domain::account::Account;
use crate::domain::delivery::Parts;
use crate::domain::family::Follow;
use crate::store::{Leased, Result, Via};

impl Deliveries {
    /// The row as it may leave now: an answer brings no text about a child whose letters have ended since.
    pub(super) async fn as_things_stand(&self, account: &Account, mut row: Leased) -> Result<Leased> {
        if !matches!(&row.parts, Parts::Answer { said, .. } if said.today.is_some()) {
            return Ok(row);
        }
        let follows = self.follows_now(&row).await?;
        // 「きょうは…日目」 is said of the day on which it was decided.
        let day = |ms| account.civil(ms).date();
        let is_over = row.via == Via::Push && day(row.created_at) != day(self.ambient.now_ms());
        let Parts::Answer { said, .. } = &mut row.parts else { return Ok(row) };
        let goes_on = |child| follows.iter().any(|follow| follow.child.id == child && follow.is_active());
        said.today = said.today.take().filter(|_| !is_over).and_then(|today| today.only_of(goes_on));
        if said.today.is_none() && !said.again {
            // The day's row was taken back; it must not be called accepted with the words.
            let tx = self.store.begin().await?;
            tx.detach_riders(row.id).await?;
            tx.commit().await?;
        }
        Ok(row)
    }

    /// Whom the reader follows: as it was when the row was leased, or, where that is long ago, as it is.
    async fn follows_now(&self, row: &Leased) -> Result<Vec<Follow>> {
        let Some(reader) = &row.reader else { return Ok(Vec::new()) };
        let waited_ms = self.ambient.now_ms() - (row.lease_until - LEASE_MS);
        if u128::try_from(waited_ms).unwrap_or(0) <= STALE.as_millis() {
            return Ok(reader.follows.clone());
        }
        let tx = self.store.begin().await?;
        let (found, _damaged) = tx.readers_apart(&[reader.id]).await?;
        tx.give_up().await;
        Ok(found.into_iter().next().map(|reader| reader.follows).unwrap_or_default())
    }
}
