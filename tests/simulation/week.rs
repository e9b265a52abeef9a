//! One seed: a week of several families with one server, and two fine mornings after it.
//!
//! Time stands still while something is done and then goes on to the next moment at which something is
//! due: an act, a webhook, a spell of weather, or whatever the server itself waits for. At such a moment
//! the server's chores are done in an order of the seed's. A chore that fails is done again a second later,
//! as its worker would. After the week everything works, whatever was kept back arrives, nobody does
//! anything, and two mornings pass.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt as _;
use hagukumi::app::Chore;
use hagukumi::app::means::Simulated;
use hagukumi::clock::{Ambient, Clock as _, RehearsalClock, SeededChance};
use hagukumi::config::Config;
use hagukumi::simulator::{Channel, Options, Simulator};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::dice::Dice;
use crate::family::{After, Person};
use crate::place::{self, ACCOUNTS, Server};
use crate::support::history::{Day, Span};
use crate::weather::{Counts, Kind, Spell, Weather, at, spells};

/// Days in which things happen.
const DAYS: i64 = 7;
const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;
/// How long a server that was killed holds what it had taken up.
const LEASE: i64 = 60_000;
/// More rounds of chores at one moment than any real work needs.
const ROUNDS: usize = 60;

/// Days on which weeks begin: an ordinary one, the end of a year, and of Februaries with 28 and 29 days.
const BEGINNINGS: [(i64, i64, i64); 5] = [(2026, 11, 22), (2026, 12, 28), (2027, 2, 24), (2028, 2, 25), (2027, 6, 3)];

/// A webhook on its way.
struct Letter {
    channel: usize,
    event: Value,
    /// How often it was on its way before.
    tries: usize,
}

/// How long LINE waits before it sends a webhook again.
const AGAIN: [i64; 6] = [20_000, 60_000, 400_000, 1_800_000, 3_600_000, 7_200_000];

/// A webhook that the simulated LINE hands over: path, body, signature, and where its status is awaited.
type Handed = (usize, Vec<u8>, Option<String>, oneshot::Sender<u16>);

/// What is going to happen, in its order.
enum Plan {
    Act(usize),
    /// Somebody wants an end of it.
    Ending(usize),
    Letter(Letter),
    Begins(Spell),
    Ends,
    Starts,
    Chores,
}

/// One seed's world.
pub struct Week {
    /// LINE, one channel an account.
    pub lines: Vec<Channel>,
    /// The time.
    pub clock: Arc<RehearsalClock>,
    /// What went wrong.
    pub weather: Weather,
    /// Times without a server, or without a database.
    pub server_away: Vec<Span>,
    /// Times without LINE.
    pub line_away: Vec<Span>,
    /// What fails and when.
    pub spells: Vec<Spell>,
    /// The first day of the two quiet ones.
    pub quiet: Day,
    /// The database.
    pub folder: TempDir,
    seed: u64,
    /// Whether the bot gets its own tokens from LINE.
    renewable: bool,
    people: Vec<Person>,
    plans: BTreeMap<(i64, u64), Plan>,
    planned: u64,
    dice: Dice,
    config: Config,
    simulated: Simulated,
    server: Option<Server>,
    starts: u64,
    /// How often chores failed, one time after the other.
    failures: usize,
    handed: Mutex<mpsc::UnboundedReceiver<Handed>>,
}

