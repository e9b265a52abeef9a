//! What people do: they register, read, ask, report a birth or a loss, stop, rest, come back, block,
//! invite, move to another phone, tap old buttons and write a great deal at once.
//!
//! Nobody follows a script. Whoever registers looks for the next step in what the bot offers; afterwards
//! people say and tap what comes to their mind, and mostly go on with what that began.

use hagukumi::simulator::{Bubble, Channel, User};
use serde_json::Value;

use crate::dice::Dice;
use crate::support::history::Day;

/// Where somebody stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// Registers this date.
    Registers {
        /// A due date, or a birth date.
        expects: bool,
        /// Which.
        date: Day,
        /// Gives a name.
        named: bool,
    },
    /// Joins with a code that somebody in the family was given.
    Joins(String),
    /// Is registered, or was.
    Lives,
}

/// One person.
pub struct Person {
    /// Their LINE account.
    pub user: User,
    /// The number of the channel.
    pub channel: usize,
    aim: Aim,
    patience: u8,
    /// Steps of a dialogue that are still wanted.
    wants_more: i64,
}

/// What somebody's act leads to.
pub enum After {
    /// They go on after so many milliseconds.
    GoesOn(i64),
    /// Somebody else comes with this code.
    Brings(String),
    /// Nothing.
    Rests,
}

/// Words that ask and change.
const ASKS: [&str; 22] = [
    "きょうのメッセージ",
    "きょうのメッセージ",
    "ヘルプ",
    "変更",
    "時刻",
    "7時30分",
    "夜8時",
    "よび名をなおす",
    "予定日をなおす",
    "誕生日をなおす",
    "きょうだいを追加",
    "ふたごです",
    "参加している家族",
    "続柄",
    "問い合わせ番号",
    "個人情報",
    "相談",
    "ありがとう",
    "はい",
    "1",
    "もどる",
    "死にたい",
];
const STOPS: [&str; 3] = ["停止", "やめる", "配信停止"];
const LOSSES: [&str; 4] = ["流産しました", "死産しました", "つらいお知らせ", "流産"];
const RETURNS: [&str; 6] = ["再開", "もどす", "まちがえました", "登録", "つづきから", "はい"];
const ROLES: [&str; 4] = ["お父さん・パートナー", "おじいさん・おばあさん", "お母さん・妊婦さん", "そのほか・答えない"];

/// Buttons of a registration that are touched when they are the newest.
const STEPS: [&str; 5] = ["登録する", "つけない", "同意して登録する", "出産予定日をえらぶ", "子どもの誕生日をえらぶ"];

impl Person {
    /// Somebody who will register.
    pub fn who_registers(channel: &Channel, number: usize, today: Day, dice: &mut Dice) -> Self {
        let (expects, days) = match dice.between(0, 10) {
            0..=3 => (true, dice.between(1, 253)),
            4 => (true, dice.between(-13, 4)),
            5 | 6 => (false, dice.between(-60, 1)),
            7 => (false, dice.between(-370, -90)),
            _ => (false, dice.between(-1_096, 1)),
        };
        let aim = Aim::Registers { expects, date: today.plus(days), named: dice.happens(50) };
        Self { user: channel.new_user(), channel: number, aim, patience: 14, wants_more: 0 }
    }

    /// Somebody who was invited, or the new phone of somebody known.
    pub fn who_joins(channel: &Channel, number: usize, code: String) -> Self {
        Self { user: channel.new_user(), channel: number, aim: Aim::Joins(code), patience: 8, wants_more: 0 }
    }

    /// Does the next thing.
    pub async fn acts(&mut self, today: Day, dice: &mut Dice) -> After {
        self.patience = self.patience.saturating_sub(1);
        if self.patience == 0 {
            self.aim = Aim::Lives;
        }
        match self.aim.clone() {
            Aim::Registers { expects, date, named } => self.registers(expects, date, named).await,
            Aim::Joins(code) => self.joins(&code, dice).await,
            Aim::Lives => self.lives(today, dice).await,
        }
    }

    /// Stops, rests, blocks or tells of a loss, whatever else is going on.
    pub async fn ends_it(&mut self, dice: &mut Dice) {
        if !self.user.is_friend() || self.aim != Aim::Lives {
            return;
        }
        match dice.between(0, 10) {
            0..=4 => drop(self.user.says(dice.word(&STOPS)).await),
            5..=7 => drop(self.user.says(dice.word(&LOSSES)).await),
            8 => drop(self.user.says("やすむ").await),
            _ => drop(self.user.block().await),
        }
    }

