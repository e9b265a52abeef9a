//! What fails: LINE, the way to it, the database, the server itself; and what becomes of webhooks.
//!
//! A *spell* is a stretch of time in which one thing fails. A *crash* ends the server at one of its
//! *deeds*: before a transaction begins or is committed, after it was, before a request leaves, or after
//! LINE carried it out. What stands between two deeds leaves no trace outside the process, so that no
//! other place could make a difference. From a crash on nothing the process does has any effect.

use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, TimeDelta};
use futures::future::BoxFuture;
use hagukumi::clock::{Clock as _, RehearsalClock};
use hagukumi::line::road::{Carried, Lost, Road};
use hagukumi::simulator::{Asked, Channel, FaultKind, On, Only, Simulator, Told};
use hagukumi::store::strain::{Fault, Moment, Strain};
use reqwest::{Request, StatusCode};

use crate::dice::Dice;

/// What happened, for the books.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Spells.
    pub spells: u64,
    /// Crashes of the server.
    pub crashes: u64,
    /// Transactions that were refused or lost.
    pub database: u64,
    /// Requests to LINE that never arrived or whose answer was lost on the way.
    pub lost: u64,
}

/// What fails in one spell.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Nobody can reach LINE.
    LineAway,
    /// LINE fails so at every nth request.
    Line(On, FaultKind, u64),
    /// LINE refuses everything to one person.
    Refused,
    /// The month's allowance is spent.
    Allowance,
    /// The tokens that were issued are taken back.
    Revoked,
    /// So many transactions in a hundred fail.
    Database(i64),
    /// The server crashes, and again after each start.
    Crashes,
    /// The process stands still, and time does not.
    Asleep,
    /// Webhooks are late, doubled, in another order, or their answers are lost.
    Mail,
}

/// A stretch of time in which something fails.
#[derive(Debug, Clone)]
pub struct Spell {
    /// When it begins, in milliseconds since 1970.
    pub from_ms: i64,
    /// When it ends.
    pub until_ms: i64,
    /// What fails.
    pub kind: Kind,
}

/// More requests than these few families can have at one moment.
const MOST: u32 = 500;
const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;

/// The spells of a week that begins then (milliseconds since 1970, midnight in Japan), in which people are
/// busy at these moments. One week in ten is calm.
pub fn spells(dice: &mut Dice, begin_ms: i64, days: i64, busy: &[i64]) -> Vec<Spell> {
    let count = if dice.happens(10) { 0 } else { dice.between(2, 14) };
    let mut spells: Vec<Spell> = (0..count).map(|_| spell(dice, begin_ms, days, busy)).collect();
    spells.sort_by_key(|spell| spell.from_ms);
    spells
}

fn spell(dice: &mut Dice, begin_ms: i64, days: i64, busy: &[i64]) -> Spell {
    let from_ms = match dice.between(0, 10) {
        // When somebody does something.
        0..=4 if !busy.is_empty() => *dice.one(busy) + dice.between(-20_000, 60_000),
        // About the hour at which everybody is written to.
        0..=8 => begin_ms + dice.between(0, days) * DAY + (8 * 60 - 10) * MINUTE + dice.between(0, 12 * MINUTE),
        _ => begin_ms + dice.between(0, days * DAY),
    };
    let length = *dice.one(&[1, 3, 10, 30, 90, 240]) * MINUTE + dice.between(0, MINUTE);
    let kind = kind(dice);
    // Every start takes time, here too.
    let length = if matches!(kind, Kind::Crashes) { length.min(20 * MINUTE) } else { length };
    Spell { from_ms, until_ms: from_ms + length, kind }
}

fn kind(dice: &mut Dice) -> Kind {
    match dice.between(0, 20) {
        0 | 1 => Kind::LineAway,
        2..=7 => line(dice),
        8 => Kind::Refused,
        9 => Kind::Allowance,
        10 => Kind::Revoked,
        11 | 12 => Kind::Database(*dice.one(&[5, 30, 100])),
        13..=16 => Kind::Crashes,
        17 => Kind::Asleep,
        _ => Kind::Mail,
    }
}

fn line(dice: &mut Dice) -> Kind {
    use FaultKind::*;
    let kinds = [
        ServerError(500),
        ServerError(503),
        RateLimited429,
        MonthlyLimit429,
        Unauthorized401,
        BadRequest400(Only::All),
        BlackHole,
        ConflictNeverSeen409,
        AcceptThenTimeout,
        AcceptThenReset,
        AcceptThen500,
        AcceptThenError(502),
        TruncatedBody,
        EmptyBody200,
        Slow(900),
        Slow(8_000),
    ];
    let on = dice.one(&[On::Any, On::Send, On::Push, On::Reply]).clone();
    Kind::Line(on, dice.one(&kinds).clone(), *dice.one(&[1, 1, 2, 5]))
}

/// What is asked at every deed.
#[derive(Debug)]
struct State {
    dice: Dice,
    /// Deeds until the next crash.
    crash_in: Option<i64>,
    crashed: bool,
    line_away: bool,
    database: i64,
    /// How often LINE was asked at which moment.
    asked: (i64, u32),
    counts: Counts,
}

