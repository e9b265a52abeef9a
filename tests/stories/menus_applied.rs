//! What files declare is what LINE shows.

use std::collections::{BTreeMap, BTreeSet};

use hagukumi::domain::family::Standing;
use hagukumi::domain::ids::LineUserId;
use hagukumi::domain::menu::Stage;
use hagukumi::domain::menu::plan::Drift;
use hagukumi::menu::{Applied, Done, Looked, MenuError, Order};
use hagukumi::simulator::{FaultKind, On, Only};
use hagukumi::store::NewReader;

use crate::menu_files::MenuFiles;
use crate::menus::{applied, sees};
use crate::support::{Registers, World, time};

/// What is to be done.
pub async fn planned(world: &World, files: &MenuFiles) -> Looked {
    world.app.menus().plan(0, &files.built()).await.unwrap()
}

/// How often each endpoint of menus was asked since entry number `since`.
pub fn asked(world: &World, since: usize) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    for entry in world.line.ledger().iter().skip(since).filter(|entry| entry.endpoint.starts_with("richmenu/")) {
        *asked.entry(entry.endpoint["richmenu/".len()..].to_owned()).or_default() += 1;
    }
    asked
}

fn only(counts: &[(&str, usize)]) -> BTreeMap<String, usize> {
    counts.iter().map(|(endpoint, times)| ((*endpoint).to_owned(), *times)).collect()
}

/// The same without what only looks.
pub fn changes(world: &World, since: usize) -> BTreeMap<String, usize> {
    const LOOKS: [&str; 5] = ["list", "alias/list", "default/get", "download", "of-user"];
    asked(world, since).into_iter().filter(|(endpoint, _)| !LOOKS.contains(&endpoint.as_str())).collect()
}

fn calls(world: &World) -> usize {
    world.line.ledger().len()
}

#[tokio::test]
async fn a_first_apply_makes_every_page_once_and_a_second_one_only_looks() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    let looked = planned(&world, &files).await;
    assert_eq!((looked.plan.create.len(), looked.plan.alias.len(), looked.plan.default.is_some()), (6, 4, true));
    assert_eq!(changes(&world, 0), only(&[]), "a plan asks by GET alone");
    assert_eq!(applied(&world, &files).await, Applied::Version(1));
    let all = [("validate", 6), ("create", 6), ("upload", 6), ("alias/create", 4), ("default/set", 1)];
    assert_eq!(changes(&world, 0), only(&all));
    let before = calls(&world);
    assert!(planned(&world, &files).await.plan.is_empty());
    assert_eq!(applied(&world, &files).await, Applied::Nothing);
    assert_eq!(changes(&world, before), only(&[]));
}

#[tokio::test]
async fn a_changed_word_makes_its_page_and_the_tab_beside_it_anew() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    applied(&world, &files).await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let ren = world.registered(Registers::Born, "2026-03-01", None).await;
    files.reword("futsuu/pregnancy.toml", "返事", "返答");
    let looked = planned(&world, &files).await;
    assert_eq!(looked.plan.create.len(), 2);
    assert_eq!(looked.plan.link, [(Stage::Pregnancy, 1)]);
    let before = calls(&world);
    assert_eq!(applied(&world, &files).await, Applied::Version(2));
    let all = [("validate", 2), ("create", 2), ("upload", 2), ("alias/create", 2), ("link", 1)];
    assert_eq!(changes(&world, before), only(&all));
    assert!(hana.user.labels().contains(&"返答".to_owned()), "{:?}", hana.user.labels());
    assert_eq!(sees(&ren).as_deref(), Some("childcare"));
    assert!(planned(&world, &files).await.plan.is_empty());
    assert_eq!(world.line.menus().menus.len(), 8, "the version before stays");
}

#[tokio::test]
async fn the_last_three_versions_stay_and_what_is_older_goes() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    for (version, word) in ["い", "ろ", "は", "に", "ほ"].into_iter().enumerate() {
        files.set("futsuu", "", word);
        assert_eq!(applied(&world, &files).await, Applied::Version(version as i64 + 1));
        world.clock.advance_to(time("2026-11-22 09:00") + chrono::TimeDelta::minutes(version as i64 + 1));
        let state = world.line.menus();
        let versions = version.min(2) + 1;
        assert_eq!((state.menus.len(), state.aliases.len()), (versions * 6, versions * 4));
        assert!(state.aliases.values().all(|page| state.menus.contains_key(page)));
    }
}

