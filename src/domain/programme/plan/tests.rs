use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::calendar::days_between;
use crate::domain::family::{OwnStop, Pause, StopReason};
use crate::domain::ids::ChildId;
use crate::domain::programme::fixture::{born, date, expected, follow, library};

fn at(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn message(follows: &[Follow], profile: &Profile, day: &str) -> Option<DailyParts> {
    message_on(&ReaderPlan { follows, profile, locale: "ja" }, date(day), &library())
}

fn due(follows: &[Follow], profile: &Profile, now: &str, today_done: bool) -> Option<NaiveDateTime> {
    next_due(&ReaderPlan { follows, profile, locale: "ja" }, at(now), today_done, Hours::default(), &library())
}

fn resting_until(until: Option<&str>) -> Profile {
    Profile { pause: Some(Pause { until: until.map(date) }), ..Profile::default() }
}

fn slots(keys: &[&str]) -> Vec<Slot> {
    keys.iter().map(|key| key.parse().unwrap()).collect()
}

#[test]
fn the_hundredth_day_of_a_child_born_on_1_april_is_9_july() {
    let parts = message(&[born(1, "あお", "2026-04-01")], &Profile::default(), "2026-07-09").unwrap();
    let section = &parts.sections[0];
    assert_eq!(section.call, Call::Day { day_count: 100 });
    assert_eq!(section.slots, slots(&["day/100"]));
    assert_eq!(section.nickname.as_ref().unwrap().expose(), "あお");
}

#[test]
fn children_come_youngest_first_and_the_expected_one_is_the_youngest() {
    let family = [
        born(1, "", "2025-04-01"),
        born(2, "", "2026-03-01"),
        born(3, "", "2026-03-01"),
        expected(4, "", "2026-08-01"),
    ];
    let parts = message(&family, &Profile::default(), "2026-04-01").unwrap();
    let order: Vec<_> = parts.sections.iter().map(|section| section.child).collect();
    assert_eq!(order, [4, 2, 3, 1].map(ChildId));
    let calls: Vec<_> = parts.sections.iter().map(|section| section.call).collect();
    let twins = Call::Day { day_count: 32 };
    let expected = Call::Pregnancy { weeks: 22, days: 4 };
    assert_eq!(calls, [expected, twins, twins, Call::Birthday { years: 1, day_count: 366 }]);
}

#[test]
fn a_twin_that_is_overdue_still_counts_as_younger_than_the_one_that_is_born() {
    let twins = [born(1, "", "2026-04-01"), expected(2, "", "2026-03-30")];
    let parts = message(&twins, &Profile::default(), "2026-04-02").unwrap();
    assert_eq!(parts.sections[0].child, ChildId(2));
}

#[test]
fn a_child_without_a_slot_that_day_has_no_section() {
    let family = [born(1, "", "2026-04-01"), expected(2, "", "2026-12-01")];
    let parts = message(&family, &Profile::default(), "2026-07-10").unwrap();
    assert_eq!(parts.sections.iter().map(|section| section.child).collect::<Vec<_>>(), [ChildId(2)]);
    assert_eq!(message(&family[..1], &Profile::default(), "2026-07-10"), None);
}

#[test]
fn each_birthday_is_called_a_birthday() {
    for (day, years, slot) in
        [("2026-04-01", 1, "y1/w00"), ("2027-04-01", 2, "y2/w00"), ("2028-04-01", 3, "birthday/3")]
    {
        let parts = message(&[born(1, "", "2025-04-01")], &Profile::default(), day).unwrap();
        assert!(matches!(parts.sections[0].call, Call::Birthday { years: said, .. } if said == years), "{day}");
        assert_eq!(parts.sections[0].slots, slots(&[slot]));
    }
}

#[test]
fn a_stop_of_ones_own_or_of_the_family_leaves_nothing_on_any_day() {
    let own = OwnStop { on: date("2026-04-02"), reason: StopReason::Plain };
    let before = Box::new(Journey::Born { born: date("2026-04-01"), due: None });
    let family = [
        Follow { stopped: Some(own), ..born(1, "", "2026-04-01") },
        follow(2, "", Journey::Stopped { on: date("2026-04-02"), before }),
    ];
    for day in date("2026-03-01").iter_days().take(1_200) {
        assert_eq!(message(&family, &Profile::default(), &day.to_string()), None);
    }
    assert_eq!(due(&family, &Profile::default(), "2026-04-02T06:00:00", false), None);
}

#[test]
fn during_a_rest_nothing_is_sent_and_the_first_message_after_it_says_so() {
    let child = [born(1, "", "2026-04-01")];
    let rest = resting_until(Some("2026-04-10"));
    assert_eq!(message(&child, &rest, "2026-04-10"), None);
    assert_eq!(message(&child, &rest, "2026-04-11").unwrap().leads, [Lead::Resumed]);
    assert_eq!(message(&child, &resting_until(None), "2028-04-01"), None);
    assert_eq!(due(&child, &rest, "2026-04-05T09:00:00", false), Some(at("2026-04-11T08:00:00")));
    assert_eq!(due(&child, &resting_until(None), "2026-04-05T09:00:00", false), None);
}

#[test]
fn a_day_can_be_read_during_a_rest_without_explanations() {
    let child = [born(1, "", "2026-04-01")];
    let profile = Profile { leads: vec![Lead::BirthReported(ChildId(1))], ..resting_until(None) };
    let reader = ReaderPlan { follows: &child, profile: &profile, locale: "ja" };
    let parts = readable_on(&reader, date("2026-04-05"), &library()).unwrap();
    assert_eq!((parts.leads.len(), parts.sections.len()), (0, 1));
}

#[test]
fn the_last_message_is_found_up_to_31_days_back() {
    let child = [born(1, "", "2024-04-01")];
    let profile = Profile::default();
    let reader = ReaderPlan { follows: &child, profile: &profile, locale: "ja" };
    let before = |day| day_before(&reader, date(day), &library());
    assert_eq!(before("2024-07-12"), Some(date("2024-07-09")));
    assert_eq!(before("2024-07-09"), Some(date("2024-07-08")));
    assert_eq!(before("2027-05-02"), Some(date("2027-04-01")));
    assert_eq!(before("2027-05-03"), None);
    assert_eq!(before("2024-04-01"), None);
}

#[test]
fn the_next_message_is_today_even_when_its_time_is_past_unless_it_is_done() {
    let child = [born(1, "", "2026-04-01")];
    let profile = Profile::default();
    for now in ["2026-04-05T00:00:00", "2026-04-05T08:00:01", "2026-04-05T23:59:59"] {
        assert_eq!(due(&child, &profile, now, false), Some(at("2026-04-05T08:00:00")), "{now}");
        assert_eq!(due(&child, &profile, now, true), Some(at("2026-04-06T08:00:00")), "{now}");
    }
    assert_eq!(due(&child, &profile, "2026-07-09T09:00:00", true), Some(at("2026-07-12T08:00:00")));
    assert_eq!(due(&child, &profile, "2029-04-01T09:00:00", true), None);
}

#[test]
fn whoever_waits_for_the_fourth_week_is_reached_on_its_first_day() {
    let early = [expected(1, "", "2027-08-29")];
    let first = due(&early, &Profile::default(), "2026-11-22T12:00:00", false);
    assert_eq!(first, Some(at("2026-12-20T08:00:00")));
}

#[test]
fn a_chosen_time_is_brought_into_the_sending_window() {
    let child = [born(1, "", "2026-04-01")];
    for (minute, time) in [(0, "07:00:00"), (6 * 60, "07:00:00"), (9 * 60 + 30, "09:30:00"), (21 * 60, "20:59:00")] {
        let profile = Profile { minute: Some(minute), ..Profile::default() };
        let expected = at(&format!("2026-04-05T{time}"));
        assert_eq!(due(&child, &profile, "2026-04-05T05:00:00", false), Some(expected));
    }
    let strange = Hours { delivery: u16::MAX, opens: 9_999, closes: 0 };
    assert_eq!(strange.time_for(&Profile::default()).to_string(), "23:59:00");
}

#[test]
fn development_follows_the_due_date_of_a_preterm_child_whose_family_chose_so() {
    let journey = Journey::Born { born: date("2026-04-01"), due: Some(date("2026-05-27")) };
    let mut child = follow(1, "", journey);
    let corrected = |child: &Follow, day| {
        let parts = message(std::slice::from_ref(child), &Profile::default(), day).unwrap();
        parts.sections[0].corrected
    };
    assert_eq!(corrected(&child, "2026-07-09"), None);
    child.child.corrected = true;
    assert_eq!(corrected(&child, "2026-05-26"), Some(BEFORE_DUE));
    assert_eq!(corrected(&child, "2026-05-27"), Some(Slot::Day(1)));
    assert_eq!(corrected(&child, "2026-07-09"), Some(Slot::Day(44)));
    // Day 229 by birth, day 173 by due date: the last regular slot is day 172; round days are none.
    assert_eq!(corrected(&child, "2026-11-15"), Some(Slot::Day(172)));
}

#[test]
fn development_follows_the_birth_date_of_a_child_born_at_term() {
    let journey = Journey::Born { born: date("2026-05-06"), due: Some(date("2026-05-27")) };
    let mut child = follow(1, "", journey);
    child.child.corrected = true;
    let parts = message(&[child], &Profile::default(), "2026-05-20").unwrap();
    assert_eq!(parts.sections[0].corrected, None);
}

/// What may happen to a reader in the course of a day.
#[derive(Debug, Clone)]
enum Event {
    Wait { minutes: i64 },
    ChooseTime(Option<u16>),
    Rest { days: Option<i64> },
    Resume,
    MoveDueDate { days: i64 },
    ReportBirth { days_ago: i64 },
    UndoBirth,
    StopAll,
    UndoStop,
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (1i64..4_000).prop_map(|minutes| Event::Wait { minutes }),
        2 => prop::option::of(0u16..1_440).prop_map(Event::ChooseTime),
        1 => prop::option::of(0i64..20).prop_map(|days| Event::Rest { days }),
        2 => Just(Event::Resume),
        1 => (-40i64..40).prop_map(|days| Event::MoveDueDate { days }),
        1 => (0i64..5).prop_map(|days_ago| Event::ReportBirth { days_ago }),
        1 => Just(Event::UndoBirth),
        1 => Just(Event::StopAll),
        2 => Just(Event::UndoStop),
    ]
}

