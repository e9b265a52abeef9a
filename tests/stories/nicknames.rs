//! Nicknames are used as typed, and nothing in them is a command for us, for LINE or for a screen.

use crate::support::{Registers, World};

#[tokio::test]
async fn a_nickname_is_said_as_it_was_typed_whatever_it_looks_like() {
    let world = World::at("2026-11-22 09:00").await;
    let twenty = "👨‍👩‍👧‍👦".repeat(20);
    let names = [
        "{day}",
        "{nickname}{phone}",
        "<script>alert(1)</script>".split_at(8).0,
        "%s%n",
        "'; DROP TABLE",
        "../../etc",
        "=HYPERLINK()",
        "שלום",
        "ｱｵ ちゃん",
        "Ａｏ",
        twenty.as_str(),
    ];
    let mut parents = Vec::new();
    for name in names {
        let parent = world.registered(Registers::Due, "2027-03-01", Some(name)).await;
        parent.was_told(&format!("よび名：{name}\n"));
        parent.was_told(&format!("{name}、きょうは妊娠25週6日です。"));
        parents.push((name, parent));
    }
    world.until("2026-11-24 12:00").await;
    for (name, parent) in parents {
        parent.was_told(&format!("{name}、きょうから妊娠26週です。"));
        parent.says("変更").await.tells(name);
        parent.says("よび名をなおす").await.tells(name);
        parent.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    }
}

#[tokio::test]
async fn what_is_no_nickname_is_refused_with_its_reason_and_asked_again() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.picks("出産予定日をえらぶ", "2027-03-01").await;
    for (typed, why) in [
        ("\u{200B}\u{3000}", "読みとれませんでした"),
        ("\u{202E}んゃちおあ", "1行で"),
        ("あお\nちゃん", "1行で"),
        (&"あ".repeat(21), "20文字まで"),
        (&"あ".repeat(1_000), "20文字まで"),
        ("https://example.com", "アドレス"),
        ("2027/3/1", "日づけのようです"),
    ] {
        hana.says(typed).await.tells(why).tells("（2/3）").offers_only(&["つけない", "もどる"]);
    }
    hana.says("なし").await.tells("よび名：なし");
    hana.taps("登録する").await.tells("きょうは妊娠25週6日です。").never_tells(&["なし、"]);
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}
