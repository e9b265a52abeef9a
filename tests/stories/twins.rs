//! Twins: two children, one push, and whatever happens to one of them.

use crate::support::{Parent, Registers, World};

async fn expecting_twins<'w>(world: &'w World, due: &str) -> Parent<'w> {
    let hana = world.registered(Registers::Due, due, Some("あお")).await;
    hana.taps("ふたご・みつごです").await.tells("何人ですか");
    hana.taps("ふたご").await.tells("2人目のお子さんのよび名");
    hana.says("はる").await.in_bubbles(1).tells("ことばを合わせて、1通でお届けします").tells("はじめのお届けは、");
    hana
}

#[tokio::test]
async fn twins_share_one_text_with_both_names_in_one_push() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting_twins(&world, "2027-03-01").await;
    hana.says("変更").await.tells("あお").tells("はる");
    hana.waits_until("2026-11-23 12:00")
        .await
        .tells_times(1, "あお・はる、きょうから妊娠26週です。")
        .tells_times(1, "妊娠26週");
    hana.waits_until("2026-11-24 12:00").await.tells_times(1, "あお・はる、きょうは妊娠26週1日です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn triplets_without_names_are_typed_from_beginning_to_end() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Born, "2026-11-01", None).await;
    hana.says("みつごです").await.tells("何人ですか");
    hana.says("３人").await.tells("2人目のお子さんのよび名");
    hana.says("つけない").await.tells("3人目のお子さんのよび名");
    hana.says("つけない").await.tells("1通でお届けします");
    hana.says("三つ子").await.tells("何人ですか");
    hana.says("三つ子").await.tells("その人数で登録されています");
    hana.waits_until("2026-11-23 12:00")
        .await
        .tells_times(1, "生まれて23日目です。")
        .never_tells(&["、生まれて23日目"]);
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn twins_are_born_on_one_day_with_one_report_and_one_congratulation() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting_twins(&world, "2026-12-12").await;
    world.until("2026-11-23 10:00").await;
    hana.says("生まれた").await.tells("どのお子さんのこと");
    hana.says("1").await;
    hana.picks("誕生日をえらぶ", "2026-11-23").await.tells("あお").never_tells(&["おめでとう"]);
    hana.taps("はい").await.tells("はるのことも、うかがいます").never_tells(&["おめでとう"]);
    hana.taps("はい、同じ日です")
        .await
        .tells_times(1, "おめでとうございます")
        .tells("あお・はる、きょうが生まれた日です。")
        .never_tells(&["修正月齢"]);
    hana.waits_until("2026-11-24 12:00").await.tells_times(1, "あお・はる、生まれて2日目です。");
    hana.says("まちがえました").await.tells("取り消しました");
    hana.waits_until("2026-11-25 12:00").await.tells_times(1, "あお・はる、きょうは妊娠37週4日です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn twins_born_before_and_after_midnight_each_keep_their_own_days() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting_twins(&world, "2026-12-10").await;
    world.until("2026-11-24 07:00").await;
    hana.says("生まれた").await;
    hana.says("1").await;
    // 23:50 and 0:10.
    hana.picks("誕生日をえらぶ", "2026-11-23").await;
    hana.taps("はい").await;
    hana.taps("別々の日です")
        .await
        .tells("おめでとうございます")
        .tells("あお、生まれて2日目です。")
        .tells("誕生日をえらんでください")
        .offers("つらいお知らせのとき");
    hana.picks("誕生日をえらぶ", "2026-11-24").await.tells("はる").tells("生まれて1日目");
    hana.taps("はい").await.tells("はる、きょうが生まれた日です。");
    hana.waits_until("2026-11-25 12:00")
        .await
        .tells_times(1, "はる、生まれて2日目です。")
        .tells_times(1, "あお、生まれて3日目です。");
    world.until("2026-11-26 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-25 08:00", "11-26 08:00"]);
}

