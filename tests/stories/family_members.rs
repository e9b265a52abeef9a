//! 参加している家族: by role and day, and who may let whom go.

use crate::erase::rows;
use crate::invitation::{hana, joined};
use crate::support::World;

#[tokio::test]
async fn a_member_is_listed_by_role_and_day_and_removed_without_being_told() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("参加している家族").await.tells("いま、ほかに参加している方はいません。").offers("家族を招待");
    let grandmother = joined(&world, &hana, "おじいさん・おばあさん").await;
    world.until("2026-11-23 10:00").await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    hana.says("参加している家族").await.offers_only(&[
        "1 おじいさん・おばあさん（11月22日から）",
        "2 お父さん・パートナー（11月23日から）",
        "もどる",
    ]);
    hana.says("1").await.tells("その方へのお届けを止めますか。");
    assert_eq!(rows(&world).await[..4], [3, 1, 3, 3]);
    hana.taps("はい").await.tells("その方へのお届けを止めました。相手には知らせません。");
    // She followed nothing else: nothing of her is kept.
    assert_eq!(rows(&world).await[..4], [2, 1, 2, 2]);
    grandmother.waits_until("2026-11-24 12:00").await.silence();
    grandmother.says("変更").await.tells("いま、登録はありません").never_tells(&["止め", "家族", "あお"]);
    grandmother.says("きょうのメッセージ").await.tells("いま、登録はありません");
    hana.says("参加している家族").await.offers_only(&["1 お父さん・パートナー（11月23日から）", "もどる"]);
    hana.taps("もどる").await.tells("なにも変えていません");
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    ren.was_pushed(&["11-24 08:00", "11-25 08:00"]);
    grandmother.was_pushed(&["11-23 08:00"]);
}

#[tokio::test]
async fn nobody_removes_the_one_who_registered_and_only_parents_see_the_list() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    ren.says("参加している家族").await.tells("ご家族（11月22日から）").offers_only(&["家族を招待"]);
    let grandmother = joined(&world, &ren, "おじいさん・おばあさん").await;
    grandmother.says("参加している家族").await.tells("招待ができるのは").never_tells(&["11月22日"]);
    ren.says("参加している家族").await.offers_only(&["1 おじいさん・おばあさん（11月22日から）", "もどる"]);
    world.until("2026-11-24 12:00").await;
    for parent in [&hana, &ren, &grandmother] {
        parent.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    }
}

#[tokio::test]
async fn somebody_removed_who_follows_another_family_too_keeps_that_one() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let sister = world.registered(crate::support::Registers::Born, "2026-11-20", Some("はる")).await;
    hana.says("招待").await;
    crate::invitation::joins(&sister, &hana.copied(), "そのほか・答えない").await;
    hana.says("参加している家族").await.offers("1 ご家族（11月22日から）");
    hana.says("1").await;
    hana.says("はい").await.tells("止めました");
    sister.waits_until("2026-11-24 12:00").await.tells("はる、生まれて5日目です。").never_tells(&["妊娠"]);
    sister.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
