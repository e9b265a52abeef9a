//! What holds for every date, with the packs that ship.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use hagukumi::content::{self, Source};
use hagukumi::domain::family::Journey;
use hagukumi::domain::library::Library;
use hagukumi::domain::programme::series;
use hagukumi::domain::programme::slot::Slot;

fn library() -> Library {
    content::load(&Source::Embedded, None).expect("what ships can be read").library
}

fn days_of(year: i32, years: u64) -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
    let last = NaiveDate::from_ymd_opt(year + years as i32, 1, 1).expect("a day");
    first.iter_days().take_while(move |day| *day < last)
}

struct Counted {
    regular: usize,
    texts: usize,
    days: usize,
}

fn count(library: &Library, journey: &Journey) -> Counted {
    let (mut regular, mut texts, mut days) = (HashSet::new(), 0, 0);
    let mut before = None;
    for (day, slots) in series(journey, library, "ja", None, None) {
        assert!(before.is_none_or(|before| before < day), "days ascend");
        before = Some(day);
        days += 1;
        texts += slots.len();
        regular.extend(slots.into_iter().filter(|slot| !matches!(slot, Slot::Round(_))));
    }
    Counted { regular: regular.len(), texts, days }
}

#[test]
fn every_family_of_2024_to_2027_gets_534_regular_days_and_543_texts() {
    let library = library();
    let mut by_days = [0; 3];
    for birth in days_of(2024, 4) {
        // A child that comes on its due date was accompanied from 4w0d to the day before its birth;
        // the series themselves are 266 and 268 days long.
        let due = count(&library, &Journey::Expected { due: birth });
        let born = count(&library, &Journey::Born { born: birth, due: None });
        assert_eq!((due.regular, due.texts, due.days), (266, 266, 266), "{birth}");
        assert_eq!((due.regular + born.regular, due.texts + born.texts), (534, 543), "{birth}");
        by_days[543 - (due.days + born.days)] += 1;
    }
    assert_eq!(by_days, [731, 365, 365], "birth dates with 543, 542 and 541 distinct days");
}

#[test]
fn the_hundredth_day_of_every_child_is_ninety_nine_days_after_its_birth() {
    let library = library();
    for birth in days_of(1900, 200).step_by(97) {
        let journey = Journey::Born { born: birth, due: None };
        let hundredth = series(&journey, &library, "ja", None, None).find(|(_, slots)| slots.contains(&Slot::Day(100)));
        assert_eq!(hundredth.map(|(day, _)| day), birth.checked_add_days(Days::new(99)), "{birth}");
    }
}
