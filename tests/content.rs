//! The texts that ship: read as a server reads them, judged on a fixed day, composed for everybody.

use chrono::NaiveDate;
use hagukumi::content::{self, Loaded, Source};
use hagukumi::domain::compose::{MAX_OBJECTS, daily};
use hagukumi::domain::family::{Child, Follow, Journey, Profile, Role};
use hagukumi::domain::ids::ChildId;
use hagukumi::domain::programme::letters;
use hagukumi::domain::programme::pack::{Paragraph, Series};
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
fn every_morning_is_written_and_none_has_been_reviewed_yet() {
    let library = shipped().library;
    let count = |series| library.pack(series, "ja").expect("a pack").manuscripts.len();
    assert_eq!((count(Series::Maternity), count(Series::Childcare)), (266, 277));
    assert!(library.packs.iter().all(|pack| pack.complete), "a hole is an error");
    assert!(library.municipality.texts.len() >= 60, "{}", library.municipality.texts.len());
    assert!(!library.is_reviewed(), "every text is a sample until somebody has reviewed it");
}

#[test]
fn one_text_in_four_speaks_to_somebody_and_development_follows_the_corrected_age() {
    let library = shipped().library;
    let texts: Vec<_> = library.packs.iter().flat_map(|pack| pack.manuscripts.values()).collect();
    let has = |what: fn(&Paragraph) -> bool| texts.iter().filter(|text| text.paragraphs.iter().any(what)).count();
    assert!(has(|paragraph| !paragraph.roles.is_empty()) * 4 >= texts.len());
    for role in [Role::Mother, Role::Father, Role::Grandparent] {
        let to_role = texts.iter().filter(|text| text.paragraphs.iter().any(|part| part.roles.contains(&role))).count();
        assert!(to_role >= 24, "{role:?}: {to_role}");
    }
    assert!(has(|paragraph| paragraph.corrected) >= 40);
    assert!(
        texts.iter().all(|text| text.paragraphs.iter().any(|part| part.roles.is_empty())),
        "everybody is spoken to"
    );
}

#[test]
fn the_texts_follow_the_plan_and_none_is_another_over_again() {
    let loaded = shipped();
    let findings: Vec<String> = content::check(&loaded, day("2026-11-22")).iter().map(ToString::to_string).collect();
    let planned = |told: &&String| told.contains("計画") || told.contains("題材") || told.contains("同じです");
    assert_eq!(findings.iter().filter(planned).collect::<Vec<_>>(), Vec::<&String>::new());
    let plan = loaded.plan.expect("what ships was planned");
    let table = plan.table(&loaded.library.packs);
    assert_eq!(table.iter().flat_map(|(_, counts)| counts).sum::<usize>(), 543);
    for (at, topic) in plan.topics.iter().enumerate() {
        let total: usize = table.iter().map(|(_, counts)| counts[at]).sum();
        let stages = table.iter().filter(|(_, counts)| counts[at] > 0).count();
        assert!(total >= 12 && stages >= 10, "{topic}: {total} texts in {stages} stages");
    }
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
