//! Sad news: everything stops at once, and from then on nothing cheerful is said, whatever is sent.

use crate::support::{Heard, Parent, Registers, World};

/// What nobody who lost a child should read from us again.
const CHEER: &[&str] = &[
    "おめでとう",
    "お祝い",
    "もうすぐ",
    "楽しみ",
    "お待ち",
    "赤ちゃんの日数",
    "お子さんの日数",
    "きょうは妊娠",
    "きょうから妊娠",
    "生まれて",
    "日目",
    "ひなた",
    "育って",
    "会え",
    "すくすく",
    "成長",
    "元気",
    "いつも読んで",
    "3歳",
    "お誕生日",
    "予定日",
    "誕生日",
    "登録したくなったら",
];

/// Numbers that nobody who lost a child should be given, as long as we know of it.
const CHILDREN: &[&str] = &["こども医療", "にんしん", "児童"];

async fn expecting(world: &World) -> Parent<'_> {
    world.registered(Registers::Due, "2027-03-01", Some("ひなた")).await
}

/// Everything a person may send, in no particular order of kindness.
const ANYTHING: &[&str] = &[
    "きょうのメッセージ",
    "ヘルプ",
    "変更",
    "生まれた",
    "やすむ",
    "ありがとう",
    "こんにちは",
    "おはよう",
    "停止",
    "やめる",
    "流産しました",
    "予定日をなおす",
    "よび名をなおす",
    "誕生日をなおす",
    "なにか書く",
    "まだです",
    "個人情報",
    "相談",
    "いそぐとき",
    "もどる",
    "キャンセル",
    "2027/3/1",
    "1",
    "はい",
    "いいえ",
    "😭",
    "つらいお知らせ",
];

async fn sends_everything(parent: &Parent<'_>) {
    for heard in everything(parent).await {
        heard.never_tells(CHEER).never_tells(CHILDREN);
    }
}

async fn everything(parent: &Parent<'_>) -> Vec<Heard> {
    let mut heard = Vec::new();
    for text in ANYTHING {
        heard.push(parent.says(text).await);
    }
    heard.push(parent.sends_a_sticker().await);
    heard.push(parent.sends_a_picture().await);
    heard
}

fn quiet(heard: Heard) -> Heard {
    heard.never_tells(CHEER)
}

#[tokio::test]
async fn sad_news_typed_as_the_whole_message_stops_everything_at_once_and_for_good() {
    for word in ["流産しました", "流産", "死産しました。", "お別れしました"] {
        let world = World::at("2026-11-22 09:00").await;
        let hana = expecting(&world).await;
        world.until("2026-11-24 07:59").await;
        quiet(hana.says(word).await)
            .tells("お届けを止めました。")
            .tells("これから先、こちらからお送りすることはありません。")
            .tells("こども家庭センター")
            .tells("000-000-0002")
            .offers("もどす");
        quiet(hana.says("続き").await);
        sends_everything(&hana).await;
        hana.sends_a_sticker().await.silence();
        quiet(hana.waits_until("2026-12-21 12:00").await).silence();
        sends_everything(&hana).await;
        // After thirty days we know nothing of her any more: what is said to everybody must not hurt.
        quiet(hana.waits_until("2027-01-04 12:00").await).silence();
        everything(&hana).await.into_iter().for_each(|heard| drop(quiet(heard)));
        hana.was_pushed(&["11-23 08:00"]);
    }
}

#[tokio::test]
async fn sad_news_after_a_plain_stop_is_one_tap_and_changes_the_tone_for_good() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting(&world).await;
    hana.says("停止").await.offers("赤ちゃんとお別れした");
    quiet(hana.taps("赤ちゃんとお別れした").await).tells("お届けを止めました。").tells("こども家庭センター");
    sends_everything(&hana).await;
    quiet(hana.waits_until("2027-01-02 12:00").await).silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn sad_news_beside_the_happy_ones_is_asked_once_and_can_be_left() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting(&world).await;
    hana.says("生まれた").await;
    quiet(hana.taps("つらいお知らせのとき").await).tells("理由はうかがいません").offers_only(&["止める", "もどる"]);
    quiet(hana.taps("もどる").await).tells("「相談」と送ってください");
    hana.waits_until("2026-11-24 12:00").await.in_letters(2);
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);

    hana.says("つらいお知らせ").await;
    quiet(hana.taps("止める").await).tells("お届けを止めました。");
    sends_everything(&hana).await;
    quiet(hana.waits_until("2027-01-05 12:00").await).silence();
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn a_loss_after_birth_takes_the_same_path() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Born, "2026-11-01", Some("ひなた")).await;
    world.until("2026-11-23 10:00").await;
    quiet(hana.says("お別れした").await).tells("お届けを止めました。");
    sends_everything(&hana).await;
    quiet(hana.waits_until("2027-01-03 12:00").await).silence();
    hana.was_pushed(&["11-23 08:00"]);
}

