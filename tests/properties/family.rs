//! In a family, what stopped or was lost stays so for everybody whom it concerns, whatever they say, tap
//! or send late or twice, until somebody who may takes it back in so many words.
//!
//! A mother with a toddler and a pregnancy and the partner who joined her do anything in any order. After
//! each of their words:
//!
//! - 停止 and 流産しました have stopped everything for whoever said it;
//! - nothing goes on again but by 「もどす」, 「まちがえた」 or their button, by 「再開」 where nobody was lost,
//!   by the yes to whether it is meant, or by the answer to which child it was;
//! - 「もどす」 and 「まちがえた」 at a question about something else mean its answer and revive nobody;
//! - what was said before the stop, and arrives after it, revives nobody; what arrives again changes nothing;
//! - and every push tells of children only who go on for whoever gets it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use hagukumi::clock::{Ambient, Clock as _};
use hagukumi::domain::conversation::State;
use hagukumi::domain::family::{Follow, Journey};
use hagukumi::domain::ids::{AccountId, ChildId, LineUserId};
use hagukumi::simulator::{HELD, User};
use hagukumi::store::{ReaderRow, Sealer};
use proptest::prelude::*;
use serde_json::Value;

use crate::silence::collect;
use crate::support::history::calls::{self, Call};
use crate::support::history::{Anchor, Day};
use crate::support::{Parent, Registers, World};
use crate::town::{Outcome, account, cases, runtime};

/// Words of every kind, but those that register anew or delete.
const WORDS: [&str; 36] = [
    "停止",
    "流産しました",
    "つらいお知らせ",
    "やめる",
    "お届けを終わる",
    "もどす",
    "まちがえた",
    "再開",
    "もどる",
    "キャンセル",
    "はい",
    "いいえ",
    "止める",
    "1",
    "2",
    "3",
    "もも",
    "あお",
    "時刻",
    "夜8時",
    "続柄",
    "やすむ",
    "1週間",
    "変更",
    "生まれた",
    "まだです",
    "きのう",
    "予定日をなおす",
    "よび名をなおす",
    "2027/3/1",
    "招待",
    "参加している家族",
    "きょうのメッセージ",
    "ヘルプ",
    "相談",
    "ありがとう",
];
/// Words that take a stop or a loss back where nothing else is asked.
const TAKES_BACK: [&str; 2] = ["もどす", "まちがえた"];
/// The word, and the button, that end a rest or a plain stop.
const RESUMES: [&str; 2] = ["再開", "rest|resume"];
/// The button that takes a stop or a loss back.
const UNDO: &str = "stop|undo";
/// Buttons that register anew or delete.
const ANEW: [&str; 4] = ["reg|", "draft|", "fix|restart", "erase|"];
/// Questions are forgotten after this many hours.
const FORGOTTEN_HOURS: i64 = 24;

#[derive(Debug, Clone)]
enum Act {
    Says(usize),
    /// Taps something that was ever shown to them.
    Taps(usize),
    Blocks,
    TimePasses(i64),
}

/// Who does it, what, how many acts later it arrives, and when perhaps once more.
type Turn = (usize, Act, usize, Option<usize>);

fn any_turn() -> impl Strategy<Value = Turn> {
    let act = prop_oneof![
        3 => (0..8usize).prop_map(Act::Says),
        6 => (0..WORDS.len()).prop_map(Act::Says),
        5 => any::<usize>().prop_map(Act::Taps),
        1 => Just(Act::Blocks),
        2 => (1i64..40).prop_map(Act::TimePasses),
    ];
    let late = prop_oneof![5 => Just(0usize), 1 => 1..4usize];
    (0..2usize, act, late, prop::option::weighted(0.2, 0..4usize))
}

fn any_case() -> impl Strategy<Value = (i64, Vec<Turn>)> {
    (0i64..200, prop::collection::vec(any_turn(), 6..22))
}

/// Something that somebody did, on its way to the bot.
#[derive(Clone)]
struct Event {
    who: usize,
    what: String,
    sent: Value,
    late: bool,
    again: bool,
}

impl Event {
    fn said_ms(&self) -> i64 {
        self.sent["timestamp"].as_i64().expect("every event has a time")
    }

    fn says(&self, words: &[&str]) -> bool {
        words.contains(&self.what.as_str())
    }

    fn taps(&self, part: &str) -> bool {
        self.what.starts_with("h1|") && self.what.contains(part)
    }
}

/// What stands of the two in the store.
type Both = [ReaderRow; 2];

struct Family<'w> {
    world: &'w World,
    people: [Parent<'w>; 2],
    account: AccountId,
    sealer: Sealer,
    /// How things stood from these moments on (milliseconds since 1970).
    course: Vec<(i64, Both)>,
    /// When that was said (by LINE's clock) by which a child stands still for somebody.
    stopped_by: HashMap<(usize, ChildId), i64>,
}

