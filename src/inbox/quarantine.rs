//! Webhooks that were put aside, taken up again at the next start.
//!
//! A body meant for another bot, or one that cannot be read, is kept sealed for 7 days. What put it aside is
//! mended by a setting or by a newer programme, and both come with a start: so a start reads it again, and
//! nobody has to know of a command. What is still not for us stays aside. Events count from when they were
//! received: states follow them, and answers that come too late stay unsaid.

use super::receive::{is_ours, note_contradictions};
use super::{Inbox, InboxError};
use crate::domain::account::Account;
use crate::line::webhook;
use crate::store::{EventRow, NewEvent, Result};

impl Inbox {
    /// Reads again what was put aside; returns how many bodies were taken up.
    ///
    /// # Errors
    ///
    /// [`InboxError`] when the database does not answer; what was not taken up stays aside.
    pub async fn take_up_again(&self) -> Result<usize, InboxError> {
        let mut taken = 0;
        for account in self.accounts.iter() {
            taken += self.take_up_of(account).await?;
        }
        if taken > 0 {
            tracing::warn!(webhooks = taken, "webhooks that had been put aside are taken up again");
            self.arrived.notify_one();
        }
        Ok(taken)
    }

    async fn take_up_of(&self, account: &Account) -> Result<usize> {
        let (mut taken, mut behind) = (0, None);
        loop {
            let bodies = self.store.put_aside(account.id, behind).await?;
            let Some(last) = bodies.last() else { return Ok(taken) };
            behind = Some(last.id);
            for body in &bodies {
                if let Some(events) = self.readable(account, body) {
                    taken += usize::from(self.take_up(body, &events).await?);
                }
            }
        }
    }

    /// The events of a body that is ours after all.
    fn readable(&self, account: &Account, body: &EventRow) -> Option<Vec<NewEvent>> {
        let delivery = webhook::read(body.payload.as_deref()?).ok()?;
        let ours = is_ours(account, &delivery.destination);
        let pending = |event| self.pending(account, event, body.received_at);
        ours.then(|| delivery.events.into_iter().map(pending).collect())
    }

    async fn take_up(&self, body: &EventRow, events: &[NewEvent]) -> Result<bool> {
        note_contradictions(events);
        let tx = self.store.begin().await?;
        // Another server that starts at the same moment may have been quicker.
        if !tx.take_up(body.id).await? {
            tx.give_up().await;
            return Ok(false);
        }
        tx.keep_events_of(events, body.received_at).await?;
        tx.commit().await?;
        Ok(true)
    }
}
