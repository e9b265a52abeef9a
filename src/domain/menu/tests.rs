//! What is decided about menus.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::colour::{Colour, READABLE};
use super::frame::{Bounds, Frame, SHORTEST_SIDE, TABS, TEMPLATES};
use super::meaning::{self, Meaning, REPLIES, TAB_DATA};
use super::plan::{Census, Declared, Drift, Known, Listed, Plan, Seen, plan};
use super::set::size_of_words;
use super::stage::Stage;
use super::version::{Body, PageId, Period, Placed, Version, set_on};
use crate::domain::calendar::LeapRule;
use crate::domain::conversation::postback::Data;
use crate::domain::family::{Child, Follow, Journey, OwnStop, Pause, Profile, Role, StopReason};
use crate::domain::ids::ChildId;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// How many of these areas each pixel belongs to, row by row of the grid that all edges make.
fn covered_once(frame: Frame, areas: &[Bounds]) -> bool {
    let edges = |long: u16, of: &dyn Fn(&Bounds) -> (u16, u16)| {
        let mut edges: Vec<u16> = areas.iter().flat_map(|area| [of(area).0, of(area).0 + of(area).1]).collect();
        edges.extend([0, long]);
        edges.sort_unstable();
        edges.dedup();
        edges
    };
    let (xs, ys) = (edges(frame.width, &|b| (b.x, b.width)), edges(frame.height, &|b| (b.y, b.height)));
    let holds = |area: &Bounds, x: u16, y: u16| {
        (area.x..area.x + area.width).contains(&x) && (area.y..area.y + area.height).contains(&y)
    };
    let fields = xs.windows(2).flat_map(|x| ys.windows(2).map(|y| (x[0], y[0])));
    let inside = xs.last() == Some(&frame.width) && ys.last() == Some(&frame.height);
    inside && fields.into_iter().all(|(x, y)| areas.iter().filter(|area| holds(area, x, y)).count() == 1)
}

#[test]
fn every_template_covers_each_pixel_once_with_and_without_tabs() {
    for template in &TEMPLATES {
        for tabs in [0].into_iter().chain(TABS.map(|tabs| tabs as u16)) {
            let tiling = template.tile(tabs);
            assert_eq!((tiling.tabs.len(), tiling.cells.len()), (usize::from(tabs), template.cells()));
            let all = [tiling.tabs, tiling.cells].concat();
            assert!(covered_once(template.frame, &all), "{} with {tabs} tabs: {all:?}", template.name);
            let shortest = all.iter().map(|area| area.short_side()).min().unwrap();
            assert!(shortest >= SHORTEST_SIDE, "{} with {tabs} tabs: {shortest}", template.name);
        }
    }
}

#[test]
fn thirds_are_833_834_and_833_wide() {
    let cells = TEMPLATES.iter().find(|template| template.name == "L12").unwrap().tile(2).cells;
    let widths: Vec<u16> = cells.iter().take(3).map(|cell| cell.width).collect();
    assert_eq!(widths, [833, 834, 833]);
    assert_eq!(cells.iter().map(|cell| cell.height).collect::<Vec<_>>(), [693; 6]);
}