impl Week {
    /// The world of that seed, in which nothing has happened yet.
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::of(seed, 1);
        let (year, month, day) = *dice.one(&BEGINNINGS);
        let begin = Day::of(year, month, day);
        let clock = Arc::new(RehearsalClock::standing(at(begin.at_minute(0))));
        let accounts = if dice.happens(25) { 2 } else { 1 };
        let shown = Arc::clone(&clock);
        let now = Arc::new(move || shown.now().timestamp_millis());
        let channels = ACCOUNTS[..accounts].iter().map(|slug| place::channel(slug)).collect();
        let simulator = Simulator::new(Options { channels, clock: now, seed });
        let (hand, handed) = mpsc::unbounded_channel();
        let lines = (0..accounts).map(|number| line(&simulator, number, &hand)).collect();
        let weather = Weather::new(Dice::of(seed, 2), simulator, Arc::clone(&clock));
        let folder = place::database();
        let renewable = dice.happens(50);
        let config = place::config(folder.path(), accounts, clock.now(), renewable);
        let strain = Arc::new(weather.clone());
        let simulated = Simulated { road: strain.clone(), strain, library: Arc::clone(&place::LIBRARY) };
        let mut week = Self {
            lines,
            clock,
            weather,
            server_away: Vec::new(),
            line_away: Vec::new(),
            quiet: begin.plus(DAYS),
            folder,
            seed,
            renewable,
            people: Vec::new(),
            plans: BTreeMap::new(),
            planned: 0,
            dice,
            config,
            simulated,
            server: None,
            starts: 0,
            failures: 0,
            spells: Vec::new(),
            handed: Mutex::new(handed),
        };
        week.plan_everything(begin.at_minute(0));
        week
    }

    /// Lets it happen, to the evening of the second quiet day.
    pub async fn passes(&mut self) {
        self.start().await;
        let quiet = self.quiet.at_minute(0);
        self.until(quiet).await;
        self.weather.clears(&self.lines);
        self.weather.no_more_crashes();
        if self.server.is_none() {
            self.start().await;
        }
        self.until((self.quiet.plus(1)).at_minute(21 * 60 + 30)).await;
        if let Some(server) = self.server.take() {
            server.ends().await;
        }
    }

    /// What went wrong, for the books.
    pub fn counts(&self) -> Counts {
        self.weather.counts()
    }

    /// How many people there were.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    fn plan_everything(&mut self, begin: i64) {
        for _ in 0..self.dice.between(3, 8) {
            let channel = usize::try_from(self.dice.between(0, self.lines.len() as i64)).expect("a small number");
            let comes = begin + self.dice.between(0, 4 * DAY);
            let person = Person::who_registers(&self.lines[channel], channel, Day::at(comes), &mut self.dice);
            self.comes(person, comes, begin + DAYS * DAY);
        }
        let busy: Vec<i64> = self.plans.keys().map(|(at, _)| *at).collect();
        self.spells = spells(&mut Dice::of(self.seed, 3), begin, DAYS, &busy);
        // Nobody but the operator replaces a token that was given by hand.
        self.spells.retain(|spell| self.renewable || !matches!(spell.kind, Kind::Revoked));
        for spell in self.spells.clone() {
            for _ in 0..self.dice.between(0, 3) {
                // Somebody does something just then.
                let number = usize::try_from(self.dice.between(0, self.people.len() as i64)).expect("a small number");
                let when = self.dice.between(spell.from_ms, spell.until_ms);
                let plan = if self.dice.happens(40) { Plan::Ending(number) } else { Plan::Act(number) };
                self.plan(when.min(begin + DAYS * DAY - 2 * MINUTE), plan);
            }
            self.plan(spell.until_ms.min(begin + DAYS * DAY - 1), Plan::Ends);
            self.plan(spell.from_ms, Plan::Begins(spell));
        }
    }

    /// Somebody comes, and does things now and then.
    fn comes(&mut self, person: Person, at_ms: i64, until_ms: i64) {
        let number = self.people.len();
        self.people.push(person);
        self.plan(at_ms, Plan::Act(number));
        let first = at_ms + 10 * MINUTE;
        for _ in 0..self.dice.between(0, 9) {
            if first + 2 * MINUTE >= until_ms {
                break;
            }
            let mut when = self.dice.between(first, until_ms - 2 * MINUTE);
            if self.dice.happens(30) {
                // About the hour at which letters leave.
                when = Day::at(when).at_minute(8 * 60) + self.dice.between(-3_000, 120_000);
            }
            if (first..until_ms - 2 * MINUTE).contains(&when) {
                self.plan(when, Plan::Act(number));
            }
        }
    }

    fn plan(&mut self, at_ms: i64, plan: Plan) {
        self.planned += 1;
        self.plans.insert((at_ms, self.planned), plan);
    }

    fn now(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }

    async fn until(&mut self, end: i64) {
        loop {
            let planned = self.plans.keys().next().map(|(at, _)| *at);
            let due = match &self.server {
                Some(server) if !self.is_asleep() => server.app.next_moment().await.ok().flatten(),
                _ => None,
            };
            let Some(next) = [planned, due].into_iter().flatten().min().filter(|next| *next < end) else { break };
            let mut all = due.is_some_and(|due| due <= next);
            // A moment that has passed by itself is now.
            self.clock.advance_to(at(next.max(self.now())));
            while let Some(entry) = self.plans.first_entry().filter(|entry| entry.key().0 <= next) {
                let plan = entry.remove();
                all |= !matches!(plan, Plan::Act(_) | Plan::Ending(_) | Plan::Letter(_));
                self.carry_out(plan).await;
            }
            // What somebody sent is decided and answered at once; the others look around every second.
            self.chores(all).await;
            if !all && !self.plans.values().any(|plan| matches!(plan, Plan::Chores)) {
                let soon = self.now() + self.dice.between(1_000, 15_000);
                self.plan(soon, Plan::Chores);
            }
        }
        self.clock.advance_to(at(end));
        self.chores(true).await;
    }

    async fn carry_out(&mut self, plan: Plan) {
        match plan {
            Plan::Act(number) => self.act(number).await,
            Plan::Ending(number) => {
                let number = self.who_waits().filter(|_| self.dice.happens(70)).unwrap_or(number);
                self.people[number].ends_it(&mut self.dice).await;
                self.collect().await;
            }
            Plan::Letter(letter) => self.hand_over(letter).await,
            Plan::Begins(spell) => self.begins(&spell),
            Plan::Ends => self.ends(),
            Plan::Starts if self.server.is_none() => self.start().await,
            Plan::Starts | Plan::Chores => {}
        }
    }

    // ---- people and what they send

    async fn act(&mut self, number: usize) {
        if self.now() >= self.quiet.at_minute(0) {
            return;
        }
        let today = Day::at(self.now());
        let after = self.people[number].acts(today, &mut self.dice).await;
        match after {
            After::GoesOn(wait) => self.plan(self.now() + wait, Plan::Act(number)),
            After::Brings(code) => {
                let channel = self.people[number].channel;
                let person = Person::who_joins(&self.lines[channel], channel, code);
                self.comes(person, self.now() + 30_000, self.quiet.at_minute(0));
            }
            After::Rests => {}
        }
        self.collect().await;
    }

    /// Somebody to whom the newest failed push was to go: it is going to be tried again.
    fn who_waits(&self) -> Option<usize> {
        let newest = |line: &Channel| {
            let asked = line.ledger();
            let push = asked.iter().rev().find(|entry| entry.endpoint == "push" && !entry.accepted)?;
            Some((push.at_ms, push.to.first()?.clone()))
        };
        let (_, user) = self.lines.iter().filter_map(newest).max()?;
        self.people.iter().position(|person| person.user.id() == user)
    }

    /// Takes what people did out of LINE and sends it, straight or crooked.
    async fn collect(&mut self) {
        for channel in 0..self.lines.len() {
            let events = self.lines[channel].take_held();
            self.lines[channel].hold_webhooks();
            for event in events {
                let (times, waits) = self.fate_of_a_letter();
                for time in 0..times {
                    let letter = Letter { channel, event: event.clone(), tries: 0 };
                    if time == 0 && waits == 0 {
                        self.hand_over(letter).await;
                    } else {
                        let later = self.now() + waits + time * self.dice.between(1, 90_000);
                        self.plan(later, Plan::Letter(letter));
                    }
                }
            }
        }
    }

    /// How often a webhook arrives, and how late.
    fn fate_of_a_letter(&mut self) -> (i64, i64) {
        let crooked = if self.is_under(|kind| matches!(kind, Kind::Mail)) { 60 } else { 6 };
        let times = if self.dice.happens(crooked) { 2 } else { 1 };
        let waits = if self.dice.happens(crooked) { *self.dice.one(&[900, 5_000, 40_000, 600_000]) } else { 0 };
        (times, waits)
    }

    async fn hand_over(&mut self, letter: Letter) {
        let loses = if self.is_under(|kind| matches!(kind, Kind::Mail)) { 20 } else { 1 };
        let (asleep, loses) = (self.is_asleep(), self.dice.happens(loses));
        let server = self.server.clone().filter(|_| !asleep);
        let mut handed = self.handed.lock().await;
        let taken = async {
            let Some((channel, body, signature, told)) = handed.recv().await else { return };
            let status = match &server {
                Some(server) => server.hears(ACCOUNTS[channel], body, signature).await,
                None => 0,
            };
            let unheard = self.weather.has_crashed() || loses;
            let _nobody_waits = told.send(if unheard { 0 } else { status });
        };
        let (status, ()) = futures::join!(self.lines[letter.channel].post_events(vec![letter.event.clone()]), taken);
        drop(handed);
        if status != 200 {
            let Letter { channel, event, tries } = letter;
            let wait = AGAIN[tries.min(AGAIN.len() - 1)] + self.dice.between(0, 9_000);
            let letter = Letter { channel, event: redelivered(event), tries: tries + 1 };
            self.plan(self.now() + wait, Plan::Letter(letter));
        }
        self.bury().await;
    }

    // ---- weather

    fn is_under(&self, kind: impl Fn(&Kind) -> bool) -> bool {
        let now = self.now();
        let now_on = |spell: &&Spell| spell.from_ms <= now && now < spell.until_ms;
        now < self.quiet.at_minute(0) && self.spells.iter().filter(now_on).any(|spell| kind(&spell.kind))
    }

    fn is_asleep(&self) -> bool {
        self.is_under(|kind| matches!(kind, Kind::Asleep))
    }

    fn begins(&mut self, spell: &Spell) {
        let span = Span { from_ms: spell.from_ms, until_ms: spell.until_ms };
        match spell.kind {
            Kind::LineAway => self.line_away.push(span),
            // What is in doubt is held for a lease.
            Kind::Database(_) | Kind::Asleep => {
                self.server_away.push(Span { until_ms: span.until_ms + LEASE, ..span });
            }
            _ => {}
        }
        self.weather.begins(spell, &self.lines, &mut self.dice);
    }

    /// A spell is over: what others began goes on.
    fn ends(&mut self) {
        self.weather.clears(&self.lines);
        let now = self.now();
        let others: Vec<Spell> =
            self.spells.iter().filter(|spell| spell.from_ms <= now && now < spell.until_ms).cloned().collect();
        others.iter().for_each(|spell| self.weather.begins(spell, &self.lines, &mut self.dice));
    }

    // ---- the server

    async fn start(&mut self) {
        self.starts += 1;
        self.weather.starts(self.is_under(|kind| matches!(kind, Kind::Crashes)));
        let clock: Arc<RehearsalClock> = Arc::clone(&self.clock);
        let chance = SeededChance::new(self.seed.rotate_left(17) ^ self.starts);
        let ambient = Ambient::new(clock, Arc::new(chance));
        self.server = Server::start(&self.config, ambient, &self.simulated).await;
        if self.server.is_none() || self.weather.has_crashed() {
            self.bury().await;
            self.away(20_000);
        }
    }

    /// A server that has crashed is gone, and another starts soon.
    async fn bury(&mut self) {
        if !self.weather.has_crashed() {
            return;
        }
        let Some(server) = self.server.take() else { return };
        server.ends().await;
        let wait = *self.dice.one(&[1, 500, 5_000, 59_000, 180_000]);
        self.away(wait);
    }

    fn away(&mut self, wait_ms: i64) {
        let now = self.now();
        self.server_away.push(Span { from_ms: now, until_ms: now + wait_ms + LEASE });
        self.plan(now + wait_ms, Plan::Starts);
    }

    /// What failed is done again: a second later, and less often while it goes on failing.
    fn chores_later(&mut self) {
        self.failures += 1;
        let waits = [1_000, 1_000, 5_000, 20_000, 60_000, 240_000];
        let wait = waits[self.failures.min(waits.len()) - 1];
        if !self.plans.values().any(|plan| matches!(plan, Plan::Chores)) {
            self.plan(self.now() + wait, Plan::Chores);
        }
    }

    /// Does what there is to do, in any order, until nothing is left: every chore has found nothing since
    /// the last one that found something.
    async fn chores(&mut self, all: bool) {
        let (mut idle, failures) = (Vec::new(), self.failures);
        for _ in 0..ROUNDS {
            let Some(server) = self.server.clone().filter(|_| !self.is_asleep()) else { return };
            for chore in self.dice.shuffled(chores(self.lines.len(), all)) {
                if idle.contains(&chore) {
                    continue;
                }
                match server.app.does(chore).await {
                    Ok(0) => idle.push(chore),
                    Ok(_) => idle.clear(),
                    Err(_logged) => {
                        idle.push(chore);
                        self.chores_later();
                    }
                }
                if self.weather.has_crashed() {
                    drop(server);
                    return self.bury().await;
                }
            }
            if idle.len() >= chores(self.lines.len(), all).len() {
                if self.failures == failures {
                    self.failures = 0;
                }
                return;
            }
        }
        panic!("the server is never done at {}", self.clock.now());
    }
}

/// Every chore, or only those that what people send gives.
fn chores(accounts: usize, all: bool) -> Vec<Chore> {
    let answers = (0..accounts).map(Chore::Answers);
    let others = (0..accounts).flat_map(|account| [Chore::Mornings(account), Chore::Sweep(account)]);
    let others = others.chain([Chore::TimeOuts]).filter(|_| all);
    [Chore::Inbox].into_iter().chain(answers).chain(others).collect()
}

fn redelivered(mut event: Value) -> Value {
    event["deliveryContext"]["isRedelivery"] = true.into();
    event
}

/// A channel whose webhooks are kept until the week takes them, and then handed over in this thread.
fn line(simulator: &Simulator, number: usize, hand: &mpsc::UnboundedSender<Handed>) -> Channel {
    let (line, hand) = (simulator.channel(ACCOUNTS[number]), hand.clone());
    line.webhooks_go_by(Arc::new(move |body, signature| {
        let (told, status) = oneshot::channel();
        let _the_week_is_over = hand.send((number, body, signature, told));
        async move { status.await.unwrap_or(0) }.boxed()
    }));
    line.hold_webhooks();
    line
}
