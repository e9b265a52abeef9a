//! 修正月齢.

use super::super::Effect;
use super::super::state::State;
use super::world::{World, day};
use crate::domain::family::{Journey, Role};
use crate::domain::ids::ChildId;

const AO: ChildId = ChildId(100);

fn expecting(due: &str) -> World {
    World::with(&[("あお", Journey::Expected { due: day(due) })])
}

fn reported(due: &str, born: &str) -> World {
    let mut world = expecting(due);
    world.says("生まれた").says(born).says("はい");
    world
}

#[test]
fn a_birth_before_37_weeks_is_followed_by_one_question_and_a_later_one_by_none() {
    // 36 weeks 6 days, and 37 weeks 0 days.
    let mut early = reported("2026-12-12", "2026-11-20");
    early.sees("修正月齢").sees("健診や予防接種、手当のご案内は、誕生日のままです");
    assert_eq!(early.read().matches("おめでとう").count(), 1);
    assert_eq!(early.labels()[1..], ["予定日から数える", "誕生日から数える", "あとで決める"]);
    let mut term = reported("2026-12-11", "2026-11-20");
    term.sees_not("修正月齢");
    assert_eq!(term.state(), &State::Idle);
    assert_eq!(
        early.state(),
        &State::ChoosingCount { children: vec![super::super::postback::ChildRef { id: AO, version: 2 }] }
    );
}

#[test]
fn the_choice_is_kept_for_the_family_and_can_be_changed_any_time() {
    let mut world = reported("2026-12-31", "2026-11-20");
    world.taps("予定日から数える").wants(&[Effect::Count { children: vec![AO], corrected: true }]);
    world.sees("予定日から数えてお届けします").says("変更").sees("予定日から数えています").taps("修正月齢をえらぶ");
    world.says("誕生日から数える").wants(&[Effect::Count { children: vec![AO], corrected: false }]);
    world.says("変更").sees_not("予定日から数えています");
    world.says("修正月齢").says("あとで決める").wants(&[]).sees("いまは、誕生日から数えます");
    world.says("修正月齢").says("1").wants(&[Effect::Count { children: vec![AO], corrected: true }]);
}

#[test]
fn the_report_can_be_taken_back_while_the_question_is_open() {
    let mut world = reported("2026-12-31", "2026-11-20");
    world.taps("まちがえました").wants(&[Effect::UndoBirth { child: AO }]);
    assert_eq!(world.state(), &State::Idle);
}

#[test]
fn the_question_is_for_all_twins_and_each_that_came_early() {
    let mut world = expecting("2026-12-31");
    world.add("はる", Journey::Expected { due: day("2026-12-31") }, Role::Other, true);
    world.says("生まれた").says("1").says("2026/11/20").says("はい").taps("はい、同じ日です").taps("予定日から数える");
    world.wants(&[Effect::Count { children: vec![AO, ChildId(101)], corrected: true }]);
    let mut apart = expecting("2026-12-31");
    apart.add("はる", Journey::Expected { due: day("2026-12-31") }, Role::Other, true);
    apart.says("生まれた").says("1").says("2026/11/20").says("はい").says("別々").sees_not("修正月齢");
    apart.says("2026/11/21").says("はい").sees("修正月齢").taps("予定日から数える");
    apart.wants(&[Effect::Count { children: vec![ChildId(101), AO], corrected: true }]);
}

#[test]
fn it_is_offered_only_where_it_means_something() {
    World::with(&[("あお", Journey::Born { born: day("2026-11-01"), due: None })])
        .says("修正月齢")
        .wants(&[])
        .sees("妊娠37週より前に");
    let early = || Journey::Born { born: day("2026-11-01"), due: Some(day("2026-12-31")) };
    let mut guest = World::with(&[]);
    guest.add("あお", early(), Role::Grandparent, false);
    guest.says("修正月齢").wants(&[]).sees("その方にお伝えください");
    World::new().says("修正月齢").sees("登録はありません");
    let mut lost = World::with(&[("あお", early())]);
    lost.says("お別れした").says("修正月齢").wants(&[]).sees("「相談」").sees_not("生まれ");
}