async fn settled_in(world: &World, offset: i64) -> Family<'_> {
    let today = Day::at(world.clock.now().timestamp_millis());
    let mother = world.registered(Registers::Born, &today.plus(-400).to_string(), Some("もも")).await;
    mother.says("きょうだいを追加").await;
    mother.picks("出産予定日をえらぶ", &today.plus(offset).to_string()).await;
    mother.says("あお").await;
    mother.taps("登録する").await;
    mother.says("招待").await;
    let partner = world.somebody();
    partner.adds_the_account().await;
    partner.says(&mother.copied()).await;
    partner.taps("お父さん・パートナー").await;
    let account = world.app.store().account("main").await.expect("the store answers").expect("it is there").id;
    let key = match std::path::Path::new(world.database().url().trim_start_matches("sqlite://")) {
        file if file.is_file() => file.with_extension("key"),
        _ => world.database().folder().join("hagukumi.key"),
    };
    let sealer = Sealer::from_file(&key, Ambient::system()).expect("the key is there");
    let people = [mother, partner];
    Family { world, people, account, sealer, course: Vec::new(), stopped_by: HashMap::new() }
}

impl Family<'_> {
    async fn look(&self) -> Both {
        let tx = self.world.app.store().begin().await.expect("the store answers");
        let mut both = Vec::with_capacity(2);
        for one in &self.people {
            let user = LineUserId::parse(one.user.id()).expect("LINE's id");
            let found = tx.reader_by_user(self.account, self.sealer.blind(self.account, &user)).await;
            both.push(found.expect("the store answers").expect("whoever has registered is known"));
        }
        tx.give_up().await;
        both.try_into().expect("two were asked for")
    }

    async fn remember(&mut self) {
        let both = self.look().await;
        self.course.push((self.world.clock.now().timestamp_millis(), both));
    }

    /// Does it while webhooks are held; `None` where LINE lets nobody do it.
    async fn does(&self, who: usize, act: &Act) -> Option<(String, Value)> {
        let (world, user) = (self.world, &self.people[who].user);
        world.clock.advance_to(world.clock.now() + TimeDelta::seconds(1));
        let what = match act {
            Act::Says(word) => WORDS[*word].to_owned(),
            Act::Taps(number) => {
                let buttons = buttons(user);
                buttons[number % buttons.len()].clone()
            }
            Act::Blocks | Act::TimePasses(_) => String::new(),
        };
        world.line.hold_webhooks();
        let status = match act {
            Act::Says(_) => user.says(&what).await,
            Act::Taps(_) => user.posts_back(&what).await,
            Act::Blocks if user.has_blocked() => user.unblock().await,
            Act::Blocks | Act::TimePasses(_) => user.block().await,
        };
        let held = world.line.take_held();
        (status == HELD).then_some(())?;
        Some((what, held.into_iter().next()?))
    }

    async fn arrives(&mut self, event: &Event) -> Outcome {
        let before = self.look().await;
        let now = self.world.clock.now();
        prop_assert_eq!(self.world.line.post_events(vec![event.sent.clone()]).await, 200);
        self.world.settle().await;
        let after = self.look().await;
        self.judges(event, &before, &after, now)?;
        self.course.push((now.timestamp_millis(), after));
        Ok(())
    }

    fn judges(&mut self, event: &Event, before: &Both, after: &Both, now: DateTime<Utc>) -> Outcome {
        let whole = event.says(&["停止", "流産しました"]) && !event.late && !event.again;
        if whole {
            let going = after[event.who].follows.iter().any(Follow::is_active);
            prop_assert!(!going, "「{}」 stops everything at once", event.what);
        }
        for who in 0..2 {
            for then in &after[who].follows {
                let Some(was) = before[who].follows.iter().find(|was| was.child.id == then.child.id) else { continue };
                let place = (who, then.child.id);
                match (was.is_active(), then.is_active()) {
                    (true, false) => drop(self.stopped_by.insert(place, event.said_ms())),
                    (false, true) => {
                        let stopped = self.stopped_by.get(&place).copied().unwrap_or(i64::MIN);
                        prop_assert!(!event.again, "what arrives again changes nothing: {:?}", event.what);
                        prop_assert!(event.said_ms() > stopped, "{:?} was said before the stop", event.what);
                        let theirs = who == event.who || is_taken_back_for_all(&before[event.who], was);
                        prop_assert!(theirs, "{:?} was nobody's word who may speak for them", event.what);
                        prop_assert!(may_revive(event, &before[event.who], was, now), "{:?} revives", event.what);
                    }
                    (true, true) | (false, false) => {}
                }
            }
        }
        Ok(())
    }

    /// Every push until now told of children only who went on for whoever it was for.
    fn pushes_are_about_who_goes_on(&self) -> Outcome {
        let account = account(self.world);
        for push in account.requests.iter().filter(|request| request.endpoint == "push") {
            let Some(who) = self.people.iter().position(|one| push.is_to(one.user.id())) else { continue };
            let day = Day::at(push.at_ms);
            // What was decided at the same moment may have been before or after it.
            let earlier = self.course.iter().rev().find(|(at, _)| *at < push.at_ms);
            let same = self.course.iter().filter(|(at, _)| *at == push.at_ms);
            let stood: Vec<&ReaderRow> = earlier.into_iter().chain(same).map(|(_, both)| &both[who]).collect();
            for call in calls::of(push) {
                let goes_on = |row: &&ReaderRow| row.follows.iter().any(|follow| is_told_of(follow, day, call));
                prop_assert!(
                    stood.iter().any(goes_on),
                    "a push about somebody who stands still: {:?} on {}",
                    call,
                    day
                );
            }
        }
        Ok(())
    }
}

