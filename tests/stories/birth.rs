//! 生まれました: received neutrally, confirmed, and from then on counted in days.

use crate::support::{Parent, Registers, World};

/// Congratulations and what would sound like them.
const CHEERS: &[&str] = &["おめでとう", "ご出産", "お祝い"];

/// 37 weeks 0 days on 2026-11-22, registered at nine.
async fn near_the_end(world: &World) -> Parent<'_> {
    world.registered(Registers::Due, "2026-12-13", Some("あお")).await
}

#[tokio::test]
async fn a_birth_is_received_neutrally_and_congratulated_once_after_the_yes() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = near_the_end(&world).await;
    world.until("2026-11-24 10:00").await;
    hana.says("生まれた").await.tells("お知らせ、ありがとうございます。").never_tells(CHEERS).offers_only(&[
        "誕生日をえらぶ",
        "つらいお知らせのとき",
        "もどる",
    ]);
    hana.picks("誕生日をえらぶ", "2026-11-23")
        .await
        .tells("誕生日：2026年11月23日（月）")
        .tells("生まれて2日目")
        .never_tells(CHEERS)
        .offers_only(&["はい", "なおす"]);
    hana.taps("はい")
        .await
        .tells_times(1, "おめでとうございます")
        .never_tells(&["ご出産", "おからだ"])
        .tells("あお、生まれて2日目です。")
        .offers("まちがえました");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    hana.waits_until("2026-11-25 12:00").await.tells("あお、生まれて3日目です。").never_tells(&["妊娠", "おめでとう"]);
    hana.waits_until("2026-11-26 12:00").await.tells("あお、生まれて4日目です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00", "11-26 08:00"]);
}

#[tokio::test]
async fn a_birth_reported_before_the_morning_brings_the_day_in_the_reply_and_no_push_that_day() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = near_the_end(&world).await;
    world.until("2026-11-24 06:30").await;
    hana.says("生まれました").await;
    hana.picks("誕生日をえらぶ", "2026-11-24").await.tells("生まれて1日目");
    hana.taps("はい").await.tells("あお、きょうが生まれた日です。");
    hana.waits_until("2026-11-24 23:00").await.silence();
    hana.waits_until("2026-11-25 12:00").await.tells("あお、生まれて2日目です。");
    hana.waits_until("2026-11-26 12:00").await.tells("あお、生まれて3日目です。");
    hana.was_pushed(&["11-23 08:00", "11-25 08:00", "11-26 08:00"]);
}

#[tokio::test]
async fn a_birth_date_can_be_typed_and_is_shown_before_it_is_used() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = near_the_end(&world).await;
    world.until("2026-11-24 10:00").await;
    hana.says("生まれました").await;
    hana.says("2026年12月1日").await.tells("きょうより先の日になっています").never_tells(CHEERS);
    hana.says("きのう生まれました").await.tells("2026年11月23日（月）").tells("生まれて2日目").never_tells(CHEERS);
    hana.says("なおす").await.offers("誕生日をえらぶ");
    hana.says("R8.11.22").await.tells("2026年11月22日（日）").tells("生まれて3日目");
    hana.says("はい").await.tells("おめでとうございます").tells("生まれて3日目です。");
    world.until("2026-11-26 12:00").await;
    hana.was_told("あお、生まれて5日目です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00", "11-26 08:00"]);
}

#[tokio::test]
async fn a_birth_reported_weeks_later_goes_on_with_the_day_it_is() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2026-11-20", None).await;
    world.until("2026-12-01 10:00").await;
    hana.says("生まれた").await;
    hana.picks("誕生日をえらぶ", "2026-11-25").await.tells("生まれて7日目");
    hana.taps("はい").await.tells("生まれて7日目です。").never_tells(&["生まれて1日目です"]);
    world.until("2026-12-03 12:00").await;
    let mornings: Vec<String> = (23..=30).map(|day| format!("11-{day} 08:00")).collect();
    let mut all: Vec<&str> = mornings.iter().map(String::as_str).collect();
    all.extend(["12-01 08:00", "12-02 08:00", "12-03 08:00"]);
    hana.was_pushed(&all);
}