#[tokio::test]
async fn a_mistaken_report_is_undone_in_neutral_words_for_thirty_days() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting(&world).await;
    hana.says("流産しました").await;
    let undo = hana.button("もどす");
    world.until("2026-12-21 23:00").await;
    hana.says("再開").await.tells("もどすことができます").offers_only(&["もどす"]);
    hana.posts_back(&undo).await.tells("お届けを、もとにもどしました。").never_tells(&["おめでとう", "よかった"]);
    world.until("2026-12-23 12:00").await;
    hana.was_told("ひなた、きょうは妊娠30週2日です。");
    hana.was_pushed(&["12-22 08:00", "12-23 08:00"]);
}

#[tokio::test]
async fn after_thirty_days_nothing_can_be_undone_and_the_words_stay_quiet() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting(&world).await;
    hana.says("流産しました").await;
    let undo = hana.button("もどす");
    world.until("2026-12-22 00:00").await;
    for heard in
        [hana.posts_back(&undo).await, hana.says("もどす").await, hana.says("再開").await, hana.says("ヘルプ").await]
    {
        quiet(heard).never_tells(&["もとにもどしました", "再開しました", "もどせます", "もどすことができます"]);
    }
    quiet(hana.waits_until("2027-01-02 12:00").await).silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn a_loss_inside_a_sentence_brings_help_and_stops_nothing() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting(&world).await;
    for (text, later) in [
        ("流産しないか心配です", "2026-11-22 09:10"),
        ("友だちが流産しましたと言っていました", "2026-11-22 09:20"),
        ("死産した話を聞いてこわくなりました", "2026-11-22 09:30"),
    ] {
        hana.says(text).await.tells("こども家庭センター").never_tells(&["お届けを止めました", "おめでとう"]);
        world.until(later).await;
    }
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn sad_news_from_somebody_without_a_registration_is_received() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    quiet(hana.says("流産しました").await)
        .tells("知らせてくださって、ありがとうございます。")
        .tells("こども家庭センター");
    quiet(hana.waits_until("2026-11-24 12:00").await).silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn every_button_that_was_on_the_screen_before_is_met_with_quiet_words() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting(&world).await;
    hana.says("生まれた").await;
    let sad = hana.button("つらいお知らせのとき");
    hana.picks("誕生日をえらぶ", "2026-11-22").await;
    let yes = hana.button("はい");
    hana.taps("なおす").await;
    hana.says("やめる").await;
    hana.says("変更").await;
    let rename = hana.button("よび名をなおす");
    hana.says("やすむ").await;
    let (week, rest) = (hana.button("1週間やすむ"), "h1|rest|ask|||");
    hana.says("流産しました").await;
    for data in [sad.as_str(), &yes, &rename, &week, rest, "h1|today|show|||", "h1|profile|show|||", "h1|born|ask|||"] {
        quiet(hana.posts_back(data).await);
    }
    quiet(hana.picks("予定日をなおす", "2027-03-08").await);
    // A month later the card still stands in the talk; its date has become impossible meanwhile.
    world.until("2026-12-20 12:00").await;
    quiet(hana.picks("予定日をなおす", "2026-11-10").await);
    quiet(hana.picks("予定日をなおす", "2027-08-20").await);
    quiet(hana.waits_until("2027-01-02 12:00").await).silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn whoever_blocks_and_returns_after_a_loss_is_met_with_one_quiet_sentence() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting(&world).await;
    hana.says("流産しました").await;
    hana.blocks().await;
    world.until("2026-11-30 10:00").await;
    quiet(hana.unblocks().await).in_bubbles(1).tells("お届けは止まったままです").offers_only(&[]);
    sends_everything(&hana).await;
    quiet(hana.waits_until("2027-01-02 12:00").await).silence();
    hana.was_pushed(&[]);
}

#[tokio::test]
async fn whoever_expects_again_registers_in_the_ordinary_way_and_only_when_they_ask() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = expecting(&world).await;
    hana.says("流産しました").await;
    world.until("2027-05-01 10:00").await;
    quiet(hana.says("こんにちは").await);
    hana.says("登録").await.offers("同意して登録する");
    hana.taps("同意して登録する").await.tells("（1/3）");
    hana.says("2027/12/1").await.tells("（2/3）");
    hana.taps("つけない").await;
    hana.taps("登録する").await.tells("きょうは妊娠9週3日です。");
    world.until("2027-05-03 12:00").await;
    hana.was_pushed(&["05-02 08:00", "05-03 08:00"]);
}