#[tokio::test]
async fn one_goes_back_without_making_anything_and_forward_again() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    applied(&world, &files).await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let first = hana.user.rich_menu().unwrap()["richMenuId"].clone();
    let mut told = Vec::new();
    assert!(matches!(world.app.menus().roll_back(0, &mut |done| told.push(done)).await, Err(MenuError::NothingBefore)));
    files.set("futsuu", "", "二");
    applied(&world, &files).await;
    assert_ne!(hana.user.rich_menu().unwrap()["richMenuId"], first);
    let before = calls(&world);
    assert_eq!(world.app.menus().roll_back(0, &mut |done| told.push(done)).await.unwrap(), 3);
    assert_eq!(changes(&world, before), only(&[("default/set", 1), ("link", 1)]));
    assert_eq!(told, [Done::Default("組futsuu／unregistered".into()), Done::Linked(Stage::Pregnancy, 1)]);
    assert_eq!(hana.user.rich_menu().unwrap()["richMenuId"], first);
    let looked = planned(&world, &files).await;
    assert!(looked.plan.create.is_empty() && looked.plan.version, "the files are new still");
    let before = calls(&world);
    applied(&world, &files).await;
    assert_eq!(changes(&world, before), only(&[("default/set", 1), ("link", 1)]));
    world.settle().await;
    assert_ne!(hana.user.rich_menu().unwrap()["richMenuId"], first);
}

#[tokio::test]
async fn what_is_not_ours_is_left_alone_and_counted() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    let theirs = [world.line.make_menu("夏のメニュー"), world.line.make_menu("hagukumi/other/a/b/0123456789abcdef")];
    for word in ["い", "ろ", "は", "に"] {
        files.set("futsuu", "", word);
        applied(&world, &files).await;
    }
    assert!(theirs.iter().all(|id| world.line.menus().menus.contains_key(id)));
    assert_eq!(planned(&world, &files).await.plan.foreign, 2);
}

#[tokio::test]
async fn what_others_changed_is_said_and_mended() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    applied(&world, &files).await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let default = world.line.menus().default.unwrap();
    world.line.lose_menu(&default);
    let seen = hana.user.rich_menu().unwrap()["richMenuId"].as_str().unwrap().to_owned();
    world.line.lose_menu(&seen);
    let looked = planned(&world, &files).await;
    let gone = |title: &str| Drift::PageGone(format!("組futsuu／{title}"));
    assert!(
        [gone("unregistered"), gone("pregnancy"), Drift::Default].iter().all(|one| looked.plan.drift.contains(one))
    );
    assert_eq!(looked.plan.create.len(), 2);
    applied(&world, &files).await;
    assert!(planned(&world, &files).await.plan.is_empty());
    assert_eq!(sees(&hana).as_deref(), Some("pregnancy"));
}

#[tokio::test]
async fn testers_see_it_first_and_nobody_else() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    applied(&world, &files).await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let staff = world.registered(Registers::Due, "2027-03-01", None).await;
    let number = staff.says("問い合わせ番号").await.all();
    let number: String = number.chars().filter(char::is_ascii_digit).take(8).collect();
    let code = hagukumi::domain::code::Code::read_enquiry(&number).unwrap();
    let account = world.app.store().account("main").await.unwrap().unwrap().id;
    let now = hagukumi::clock::Clock::now(&*world.clock).timestamp_millis();
    let tester = world.app.store().asked_by(account, &code, now).await.unwrap().unwrap();
    files.reword("futsuu/pregnancy.toml", "返事", "返答");
    let (default, built) = (world.line.menus().default, files.built());
    let order = Order::Testers(vec![tester]);
    assert_eq!(world.app.menus().apply(0, &built, &order, &mut |_| {}).await.unwrap(), Applied::Tried(1));
    world.settle().await;
    let sees_new = |parent: &crate::support::Parent<'_>| parent.user.labels().contains(&"返答".to_owned());
    assert!(sees_new(&staff) && !sees_new(&hana));
    assert_eq!(world.line.menus().default, default);
    // The tester's menu follows the conversation among the new pages.
    staff.says("停止").await;
    assert_eq!(sees(&staff).as_deref(), Some("quiet"));
    staff.says("もどす").await;
    assert!(sees_new(&staff));
    applied(&world, &files).await;
    assert!(sees_new(&staff) && sees_new(&hana));
    // Trying it is not applying it: taken back, the tester is one of all again.
    files.reword("futsuu/pregnancy.toml", "返答", "返信");
    world.app.menus().apply(0, &files.built(), &order, &mut |_| {}).await.unwrap();
    files.reword("futsuu/pregnancy.toml", "返信", "返答");
    applied(&world, &files).await;
    let before = calls(&world);
    world.settle().await;
    assert_eq!(changes(&world, before), only(&[]));
    assert!(sees_new(&staff));
    // Also where what was tried is what everybody has.
    world.app.menus().apply(0, &files.built(), &order, &mut |_| {}).await.unwrap();
    applied(&world, &files).await;
    assert_eq!(world.app.store().menu_trial(account).await.unwrap(), None);
}

