//! Every mistake on the way to a registration: what is said, and that the way goes on.

use crate::support::{Parent, World};

async fn asked_for_a_date(world: &World) -> Parent<'_> {
    let parent = world.somebody();
    parent.adds_the_account().await;
    parent.taps("同意して登録する").await;
    parent
}

async fn goes_on(parent: &Parent<'_>) {
    parent.says("2027/3/1").await.tells("（2/3）");
    parent.taps("つけない").await;
    parent.taps("登録する").await.tells("きょうは妊娠25週6日です。");
}

#[tokio::test]
async fn a_date_that_cannot_be_is_refused_with_its_reason_and_the_question_stays() {
    let world = World::at("2026-11-22 09:00").await;
    let mut parents = Vec::new();
    for (typed, why) in [
        ("誕生日は2027年3月1日", "誕生日が、きょうより先の日になっています。"),
        ("2027年8月30日", "妊娠の前になってしまいます"),
        ("誕生日は2023年11月21日", "3歳のお誕生日まで"),
        ("誕生日は2023年11月22日", "3歳のお誕生日、おめでとうございます。"),
        ("1900年1月1日", "3歳のお誕生日まで"),
        ("２０２５年２月２９日", "その日はこよみにありません"),
        ("令和7年2月30日", "その日はこよみにありません"),
        ("2025/13/01", "その日はこよみにありません"),
        ("昭和65年1月1日", "その元号には、その年がありません"),
        ("さくらのころ", "日づけとして読めませんでした"),
        ("👶", "日づけとして読めませんでした"),
    ] {
        let parent = asked_for_a_date(&world).await;
        parent.says(typed).await.tells(why).tells("（1/3）").offers("出産予定日をえらぶ");
        goes_on(&parent).await;
        parents.push(parent);
    }
    world.until("2026-11-24 12:00").await;
    for parent in parents {
        parent.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    }
}

#[tokio::test]
async fn without_going_on_a_mistake_ends_in_silence() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = asked_for_a_date(&world).await;
    hana.says("2027年8月30日").await.tells("妊娠の前");
    hana.waits_until("2026-11-24 12:00").await.silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn whoever_is_past_three_is_shown_the_page_of_the_town() {
    let world = World::at("2026-11-22 09:00").await;
    for typed in ["誕生日は2023年11月21日", "誕生日は2023年11月22日"] {
        let parent = asked_for_a_date(&world).await;
        parent.says(typed).await.offers("子育てのページ");
        parent.taps("子育てのページ").await;
        assert_eq!(parent.user.opened(), ["https://aoba.example.jp/kosodate"]);
        parent.waits_until(&format!("2026-11-2{} 12:00", if typed.ends_with("21日") { 4 } else { 6 })).await.silence();
        parent.was_pushed(&[]);
    }
}

#[tokio::test]
async fn a_second_answer_that_cannot_be_read_is_met_with_a_telephone_number() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = asked_for_a_date(&world).await;
    hana.says("らいねんのはる").await.tells("日づけとして読めませんでした").offers("出産予定日をえらぶ");
    hana.says("はるです").await.tells("うまく受け取れず、すみません。").tells("000-000-0000").offers("電話する");
    hana.taps("電話する").await;
    assert_eq!(hana.user.opened(), ["tel:0000000000"]);
    goes_on(&hana).await;
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn an_answer_that_is_none_is_asked_again_and_then_helped_and_the_buttons_stay() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = asked_for_a_date(&world).await;
    hana.says("2027/3/1").await;
    hana.taps("つけない").await;
    hana.says("うーん").await.tells("番号（1、2…）").tells("（3/3）").offers_only(&["登録する", "なおす"]);
    hana.says("えーと").await.tells("うまく受け取れず、すみません。").tells("000-000-0000").offers("登録する");
    hana.taps("登録する").await.tells("登録しました。");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn an_era_that_had_ended_is_named_rightly_and_asked() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = asked_for_a_date(&world).await;
    hana.says("平成39年3月1日").await.tells("その元号には、その年がありません");
    hana.says("平成31年5月1日").await.tells("令和元年5月1日");
    hana.taps("なおす").await.tells("（1/3）");
    goes_on(&hana).await;
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn two_weeks_after_the_due_date_it_is_asked_and_never_assumed() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = asked_for_a_date(&world).await;
    hana.says("予定日は2026年11月8日").await.tells("2週間がすぎています").never_tells(&["おめでとう"]).offers_only(&[
        "誕生日をえらぶ",
        "まだ生まれていない",
        "お届けは必要ない",
    ]);
    hana.picks("誕生日をえらぶ", "2026-11-10").await.tells("（2/3）");
    hana.taps("つけない").await.tells("誕生日：2026年11月10日（火）");
    hana.taps("登録する").await.tells("生まれて13日目です。");

    let mio = asked_for_a_date(&world).await;
    mio.says("予定日は2026年11月8日").await;
    mio.taps("まだ生まれていない").await.tells("かかりつけの産院").never_tells(&["おめでとう"]).offers_only(&[]);

    let aki = asked_for_a_date(&world).await;
    aki.says("予定日は2026年11月8日").await;
    aki.taps("お届けは必要ない").await.tells("お届けはしません").never_tells(&["赤ちゃん"]).offers_only(&[]);

    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    mio.was_pushed(&[]);
    aki.was_pushed(&[]);
}
