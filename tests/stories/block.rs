//! Blocking and coming back. A block may have been grief: nothing resumes by itself.

use crate::support::{Registers, World};

#[tokio::test]
async fn whoever_blocks_is_sent_nothing_and_whoever_returns_is_asked() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", Some("あお")).await;
    world.until("2026-11-23 07:59").await;
    hana.blocks().await.silence();
    hana.waits_until("2026-11-26 12:00").await.silence();
    hana.was_pushed(&[]);

    hana.unblocks()
        .await
        .in_bubbles(1)
        .tells("おかえりなさい。前の登録が残っています。")
        .never_tells(&["友だち追加"])
        .offers_only(&["お届けを再開する", "変更"]);
    hana.waits_until("2026-11-28 12:00").await.silence();
    hana.was_pushed(&[]);

    hana.waits_until("2026-11-28 21:30").await;
    hana.taps("お届けを再開する").await.tells("お届けを再開しました。");
    hana.waits_until("2026-11-30 12:00")
        .await
        .tells("あお、きょうは妊娠26週6日です。")
        .tells("あお、きょうから妊娠27週です。");
    hana.was_pushed(&["11-29 08:00", "11-30 08:00"]);
}

#[tokio::test]
async fn whoever_returns_and_changes_something_is_still_asked_before_anything_comes() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.blocks().await;
    world.until("2026-11-25 10:00").await;
    hana.unblocks().await;
    hana.taps("変更").await.tells("おやすみしています").offers("お届けを再開する");
    hana.picks("予定日をなおす", "2027-03-08").await.tells("なおしました");
    hana.says("きょうのメッセージ").await.tells("きょうは妊娠25週2日です。");
    hana.waits_until("2026-11-27 12:00").await.silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn whoever_blocks_without_a_registration_is_greeted_as_new() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.blocks().await.silence();
    hana.unblocks().await.tells("あおば市の「あおば子育てだより」です。").offers("同意して登録する");
    hana.waits_until("2026-11-24 12:00").await.silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn whoever_stopped_plainly_and_returns_may_resume() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.says("停止").await;
    hana.blocks().await;
    world.until("2026-11-24 10:00").await;
    hana.unblocks().await.tells("おかえりなさい。").offers("お届けを再開する");
    hana.waits_until("2026-11-26 22:00").await.silence();
    hana.taps("お届けを再開する").await.tells("再開しました");
    world.until("2026-11-28 12:00").await;
    hana.was_pushed(&["11-27 08:00", "11-28 08:00"]);
}
