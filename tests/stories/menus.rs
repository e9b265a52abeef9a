//! The menu under the chat follows the conversation.

use hagukumi::menu::{Applied, Order};
use serde_json::Value;

use crate::invitation::joined;
use crate::menu_files::MenuFiles;
use crate::support::{Parent, Registers, World};

/// Applies what the files declare, to everybody.
pub async fn applied(world: &World, files: &MenuFiles) -> Applied {
    world.app.menus().apply(0, &files.built(), &Order::Everybody, &mut |_| {}).await.unwrap()
}

async fn world_with_menus() -> (World, MenuFiles) {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    assert_eq!(applied(&world, &files).await, Applied::Version(1));
    (world, files)
}

/// LINE took whatever it was asked to do; that it has no menu yet is no refusal.
#[track_caller]
fn refused_nothing(world: &World) {
    let ledger = world.line.ledger();
    let refused = ledger.iter().find(|entry| entry.status >= 400 && entry.endpoint != "richmenu/default/get");
    assert_eq!(refused, None);
}

/// The page of the menu that somebody sees: `childcare`, `quiet`, …
pub fn sees(parent: &Parent<'_>) -> Option<String> {
    let menu = parent.user.rich_menu()?;
    menu["name"].as_str()?.split('/').nth(3).map(str::to_owned)
}

#[track_caller]
fn assert_sees(parent: &Parent<'_>, page: &str) {
    assert_eq!(sees(parent).as_deref(), Some(page));
}

#[tokio::test]
async fn the_menu_follows_a_family_from_the_first_day_to_the_birth_and_after_a_stop() {
    let (world, _files) = world_with_menus().await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    assert_sees(&hana, "unregistered");
    hana.taps("同意して登録する").await;
    hana.picks("出産予定日をえらぶ", "2026-12-13").await;
    hana.taps("つけない").await;
    assert_sees(&hana, "unregistered");
    hana.taps("登録する").await;
    assert_sees(&hana, "pregnancy");
    world.until("2026-11-23 10:00").await;
    hana.says("生まれました").await;
    hana.picks("誕生日をえらぶ", "2026-11-23").await;
    hana.taps("はい").await;
    assert_sees(&hana, "childcare");
    hana.says("停止").await;
    assert_sees(&hana, "quiet");
    hana.says("もどす").await;
    assert_sees(&hana, "childcare");
    refused_nothing(&world);
}

#[tokio::test]
async fn a_loss_that_one_reports_changes_the_menus_of_all_at_once_and_back() {
    let (world, _files) = world_with_menus().await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    assert_sees(&ren, "pregnancy");
    hana.says("流産しました").await.tells("お届けを止めました");
    assert_sees(&hana, "quiet");
    assert_sees(&ren, "quiet");
    hana.says("もどす").await;
    assert_sees(&hana, "pregnancy");
    assert_sees(&ren, "pregnancy");
}

#[tokio::test]
async fn a_rest_has_the_quiet_menu_and_ends_by_itself_with_the_next_letter() {
    let (world, _files) = world_with_menus().await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("やすむ").await;
    hana.taps("1週間やすむ").await;
    assert_sees(&hana, "quiet");
    world.until("2026-11-28 12:00").await;
    assert_sees(&hana, "quiet");
    world.until("2026-11-30 12:00").await;
    assert_sees(&hana, "pregnancy");
}

#[tokio::test]
async fn after_the_last_letter_and_after_42_weeks_without_news_the_menu_is_quiet() {
    let (world, _files) = world_with_menus().await;
    let yuzu = world.registered(Registers::Born, "2023-11-24", None).await;
    let hana = world.registered(Registers::Due, "2026-11-20", None).await;
    assert_sees(&yuzu, "childcare");
    assert_sees(&hana, "pregnancy");
    world.until("2026-11-24 12:00").await;
    assert_sees(&yuzu, "quiet");
    world.until("2026-12-05 12:00").await;
    assert_sees(&hana, "quiet");
}

#[tokio::test]
async fn whoever_comes_back_after_a_block_is_given_the_menu_anew() {
    let (world, _files) = world_with_menus().await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.blocks().await;
    let links = || world.line.ledger().iter().filter(|entry| entry.endpoint == "richmenu/link").count();
    let before = links();
    hana.unblocks().await;
    // Whoever comes back is asked first, and rests until then.
    assert_sees(&hana, "quiet");
    assert_eq!(links(), before + 1);
    hana.taps("お届けを再開する").await;
    assert_sees(&hana, "pregnancy");
}

