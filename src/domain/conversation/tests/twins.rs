//! Siblings and twins.

use super::super::state::{Called, State};
use super::super::{Dates, Effect, Enrolment, Today};
use super::world::{World, day};
use crate::domain::family::{Journey, Nickname, Role, StopReason};
use crate::domain::ids::ChildId;

const FIRST: ChildId = ChildId(100);
const SECOND: ChildId = ChildId(101);

fn expected(due: &str) -> Journey {
    Journey::Expected { due: day(due) }
}

fn named(name: &str) -> Option<Nickname> {
    Some(Nickname::from_read(name.into()))
}

#[test]
fn a_sibling_is_registered_in_the_same_three_steps_without_a_second_consent() {
    let mut world = World::with(&[("ゆず", Journey::Born { born: day("2025-01-01"), due: None })]);
    world.today = Today::NotToday { next: Some(day("2026-11-23")), earlier: false };
    world.says("登録").sees("もう登録されています").taps("きょうだいを追加").sees("（1/3）");
    world.says("2027/6/1").sees("（2/3）").says("あお").sees("（3/3）").taps("登録する");
    let dates = Dates::Due { due: day("2027-06-01") };
    let enrolment = Enrolment { dates, nickname: named("あお"), role: Role::Other };
    world.wants(&[Effect::Enrol(enrolment), Effect::ShowNewcomers]);
    world.sees("登録しました").sees("1通にまとめます");
    world.says("変更").sees("ゆず").sees("あお");
}

#[test]
fn what_the_reader_is_to_one_child_they_are_to_its_sibling() {
    let mut world = World::with(&[]);
    world.add("ゆず", Journey::Born { born: day("2025-01-01"), due: None }, Role::Mother, true);
    world.says("きょうだいを追加").says("2027/6/1").says("つけない").says("はい");
    assert_eq!(world.follows[1].role, Role::Mother);
}

#[test]
fn what_a_guest_is_to_anothers_child_they_are_not_to_their_own() {
    let mut world = World::with(&[]);
    world.add("ゆず", Journey::Born { born: day("2025-01-01"), due: None }, Role::Grandparent, false);
    world.says("きょうだいを追加").says("2027/6/1").says("つけない").says("はい");
    assert_eq!(world.follows[1].role, Role::Other);

    let mut world = World::with(&[]);
    world.add("あお", Journey::Born { born: day("2025-06-01"), due: None }, Role::Mother, true);
    world.add("ゆず", Journey::Born { born: day("2025-01-01"), due: None }, Role::Grandparent, false);
    world.says("きょうだいを追加").says("2027/6/1").says("つけない").says("はい");
    assert_eq!(world.follows[2].role, Role::Mother);
}

#[test]
fn a_lost_child_and_one_past_its_third_birthday_are_not_counted() {
    let mut world = World::with(&[
        ("はる", Journey::Stopped { on: day("2026-10-01"), before: Box::new(expected("2027-01-01")) }),
        ("もも", Journey::Born { born: day("2023-11-01"), due: None }),
        ("ゆず", Journey::Born { born: day("2025-01-01"), due: None }),
    ]);
    world.says("きょうだいを追加").says("2027/6/1").says("つけない").says("はい").sees("1人目を登録しました");
}

#[test]
fn adding_leads_back_to_an_open_registration_and_asks_for_consent_where_there_is_none() {
    let mut world = World::with(&[("ゆず", expected("2027-03-01"))]);
    world.says("きょうだいを追加").says("2027/6/1").says("きょうだいを追加").sees("続きから");
    let mut world = World::new();
    world.says("きょうだいを追加").sees("うかがうのは");
    let mut quiet = World::with(&[("ゆず", expected("2027-03-01"))]);
    quiet.says("流産しました").says("きょうだいを追加").sees("（1/3）");
}

#[test]
fn nobody_registers_more_children_than_a_card_can_show() {
    let children = ["2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"];
    let mut world = World::with(&[]);
    for due in children.iter().chain(&children) {
        world.add("", expected(due), Role::Other, true);
    }
    world.says("きょうだいを追加").wants(&[]).sees("000-000-0000");
    assert!(!world.state().is_open());
}

