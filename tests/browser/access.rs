//! Everybody can use the phone: with a small screen, with a keyboard, with a screen reader.

use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;

use super::demo::Demo;
use super::phone::{POCKET, Phone};

/// Whatever a person can use in a part of the page has a name, and there are at least so many.
async fn everything_has_a_name(phone: &Phone<'_>, part: &str, least: usize) {
    phone.fits().await;
    let usable = format!("{part} :is(button, input, textarea, select, a[href], [role=button], [tabindex='0'])");
    let mut named = 0;
    for element in phone.all(&usable).await {
        if element.is_displayed().await.unwrap() {
            let name = phone.browser.accessible_name(&element).await;
            assert!(!name.trim().is_empty(), "this has no name: {}", element.html(false).await.unwrap());
            named += 1;
        }
    }
    assert!(named >= least, "{named} elements can be used in {part}");
}

#[tokio::test]
async fn everything_has_a_name_and_fits_a_small_phone() {
    let demo = Demo::start();
    let phone = Phone::open(&demo, POCKET).await;
    everything_has_a_name(&phone, "body", 6).await;
    phone.taps("友だち追加").await;
    phone.taps("同意して登録する").await;
    phone.taps("出産予定日をえらぶ").await;
    // Behind an open dialogue nothing can be used.
    everything_has_a_name(&phone, "dialog[open]", 3).await;
    phone.taps("やめる").await;

    // An open question is led back to by a quick reply under whatever was asked meanwhile.
    phone.says("相談").await;
    phone.finds("//*[@id='chips'][not(@hidden)]/button[. = '登録の続き']").await;
    phone.finds("//*[contains(@class, 'flex')][contains(., '相談できるところ')]").await;
    everything_has_a_name(&phone, "body", 15).await;

    for (button, number) in [("こども家庭センター", "0000000000"), ("こども医療電話相談", "#8000")] {
        phone.clicks(&format!("//button[contains(@class, 'flex-button')][. = '{button}']")).await;
        phone.finds(&format!("//*[@id='toast'][not(@hidden)][contains(., '電話：{number}')]")).await;
    }

    phone.taps("登録の続き").await;
    phone.finds("//*[@id='chips'][@hidden]").await;
    phone.behaved().await;
}

async fn presses(phone: &Phone<'_>, key: Key) {
    let key = char::from(key);
    let keys =
        KeyActions::new("keys".to_owned()).then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
    phone.browser.client.perform_actions(keys).await.expect("keys can be pressed");
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() {
    let demo = Demo::start();
    let phone = Phone::open(&demo, POCKET).await;
    tabs_to(&phone, "add").await;
    presses(&phone, Key::Enter).await;
    phone.reads("友だち追加、ありがとうございます").await;

    tabs_to(&phone, "text").await;
    let field = phone.browser.client.find(Locator::Id("text")).await.unwrap();
    field.send_keys("相談").await.unwrap();
    presses(&phone, Key::Enter).await;
    phone.finds("//article[contains(@class, 'user')][contains(., '相談')]").await;
    phone.reads("相談できるところ").await;
    assert_eq!(field.prop("value").await.unwrap().as_deref(), Some(""), "what is sent leaves the field");
    phone.behaved().await;
}

async fn tabs_to(phone: &Phone<'_>, id: &str) {
    for _ in 0..60 {
        presses(phone, Key::Tab).await;
        let reached = phone.browser.client.active_element().await.unwrap();
        if reached.attr("id").await.unwrap().as_deref() == Some(id) {
            return;
        }
    }
    panic!("the tab key does not reach {id}");
}
