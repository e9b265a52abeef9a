//! 42 weeks 0 days without news: one neutral card, and nothing by itself ever after.

use crate::support::{Parent, Registers, World};

/// Nothing of this may be said to somebody of whom we know nothing.
const ASSUMED: &[&str] =
    &["おめでとう", "生まれましたか", "生まれて", "もうすぐ", "無事", "元気", "楽しみ", "お子さんの日数"];

const BUTTONS: [&str; 3] = ["誕生日を入れて続ける", "あとで決める", "お届けを終わる"];

/// 41 weeks 3 days today; 42 weeks 0 days on 4 December.
async fn waiting(world: &World) -> Parent<'_> {
    world.registered(Registers::Due, "2026-11-20", Some("あお")).await
}

#[tokio::test]
async fn a_pregnancy_without_news_ends_with_one_neutral_card_and_is_forgotten_thirty_days_later() {
    let world = World::at("2026-11-30 09:00").await;
    let hana = waiting(&world).await;
    hana.waits_until("2026-12-03 12:00").await.tells("あお、きょうは妊娠41週6日です。");
    hana.waits_until("2026-12-04 12:00")
        .await
        .in_bubbles(1)
        .tells("妊娠中のお届けは、きのうで終わりました。")
        .never_tells(ASSUMED)
        .offers_only(&BUTTONS);
    hana.waits_until("2027-01-02 23:00").await.silence();
    hana.says("変更").await.tells("あお").tells("2026年11月20日（金）").never_tells(&["きょうは 妊娠"]);
    hana.waits_until("2027-01-03 12:00").await.silence();
    hana.says("変更").await.tells("いま、登録はありません").never_tells(ASSUMED);
    hana.waits_until("2027-01-05 12:00").await.silence();
    hana.was_pushed(&["12-01 08:00", "12-02 08:00", "12-03 08:00", "12-04 08:00"]);
}

#[tokio::test]
async fn a_birth_date_picked_on_the_card_goes_on_with_the_days_of_the_child() {
    let world = World::at("2026-12-02 09:00").await;
    let hana = waiting(&world).await;
    world.until("2026-12-06 10:00").await;
    hana.picks("誕生日を入れて続ける", "2026-12-05")
        .await
        .tells("あお")
        .tells("生まれて2日目")
        .never_tells(&["おめでとう"]);
    hana.taps("はい").await.tells_times(1, "おめでとうございます").tells("あお、生まれて2日目です。");
    hana.waits_until("2026-12-07 12:00").await.tells("あお、生まれて3日目です。");
    world.until("2026-12-08 12:00").await;
    hana.was_pushed(&["12-03 08:00", "12-04 08:00", "12-07 08:00", "12-08 08:00"]);
}

#[tokio::test]
async fn whoever_decides_later_is_asked_nothing_more_and_can_report_any_time() {
    for later in ["あとで決める", "後で決める"] {
        let world = World::at("2026-12-02 09:00").await;
        let hana = waiting(&world).await;
        world.until("2026-12-04 12:00").await;
        hana.says(later)
            .await
            .in_bubbles(1)
            .tells("もう一度おたずねすることはありません")
            .tells("1月2日（土）のあとに、この登録を消します")
            .never_tells(ASSUMED)
            .offers_only(&[]);
        hana.waits_until("2026-12-20 10:00").await.silence();
        hana.says("生まれました").await;
        hana.says("2026/12/6").await.tells("生まれて15日目");
        hana.says("はい").await.tells("生まれて15日目です。");
        world.until("2026-12-22 12:00").await;
        hana.was_pushed(&["12-03 08:00", "12-04 08:00", "12-21 08:00", "12-22 08:00"]);
    }
}

#[tokio::test]
async fn whoever_ends_it_is_stopped_plainly_and_can_undo_it() {
    let world = World::at("2026-12-02 09:00").await;
    let hana = waiting(&world).await;
    world.until("2026-12-04 12:00").await;
    hana.taps("お届けを終わる")
        .await
        .tells("お届けを止めました。")
        .never_tells(ASSUMED)
        .offers("赤ちゃんとお別れした")
        .offers("まちがえた（もどす）");
    hana.taps("お届けを終わる").await.never_tells(ASSUMED).never_tells(&["お届けを止めました"]);
    hana.taps("まちがえた（もどす）").await.tells("もとにもどしました");
    hana.says("お届けを終わる").await.tells("お届けを止めました。");
    hana.waits_until("2027-01-06 12:00").await.silence();
    hana.says("変更").await.tells("いま、登録はありません");
    hana.was_pushed(&["12-03 08:00", "12-04 08:00"]);
}

