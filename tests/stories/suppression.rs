//! The suppression list: what silences is written down outside the database, and nothing personal with it.

use crate::invitation::{hana, joined};
use crate::settings::{assert_refused, serve};
use crate::stage::Stage;
use crate::support::{Registers, World};

fn list(world: &World) -> String {
    std::fs::read_to_string(world.database().folder().join("hagukumi.suppression")).unwrap_or_default()
}

/// The words of the lines, in their order.
fn words(world: &World) -> Vec<String> {
    list(world).lines().map(|line| line.split(' ').nth(2).unwrap_or("?").to_owned()).collect()
}

#[tokio::test]
async fn everything_that_silences_and_everything_that_ends_a_silence_is_written_once() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    assert_eq!(words(&world), [""; 0], "a registration is nobody's silence");
    hana.says("停止").await;
    hana.says("再開").await;
    hana.says("やすむ").await;
    hana.taps("1週間やすむ").await;
    hana.says("再開").await;
    ren.blocks().await;
    ren.unblocks().await;
    ren.says("再開").await;
    ren.says("流産しました").await;
    hana.says("もどす").await;
    hana.says("参加している家族").await;
    hana.says("1").await;
    hana.taps("はい").await;
    hana.says("登録を消す").await;
    hana.taps("消す").await;
    assert_eq!(
        words(&world),
        [
            "stopped", "resumed", "rests", "rested", "away", "rests", "back", "rested", "lost-own", "lost", "found",
            "gone", "erased", "erased"
        ]
    );
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&[]);
    ren.was_pushed(&[]);
}

#[tokio::test]
async fn the_list_tells_nobody_who_the_readers_are() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Born, "2026-11-01", Some("あおちゃん")).await;
    hana.says("停止").await;
    hana.says("再開").await;
    hana.says("お別れした").await;
    hana.blocks().await;
    let list = list(&world);
    assert!(list.lines().count() >= 4, "{list}");
    for personal in [hana.user.id(), &hana.user.id()[1..], "あお", "2026-11-01", "20261101", "11-01"] {
        assert!(!list.contains(personal), "{personal} is in:\n{list}");
    }
    // Nothing but when, what and two keyed hashes, which are the same for the same reader and child only.
    let lines: Vec<Vec<&str>> = list.lines().map(|line| line.split(' ').collect()).collect();
    let hash = |text: &str| text == "-" || (text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(lines.iter().all(|line| line.len() == 6 && hash(line[3]) && hash(line[4])), "{list}");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn a_list_that_cannot_be_written_delays_nobody_says_so_and_catches_up() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let path = world.database().folder().join("hagukumi.suppression");
    let verbose =
        async || reqwest::get(format!("{}/readyz?verbose", world.bot_url)).await.unwrap().text().await.unwrap();
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    hana.says("停止").await.tells("お届けを止めました");
    assert!(verbose().await.contains(r#""suppression_list":"fails""#), "{}", verbose().await);
    let metrics = reqwest::get(format!("{}/metrics", world.bot_url)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("hagukumi_suppression_list_fails"), "{metrics}");

    std::fs::remove_dir(&path).unwrap();
    world.app.store().suppression().unwrap().tend().await;
    assert_eq!(words(&world), ["stopped"]);
    assert!(verbose().await.contains(r#""suppression_list":"ok""#), "{}", verbose().await);
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn lines_that_are_older_than_any_backup_are_dropped_and_younger_ones_stay() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("停止").await;
    hana.says("再開").await;
    world.until("2026-12-22 09:00").await;
    hana.says("停止").await;
    let tend = async || world.app.store().suppression().unwrap().tend().await;
    tend().await;
    assert_eq!(words(&world), ["stopped", "resumed", "stopped"]);
    // 66 days after the first line: a backup lives 35 days, and a month longer the list.
    world.until("2027-01-27 08:59").await;
    tend().await;
    assert_eq!(words(&world)[..3], ["stopped", "resumed", "stopped"]);
    world.until("2027-01-28 09:01").await;
    tend().await;
    assert_eq!(words(&world)[..1], ["stopped"]);
    assert!(list(&world).contains("2026-12-22") && !list(&world).contains("2026-11-22"));
}

#[tokio::test]
async fn a_list_that_cannot_be_made_keeps_the_server_from_starting() {
    let stage = Stage::at("2026-11-22 09:00").await;
    std::fs::write(stage.folder().join("file"), "").unwrap();
    let inside = stage.folder().join("file").join("list").display().to_string();
    assert_refused(&serve(&stage, &[("SUPPRESSION_FILE", &inside)]), "HAGUKUMI_SUPPRESSION_FILE");
}
