//! Born before 37 weeks: the days by the birth date, the development by the date the family chooses.

use crate::support::{Parent, Registers, World};

/// 30 weeks 0 days on 25 November.
async fn born_early<'w>(world: &'w World, answer: &str) -> Parent<'w> {
    born(world, ("2027-02-03", "2026-11-25"), answer).await
}

async fn born<'w>(world: &'w World, (due, day): (&str, &str), answer: &str) -> Parent<'w> {
    let hana = world.registered(Registers::Due, due, Some("あお")).await;
    world.until(&format!("{day} 10:00")).await;
    hana.says("生まれた").await;
    hana.picks("誕生日をえらぶ", day).await.tells("生まれて1日目");
    hana.taps("はい")
        .await
        .tells_times(1, "おめでとうございます")
        .tells("あお、きょうが生まれた日です。")
        .tells("修正月齢")
        .tells("健診や予防接種、手当のご案内は、誕生日のままです")
        .never_tells(&["小さく", "体重", "早産", "グラム", "低体重"])
        .offers("予定日から数える")
        .offers("誕生日から数える")
        .offers("あとで決める");
    hana.says(answer).await;
    hana
}

#[tokio::test]
async fn the_choice_is_asked_once_kept_and_can_be_changed() {
    let world = World::at("2026-11-24 09:00").await;
    let hana = born_early(&world, "予定日から数える").await;
    hana.was_told("からだや発達の話は、予定日から数えてお届けします。");
    hana.waits_until("2026-11-26 12:00").await.tells("あお、生まれて2日目です。").never_tells(&["修正月齢"]);
    hana.says("変更").await.tells("からだや発達の話は、予定日から数えています。").offers("修正月齢をえらぶ");
    hana.taps("修正月齢をえらぶ").await.tells("誕生日のままです");
    hana.taps("誕生日から数える").await.tells("誕生日から数えてお届けします");
    hana.says("変更").await.never_tells(&["予定日から数えています"]);
    hana.says("修正月齢").await;
    hana.says("あとで決める").await.tells("「修正月齢」と送ってください");
    hana.waits_until("2026-11-27 12:00").await.tells("あお、生まれて3日目です。");
    hana.was_pushed(&["11-25 08:00", "11-26 08:00", "11-27 08:00"]);
}

#[tokio::test]
async fn on_the_first_birthday_development_waits_for_the_due_date_and_vaccines_do_not() {
    const DEVELOPMENT: &str = "つかまって立つ子、はって追いかける子";
    for (answer, by_birth) in [("予定日から数える", false), ("あとで決める", true)] {
        let world = World::at("2026-03-24 09:00").await;
        let hana = born(&world, ("2026-06-03", "2026-03-25"), answer).await;
        world.until("2027-03-24 12:00").await;
        let birthday = hana.waits_until("2027-03-25 12:00").await;
        assert_eq!(birthday.all().contains(DEVELOPMENT), by_birth, "{answer}: {}", birthday.all());
        birthday.tells("あお、きょうは1歳のお誕生日です。").tells("一歳から受けられる予防接種");
        hana.waits_until("2027-04-01 12:00").await.tells("あお、生まれて373日目です。");
        world.line_refused_nothing();
        assert_eq!(hana.push_times()[hana.pushes().len() - 2..], ["03-25 08:00", "04-01 08:00"]);
    }
}

#[tokio::test]
async fn a_report_taken_back_leaves_nothing_of_the_question() {
    let world = World::at("2026-11-24 09:00").await;
    let hana = born_early(&world, "まちがえました").await;
    hana.was_told("取り消しました");
    hana.says("修正月齢").await.tells("妊娠37週より前に生まれたお子さんのときに");
    hana.waits_until("2026-11-27 12:00").await.tells("あお、きょうは妊娠30週2日です。");
    hana.was_pushed(&["11-25 08:00", "11-26 08:00", "11-27 08:00"]);
}

#[tokio::test]
async fn a_birth_at_37_weeks_and_a_child_registered_after_its_birth_are_asked_nothing() {
    let world = World::at("2026-11-24 09:00").await;
    let hana = world.registered(Registers::Due, "2026-12-16", None).await;
    world.until("2026-11-25 10:00").await;
    hana.says("生まれた").await;
    hana.picks("誕生日をえらぶ", "2026-11-25").await;
    hana.taps("はい").await.tells("きょうが、生まれた日です。").never_tells(&["修正月齢", "予定日から"]);
    let mio = world.registered(Registers::Born, "2026-11-01", None).await;
    mio.was_never_told("修正月齢");
    world.until("2026-11-27 12:00").await;
    hana.was_pushed(&["11-25 08:00", "11-26 08:00", "11-27 08:00"]);
    mio.was_pushed(&["11-26 08:00", "11-27 08:00"]);
}