/// The weather of one simulation.
#[derive(Clone)]
pub struct Weather {
    state: Arc<Mutex<State>>,
    simulator: Simulator,
    clock: Arc<RehearsalClock>,
}

impl std::fmt::Debug for Weather {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Weather").finish_non_exhaustive()
    }
}

impl Weather {
    /// Fine weather.
    pub fn new(dice: Dice, simulator: Simulator, clock: Arc<RehearsalClock>) -> Self {
        let state = State {
            dice,
            crash_in: None,
            crashed: false,
            line_away: false,
            database: 0,
            asked: (0, 0),
            counts: Counts::default(),
        };
        Self { state: Arc::new(Mutex::new(state)), simulator, clock }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while it is held")
    }

    /// What happened until now.
    pub fn counts(&self) -> Counts {
        self.state().counts
    }

    /// Whether the server has crashed.
    pub fn has_crashed(&self) -> bool {
        self.state().crashed
    }

    /// A server starts; where it is the weather for it, it will crash again.
    pub fn starts(&self, crashes: bool) {
        let mut state = self.state();
        let soon = state.dice.between(1, 40);
        (state.crashed, state.crash_in) = (false, crashes.then_some(soon));
    }

    /// A spell begins.
    pub fn begins(&self, spell: &Spell, lines: &[Channel], dice: &mut Dice) {
        self.state().counts.spells += 1;
        match &spell.kind {
            Kind::LineAway => self.state().line_away = true,
            Kind::Line(on, kind, nth) => {
                lines.iter().for_each(|line| line.faults().on(on.clone()).every(*nth, kind.clone()));
            }
            Kind::Refused => {
                for line in lines {
                    let asked = line.ledger();
                    let Some(somebody) = asked.iter().rev().find_map(|entry| entry.to.first()) else { continue };
                    let fault = FaultKind::BadRequest400(Only::To(somebody.clone()));
                    line.faults().on(On::Push).always(fault);
                }
            }
            Kind::Allowance => lines.iter().for_each(|line| line.set_allowance(Some(line.consumption() + 2))),
            Kind::Revoked => lines.iter().for_each(Channel::revoke_tokens),
            Kind::Database(percent) => self.state().database = *percent,
            Kind::Crashes => self.state().crash_in = Some(dice.between(1, 24)),
            Kind::Asleep | Kind::Mail => {}
        }
    }

    /// Everything is fine again; a crash that did not come yet may still come.
    pub fn clears(&self, lines: &[Channel]) {
        for line in lines {
            line.faults().clear();
            line.set_allowance(None);
        }
        let mut state = self.state();
        (state.line_away, state.database) = (false, 0);
    }

    /// No crash comes any more.
    pub fn no_more_crashes(&self) {
        self.state().crash_in = None;
    }
}

impl State {
    fn is_not_asked_without_end(&mut self, now: i64) {
        let before = if self.asked.0 == now { self.asked.1 } else { 0 };
        self.asked = (now, before + 1);
        assert!(before < MOST, "LINE is asked without end");
    }

    /// A deed; `true` when the server does not outlive it.
    fn is_the_last(&mut self) -> bool {
        if let Some(left) = &mut self.crash_in {
            *left -= 1;
            if *left <= 0 {
                (self.crashed, self.crash_in) = (true, None);
                self.counts.crashes += 1;
            }
        }
        self.crashed
    }
}

impl Strain for Weather {
    fn at(&self, moment: Moment) -> Option<Fault> {
        let mut state = self.state();
        if state.crashed || state.is_the_last() {
            return Some(Fault::Refused);
        }
        let percent = state.database;
        if !state.dice.happens(percent) {
            return None;
        }
        state.counts.database += 1;
        // What is true already can only be lost sight of.
        let lost = moment == Moment::Committed || state.dice.happens(50);
        Some(if lost { Fault::Lost } else { Fault::Refused })
    }
}

impl Road for Weather {
    fn carry(&self, request: Request) -> BoxFuture<'_, Result<Carried, Lost>> {
        Box::pin(async move {
            {
                let mut state = self.state();
                state.is_not_asked_without_end(self.clock.now().timestamp_millis());
                if state.crashed || state.is_the_last() || state.line_away {
                    state.counts.lost += 1;
                    return Err(Lost::NotSent);
                }
            }
            let told = self.simulator.ask(asked(&request)).await;
            let mut state = self.state();
            if state.is_the_last() {
                return Err(Lost::NoAnswer);
            }
            let Told::Answer { status, headers, body, after_ms } = told else {
                state.counts.lost += 1;
                return Err(Lost::NoAnswer);
            };
            drop(state);
            if after_ms > 0 {
                self.clock.advance_to(self.clock.now() + TimeDelta::milliseconds(after_ms.cast_signed()));
            }
            let status = StatusCode::from_u16(status).expect("the simulator answers with a status");
            Ok(Carried { status, headers, body })
        })
    }
}

fn asked(request: &Request) -> Asked {
    let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    Asked {
        method: request.method().to_string(),
        path: request.url().path().to_owned(),
        query: request.url().query().unwrap_or_default().to_owned(),
        headers: request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: request.body().and_then(|body| body.as_bytes()).unwrap_or_default().to_vec(),
    }
}

/// The moment as others in this room write it.
pub fn at(ms: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp_millis(ms).expect("a moment of a simulation")
}
