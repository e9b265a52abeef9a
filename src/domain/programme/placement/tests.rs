use super::*;
use crate::domain::family::{Follow, Profile};
use crate::domain::programme::fixture::{born, date, expected, library_with, municipal_text};
use crate::domain::programme::plan::{ReaderPlan, message_on};

fn riding(follows: &[Follow], day: &str, texts: &[MunicipalText], profile: &Profile) -> Option<Vec<String>> {
    let library = library_with(Vec::new(), texts.to_vec());
    let reader = ReaderPlan { follows, profile, locale: "ja" };
    message_on(&reader, date(day), &library).map(|parts| parts.municipal)
}

fn keys(follows: &[Follow], day: &str, texts: &[MunicipalText]) -> Vec<String> {
    let (library, profile) = (library_with(Vec::new(), texts.to_vec()), Profile::default());
    let reader = ReaderPlan { follows, profile: &profile, locale: "ja" };
    shown_keys(&message_on(&reader, date(day), &library).unwrap(), &library)
}

fn having_shown(key: &str, on: &str) -> Profile {
    Profile { shown: [(key.to_owned(), date(on))].into(), ..Profile::default() }
}

#[test]
fn a_municipal_text_rides_on_the_days_of_its_range_and_makes_no_days_of_its_own() {
    let (child, texts) = ([born(1, "", "2026-04-01")], [municipal_text("kenshin", "day/101", "day/104")]);
    let on = |day| riding(&child, day, &texts, &Profile::default());
    assert_eq!(on("2026-07-09"), Some(vec![]));
    assert_eq!(on("2026-07-10"), None);
    assert_eq!(on("2026-07-12"), Some(vec!["kenshin".to_owned()]));
    assert_eq!(on("2026-07-15"), Some(vec![]));
}

#[test]
fn what_was_shown_stays_away_except_on_its_own_day() {
    let (child, texts) = ([born(1, "", "2026-04-01")], [municipal_text("kenshin", "day/90", "day/130")]);
    let shown = having_shown("kenshin#1", "2026-07-01");
    assert_eq!(riding(&child, "2026-07-02", &texts, &shown), Some(vec![]));
    assert_eq!(riding(&child, "2026-07-01", &texts, &shown), Some(vec!["kenshin".to_owned()]));
    let of_a_sibling = having_shown("kenshin#2", "2026-07-01");
    assert_eq!(riding(&child, "2026-07-02", &texts, &of_a_sibling), Some(vec!["kenshin".to_owned()]));
}

#[test]
fn a_text_that_is_shown_once_is_not_shown_again_for_a_sibling() {
    let once = [MunicipalText { once: true, ..municipal_text("tetsuzuki", "day/1", "day/30") }];
    let child = [born(2, "", "2026-04-01")];
    assert_eq!(keys(&child, "2026-04-05", &once), ["tetsuzuki"]);
    assert_eq!(riding(&child, "2026-04-05", &once, &having_shown("tetsuzuki", "2024-04-01")), Some(vec![]));
}

#[test]
fn one_text_a_child_the_one_whose_range_ends_first() {
    let child = [born(1, "", "2026-04-01")];
    let texts = [municipal_text("later", "day/1", "day/60"), municipal_text("sooner", "day/1", "day/30")];
    assert_eq!(riding(&child, "2026-04-05", &texts, &Profile::default()), Some(vec!["sooner".to_owned()]));
    let next = having_shown("sooner#1", "2026-04-05");
    assert_eq!(riding(&child, "2026-04-06", &texts, &next), Some(vec!["later".to_owned()]));
}

#[test]
fn two_texts_at_most_travel_in_one_push() {
    let children = [born(1, "", "2025-04-01"), born(2, "", "2026-04-01"), expected(3, "", "2026-08-01")];
    let texts = [
        municipal_text("of-one", "y1/w00", "y1/w10"),
        municipal_text("of-baby", "day/1", "day/8"),
        municipal_text("of-pregnancy", "preg/w20d0", "preg/w23d6"),
    ];
    let on = riding(&children, "2026-04-01", &texts, &Profile::default());
    assert_eq!(on, Some(vec!["of-baby".to_owned(), "of-pregnancy".to_owned()]));
}

#[test]
fn twins_share_one_text_and_both_are_remembered() {
    let twins = [born(1, "", "2026-04-01"), born(2, "", "2026-04-01")];
    let texts = [municipal_text("kenshin", "day/1", "day/30"), municipal_text("yobo", "day/1", "day/60")];
    assert_eq!(riding(&twins, "2026-04-05", &texts, &Profile::default()), Some(vec!["kenshin".to_owned()]));
    assert_eq!(keys(&twins, "2026-04-05", &texts), ["kenshin#1", "kenshin#2"]);
}

#[test]
fn an_expired_text_is_not_sent() {
    let valid_until = Some(date("2026-04-05"));
    let texts = [MunicipalText { valid_until, ..municipal_text("old", "day/1", "day/30") }];
    let child = [born(1, "", "2026-04-01")];
    assert_eq!(riding(&child, "2026-04-05", &texts, &Profile::default()), Some(vec!["old".to_owned()]));
    assert_eq!(riding(&child, "2026-04-06", &texts, &Profile::default()), Some(vec![]));
}

#[test]
fn a_range_may_begin_in_pregnancy_and_end_after_the_birth() {
    let texts = [municipal_text("both", "preg/w36d0", "day/14")];
    let on = |child: Follow, day| riding(&[child], day, &texts, &Profile::default()).unwrap().len();
    assert_eq!(on(expected(1, "", "2026-04-01"), "2026-03-03"), 0);
    assert_eq!(on(expected(1, "", "2026-04-01"), "2026-03-04"), 1);
    assert_eq!(on(expected(1, "", "2026-04-01"), "2026-04-14"), 1);
    assert_eq!(on(born(1, "", "2026-04-01"), "2026-04-01"), 1);
    assert_eq!(on(born(1, "", "2026-04-01"), "2026-04-14"), 1);
    assert_eq!(on(born(1, "", "2026-04-01"), "2026-04-15"), 0);
}

#[test]
fn a_text_of_an_area_rides_for_its_readers_only_and_moves_no_other_text() {
    let north = MunicipalText { areas: vec!["北部".to_owned()], ..municipal_text("north", "day/1", "day/5") };
    let texts = [north, municipal_text("all", "day/1", "day/30")];
    let child = [born(1, "", "2026-04-01")];
    let in_area = |area: Option<&str>| {
        let profile = Profile { area: area.map(str::to_owned), ..Profile::default() };
        riding(&child, "2026-04-02", &texts, &profile).unwrap()
    };
    assert_eq!(in_area(Some("北部")), ["north"]);
    assert_eq!(in_area(Some("南部")), ["all"]);
    assert_eq!(in_area(None), ["all"]);
}