#[tokio::test]
async fn whoever_deletes_everything_sees_what_strangers_see() {
    let (world, _files) = world_with_menus().await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("登録を消す").await;
    hana.taps("消す").await;
    assert_sees(&hana, "unregistered");
    assert_eq!(world.app.store().count("menu_leaver").await.unwrap(), 0);
    let unlinked = world.line.ledger().into_iter().filter(|entry| entry.endpoint == "richmenu/unlink").count();
    assert_eq!(unlinked, 1);
}

#[tokio::test]
async fn whoever_deletes_everything_is_forgotten_after_a_day_though_line_is_silent() {
    let (world, _files) = world_with_menus().await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let unlink = hagukumi::simulator::On::Endpoint("richmenu/unlink");
    world.line.faults().on(unlink).always(hagukumi::simulator::FaultKind::ServerError(500));
    hana.says("登録を消す").await;
    hana.taps("消す").await;
    world.until("2026-11-23 08:59").await;
    let left = async || world.app.store().count("menu_leaver").await.unwrap();
    world.app.take_care().await.unwrap();
    assert_eq!(left().await, 1);
    world.until("2026-11-23 09:01").await;
    world.app.take_care().await.unwrap();
    assert_eq!(left().await, 0);
}

#[tokio::test]
async fn without_menus_line_is_never_asked_about_them() {
    let world = World::at("2026-11-22 09:00").await;
    world.registered(Registers::Due, "2027-03-01", None).await.says("停止").await;
    world.until("2026-11-24 12:00").await;
    assert!(world.line.ledger().iter().all(|entry| !entry.endpoint.starts_with("richmenu")));
}

#[tokio::test]
async fn what_line_did_not_take_at_once_is_given_later() {
    let (world, _files) = world_with_menus().await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let link = hagukumi::simulator::On::Endpoint("richmenu/link");
    world.line.faults().on(link).times(3, hagukumi::simulator::FaultKind::ServerError(500));
    hana.says("停止").await.tells("お届けを止めました");
    assert_sees(&hana, "pregnancy");
    world.until("2026-11-22 09:05").await;
    assert_sees(&hana, "quiet");
}

#[tokio::test]
async fn a_tab_is_turned_by_line_and_answered_by_nobody() {
    let (world, _files) = world_with_menus().await;
    let hana = world.registered(Registers::Born, "2026-09-01", None).await;
    hana.taps("ほかの面").await.silence();
    assert_sees(&hana, "childcare-town");
    hana.taps("ほかの面").await.silence();
    assert_sees(&hana, "childcare");
}

#[tokio::test]
async fn every_area_of_the_starter_set_is_answered_or_opens_something() {
    let world = World::at("2026-11-22 09:00").await;
    let library = hagukumi::content::load(&hagukumi::content::Source::Embedded, None).unwrap().library;
    let starter = hagukumi::content::MenuSource::Embedded;
    let (built, loaded) = hagukumi::app::menus::built(&starter, &library.municipality, "main").unwrap();
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    world.app.menus().apply(0, &built, &Order::Everybody, &mut |_| {}).await.unwrap();
    let stranger = world.somebody();
    stranger.adds_the_account().await;
    let hana = world.registered(Registers::Due, "2026-12-13", None).await;
    let yuzu = world.registered(Registers::Born, "2026-09-01", None).await;
    let resting = world.registered(Registers::Born, "2026-09-01", None).await;
    resting.says("停止").await;
    let bereaved = world.registered(Registers::Due, "2027-03-01", None).await;
    bereaved.says("流産しました").await;
    for parent in [&stranger, &hana, &yuzu, &resting, &bereaved] {
        answers_every_area(parent).await;
    }
    refused_nothing(&world);
}

/// Taps each area of what somebody sees.
async fn answers_every_area(parent: &Parent<'_>) {
    let menu = parent.user.rich_menu().unwrap();
    for area in menu["areas"].as_array().unwrap() {
        let (kind, label) = (area["action"]["type"].as_str().unwrap(), area["action"]["label"].as_str().unwrap());
        match kind {
            "postback" => {
                let heard = parent.posts_back(area["action"]["data"].as_str().unwrap()).await;
                assert!(!heard.all().is_empty(), "{label}");
                heard.never_tells(&["このボタンは、もう使えません"]);
            }
            "uri" => assert!(area["action"]["uri"].as_str().unwrap().starts_with("https://"), "{label}"),
            "richmenuswitch" => assert_ne!(area["action"]["richMenuAliasId"], Value::from(""), "{label}"),
            other => panic!("{label}: {other}"),
        }
    }
}
