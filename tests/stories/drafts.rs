//! A registration that is left, kept for a day, and then forgotten.

use crate::support::{Parent, World};

/// Up to the nickname, at 9 o'clock.
async fn at_the_nickname(world: &World) -> Parent<'_> {
    let parent = world.somebody();
    parent.adds_the_account().await;
    parent.taps("同意して登録する").await;
    parent.picks("出産予定日をえらぶ", "2027-03-01").await.tells("（2/3）");
    parent
}

#[tokio::test]
async fn every_question_of_a_registration_can_be_left_by_a_word_and_nothing_is_kept() {
    let world = World::at("2026-11-22 09:00").await;
    for word in ["やめる", "停止", "STOP", "キャンセル"] {
        for steps in 1..=4 {
            let parent = world.somebody();
            parent.adds_the_account().await;
            if steps > 1 {
                parent.taps("同意して登録する").await;
            }
            if steps > 2 {
                parent.says("2027/3/1").await;
            }
            if steps > 3 {
                parent.says("あお").await.tells("（3/3）");
            }
            let heard = parent.says(word).await;
            heard.never_tells(&["（1/3）", "（2/3）", "（3/3）"]).offers_only(&[]);
            parent.says("ヘルプ").await.tells("・登録：").never_tells(&["あお"]);
            parent.was_pushed(&[]);
        }
    }
    world.until("2026-11-24 12:00").await;
    assert_eq!(world.line.ledger().iter().filter(|entry| entry.endpoint == "push").count(), 0);
}

#[tokio::test]
async fn leaving_says_that_nothing_was_kept_and_how_to_come_back() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = at_the_nickname(&world).await;
    hana.says("やめる").await.tells("登録をやめました。").tells("消しました").tells("「登録」と送ってください");
    hana.says("あおちゃん").await.never_tells(&["（3/3）"]);
    hana.says("登録").await.tells("（1/3）");
    hana.waits_until("2026-11-24 12:00").await.silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn whoever_comes_back_within_a_day_goes_on_where_they_were() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = at_the_nickname(&world).await;
    hana.waits_until("2026-11-23 08:59").await.silence();
    hana.says("登録").await.tells("よび名をうかがうところまで進んでいました").offers_only(&["続きから", "はじめから"]);
    hana.taps("続きから").await.tells("（2/3）");
    hana.says("あおちゃん").await.tells("2027年3月1日（月）").tells("よび名：あおちゃん");
    hana.taps("登録する").await.tells("あおちゃん、きょうから妊娠26週です。");
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn whoever_comes_back_may_also_begin_anew() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = at_the_nickname(&world).await;
    world.until("2026-11-22 20:00").await;
    hana.says("こんばんは").await.offers_only(&["続きから", "はじめから"]);
    hana.taps("はじめから").await.tells("（1/3）");
    hana.says("2027/3/8").await.tells("（2/3）");
    hana.taps("つけない").await.tells("2027年3月8日（月）");
    hana.taps("登録する").await.tells("きょうは妊娠24週6日です。");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_draft_survives_a_block_within_its_day() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = at_the_nickname(&world).await;
    hana.blocks().await.silence();
    world.until("2026-11-22 12:00").await;
    hana.unblocks().await.tells("よび名をうかがうところまで進んでいました").offers("続きから");
    hana.taps("続きから").await.tells("（2/3）");
    hana.taps("つけない").await;
    hana.taps("登録する").await.tells("きょうは妊娠25週6日です。");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_draft_is_forgotten_after_a_day_in_silence() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = at_the_nickname(&world).await;
    let skip = hana.button("つけない");
    hana.waits_until("2026-11-23 09:00").await.silence();
    hana.posts_back(&skip).await.never_tells(&["（3/3）", "2027年"]);
    hana.says("登録").await.tells("（1/3）").never_tells(&["続きから", "2027年3月1日（月）"]);
    hana.waits_until("2026-11-25 12:00").await.silence();
    hana.was_pushed(&[]);
}
