//! Sad news in a family where something else goes on, and the ways back.

use chrono::TimeDelta;

use super::super::{Effect, Input};
use super::world::{World, day};
use crate::domain::family::{Journey, OwnStop, Role, StopReason};
use crate::domain::ids::ChildId;

const AO: ChildId = ChildId(100);
const HARU: ChildId = ChildId(101);
const MOMO: ChildId = ChildId(102);

fn expected(due: &str) -> Journey {
    Journey::Expected { due: day(due) }
}

fn toddler() -> Journey {
    Journey::Born { born: day("2024-10-01"), due: None }
}

fn past_three() -> Journey {
    Journey::Born { born: day("2023-11-10"), due: None }
}

fn stop(children: &[ChildId], reason: StopReason) -> Effect {
    Effect::Stop { children: children.to_vec(), reason }
}

fn report(children: &[ChildId]) -> Effect {
    Effect::ReportLoss { children: children.to_vec() }
}

fn lift(children: &[ChildId]) -> Effect {
    Effect::UndoStop { children: children.to_vec() }
}

/// A pregnancy was lost ten days ago, and the letters for a toddler go on.
fn ten_days_after() -> World {
    let mut world = World::with(&[("あお", expected("2027-03-01")), ("もも", toddler())]);
    world.says("お別れした").says("1").later(TimeDelta::days(10));
    world
}

#[test]
fn a_word_meant_for_an_open_question_revives_nobody() {
    for question in ["時刻", "よび名をなおす", "変更", "やすむ", "ふたご", "続柄", "登録を消す", "つらいお知らせ"]
    {
        for word in ["まちがえた", "まちがい", "もどす", "取り消し"] {
            let mut world = ten_days_after();
            world.says(question);
            let open = world.state().is_open();
            world.says(word).wants(&[]);
            assert!(!open || !world.state().is_open(), "{word} at {question}");
        }
    }
}

#[test]
fn without_a_question_a_loss_is_taken_back_only_after_one_neutral_question() {
    for word in ["まちがえた", "もどす"] {
        let mut world = ten_days_after();
        world.says(word).wants(&[]).sees("もとにもどしますか").sees_not("あお");
        world.clone().taps("いいえ").wants(&[]).sees("わかりました");
        world.clone().says("まちがえた").wants(&[]);
        for yes in ["はい", "もどす"] {
            let mut world = world.clone();
            world.says(yes).wants(&[Effect::UndoLoss { children: vec![AO] }, lift(&[AO])]).sees("もとにもどしました");
        }
    }
}

#[test]
fn where_everything_stands_still_only_a_mistake_of_another_day_is_asked_about() {
    let undone = [Effect::UndoLoss { children: vec![AO] }, lift(&[AO])];
    let mut lost = World::with(&[("あお", expected("2027-03-01"))]);
    lost.says("流産しました");
    for word in ["まちがえた", "もどす"] {
        lost.clone().says(word).wants(&undone);
    }
    lost.later(TimeDelta::days(1));
    lost.clone().says("もどす").wants(&undone);
    lost.says("まちがえた").wants(&[]).sees("もとにもどしますか");
}

#[test]
fn right_behind_the_question_which_child_it_was_everything_can_be_taken_back() {
    for word in ["まちがえた", "もどす"] {
        let mut world = World::with(&[("あお", expected("2027-03-01")), ("もも", toddler())]);
        world.says("お別れした").says(word).wants(&[lift(&[AO, HARU])]);
    }
}

#[test]
fn an_old_button_does_not_revive_a_child_by_the_way() {
    let mut world = World::with(&[("あお", expected("2027-03-01")), ("もも", toddler())]);
    world.says("お別れした");
    let undo = Input::Postback { data: world.data_of("もどす"), date: None };
    world.says("1");
    world.clone().receives(&undo).wants(&[Effect::UndoLoss { children: vec![AO] }, lift(&[AO])]);
    world.later(TimeDelta::days(3)).receives(&undo).wants(&[]).sees("もとにもどしますか");
}

#[test]
fn a_child_past_three_keeps_no_loss_from_the_family() {
    let mut world = World::with(&[("ゆず", past_three()), ("はる", expected("2027-03-01"))]);
    world.says("流産しました").wants(&[stop(&[HARU], StopReason::Loss), report(&[HARU])]);
    assert!(!world.state().is_open());
    // Said twice it is not taken for the elder.
    world.says("流産しました").wants(&[Effect::StandStill]).sees("止まっています");
    let mut only = World::with(&[("ゆず", past_three())]);
    only.says("お別れした").wants(&[stop(&[AO], StopReason::Loss), report(&[AO])]);
}

#[test]
fn a_child_past_three_changes_nothing_of_the_quiet_tone() {
    let mut world = World::with(&[("ゆず", past_three()), ("はる", expected("2027-03-01"))]);
    world.says("流産しました").says("相談").sees_not("こども医療").sees_not("にんしん");
    world.says("ヘルプ").sees("止まっています").sees_not("生まれた");
    let mut grown = World::with(&[("ゆず", past_three())]);
    grown.says("ヘルプ").sees_not("止まっています");
}

