//! Each civil day with a message is sent or lapsed exactly once, whatever the family changes and
//! however long the server is away.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use hagukumi::content::{self, Source};
use hagukumi::domain::family::{Child, Follow, Journey, OwnStop, Pause, Profile, Role, StopReason};
use hagukumi::domain::ids::ChildId;
use hagukumi::domain::library::Library;
use hagukumi::domain::programme::plan::{Hours, ReaderPlan, message_on, next_due};
use hagukumi::domain::programme::planned::note_planned;
use proptest::prelude::*;

/// What may happen to a family.
#[derive(Debug, Clone)]
enum Act {
    /// Minutes pass with a server that looks at every moment at which something is due.
    Wait(i64),
    /// Minutes pass without one.
    Away(i64),
    ChooseTime(Option<u16>),
    Rest(Option<u64>),
    Resume,
    MoveDue(usize, i64),
    Birth(usize, u64),
    UndoBirth(usize),
    Lose(usize),
    /// Another child, due in so many days; twins come together.
    Sibling(i64, bool),
    Stop,
    UndoStop,
}

fn any_act() -> impl Strategy<Value = Act> {
    let child = || any::<usize>();
    prop_oneof![
        6 => (1i64..3_000).prop_map(Act::Wait),
        4 => (1i64..6_000).prop_map(Act::Away),
        1 => prop::option::of(0u16..1_440).prop_map(Act::ChooseTime),
        1 => prop::option::of(0u64..20).prop_map(Act::Rest),
        2 => Just(Act::Resume),
        1 => (child(), -40i64..40).prop_map(|(child, days)| Act::MoveDue(child, days)),
        1 => (child(), 0u64..5).prop_map(|(child, days)| Act::Birth(child, days)),
        1 => child().prop_map(Act::UndoBirth),
        1 => child().prop_map(Act::Lose),
        1 => (-13i64..300, any::<bool>()).prop_map(|(days, twins)| Act::Sibling(days, twins)),
        1 => Just(Act::Stop),
        2 => Just(Act::UndoStop),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Became {
    Sent,
    Lapsed,
}

/// A server as the rooms describe it (`delivery::plan`, `inbox::effects`): it asks `next_due` after every
/// change and after every row.
struct Server<'a> {
    now: NaiveDateTime,
    follows: Vec<Follow>,
    profile: Profile,
    rows: BTreeMap<NaiveDate, Became>,
    due: Option<NaiveDateTime>,
    library: &'a Library,
}

const HOURS: Hours = Hours { delivery: 480, opens: 420, closes: 1_260 };

impl<'a> Server<'a> {
    fn plan(&self) -> ReaderPlan<'_> {
        ReaderPlan { follows: &self.follows, profile: &self.profile, locale: "ja" }
    }

    fn has_message(&self, day: NaiveDate) -> bool {
        message_on(&self.plan(), day, self.library).is_some()
    }

    fn arm(&mut self) {
        let done = self.rows.contains_key(&self.now.date());
        self.due = next_due(&self.plan(), self.now, done, HOURS, self.library);
    }

    fn work(&mut self) -> Result<(), TestCaseError> {
        while let Some(due) = self.due.filter(|due| *due <= self.now) {
            let day = due.date();
            let closes = NaiveTime::MIN + TimeDelta::minutes(HOURS.closes.into());
            let in_time = day == self.now.date() && self.now.time() < closes;
            if let Some(parts) = message_on(&self.plan(), day, self.library) {
                let became = if in_time { Became::Sent } else { Became::Lapsed };
                prop_assert_eq!(self.rows.insert(day, became), None, "{} has two rows", day);
                if in_time {
                    note_planned(&mut self.profile, &parts, self.library);
                }
            }
            let evening = day.and_hms_opt(23, 59, 59).expect("every day has a last second");
            let from = if day < self.now.date() { evening } else { self.now };
            self.due = next_due(&self.plan(), from, true, HOURS, self.library);
        }
        Ok(())
    }

    fn wait(&mut self, minutes: i64) -> Result<(), TestCaseError> {
        let end = self.now + TimeDelta::minutes(minutes);
        while self.now < end {
            let midnight = (self.now.date() + Days::new(1)).and_time(NaiveTime::MIN);
            let due = self.due.filter(|due| *due > self.now).unwrap_or(end);
            let stop = end.min(midnight).min(due);
            if stop == midnight {
                prop_assert!(self.is_settled(self.now.date()), "{} was lost", self.now.date());
            }
            self.now = stop;
            self.work()?;
        }
        Ok(())
    }

    fn away(&mut self, minutes: i64) -> Result<(), TestCaseError> {
        let left = self.now;
        self.now += TimeDelta::minutes(minutes);
        let gone = left.date().iter_days().take_while(|day| *day < self.now.date());
        let gone: Vec<NaiveDate> = gone.filter(|day| self.has_message(*day)).collect();
        self.work()?;
        for day in gone {
            prop_assert!(self.rows.contains_key(&day), "{day} was lost");
            let late = self.rows.get(&day) == Some(&Became::Sent) && day > left.date();
            prop_assert!(!late, "{day} was sent afterwards");
        }
        Ok(())
    }

    /// A day that is over and had a message has its row.
    fn is_settled(&self, day: NaiveDate) -> bool {
        self.rows.contains_key(&day) || !self.has_message(day)
    }

    fn act(&mut self, act: &Act) -> Result<(), TestCaseError> {
        let today = self.now.date();
        match *act {
            Act::Wait(minutes) => return self.wait(minutes),
            Act::Away(minutes) => return self.away(minutes),
            Act::ChooseTime(minute) => self.profile.minute = minute,
            Act::Rest(days) => self.profile.pause = Some(Pause { until: days.map(|days| today + Days::new(days)) }),
            Act::Resume => self.profile.pause = None,
            Act::MoveDue(child, days) => self.change(child, |journey| {
                if let Journey::Expected { due } = journey {
                    *due += TimeDelta::days(days);
                }
            }),
            Act::Birth(child, ago) => self.change(child, |journey| {
                if let Journey::Expected { due } = *journey {
                    *journey = Journey::Born { born: today - Days::new(ago), due: Some(due) };
                }
            }),
            Act::UndoBirth(child) => self.change(child, |journey| {
                if let Journey::Born { due: Some(due), .. } = *journey {
                    *journey = Journey::Expected { due };
                }
            }),
            Act::Lose(child) => self.change(child, |journey| {
                if !journey.is_stopped() {
                    *journey = Journey::Stopped { on: today, before: Box::new(journey.clone()) };
                }
            }),
            Act::Sibling(days, twins) => {
                for _ in 0..=usize::from(twins) {
                    self.follow(Journey::Expected { due: today + TimeDelta::days(days) });
                }
            }
            Act::Stop => self.stop(Some(OwnStop { on: today, reason: StopReason::Plain })),
            Act::UndoStop => self.stop(None),
        }
        self.arm();
        self.work()
    }

    fn change(&mut self, child: usize, change: impl FnOnce(&mut Journey)) {
        let count = self.follows.len();
        change(&mut self.follows[child % count].child.journey);
    }

    fn stop(&mut self, stop: Option<OwnStop>) {
        self.follows.iter_mut().for_each(|follow| follow.stopped = stop);
    }

    fn follow(&mut self, journey: Journey) {
        let id = ChildId(i64::try_from(self.follows.len()).expect("few children") + 1);
        let child = Child { id, version: 1, nickname: None, journey, corrected: false };
        self.follows.push(Follow { child, role: Role::Other, registrant: true, stopped: None });
    }
}

static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| content::load(&Source::Embedded, None).expect("what ships can be read").library);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_day_with_a_message_is_sent_or_lapsed_once_whatever_changes_and_whoever_is_away(
        acts in prop::collection::vec(any_act(), 1..50),
        due_in in -13i64..300,
        start in 0i64..1_500,
    ) {
        let today = NaiveDate::from_ymd_opt(2027, 1, 15).expect("a day") + TimeDelta::days(start);
        let (follows, profile, rows) = (Vec::new(), Profile::default(), BTreeMap::new());
        let now = today.and_hms_opt(12, 0, 0).expect("every day has a noon");
        let mut server = Server { now, follows, profile, rows, due: None, library: &LIBRARY };
        server.follow(Journey::Expected { due: today + TimeDelta::days(due_in) });
        server.arm();
        server.work()?;
        for act in &acts {
            server.act(act)?;
        }
        server.wait(3 * 24 * 60)?;
    }
}
