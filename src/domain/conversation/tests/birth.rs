//! 生まれました.

use chrono::TimeDelta;

use super::super::{Effect, Input};
use super::world::{World, day};
use crate::domain::family::{Journey, Role};
use crate::domain::ids::ChildId;

const AO: ChildId = ChildId(100);

fn expecting() -> World {
    World::with(&[("あお", Journey::Expected { due: day("2026-11-30") })])
}

#[test]
fn a_birth_is_received_neutrally_confirmed_and_then_congratulated_once() {
    for word in ["生まれた", "生まれました", "うまれた", "産まれました", "出産しました"] {
        let mut world = expecting();
        world.says(word).wants(&[]).sees_not("おめでとう").sees("お知らせ、ありがとうございます");
        world.picks("誕生日をえらぶ", "2026-11-20").wants(&[]).sees_not("おめでとう");
        world.sees("あお").sees("2026年11月20日（金）").sees("生まれて3日目").taps("はい");
        world.wants(&[Effect::ReportBirth { child: AO, born: day("2026-11-20") }, Effect::ShowToday]);
        world.sees("おめでとうございます");
        assert_eq!(world.read().matches("おめでとう").count(), 1);
    }
}

#[test]
fn the_birth_date_can_be_typed_in_every_spelling() {
    for text in ["2026/11/20", "R8.11.20", "11月20日"] {
        let mut world = expecting();
        world.says("生まれた").says(text).sees("2026年11月20日（金）").sees("生まれて3日目").says("はい");
        assert_eq!(world.follows[0].child.journey.born(), Some(day("2026-11-20")), "{text}");
    }
    let mut world = expecting();
    world.says("生まれた").says("きのう").sees("2026年11月21日（土）").sees("生まれて2日目").wants(&[]);
    expecting().says("生まれた").says("あした").sees("きょうより先の日");
}

#[test]
fn a_birth_date_can_be_corrected_or_left() {
    let mut world = expecting();
    world.says("生まれた").says("2026/11/20").taps("なおす").wants(&[]).says("2026/11/21").taps("はい");
    assert_eq!(world.follows[0].child.journey.born(), Some(day("2026-11-21")));
    let mut world = expecting();
    world.says("生まれた").taps("もどる").wants(&[]).sees("なにも変えていません");
}

#[test]
fn a_report_can_be_taken_back_for_a_week() {
    let mut reported = expecting();
    reported.says("生まれた").says("2026/11/20").taps("はい");
    let undo = Input::Postback { data: reported.data_of("まちがえました"), date: None };
    let mut world = reported.clone();
    world.taps("まちがえました").wants(&[Effect::UndoBirth { child: AO }]).sees("取り消しました");
    world.receives(&undo).wants(&[]).sees("取り消せるお知らせはありません");
    let mut world = reported.clone();
    world.later(TimeDelta::days(7)).says("まちがえました").wants(&[Effect::UndoBirth { child: AO }]);
    let mut world = reported.clone();
    world.later(TimeDelta::days(8)).receives(&undo).wants(&[]).sees("取り消せるお知らせはありません");
    let mut world = reported.clone();
    world.says("停止").says("まちがえました").wants(&[Effect::UndoStop { children: vec![AO] }]);
}

#[test]
fn a_birth_before_22_weeks_is_met_gently() {
    let mut world = World::with(&[("あお", Journey::Expected { due: day("2027-04-01") })]);
    world.says("生まれた").says("2026-11-20").wants(&[]).sees_not("おめでとう").sees("お返事は、いそぎません");
    assert_eq!(world.labels(), ["日づけをえらびなおす", "つらいお知らせのとき", "もどる", "相談できるところ"]);
    let mut again = world.clone();
    again.picks("日づけをえらびなおす", "2026-11-21").sees("お返事は、いそぎません");
    world
        .taps("つらいお知らせのとき")
        .wants(&[])
        .sees("理由はうかがいません")
        .taps("止める")
        .sees("お届けを止めました");
    let mut world = World::with(&[("あお", Journey::Expected { due: day("2027-03-26") })]);
    world.says("生まれた").says("2026-11-20").sees("生まれて3日目");
}

#[test]
fn with_several_on_the_way_it_is_asked_which() {
    let mut world = World::with(&[
        ("あお", Journey::Expected { due: day("2026-11-30") }),
        ("もも", Journey::Expected { due: day("2026-11-30") }),
        ("ゆず", Journey::Born { born: day("2024-04-01"), due: None }),
    ]);
    world.says("生まれた").sees("どのお子さん");
    assert_eq!(world.labels().len(), 3);
    world.says("2").says("2026/11/20").says("はい").wants(&[]).sees("あおのことも、うかがいます").says("別々");
    world.wants(&[Effect::ReportBirth { child: ChildId(101), born: day("2026-11-20") }, Effect::ShowToday]);
}

#[test]
fn without_an_expected_child_it_is_said_what_is_registered() {
    let mut world = World::with(&[("ゆず", Journey::Born { born: day("2024-04-01"), due: None })]);
    world.says("生まれた").wants(&[]).sees("おなかの赤ちゃんの登録はありません").taps("登録の内容").sees("ゆず");
}

#[test]
fn only_parents_and_the_registrant_report_a_birth() {
    let mut world = World::with(&[]);
    world.add("あお", Journey::Expected { due: day("2026-11-30") }, Role::Grandparent, false);
    world.says("生まれた").wants(&[]).sees("その方にお伝えください");
}

#[test]
fn a_loss_reported_in_the_family_meanwhile_is_never_answered_with_congratulations() {
    let mut world = expecting();
    world.says("生まれた").says("2026/11/20");
    let before = Box::new(world.follows[0].child.journey.clone());
    world.follows[0].child.journey = Journey::Stopped { on: day("2026-11-22"), before };
    world.follows[0].child.version = 2;
    let mut tapped = world.clone();
    tapped.turn += 1;
    tapped.taps("はい").wants(&[]).sees_not("おめでとう").sees_not("生まれて");
    world.says("はい").wants(&[]).sees("お届けは、止まっています");
    world.says("生まれた").wants(&[]).sees("お届けは、止まっています").sees_not("おめでとう");
}