/// A caller that does exactly what `next_due` says: it asks after every change and after every
/// message, and sends at once what is due.
struct Caller {
    now: NaiveDateTime,
    follows: Vec<Follow>,
    profile: Profile,
    sent: BTreeSet<NaiveDate>,
    armed: Option<NaiveDateTime>,
    library: Library,
}

impl Caller {
    fn new(now: &str, follows: Vec<Follow>) -> Self {
        let (profile, sent) = (Profile::default(), BTreeSet::new());
        let mut caller = Self { now: at(now), follows, profile, sent, armed: None, library: library() };
        caller.arm();
        caller
    }

    fn reader(&self) -> ReaderPlan<'_> {
        ReaderPlan { follows: &self.follows, profile: &self.profile, locale: "ja" }
    }

    fn arm(&mut self) {
        let done = self.sent.contains(&self.now.date());
        self.armed = next_due(&self.reader(), self.now, done, Hours::default(), &self.library);
    }

    fn send_what_is_due(&mut self) {
        while let Some(due) = self.armed.filter(|due| *due <= self.now) {
            assert_eq!(due.date(), self.now.date(), "nothing older than its own day");
            let parts = message_on(&self.reader(), due.date(), &self.library).expect("what is due has a message");
            assert_eq!(parts.day, due.date());
            assert!(self.sent.insert(due.date()), "{} was sent twice", due.date());
            self.profile.pause = self.profile.pause.filter(|_| !parts.leads.contains(&Lead::Resumed));
            self.arm();
        }
    }

    /// Lets time pass, stopping at each due time and at each midnight.
    fn wait(&mut self, minutes: i64) {
        let end = self.now + TimeDelta::minutes(minutes);
        while self.now < end {
            let midnight = days_after(self.now.date(), 1).and_time(NaiveTime::MIN);
            let stop = end.min(midnight).min(self.armed.unwrap_or(end).max(self.now + TimeDelta::minutes(1)));
            if stop == midnight {
                self.the_day_is_over();
            }
            self.now = stop;
            self.send_what_is_due();
        }
    }

    /// As things stand at midnight, a day with a message has been sent.
    fn the_day_is_over(&self) {
        let today = self.now.date();
        let had_message = message_on(&self.reader(), today, &self.library).is_some();
        assert!(!had_message || self.sent.contains(&today), "{today} was lost");
    }

    fn apply(&mut self, event: &Event) {
        let today = self.now.date();
        match event {
            Event::Wait { minutes } => return self.wait(*minutes),
            Event::ChooseTime(minute) => self.profile.minute = *minute,
            Event::Rest { days } => {
                self.profile.pause = Some(Pause { until: days.map(|days| days_after(today, days)) });
            }
            Event::Resume => self.profile.pause = None,
            Event::StopAll => self.stop(Some(OwnStop { on: today, reason: StopReason::Plain })),
            Event::UndoStop => self.stop(None),
            Event::MoveDueDate { days } => self.change(|journey| match journey {
                Journey::Expected { due } => *due = days_after(*due, *days),
                Journey::Born { .. } | Journey::Stopped { .. } => {}
            }),
            Event::ReportBirth { days_ago } => self.change(|journey| {
                if let Journey::Expected { due } = *journey {
                    *journey = Journey::Born { born: days_after(today, -days_ago), due: Some(due) };
                }
            }),
            Event::UndoBirth => self.change(|journey| {
                if let Journey::Born { due: Some(due), .. } = *journey {
                    *journey = Journey::Expected { due };
                }
            }),
        }
        self.arm();
        self.send_what_is_due();
    }

    fn stop(&mut self, stop: Option<OwnStop>) {
        self.follows.iter_mut().for_each(|follow| follow.stopped = stop);
    }

    fn change(&mut self, mut change: impl FnMut(&mut Journey)) {
        self.follows.iter_mut().take(1).for_each(|follow| change(&mut follow.child.journey));
    }
}

