//! 変更.

use super::super::{Effect, Input, State};
use super::world::{World, day};
use crate::domain::family::{Journey, OwnStop, Role, StopReason};
use crate::domain::ids::ChildId;

const AO: ChildId = ChildId(100);

fn expecting() -> World {
    World::with(&[("あお", Journey::Expected { due: day("2027-03-01") })])
}

#[test]
fn the_card_shows_every_child_as_the_family_counts() {
    let mut world = World::with(&[
        ("あお", Journey::Expected { due: day("2027-03-01") }),
        ("", Journey::Born { born: day("2026-08-14"), due: None }),
    ]);
    world.says("変更").sees("あお").sees("きょうは 妊娠25週6日").sees("出産予定日：2027年3月1日（月）");
    world.sees("お子さん").sees("きょうは 生まれて101日目（3か月）").sees("朝8時ごろ");
    for label in ["予定日をなおす", "誕生日をなおす", "よび名をなおす", "生まれました", "やすむ・停止"]
    {
        assert!(world.labels().contains(&label.to_owned()), "{label}");
    }
}

#[test]
fn a_due_date_can_be_picked_or_typed() {
    let mut world = expecting();
    world.says("変更").picks("予定日をなおす", "2027-03-10");
    world.wants(&[Effect::MoveDueDate { child: AO, due: day("2027-03-10") }]).sees("2027年3月10日（水）になおしました");
    world.says("予定日をなおす").sees("新しい予定日").says("R9.3.12");
    world.wants(&[Effect::MoveDueDate { child: AO, due: day("2027-03-12") }]);
    world.says("予定日をなおす").says("3/15").sees("2027年3月15日（月）でよいですか").says("はい");
    world.wants(&[Effect::MoveDueDate { child: AO, due: day("2027-03-15") }]);
    world.says("変更").picks("予定日をなおす", "2027-03-15").wants(&[]).sees("その日で登録されています");
}

#[test]
fn a_move_of_more_than_four_weeks_is_confirmed_once() {
    let mut world = expecting();
    world.says("変更").picks("予定日をなおす", "2027-03-29");
    assert_eq!(world.effects.len(), 1, "28 days");
    let mut world = expecting();
    world.says("変更").picks("予定日をなおす", "2027-04-12").wants(&[]).sees("42日ちがいます").taps("はい");
    world.wants(&[Effect::MoveDueDate { child: AO, due: day("2027-04-12") }]);
    let mut world = expecting();
    world.says("変更").picks("予定日をなおす", "2027-04-12").taps("なおす").sees("新しい予定日").says("2027/3/2");
    world.wants(&[Effect::MoveDueDate { child: AO, due: day("2027-03-02") }]);
}

#[test]
fn impossible_dates_are_refused_here_too() {
    let mut world = expecting();
    world.says("予定日をなおす").says("2027/8/30").wants(&[]).sees("妊娠の前");
    world.says("2026/11/8").wants(&[]).sees("2週間がすぎています").sees("生まれた");
    world.says("2027/2/30").wants(&[]).sees("その日はこよみにありません").sees("新しい予定日");
    let mut world = World::with(&[("", Journey::Born { born: day("2026-08-14"), due: None })]);
    world.says("誕生日をなおす").says("2026/11/23").wants(&[]).sees("きょうより先");
    world.says("2026/8/15").wants(&[Effect::MoveBirthDate { child: AO, born: day("2026-08-15") }]);
}

#[test]
fn a_nickname_can_be_changed_or_taken_away() {
    let mut world = expecting();
    world.says("変更").taps("よび名をなおす").sees("あおの新しいよび名").says("まめ").sees("「まめ」とよびますね");
    assert_eq!(world.follows[0].child.nickname.as_ref().unwrap().expose(), "まめ");
    world.says("よび名をなおす").says("あ\nお").wants(&[]).sees("1行で").taps("よび名をなくす");
    world.wants(&[Effect::Rename { child: AO, nickname: None }]).sees("よび名なし");
}

#[test]
fn with_several_children_it_is_asked_which() {
    let mut world = World::with(&[
        ("あお", Journey::Expected { due: day("2027-03-01") }),
        ("もも", Journey::Expected { due: day("2027-03-01") }),
    ]);
    world.says("予定日をなおす").sees("どのお子さん");
    let mut by_number = world.clone();
    by_number.says("2").says("2027/3/5");
    by_number.wants(&[Effect::MoveDueDate { child: ChildId(101), due: day("2027-03-05") }]);
    let mut by_name = world.clone();
    by_name.says("もも").says("2027/3/5");
    by_name.wants(&[Effect::MoveDueDate { child: ChildId(101), due: day("2027-03-05") }]);
    world.taps("1 あお（出産予定日 3月1日）").says("2027/3/5");
    world.wants(&[Effect::MoveDueDate { child: AO, due: day("2027-03-05") }]);
}

#[test]
fn only_parents_and_the_registrant_change_dates() {
    for (role, may) in [(Role::Mother, true), (Role::Father, true), (Role::Grandparent, false), (Role::Other, false)] {
        let mut world = World::with(&[]);
        world.add("あお", Journey::Expected { due: day("2027-03-01") }, role, false);
        world.says("予定日をなおす");
        if may {
            world.sees("新しい予定日");
        } else {
            world.wants(&[]).sees("その方にお伝えください");
            let forged = Input::Postback { data: "h1|change|due|||2s.1".into(), date: Some("2027-03-05".into()) };
            world.receives(&forged).wants(&[]).sees("その方にお伝えください");
        }
    }
}

#[test]
fn a_button_made_void_by_the_family_does_nothing() {
    let mut world = expecting();
    world.says("変更");
    let data = world.data_of("予定日をなおす");
    world.follows[0].child.version = 2;
    world
        .receives(&Input::Postback { data, date: Some("2027-03-05".into()) })
        .wants(&[])
        .sees("いまは変更していません");

    let mut world = expecting();
    world.says("予定日をなおす");
    world.follows[0].child.version = 2;
    world.says("2027/3/5").wants(&[]).sees("いまは変更していません");
    assert_eq!(world.state(), &State::Idle);
}

#[test]
fn what_was_lost_is_not_shown_again() {
    let mut world = expecting();
    world.add("もも", Journey::Born { born: day("2025-01-01"), due: None }, Role::Other, true);
    world.follows[0].stopped = Some(OwnStop { on: day("2026-11-01"), reason: StopReason::Loss });
    world.says("変更").sees("もも").sees_not("あお");
    world.follows[1].child.journey =
        Journey::Stopped { on: day("2026-11-01"), before: Box::new(Journey::Expected { due: day("2027-03-01") }) };
    world.says("変更").sees("お届けは、止まっています").sees_not("もも");
}
