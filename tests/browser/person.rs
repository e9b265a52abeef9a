//! Whose phone it is.

use super::demo::Demo;
use super::phone::{DESK, Phone};

#[tokio::test]
async fn another_number_in_the_address_is_another_person() {
    let demo = Demo::start();
    let phone = Phone::open(&demo, DESK).await;
    phone.taps("友だち追加").await;
    phone.reads("友だち追加、ありがとうございます").await;

    phone.turns_to("?user=2").await;
    phone.finds("//p[@class='empty'][contains(., 'まだ何もありません')]").await;
    assert_eq!(phone.all(".row").await.len(), 0, "nobody reads another's chat");
    phone.taps("友だち追加").await;
    phone.reads("友だち追加、ありがとうございます").await;
    phone.says("いまは登録しない").await;
    phone.reads("登録したくなったら").await;

    phone.turns_to("").await;
    phone.reads("友だち追加、ありがとうございます").await;
    assert!(!phone.talk().await.contains("登録したくなったら"), "the first person goes on alone");
    phone.taps("同意して登録する").await;
    phone.reads("（1/3）").await;
    phone.behaved().await;
}
