//! 問い合わせ番号: a number over the telephone, and what a desk sees for it.

use crate::invitation::hana;
use crate::server::run;
use crate::stage::Stage;
use crate::support::{World, time};

#[tokio::test]
async fn a_number_is_given_to_be_said_over_the_telephone() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("問い合わせ番号").await.tells("30分で使えなくなります。").offers_only(&["番号をコピー"]);
    let number = hana.copied();
    assert!(number.len() == 11 && number.split(' ').all(|pair| pair.len() == 2), "{number}");
    // Nobody joins or moves by it.
    let other = world.somebody();
    other.adds_the_account().await;
    other.says(&number).await.never_tells(&["ご家族ですね", "移しました"]);
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    other.was_pushed(&[]);
}

/// The newest number on this phone.
fn number(user: &hagukumi::simulator::User) -> String {
    let said = user.texts().join("\n");
    let pairs = |line: &&str| line.len() == 11 && line.split(' ').all(|pair| pair.len() == 2);
    said.lines().rfind(pairs).unwrap().to_owned()
}

#[tokio::test]
async fn a_desk_sees_the_record_of_deliveries_and_nothing_that_a_family_told() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let user = stage.registered("2027-03-01").await;
    let bot = stage.by_hand().await;
    assert_eq!(user.says("問い合わせ番号").await, 200);
    bot.settle().await;
    bot.leave().await;
    let number = number(&user);
    let ask = |at: &str, number: &str| run(stage.folder(), &stage.settings(time(at), &[]), &["enquiry", number]);

    let found = ask("2026-11-22 09:05", &number);
    assert_eq!(found.status.code(), Some(0), "{}{}", found.out, found.err);
    for part in ["main", "登録：2026年11月22日", "届いています", "次のお届け：2026年11月23日", "LINEが受けとりました"]
    {
        assert!(found.out.contains(part), "{part} is not in:\n{}", found.out);
    }
    for part in ["2027", "妊娠", "予定日", user.id()] {
        assert!(!found.out.contains(part), "{part} is in:\n{}", found.out);
    }
    assert_eq!(ask("2026-11-22 09:05", &number.replace(' ', "")).status.code(), Some(0));

    for (at, number, words) in [
        ("2026-11-22 09:05", "00 00 00 00", "その番号は使えません"),
        ("2026-11-22 09:05", "hello", "8けたの数字"),
        ("2026-11-22 09:31", number.as_str(), "その番号は使えません"),
    ] {
        let refused = ask(at, number);
        assert_eq!(refused.status.code(), Some(1), "{}", refused.out);
        assert!(refused.out.contains(words) || refused.err.contains(words), "{}{}", refused.out, refused.err);
    }
}

#[tokio::test]
async fn a_desk_never_hears_of_a_loss() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let user = stage.registered("2027-03-01").await;
    let bot = stage.by_hand().await;
    for text in ["流産しました", "問い合わせ番号"] {
        assert_eq!(user.says(text).await, 200);
        bot.settle().await;
    }
    bot.leave().await;
    let found = run(stage.folder(), &stage.settings(time("2026-11-22 09:05"), &[]), &["enquiry", &number(&user)]);
    assert!(
        found.out.contains("止まっています") && found.out.contains("次のお届け：ありません"),
        "{}{}",
        found.out,
        found.err
    );
    for part in ["流産", "死産", "お別れ", "loss", "Loss"] {
        assert!(!found.out.contains(part), "{}", found.out);
    }
}
