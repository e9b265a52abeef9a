//! After a stop or a loss nothing whatever brings a letter back, but the reader's own word for it.

use chrono::{DateTime, TimeDelta, Utc};
use hagukumi::clock::Clock as _;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::history::Day;
use crate::support::{Parent, Registers, World};
use crate::town::{Outcome, account, cases, runtime};

/// Words of every kind, but those that undo, resume or register anew.
const WORDS: [&str; 30] = [
    "きょうのメッセージ",
    "ヘルプ",
    "変更",
    "生まれた",
    "やすむ",
    "ありがとう",
    "こんにちは",
    "停止",
    "やめる",
    "流産しました",
    "予定日をなおす",
    "誕生日をなおす",
    "よび名をなおす",
    "まだです",
    "個人情報",
    "相談",
    "いそぐとき",
    "もどる",
    "キャンセル",
    "2027/3/1",
    "令和8年11月20日",
    "きのう",
    "1",
    "2",
    "はい",
    "いいえ",
    "1週間",
    "つらいお知らせ",
    "😭",
    "そら",
];

/// Buttons that say what [`WORDS`] do not say: to undo, to resume, to register anew.
const WAYS_BACK: [&str; 5] = ["stop|undo", "rest|resume", "reg|", "draft|", "fix|restart"];

#[derive(Debug, Clone)]
enum Act {
    Says(usize),
    /// Taps something that was ever shown, or an entry of a menu.
    Taps(usize),
    Blocks,
    TimePasses(i64),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        5 => (0..WORDS.len()).prop_map(Act::Says),
        5 => any::<usize>().prop_map(Act::Taps),
        1 => Just(Act::Blocks),
        2 => (1i64..40).prop_map(Act::TimePasses),
    ]
}

#[derive(Debug, Clone)]
struct Case {
    born: bool,
    offset: i64,
    before: Vec<Act>,
    last_word: &'static str,
    after: Vec<Act>,
}

fn any_case() -> impl Strategy<Value = Case> {
    let last_word = prop_oneof![Just("停止"), Just("流産しました")];
    let acts = |most| prop::collection::vec(any_act(), 0..most);
    (any::<bool>(), 0i64..200, acts(4), last_word, acts(14)).prop_map(|(born, offset, before, last_word, after)| Case {
        born,
        offset,
        before,
        last_word,
        after,
    })
}

/// The data of every button that was ever shown, and of the menus.
fn buttons(parent: &Parent<'_>) -> Vec<String> {
    let entries =
        ["today|show|", "consult|show|", "help|show|", "profile|show|", "born|ask|", "rest|ask|", "loss|ask|"];
    let mut found: Vec<String> = entries.iter().map(|entry| format!("h1|{entry}||")).collect();
    parent.user.chat().iter().for_each(|bubble| collect(&bubble.message, &mut found));
    found.retain(|data| !WAYS_BACK.iter().any(|way| data.contains(way)));
    found
}

/// Adds the data of every button in a part of a message.
pub fn collect(part: &Value, found: &mut Vec<String>) {
    match part {
        Value::Array(parts) => parts.iter().for_each(|part| collect(part, found)),
        Value::Object(fields) => {
            let data = fields.get("data").and_then(Value::as_str).filter(|data| data.starts_with("h1|"));
            found.extend(data.map(str::to_owned));
            fields.values().for_each(|part| collect(part, found));
        }
        _ => {}
    }
}

async fn until(world: &World, moment: DateTime<Utc>) {
    world.app.advance_to(&world.clock, moment).await.expect("nothing fails");
}

async fn act(world: &World, parent: &Parent<'_>, act: &Act) {
    let user = &parent.user;
    match act {
        Act::TimePasses(hours) => until(world, world.clock.now() + TimeDelta::hours(*hours)).await,
        Act::Blocks if !user.has_blocked() => drop(parent.blocks().await),
        Act::Blocks => drop(parent.unblocks().await),
        // Whoever has blocked the account cannot write to it.
        Act::Says(_) | Act::Taps(_) if user.has_blocked() => {}
        Act::Says(word) => drop(parent.says(WORDS[*word]).await),
        Act::Taps(number) => {
            let buttons = buttons(parent);
            drop(parent.posts_back(&buttons[number % buttons.len()]).await);
        }
    }
}

async fn one(world: &World, case: Case) -> Outcome {
    let today = Day::at(world.clock.now().timestamp_millis());
    let (kind, date) = match case.born {
        true => (Registers::Born, today.plus(-case.offset)),
        false => (Registers::Due, today.plus(case.offset)),
    };
    let parent = world.registered(kind, &date.to_string(), None).await;
    for before in &case.before {
        act(world, &parent, before).await;
    }
    if parent.user.has_blocked() {
        parent.unblocks().await;
    }
    parent.says(case.last_word).await;
    let last = world.clock.now().timestamp_millis();
    for after in &case.after {
        act(world, &parent, after).await;
    }
    until(world, world.clock.now() + TimeDelta::days(2)).await;

    let account = account(world);
    let pushes =
        account.requests.iter().filter(|request| request.endpoint == "push" && request.is_to(parent.user.id()));
    prop_assert_eq!(pushes.filter(|push| push.at_ms > last).count(), 0, "pushes after the last word");
    let days = account.deliveries.iter().filter(|row| row.user.as_deref() == Some(parent.user.id()));
    let mut days = days.filter_map(|row| Day::read(row.purpose.strip_prefix("daily/")?));
    prop_assert!(days.all(|day| day <= Day::at(last)), "no day after the last word is planned");
    Ok(())
}

#[test]
fn after_a_stop_or_a_loss_no_word_no_button_and_no_time_brings_a_letter_back() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let world = runtime.block_on(World::at("2026-11-22 09:00"));
    cases(file!(), 24, &any_case(), |case| runtime.block_on(one(&world, case)));
}
