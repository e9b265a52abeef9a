//! What does not come from LINE but must be decided like it: time that ran out.

use serde::{Deserialize, Serialize};

use super::{Inbox, InboxError};
use crate::fail::{self, Point};
use crate::store::{EventState, NewEvent, Result, Tries};

/// A command in the place of an event. Ids of commands begin with [`COMMAND`], which LINE's never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Something has waited since that turn: a draft left lying, or a reader to be forgotten.
    TimedOut {
        /// The turn in which it began to wait.
        turn: i64,
    },
}

/// Begins the key of every command.
pub const COMMAND: &str = "cmd:";
/// A wait that came to nothing is handed on again after a day.
const AGAIN_MS: i64 = 86_400_000;
/// Readers handed on at once.
const BATCH: u64 = 200;

impl Inbox {
    /// Hands on what has waited until now; returns how many. Due deliveries are not its business.
    ///
    /// # Errors
    ///
    /// [`InboxError`].
    pub async fn time_out(&self) -> Result<usize, InboxError> {
        if !self.store.has_care_due(self.ambient.now_ms()).await? {
            return Ok(0);
        }
        let mut tries = Tries::default();
        loop {
            match self.hand_on(self.ambient.now_ms()).await {
                Err(error) if tries.again(&error) => {}
                done => return Ok(done?),
            }
        }
    }

    async fn hand_on(&self, now: i64) -> Result<usize> {
        let tx = self.store.begin().await?;
        let waiting = tx.take_waiting(now, BATCH).await?;
        for one in &waiting {
            let command = Command::TimedOut { turn: one.turn };
            let event = NewEvent {
                account: one.account,
                key: format!("{COMMAND}timeout:{}:{}", one.reader, one.since),
                lane: one.lane,
                sent_at: now,
                state: EventState::Pending,
                note: None,
                payload: serde_json::to_vec(&command).expect("our own types are JSON"),
            };
            tx.keep_events(&[event]).await?;
            tx.care_taken(one.reader, now + AGAIN_MS).await?;
        }
        fail::at(Point::T1);
        tx.commit().await?;
        fail::at(Point::T2);
        self.arrived.notify_one();
        Ok(waiting.len())
    }
}
