//! The drill: last night's backup, a day on which things happened, a database that is lost, and what
//! comes after the restore. Nobody is told twice, and nobody who asked for silence is told anything.

use std::path::PathBuf;

use hagukumi::simulator::User;

use crate::server::{Ended, run};
use crate::stage::{ByHand, Stage};
use crate::support::{copied_by, time};

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
        let (code, other) = (copied_by(family), self.stage.line.new_user());
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

    /// The server ends, and the disk of the database with it; what there is was taken at that moment.
    pub async fn loses_its_database(&mut self, backup: &str) {
        self.leaves().await;
        self.is_emptied().await;
        self.stage.witness.forgets_since(time(backup));
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

    /// The server ends and another one begins.
    pub async fn starts_anew(&mut self) {
        self.leaves().await;
        self.comes_back().await;
    }

    pub async fn leaves(&mut self) {
        self.bot.take().unwrap().leave().await;
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

#[tokio::test]
async fn whoever_asked_for_silence_since_the_backup_is_left_alone_after_the_restore() {
    let mut town = Town::at("2026-11-22 09:00").await;
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
    let (code, new_phone) = (copied_by(&moves), town.stage.line.new_user());
    assert_eq!(new_phone.add_friend().await, 200);
    town.bot().settle().await;
    town.taps(&new_phone, "引っ越しコードを入れる").await;
    town.says(&new_phone, &code).await;
    town.taps(&new_phone, "移す").await;

    town.loses_its_database("2026-11-23 03:00").await;
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
    for user in [&deletes, &guest] {
        town.says(user, "変更").await;
        assert!(user.texts().last().unwrap().contains("いま、登録はありません"));
    }
}

/// A backup of a town with one family, a day old.
async fn a_day_later(town: &mut Town) -> User {
    let family = town.family().await;
    town.until("2026-11-23 03:00").await;
    town.does("2026-11-23 03:00", &["backup", "night.backup"]);
    town.until("2026-11-24 10:00").await;
    family
}

#[tokio::test]
async fn without_its_list_a_restored_database_answers_and_sends_nothing_until_somebody_says_so() {
    let mut town = Town::at("2026-11-22 09:00").await;
    let family = a_day_later(&mut town).await;
    town.loses_its_database("2026-11-23 03:00").await;
    std::fs::remove_file(town.file("hagukumi.suppression")).unwrap();
    let ended = town.runs("2026-11-24 11:00", &["restore", "night.backup"]);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.err);
    assert!(ended.out.contains("配信停止の控えが見つからないか") && ended.out.contains("--release"), "{}", ended.out);
    // A list that a server has begun since is none of the time before.
    town.stage.clock.advance_to(time("2026-11-24 11:00"));
    town.comes_back().await;
    town.says(&family, "きょうのメッセージ").await;
    town.until("2026-11-25 12:00").await;
    assert_eq!(town.pushes(&family), ["11-23 08:00", "11-24 08:00"]);
    town.stage.witness.expects("I12", "waited until", "nothing may leave before somebody has said so");
    let again = town.runs("2026-11-25 12:00", &["restore", "--suppression", "hagukumi.suppression"]);
    assert_eq!(again.status.code(), Some(1), "{}{}", again.out, again.err);
    town.does("2026-11-25 12:00", &["restore", "--release"]);
    town.until("2026-11-26 12:00").await;
    assert_eq!(town.pushes(&family), ["11-23 08:00", "11-24 08:00", "11-25 12:00", "11-26 08:00"]);
    assert_eq!(town.runs("2026-11-26 12:00", &["restore", "--release"]).status.code(), Some(1));
}

#[tokio::test]
async fn a_damaged_line_of_the_list_is_said_and_everything_else_of_it_is_applied() {
    let mut town = Town::at("2026-11-22 09:00").await;
    let (family, other) = (town.family().await, town.family().await);
    town.until("2026-11-23 03:00").await;
    town.does("2026-11-23 03:00", &["backup", "night.backup"]);
    for stops in [&family, &other] {
        town.says(stops, "停止").await;
    }
    town.loses_its_database("2026-11-23 03:00").await;
    let list = std::fs::read_to_string(town.file("hagukumi.suppression")).unwrap();
    let torn = list.trim_end().rsplit_once(' ').unwrap().0;
    std::fs::write(town.file("hagukumi.suppression"), torn).unwrap();
    let ended = town.runs("2026-11-23 04:00", &["restore", "night.backup"]);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.err);
    assert!(ended.out.contains("1人へのお届けを止めました") && ended.out.contains("1行を読めません"), "{}", ended.out);
    std::fs::write(town.file("whole"), list).unwrap();
    town.stage.clock.advance_to(time("2026-11-23 04:00"));
    town.comes_back().await;
    assert!(town.does("2026-11-23 04:05", &["restore", "--suppression", "whole"]).contains("1人へのお届け"));
    town.until("2026-11-24 12:00").await;
    assert_eq!([town.pushes(&family), town.pushes(&other)], [[""; 0], [""; 0]]);
}

