//! The second phone: somebody else of the family, on the same page and the same clock.

use chrono::Days;

use super::demo::Demo;
use super::morning::in_reiwa;
use super::phone::{DESK, POCKET, Phone, in_words};

/// Whether a part of the page can be seen.
async fn is_shown(phone: &Phone<'_>, id: &str) -> bool {
    let found = phone.browser.client.find(fantoccini::Locator::Id(id)).await.unwrap();
    found.is_displayed().await.unwrap()
}

#[tokio::test]
async fn two_phones_lie_side_by_side_and_live_by_one_clock() {
    let demo = Demo::start();
    let first = Phone::open(&demo, DESK).await;
    let second = first.second();
    for (id, name) in [("phone-1", "ひとつ目の電話"), ("phone-2", "ふたつ目の電話"), ("talk-2", "トーク")]
    {
        assert!(is_shown(&first, id).await, "{id} is not shown");
        let part = first.browser.client.find(fantoccini::Locator::Id(id)).await.unwrap();
        assert_eq!(first.browser.accessible_name(&part).await, name);
    }
    second.finds("//p[@class='empty'][contains(., '家族のための')]").await;
    let today = first.now().await.date();
    first.registers(&in_reiwa(today + Days::new(99)), "そらちゃん").await;
    second.taps("友だち追加").await;
    second.reads("友だち追加、ありがとうございます").await;
    second.says("いまは登録しない").await;
    second.reads("登録したくなったら").await;
    assert!(!second.talk().await.contains("そらちゃん"), "nobody reads another's chat");
    assert!(!first.talk().await.contains("登録したくなったら"), "nobody reads another's chat");

    let morning = first.sleeps().await;
    second.finds(&format!("//p[@class='day'][contains(., '{}')]", in_words(morning))).await;
    first.fits().await;
    first.behaved().await;
}

#[tokio::test]
async fn an_invitation_is_copied_on_one_phone_and_pasted_on_the_other() {
    let demo = Demo::start();
    let first = Phone::open(&demo, DESK).await;
    let second = first.second();
    let today = first.now().await.date();
    first.registers(&in_reiwa(today + Days::new(99)), "そらちゃん").await;
    first.says("招待").await;
    first.taps("コードをコピー").await;
    first.finds("//*[@id='toast'][not(@hidden)][contains(., 'コピーしました')]").await;

    second.taps("友だち追加").await;
    second.taps("家族に招待された").await;
    second.reads("招待コードを送ってください").await;
    second.pastes().await;
    second.reads("お子さんのご家族ですね").await;
    second.taps("お父さん・パートナー").await;
    second.reads("ご参加ありがとうございます").await;
    second.reads("そらちゃん、きょうは妊娠25週6日です").await;

    while first.sleeps().await == today {}
    for phone in [&first, &second] {
        phone.reads("きょうから妊娠26週").await;
    }
    first.behaved().await;
}

#[tokio::test]
async fn where_there_is_room_for_one_phone_one_lies_on_top() {
    let demo = Demo::start();
    let first = Phone::open(&demo, POCKET).await;
    assert!(is_shown(&first, "phone-1").await && !is_shown(&first, "phone-2").await);
    first.taps("ふたつ目の電話").await;
    assert!(!is_shown(&first, "phone-1").await && is_shown(&first, "phone-2").await);
    first.finds("//button[. = 'ふたつ目の電話'][@aria-pressed = 'true']").await;
    let second = first.second();
    second.taps("友だち追加").await;
    second.reads("友だち追加、ありがとうございます").await;
    second.fits().await;
    first.taps("ひとつ目の電話").await;
    assert!(is_shown(&first, "phone-1").await && !is_shown(&first, "phone-2").await);
    first.finds("//p[@class='empty']").await;
    first.behaved().await;
}
