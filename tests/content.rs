//! The texts that ship: read as a server reads them, judged on a fixed day, composed for everybody.

use chrono::NaiveDate;
use hagukumi::content::{self, Loaded, Source};
use hagukumi::domain::compose::{MAX_OBJECTS, daily};
use hagukumi::domain::family::{Child, Follow, Journey, Profile, Role};
use hagukumi::domain::ids::ChildId;
use hagukumi::domain::programme::letters;
use hagukumi::domain::programme::pack::Series;
use hagukumi::domain::programme::plan::ReaderPlan;
use hagukumi::line::lint::{request_breaches, unknown_to_line};
use hagukumi::line::outgoing::to_line;

fn shipped() -> Loaded {
    content::load(&Source::Embedded, None).expect("what ships can be read")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day like 2026-11-22")
}

#[test]
fn nothing_that_ships_is_wrong_on_the_day_it_was_written() {
    let findings = content::check(&shipped(), day("2026-11-22"));
    let errors: Vec<String> =
        findings.iter().filter(|one| content::has_errors(&[(*one).clone()])).map(ToString::to_string).collect();
    assert_eq!(errors, [""; 0]);
}

#[test]
fn what_is_compiled_in_is_what_lies_in_the_folder() {
    let folder = Source::Directory(concat!(env!("CARGO_MANIFEST_DIR"), "/content").into());
    let from_folder = content::load(&folder, None).expect("the folder can be read");
    let revisions = |loaded: &Loaded| loaded.library.packs.iter().map(|pack| pack.revision.clone()).collect::<Vec<_>>();
    assert_eq!(revisions(&shipped()), revisions(&from_folder));
}

#[test]
fn the_first_day_of_each_week_of_pregnancy_and_the_days_of_the_first_fortnight_are_written() {
    let library = shipped().library;
    let mut wanted: Vec<String> = (4..=41).map(|week| format!("preg/w{week:02}d0")).collect();
    wanted.extend((1..=14).chain([30, 50, 100]).map(|day| format!("day/{day}")));
    wanted.extend(["y1/w00", "y2/w00", "birthday/3"].map(str::to_owned));
    for key in &wanted {
        let slot = key.parse().expect("a slot");
        assert!(library.packs.iter().any(|pack| pack.manuscripts.contains_key(&slot)), "{key} is missing");
    }
    assert_eq!(wanted.len(), 38 + 14 + 3 + 3);
    assert!(library.municipality.texts.len() >= 10);
    assert!(!library.is_reviewed(), "every text is a sample until somebody has reviewed it");
}

#[test]
fn every_message_of_every_family_is_one_that_line_takes() {
    let library = shipped().library;
    let expected = Journey::Expected { due: day("2027-03-01") };
    let born = Journey::Born { born: day("2026-11-22"), due: Some(day("2027-01-20")) };
    for journey in [expected, born] {
        for role in Role::ALL {
            let child = Child { id: ChildId(1), version: 1, nickname: None, journey: journey.clone(), corrected: true };
            let follows = [Follow { child, role, registrant: true, stopped: None }];
            let reader = ReaderPlan { follows: &follows, profile: &Profile::default(), locale: "ja" };
            let mut count = 0;
            for parts in letters(reader, &library, None, None) {
                let objects: Vec<_> = daily(&parts, &library, MAX_OBJECTS).iter().map(to_line).collect();
                let breaches: Vec<_> = request_breaches(&objects).iter().map(|breach| format!("{breach:?}")).collect();
                assert_eq!(breaches, [""; 0], "{} {role:?}", parts.day);
                assert!(objects.iter().all(|object| unknown_to_line(object).is_empty()), "{} {role:?}", parts.day);
                count += 1;
            }
            assert!(count > 260, "{count}");
        }
    }
}

#[test]
fn both_series_have_a_pack() {
    let library = shipped().library;
    for series in [Series::Maternity, Series::Childcare] {
        assert!(library.pack(series, "ja").is_some());
    }
}
