//! A due date that turns out otherwise, on any side of a morning.

use crate::support::{Registers, World};

const MOVED: &str = "新しい予定日に合わせました。";

#[tokio::test]
async fn moved_earlier_texts_are_skipped_and_moved_later_they_repeat_each_with_one_line() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    hana.waits_until("2026-11-23 12:00").await.tells("きょうから妊娠26週です。");
    hana.says("予定日をなおす").await;
    hana.says("2027/2/26").await.tells("なおしました").never_tells(&["きょうは妊娠"]);
    // Three days are skipped and never caught up.
    hana.waits_until("2026-11-24 12:00")
        .await
        .tells_times(1, MOVED)
        .tells("きょうは妊娠26週4日です。")
        .never_tells(&["妊娠26週1日"]);
    hana.waits_until("2026-11-25 12:00").await.tells("きょうは妊娠26週5日です。").never_tells(&[MOVED]);
    hana.says("予定日をなおす").await;
    hana.says("2027/3/3").await.tells("なおしました");
    hana.waits_until("2026-11-26 12:00").await.tells_times(1, MOVED).tells("きょうは妊娠26週1日です。");
    // 26 weeks 4 days come again, on the day that they are now.
    world.until("2026-11-28 12:00").await;
    hana.waits_until("2026-11-29 12:00").await.tells("きょうは妊娠26週4日です。").never_tells(&[MOVED]);
    let days: Vec<String> = (23..=29).map(|day| format!("11-{day} 08:00")).collect();
    hana.was_pushed(&days.iter().map(String::as_str).collect::<Vec<_>>());
}

#[tokio::test]
async fn moved_twice_before_a_morning_it_is_explained_once() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    for due in ["2027/3/5", "2027/3/4"] {
        hana.says("予定日をなおす").await;
        hana.says(due).await.tells("なおしました");
    }
    hana.waits_until("2026-11-23 12:00").await.tells_times(1, MOVED).tells("きょうは妊娠25週4日です。");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn moved_on_the_day_itself_the_morning_takes_the_new_date_and_a_read_morning_stays_alone() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    world.until("2026-11-23 07:59").await;
    hana.says("予定日をなおす").await;
    hana.says("2027/3/8").await;
    hana.waits_until("2026-11-23 08:30")
        .await
        .tells(MOVED)
        .tells("きょうから妊娠25週です。")
        .never_tells(&["妊娠26週"]);
    hana.says("予定日をなおす").await;
    hana.says("2027/3/1").await.tells("なおしました").never_tells(&["妊娠26週"]);
    hana.waits_until("2026-11-23 20:00").await.silence();
    hana.waits_until("2026-11-24 12:00").await.tells(MOVED).tells("きょうは妊娠26週1日です。");
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn twins_move_one_by_one_and_share_a_text_again_when_both_have_moved() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", Some("あお")).await;
    hana.says("ふたご").await;
    hana.says("ふたご").await;
    hana.says("はる").await;
    hana.says("予定日をなおす").await.tells("どのお子さんの予定日");
    hana.says("1").await;
    hana.says("2027/3/8").await.tells("なおしました");
    hana.waits_until("2026-11-23 12:00")
        .await
        .tells_times(1, MOVED)
        .tells("あお、きょうから妊娠25週です。")
        .tells("はる、きょうから妊娠26週です。");
    hana.says("予定日をなおす").await;
    hana.says("はる").await;
    hana.says("2027/3/8").await.tells("なおしました");
    hana.waits_until("2026-11-24 12:00")
        .await
        .tells_times(1, MOVED)
        .tells_times(1, "あお・はる、きょうは妊娠25週1日です。");
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}
