//! What concerns a child concerns everybody who follows it, each with their own words.

use crate::invitation::joined;
use crate::support::{Parent, Registers, World};

/// The one who registered, a partner and a grandmother.
async fn family<'w>(world: &'w World, due: &str) -> [Parent<'w>; 3] {
    let hana = world.registered(Registers::Due, due, Some("あお")).await;
    let ren = joined(world, &hana, "お父さん・パートナー").await;
    let grandmother = joined(world, &hana, "おじいさん・おばあさん").await;
    [hana, ren, grandmother]
}

#[tokio::test]
async fn at_42_weeks_everybody_gets_one_card_and_only_parents_are_offered_a_date() {
    let world = World::at("2026-12-02 09:00").await;
    let [hana, ren, grandmother] = family(&world, "2026-11-20").await;
    world.until("2026-12-04 12:00").await;
    for parent in [&hana, &ren] {
        assert!(parent.last_word().contains("このあとのお届けを、えらんでください。"));
        parent.button("誕生日を入れて続ける");
    }
    grandmother.was_told("このあとのお届けは、ご家族の登録に合わせます。");
    grandmother.was_never_told("えらんでください。お返事");
    grandmother.taps("お届けを終わる").await.tells("お届けを止めました");
    ren.picks("誕生日を入れて続ける", "2026-12-05").await.tells("きょうより先の日になっています");
    ren.says("やめる").await;
    // The other parent's card means nothing any more once one of them has reported.
    hana.picks("誕生日を入れて続ける", "2026-12-04").await;
    hana.taps("はい").await.tells("あお、きょうが生まれた日です。");
    ren.picks("誕生日を入れて続ける", "2026-12-04").await.never_tells(&["おめでとう", "生まれて"]);
    ren.waits_until("2026-12-05 12:00")
        .await
        .tells_times(1, "ご家族からお知らせがありました")
        .tells("あお、生まれて2日目です。");
    world.until("2026-12-06 12:00").await;
    let days = ["12-03 08:00", "12-04 08:00", "12-05 08:00", "12-06 08:00"];
    hana.was_pushed(&days);
    ren.was_pushed(&days);
    grandmother.was_pushed(&days[..2]);
}

#[tokio::test]
async fn without_news_everybodys_registration_is_forgotten() {
    let world = World::at("2026-12-02 09:00").await;
    let family = family(&world, "2026-11-20").await;
    world.until("2027-01-03 12:00").await;
    for parent in &family {
        parent.says("変更").await.tells("いま、登録はありません").never_tells(&["あお"]);
        parent.was_pushed(&["12-03 08:00", "12-04 08:00"]);
    }
}

#[tokio::test]
async fn a_moved_due_date_is_explained_to_everybody_once() {
    let world = World::at("2026-11-22 09:00").await;
    let family = family(&world, "2027-03-01").await;
    for due in ["2027/3/7", "2027/3/8"] {
        family[1].says("予定日をなおす").await;
        family[1].says(due).await.tells("なおしました");
    }
    for parent in &family {
        parent.waits_until("2026-11-23 12:00").await.never_tells(&["妊娠26週"]);
    }
    world.until("2026-11-24 12:00").await;
    for parent in &family {
        assert_eq!(parent.everything().matches("新しい予定日に合わせました。").count(), 1);
        parent.was_told("あお、きょうから妊娠25週です。");
        parent.was_told("あお、きょうは妊娠25週1日です。");
        parent.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    }
}

#[tokio::test]
async fn a_twin_joins_for_everybody_and_their_birth_is_one_line() {
    let world = World::at("2026-11-22 09:00").await;
    let [hana, ren, grandmother] = family(&world, "2027-01-20").await;
    grandmother.says("ふたご").await.tells("その方にお伝えください");
    grandmother.says("停止").await;
    ren.says("ふたご").await;
    ren.taps("ふたご").await;
    ren.says("はる").await.tells("1通でお届けします");
    hana.waits_until("2026-11-23 10:00").await.tells("あお・はる、");
    hana.says("生まれた").await;
    hana.says("1").await;
    hana.says("2026/11/23").await;
    hana.taps("はい").await.tells("はるのことも");
    hana.taps("はい、同じ日です").await.tells("修正月齢");
    hana.taps("予定日から数える").await.tells("予定日から数えてお届けします");
    ren.says("変更").await.tells("あお").tells("はる").tells("からだや発達の話は、予定日から数えています。");
    ren.waits_until("2026-11-24 12:00")
        .await
        .tells_times(1, "ご家族からお知らせがありました")
        .tells_times(1, "あお・はる、生まれて2日目です。");
    world.until("2026-11-25 12:00").await;
    for parent in [&hana, &ren] {
        parent.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    }
    // A stop holds for the twin as well.
    grandmother.was_never_told("はる");
    grandmother.was_pushed(&[]);
}
