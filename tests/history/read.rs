//! The judge reads what the bot writes: its own days and slots agree with the packs that ship, and no
//! call is overlooked.

use std::collections::HashSet;

use chrono::{Datelike as _, NaiveDate};
use hagukumi::content::{self, Source};
use hagukumi::domain::compose;
use hagukumi::domain::family::{Child, Follow, Journey, Profile, Role};
use hagukumi::domain::ids::ChildId;
use hagukumi::domain::library::Library;
use hagukumi::domain::programme::plan::{ReaderPlan, message_on};
use hagukumi::domain::programme::series;
use hagukumi::simulator::Entry;
use serde_json::json;

use crate::good::request;
use crate::history::calls::{self, Call};
use crate::history::slots::has_text;
use crate::history::{Anchor, Day};

fn library() -> Library {
    content::load(&Source::Embedded, None).unwrap().library
}

fn day(date: NaiveDate) -> Day {
    Day::of(date.year().into(), date.month().into(), date.day().into())
}

fn anchor(journey: &Journey) -> Anchor {
    match journey {
        Journey::Expected { due } => Anchor::Due(day(*due)),
        Journey::Born { born, .. } => Anchor::Born(day(*born)),
        Journey::Stopped { before, .. } => anchor(before),
    }
}

fn journeys() -> [Journey; 4] {
    let date = |text: &str| text.parse().unwrap();
    [
        Journey::Expected { due: date("2027-03-01") },
        Journey::Born { born: date("2026-11-22"), due: None },
        Journey::Born { born: date("2023-12-31"), due: None },
        Journey::Born { born: date("2024-02-28"), due: None },
    ]
}

#[test]
fn days_are_the_calendars() {
    for (days, date) in NaiveDate::from_ymd_opt(1899, 12, 1).unwrap().iter_days().take(80_000).enumerate() {
        let found = day(date);
        assert_eq!(found.0, i64::try_from(days).unwrap() - 25_598, "{date}");
        assert_eq!(found.to_string(), date.to_string());
        assert_eq!(Day::read(&date.to_string()), Some(found));
    }
}

#[test]
fn texts_are_expected_on_exactly_the_days_that_the_packs_have_one() {
    let library = library();
    for journey in journeys() {
        let planned: HashSet<Day> = series(&journey, &library, "ja", None, None).map(|(date, _)| day(date)).collect();
        let first = *planned.iter().min().unwrap();
        for offset in -30..1_200 {
            let day = first.plus(offset);
            assert_eq!(has_text(anchor(&journey), day), Some(planned.contains(&day)), "{journey:?} {day}");
        }
    }
}

#[test]
fn the_age_is_read_in_every_daily_message_with_and_without_a_name() {
    let library = library();
    for journey in journeys() {
        for named in [false, true] {
            let nickname = named.then(|| serde_json::from_value(json!("もも")).unwrap());
            let child = Child { id: ChildId(1), version: 1, nickname, journey: journey.clone(), corrected: false };
            let follows = [Follow { child, role: Role::Other, registrant: true, stopped: None }];
            let profile = Profile::default();
            let plan = ReaderPlan { follows: &follows, profile: &profile, locale: "ja" };
            for (date, _) in series(&journey, &library, "ja", None, None) {
                let parts = message_on(&plan, date, &library).unwrap();
                let said = compose::daily(&parts, &library, compose::MAX_OBJECTS);
                let said: Vec<_> = said.iter().map(hagukumi::line::outgoing::to_line).collect();
                let push = Entry { messages: said, ..request("push", 0, "U", "x", &[]) };
                assert_eq!(calls::of(&push), [Call::on(anchor(&journey), day(date))], "{date}");
            }
        }
    }
}