#[test]
fn sad_news_that_is_known_already_is_not_taken_for_the_sibling() {
    let lost = Journey::Stopped { on: day("2026-11-21"), before: Box::new(expected("2027-03-01")) };
    let mut world = World::with(&[("あお", lost), ("もも", toddler())]);
    world.says("流産しました").wants(&[stop(&[HARU], StopReason::Loss)]).says("2");
    world.wants(&[stop(&[AO], StopReason::Loss), lift(&[HARU])]);
    let mut twice = World::with(&[("あお", expected("2027-03-01")), ("もも", toddler())]);
    twice.says("お別れした").says("1").says("お別れした").wants(&[stop(&[HARU], StopReason::Loss)]).says("2");
    twice.wants(&[stop(&[AO], StopReason::Loss), lift(&[HARU])]);
}

#[test]
fn the_answer_which_child_it_was_is_sad_news_too_also_from_a_guest() {
    let mut guest = World::with(&[]);
    guest.add("あお", expected("2027-03-01"), Role::Grandparent, false);
    guest.add("もも", toddler(), Role::Grandparent, false);
    guest.says("お別れした").says("1").wants(&[stop(&[AO], StopReason::Loss), lift(&[HARU])]);
}

#[test]
fn both_twins_can_be_meant_and_their_sibling_not() {
    let mut world =
        World::with(&[("あお", expected("2027-03-01")), ("はる", expected("2027-03-01")), ("もも", toddler())]);
    world.says("お別れした");
    assert!(world.labels().contains(&"4 あお・はる".to_owned()), "{:?}", world.labels());
    let lost = [stop(&[AO, HARU], StopReason::Loss), report(&[AO, HARU]), lift(&[MOMO])];
    world.clone().taps("4 あお・はる").wants(&lost).sees("ほかのお子さんへのお届けは、続けます");
    world.clone().says("4").wants(&lost);
    world.clone().says("5").wants(&[stop(&[AO, HARU, MOMO], StopReason::Loss), report(&[AO, HARU, MOMO])]);
    world.says("はる").wants(&[stop(&[HARU], StopReason::Loss), report(&[HARU]), lift(&[AO, MOMO])]);
    let mut unnamed = World::with(&[("", expected("2027-03-01")), ("", expected("2027-03-01")), ("もも", toddler())]);
    unnamed.says("お別れした").taps("4 同じ日づけのお子さん、みんな").wants(&lost);
    let mut twins = World::with(&[("あお", expected("2027-03-01")), ("はる", expected("2027-03-01"))]);
    twins.says("お別れした").says("3").wants(&[stop(&[AO, HARU], StopReason::Loss), report(&[AO, HARU])]);
}

#[test]
fn letters_that_were_ended_before_do_not_begin_again_with_a_loss() {
    let mut world = World::with(&[("あお", expected("2027-03-01")), ("もも", toddler())]);
    let plain = |on| Some(OwnStop { on: day(on), reason: StopReason::Plain });
    (world.follows[0].stopped, world.follows[1].stopped) = (plain("2026-11-22"), plain("2026-11-02"));
    world.says("お別れした").wants(&[stop(&[AO, HARU], StopReason::Loss)]).says("1");
    world.wants(&[stop(&[AO], StopReason::Loss), report(&[AO]), stop(&[HARU], StopReason::Plain)]);
    world.sees("すべて止まっています").sees_not("続けます");
    world.says("お別れした").wants(&[Effect::StandStill]);
}

#[test]
fn nobody_is_told_that_something_could_be_undone_which_never_could() {
    let lost = Journey::Stopped { on: day("2026-11-20"), before: Box::new(expected("2027-03-01")) };
    let mut guest = World::with(&[]);
    guest.add("あお", lost, Role::Grandparent, false);
    guest.says("もどす").wants(&[]).sees("止まっています").sees_not("30日がすぎている");
    guest.says("ヘルプ").sees_not("もどす").sees("登録の内容は");
    let mut own = World::with(&[("あお", expected("2027-03-01"))]);
    own.says("停止").says("ヘルプ").sees("もどす");
}

#[test]
fn after_a_loss_deleting_is_offered_quietly_and_its_day_is_told() {
    let mut world = World::with(&[("あお", expected("2027-03-01"))]);
    world
        .says("流産しました")
        .says("流産しました")
        .sees("止めてから30日後に消えます")
        .taps("登録を消す")
        .sees("消します");
    world.says("もどる").says("ヘルプ").sees("30日後に消えます").taps("登録を消す").sees("消します");
    let mut nobody = World::new();
    nobody.says("流産しました").sees_not("消えます");
}

#[test]
fn with_several_children_nobody_is_frightened_about_the_family() {
    let mut world = World::with(&[("あお", expected("2027-03-01")), ("もも", toddler())]);
    world.says("生まれた").says("つらいお知らせのとき").sees("そのあとでうかがいます").sees_not("ご家族");
    world.taps("止める").says("もも").wants(&[stop(&[HARU], StopReason::Loss), report(&[HARU]), lift(&[AO])]);
}
