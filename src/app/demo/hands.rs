//! The hands of the demo's clock: 「翌朝へ」, 「日付」 and 「早送り」.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use tokio::sync::Mutex;

use super::App;
use crate::clock::{Clock as _, RehearsalClock};
use crate::domain::calendar::{self, JST};
use crate::simulator::{ClockCommand, Simulator};

/// Mornings leave at eight; a minute later they have arrived.
const AFTER_MORNING: TimeDelta = TimeDelta::minutes(8 * 60 + 1);

/// Whoever turns the clock.
pub(super) struct Hands {
    pub(super) app: App,
    pub(super) clock: Arc<RehearsalClock>,
    pub(super) simulator: Simulator,
    /// Somebody has said that it is far enough.
    pub(super) halted: AtomicBool,
    /// Mornings pass by themselves.
    pub(super) forwarding: AtomicBool,
    /// One turn after the other.
    turn: Mutex<()>,
}

impl Hands {
    pub(super) fn new(app: App, clock: Arc<RehearsalClock>, simulator: Simulator) -> Self {
        Self { app, clock, simulator, halted: false.into(), forwarding: false.into(), turn: Mutex::default() }
    }

    /// Does what the phone asks for; an error is a sentence for whoever holds it.
    pub(super) async fn turn(&self, command: ClockCommand) -> Result<(), String> {
        if command == ClockCommand::Halt {
            self.halted.store(true, Ordering::SeqCst);
            return Ok(());
        }
        if self.forwarding.load(Ordering::SeqCst) {
            return Err("早送りのあいだは、時計を動かせません。「とめる」を押してください。".to_owned());
        }
        let _turn = self.turn.lock().await;
        match command {
            ClockCommand::NextMorning => self.advance(next_morning(self.now())).await,
            ClockCommand::To(day) => self.advance(morning(day)).await,
            ClockCommand::Forward { user, until } => self.forward(user, until).await,
            ClockCommand::Halt => Ok(()),
        }
    }

    /// The time on the phone's clock.
    pub(super) fn now(&self) -> NaiveDateTime {
        calendar::civil(self.clock.now(), JST)
    }

    pub(super) async fn advance(&self, target: NaiveDateTime) -> Result<(), String> {
        if target <= self.now() {
            return Err("時計は、先へだけ進められます。".to_owned());
        }
        self.app.advance_to(&self.clock, calendar::instant(target, JST)).await.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "the clock could not be moved");
            "時計を進められませんでした。".to_owned()
        })
    }
}

pub(super) fn morning(day: NaiveDate) -> NaiveDateTime {
    day.and_hms_opt(0, 0, 0).expect("every day has a midnight") + AFTER_MORNING
}

/// The first eight o'clock that is still ahead.
pub(super) fn next_morning(now: NaiveDateTime) -> NaiveDateTime {
    let today = morning(now.date());
    if now < today { today } else { today + Days::new(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn the_next_morning_is_the_first_one_ahead() {
        assert_eq!(next_morning(at("2026-11-22T03:00:00")), at("2026-11-22T08:01:00"));
        assert_eq!(next_morning(at("2026-11-22T08:01:00")), at("2026-11-23T08:01:00"));
        assert_eq!(next_morning(at("2026-12-31T22:00:00")), at("2027-01-01T08:01:00"));
    }
}
