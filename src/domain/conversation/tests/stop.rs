//! 停止 and sad news.

use chrono::TimeDelta;

use super::super::{Effect, Input, State};
use super::world::{World, day};
use crate::domain::family::{Journey, OwnStop, Role, StopReason};
use crate::domain::ids::ChildId;

const AO: ChildId = ChildId(100);
const MOMO: ChildId = ChildId(101);

fn expecting() -> World {
    World::with(&[("あお", Journey::Expected { due: day("2027-03-01") })])
}

fn siblings() -> World {
    World::with(&[
        ("あお", Journey::Expected { due: day("2027-03-01") }),
        ("もも", Journey::Born { born: day("2024-04-01"), due: None }),
    ])
}

fn stop(children: &[ChildId], reason: StopReason) -> Effect {
    Effect::Stop { children: children.to_vec(), reason }
}

#[test]
fn a_stop_word_stops_at_once_and_asks_nothing() {
    for word in ["停止", "やめる", "STOP", "stop", "ＳＴＯＰ", "配信停止", "解除", "停止。", "ストップ"]
    {
        let mut world = siblings();
        world.says(word).wants(&[stop(&[AO, MOMO], StopReason::Plain)]).sees("お届けを止めました。");
        assert_eq!(world.labels(), ["赤ちゃんとお別れした", "まちがえた（もどす）", "登録を消す"], "{word}");
        assert_eq!(world.state(), &State::Idle);
    }
}

#[test]
fn a_stop_word_in_a_sentence_stops_nothing() {
    for text in ["指しゃぶりがやめられない", "停止したらどうなりますか", "stopしないで", "流産しないか心配です"]
    {
        siblings().says(text).wants(&[]).sees("職員は読んでいません");
    }
    let mut world = siblings();
    world.says("友だちが流産しましたと言っていました");
    assert!(world.follows.iter().all(|follow| follow.is_active()));
    world.sees("話せるところ");
}

#[test]
fn leaving_a_question_stops_nothing_but_a_stop_word_does() {
    let mut world = expecting();
    world.says("予定日をなおす").says("やめる").wants(&[]).sees("なにも変えていません");
    world.says("予定日をなおす").says("停止").wants(&[stop(&[AO], StopReason::Plain)]);
    assert_eq!(world.state(), &State::Idle);
    let mut world = World::new();
    world.says("登録").says("同意").says("2027/3/1").says("停止").wants(&[]).sees("お届けしているものはありません");
    assert_eq!(world.state(), &State::Idle);
}

#[test]
fn a_stop_can_be_undone_for_thirty_days() {
    let mut stopped = expecting();
    stopped.says("停止");
    let undo = Input::Postback { data: stopped.data_of("まちがえた（もどす）"), date: None };
    for word in ["もどす", "まちがえた", "再開"] {
        stopped.clone().later(TimeDelta::days(30)).says(word).wants(&[Effect::UndoStop { children: vec![AO] }]);
    }
    let mut world = stopped.clone();
    world.later(TimeDelta::days(30)).receives(&undo).wants(&[Effect::UndoStop { children: vec![AO] }]);
    world.receives(&undo).wants(&[]);
    let mut world = stopped.clone();
    world.later(TimeDelta::days(31)).receives(&undo).wants(&[]).sees("30日がすぎている");
    stopped.says("停止").wants(&[Effect::StandStill]).sees("お届けを止めました");
}

#[test]
fn sad_news_stops_everything_at_once_and_for_the_family() {
    for word in ["流産", "流産しました", "死産", "死産しました", "死産しました。", "お別れした"]
    {
        let mut world = expecting();
        world.says(word).wants(&[stop(&[AO], StopReason::Loss), Effect::ReportLoss { children: vec![AO] }]);
        world.sees("お届けを止めました").sees("こちらからお送りすることはありません").sees("話を聞いてもらえるところ");
        world.sees("000-000-0000");
        assert!(world.labels().contains(&"もどす".to_owned()), "{word}");
    }
}

#[test]
fn sad_news_after_a_plain_stop_is_one_tap() {
    let mut world = expecting();
    world.says("停止").taps("赤ちゃんとお別れした");
    world.wants(&[stop(&[AO], StopReason::Loss), Effect::ReportLoss { children: vec![AO] }]).sees("お届けを止めました");
}

#[test]
fn the_button_beside_happy_news_asks_before_it_stops() {
    let mut world = expecting();
    world.says("生まれた").taps("つらいお知らせのとき").wants(&[]).sees("すべて止めます");
    let mut back = world.clone();
    back.taps("もどる").wants(&[]);
    assert_eq!(back.state(), &State::Idle);
    world.says("止める").wants(&[stop(&[AO], StopReason::Loss), Effect::ReportLoss { children: vec![AO] }]);
}

