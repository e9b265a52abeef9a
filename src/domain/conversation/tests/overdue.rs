//! After 42 weeks 0 days: the card's answers, tapped and typed.

use super::super::postback::{ChildRef, Data, Tap};
use super::super::{Effect, Input};
use super::world::{World, day};
use crate::domain::family::{Journey, OwnStop, Role, StopReason};
use crate::domain::ids::ChildId;

const AO: ChildId = ChildId(100);
const YUZU: ChildId = ChildId(101);

/// 42 weeks 0 days today.
fn overdue() -> World {
    World::with(&[("あお", Journey::Expected { due: day("2026-11-08") })])
}

fn tapped(world: &mut World, tap: Tap) {
    world.receives(&Input::Postback { data: Data::entry(tap).to_string(), date: None });
}

fn ends(children: &[ChildId]) -> Effect {
    Effect::Stop { children: children.to_vec(), reason: StopReason::Plain }
}

#[test]
fn deciding_later_says_once_until_when_we_wait_and_changes_nothing() {
    let mut world = overdue();
    tapped(&mut world, Tap::DecideLater);
    world.wants(&[]).sees("もう一度おたずねすることはありません").sees("12月21日（月）のあとに");
    overdue().says("あとで決める").wants(&[]).sees("12月21日（月）のあとに");
    // In the middle of something else the open question stays.
    let mut world = overdue();
    world.says("よび名をなおす").says("あとで決める").sees("12月21日（月）");
    assert!(world.state().is_open());
}

#[test]
fn ending_it_is_the_readers_own_stop_and_leaves_other_children_alone() {
    let mut world = overdue();
    tapped(&mut world, Tap::EndPregnancy);
    world.wants(&[ends(&[AO])]).sees("お届けを止めました");
    let mut world = overdue();
    world.add("ゆず", Journey::Born { born: day("2025-01-01"), due: None }, Role::Other, true);
    tapped(&mut world, Tap::EndPregnancy);
    world.wants(&[ends(&[AO])]).sees("ほかのお届けは、これまでどおりです");
    world.taps("まちがえた（もどす）").wants(&[Effect::UndoStop { children: vec![AO] }]);
    world.says("お届けを終わる").wants(&[ends(&[AO])]);
    world.says("停止").wants(&[ends(&[YUZU])]);
}

#[test]
fn where_nothing_is_overdue_the_buttons_say_so_and_the_typed_word_stops() {
    let before = || World::with(&[("あお", Journey::Expected { due: day("2026-11-09") })]);
    for tap in [Tap::DecideLater, Tap::EndPregnancy] {
        let mut world = before();
        tapped(&mut world, tap);
        world.wants(&[]).sees("いまは変更していません");
        let mut lost = before();
        lost.says("流産しました");
        tapped(&mut lost, tap);
        lost.wants(&[]).sees("「相談」").sees_not("予定日");
    }
    before().says("お届けを終わる").wants(&[ends(&[AO])]);
    before().says("あとで決める").wants(&[]).sees("おたずねしていることはありません");
}

#[test]
fn the_birth_button_of_the_card_brings_the_date_along_and_asks_before_it_is_used() {
    let data = |version| Data::entry(Tap::AskBirth).about(ChildRef { id: AO, version }).to_string();
    let picks = |world: &mut World, version, date: &str| {
        world.receives(&Input::Postback { data: data(version), date: Some(date.into()) });
    };
    let mut world = overdue();
    picks(&mut world, 1, "2026-11-20");
    world.wants(&[]).sees("生まれて3日目").sees_not("おめでとう").taps("はい");
    world.wants(&[Effect::ReportBirth { child: AO, born: day("2026-11-20") }, Effect::ShowToday]);
    let mut future = overdue();
    picks(&mut future, 1, "2026-11-23");
    future.wants(&[]).sees("きょうより先の日");
    let mut moved = overdue();
    picks(&mut moved, 0, "2026-11-20");
    moved.wants(&[]).sees("いまは変更していません");
    let mut guest = World::with(&[]);
    guest.add("あお", Journey::Expected { due: day("2026-11-08") }, Role::Grandparent, false);
    picks(&mut guest, 1, "2026-11-20");
    guest.wants(&[]).sees("その方にお伝えください");
}

#[test]
fn sad_news_after_an_ended_pregnancy_is_not_taken_to_be_about_the_child_that_is_here() {
    let mut world = overdue();
    world.add("ゆず", Journey::Born { born: day("2025-01-01"), due: None }, Role::Other, true);
    world.says("お届けを終わる").says("流産しました");
    world.wants(&[Effect::Stop { children: vec![YUZU], reason: StopReason::Loss }]).sees("どのお子さんのことか");
    world.says("2").wants(&[
        Effect::Stop { children: vec![AO], reason: StopReason::Loss },
        Effect::ReportLoss { children: vec![AO] },
        Effect::UndoStop { children: vec![YUZU] },
    ]);
    // Another pregnancy that goes on is the one that is meant.
    let mut world = overdue();
    world.follows[0].stopped = Some(OwnStop { on: day("2026-11-20"), reason: StopReason::Plain });
    world.add("はる", Journey::Expected { due: day("2027-05-01") }, Role::Other, true);
    world.says("流産しました").sees_not("どのお子さん");
}
