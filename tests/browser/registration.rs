//! The first promise of the project, kept in a browser.

use chrono::Days;

use super::demo::Demo;
use super::phone::{DESK, Phone, in_words};

#[tokio::test]
async fn a_family_born_today_registers_in_the_browser_and_reads_of_its_100th_day() {
    let demo = Demo::start();
    let phone = Phone::open(&demo, DESK).await;
    phone.taps("友だち追加").await;
    phone.reads("友だち追加、ありがとうございます").await;
    let today = phone.now().await.date();
    phone.taps("同意して登録する").await;
    phone.taps("子どもの誕生日をえらぶ").await;
    let born = phone.picked().await;
    // Midnight may pass on the way.
    assert!(born == today || born == today + Days::new(1), "the picker opens on today, not on {born}");
    phone.finds(&format!("//dialog//output[contains(., '{}')]", in_words(born))).await;
    phone.taps("OK").await;
    phone.reads("（2/3）").await;
    phone.says("あおちゃん").await;
    phone.reads(&format!("誕生日：{}", in_words(born))).await;
    phone.taps("登録する").await;
    phone.reads("登録しました").await;
    phone.reads("あおちゃん、").await;

    phone.jumps_to(born + Days::new(99)).await;
    let bubble = phone.reads("生まれて100日目").await;
    assert!(bubble.is_displayed().await.unwrap());
    phone.behaved().await;
}
