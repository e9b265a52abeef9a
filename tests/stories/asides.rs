//! Everything that is no answer: help, worries, cries for help, stickers, pictures, thanks.

use crate::support::{Parent, Registers, World};

async fn family(world: &World) -> Parent<'_> {
    world.registered(Registers::Due, "2027-03-01", Some("あお")).await
}

#[tokio::test]
async fn help_names_what_can_be_done_and_its_buttons_lead_there() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = family(&world).await;
    for word in ["ヘルプ", "help", "？", "メニュー"] {
        hana.says(word).await.in_bubbles(1).tells("できること").offers_only(&[
            "きょうのメッセージ",
            "変更",
            "相談できるところ",
            "電話する",
        ]);
    }
    hana.taps("変更").await.tells("出産予定日：2027年3月1日（月）");
    hana.taps("相談できるところ").await.tells("こども家庭センター").tells("#8000").offers("いそぐとき・つらいとき");
    hana.taps("いそぐとき・つらいとき").await.tells("119").tells("189").tells("0120-279-338");
    hana.taps("きょうのメッセージ").await.tells("妊娠25週6日");

    let mio = world.somebody();
    mio.adds_the_account().await;
    mio.taps("いまは登録しない").await;
    mio.says("ヘルプ").await.tells("・登録：").offers_only(&["登録する", "相談できるところ", "電話する"]);
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    mio.was_pushed(&[]);
}

#[tokio::test]
async fn a_worry_is_told_that_nobody_reads_here_and_whom_to_call_and_then_shortly() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = family(&world).await;
    hana.says("夜泣きはいつまで続きますか")
        .await
        .in_bubbles(2)
        .tells("職員は読んでいません")
        .tells("こども家庭センター")
        .offers("いそぐとき・つらいとき");
    hana.says("どうしたらいいですか").await.in_bubbles(1).tells("相談先は、上のカードのとおりです");
    world.until("2026-11-22 09:10").await;
    hana.says("まだ泣いています").await.in_bubbles(2);
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn stickers_and_thanks_are_answered_once_a_day() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = family(&world).await;
    hana.sends_a_sticker().await.in_bubbles(1).tells("スタンプ、ありがとうございます。");
    hana.sends_a_sticker().await.silence();
    hana.says("ありがとう").await.in_bubbles(1).tells("こちらこそ");
    hana.says("ありがとうございます").await.silence();
    world.until("2026-11-23 00:00").await;
    hana.sends_a_sticker().await.in_bubbles(1);
    hana.sends_a_sticker().await.silence();
    hana.says("おはよう").await.in_bubbles(1);
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn pictures_and_places_are_not_seen_and_never_fetched() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = family(&world).await;
    hana.sends_a_picture().await.tells("見ることができません").tells("保存もしていません").offers_only(&["電話する"]);
    assert_eq!(hana.user.sends_location().await, 200);
    world.settle().await;
    world.until("2026-11-24 12:00").await;
    assert!(world.line.ledger().iter().all(|entry| !entry.endpoint.contains("content")));
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn in_a_question_stickers_and_pictures_ask_it_again_and_keep_it() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.sends_a_sticker().await.tells("（1/3）");
    hana.sends_a_picture().await.tells("見ることができません").tells("（1/3）");
    hana.picks("出産予定日をえらぶ", "2027-03-01").await;
    hana.sends_a_sticker().await.tells("（2/3）");
    hana.taps("つけない").await;
    hana.taps("登録する").await;
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_cry_for_help_is_answered_first_whatever_else_is_going_on() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = family(&world).await;
    for (text, words, number) in [
        ("もう死にたいです", "ことばにしてくださって", "0120-279-338"),
        ("消えてしまいたい", "とてもつらいのですね", "119"),
        ("子どもを叩いてしまいました", "追いつめられていたのですね", "189"),
        ("夫に殴られています", "あなたが悪いのではありません", "0120-279-889"),
        ("赤ちゃんが息をしていません", "この画面を待たずに", "119"),
        ("妊娠中なのに出血があります", "かかりつけの産院", "#7119"),
        ("思いがけない妊娠でこまっています", "ひとりで決めなくて", "000-000-0001"),
        ("もう限界です。涙が出ます", "がまんしなくて、だいじょうぶです", "000-000-0000"),
    ] {
        hana.says(text).await.in_bubbles(2).tells(words).tells(number);
    }
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_cry_for_help_in_a_registration_keeps_the_question_and_leads_back_to_it() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.says("もう死にたい").await.tells("ことばにしてくださって").offers("登録の続き");
    assert_eq!(hana.user.quick_labels(), ["登録の続き"]);
    hana.taps("登録の続き").await.tells("（1/3）");
    hana.says("2027/3/1").await.tells("（2/3）");
    hana.says("しにたい").await.tells("ことばにしてくださって").never_tells(&["（3/3）"]);
    hana.says("続き").await.tells("（2/3）");
    hana.says("あお").await.tells("よび名：あお");
    hana.taps("登録する").await;
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn what_is_taken_back_is_met_with_silence() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = family(&world).await;
    hana.says("まちがえて送りました、すみません").await;
    let seen = hana.user.chat().len();
    assert_eq!(hana.user.unsends_last().await, 200);
    world.settle().await;
    assert_eq!(hana.user.chat().len(), seen);
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