#[test]
fn twins_are_counted_named_and_join_the_one_that_is_registered() {
    for how_many in ["みつご", "三つ子", "3人", "3", "３人です", "みつごです"] {
        let mut world = World::with(&[("あお", expected("2027-03-01"))]);
        world.says("ふたご・みつごです").sees("何人ですか").says(how_many).sees("2人目のお子さんのよび名");
        world.says("はる").wants(&[]).sees("3人目のお子さんのよび名").taps("つけない");
        world.wants(&[
            Effect::EnrolTwin { of: FIRST, nickname: named("はる") },
            Effect::EnrolTwin { of: FIRST, nickname: None },
            Effect::ShowNewcomers,
        ]);
        world.sees("1通でお届けします");
        assert_eq!(world.follows.len(), 3, "{how_many}");
        world.says("双子").says("みつご").wants(&[]).sees("その人数で登録されています");
    }
}

#[test]
fn every_answer_about_twins_can_be_taken_back_one_by_one() {
    let mut world = World::with(&[("あお", expected("2027-03-01"))]);
    world.says("ふたご").taps("みつご").says("はる").says("もどる").sees("2人目のお子さんのよび名");
    world.says("もどる").sees("何人ですか").says("もどる").sees("なにも変えていません").wants(&[]);
    let mut world = World::with(&[("あお", expected("2027-03-01"))]);
    world.says("ふたご").says("5人").sees("「ふたご」「みつご」").says("1").says("ふたご").sees("2人目");
    world.says("2027/3/1").sees("日づけのようです").says("はい");
    let more = |world: &World| matches!(world.state(), State::NamingTwins { named, .. } if named.is_empty());
    assert!(more(&world));
    world.says("はる");
    assert_eq!(world.follows[1].child.nickname, named("はる"));
    assert_eq!(Called::Unnamed.nickname(), None);
}

#[test]
fn with_several_dates_it_is_asked_whose_twin_it_is_and_a_guest_may_not_say() {
    let mut world = World::with(&[("あお", expected("2027-03-01")), ("はる", expected("2027-03-01"))]);
    world.says("ふたご").sees("何人ですか");
    world.add("ゆず", Journey::Born { born: day("2025-01-01"), due: None }, Role::Other, true);
    world.says("もどる").says("ふたご").sees("どのお子さん").says("2").says("ふたご").says("もも");
    world.wants(&[Effect::EnrolTwin { of: ChildId(102), nickname: named("もも") }, Effect::ShowNewcomers]);
    let mut guest = World::with(&[]);
    guest.add("あお", expected("2027-03-01"), Role::Grandparent, false);
    guest.says("ふたご").wants(&[]).sees("その方にお伝えください");
    World::new().says("ふたご").sees("登録はありません");
}

fn twins() -> World {
    World::with(&[("あお", expected("2026-11-30")), ("はる", expected("2026-11-30"))])
}

#[test]
fn the_birth_of_twins_is_reported_together_and_taken_back_together() {
    let mut world = twins();
    world
        .says("生まれた")
        .says("1")
        .says("2026/11/20")
        .says("はい")
        .wants(&[])
        .sees_not("おめでとう")
        .sees("はるのことも");
    let mut back = world.clone();
    back.says("もどる").wants(&[]).sees("生まれて3日目").says("やめる").wants(&[]);
    world.taps("はい、同じ日です");
    let born = day("2026-11-20");
    world.wants(&[
        Effect::ReportBirth { child: FIRST, born },
        Effect::ReportBirth { child: SECOND, born },
        Effect::ShowToday,
    ]);
    assert_eq!(world.read().matches("おめでとう").count(), 1);
    world.taps("まちがえました");
    world.wants(&[Effect::UndoBirth { child: FIRST }, Effect::UndoBirth { child: SECOND }]);
}

#[test]
fn a_twin_born_after_midnight_is_asked_about_at_once_and_may_be_left() {
    let mut world = twins();
    world.says("生まれた").says("1").says("2026/11/20").says("はい").says("別々");
    world.wants(&[Effect::ReportBirth { child: FIRST, born: day("2026-11-20") }, Effect::ShowToday]);
    world.sees("おめでとう").sees("誕生日をえらんでください");
    assert!(world.labels().contains(&"つらいお知らせのとき".to_owned()));
    let mut left = world.clone();
    left.says("もどる").wants(&[]);
    world.says("2026/11/21").says("はい");
    world.wants(&[Effect::ReportBirth { child: SECOND, born: day("2026-11-21") }, Effect::ShowToday]);
    // They were not reported on one journey: each is taken back alone.
    world.taps("まちがえました").wants(&[Effect::UndoBirth { child: SECOND }]);
}

