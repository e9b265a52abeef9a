//! `hagukumi key`: the key is changed while families are served, and nobody notices.

use sea_orm::{ConnectionTrait as _, EntityTrait as _, Statement};

use crate::restoring::{Town, private, refused};
use crate::server::run;
use crate::settings::{assert_refused, serve};
use crate::stage::Stage;
use crate::support::time;

/// Whether one command is enough: on PostgreSQL every server needs the file first.
fn at_once(town: &Town) -> bool {
    town.stage.database().url().starts_with("sqlite:")
}

fn rotates(town: &Town, now: &str) {
    if !at_once(town) {
        let said = town.does(now, &["key", "rotate"]);
        assert!(said.contains("まだ使っていません") && said.contains("すべてのサーバー"), "{said}");
    }
    let said = town.does(now, &["key", "rotate"]);
    assert!(said.contains("鍵 2 で封じています"), "{said}");
}

/// The numbers of the keys that anything is sealed with.
async fn numbers(town: &Town) -> Vec<String> {
    let raw = town.stage.database().beside().await;
    let mut numbers = Vec::new();
    for (table, column) in [
        ("reader", "user_sealed"),
        ("reader", "profile_sealed"),
        ("child", "profile_sealed"),
        ("follow", "stopped_sealed"),
    ] {
        let ask = if at_once(town) {
            format!("SELECT DISTINCT hex(substr({column}, 2, 1)) AS it FROM {table} WHERE {column} IS NOT NULL")
        } else {
            format!(
                "SELECT DISTINCT upper(encode(substr({column}, 2, 1), 'hex')) AS it FROM {table} WHERE {column} IS NOT NULL"
            )
        };
        let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), ask));
        numbers.extend(rows.await.unwrap().iter().map(|row| row.try_get::<String>("", "it").unwrap()));
    }
    raw.close().await.unwrap();
    numbers.sort();
    numbers.dedup();
    numbers
}

#[tokio::test]
async fn the_key_is_changed_in_the_middle_of_a_conversation_and_old_backups_stay_readable() {
    let mut town = Town::at("2026-11-22 09:00").await;
    let (family, stopped) = (town.family().await, town.family().await);
    town.says(&stopped, "停止").await;
    town.does("2026-11-22 09:10", &["backup", "before"]);
    // One tap before the end of a registration, with a draft that the old key sealed.
    let newcomer = town.stage.nearly_registered(town.bot(), "2027-03-01").await;
    rotates(&town, "2026-11-22 09:20");
    assert_eq!(numbers(&town).await, ["02"]);
    town.taps(&newcomer, "登録する").await;
    town.says(&family, "変更").await;
    assert!(family.texts().last().unwrap().contains("予定日"), "{:?}", family.texts().last());
    town.until("2026-11-24 12:00").await;
    // The server took the new key up by itself.
    assert_eq!(numbers(&town).await, ["02"]);
    for user in [&family, &newcomer] {
        assert_eq!(town.pushes(user), ["11-23 08:00", "11-24 08:00"]);
    }
    assert_eq!(town.pushes(&stopped), [""; 0]);
    assert!(town.does("2026-11-24 12:00", &["key", "status"]).contains("古い鍵（読むだけ）：1"));

    // Both keys are in the file: what was backed up before can still be restored.
    town.does("2026-11-24 12:00", &["restore", "--verify", "before"]);
    refused(&town.runs("2026-11-24 12:00", &["key", "retire"]), "35日たつまでは");
    town.until("2026-12-28 12:00").await;
    town.does("2026-12-28 12:00", &["backup", "after"]);
    assert!(town.does("2026-12-28 12:00", &["key", "retire"]).contains("鍵 1 を"));
    refused(&town.runs("2026-12-28 12:00", &["key", "retire"]), "古い鍵はありません");
    assert_eq!(town.runs("2026-12-28 12:00", &["restore", "--verify", "before"]).status.code(), Some(1));
    town.does("2026-12-28 12:00", &["restore", "--verify", "after"]);
    // Readers are found as before, by a server that has never seen the first key.
    town.starts_anew().await;
    town.says(&family, "変更").await;
    assert!(family.texts().last().unwrap().contains("予定日"), "{:?}", family.texts().last());
}

