//! Whatever a reader does, in whatever order: the promises hold.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::super::postback::Data;
use super::super::sharing::{Move as Everything, Sharing, Typed};
use super::super::{Conversation, Effect, Input, Step};
use super::limits::refusals;
use super::samples::{CODE, big_family, sharing, states};
use super::world::{World, buttons_of, day};
use crate::domain::code::CodeKind;
use crate::domain::family::{Follow, Journey, OwnStop, Pause, Role, Standing, StopReason};
use crate::domain::message::Action;

const TEXTS: [&str; 88] = [
    "登録",
    "同意",
    "はい",
    "いいえ",
    "1",
    "2",
    "3",
    "4",
    "もどる",
    "やめる",
    "停止",
    "STOP",
    "流産しました",
    "死産",
    "お別れした",
    "つらいお知らせ",
    "生まれました",
    "まちがえた",
    "もどす",
    "やすむ",
    "1週間",
    "再開",
    "変更",
    "予定日をなおす",
    "誕生日をなおす",
    "よび名をなおす",
    "きょうのメッセージ",
    "きょう",
    "あした",
    "きのう",
    "ヘルプ",
    "相談",
    "いそぐとき",
    "個人情報",
    "続きから",
    "はじめから",
    "ありがとう",
    "こんにちは",
    "キャンセル",
    "あとで決める",
    "お届けを終わる",
    "きょうだいを追加",
    "ふたご・みつごです",
    "2人",
    "三つ子",
    "修正月齢",
    "予定日から数える",
    "誕生日から数える",
    "別々",
    "つけない",
    "なし",
    "あおちゃん",
    "あ\nお",
    "https://a.jp",
    "2027/3/1",
    "2026/11/20",
    "2026/8/14",
    "予定日は2026/11/1",
    "2024/2/29",
    "4/5",
    "12/31",
    "05-04-25",
    "9年3月1日",
    "平成31年5月1日",
    "昭和65年1月1日",
    "2027/2/30",
    "8週3日",
    "45週",
    "1900/1/1",
    "死にたい",
    "流産しないか心配です",
    "夜泣きがつらい",
    "招待",
    "参加している家族",
    "招待コード",
    "7K4M-9RTP",
    "続柄",
    "お母さん",
    "参加しない",
    "時刻",
    "7時半",
    "22時",
    "地域",
    "北部",
    "機種変更",
    "引っ越しコードを入れる",
    "問い合わせ番号",
    "登録を消す",
];

/// はい
const YES: usize = 2;

#[derive(Debug, Clone)]
enum Move {
    Says(usize),
    Writes(String),
    Taps(usize),
    Picks(usize, i64),
    TapsOld(usize),
    Forges(String),
    Sends(Input),
    Waits(i64),
    FamilyLoses(usize),
    FamilyBears(usize),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let input = prop_oneof![
        Just(Input::Followed),
        Just(Input::Unfollowed),
        Just(Input::Sticker),
        Just(Input::Media),
        (0i64..20).prop_map(|turn| Input::TimedOut { turn }),
    ];
    let one = prop_oneof![
        8 => (0..TEXTS.len()).prop_map(Move::Says),
        1 => "\\PC{0,30}".prop_map(Move::Writes),
        8 => (0usize..12).prop_map(Move::Taps),
        2 => ((0usize..4), -1200i64..400).prop_map(|(button, days)| Move::Picks(button, days)),
        4 => ((0usize..4), -20i64..60).prop_map(|(button, days)| Move::Picks(button, days)),
        4 => Just(Move::Says(YES)),
        2 => (0usize..40).prop_map(Move::TapsOld),
        1 => "(h1\\|)?[a-z0-9|.]{0,30}".prop_map(Move::Forges),
        2 => input.prop_map(Move::Sends),
        1 => (0i64..2000).prop_map(Move::Waits),
        1 => (0usize..4).prop_map(Move::FamilyLoses),
        1 => (0usize..4).prop_map(Move::FamilyBears),
    ];
    prop::collection::vec(one, 1..30)
}