/// Everything that would speak of a child that is not here.
const BOTH: &[&str] = &["はる", "あお・", "赤ちゃんたち", "お子さんたち", "ふたりとも", "2人"];

#[tokio::test]
async fn after_one_is_lost_no_word_speaks_of_it_again_up_to_the_third_birthday() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting_twins(&world, "2026-12-12").await;
    world.until("2026-11-23 10:00").await;
    hana.says("お別れしました").await.tells("どのお子さんのこと");
    hana.taps("2 はる（出産予定日 12月12日）").await.tells("続けます").never_tells(&["はる"]);
    hana.waits_until("2026-11-24 12:00").await.tells("あお、きょうは妊娠37週3日です。").never_tells(BOTH);
    for said in ["変更", "ヘルプ", "きょうのメッセージ", "予定日をなおす", "もどる", "登録"] {
        hana.says(said).await.never_tells(BOTH);
    }
    hana.says("予定日をなおす").await;
    hana.says("2026/12/13").await.tells("なおしました").never_tells(BOTH);
    hana.waits_until("2026-11-25 12:00").await.tells("新しい予定日").never_tells(BOTH);
    hana.says("生まれた").await.never_tells(BOTH);
    hana.picks("誕生日をえらぶ", "2026-11-25").await.tells("あお").never_tells(BOTH);
    hana.taps("はい").await.tells("あお、きょうが生まれた日です。").never_tells(BOTH);
    hana.waits_until("2026-11-27 12:00").await.tells("あお、生まれて3日目です。").never_tells(BOTH);
    hana.waits_until("2027-11-26 12:00").await.tells("あお、きょうは1歳のお誕生日です。").never_tells(BOTH);
    hana.waits_until("2029-11-30 12:00").await.tells("あお、きょうは3歳のお誕生日です。").never_tells(BOTH);
    assert_eq!(hana.push_times().last().unwrap(), "11-25 08:00");
    world.line_refused_nothing();
}

#[tokio::test]
async fn the_card_of_42_weeks_is_for_the_one_who_is_awaited() {
    let world = World::at("2026-12-02 09:00").await;
    let hana = expecting_twins(&world, "2026-11-20").await;
    hana.says("お別れしました").await;
    hana.says("2").await;
    hana.waits_until("2026-12-04 12:00").await.tells("きのうで終わりました").never_tells(BOTH);
    hana.picks("誕生日を入れて続ける", "2026-12-04").await.tells("あお").never_tells(BOTH);
    hana.taps("はい").await.tells("あお、きょうが生まれた日です。").never_tells(BOTH);
    world.until("2026-12-06 12:00").await;
    hana.was_pushed(&["12-03 08:00", "12-04 08:00", "12-05 08:00", "12-06 08:00"]);
}

#[tokio::test]
async fn overdue_twins_share_one_card_and_one_tap_leads_to_both() {
    let world = World::at("2026-12-02 09:00").await;
    let hana = expecting_twins(&world, "2026-11-20").await;
    world.until("2026-12-03 12:00").await;
    hana.waits_until("2026-12-04 12:00").await.in_bubbles(1).offers("誕生日を入れて続ける");
    hana.picks("誕生日を入れて続ける", "2026-12-04").await;
    hana.taps("はい").await.tells("はるのことも、うかがいます");
    hana.taps("はい、同じ日です").await.tells("あお・はる、きょうが生まれた日です。");
    world.until("2026-12-06 12:00").await;
    hana.was_pushed(&["12-03 08:00", "12-04 08:00", "12-05 08:00", "12-06 08:00"]);
}

#[tokio::test]
async fn a_twins_name_that_reads_like_a_code_is_a_name() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", Some("あお")).await;
    hana.taps("ふたご・みつごです").await;
    hana.taps("ふたご").await;
    hana.says("7K4M-9RTP").await.tells("1通でお届けします").never_tells(&["コード"]);
    hana.waits_until("2026-11-23 12:00").await.tells_times(1, "あお・7K4M-9RTP、きょうから妊娠26週です。");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
