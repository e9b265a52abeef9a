//! The first minute: who we are, what it costs, and the consent that everything else waits for.

use crate::support::World;

/// What the consent card offers; the quick reply stands first in LINE's JSON.
const WAYS: &[&str] = &["引っ越しコードを入れる", "同意して登録する", "家族に招待された", "いまは登録しない"];

#[tokio::test]
async fn somebody_new_is_greeted_once_and_hears_nothing_more_until_they_answer() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account()
        .await
        .in_bubbles(2)
        .tells("あおば市の「あおば子育てだより」です。")
        .tells("無料です")
        .tells("やすむ・やめることができます")
        .tells("ひとりずつのお返事はできません")
        .tells("119")
        .tells("うかがうのは、予定日か誕生日と、よび名（なくてもかまいません）です")
        .tells("30日後に消します")
        .never_tells(&["医師"])
        .offers_only(WAYS);
    hana.waits_until("2026-11-24 12:00").await.silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn whoever_does_not_want_to_register_now_is_left_alone_and_may_come_back() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("いまは登録しない").await.tells("「登録」と送ってください").offers_only(&[]);
    hana.waits_until("2026-11-24 12:00").await.silence();
    hana.was_pushed(&[]);

    hana.says("登録").await.offers_only(WAYS);
    hana.taps("同意して登録する").await.tells("（1/3）");
}

#[tokio::test]
async fn consent_alone_registers_nobody() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await.tells("（1/3）");
    hana.waits_until("2026-11-24 12:00").await.silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn the_page_on_personal_data_is_linked_only_at_a_public_https_address() {
    let world = World::with("2026-11-22 09:00", &[("PUBLIC_URL", "https://line.aoba.example.jp")]).await;
    let hana = world.somebody();
    hana.adds_the_account().await.offers_only(&[WAYS[0], WAYS[1], WAYS[2], "個人情報のあつかい", WAYS[3]]);
    hana.taps("個人情報のあつかい").await.silence();
    assert_eq!(hana.user.opened(), ["https://line.aoba.example.jp/privacy"]);
    hana.says("個人情報").await.offers("ページをひらく");
    let page = reqwest::get(format!("{}/privacy", world.bot_url)).await.unwrap();
    assert_eq!(page.status(), 200, "the linked page is there");
    assert!(page.text().await.unwrap().contains("あおば子育てだより"));
    hana.was_pushed(&[]);

    let world = World::with("2026-11-22 09:00", &[("PUBLIC_URL", "http://127.0.0.1:8080")]).await;
    let kenta = world.somebody();
    kenta.adds_the_account().await.offers_only(WAYS);
    kenta.says("個人情報のあつかい").await.tells("こども家庭センター（000-000-0000）").never_tells(&["http"]);
    kenta.was_pushed(&[]);
}

#[tokio::test]
async fn somebody_who_writes_before_adding_the_account_is_shown_the_door() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.says("こんにちは").await.tells("いま、登録はありません").offers("登録する");
    hana.taps("登録する").await.offers("同意して登録する");
    hana.waits_until("2026-11-24 12:00").await.silence();
    hana.was_pushed(&[]);
}