#[tokio::test]
async fn a_change_that_was_interrupted_goes_on_where_it_stopped() {
    let town = Town::at("2026-11-22 09:00").await;
    let family = town.family().await;
    rotates(&town, "2026-11-22 09:10");
    // As after a power cut: a part of the rows still has the first key.
    let old = std::fs::read_to_string(town.file("hagukumi.key")).unwrap();
    let first = old.lines().find(|line| line.starts_with("1:")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("first.key");
    std::fs::write(&path, format!("{first}\n")).unwrap();
    private(&path);
    let sealer = hagukumi::store::Sealer::from_file(&path, hagukumi::clock::Ambient::system()).unwrap();
    let raw = town.stage.database().beside().await;
    let row = entity::child::Entity::find().one(&raw).await.unwrap().unwrap();
    let at = hagukumi::store::seal::At { table: "child", column: "profile_sealed", row: row.id };
    let plain = town.bot().app.store().sealer().open(at, &row.profile_sealed).unwrap();
    let hex: String = sealer.seal(at, &plain).iter().map(|byte| format!("{byte:02x}")).collect();
    raw.close().await.unwrap();
    town.stage.database().damage(&format!("UPDATE child SET profile_sealed = x'{hex}'")).await;

    let ended = town.runs("2026-11-22 09:20", &["key", "status"]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.out.contains("封じたところ：1"), "{}", ended.out);
    refused(&town.runs("2026-11-22 09:20", &["key", "retire", "--now"]), "まだ 1 か所");
    let said = town.does("2026-11-22 09:20", &["key", "rotate"]);
    assert!(said.contains("鍵 2 で封じています。封じなおしたところ：1"), "{said}");
    assert_eq!(std::fs::read_to_string(town.file("hagukumi.key")).unwrap(), old, "no third key was made");
    town.until("2026-11-24 12:00").await;
    assert_eq!(town.pushes(&family), ["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_key_file_from_before_the_change_is_refused_and_damages_nothing() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let user = stage.registered("2027-03-01").await;
    let key = stage.folder().join("hagukumi.key");
    let old = std::fs::read_to_string(&key).unwrap();
    for _ in 0..2 {
        let ended = run(stage.folder(), &stage.settings(time("2026-11-22 09:10"), &[]), &["key", "rotate"]);
        assert_eq!(ended.status.code(), Some(0), "{}", ended.err);
    }
    let new = std::fs::read_to_string(&key).unwrap();
    std::fs::write(&key, &old).unwrap();
    assert_refused(&serve(&stage, &[]), "鍵を交換する前のもの");
    // A server that was running meanwhile, beside which somebody put the old file back.
    std::fs::write(&key, &new).unwrap();
    let bot = stage.by_hand().await;
    bot.app.advance_to(&stage.clock, time("2026-11-23 12:00")).await.unwrap();
    bot.leave().await;
    assert_eq!(stage.line.pushes_to(user.id()).len(), 1);
}

#[tokio::test]
async fn the_list_of_silence_is_the_same_list_after_the_key_was_changed() {
    let mut town = Town::at("2026-11-22 09:00").await;
    let (before, after) = (town.family().await, town.family().await);
    town.until("2026-11-22 09:10").await;
    town.does("2026-11-22 09:10", &["backup", "backup"]);
    town.says(&before, "停止").await;
    rotates(&town, "2026-11-22 09:20");
    town.starts_anew().await;
    town.says(&after, "停止").await;
    town.loses_its_database("2026-11-22 09:10").await;
    let said = town.does("2026-11-22 10:00", &["restore", "backup"]);
    assert!(said.contains("2人へのお届けを止めました"), "{said}");
    town.stage.clock.advance_to(time("2026-11-22 10:00"));
    town.comes_back().await;
    town.until("2026-11-24 12:00").await;
    assert_eq!([town.pushes(&before), town.pushes(&after)], [[""; 0], [""; 0]]);
}