#[tokio::test]
async fn the_card_shares_the_push_of_a_sibling_and_ending_it_leaves_the_siblings_letters_alone() {
    let world = World::at("2026-11-30 09:00").await;
    // The first birthday was on 6 November: every week from then on, and on 4 December.
    let hana = world.registered(Registers::Born, "2025-11-06", Some("ゆず")).await;
    hana.says("きょうだいを追加").await;
    hana.says("2026/11/20").await;
    hana.taps("出産予定日 2026年11月20日").await;
    hana.says("あお").await;
    hana.taps("登録する").await;
    hana.waits_until("2026-12-04 12:00").await;
    let card = hana.pushes().last().unwrap().messages.clone();
    assert_eq!(
        card.iter().map(|object| object["type"].as_str().unwrap()).collect::<Vec<_>>()[..2],
        ["text", "template"]
    );
    hana.was_told("ゆず、生まれて394日目です。");
    hana.taps("お届けを終わる").await.tells("ほかのお届けは、これまでどおりです").never_tells(ASSUMED);
    hana.waits_until("2026-12-11 12:00").await.tells("ゆず、生まれて401日目です。").never_tells(&[
        "あお、",
        "妊娠41",
        "妊娠42",
    ]);
    // Sad news after it is not taken to be about the child whose letters go on.
    hana.says("流産しました").await.tells("お届けを、すべて止めました").tells("どのお子さんのことか");
    hana.taps("2 あお（出産予定日 11月20日）").await.tells("ほかのお子さんへのお届けは、続けます");
    hana.waits_until("2026-12-18 12:00").await.tells("ゆず、生まれて408日目です。").never_tells(&[
        "あお、",
        "妊娠41",
        "妊娠42",
    ]);
    hana.waits_until("2026-12-25 12:00").await.tells("ゆず、生まれて415日目です。").never_tells(&[
        "あお、",
        "妊娠41",
        "妊娠42",
    ]);
    let mut times = vec!["12-01 08:00", "12-02 08:00", "12-03 08:00", "12-04 08:00"];
    // The 400th day is one of its own.
    times.extend(["12-10 08:00", "12-11 08:00", "12-18 08:00", "12-25 08:00"]);
    hana.was_pushed(&times);
}

#[tokio::test]
async fn a_due_date_that_moves_on_goes_on_and_the_card_comes_again_at_its_new_day() {
    let world = World::at("2026-12-02 09:00").await;
    let hana = waiting(&world).await;
    world.until("2026-12-03 12:00").await;
    hana.waits_until("2026-12-04 12:00").await.offers_only(&BUTTONS);
    let stale = hana.button("誕生日を入れて続ける");
    world.until("2026-12-05 10:00").await;
    hana.says("予定日をなおす").await;
    hana.says("2026/11/27").await.tells("なおしました").tells("あお、きょうは妊娠41週1日です。");
    // What the card offered was about another due date.
    hana.posts_back(&stale).await.never_tells(ASSUMED).tells("ボタン");
    hana.waits_until("2026-12-10 12:00").await.tells("妊娠41週6日");
    hana.waits_until("2026-12-11 12:00").await.in_bubbles(1).offers_only(&BUTTONS);
    hana.waits_until("2027-01-20 12:00").await.silence();
    let mut times = vec!["12-03 08:00", "12-04 08:00"];
    times.extend(["12-06 08:00", "12-07 08:00", "12-08 08:00", "12-09 08:00", "12-10 08:00", "12-11 08:00"]);
    hana.was_pushed(&times);
}

#[tokio::test]
async fn a_birth_reported_before_the_card_leaves_no_card() {
    let world = World::at("2026-12-02 09:00").await;
    let hana = waiting(&world).await;
    world.until("2026-12-04 07:00").await;
    hana.says("生まれた").await;
    hana.says("2026/12/3").await;
    hana.says("はい").await.tells("生まれて2日目です。");
    hana.waits_until("2026-12-06 12:00").await.never_tells(&["きのうで終わりました"]);
    hana.was_pushed(&["12-03 08:00", "12-05 08:00", "12-06 08:00"]);
}

#[tokio::test]
async fn sad_news_before_the_card_leaves_no_card_and_its_buttons_stay_quiet_afterwards() {
    let world = World::at("2026-12-02 09:00").await;
    let hana = waiting(&world).await;
    world.until("2026-12-04 12:00").await;
    hana.says("お別れしました").await.tells("お届けを止めました。");
    for button in ["あとで決める", "お届けを終わる"] {
        hana.taps(button).await.tells("「相談」").never_tells(ASSUMED);
        hana.says(button).await.never_tells(ASSUMED).never_tells(&["誕生日", "妊娠"]);
    }
    hana.picks("誕生日を入れて続ける", "2026-12-04").await.never_tells(ASSUMED);
    hana.waits_until("2027-01-06 12:00").await.silence();
    hana.was_pushed(&["12-03 08:00", "12-04 08:00"]);
}

#[tokio::test]
async fn the_card_can_be_read_again_and_costs_no_push() {
    let world = World::at("2026-12-02 09:00").await;
    let hana = waiting(&world).await;
    hana.waits_until("2026-12-04 07:00").await;
    hana.says("きょうのメッセージ").await.offers_only(&BUTTONS).tells("きのうで終わりました");
    hana.waits_until("2026-12-05 12:00").await.silence();
    hana.says("きょうのメッセージ").await.tells("もう一度お見せしますね").offers_only(&BUTTONS);
    hana.waits_until("2026-12-07 12:00").await.silence();
    hana.was_pushed(&["12-03 08:00"]);
}

#[tokio::test]
async fn whoever_rests_on_that_day_is_not_disturbed() {
    let world = World::at("2026-12-02 09:00").await;
    let hana = waiting(&world).await;
    hana.says("やすむ").await;
    hana.taps("1週間やすむ").await;
    hana.waits_until("2026-12-12 12:00").await.silence();
    hana.was_pushed(&[]);
}
