//! Moving time by hand: everything that is due on the way happens at its own moment.
//!
//! A *chore* is one tick of one of the workers; a simulation does them one by one, in its own order.

use chrono::{DateTime, Utc};

use super::App;
use crate::clock::RehearsalClock;
use crate::delivery::{DeliveryError, GRACE_MS, Kind};
use crate::inbox::InboxError;
use crate::menu::MenuError;
use crate::store::StoreError;

/// Why time could not be moved.
#[derive(Debug, thiserror::Error)]
pub enum ClockworkError {
    /// The inbox.
    #[error(transparent)]
    Inbox(#[from] InboxError),
    /// Deliveries.
    #[error(transparent)]
    Deliveries(#[from] DeliveryError),
    /// Menus.
    #[error(transparent)]
    Menus(#[from] MenuError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One tick of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chore {
    /// Deciding what arrived.
    Inbox,
    /// Letting time itself speak.
    TimeOuts,
    /// Sending the answers of an account, by its number.
    Answers(usize),
    /// Planning and sending the mornings of an account.
    Mornings(usize),
    /// Planning whom the timer index forgot.
    Sweep(usize),
    /// Giving the readers of an account the menu that they want.
    Menus(usize),
    /// Forgetting what is old, and keeping the time.
    Care,
}

impl App {
    /// Does one chore, to its end; returns how much there was to do.
    ///
    /// # Errors
    ///
    /// [`ClockworkError`]; a worker would try again a second later.
    pub async fn does(&self, chore: Chore) -> Result<usize, ClockworkError> {
        Ok(match chore {
            Chore::Inbox => self.inbox.tick().await?,
            Chore::TimeOuts => self.inbox.time_out().await?,
            Chore::Answers(account) => self.deliveries.tick_of(account, Kind::Answers).await?,
            Chore::Mornings(account) => self.deliveries.tick_of(account, Kind::Mornings).await?,
            Chore::Sweep(account) => self.deliveries.sweep_of(account).await?,
            Chore::Menus(account) => self.menus.tend_of(account).await?,
            Chore::Care => self.take_care().await.map(|()| 0)?,
        })
    }

    /// Does everything that can be done now, until nothing is left.
    ///
    /// # Errors
    ///
    /// [`ClockworkError`].
    pub async fn settle(&self) -> Result<(), ClockworkError> {
        self.deliveries.tend_timers().await;
        loop {
            let mut done = self.inbox.tick().await?;
            if self.deliveries.may_forget() {
                done += self.inbox.time_out().await?;
            }
            for kind in [Kind::Answers, Kind::Mornings] {
                done += self.deliveries.tick(kind).await?;
            }
            done += self.deliveries.sweep().await?;
            done += self.menus.tend_all().await?;
            if done == 0 {
                return Ok(());
            }
        }
    }

    /// Moves the clock to `target`, stopping at every moment at which something is due.
    ///
    /// # Errors
    ///
    /// [`ClockworkError`]; the clock then stands at the moment that failed.
    pub async fn advance_to(&self, clock: &RehearsalClock, target: DateTime<Utc>) -> Result<(), ClockworkError> {
        self.settle().await?;
        while let Some(next) = self.next_moment().await? {
            let Some(next) = DateTime::from_timestamp_millis(next).filter(|next| *next < target) else { break };
            clock.advance_to(next);
            self.settle().await?;
        }
        clock.advance_to(target);
        self.settle().await?;
        self.store.saw(self.ambient.now()).await?;
        self.moved.notify_waiters();
        Ok(())
    }

    /// The next moment at which something is due, or at which the sweep would find that it was, in
    /// milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn next_moment(&self) -> Result<Option<i64>, StoreError> {
        let now = self.ambient.now_ms();
        let due = self.store.next_moment(now).await?;
        let swept = self.store.next_due_after(now - GRACE_MS).await?.map(|due| due + GRACE_MS);
        let (trial, another_set) = (self.deliveries.next_trial(), self.menus.next_moment().await?);
        Ok([due, swept, trial, another_set].into_iter().flatten().min())
    }
}
