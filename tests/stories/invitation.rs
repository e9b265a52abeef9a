//! 家族を招待: one code, one person, and from then on everybody reads with their own words.

use crate::support::{Heard, Parent, Registers, World};

const CHEERS: &[&str] = &["おめでとう", "！"];

/// 25 weeks 6 days on 2026-11-22, registered at nine.
pub async fn hana(world: &World) -> Parent<'_> {
    world.registered(Registers::Due, "2027-03-01", Some("あお")).await
}

/// Invites somebody, who joins as this.
pub async fn joined<'w>(world: &'w World, inviter: &Parent<'w>, role: &str) -> Parent<'w> {
    inviter.says("招待").await;
    let other = world.somebody();
    other.adds_the_account().await;
    joins(&other, &inviter.copied(), role).await;
    other
}

/// Sends a code and answers the card with this.
pub async fn joins(other: &Parent<'_>, code: &str, role: &str) -> Heard {
    other.says(code).await.offers("参加しない");
    other.taps(role).await
}

#[tokio::test]
async fn a_partner_joins_by_a_code_and_reads_today_in_the_same_reply() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.taps("家族を招待する").await.tells("3日間、1人だけ使えます。").offers_only(&[
        "LINEで送る",
        "コードをコピー",
        "参加している家族",
    ]);
    let code = hana.copied();
    assert!(hana.last_word().contains(&format!("招待コード　{code}")) && code.len() == 9, "{code}");

    let ren = world.somebody();
    ren.adds_the_account().await.offers("家族に招待された");
    ren.taps("家族に招待された").await.tells("招待コードを送ってください。");
    ren.says(&code.to_lowercase().replace('-', ""))
        .await
        .tells("妊娠25週6日のお子さんのご家族ですね。")
        .never_tells(&["あお、"]);
    ren.taps("お父さん・パートナー")
        .await
        .tells("ご参加ありがとうございます。")
        .tells("あお、きょうは妊娠25週6日です。")
        .never_tells(CHEERS);
    hana.waits_until("2026-11-23 12:00").await.tells_times(1, "ご家族が、加わりました。");
    hana.waits_until("2026-11-24 12:00").await.never_tells(&["加わりました"]);
    ren.was_told("あお、きょうは妊娠26週1日です。");
    for parent in [&hana, &ren] {
        parent.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    }
}

#[tokio::test]
async fn the_address_that_sends_the_invitation_holds_its_words_and_the_way_to_the_account() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let card = hana.says("家族を招待").await;
    let uri = card.messages[0].to_string();
    let at = uri.find("https://line.me/R/share?text=").unwrap();
    let uri: String = uri[at..].chars().take_while(|letter| *letter != '"').collect();
    assert!(uri.len() <= 1_000 && uri.is_ascii() && !uri.contains(' '), "{uri}");
    assert!(uri.contains(&hana.copied()) && uri.contains("%2Fti%2Fp%2F%2540aoba"), "{uri}");
    world.line_refused_nothing();
}

#[tokio::test]
async fn a_code_is_used_once_and_for_three_days() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    let used = hana.copied();
    let late = world.somebody();
    late.adds_the_account().await;
    late.says(&used).await.tells("そのコードは使えませんでした");
    ren.says(&used).await.tells("そのコードは使えませんでした");

    hana.says("招待").await;
    let code = hana.copied();
    assert_ne!(code, used);
    hana.says(&code).await.tells("それは、あなたが出したコードです");
    ren.says(&code).await.tells("もう、このご家族のお届けに参加しています。");
    world.until("2026-11-25 09:00").await;
    late.says(&code).await.tells("そのコードは使えませんでした");
    late.was_pushed(&[]);
    ren.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn a_card_that_is_answered_after_its_code_has_ended_joins_nobody() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("招待").await;
    let code = hana.copied();
    world.until("2026-11-25 08:30").await;
    let ren = world.somebody();
    ren.adds_the_account().await;
    ren.says(&code).await.offers("お父さん・パートナー");
    world.until("2026-11-25 09:30").await;
    ren.taps("お父さん・パートナー").await.tells("そのコードは使えませんでした");
    world.until("2026-11-27 12:00").await;
    ren.was_pushed(&[]);
}

