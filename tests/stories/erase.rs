//! 登録を消す: at once, for good, and only what is one's own.

use crate::invitation::{hana, joined};
use crate::support::{Registers, World};

/// How many readers, children, follow edges, consents and codes are kept.
pub async fn rows(world: &World) -> [i64; 5] {
    let mut counts = [0; 5];
    for (at, table) in ["reader", "child", "follow", "consent", "code"].into_iter().enumerate() {
        counts[at] = world.app.store().count(table).await.unwrap();
    }
    counts
}

#[tokio::test]
async fn after_one_confirmation_nothing_is_known_of_a_family() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("招待").await;
    assert_eq!(rows(&world).await, [1, 1, 1, 1, 1]);
    hana.says("登録を消す").await.tells("もとにもどせません").offers_only(&["消す", "もどる"]);
    hana.taps("もどる").await.tells("なにも変えていません");
    hana.says("ぜんぶ消す").await;
    hana.taps("消す").await.tells("消しました。このトークの画面に残った文章は").in_bubbles(1);
    assert_eq!(rows(&world).await, [0, 0, 0, 0, 0]);
    hana.waits_until("2026-11-24 12:00").await.silence();
    hana.says("変更").await.tells("いま、登録はありません").never_tells(&["あお"]);
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn the_stop_card_leads_to_it_and_the_whole_registration_can_be_made_again() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    world.until("2026-11-23 10:00").await;
    hana.says("停止").await.offers("登録を消す");
    hana.taps("登録を消す").await;
    hana.taps("消す").await.tells("消しました。");
    hana.says("もどす").await.never_tells(&["もとにもどしました"]);
    hana.says("登録").await.offers("同意して登録する");
    hana.taps("同意して登録する").await;
    hana.picks("出産予定日をえらぶ", "2027-03-01").await;
    hana.taps("つけない").await;
    // The day's message was pushed in the morning: it can be read again, and is not sent again.
    hana.taps("登録する").await.tells("妊娠26週");
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn what_another_parent_follows_stays_for_them() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    hana.says("登録を消す").await;
    hana.says("消す").await.tells("消しました。");
    assert_eq!(rows(&world).await, [1, 1, 1, 1, 0]);
    ren.waits_until("2026-11-23 12:00").await.tells("あお、きょうから妊娠26週です。");
    ren.says("予定日をなおす").await.tells("新しい予定日");
    ren.taps("もどる").await;
    ren.says("登録を消す").await;
    ren.taps("消す").await;
    assert_eq!(rows(&world).await, [0, 0, 0, 0, 0]);
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&[]);
    ren.was_pushed(&["11-23 08:00"]);
}

#[tokio::test]
async fn somebody_without_a_registration_can_delete_what_little_is_known() {
    let world = World::at("2026-11-22 09:00").await;
    let somebody = world.somebody();
    somebody.adds_the_account().await;
    somebody.taps("同意して登録する").await;
    somebody.says("登録を消す").await;
    somebody.taps("消す").await.tells("消しました。");
    assert_eq!(rows(&world).await, [0, 0, 0, 0, 0]);
    somebody.adds_the_account().await.tells("友だち追加、ありがとうございます。").offers("同意して登録する");
    world.until("2026-11-24 12:00").await;
    somebody.was_pushed(&[]);
}

#[tokio::test]
async fn a_message_that_waits_for_line_does_not_leave_after_it() {
    use hagukumi::simulator::{FaultKind, On};
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    world.line.faults().on(On::Push).times(1, FaultKind::ServerError(503));
    world.until("2026-11-23 08:00").await;
    hana.says("登録を消す").await;
    hana.taps("消す").await.tells("消しました。");
    world.until("2026-11-25 12:00").await;
    assert_eq!(hana.push_times(), [""; 0]);
}