fn is_told_of(follow: &Follow, day: Day, call: Call) -> bool {
    let date = |date: &chrono::NaiveDate| Day::read(&date.to_string()).expect("a day");
    let anchor = match &follow.child.journey {
        Journey::Expected { due } => Anchor::Due(date(due)),
        Journey::Born { born, .. } => Anchor::Born(date(born)),
        Journey::Stopped { .. } => return false,
    };
    follow.is_active() && Call::on(anchor, day) == call
}

/// Whether a loss can be taken back for the whole family by this reader.
fn is_taken_back_for_all(by: &ReaderRow, was: &Follow) -> bool {
    let theirs = by.follows.iter().find(|follow| follow.child.id == was.child.id);
    was.child.journey.is_stopped() && theirs.is_some_and(Follow::is_parent)
}

/// Whether this may let a child go on again that stood still so.
fn may_revive(event: &Event, before: &ReaderRow, was: &Follow, now: DateTime<Utc>) -> bool {
    let talk = &before.conversation;
    let civil = hagukumi::domain::calendar::civil(now, hagukumi::domain::calendar::JST);
    let forgotten = talk.asked_at.is_some_and(|asked| civil - asked >= TimeDelta::hours(FORGOTTEN_HOURS));
    let asks_which = matches!(talk.state, State::ConfirmingUndo | State::ChoosingLost { .. });
    if asks_which && !forgotten {
        return true;
    }
    let resumes = event.says(&RESUMES) || event.taps(RESUMES[1]);
    let takes_back = event.says(&TAKES_BACK) && (!talk.state.is_open() || forgotten);
    takes_back || event.taps(UNDO) || (resumes && !was.is_lost())
}

/// The data of every button that was ever shown to somebody, and of the menus.
fn buttons(user: &User) -> Vec<String> {
    let entries = ["today|show|", "consult|show|", "profile|show|", "born|ask|", "rest|ask|", "loss|ask|"];
    let mut found: Vec<String> = entries.iter().map(|entry| format!("h1|{entry}||")).collect();
    user.chat().iter().for_each(|bubble| collect(&bubble.message, &mut found));
    found.retain(|data| !ANEW.iter().any(|anew| data.contains(anew)));
    found
}

async fn one((offset, turns): (i64, Vec<Turn>)) -> Outcome {
    let world = World::at("2026-11-22 09:00").await;
    let mut family = settled_in(&world, offset).await;
    family.remember().await;
    let mut under_way: Vec<(usize, Event)> = Vec::new();
    for (number, (who, act, late, again)) in turns.iter().enumerate() {
        if let Act::TimePasses(hours) = act {
            world
                .app
                .advance_to(&world.clock, world.clock.now() + TimeDelta::hours(*hours))
                .await
                .expect("time passes");
            family.remember().await;
        } else if let Some((what, sent)) = family.does(*who, act).await {
            let event = Event { who: *who, what, sent, late: *late > 0, again: false };
            let twice = again.map(|again| (number + late + again, Event { again: true, ..event.clone() }));
            under_way.push((number + late, event));
            under_way.extend(twice);
        }
        let (arrived, rest): (Vec<_>, Vec<_>) = under_way.into_iter().partition(|(at, _)| *at <= number);
        under_way = rest;
        for (_, event) in arrived {
            family.arrives(&event).await?;
        }
    }
    for (_, event) in under_way {
        family.arrives(&event).await?;
    }
    world.app.advance_to(&world.clock, world.clock.now() + TimeDelta::days(2)).await.expect("time passes");
    family.pushes_are_about_who_goes_on()
}

#[test]
fn what_stopped_or_was_lost_goes_on_for_nobody_until_somebody_who_may_takes_it_back() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let count = if std::env::var_os("HAGUKUMI_TEST_LONG").is_some() { 400 } else { 24 };
    cases(file!(), count, &any_case(), |case| runtime.block_on(one(case)));
}