#[test]
fn white_words_need_a_dark_colour() {
    let contrast = |text| Colour::parse(text).unwrap().contrast(Colour::WHITE);
    assert!((contrast("#000000") - 21.0).abs() < 0.01);
    assert!((contrast("#767676") - 4.54).abs() < 0.01, "as WCAG's own example has it");
    assert!(contrast("#1f6f5c") > READABLE && contrast("#7fc97f") < READABLE);
    for wrong in ["1f6f5c", "#1f6f5", "#1f6f5cc", "#1f6f5g", "#１f6f5c", ""] {
        assert_eq!(Colour::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn words_are_as_large_as_fits_and_never_too_small_to_read() {
    let area = Bounds { x: 0, y: 0, width: 833, height: 693 };
    let size =
        |words: &[&str]| size_of_words(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>(), Frame::LARGE, area);
    assert_eq!(size(&["ヘルプ"]), Some(116));
    assert_eq!(size(&["やすむ・停止で"]), Some(106));
    assert_eq!(size(&["やすむ・停止です。"]), None);
    assert_eq!(size(&["abcdefghij"]), Some(116));
    assert_eq!(size(&[""]), None);
}

fn follow(id: i64, journey: Journey) -> Follow {
    let child = Child { id: ChildId(id), version: 1, nickname: None, journey, corrected: false };
    Follow { child, role: Role::Other, registrant: true, stopped: None }
}

fn expected(due: &str) -> Follow {
    follow(1, Journey::Expected { due: day(due) })
}

fn born(on: &str) -> Follow {
    follow(2, Journey::Born { born: day(on), due: None })
}

#[test]
fn each_part_of_a_readers_way_has_its_menu() {
    let stage = |follows: &[Follow], on| Stage::of(&Profile::default(), follows, LeapRule::default(), day(on));
    let stopped = |mut follow: Follow| {
        follow.stopped = Some(OwnStop { on: day("2026-11-01"), reason: StopReason::Plain });
        follow
    };
    let lost = follow(
        3,
        Journey::Stopped { on: day("2026-11-01"), before: Box::new(Journey::Expected { due: day("2027-03-01") }) },
    );
    assert_eq!(stage(&[], "2026-11-22"), Stage::Unregistered);
    assert_eq!(stage(&[expected("2027-03-01")], "2026-11-22"), Stage::Pregnancy);
    assert_eq!(stage(&[born("2026-03-01")], "2026-11-22"), Stage::Childcare);
    assert_eq!(stage(&[born("2026-03-01"), expected("2027-03-01")], "2026-11-22"), Stage::Pregnancy);
    assert_eq!(stage(&[stopped(expected("2027-03-01"))], "2026-11-22"), Stage::Quiet);
    assert_eq!(stage(std::slice::from_ref(&lost), "2026-11-22"), Stage::Quiet);
    assert_eq!(stage(&[lost, born("2026-03-01")], "2026-11-22"), Stage::Childcare);
    // 42 weeks 0 days and the third birthday are the last days of their parts.
    assert_eq!(stage(&[expected("2026-11-08")], "2026-11-22"), Stage::Pregnancy);
    assert_eq!(stage(&[expected("2026-11-08")], "2026-11-23"), Stage::Quiet);
    assert_eq!(stage(&[born("2023-11-22")], "2026-11-22"), Stage::Childcare);
    assert_eq!(stage(&[born("2023-11-22")], "2026-11-23"), Stage::Quiet);
    let resting = Profile { pause: Some(Pause { until: Some(day("2026-11-22")) }), ..Profile::default() };
    let rests = |on| Stage::of(&resting, &[born("2026-03-01")], LeapRule::default(), day(on));
    assert_eq!((rests("2026-11-22"), rests("2026-11-23")), (Stage::Quiet, Stage::Childcare));
}

#[test]
fn every_reply_of_a_menu_is_an_entry_that_is_always_valid() {
    for (name, tap) in REPLIES {
        assert_eq!(meaning::reply(name), Some(Meaning::Reply(tap)));
        let data = Data::entry(tap).to_string();
        assert!(Data::parse(&data).is_some_and(|data| data.turn.is_none()), "{name}");
        assert_eq!(meaning::name_of(&data), Some(name));
    }
    assert_eq!(Data::parse(TAB_DATA), None, "nothing answers to a tab");
}

fn period(slug: &str, days: Option<(&str, &str)>) -> Period {
    let (from, until) = days.map_or((None, None), |(from, until)| (Some(day(from)), Some(day(until))));
    Period { slug: slug.into(), name: slug.into(), from, until }
}

#[test]
fn on_days_of_a_dated_set_it_is_shown_and_the_open_one_on_all_others() {
    let sets = [period("a", None), period("b", Some(("2027-04-01", "2027-04-30")))];
    for (on, wanted) in [("2027-03-31", 0), ("2027-04-01", 1), ("2027-04-30", 1), ("2027-05-01", 0)] {
        assert_eq!(set_on(&sets, day(on)), Some(wanted), "{on}");
    }
    assert_eq!(set_on(&sets[1..], day("2027-05-01")), None);
    let body = Body { sets: sets.to_vec(), pages: Vec::new() };
    let changes = ["2027-03-31", "2027-04-01", "2027-05-01"].map(|on| body.next_change(day(on)));
    assert_eq!(changes, [Some(day("2027-04-01")), Some(day("2027-05-01")), None]);
}

const OURS: &str = "hagukumi/main/";

fn page(hash: &str, stage: Stage, alias: Option<&str>) -> PageId {
    let name = format!("{OURS}a/{}/{hash}", stage.word());
    let (title, hash) = (stage.name().to_owned(), hash.to_owned());
    PageId { set: 0, title, name, hash, alias: alias.map(str::to_owned), stage: Some(stage), seen_by: vec![stage] }
}

fn declared(pages: Vec<PageId>) -> Declared {
    Declared { sets: vec![period("a", None)], pages }
}

fn listed(line: &str, page: &PageId, picture: bool) -> Listed {
    Listed { line: line.into(), name: page.name.clone(), picture }
}

fn version(number: i64, pages: &[(&str, i64, &PageId)], default: i64) -> Version {
    let placed =
        |(line, id, page): &(&str, i64, &PageId)| Placed { id: *id, line: (*line).into(), page: (*page).clone() };
    let body = Body { sets: vec![period("a", None)], pages: pages.iter().map(placed).collect() };
    Version { number, at: 0, default: Some(default), body }
}

fn planned(declared: &Declared, seen: &Seen, versions: &[Version], census: &Census) -> Plan {
    plan(Known { declared, seen, versions, census, today: day("2026-11-22"), ours: OURS })
}

#[test]
fn a_page_without_its_picture_is_not_there_yet() {
    let new = page("1", Stage::Unregistered, None);
    let seen = Seen { pages: vec![listed("m1", &new, false)], ..Seen::default() };
    let plan = planned(&declared(vec![new]), &seen, &[], &Census::new());
    assert_eq!((plan.create, plan.upload, plan.default), (vec![], vec![0], Some(0)));
}

#[test]
fn of_two_pages_of_one_name_the_one_that_a_version_knows_stays() {
    let new = page("1", Stage::Unregistered, None);
    let pages = vec![listed("m1", &new, true), listed("m2", &new, true)];
    let seen = Seen { pages, default: Some("m2".into()), ..Seen::default() };
    let known = version(1, &[("m2", 7, &new)], 7);
    let plan = planned(&declared(vec![new.clone()]), &seen, &[known], &Census::new());
    assert_eq!(plan.delete.iter().map(|page| page.line.as_str()).collect::<Vec<_>>(), ["m1"]);
    assert!(plan.create.is_empty() && !plan.version && plan.default.is_none());
    let unknown = planned(&declared(vec![new]), &seen, &[], &Census::new());
    assert_eq!(unknown.delete.len(), 1, "and of two that nobody knows, one");
}

#[test]
fn readers_of_a_stage_are_linked_when_its_page_changed_and_others_are_left_alone() {
    let [old, new, quiet] =
        [page("1", Stage::Childcare, None), page("2", Stage::Childcare, None), page("3", Stage::Quiet, None)];
    let known = version(1, &[("m1", 7, &old), ("m3", 9, &quiet)], 7);
    let pages = vec![listed("m1", &old, true), listed("m3", &quiet, true)];
    let seen = Seen { pages, ..Seen::default() };
    let census = BTreeMap::from([
        ((Stage::Childcare, Some(7)), 40),
        ((Stage::Childcare, None), 2),
        ((Stage::Quiet, Some(9)), 5),
        ((Stage::Quiet, Some(404)), 1),
    ]);
    let plan = planned(&declared(vec![new, quiet]), &seen, &[known], &census);
    assert_eq!(plan.link, [(Stage::Childcare, 42), (Stage::Quiet, 1)]);
}

#[test]
fn an_alias_is_ours_only_when_what_it_leads_to_is() {
    let theirs = Listed { line: "x".into(), name: "夏".into(), picture: true };
    let aliases = [("hg-a-1-aaaaaa", "x"), ("hg-old-1-bbbbbb", "gone"), ("summer", "gone")];
    let aliases = aliases.map(|(alias, line)| (alias.to_owned(), line.to_owned())).into();
    let seen = Seen { pages: vec![theirs], aliases, default: None };
    let plan = planned(&declared(Vec::new()), &seen, &[], &Census::new());
    assert_eq!((plan.drop_alias, plan.foreign), (vec!["hg-old-1-bbbbbb".to_owned()], 1));
}

#[test]
fn what_others_changed_is_named() {
    let one = page("1", Stage::Unregistered, Some("hg-a-1-aaaaaa"));
    let known = version(1, &[("m1", 7, &one)], 7);
    let plan = planned(&declared(vec![one.clone()]), &Seen::default(), std::slice::from_ref(&known), &Census::new());
    assert_eq!(plan.drift, [Drift::PageGone("未登録".into()), Drift::Alias("未登録".into()), Drift::Default]);
    let seen = Seen { pages: vec![listed("m1", &one, false)], ..Seen::default() };
    let plan = planned(&declared(vec![one]), &seen, &[known], &Census::new());
    assert!(plan.drift.contains(&Drift::PictureGone("未登録".into())));
}

proptest! {
    #[test]
    fn areas_overlap_exactly_when_a_pixel_is_in_both(
        a in (0u16..40, 0u16..40, 1u16..20, 1u16..20),
        b in (0u16..40, 0u16..40, 1u16..20, 1u16..20),
    ) {
        let bounds = |(x, y, width, height)| Bounds { x, y, width, height };
        let (a, b) = (bounds(a), bounds(b));
        let within = |area: Bounds, x: u16, y: u16| {
            (area.x..area.x + area.width).contains(&x) && (area.y..area.y + area.height).contains(&y)
        };
        let shared = (0..60).any(|x| (0..60).any(|y| within(a, x, y) && within(b, x, y)));
        prop_assert_eq!(a.overlaps(b), shared);
    }
}