    async fn registers(&mut self, expects: bool, date: Day, named: bool) -> After {
        if !self.user.is_friend() {
            self.user.add_friend().await;
            return After::GoesOn(15_000);
        }
        let labels = self.user.labels();
        let wanted = |label: &&String| STEPS.contains(&label.as_str());
        match labels.iter().rev().find(wanted).map(String::as_str) {
            Some("登録する") => {
                drop(self.user.try_tap("登録する").await);
                self.aim = Aim::Lives;
                return After::Rests;
            }
            Some("つけない") if named => drop(self.user.says("そら").await),
            Some("つけない") => drop(self.user.try_tap("つけない").await),
            Some("同意して登録する") => drop(self.user.try_tap("同意して登録する").await),
            Some(_) => {
                let picker = if expects { "出産予定日をえらぶ" } else { "子どもの誕生日をえらぶ" };
                if self.user.try_pick(picker, &date.to_string()).await.is_err() {
                    self.user.says(&date.to_string()).await;
                }
            }
            None => drop(self.user.says("登録").await),
        }
        After::GoesOn(15_000)
    }

    async fn joins(&mut self, code: &str, dice: &mut Dice) -> After {
        if !self.user.is_friend() {
            self.user.add_friend().await;
            return After::GoesOn(10_000);
        }
        let labels = self.user.labels();
        let move_here = labels.iter().any(|label| label == "移す");
        let role = ROLES.iter().any(|role| labels.iter().any(|label| label == role));
        if move_here || role {
            self.aim = Aim::Lives;
            let label = if move_here { "移す" } else { *dice.one(&ROLES) };
            drop(self.user.try_tap(label).await);
            return After::Rests;
        }
        self.user.says(code).await;
        After::GoesOn(10_000)
    }

    async fn lives(&mut self, today: Day, dice: &mut Dice) -> After {
        if self.user.has_blocked() {
            self.user.unblock().await;
            return After::Rests;
        }
        if !self.user.is_friend() {
            self.user.add_friend().await;
            return After::Rests;
        }
        if self.wants_more > 0 {
            self.wants_more -= 1;
            self.taps_one_of_the_newest(today, dice).await;
            return self.goes_on();
        }
        self.begins_something(today, dice).await
    }

    fn goes_on(&self) -> After {
        if self.wants_more > 0 { After::GoesOn(12_000) } else { After::Rests }
    }

    async fn begins_something(&mut self, today: Day, dice: &mut Dice) -> After {
        let before = copied(&self.user.chat());
        match dice.between(0, 100) {
            0..=24 => drop(self.user.says(dice.word(&ASKS)).await),
            25..=47 => self.taps_any(today, dice).await,
            48..=52 => drop(self.user.says("生まれた").await),
            53..=56 => drop(self.user.says(dice.word(&LOSSES)).await),
            57..=62 => drop(self.user.says(dice.word(&STOPS)).await),
            63..=69 => drop(self.user.says(dice.word(&RETURNS)).await),
            70..=73 => drop(self.user.says("やすむ").await),
            74..=77 => {
                self.user.block().await;
                if dice.happens(50) {
                    // Many think better of it at once.
                    return After::GoesOn(dice.between(1_500, 90_000));
                }
            }
            78..=82 => drop(self.user.says("招待").await),
            83 => drop(self.user.says("登録を消す").await),
            84 => drop(self.user.says("機種変更").await),
            85..=89 => drop(self.user.says(&today.plus(dice.between(-40, 120)).to_string()).await),
            90 | 91 => self.floods(dice).await,
            92 => drop(self.user.sends_sticker().await),
            93 => drop(self.user.unsends_last().await),
            94 => drop(self.user.sends_image().await),
            _ if before.is_some() => return After::Brings(before.expect("there is a code")),
            _ => drop(self.user.says("ヘルプ").await),
        }
        self.wants_more = dice.between(0, 5) - 1;
        self.goes_on()
    }

    async fn floods(&self, dice: &mut Dice) {
        for _ in 0..dice.between(3, 9) {
            self.user.says(dice.word(&ASKS)).await;
        }
    }

    /// Touches something, old or new.
    async fn taps_any(&self, today: Day, dice: &mut Dice) {
        let labels = self.user.labels();
        if !labels.is_empty() {
            let label = dice.one(&labels).clone();
            self.touches(&label, today, dice).await;
        }
    }

    async fn taps_one_of_the_newest(&self, today: Day, dice: &mut Dice) {
        let labels = self.user.labels();
        let newest = &labels[labels.len().saturating_sub(5)..];
        if !newest.is_empty() {
            let label = dice.one(newest).clone();
            self.touches(&label, today, dice).await;
        }
    }

    async fn touches(&self, label: &str, today: Day, dice: &mut Dice) {
        let date = today.plus(dice.between(-20, 100) * dice.between(0, 2)).to_string();
        if self.user.try_pick(label, &date).await.is_err() {
            drop(self.user.try_tap(label).await);
        }
    }
}

/// What the newest button that copies something copies.
fn copied(chat: &[Bubble]) -> Option<String> {
    chat.iter().rev().find_map(|bubble| text_of(&bubble.message))
}

fn text_of(part: &Value) -> Option<String> {
    match part {
        Value::Array(parts) => parts.iter().find_map(text_of),
        Value::Object(fields) => match fields.get("clipboardText").and_then(Value::as_str) {
            Some(text) => Some(text.to_owned()),
            None => fields.values().find_map(text_of),
        },
        _ => None,
    }
}
