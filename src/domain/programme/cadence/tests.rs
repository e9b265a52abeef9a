use std::collections::BTreeSet;

use chrono::Datelike;
use proptest::prelude::*;

use super::*;
use crate::domain::programme::fixture::{childcare, childcare_regular, date, maternity};

const RULES: [LeapRule; 2] = [LeapRule::TwentyEighth, LeapRule::FirstOfMarch];

fn of_birth(cadence: &[Cadence], born: NaiveDate, leap: LeapRule) -> Course<'_> {
    Course::new(cadence, Anchor::Born(BirthDate::kept(born)), leap)
}

fn of_due(cadence: &[Cadence], due: NaiveDate) -> Course<'_> {
    Course::new(cadence, Anchor::Due(DueDate::kept(due)), LeapRule::default())
}

/// Every delivery day with its slots, as `next_from` finds them.
fn days(course: &Course<'_>) -> Vec<(NaiveDate, Vec<Slot>)> {
    let next = |from| course.next_from(from);
    std::iter::successors(next(NaiveDate::MIN), |day| next(days_after(*day, 1)))
        .map(|day| (day, course.slots_on(day)))
        .collect()
}

fn births(first: &str, last: &str) -> impl Iterator<Item = NaiveDate> {
    let last = date(last);
    date(first).iter_days().take_while(move |day| *day <= last)
}

#[test]
fn every_birth_date_of_a_leap_cycle_gets_268_regular_days_and_every_due_date_266() {
    let (maternity, childcare) = (maternity(), childcare_regular());
    let mut seen = 0;
    for born in births("2024-01-01", "2027-12-31") {
        for rule in RULES {
            let days = days(&of_birth(&childcare, born, rule));
            assert_eq!(days.len(), 268, "{born}");
            assert!(days.iter().all(|(_, slots)| slots.len() == 1), "{born}");
        }
        assert_eq!(days(&of_due(&maternity, born)).len(), 266, "{born}");
        seen += 1;
    }
    assert_eq!(seen, 1_461);
}

#[test]
fn with_round_days_there_are_543_texts_for_everybody_on_541_to_543_distinct_days() {
    let childcare = childcare();
    let mut distinct = [0; 3];
    for born in births("2024-01-01", "2027-12-31") {
        let days = days(&of_birth(&childcare, born, LeapRule::default()));
        let texts: BTreeSet<Slot> = days.iter().flat_map(|(_, slots)| slots.clone()).collect();
        assert_eq!(266 + texts.len(), 543, "{born}");
        distinct[543 - (266 + days.len())] += 1;
    }
    assert_eq!(distinct, [731, 365, 365]);
}

#[test]
fn the_days_of_a_child_come_in_order_with_the_promised_gaps() {
    for born in births("2024-01-01", "2027-12-31") {
        let childcare = childcare_regular();
        let days = days(&of_birth(&childcare, born, LeapRule::default()));
        for pair in days.windows(2) {
            let gap = days_between(pair[0].0, pair[1].0);
            let allowed = match (pair[0].1[0], pair[1].1[0]) {
                (Slot::Day(..100), Slot::Day(_)) => 1..=1,
                (Slot::Day(_), Slot::Day(_)) => 3..=3,
                // The day before the birthday is day 365, or 366 where a 29 February lies between.
                (Slot::Day(_), Slot::Week { .. }) => 2..=3,
                (Slot::Week { year: 1, .. }, Slot::Week { year: 1, .. }) => 7..=7,
                (Slot::Week { year: 1, .. }, Slot::Week { .. }) => 1..=2,
                (Slot::Week { .. }, Slot::Week { .. }) => 14..=14,
                (Slot::Week { .. }, Slot::Birthday(3)) => 15..=16,
                other => panic!("{born}: {other:?}"),
            };
            assert!(allowed.contains(&gap), "{born}: {pair:?}");
        }
    }
}

#[test]
fn a_child_born_on_1_april_2025_meets_the_known_days() {
    let childcare = childcare();
    let course = of_birth(&childcare, date("2025-04-01"), LeapRule::default());
    let known = [
        ("2025-04-01", "day/1"),
        ("2025-07-09", "day/100"),
        ("2025-07-12", "day/103"),
        ("2026-03-30", "day/364"),
        ("2026-04-01", "y1/w00"),
        ("2027-03-31", "y1/w52"),
        ("2027-04-01", "y2/w00"),
        ("2028-03-16", "y2/w50"),
        ("2028-04-01", "birthday/3"),
        ("2027-12-26", "round/1000"),
    ];
    for (day, slot) in known {
        assert_eq!(course.slots_on(date(day)), [slot.parse().unwrap()], "{day}");
    }
    assert_eq!(course.slots_on(date("2025-07-10")), []);
    assert_eq!(course.next_from(date("2028-04-02")), None);
}

#[test]
fn a_round_day_on_a_regular_day_travels_behind_it() {
    let childcare = childcare();
    let mut merged = BTreeSet::new();
    for born in births("2026-03-01", "2027-02-28") {
        for (_, slots) in days(&of_birth(&childcare, born, LeapRule::default())) {
            if let [regular, round] = slots.as_slice() {
                assert!(!matches!(regular, Slot::Round(_)));
                merged.insert(*round);
            }
        }
    }
    assert_eq!(merged.into_iter().collect::<Vec<_>>(), [Slot::Round(900)]);
}