fn families() -> Vec<World> {
    let mut mixed = big_family();
    mixed.follows[1].stopped = Some(OwnStop { on: day("2026-11-10"), reason: StopReason::Plain });
    let mut lost = big_family();
    for follow in &mut lost.follows {
        follow.stopped = Some(OwnStop { on: day("2026-11-10"), reason: StopReason::Loss });
    }
    let mut guest = World::with(&[]);
    guest.add("あお", Journey::Expected { due: day("2026-11-30") }, Role::Grandparent, false);
    let mut resting = World::with(&[("", Journey::Born { born: day("2023-11-22"), due: None })]);
    resting.profile.pause = Some(Pause { until: None });
    resting.standing = Some(Standing::Away);
    let mut children = World::with(&[
        ("あお", Journey::Expected { due: day("2026-11-08") }),
        ("はる", Journey::Expected { due: day("2026-11-08") }),
        ("", Journey::Born { born: day("2026-09-01"), due: Some(day("2026-11-20")) }),
        ("ゆず", Journey::Born { born: day("2026-09-01"), due: Some(day("2026-11-20")) }),
    ]);
    children.follows[3].child.corrected = true;
    let mut invited = World::new();
    invited.sharing = sharing();
    let mut moves = World::new();
    let everything = Everything { code: CODE, active: true };
    moves.sharing = Sharing { typed: Typed::Transfer(everything), moves: Some(everything), ..sharing() };
    let mut guesses = World::new();
    guesses.sharing = Sharing { typed: Typed::Unusable, held: None, ..sharing() };
    vec![
        children,
        World::new(),
        World::with(&[("あお", Journey::Expected { due: day("2027-03-01") })]),
        big_family(),
        mixed,
        lost,
        guest,
        resting,
        invited,
        moves,
        guesses,
    ]
}

/// The input of a move, if it makes sense on this screen.
fn input(world: &World, old: &[String], step: &Move) -> Option<Input> {
    let sends = |action: &Action| match action {
        Action::Postback { data, .. } | Action::Date { data, .. } => Some(data.clone()),
        Action::Uri { .. } | Action::Copy { .. } => None,
    };
    let shown: Vec<String> = world.buttons().iter().filter_map(|button| sends(&button.action)).collect();
    let pickers = world.buttons().into_iter().filter_map(|button| match button.action {
        Action::Date { data, .. } => Some(data),
        _ => None,
    });
    let pickers: Vec<String> = pickers.collect();
    let nth = |from: &[String], index: usize| (!from.is_empty()).then(|| from[index % from.len()].clone());
    Some(match step {
        Move::Says(index) => Input::Text(TEXTS[*index].into()),
        Move::Writes(text) => Input::Text(text.clone()),
        Move::Taps(index) => Input::Postback { data: nth(&shown, *index)?, date: None },
        Move::TapsOld(index) => Input::Postback { data: nth(old, *index)?, date: None },
        Move::Picks(index, days) => {
            let date = (world.now + TimeDelta::days(*days)).date().to_string();
            Input::Postback { data: nth(&pickers, *index)?, date: Some(date) }
        }
        Move::Forges(data) => Input::Postback { data: data.clone(), date: Some("2027-03-01".into()) },
        Move::Sends(input) => input.clone(),
        Move::Waits(_) | Move::FamilyLoses(_) | Move::FamilyBears(_) => return None,
    })
}

/// What somebody else in the family reports.
fn elsewhere(world: &mut World, step: &Move) {
    let today = world.now.date();
    let (index, bears) = match step {
        Move::FamilyLoses(index) => (*index, false),
        Move::FamilyBears(index) => (*index, true),
        _ => return,
    };
    let Some(follow) = world.follows.get_mut(index) else { return };
    let child = &mut follow.child;
    child.journey = match child.journey.clone() {
        Journey::Expected { due } if bears => Journey::Born { born: today, due: Some(due) },
        stopped @ Journey::Stopped { .. } => stopped,
        before if !bears => Journey::Stopped { on: today, before: Box::new(before) },
        other => other,
    };
    child.version += 1;
    world.turn += 1;
}

fn may_speak(follows: &[Follow], child: crate::domain::ids::ChildId) -> bool {
    let found = follows.iter().find(|follow| follow.child.id == child);
    found.is_some_and(|follow| {
        let parent = follow.registrant || matches!(follow.role, Role::Mother | Role::Father);
        parent && follow.is_active()
    })
}

