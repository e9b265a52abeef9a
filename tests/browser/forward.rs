//! 「早送り」: mornings that pass by themselves, through the whole pipeline.

use std::time::Duration;

use chrono::Days;

use super::demo::Demo;
use super::phone::{DESK, POCKET, Phone, in_words};

/// Longer than a pregnancy and a year take on a busy machine.
const YEARS: Duration = Duration::from_secs(300);

#[tokio::test]
async fn a_pregnancy_and_a_first_year_pass_by_morning_after_morning() {
    let demo = Demo::start();
    let phone = Phone::open(&demo, DESK).await;
    let today = phone.now().await.date();
    phone.taps("早送り").await;
    phone.finds("//dialog[@open]//label[contains(., '1歳')]/input[@checked]").await;
    phone.taps("はじめる").await;
    phone.finds("//*[@id='passing'][not(@hidden)]//progress").await;
    phone.reads("登録しました").await;

    phone.finds_within(YEARS, "//*[@id='passing'][@hidden]").await;
    phone.finds("//button[. = '早送り'][not(@disabled)]").await;
    // Midnight may pass on the way.
    let born = phone.finds("//article[contains(@class, 'bot')][contains(., '生まれて1日目')]").await;
    let born: chrono::NaiveDate = born.attr("data-day").await.unwrap().unwrap().parse().unwrap();
    assert!([252, 253].map(|days| today + Days::new(days)).contains(&born), "{born}");
    let days = "return [...new Set([...document.querySelectorAll('#phone-1 .row.bot')].map((row) => row.dataset.day))].length;";
    // 4w0d to 39w6d, the day of birth, day 2 to 100, every third day to 364, day 200 and 300, the birthday.
    assert_eq!(phone.looks(days).await, 252 + 1 + 99 + 88 + 2 + 1);
    phone.behaved().await;
}

#[tokio::test]
async fn mornings_that_pass_by_themselves_can_be_stopped() {
    let demo = Demo::start();
    let phone = Phone::open(&demo, POCKET).await;
    let today = phone.now().await.date();
    phone.taps("早送り").await;
    phone.clicks("//label[contains(., '3歳')]").await;
    phone.taps("はじめる").await;
    phone.reads("妊娠5週").await;
    phone.fits().await;
    let at_end = "const talk = document.getElementById('talk');
        return talk.scrollHeight - talk.scrollTop - talk.clientHeight;";
    phone.sees(at_end, |left| left.as_f64() < Some(8.0)).await;
    phone.taps("とめる").await;
    phone.finds("//*[@id='passing'][@hidden]").await;
    let stopped = phone.now().await.date();
    assert!(stopped < today + Days::new(200), "{stopped}");
    // From here on by hand.
    let next = phone.sleeps().await;
    assert_eq!(next, stopped + Days::new(1));
    phone.finds(&format!("//p[@class='day'][contains(., '{}')]", in_words(next))).await;
    phone.behaved().await;
}