#[test]
fn nothing_asks_about_a_lost_twin() {
    let mut world = twins();
    world.says("お別れした").says("2").says("生まれた").sees_not("はる").says("2026/11/20").says("はい");
    world.wants(&[Effect::ReportBirth { child: FIRST, born: day("2026-11-20") }, Effect::ShowToday]);
    world.sees_not("はる").sees_not("ふたり");
    world.says("変更").sees("あお").sees_not("はる");
}

/// 「はい」 to the birth of the first: now the other is asked about.
fn asked_about_the_other() -> World {
    let mut world = twins();
    world.says("生まれた").says("1").says("2026/11/20").says("はい").sees("お返事は、いそぎません");
    world
}

#[test]
fn sad_news_of_the_other_twin_keeps_the_birth_and_congratulates_nobody() {
    for way in ["つらいお知らせのとき", "つらいお知らせ", "3"] {
        let mut world = asked_about_the_other();
        world.says(way).wants(&[
            Effect::ReportBirth { child: FIRST, born: day("2026-11-20") },
            Effect::Stop { children: vec![SECOND], reason: StopReason::Loss },
            Effect::ReportLoss { children: vec![SECOND] },
        ]);
        world.sees("知らせてくださって").sees("話を聞いてもらえるところ").sees_not("おめでとう").sees_not("はる");
        assert!(!world.state().is_open());
        world.says("変更").sees("あお").sees_not("はる");
    }
    let mut tapped = asked_about_the_other();
    tapped.taps("つらいお知らせのとき").taps("もどす");
    tapped.wants(&[Effect::UndoLoss { children: vec![SECOND] }, Effect::UndoStop { children: vec![SECOND] }]);
}

#[test]
fn a_twin_asked_about_alone_is_named_and_sad_news_are_of_this_one() {
    let mut world = asked_about_the_other();
    world.taps("別々の日です").says("わかりません").sees("はるについて").sees_not("お知らせ、ありがとうございます");
    for way in ["つらいお知らせのとき", "2"] {
        world.clone().says(way).wants(&[
            Effect::Stop { children: vec![SECOND], reason: StopReason::Loss },
            Effect::ReportLoss { children: vec![SECOND] },
        ]);
    }
    world.taps("つらいお知らせのとき").sees_not("おめでとう").sees("ほかのお子さんへのお届けは、続けます");
}

#[test]
fn sad_news_among_triplets_stops_everything_and_keeps_the_birth() {
    let due = "2026-11-30";
    let mut world = World::with(&[("あお", expected(due)), ("はる", expected(due)), ("ゆず", expected(due))]);
    world.says("生まれた").says("1").says("2026/11/20").says("はい").taps("つらいお知らせのとき");
    let all = [FIRST, SECOND, ChildId(102)];
    world.wants(&[
        Effect::ReportBirth { child: FIRST, born: day("2026-11-20") },
        Effect::Stop { children: all.to_vec(), reason: StopReason::Loss },
    ]);
    world.says("2").wants(&[
        Effect::Stop { children: vec![SECOND], reason: StopReason::Loss },
        Effect::ReportLoss { children: vec![SECOND] },
        Effect::UndoStop { children: vec![FIRST, ChildId(102)] },
    ]);
}

#[test]
fn nobody_is_offered_twins_who_has_them_or_lost_one() {
    let offers = |mut world: World| world.says("変更").labels().contains(&"ふたご・みつごです".to_owned());
    assert!(offers(World::with(&[("あお", expected("2027-03-01"))])));
    assert!(!offers(twins()));
    let lost = Journey::Stopped { on: day("2026-11-20"), before: Box::new(expected("2027-03-01")) };
    assert!(!offers(World::with(&[("あお", lost), ("はる", expected("2027-03-01"))])));
}

#[test]
fn help_names_what_a_family_can_do() {
    let mut world = twins();
    world.says("ヘルプ");
    for word in ["きょうだいを追加", "招待", "続柄", "時刻", "機種変更", "問い合わせ番号", "登録を消す"]
    {
        world.sees(word);
    }
}
