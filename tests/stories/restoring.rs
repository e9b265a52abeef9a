//! The drill: last night's backup, a day on which things happened, a database that is lost, and what
//! comes after the restore. Nobody is told twice, and nobody who asked for silence is told anything.

use std::path::PathBuf;

use hagukumi::simulator::User;

use crate::server::{Ended, run};
use crate::settings::assert_refused;
use crate::stage::{ByHand, Stage};
use crate::support::time;

/// A town whose database can be lost.
pub struct Town {
    pub stage: Stage,
    bot: Option<ByHand>,
}

impl Town {
    pub async fn at(start: &str) -> Self {
        let stage = Stage::at(start).await;
        let bot = Some(stage.by_hand().await);
        Self { stage, bot }
    }

    pub fn bot(&self) -> &ByHand {
        self.bot.as_ref().unwrap()
    }

    pub async fn until(&self, moment: &str) {
        self.bot().app.advance_to(&self.stage.clock, time(moment)).await.unwrap();
    }

    pub async fn says(&self, user: &User, text: &str) {
        assert_eq!(user.says(text).await, 200);
        self.bot().settle().await;
    }

    pub async fn taps(&self, user: &User, label: &str) {
        assert_eq!(user.taps(label).await, 200, "{label}");
        self.bot().settle().await;
    }

    pub async fn family(&self) -> User {
        let user = self.stage.nearly_registered(self.bot(), "2027-03-01").await;
        self.taps(&user, "登録する").await;
        user
    }

    /// Somebody whom this family invites.
    pub async fn joins(&self, family: &User, role: &str) -> User {
        self.says(family, "招待").await;
        let (code, other) = (family.copied().unwrap(), self.stage.line.new_user());
        assert_eq!(other.add_friend().await, 200);
        self.bot().settle().await;
        self.says(&other, &code).await;
        self.taps(&other, role).await;
        other
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.stage.folder().join(name)
    }

    pub fn runs(&self, now: &str, arguments: &[&str]) -> Ended {
        run(self.stage.folder(), &self.stage.settings(time(now), &[]), arguments)
    }

    #[track_caller]
    pub fn does(&self, now: &str, arguments: &[&str]) -> String {
        let ended = self.runs(now, arguments);
        assert_eq!(ended.status.code(), Some(0), "{arguments:?}: {}{}", ended.out, ended.err);
        ended.out
    }

    /// The server ends, and the disk of the database with it.
    pub async fn loses_its_database(&mut self) {
        self.bot.take().unwrap().leave().await;
        self.is_emptied().await;
    }

    pub async fn is_emptied(&self) {
        if !self.stage.database().url().starts_with("sqlite:") {
            self.stage.database().damage("DROP SCHEMA public CASCADE").await;
            return self.stage.database().damage("CREATE SCHEMA public").await;
        }
        for end in ["", "-wal", "-shm"] {
            let _not_every_one_is_there = std::fs::remove_file(self.file(&format!("hagukumi.sqlite{end}")));
        }
    }

    pub async fn comes_back(&mut self) {
        self.bot = Some(self.stage.by_hand().await);
    }

    /// When LINE took a push for this person, by day and minute.
    pub fn pushes(&self, user: &User) -> Vec<String> {
        let at = |entry: &hagukumi::simulator::Entry| chrono::DateTime::from_timestamp_millis(entry.at_ms).unwrap();
        let civil = |at| hagukumi::domain::calendar::civil(at, hagukumi::domain::calendar::JST);
        let pushes = self.stage.line.pushes_to(user.id());
        pushes.iter().map(|entry| civil(at(entry)).format("%m-%d %H:%M").to_string()).collect()
    }
}

/// What a witness cannot know of a database that was lost: rows and events of the lost day are not there.
fn the_day_is_lost(stage: &Stage) {
    let _ = stage;
}

#[tokio::test]
async fn whoever_asked_for_silence_since_the_backup_is_left_alone_after_the_restore() {
    let mut town = Town::at("2026-11-22 09:00").await;
    the_day_is_lost(&town.stage);
    let goes_on = town.family().await;
    let stops = town.family().await;
    let loses = town.family().await;
    let partner = town.joins(&loses, "お父さん・パートナー").await;
    let deletes = town.family().await;
    let blocks = town.family().await;
    let host = town.family().await;
    let guest = town.joins(&host, "おじいさん・おばあさん").await;
    let wavers = town.family().await;
    let rests = town.family().await;
    let moves = town.family().await;
    town.until("2026-11-23 03:00").await;
    town.does("2026-11-23 03:00", &["backup", "night.backup"]);

    town.until("2026-11-23 10:00").await;
    town.says(&stops, "停止").await;
    town.says(&loses, "流産しました").await;
    town.says(&deletes, "登録を消す").await;
    town.taps(&deletes, "消す").await;
    assert_eq!(blocks.block().await, 200);
    town.bot().settle().await;
    town.says(&host, "参加している家族").await;
    town.says(&host, "1").await;
    town.taps(&host, "はい").await;
    town.says(&wavers, "停止").await;
    town.says(&wavers, "再開").await;
    town.says(&rests, "やすむ").await;
    town.taps(&rests, "1週間やすむ").await;
    town.says(&moves, "機種変更").await;
    let (code, new_phone) = (moves.copied().unwrap(), town.stage.line.new_user());
    assert_eq!(new_phone.add_friend().await, 200);
    town.bot().settle().await;
    town.says(&new_phone, &code).await;
    town.taps(&new_phone, "はい").await;

    town.loses_its_database().await;
    let said = town.does("2026-11-23 11:00", &["restore", "night.backup"]);
    assert!(said.contains("8人へのお届けを止めました") && said.contains("うち 2人"), "{said}");
    town.stage.clock.advance_to(time("2026-11-23 11:00"));
    town.comes_back().await;
    town.bot().settle().await;
    town.until("2026-11-25 12:00").await;

    // Of today's rows nothing was doubled: LINE knew the keys.
    for user in [&goes_on, &host, &wavers] {
        assert_eq!(town.pushes(user), ["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    }
    for user in [&stops, &loses, &partner, &deletes, &blocks, &guest, &rests, &moves] {
        assert_eq!(town.pushes(user), ["11-23 08:00"]);
    }
    assert_eq!(town.pushes(&new_phone), [""; 0]);
    // Who lost a child meets quiet words, and can still take a mistake back.
    town.says(&partner, "変更").await;
    assert!(!partner.texts().last().unwrap().contains("予定日"), "{:?}", partner.texts().last());
    town.says(&deletes, "変更").await;
    assert!(deletes.texts().last().unwrap().contains("いま、登録はありません"));
}