#[tokio::test]
async fn a_page_that_line_would_refuse_keeps_everything_from_being_made() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    let refused = FaultKind::BadRequest400(Only::Containing("quiet".into()));
    world.line.faults().on(On::Endpoint("richmenu/validate")).next(refused);
    let failed = world.app.menus().apply(0, &files.built(), &Order::Everybody, &mut |_| {}).await.unwrap_err();
    assert!(failed.to_string().contains("組futsuu／quiet"), "{failed}");
    assert!(world.line.menus().menus.is_empty());
}

#[tokio::test]
async fn one_applies_at_a_time_and_a_turn_that_was_left_ends_by_itself() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    let account = world.app.store().account("main").await.unwrap().unwrap().id;
    let now = time("2026-11-22 09:00").timestamp_millis();
    assert!(world.app.store().take_menu_lock(account, 1, now, now + 60_000).await.unwrap());
    let busy = world.app.menus().apply(0, &files.built(), &Order::Everybody, &mut |_| {}).await;
    assert!(matches!(busy, Err(MenuError::Busy(60_000))), "{busy:?}");
    assert_eq!(changes(&world, 0), only(&[]));
    world.until("2026-11-22 09:01").await;
    assert_eq!(applied(&world, &files).await, Applied::Version(1));
}

/// Readers whom nobody registered by hand.
async fn crowd(world: &World, readers: usize) -> Vec<String> {
    let account = world.app.store().account("main").await.unwrap().unwrap().id;
    let tx = world.app.store().begin().await.unwrap();
    let mut users = Vec::new();
    for _ in 0..readers {
        let user = world.line.new_user();
        user.befriends();
        let new = NewReader { account, user: LineUserId::parse(user.id()).unwrap(), locale: "ja".into(), at: 0 };
        let mut row = tx.keep_reader(new).await.unwrap();
        assert_eq!(row.standing, Standing::Following);
        row.menu = Some(Stage::Childcare);
        tx.save_reader(&row).await.unwrap();
        users.push(user.id().to_owned());
    }
    tx.commit().await.unwrap();
    users
}

#[tokio::test]
async fn many_readers_are_linked_by_five_hundred_and_read_back() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    let users = crowd(&world, 1_100).await;
    let looked = planned(&world, &files).await;
    assert_eq!((looked.plan.readers(), looked.plan.links()), (1_100, 3));
    applied(&world, &files).await;
    let counts = asked(&world, 0);
    assert_eq!((counts["bulk/link"], counts["of-user"]), (3, 1_100));
    assert!(!counts.contains_key("link"));
    let seen: BTreeSet<_> = users.iter().map(|id| name(&world, id)).collect();
    assert_eq!(seen, BTreeSet::from([Some("childcare".to_owned())]));
    let before = calls(&world);
    world.settle().await;
    assert_eq!(changes(&world, before), only(&[]));
}

fn name(world: &World, id: &str) -> Option<String> {
    let menu = world.line.user_with_id(id.to_owned()).rich_menu()?;
    menu["name"].as_str()?.split('/').nth(3).map(str::to_owned)
}