proptest! {
    #[test]
    fn whatever_is_changed_no_day_is_lost_and_none_is_sent_twice(
        events in prop::collection::vec(any_event(), 1..60),
        due_in in -13i64..300,
        sibling_age in prop::option::of(0i64..1_100),
    ) {
        let today = date("2027-12-20");
        let mut family = vec![follow(1, "", Journey::Expected { due: days_after(today, due_in) })];
        family.extend(sibling_age.map(|days| follow(2, "", Journey::Born { born: days_after(today, -days), due: None })));
        let mut caller = Caller::new("2027-12-20T12:00:00", family);
        caller.send_what_is_due();
        for event in &events {
            caller.apply(event);
        }
        caller.wait(3 * 24 * 60);
    }

    #[test]
    fn due_times_rise_strictly_and_miss_no_day_that_has_a_message(
        age in 0i64..1_100,
        due_in in -13i64..300,
        rest in prop::option::of(0i64..40),
    ) {
        let today = date("2027-12-20");
        let family = [
            follow(1, "", Journey::Expected { due: days_after(today, due_in) }),
            follow(2, "", Journey::Born { born: days_after(today, -age), due: None }),
        ];
        let pause = rest.map(|days| Pause { until: Some(days_after(today, days)) });
        let (profile, library) = (Profile { pause, ..Profile::default() }, library());
        let reader = ReaderPlan { follows: &family, profile: &profile, locale: "ja" };
        let due = |now: NaiveDateTime, done| next_due(&reader, now, done, Hours::default(), &library);
        let mut walked = today.iter_days().filter(|day| message_on(&reader, *day, &library).is_some());
        let mut next = due(today.and_time(NaiveTime::MIN), false);
        for _ in 0..60 {
            let Some(now) = next else { break };
            prop_assert!(days_between(today, now.date()) < 1_100);
            prop_assert_eq!(Some(now.date()), walked.next());
            next = due(now, true);
        }
    }
}