fn promises(before: &World, step: &Step, after: &World) {
    let effects = &step.effects;
    let shows =
        effects.iter().any(|effect| matches!(effect, Effect::ShowToday | Effect::ShowNewcomers | Effect::ShowEarlier));
    let active = |world: &World| world.follows.iter().any(Follow::is_active);
    assert!(!shows || active(after), "something is shown to somebody whose deliveries stand still");
    for effect in effects {
        match effect {
            Effect::Enrol(_) => assert!(before.consented, "registered without consent"),
            Effect::Join { .. } => {
                let agreed = effects.iter().any(|one| matches!(one, Effect::Consent { .. }));
                assert!(agreed && !after.follows.is_empty(), "joined without consent");
            }
            Effect::KeepCode { kind: CodeKind::Invitation, .. } | Effect::RemoveMember { .. } => {
                assert!(before.follows.iter().any(Follow::is_parent), "{effect:?} by somebody who may not");
            }
            Effect::SetRole { children, .. } => {
                let parents = |world: &World| world.follows.iter().filter(|follow| follow.is_parent()).count();
                assert!(!children.is_empty() && parents(after) <= parents(before), "somebody made themselves a parent");
            }
            Effect::SetTime { minute } => assert!((7 * 60..21 * 60).contains(minute), "a time at which nothing leaves"),
            Effect::Erase => assert!(after.follows.is_empty() && after.talk == Conversation::default()),
            Effect::Stop { children, .. } | Effect::ReportLoss { children } => {
                assert!(!shows && !children.is_empty(), "a stop shows something");
            }
            Effect::MoveDueDate { child, .. }
            | Effect::MoveBirthDate { child, .. }
            | Effect::Rename { child, .. }
            | Effect::ReportBirth { child, .. }
            | Effect::EnrolTwin { of: child, .. } => {
                assert!(may_speak(&before.follows, *child), "{effect:?} by somebody who may not");
            }
            _ => {}
        }
    }
    assert!(after.screen.len() <= if shows { 3 } else { 5 }, "too many objects");
    for message in &after.screen {
        assert_eq!(refusals(message), Vec::<String>::new());
        for button in buttons_of(message) {
            if let Action::Postback { data, .. } | Action::Date { data, .. } = button.action {
                let data = Data::parse(&data).expect("we read what we write");
                assert!(data.turn.is_none_or(|turn| turn == after.turn), "a button that is stale at once");
            }
        }
    }
    assert_eq!(after.talk.state.is_open(), after.talk.asked_at.is_some(), "an open question has its time");
    let kept = serde_json::to_string(&after.talk).unwrap();
    assert_eq!(serde_json::from_str::<Conversation>(&kept).unwrap(), after.talk, "what is kept reads back");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_in_whatever_order_the_promises_hold(family in 0usize..11, state in 0usize..116, moves in moves()) {
        let mut world = families()[family].clone();
        // From any question, or from none.
        if let Some(state) = states().get(state) {
            world.talk.state = state.clone();
            world.talk.asked_at = state.is_open().then_some(world.now);
        }
        let mut old: Vec<String> = Vec::new();
        for step in moves {
            if let Move::Waits(minutes) = step {
                world.later(TimeDelta::minutes(minutes));
            }
            elsewhere(&mut world, &step);
            let Some(input) = input(&world, &old, &step) else { continue };
            let before = world.clone();
            let decided = world.decide(&input);
            world.receives(&input);
            promises(&before, &decided, &world);
            old.extend(world.buttons().into_iter().filter_map(|button| match button.action {
                Action::Postback { data, .. } => Some(data),
                _ => None,
            }));
        }
    }
}

#[test]
fn every_state_meets_every_input() {
    for family in families() {
        for state in states() {
            let mut world = family.clone();
            world.talk.state = state.clone();
            world.talk.asked_at = state.is_open().then_some(world.now);
            let texts = TEXTS.iter().map(|text| Input::Text((*text).into()));
            let turn = world.turn;
            let others = [
                Input::Followed,
                Input::Unfollowed,
                Input::Sticker,
                Input::Media,
                Input::TimedOut { turn },
                Input::Postback { data: format!("h1|ask|yes||{turn}|"), date: None },
                Input::Postback { data: format!("h1|pick|one|2|{turn}|"), date: None },
                Input::Postback { data: format!("h1|date|due||{turn}|"), date: Some("2027-03-01".into()) },
                Input::Postback { data: "h1|stop|now|||".into(), date: None },
            ];
            for input in texts.chain(others) {
                let _ = world.decide(&input);
            }
        }
    }
}

#[test]
fn a_stop_word_stops_in_every_state() {
    for state in states() {
        let mut world = big_family();
        world.talk.state = state.clone();
        world.talk.asked_at = state.is_open().then_some(world.now);
        let step = world.decide(&Input::Text("停止".into()));
        let stopped =
            step.effects.iter().any(|effect| matches!(effect, Effect::Stop { children, .. } if children.len() == 4));
        assert!(stopped, "{state:?}");
    }
}

#[test]
fn silence_is_kept_only_where_it_was_promised() {
    for state in states() {
        let mut world = big_family();
        world.talk.state = state.clone();
        world.talk.asked_at = state.is_open().then_some(world.now);
        for text in TEXTS {
            let mut world = world.clone();
            world.says(text);
            let today = world.effects.contains(&Effect::ShowToday);
            assert!(today || !world.screen.is_empty(), "{text} at {state:?}");
        }
    }
}