#[tokio::test]
async fn never_are_more_than_a_hundred_pages_made_or_removed_in_an_hour() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    for month in 1..=17 {
        let (year, month) = (2027 + month / 13, (month - 1) % 12 + 1);
        files.set(
            &format!("s{year}-{month}"),
            &format!("from = {year}-{month:02}-01\nuntil = {year}-{month:02}-02"),
            "",
        );
    }
    let failed = world.app.menus().apply(0, &files.built(), &Order::Everybody, &mut |_| {}).await.unwrap_err();
    assert!(matches!(failed, MenuError::HourSpent { wait_ms: 3_660_000, .. }), "{failed}");
    assert!(failed.to_string().contains("62分後"), "{failed}");
    assert_eq!(asked(&world, 0)["create"], 100);
    world.until("2026-11-22 10:01").await;
    // LINE's own count goes by a real watch.
    world.line.set_rate("richmenu/create", None);
    assert_eq!(applied(&world, &files).await, Applied::Version(1));
    assert_eq!(asked(&world, 0)["create"], 108);
    assert!(planned(&world, &files).await.plan.is_empty());
}

#[tokio::test]
async fn a_set_begins_and_ends_at_midnight_by_itself_and_nothing_is_made() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    files.set("aki", "from = 2026-11-24\nuntil = 2026-11-25", "秋");
    applied(&world, &files).await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    let stranger = world.somebody();
    let autumn = |parent: &crate::support::Parent<'_>| {
        parent.user.rich_menu().unwrap()["name"].as_str().unwrap().contains("/aki/")
    };
    let (before, menus) = (calls(&world), world.line.menus().menus);
    for (at, is_autumn) in [
        ("2026-11-23 23:59", false),
        ("2026-11-24 00:01", true),
        ("2026-11-25 23:59", true),
        ("2026-11-26 00:01", false),
    ] {
        world.until(at).await;
        assert_eq!((autumn(&hana), autumn(&stranger)), (is_autumn, is_autumn), "{at}");
    }
    assert_eq!(changes(&world, before), only(&[("default/set", 2), ("link", 2)]));
    assert_eq!(world.line.menus().menus, menus);
}

#[tokio::test]
async fn a_set_that_lacks_a_stage_leaves_its_readers_the_usual_page() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    files.set("aki", "from = 2026-11-22\nuntil = 2026-11-25", "秋");
    std::fs::remove_file(files.path().join("aki/quiet.toml")).unwrap();
    applied(&world, &files).await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("停止").await;
    let menu = hana.user.rich_menu().unwrap();
    assert!(menu["name"].as_str().unwrap().contains("/futsuu/quiet/"), "{menu}");
}

#[tokio::test]
async fn texts_name_the_menu_where_there_is_one() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("停止").await;
    hana.says("きょうのメッセージ").await.never_tells(&["メニューの"]);
    applied(&world, &files).await;
    hana.says("もどす").await;
    hana.says("やすむ").await;
    hana.taps("1週間やすむ").await.tells("メニューの「登録・変更」");
    // And what is named there is there.
    hana.posts_back("h1|profile|show|||").await.offers("お届けを再開する");
}

#[tokio::test]
async fn a_bulk_link_that_takes_line_its_time_is_confirmed_later() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    let users = crowd(&world, 20).await;
    world.line.slow_bulk_links(5_000);
    let mut told = Vec::new();
    let apply = world.app.menus().apply(0, &files.built(), &Order::Everybody, &mut |done| told.push(done)).await;
    assert_eq!(apply.unwrap(), Applied::Version(1));
    assert!(told.contains(&Done::Waiting(Stage::Childcare)), "{told:?}");
    assert_eq!(planned(&world, &files).await.plan.link, [(Stage::Childcare, 20)]);
    world.until("2026-11-22 09:01").await;
    assert!(users.iter().all(|id| name(&world, id).as_deref() == Some("childcare")));
    assert!(planned(&world, &files).await.plan.is_empty());
}

#[tokio::test]
async fn what_others_changed_is_noticed_at_night_and_left_alone() {
    let (world, files) = (World::at("2026-11-22 09:00").await, MenuFiles::new());
    applied(&world, &files).await;
    world.registered(Registers::Due, "2027-03-01", None).await;
    let default = world.line.menus().default.unwrap();
    world.line.lose_menu(&default);
    let before = calls(&world);
    world.until("2026-11-24 12:00").await;
    assert_eq!(asked(&world, before)["list"], 2, "once a night");
    assert_eq!(changes(&world, before), only(&[]));
}