#[test]
fn with_several_children_all_stop_first_and_the_question_comes_after() {
    let mut world = siblings();
    world.says("死産しました").wants(&[stop(&[AO, MOMO], StopReason::Loss)]).sees("お届けは、すべて止めてあります");
    let mut one = world.clone();
    one.says("1").wants(&[
        stop(&[AO], StopReason::Loss),
        Effect::ReportLoss { children: vec![AO] },
        Effect::UndoStop { children: vec![MOMO] },
    ]);
    one.sees("ほかのお子さんへのお届けは、続けます");
    assert!(one.follows[1].is_active() && !one.follows[0].is_active());
    let mut all = world.clone();
    all.taps("すべて").wants(&[stop(&[AO, MOMO], StopReason::Loss), Effect::ReportLoss { children: vec![AO, MOMO] }]);
    let mut none = world.clone();
    none.taps("こたえない").wants(&[]).sees("すべて止まっています");
    let mut left = world.clone();
    left.says("やめる").wants(&[]);
    assert!(left.follows.iter().all(|follow| !follow.is_active()));
    let turn = world.turn;
    world.receives(&Input::TimedOut { turn }).wants(&[]);
    assert!(world.follows.iter().all(|follow| !follow.is_active()));
}

#[test]
fn a_grandparent_stops_only_the_own_deliveries() {
    for role in [Role::Grandparent, Role::Other] {
        let mut world = World::with(&[]);
        world.add("あお", Journey::Expected { due: day("2027-03-01") }, role, false);
        world.says("つらいお知らせ").sees("あなたへのお届け").sees_not("ご家族").says("やめる");
        world.says("流産しました").wants(&[stop(&[AO], StopReason::Loss)]).sees("お届けを止めました");
    }
    for role in [Role::Mother, Role::Father] {
        let mut world = World::with(&[]);
        world.add("あお", Journey::Expected { due: day("2027-03-01") }, role, false);
        world.says("流産しました").wants(&[stop(&[AO], StopReason::Loss), Effect::ReportLoss { children: vec![AO] }]);
    }
}

#[test]
fn sad_news_from_somebody_without_a_registration_is_received() {
    let mut world = World::new();
    world
        .says("登録")
        .says("同意")
        .says("流産しました")
        .wants(&[])
        .sees("知らせてくださって")
        .sees("話を聞いてもらえるところ");
    assert_eq!(world.state(), &State::Idle);
}

#[test]
fn a_loss_report_can_be_undone_in_neutral_words_for_thirty_days() {
    let mut lost = expecting();
    lost.says("流産しました");
    let undone = [Effect::UndoLoss { children: vec![AO] }, Effect::UndoStop { children: vec![AO] }];
    lost.clone().taps("もどす").wants(&undone).sees("もとにもどしました").sees_not("おめでとう");
    lost.clone().later(TimeDelta::days(30)).says("もどす").wants(&undone);
    lost.clone().later(TimeDelta::days(31)).says("もどす").wants(&[]).sees("止まっています");
    lost.clone().says("再開").wants(&[]).sees("止まっています").taps("もどす").wants(&undone);
}

#[test]
fn the_other_parent_may_undo_and_a_grandparent_may_not() {
    let lost =
        Journey::Stopped { on: day("2026-11-10"), before: Box::new(Journey::Expected { due: day("2027-03-01") }) };
    for (role, may) in [(Role::Father, true), (Role::Grandparent, false)] {
        let mut world = World::with(&[]);
        world.add("あお", lost.clone(), role, false);
        world.says("再開").wants(&[]).sees("止まっています").says("もどす");
        let expected = if may { vec![Effect::UndoLoss { children: vec![AO] }] } else { vec![] };
        world.wants(&expected);
    }
}

#[test]
fn after_a_loss_nothing_cheerful_is_said() {
    let mut lost = expecting();
    lost.says("流産しました");
    for text in [
        "きょうのメッセージ",
        "ヘルプ",
        "変更",
        "生まれた",
        "やすむ",
        "再開",
        "ありがとう",
        "こんにちは",
        "停止",
        "流産しました",
        "予定日をなおす",
        "なにか書く",
        "まちがえた",
        "個人情報",
    ] {
        let mut world = lost.clone();
        world.says(text);
        for word in ["おめでとう", "赤ちゃんの日数", "読んでくださって", "お待ち", "あお"] {
            world.sees_not(word);
        }
        assert!(!world.effects.contains(&Effect::ShowToday), "{text}");
    }
    let mut world = lost.clone();
    assert!(world.receives(&Input::Sticker).screen.is_empty());
    lost.receives(&Input::Unfollowed).receives(&Input::Followed).sees("お届けは止まったままです").sees_not("再開");
}

#[test]
fn an_undo_takes_back_only_what_was_stopped_last() {
    let mut world = siblings();
    world.follows[0].stopped = Some(OwnStop { on: day("2026-11-10"), reason: StopReason::Loss });
    world.says("停止").wants(&[stop(&[MOMO], StopReason::Plain)]);
    world.says("もどす").wants(&[Effect::UndoStop { children: vec![MOMO] }]);
}

#[test]
fn with_nothing_to_stop_or_undo_nothing_happens() {
    World::new().says("停止").sees("お届けしているものはありません");
    expecting().says("もどす").wants(&[]).sees("いま、おたずねしていること");
    expecting().says("キャンセル").wants(&[]).sees("いま、おたずねしていること");
}
