//! 機種変更: a code of ten minutes moves everything to another LINE account.

use crate::invitation::{hana, joined};
use crate::support::{Heard, Parent, World};

/// The code for a new phone, and somebody new who sends it.
async fn moves<'w>(world: &'w World, old: &Parent<'w>) -> Parent<'w> {
    old.says("機種変更").await.tells("10分間、1回だけ使えます。").offers_only(&["コードをコピー"]);
    let new = world.somebody();
    new.adds_the_account().await.offers("引っ越しコードを入れる");
    new.taps("引っ越しコードを入れる").await.tells("引っ越しコードを送ってください。");
    new
}

/// Sends the code and says yes.
async fn arrives(new: &Parent<'_>, code: &str) -> Heard {
    new.says(code)
        .await
        .tells("このLINEに移しますか。前のLINEへのお届けは、なくなります。")
        .offers_only(&["移す", "もどる"]);
    new.taps("移す").await
}

#[tokio::test]
async fn everything_moves_to_the_new_phone_and_todays_message_is_not_sent_twice() {
    let world = World::at("2026-11-22 07:30").await;
    let hana = hana(&world).await;
    hana.says("時刻").await;
    hana.taps("夜8時ごろ").await;
    let ren = joined(&world, &hana, "お父さん・パートナー").await;
    world.until("2026-11-23 20:30").await;
    let new = moves(&world, &hana).await;
    // Today's was pushed to the old phone: it is read again in the reply.
    arrives(&new, &hana.copied())
        .await
        .tells("登録の内容を、このLINEに移しました。")
        .tells("あお、きょうから妊娠26週です。");
    hana.says("変更").await.tells("いま、登録はありません").never_tells(&["あお"]);
    new.says("変更").await.tells("あお").tells("夜8時ごろ").offers("予定日をなおす");
    new.waits_until("2026-11-24 21:00").await.tells("あお、きょうは妊娠26週1日です。");
    new.says("参加している家族").await.offers("1 お父さん・パートナー（11月22日から）");
    world.until("2026-11-25 21:00").await;
    hana.was_pushed(&["11-23 20:00"]);
    new.was_pushed(&["11-24 20:00", "11-25 20:00"]);
    ren.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn before_the_morning_the_day_comes_in_the_reply_and_no_push_follows() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    world.until("2026-11-23 07:00").await;
    let new = moves(&world, &hana).await;
    arrives(&new, &hana.copied()).await.tells("妊娠26週");
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&[]);
    new.was_pushed(&["11-24 08:00", "11-25 08:00"]);
}

#[tokio::test]
async fn a_code_for_a_new_phone_ends_after_ten_minutes_with_the_next_one_and_with_its_use() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let new = moves(&world, &hana).await;
    let first = hana.copied();
    hana.says(&first).await.tells("それは、あなたが出したコードです");
    hana.says("引っ越しコード").await;
    let second = hana.copied();
    new.says(&first).await.tells("そのコードは使えませんでした");
    world.until("2026-11-22 09:10").await;
    new.says(&second).await.tells("そのコードは使えませんでした");
    hana.says("機種変更").await;
    let third = hana.copied();
    arrives(&new, &third).await.tells("移しました");
    let other = world.somebody();
    other.adds_the_account().await;
    other.says(&third).await.tells("そのコードは使えませんでした");
    world.until("2026-11-24 12:00").await;
    new.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    hana.was_pushed(&[]);
    other.was_pushed(&[]);
}

#[tokio::test]
async fn what_stands_still_moves_and_stays_still() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("流産しました").await;
    let new = moves(&world, &hana).await;
    arrives(&new, &hana.copied()).await.tells("移しました").never_tells(&["あお", "妊娠"]);
    new.says("変更").await.tells("お届けは、止まっています");
    new.waits_until("2026-11-24 12:00").await.silence();
    // The way back is the family's still.
    new.says("もどす").await.tells("もとにもどしました");
    new.waits_until("2026-11-25 12:00").await.tells("妊娠26週2日");
    new.was_pushed(&["11-25 08:00"]);
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn nothing_moves_before_the_yes_even_where_an_invitation_was_asked_for() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("機種変更").await;
    let ren = world.somebody();
    ren.adds_the_account().await;
    ren.taps("家族に招待された").await.tells("招待コードを送ってください。");
    ren.says(&hana.copied()).await.offers_only(&["移す", "もどる"]).never_tells(&["あお", "妊娠"]);
    ren.taps("もどる").await.tells("なにも変えていません");
    ren.says(&hana.copied()).await.offers("移す");
    world.until("2026-11-22 09:10").await;
    ren.taps("移す").await.tells("そのコードは使えませんでした").tells("前の電話で、もういちど「機種変更」");
    hana.says("変更").await.tells("あお");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    ren.was_pushed(&[]);
}

#[tokio::test]
async fn who_followed_on_the_new_phone_already_has_the_rights_of_the_old_one_after_it() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("続柄").await;
    hana.taps("お母さん・妊婦さん").await;
    let new = joined(&world, &hana, "そのほか・答えない").await;
    let ren = joined(&world, &hana, "おじいさん・おばあさん").await;
    world.until("2026-11-23 10:00").await;
    hana.says("機種変更").await;
    arrives(&new, &hana.copied()).await.tells("移しました").tells("妊娠26週");
    ren.says("続柄").await;
    ren.taps("お父さん・パートナー").await.tells("もういちど招待してもらってください");
    new.says("予定日をなおす").await.tells("新しい予定日");
    new.taps("もどる").await;
    new.says("参加している家族").await.offers("1 おじいさん・おばあさん（11月22日から）");
    new.taps("もどる").await;
    // She registered the child: nobody removes her.
    new.says("招待").await;
    crate::invitation::joins(&ren, &new.copied(), "お父さん・パートナー").await;
    ren.says("参加している家族").await.tells("お母さん・妊婦さん（11月22日から）").offers_only(&["家族を招待"]);
    world.until("2026-11-25 12:00").await;
    hana.was_pushed(&["11-23 08:00"]);
    for parent in [&new, &ren] {
        parent.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
    }
}

#[tokio::test]
async fn a_loss_that_was_reported_on_the_old_phone_holds_on_the_new_one_that_followed_already() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let grandmother = joined(&world, &hana, "おじいさん・おばあさん").await;
    let new = joined(&world, &hana, "そのほか・答えない").await;
    grandmother.says("流産しました").await.tells("お届けを止めました。");
    grandmother.says("機種変更").await;
    arrives(&new, &grandmother.copied()).await.tells("移しました").never_tells(&["あお", "妊娠"]);
    new.says("変更").await.tells("お届けは、止まっています");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    grandmother.was_pushed(&[]);
    new.was_pushed(&[]);
}

#[tokio::test]
async fn a_grandmother_who_moves_reads_today_on_her_new_phone_too() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let grandmother = joined(&world, &hana, "おじいさん・おばあさん").await;
    world.until("2026-11-23 10:00").await;
    let new = moves(&world, &grandmother).await;
    arrives(&new, &grandmother.copied()).await.tells("移しました").tells("妊娠26週");
    world.until("2026-11-25 12:00").await;
    grandmother.was_pushed(&["11-23 08:00"]);
    new.was_pushed(&["11-24 08:00", "11-25 08:00"]);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00", "11-25 08:00"]);
}
