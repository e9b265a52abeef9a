//! The menu under the talk: shown, tapped, turned by its tabs.

use super::demo::Demo;
use super::phone::{POCKET, Phone};

/// The button that an area of the menu is.
fn area(label: &str) -> String {
    format!("//button[contains(@class, 'area')][normalize-space(.) = '{label}']")
}

#[tokio::test]
async fn the_menu_is_shown_answers_and_is_turned_by_its_tabs() {
    let demo = Demo::start();
    let phone = Phone::open(&demo, POCKET).await;
    phone.registers("2026/9/1", "あお").await;
    phone.clicks(&area("相談する")).await;
    phone.reads("こども家庭センター").await;
    phone.clicks(&area("まちの情報にかえる")).await;
    phone.clicks(&area("急病・夜間")).await;
    phone.reads("いそぐとき・つらいとき").await;
    phone.clicks(&area("わたしにかえる")).await;
    phone.finds(&area("家族を招待")).await;
    phone.says("停止").await;
    phone.reads("お届けを止めました").await;
    phone.finds(&area("いそぐとき・つらいとき")).await;
    // Nothing on it speaks of a child any more.
    let areas = "return [...document.querySelector('.menu, [id^=menu]').querySelectorAll('button.area')].map((area) => area.textContent).join();";
    phone.sees(areas, |seen| seen == "相談する,いそぐとき・つらいとき,登録・変更,ヘルプ").await;
    phone.behaved().await;
}
