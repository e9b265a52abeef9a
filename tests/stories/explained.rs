//! The lines on top of a letter: each is about one child, and stands only above that child's part.

use crate::invitation::{joined, joins};
use crate::support::{Parent, Registers, World};

const BORN: &str = "お子さんが生まれたと";
const MOVED: &str = "新しい予定日に合わせました";

/// A toddler, ゆず, and あお, due on that day.
async fn toddler_and_pregnancy<'w>(world: &'w World, due: &str) -> Parent<'w> {
    let hana = world.registered(Registers::Born, "2026-09-01", Some("ゆず")).await;
    hana.says("きょうだいを追加").await;
    hana.picks("出産予定日をえらぶ", due).await;
    hana.says("あお").await;
    hana.taps("登録する").await.tells("2人目を登録しました");
    hana
}

async fn reports_the_birth(parent: &Parent<'_>, born: &str) {
    parent.says("生まれました").await;
    parent.picks("誕生日をえらぶ", born).await;
    parent.taps("はい").await.tells("きょうが生まれた日です。");
}

#[tokio::test]
async fn a_birth_that_is_followed_by_a_loss_is_told_to_nobody_any_more() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = toddler_and_pregnancy(&world, "2026-12-13").await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    world.until("2026-11-23 10:00").await;
    reports_the_birth(&hana, "2026-11-23").await;
    world.until("2026-11-23 22:00").await;
    hana.says("お別れした").await;
    hana.says("2").await.tells("続けます");
    for parent in [&ren, &hana] {
        parent.waits_until("2026-11-24 12:00").await.never_tells(&["あお、"]);
        parent.was_told("ゆず、生まれて85日目です。");
        parent.was_never_told(BORN);
    }
    world.until("2026-11-25 12:00").await;
    for parent in [&ren, &hana] {
        parent.was_never_told(BORN);
        parent.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    }
}

#[tokio::test]
async fn a_moved_due_date_is_not_spoken_of_after_that_pregnancy_was_lost() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = toddler_and_pregnancy(&world, "2027-03-01").await;
    world.until("2026-11-23 10:00").await;
    hana.says("予定日をなおす").await;
    hana.says("2027/3/8").await.tells("なおしました");
    world.until("2026-11-23 15:00").await;
    hana.says("流産しました").await;
    hana.says("2").await.tells("続けます");
    hana.waits_until("2026-11-24 12:00").await.tells("ゆず、生まれて85日目です。").never_tells(&[MOVED, "あお、"]);
    world.until("2026-11-25 12:00").await;
    hana.was_never_told(MOVED);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn a_birth_that_was_reported_by_mistake_is_told_to_nobody() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2026-12-06", Some("あお")).await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    world.until("2026-11-23 10:00").await;
    reports_the_birth(&hana, "2026-11-23").await;
    hana.says("まちがえました").await.tells("取り消しました");
    ren.waits_until("2026-11-24 12:00").await.tells("あお、きょうは妊娠38週2日です。").never_tells(&[BORN]);
    world.until("2026-11-25 12:00").await;
    ren.was_never_told(BORN);
    for parent in [&hana, &ren] {
        parent.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    }
}

#[tokio::test]
async fn whoever_stopped_a_child_reads_nothing_of_its_birth_above_the_letters_for_another() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2026-12-06", Some("あお")).await;
    let aunt = joined(&world, &hana, "そのほか・答えない").await;
    aunt.says("停止").await.tells("お届けを止めました");
    world.until("2026-11-23 10:00").await;
    reports_the_birth(&hana, "2026-11-23").await;
    world.until("2026-11-24 10:00").await;
    aunt.says("きょうだいを追加").await;
    aunt.says("2027/6/1").await;
    aunt.says("はる").await;
    aunt.taps("登録する").await.tells("はる、").never_tells(&[BORN, "あお、"]);
    world.until("2026-11-26 12:00").await;
    aunt.was_never_told(BORN);
    aunt.was_pushed(&["11-25 08:00", "11-26 08:00"]);
}

#[tokio::test]
async fn a_guest_who_names_the_lost_child_gets_no_letter_for_her_own_that_day() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", Some("あお")).await;
    let aunt = world.registered(Registers::Born, "2026-09-01", Some("ゆず")).await;
    hana.says("招待").await;
    joins(&aunt, &hana.copied(), "そのほか・答えない").await.tells("ご参加ありがとうございます。");
    world.until("2026-11-23 07:00").await;
    aunt.says("流産しました").await.tells("どのお子さんのこと");
    world.until("2026-11-23 09:00").await;
    aunt.says("1").await.in_bubbles(1).tells("続けます").never_tells(&["日目", "ゆず"]);
    aunt.waits_until("2026-11-23 23:00").await.silence();
    aunt.waits_until("2026-11-24 12:00").await.tells("ゆず、生まれて85日目です。").never_tells(&["あお、"]);
    world.until("2026-11-25 12:00").await;
    aunt.was_pushed(&["11-24 08:00", "11-25 08:00"]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn a_mother_who_names_the_lost_child_gets_no_letter_for_the_other_that_day() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = toddler_and_pregnancy(&world, "2027-03-01").await;
    world.until("2026-11-23 07:00").await;
    hana.says("流産しました").await;
    world.until("2026-11-23 09:00").await;
    hana.says("2").await.in_bubbles(1).tells("続けます").never_tells(&["日目", "ゆず"]);
    hana.waits_until("2026-11-23 23:00").await.silence();
    hana.waits_until("2026-11-24 12:00").await.tells("ゆず、生まれて85日目です。").never_tells(&["あお、"]);
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-24 08:00", "11-25 08:00"]);
}
