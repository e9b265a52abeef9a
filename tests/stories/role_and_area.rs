//! 続柄 and 住んでいる地域: told after registration by those who like, and used from the next message.

use crate::invitation::{hana, joined, joins};
use crate::support::{Registers, World};

const HIROBA: &str = "北部ひろば";

#[tokio::test]
async fn after_registration_the_next_steps_are_offered_under_todays_message() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.picks("出産予定日をえらぶ", "2027-03-01").await;
    hana.taps("つけない").await;
    let heard = hana.taps("登録する").await;
    let last = heard.messages.last().unwrap()["quickReply"].to_string();
    for label in ["家族を招待する", "続柄", "時刻を変える", "住んでいる地域"] {
        assert!(last.contains(label), "{label} is not under the last object: {last}");
    }
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn the_role_is_told_with_a_word_that_it_is_kept_and_changes_nobody_elses() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let ren = joined(&world, &hana, "そのほか・答えない").await;
    hana.says("続柄").await.tells("登録の内容といっしょに保管します").offers_only(&[
        "お母さん・妊婦さん",
        "お父さん・パートナー",
        "おじいさん・おばあさん",
        "そのほか・答えない",
        "もどる",
    ]);
    hana.says("母").await.tells("続柄を「お母さん・妊婦さん」にしました。");
    ren.says("参加している家族").await.tells("招待ができるのは");
    // Whoever was invited does not make themselves a parent.
    ren.says("続柄").await;
    ren.taps("お父さん・パートナー").await.tells("もういちど招待してもらってください");
    ren.says("続柄").await;
    ren.taps("おじいさん・おばあさん").await.tells("にしました");
    hana.says("参加している家族").await.offers("1 おじいさん・おばあさん（11月22日から）");
    hana.taps("もどる").await;
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    ren.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_guest_who_is_invited_once_more_becomes_a_parent_and_nobody_is_told_of_a_newcomer() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let ren = joined(&world, &hana, "そのほか・答えない").await;
    world.until("2026-11-23 10:00").await;
    ren.says("続柄").await;
    ren.taps("お父さん・パートナー").await.tells("もういちど招待してもらってください");
    hana.says("招待").await;
    joins(&ren, &hana.copied(), "お父さん・パートナー")
        .await
        .tells("続柄を「お父さん・パートナー」にしました。")
        .never_tells(&["妊娠"]);
    ren.says("予定日をなおす").await.tells("新しい予定日");
    ren.taps("もどる").await;
    hana.says("参加している家族").await.offers("1 お父さん・パートナー（11月22日から）");
    hana.taps("もどる").await;
    hana.waits_until("2026-11-24 12:00").await.never_tells(&["加わりました"]);
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    ren.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn where_no_parent_is_left_a_guest_may_become_one() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let ren = joined(&world, &hana, "そのほか・答えない").await;
    let grandmother = joined(&world, &hana, "おじいさん・おばあさん").await;
    hana.says("登録を消す").await;
    hana.taps("消す").await.tells("消しました。");
    ren.says("続柄").await;
    ren.taps("お父さん・パートナー").await.tells("続柄を「お父さん・パートナー」にしました。");
    // From now on there is one.
    grandmother.says("続柄").await;
    grandmother.taps("お母さん・妊婦さん").await.tells("もういちど招待してもらってください");
    ren.says("予定日をなおす").await.tells("新しい予定日");
    ren.taps("もどる").await;
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&[]);
    for guest in [&ren, &grandmother] {
        guest.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    }
}

#[tokio::test]
async fn each_reads_the_paragraphs_of_their_role() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-15", None).await;
    hana.says("続柄").await;
    hana.taps("お父さん・パートナー").await;
    let words = |role| {
        let library = hagukumi::content::load(&hagukumi::content::Source::Embedded, None).unwrap().library;
        let slots = |text: &&hagukumi::domain::programme::pack::Manuscript| text.slot.to_string() == "preg/w24d0";
        let pack = library.packs.iter().flat_map(|pack| pack.manuscripts.values()).find(slots).unwrap().clone();
        pack.paragraphs.into_iter().find(|one| one.roles == [role]).map(|one| one.text)
    };
    let heard = hana.waits_until("2026-11-23 12:00").await;
    let own = words(hagukumi::domain::family::Role::Father).expect("that morning speaks to fathers");
    let first: String = own.chars().take(12).collect();
    assert!(heard.all().contains(&first), "{first} is not in {}", heard.all());
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn texts_of_an_area_reach_its_readers_and_nobody_else() {
    let world = World::at("2026-11-22 09:00").await;
    let (hana, mio, untold) = (hana(&world).await, hana(&world).await, hana(&world).await);
    hana.taps("住んでいる地域").await.offers_only(&["北部", "中央", "南部", "そのほか・答えない", "もどる"]);
    hana.taps("北部").await.tells("地域を「北部」にしました。");
    mio.says("地域").await;
    mio.says("南部").await.tells("「南部」");
    // One card of the town's a morning: it comes when its turn has come, before its last week is over.
    world.until("2027-01-03 12:00").await;
    hana.was_told(HIROBA);
    mio.was_never_told(HIROBA);
    untold.was_never_told(HIROBA);
    hana.says("地域を変える").await;
    hana.taps("そのほか・答えない").await.tells("地域は登録していません");
    for parent in [&hana, &mio, &untold] {
        assert_eq!(parent.push_times().len(), 42, "every morning of six weeks");
    }
}

#[tokio::test]
async fn the_settings_stand_on_a_card_of_their_own() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let heard = hana.says("変更").await;
    for label in [
        "家族を招待",
        "参加している家族",
        "続柄",
        "時刻を変える",
        "住んでいる地域",
        "機種変更",
        "問い合わせ番号",
        "登録を消す",
    ] {
        assert!(heard.labels().contains(&label.to_owned()), "{label} is not on {:?}", heard.labels());
    }
    let grandmother = joined(&world, &hana, "おじいさん・おばあさん").await;
    grandmother.says("変更").await.offers("続柄").never_tells(&["家族を招待", "参加している家族"]);
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    grandmother.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