#[tokio::test]
async fn a_desk_is_told_that_the_days_before_the_restore_are_not_known() {
    let mut town = Town::at("2026-11-22 09:00").await;
    let family = a_day_later(&mut town).await;
    town.loses_its_database("2026-11-23 03:00").await;
    town.does("2026-11-25 11:00", &["restore", "night.backup"]);
    town.stage.clock.advance_to(time("2026-11-25 11:00"));
    town.comes_back().await;
    town.until("2026-11-25 11:30").await;
    town.says(&family, "問い合わせ番号").await;
    let said = town.does("2026-11-25 11:31", &["enquiry", &copied_by(&family)]);
    for part in [
        "2026年11月23日 03:00 から 2026年11月25日 11:00 までのことは、わかりません",
        "2026年11月23日  毎日のお届け  わかりません（復元の前）",
        "2026年11月24日  毎日のお届け  わかりません（復元の前）",
        "LINEが受けとりました",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    assert_eq!(town.pushes(&family), ["11-23 08:00", "11-24 08:00", "11-25 11:00"]);
}

#[tokio::test]
async fn what_cannot_be_restored_is_refused_in_a_sentence_and_nothing_is_changed() {
    let mut town = Town::at("2026-11-22 09:00").await;
    town.family().await;
    town.does("2026-11-22 09:30", &["backup", "good"]);
    let in_use = if town.stage.database().url().starts_with("sqlite:") {
        "使っています"
    } else {
        "すでに登録があります"
    };
    refused(&town.runs("2026-11-22 10:00", &["restore", "good"]), in_use);
    town.leaves().await;
    refused(&town.runs("2026-11-22 10:00", &["restore", "good"]), "すでに登録があります");
    town.comes_back().await;
    let again = town.runs("2026-11-22 10:00", &["backup", "good"]);
    refused(&again, "もうあります");
    town.loses_its_database("2026-11-22 09:30").await;

    let restore = |file: &str| town.runs("2026-11-22 10:00", &["restore", file]);
    let good = std::fs::read_to_string(town.file("good")).unwrap();
    let (head, rest) = good.split_once('\n').unwrap();
    let key = std::fs::read_to_string(town.file("hagukumi.key")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(town.file(name), text).unwrap();
    write("damaged", &good.replacen("\"ja\"", "\"en\"", 1));
    write("cut", &good[..good.len() / 2]);
    write("cut-at-a-line", good.trim_end().rsplit_once('\n').unwrap().0);
    write("longer", &format!("{good}[0,\"a\",\"b\"]\n"));
    write("other", "こんにちは");
    write("empty", "");
    let newer = good.replacen("\"m0001_first_schema\"", "\"m0001_first_schema\",\"m9999_from_tomorrow\"", 1);
    write("newer", &resigned(&newer));
    assert!(newer.starts_with(&head[..20]) && newer.ends_with(&rest[rest.len() - 20..]));
    for (file, words) in [
        ("damaged", "こわれています"),
        ("cut", "とちゅうで切れています"),
        ("cut-at-a-line", "とちゅうで切れています"),
        ("longer", "こわれています"),
        ("other", "バックアップではありません"),
        ("empty", "バックアップではありません"),
        ("nowhere", "読めません"),
        ("newer", "新しい版"),
    ] {
        for arguments in [&["restore", file][..], &["restore", "--verify", file]] {
            refused(&town.runs("2026-11-22 10:00", arguments), words);
        }
    }
    write("hagukumi.key", "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    refused(&restore("good"), "鍵ファイルが、このバックアップのものではありません");
    std::fs::remove_file(town.file("hagukumi.key")).unwrap();
    refused(&restore("good"), "hagukumi.key");
    assert!(!town.file("hagukumi.key").exists() && !town.file("hagukumi.sqlite").exists());
    write("hagukumi.key", &key);
    private(&town.file("hagukumi.key"));
    let said = town.does("2026-11-22 10:00", &["restore", "--verify", "good"]);
    assert!(said.contains("復元できます") && said.contains("reader: 1行"), "{said}");
    town.does("2026-11-22 10:00", &["restore", "good"]);
    town.stage.clock.advance_to(time("2026-11-22 10:00"));
    town.comes_back().await;
}

#[track_caller]
pub fn refused(ended: &Ended, words: &str) {
    assert_eq!(ended.status.code(), Some(1), "{words}: {}{}", ended.out, ended.err);
    assert!(ended.err.contains(words) && !ended.err.contains("panicked"), "{words:?} is not in: {}", ended.err);
}

/// The same backup with a hash that is right.
fn resigned(text: &str) -> String {
    use sha2::Digest as _;
    let (rows, end) = text.trim_end().rsplit_once('\n').unwrap();
    let rows = format!("{rows}\n");
    let mut end: serde_json::Value = serde_json::from_str(end).unwrap();
    let hash: String = sha2::Sha256::digest(&rows).iter().map(|byte| format!("{byte:02x}")).collect();
    end["sha256"] = hash.into();
    format!("{rows}{end}\n")
}

pub fn private(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[tokio::test]
async fn a_folder_of_backups_keeps_none_that_is_older_than_thirty_five_days() {
    let town = Town::at("2026-11-22 09:00").await;
    let folder = town.file("backups");
    std::fs::create_dir(&folder).unwrap();
    for name in ["hagukumi-20261018-010000.backup", "hagukumi-20261018-000000.backup", "hagukumi-notes.txt"] {
        std::fs::write(folder.join(name), "").unwrap();
    }
    let said = town.does("2026-11-22 09:30", &["backup", "backups"]);
    assert!(said.contains("鍵ファイルは、入っていません"), "{said}");
    let mut names: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names[0], "hagukumi-20261018-010000.backup");
    assert!(names[1].starts_with("hagukumi-20261122-003") && names.len() == 3, "{names:?}");
    for file in [folder.join(&names[1]), town.file("hagukumi.suppression")] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
}
