//! LINE on a PC shows no quick replies and no pickers: everything can be typed.

use crate::support::World;

#[tokio::test]
async fn a_whole_registration_is_typed() {
    let world = World::at("2026-11-22 09:00").await;
    let grandfather = world.somebody();
    grandfather.adds_the_account().await;
    grandfather.says("同意する").await.tells("（1/3）");
    grandfather.says("令和９年３月１日").await.tells("（2/3）");
    grandfather.says("あおちゃん").await.tells("（3/3）");
    grandfather.says("はい").await.tells("あおちゃん、きょうは妊娠25週6日です。");
    assert_eq!(grandfather.inputs(), 4);
    world.until("2026-11-24 12:00").await;
    grandfather.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_whole_registration_is_typed_in_numbers() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.says("１").await.tells("（1/3）");
    hana.says("2").await.tells("お子さんの誕生日を");
    hana.says("２０２６／１１／１").await.tells("（2/3）");
    hana.says("つけない").await.tells("（3/3）");
    hana.says("②").await.tells("どこをなおしますか。");
    hana.says("4").await.tells("（3/3）");
    hana.says("1").await.tells("生まれて22日目です。");
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn every_label_that_is_shown_can_be_typed_instead() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    for (text, answer) in [
        ("いまは登録しない", "「登録」と送ってください"),
        ("登録する", "うかがうのは"),
        ("同意して登録する", "（1/3）"),
        ("予定日がまだわからない", "だいじょうぶです"),
        ("もどる", "（1/3）"),
        ("予定日がまだわからない", "だいじょうぶです"),
        ("いまの週数から計算する", "「8週3日」"),
        ("妊娠25週6日", "（2/3）"),
        ("もどる", "（1/3）"),
        ("出産予定日をえらぶ", "出産予定日を、「2027年3月1日」"),
        ("2027/3/1", "（2/3）"),
        ("つけない", "よび名：なし"),
        ("なおす", "どこをなおしますか。"),
        ("よび名", "（2/3）"),
        ("あお", "よび名：あお"),
        ("なおす", "どこをなおしますか。"),
        ("予定日・誕生日", "（1/3）"),
        ("2027年3月1日", "（3/3）"),
        ("登録する", "登録しました。"),
        ("きょうのメッセージ", "あお、きょうは妊娠25週6日です。"),
        ("変更", "出産予定日：2027年3月1日"),
        ("予定日をなおす", "新しい予定日"),
        ("もどる", "なにも変えていません"),
        ("よび名をなおす", "あおの新しいよび名"),
        ("よび名をなくす", "よび名なし"),
        ("やすむ・停止", "お届けを、どうしますか"),
        ("1か月やすむ", "12月22日（火）まで"),
        ("お届けを再開する", "お届けを再開しました"),
        ("やすむ", "お届けを、どうしますか"),
        ("停止する", "お届けを止めました"),
        ("まちがえた（もどす）", "もとにもどしました"),
        ("ヘルプ", "できること"),
        ("相談できるところ", "こども家庭センター"),
        ("いそぐとき・つらいとき", "119"),
        ("生まれました", "お知らせ、ありがとうございます"),
        ("誕生日をえらぶ", "「2026年8月14日」"),
        ("きょう", "生まれて1日目"),
        ("はい", "おめでとうございます"),
        ("まちがえました", "取り消しました"),
        ("つらいお知らせのとき", "すべて止めます"),
        ("もどる", "「相談」"),
    ] {
        hana.says(text).await.tells(answer);
    }
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