#[test]
fn a_birthday_opens_its_year_and_the_third_ends_everything() {
    let childcare = childcare();
    for rule in RULES {
        for born in births("2024-01-01", "2027-12-31") {
            let (child, course) = (BirthDate::kept(born), of_birth(&childcare, born, rule));
            assert_eq!(course.slots_on(child.birthday(1, rule))[0], Slot::Week { year: 1, week: 0 });
            assert_eq!(course.slots_on(child.birthday(2, rule))[0], Slot::Week { year: 2, week: 0 });
            assert_eq!(course.last_to(NaiveDate::MAX), Some(child.birthday(3, rule)));
        }
    }
}

#[test]
fn nothing_of_a_child_is_sent_before_its_birth_and_nothing_of_a_pregnancy_after_41_weeks_6_days() {
    let (maternity, childcare) = (maternity(), childcare());
    let born = date("2026-04-01");
    assert_eq!(of_birth(&childcare, born, LeapRule::default()).last_to(date("2026-03-31")), None);
    let pregnancy = of_due(&maternity, born);
    assert_eq!(pregnancy.next_from(date("2025-01-01")), Some(days_after(born, -252)));
    assert_eq!(pregnancy.last_to(date("2027-01-01")), Some(days_after(born, 13)));
    // Cadence lines of the other part of life say nothing.
    assert_eq!(of_due(&childcare, born).next_from(NaiveDate::MIN), None);
    assert_eq!(of_birth(&maternity, born, LeapRule::default()).next_from(NaiveDate::MIN), None);
}

#[test]
fn a_cadence_that_says_too_much_is_held_within_its_bounds() {
    let greedy = vec![
        Cadence::Days { from: 1, to: 5_000, every: 7 },
        Cadence::Weeks { year: 1, from: 0, to: 200, every: 1 },
        Cadence::Weeks { year: 255, from: 0, to: 255, every: 0 },
        Cadence::Birthday { years: 18 },
        Cadence::Round { days: vec![0, 1_000, 5_000] },
    ];
    for born in births("2024-01-01", "2024-12-31") {
        let child = BirthDate::kept(born);
        let course = of_birth(&greedy, born, LeapRule::default());
        for (day, slots) in days(&course) {
            for slot in slots {
                let end = match slot {
                    Slot::Day(_) => child.birthday(1, LeapRule::default()),
                    Slot::Week { .. } => child.birthday(2, LeapRule::default()),
                    _ => days_after(child.birthday(3, LeapRule::default()), 1),
                };
                assert!(day < end, "{born} {slot}");
            }
        }
    }
    let overlong = vec![Cadence::Gestation { from: 0, to: 400, every: 1 }];
    assert_eq!(days(&of_due(&overlong, date("2026-04-01"))).len(), 294);
}

fn any_date() -> impl Strategy<Value = NaiveDate> {
    let (first, last) = (date("1900-01-01").num_days_from_ce(), date("2100-12-31").num_days_from_ce());
    (first..=last).prop_map(|days| NaiveDate::from_num_days_from_ce_opt(days).unwrap())
}

fn any_line() -> impl Strategy<Value = Cadence> {
    prop_oneof![
        (1u16..400, 0u16..400, 1u16..40).prop_map(|(from, more, every)| Cadence::Days { from, to: from + more, every }),
        (1u8..4, 0u8..60, 0u8..60, 1u8..9).prop_map(|(year, from, more, every)| Cadence::Weeks {
            year,
            from,
            to: from + more,
            every
        }),
        (0u8..5).prop_map(|years| Cadence::Birthday { years }),
        prop::collection::btree_set(1u16..1_200, 0..6)
            .prop_map(|days| Cadence::Round { days: days.into_iter().collect() }),
    ]
}

proptest! {
    #[test]
    fn any_birth_date_from_1900_to_2100_gets_268_days_in_order(born in any_date(), rule in prop::sample::select(&RULES)) {
        let regular = childcare_regular();
        let course = of_birth(&regular, born, rule);
        let days = days(&course);
        prop_assert_eq!(days.len(), 268);
        prop_assert!(days.windows(2).all(|pair| pair[0].0 < pair[1].0));
        prop_assert_eq!(days[0].0, born);
    }

    #[test]
    fn any_due_date_from_1900_to_2100_gets_266_consecutive_days(due in any_date()) {
        let cadence = maternity();
        let days = days(&of_due(&cadence, due));
        for (number, (day, slots)) in days.iter().enumerate() {
            prop_assert_eq!(*day, days_after(due, number as i64 - 252));
            prop_assert_eq!(slots.as_slice(), [Slot::Pregnancy(28 + number as u16)]);
        }
        prop_assert_eq!(days.len(), 266);
    }

    #[test]
    fn leaping_to_the_next_day_finds_what_walking_day_by_day_finds(
        born in any_date(),
        lines in prop::collection::vec(any_line(), 1..5),
        rule in prop::sample::select(&RULES),
        offset in -30i64..1_200,
    ) {
        let course = of_birth(&lines, born, rule);
        let from = days_after(born, offset);
        let third = BirthDate::kept(born).birthday(3, rule);
        let walked = from.iter_days().take_while(|day| *day <= third).find(|day| !course.slots_on(*day).is_empty());
        prop_assert_eq!(course.next_from(from), walked);
        let back = (0..1_300).map(|days| days_after(from, -days)).find(|day| !course.slots_on(*day).is_empty());
        prop_assert_eq!(course.last_to(from), back);
    }

    #[test]
    fn a_slot_stands_on_the_day_that_its_anchor_says(born in any_date(), lines in prop::collection::vec(any_line(), 1..5)) {
        let course = of_birth(&lines, born, LeapRule::default());
        for (day, slots) in days(&course) {
            for slot in slots {
                prop_assert_eq!(course.anchor().day_of(slot, LeapRule::default()), Some(day));
            }
        }
    }
}