#[tokio::test]
async fn five_wrong_codes_rest_for_an_hour_even_for_a_right_one() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("招待").await;
    let code = hana.copied();
    let ren = world.somebody();
    ren.adds_the_account().await;
    ren.taps("家族に招待された").await;
    ren.says("わかりません").await.tells("コードとして読めませんでした");
    for wrong in ["2222-2222", "3333-3333", "4444-4444", "5555-5555", "6666-6666"] {
        ren.says(wrong).await.tells("そのコードは使えませんでした").tells("招待コードを送ってください。");
    }
    ren.says(&code).await.tells("1時間ほどおいてから").never_tells(&["ご家族ですね"]);
    world.until("2026-11-22 10:00").await;
    joins(&ren, &code, "おじいさん・おばあさん").await.tells("ご参加ありがとうございます。");
    world.until("2026-11-24 12:00").await;
    ren.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn somebody_who_follows_another_family_reads_both_in_one_push() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let sister = world.registered(Registers::Born, "2026-11-20", Some("はる")).await;
    hana.says("招待").await;
    joins(&sister, &hana.copied(), "そのほか・答えない").await.tells("妊娠25週6日").tells("生まれて3日目");
    sister
        .waits_until("2026-11-23 12:00")
        .await
        .tells("あお、きょうから妊娠26週です。")
        .tells("はる、生まれて4日目です。");
    // Who was invited invites nobody to that family, and changes none of its dates.
    sister.says("変更").await.offers("誕生日をなおす").never_tells(&["予定日をなおす"]);
    world.until("2026-11-24 12:00").await;
    sister.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_mother_reports_the_birth_for_everybody_and_a_loss_too() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2026-12-13", Some("あお")).await;
    let grandmother = joined(&world, &hana, "おじいさん・おばあさん").await;
    grandmother.says("生まれました").await.tells("だけが変えられます");
    grandmother.says("招待").await.tells("招待ができるのは");
    world.until("2026-11-23 10:00").await;
    hana.says("生まれました").await;
    hana.picks("誕生日をえらぶ", "2026-11-23").await;
    hana.taps("はい").await;
    grandmother.waits_until("2026-11-24 12:00").await.tells("ご家族からお知らせがありました").tells("生まれて2日目");
    hana.says("死産しました").await.tells("お届けを止めました。");
    grandmother.waits_until("2026-11-26 12:00").await.silence();
    grandmother.says("招待コード").await;
    hana.says("招待").await.tells("お届けは、止まっています").never_tells(&["招待コード"]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    grandmother.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn whoever_says_stop_after_the_others_told_a_loss_stays_stopped_when_it_is_taken_back() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    let grandmother = joined(&world, &hana, "おじいさん・おばあさん").await;
    hana.says("流産しました").await.tells("お届けを止めました。");
    for other in [&ren, &grandmother] {
        other.says("停止").await.tells("お届けは、止まっています");
    }
    // It is not hers to take back, and her own stop alone brings nothing.
    grandmother.says("もどす").await.tells("お届けは、止まっています");
    hana.says("もどす").await.tells("もとにもどしました");
    world.until("2026-11-23 12:00").await;
    hana.was_pushed(&["11-23 08:00"]);
    ren.was_pushed(&[]);
    grandmother.was_pushed(&[]);
    ren.says("もどす").await.tells("もとにもどしました");
    world.until("2026-11-24 12:00").await;
    ren.was_pushed(&["11-24 08:00"]);
}

#[tokio::test]
async fn a_grandmothers_own_stop_and_pause_are_hers_alone() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let grandmother = joined(&world, &hana, "おじいさん・おばあさん").await;
    grandmother.says("流産しました").await.tells("お届けを止めました。");
    hana.waits_until("2026-11-23 12:00").await.tells("妊娠26週");
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    ren.says("やすむ").await;
    ren.taps("1週間やすむ").await;
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    grandmother.was_pushed(&[]);
    ren.was_pushed(&[]);
}

#[tokio::test]
async fn an_invitation_can_be_declined_and_taken_up_later() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("招待").await;
    let code = hana.copied();
    let ren = world.somebody();
    ren.adds_the_account().await;
    joins(&ren, &code, "参加しない").await.tells("わかりました。参加していません。");
    ren.waits_until("2026-11-23 12:00").await.silence();
    joins(&ren, &code, "お父さん・パートナー").await.tells("妊娠26週");
    world.until("2026-11-25 12:00").await;
    ren.was_pushed(&["11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn a_code_sent_while_registering_is_understood() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("招待").await;
    let code = hana.copied();
    let ren = world.somebody();
    ren.adds_the_account().await;
    ren.taps("同意して登録する").await;
    joins(&ren, &format!("「{code}」"), "お父さん・パートナー").await.tells("ご参加ありがとうございます。");
    let never_added = world.somebody();
    hana.says("招待").await;
    joins(&never_added, &hana.copied(), "そのほか・答えない").await.tells("ご参加ありがとうございます。");
    world.until("2026-11-24 12:00").await;
    ren.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    never_added.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn whoever_stopped_plainly_and_is_invited_once_more_reads_again() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let grandmother = joined(&world, &hana, "おじいさん・おばあさん").await;
    grandmother.waits_until("2026-11-23 12:00").await.tells("妊娠26週");
    grandmother.says("停止").await.tells("止めました");
    grandmother.waits_until("2026-11-24 12:00").await.silence();
    hana.says("招待").await;
    joins(&grandmother, &hana.copied(), "おじいさん・おばあさん")
        .await
        .tells("ご参加ありがとうございます。")
        .tells("妊娠26週1日");
    world.until("2026-11-26 12:00").await;
    grandmother.was_pushed(&["11-23 08:00", "11-25 08:00", "11-26 08:00"]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00", "11-26 08:00"]);
}

#[tokio::test]
async fn an_invitation_lifts_no_loss_that_was_reported() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let grandmother = joined(&world, &hana, "おじいさん・おばあさん").await;
    grandmother.says("流産しました").await.tells("お届けを止めました。");
    hana.says("招待").await;
    grandmother.says(&hana.copied()).await.tells("お届けは、止まっています。").never_tells(&["参加しています", "妊娠"]);
    world.until("2026-11-24 12:00").await;
    grandmother.was_pushed(&[]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
