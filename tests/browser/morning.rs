//! Mornings on a small phone.

use chrono::{Datelike as _, Days, NaiveDate};
use fantoccini::key::Key;
use serde_json::Value;

use super::demo::Demo;
use super::phone::{POCKET, Phone};

/// A day in the imperial calendar, such as 令和9年3月1日.
pub(crate) fn in_reiwa(day: NaiveDate) -> String {
    format!("令和{}年{}月{}日", day.year() - 2018, day.month(), day.day())
}

#[tokio::test]
async fn a_typed_due_date_brings_tomorrows_message_until_the_account_is_blocked() {
    let demo = Demo::start();
    let phone = Phone::open(&demo, POCKET).await;
    let today = phone.now().await.date();
    let due = today + Days::new(99);
    phone.registers(&in_reiwa(due), "そらちゃん").await;
    phone.reads("妊娠25週6日").await;

    // Before eight the next morning is still today's, and today's message was already given.
    let morning = loop {
        let morning = phone.sleeps().await;
        if morning > today {
            break morning;
        }
    };
    let days = 280 - (due - morning).num_days();
    let bubble = phone.reads(&format!("妊娠{}週", days / 7)).await;
    assert!(bubble.is_displayed().await.unwrap());
    its_json_is_the_message(&phone).await;
    phone.fits().await;

    phone.taps("ブロック").await;
    phone.finds("//button[. = 'ブロック解除']").await;
    assert!(!phone.finds("//textarea[@id='text']").await.is_enabled().await.unwrap(), "nobody writes to the blocked");
    let before = phone.all(".row.bot").await.len();
    phone.sleeps().await;
    assert_eq!(phone.all(".row.bot").await.len(), before, "nothing arrives while blocked");

    phone.taps("ブロック解除").await;
    phone.reads("おかえりなさい").await;
    phone.finds("//button[. = 'お届けを再開する']").await;
    phone.behaved().await;
}

async fn its_json_is_the_message(phone: &Phone<'_>) {
    phone.clicks("//article[contains(@class, 'bot')]//button[. = 'JSON']").await;
    let shown = phone.finds("//pre[contains(@class, 'raw')]").await.text().await.unwrap();
    let message: Value = serde_json::from_str(&shown).expect("what is shown is JSON");
    assert!(message["type"].is_string(), "a message has a type: {message}");
    phone.finds("//button[. = 'JSON'][@aria-expanded = 'true']").await;
}

#[tokio::test]
async fn a_morning_is_read_from_its_first_line() {
    let demo = Demo::start();
    let phone = Phone::open(&demo, POCKET).await;
    let today = phone.now().await.date();
    phone.registers(&in_reiwa(today + Days::new(210)), "そらちゃん").await;
    // Week 11 begins with a long message and a card of the municipality.
    let week = today + Days::new(7);
    phone.jumps_to(week).await;
    phone.reads("妊娠11週").await;
    let first =
        "const row = [...document.querySelectorAll('.row.bot')].find((row) => row.dataset.day === arguments[0]);
        const [box, talk] = [row, document.getElementById('talk')].map((e) => e.getBoundingClientRect());
        return { top: box.top - talk.top, height: talk.height };";
    let place = phone.browser.client.execute(first, vec![week.to_string().into()]).await.unwrap();
    let (top, height) = (place["top"].as_f64().unwrap(), place["height"].as_f64().unwrap());
    assert!(top >= 0.0 && top < height, "its first line is {top} px below the upper edge of {height} px");
    whoever_reads_on_is_left_in_peace(&phone).await;
}

/// The page asks for news again and again; that must not turn the pages of the reader.
async fn whoever_reads_on_is_left_in_peace(phone: &Phone<'_>) {
    phone.finds("//*[@id='talk']").await.send_keys(&Key::End.to_string()).await.unwrap();
    let left =
        "const talk = document.getElementById('talk'); return talk.scrollHeight - talk.scrollTop - talk.clientHeight;";
    phone.sees(left, |left| left.as_f64() < Some(2.0)).await;
    let asked = "return performance.getEntriesByType('resource').filter((e) => e.name.includes('/news')).length;";
    let before = phone.looks(asked).await.as_u64();
    phone.sees(asked, |now| now.as_u64() > before).await;
    assert!(phone.looks(left).await.as_f64() < Some(2.0), "the reader is thrown back");
}
