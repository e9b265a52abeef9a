//! 時刻: everybody's own time of day, inside the hours in which anything is sent.

use crate::invitation::hana;
use crate::support::{Parent, World};

async fn asks(parent: &Parent<'_>) {
    parent.says("時刻").await.offers_only(&["朝8時ごろ", "昼12時ごろ", "夜8時ごろ", "もどる"]);
}

#[tokio::test]
async fn a_new_time_after_todays_message_holds_from_tomorrow() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    world.until("2026-11-23 09:00").await;
    asks(&hana).await;
    hana.taps("夜8時ごろ").await.tells("お届けを、夜8時ごろにします。");
    hana.waits_until("2026-11-23 23:00").await.silence();
    world.until("2026-11-25 21:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 20:00", "11-25 20:00"]);
}

#[tokio::test]
async fn a_new_time_before_todays_message_holds_today() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    world.until("2026-11-23 07:30").await;
    asks(&hana).await;
    hana.says("19:30").await.tells("夜7時30分ごろ");
    world.until("2026-11-24 20:00").await;
    hana.was_pushed(&["11-23 19:30", "11-24 19:30"]);
}

#[tokio::test]
async fn a_time_that_is_past_today_brings_the_day_in_the_reply() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    asks(&hana).await;
    hana.says("夜8時").await;
    world.until("2026-11-23 12:00").await;
    asks(&hana).await;
    hana.taps("朝8時ごろ").await.tells("朝8時ごろにします").tells("妊娠26週");
    hana.waits_until("2026-11-23 23:00").await.silence();
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn typed_times_are_read_and_brought_into_the_hours_with_words() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    for (typed, said) in [
        ("7時半", "お届けを、朝7時30分ごろにします。"),
        ("七時", "お届けを、朝7時ごろにします。"),
        ("午後7時", "お届けを、夜7時ごろにします。"),
        ("22時", "いちばん近い夜8時30分ごろにします。"),
        ("8時半", "お届けを、朝8時30分ごろにします。"),
        ("7:5", "お届けを、朝7時5分ごろにします。"),
        ("24:00", "いちばん近い夜8時30分ごろにします。"),
        ("朝5時", "いちばん近い朝7時ごろにします。"),
    ] {
        asks(&hana).await;
        hana.says(typed).await.tells(said);
    }
    asks(&hana).await;
    hana.says("朝ごはんのあと").await.tells("時刻として読めませんでした").offers("昼12時ごろ");
    hana.says("もどる").await.tells("なにも変えていません");
    for typed in ["25:00", "夜中3時"] {
        asks(&hana).await;
        hana.says(typed).await.tells("時刻として読めませんでした");
        hana.says("もどる").await;
    }
    asks(&hana).await;
    hana.says("もどる").await.tells("なにも変えていません");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 07:00", "11-24 07:00"]);
}
