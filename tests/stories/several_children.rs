//! A full house: one push a morning, five objects at most, and nothing that is noted without being shown.

use crate::support::{Parent, Registers, World};

/// Twins of eleven weeks, a toddler, and one on the way.
async fn full_house(world: &World) -> Parent<'_> {
    let hana = world.registered(Registers::Born, "2026-09-08", Some("あお")).await;
    hana.says("ふたご").await;
    hana.taps("ふたご").await;
    hana.says("はる").await;
    hana.says("きょうだいを追加").await;
    hana.picks("子どもの誕生日をえらぶ", "2025-11-23").await;
    hana.says("ゆず").await;
    hana.taps("登録する").await.tells("3人目を登録しました");
    hana.says("きょうだいを追加").await;
    hana.picks("出産予定日をえらぶ", "2027-06-08").await;
    hana.says("もも").await;
    hana.taps("登録する").await.tells("4人目を登録しました");
    hana
}

#[tokio::test]
async fn a_whole_family_is_one_push_of_five_objects_youngest_first() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = full_house(&world).await;
    let morning = hana.waits_until("2026-11-23 12:00").await;
    assert!(morning.messages.len() <= 5, "{}", morning.all());
    let all = morning.all();
    let order: Vec<usize> = ["もも、", "あお・はる、", "ゆず、"].iter().map(|name| all.find(name).unwrap()).collect();
    assert!(order.is_sorted(), "{all}");
    morning
        .tells("もも、きょうは妊娠11週6日です。")
        .tells_times(1, "あお・はる、生まれて77日目です。")
        .tells("ゆず、きょうは1歳のお誕生日です。")
        .tells_times(1, "登録をなおすときは「変更」");
    hana.waits_until("2026-11-24 12:00").await.tells("もも、きょうから妊娠12週です。").never_tells(&["ゆず"]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn every_card_of_the_town_comes_exactly_once_a_child_however_full_the_mornings_are() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = full_house(&world).await;
    world.until("2027-01-10 12:00").await;
    let objects: Vec<_> = hana.pushes().into_iter().flat_map(|push| push.messages).collect();
    let cards = |title: &str| {
        let title = format!("\"{title}\"");
        objects.iter().filter(|object| object["type"] == "flex" && object.to_string().contains(&title)).count()
    };
    for title in ["妊婦健診の受診票", "3〜4か月児健診"] {
        assert_eq!(cards(title), 1, "{title}");
    }
    assert!(hana.pushes().iter().all(|push| (1..=5).contains(&push.messages.len())));
    assert_eq!(hana.pushes().len(), 49);
    world.line_refused_nothing();
}

#[tokio::test]
async fn one_stop_stops_them_all_and_one_loss_only_one() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = full_house(&world).await;
    world.until("2026-11-23 12:00").await;
    hana.says("お別れした").await.tells("どのお子さんのこと");
    hana.says("2").await.tells("続けます");
    hana.waits_until("2026-11-24 12:00")
        .await
        .tells("あお、生まれて78日目です。")
        .tells("もも、")
        .never_tells(&["はる", "あお・"]);
    hana.says("停止").await.tells("お届けを止めました");
    hana.waits_until("2026-11-27 12:00").await.silence();
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