#[tokio::test]
async fn a_birth_before_22_weeks_is_met_gently_and_nothing_changes_by_itself() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-05-01", None).await;
    hana.says("生まれた").await;
    hana.picks("誕生日をえらぶ", "2026-11-22").await.tells("いそぎません").never_tells(CHEERS).offers_only(&[
        "日づけをえらびなおす",
        "つらいお知らせのとき",
        "もどる",
        "相談できるところ",
    ]);
    hana.taps("相談できるところ").await.tells("こども家庭センター").never_tells(CHEERS);
    hana.taps("もどる").await.tells("なにも変えていません");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);

    let mio = world.registered(Registers::Due, "2027-05-01", None).await;
    mio.says("生まれた").await;
    mio.picks("誕生日をえらぶ", "2026-11-24").await;
    mio.taps("つらいお知らせのとき").await.tells("すべて止めます").never_tells(CHEERS);
    mio.taps("止める").await.tells("お届けを止めました。").never_tells(CHEERS);
    mio.waits_until("2026-11-26 12:00").await.silence();
    mio.was_pushed(&[]);
}

#[tokio::test]
async fn a_birth_report_can_be_left() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = near_the_end(&world).await;
    hana.says("生まれた").await;
    hana.taps("もどる").await.tells("なにも変えていません");
    hana.says("生まれた").await;
    hana.says("やめる").await.tells("なにも変えていません");
    world.until("2026-11-24 12:00").await;
    hana.was_told("きょうは妊娠37週2日です。");
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_birth_report_can_be_taken_back_for_a_week() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = near_the_end(&world).await;
    world.until("2026-11-23 10:00").await;
    hana.says("生まれた").await;
    hana.picks("誕生日をえらぶ", "2026-11-23").await;
    hana.taps("はい").await.offers("まちがえました");
    let undo = hana.button("まちがえました");
    world.until("2026-11-30 10:00").await;
    hana.posts_back(&undo).await.tells("取り消しました").never_tells(CHEERS);
    hana.waits_until("2026-12-01 12:00").await.tells("あお、きょうは妊娠38週2日です。").never_tells(&["新しい予定日"]);
    world.until("2026-12-02 12:00").await;
    let mornings: Vec<String> = (23..=30).map(|day| format!("11-{day} 08:00")).collect();
    let mut all: Vec<&str> = mornings.iter().map(String::as_str).collect();
    all.extend(["12-01 08:00", "12-02 08:00"]);
    hana.was_pushed(&all);

    hana.posts_back(&undo).await.tells("いま、取り消せるお知らせはありません");
    world.until("2026-12-03 12:00").await;
    hana.was_told("あお、きょうは妊娠38週4日です。");
}

#[tokio::test]
async fn after_a_week_the_button_to_take_it_back_does_nothing() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = near_the_end(&world).await;
    hana.says("生まれた").await;
    hana.picks("誕生日をえらぶ", "2026-11-22").await;
    hana.taps("はい").await;
    world.until("2026-11-30 10:00").await;
    hana.taps("まちがえました").await.tells("いま、取り消せるお知らせはありません").tells("「変更」");
    hana.waits_until("2026-12-01 12:00").await.tells("生まれて10日目です。");
    let mornings: Vec<String> = (23..=30).map(|day| format!("11-{day} 08:00")).collect();
    let mut all: Vec<&str> = mornings.iter().map(String::as_str).collect();
    all.push("12-01 08:00");
    hana.was_pushed(&all);
}

#[tokio::test]
async fn a_report_taken_back_by_a_typed_word_on_the_same_day_brings_no_second_push() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = near_the_end(&world).await;
    world.until("2026-11-23 07:00").await;
    hana.says("生まれた").await;
    hana.picks("誕生日をえらぶ", "2026-11-23").await;
    hana.taps("はい").await;
    hana.says("まちがえました").await.tells("取り消しました");
    hana.waits_until("2026-11-23 20:00").await.silence();
    world.until("2026-11-25 12:00").await;
    hana.was_told("あお、きょうは妊娠37週2日です。");
    hana.was_pushed(&["11-24 08:00", "11-25 08:00"]);
}
