//! One family's whole conversation, written down to be read aloud: `target/transcript.md`.

use std::fmt::Write as _;
use std::path::Path;

use chrono::DateTime;
use hagukumi::domain::calendar::{JST, civil};
use hagukumi::simulator::{Bubble, Speaker, Via};
use serde_json::Value;

use crate::support::{Parent, World};

#[tokio::test]
async fn one_family_is_accompanied_from_25_weeks_to_a_stop_that_was_a_mistake() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.picks("出産予定日をえらぶ", "2027-03-01").await;
    hana.says("あおちゃん").await;
    hana.taps("登録する").await;
    world.until("2026-11-25 09:00").await;
    hana.sends_a_sticker().await;
    hana.says("おなかがはって少し心配です").await;
    hana.says("ヘルプ").await;
    hana.says("変更").await;
    hana.picks("予定日をなおす", "2027-03-03").await;
    world.until("2026-11-26 09:00").await;

    world.until("2027-03-02 10:00").await;
    let until_birth = hana.push_times().len();
    hana.says("生まれました").await;
    hana.picks("誕生日をえらぶ", "2027-03-01").await;
    hana.taps("はい").await;
    world.until("2027-03-11 09:00").await;
    hana.says("夜眠れません").await;
    hana.says("ありがとう").await;
    hana.says("やすむ").await;
    hana.taps("1週間やすむ").await;
    world.until("2027-03-15 09:00").await;
    hana.says("きょうのメッセージ").await;
    world.until("2027-03-19 09:00").await;
    hana.blocks().await;
    world.until("2027-03-21 09:00").await;
    hana.unblocks().await;
    hana.taps("お届けを再開する").await;
    world.until("2027-03-22 09:00").await;
    hana.says("停止").await;
    world.until("2027-03-23 09:00").await;
    hana.taps("まちがえた（もどす）").await;
    world.until("2027-03-24 09:00").await;

    assert_eq!(until_birth, 100, "every morning from the day after the registration");
    let after: Vec<String> = hana.push_times().split_off(until_birth);
    let rest: Vec<String> = (3..=11).map(|day| format!("03-{day:02} 08:00")).collect();
    assert_eq!(after[..9], rest);
    assert_eq!(after[9..], ["03-19 08:00", "03-22 08:00", "03-24 08:00"]);
    hana.was_told("あおちゃん、生まれて2日目です。");
    hana.was_told("おかえりなさい。");
    world.line_refused_nothing();

    let markdown = markdown(&hana);
    assert!(markdown.contains("## 2027年3月2日"));
    assert!(markdown.contains("**はな**：生まれました"));
    assert!(markdown.contains("［誕生日をえらぶ］"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/transcript.md");
    std::fs::write(path, markdown).unwrap();
}

/// The talk as it stands on the phone. Of the mornings between, only the first days of each stretch are
/// written out, for whoever reads it aloud.
fn markdown(parent: &Parent<'_>) -> String {
    let mut text =
        String::from("# ある家族とのやりとり\n\n［ ］はボタン、〔 〕はクイックリプライ、▷ は朝のお届けです。\n");
    let mut day = String::new();
    let chat = parent.user.chat();
    for (index, bubble) in chat.iter().enumerate() {
        let at = civil(DateTime::from_timestamp_millis(bubble.at_ms).unwrap(), JST);
        let today = at.format("%Y年%-m月%-d日").to_string();
        if is_one_of_many(&chat, index) {
            continue;
        }
        if today != day {
            write!(text, "\n## {today}\n").unwrap();
            day = today;
        }
        write!(text, "\n{} {}\n", at.format("%H:%M"), said(bubble, parent, index)).unwrap();
    }
    text
}

/// A morning in the middle of many.
fn is_one_of_many(chat: &[Bubble], index: usize) -> bool {
    let pushed = |bubble: Option<&Bubble>| bubble.is_some_and(|bubble| bubble.via == Via::Push);
    (index.saturating_sub(4)..=index + 2).all(|near| pushed(chat.get(near)))
}

fn said(bubble: &Bubble, parent: &Parent<'_>, index: usize) -> String {
    if bubble.from == Speaker::User {
        let text = bubble.message["text"].as_str().unwrap_or("（スタンプや写真）");
        return format!("**はな**：{text}");
    }
    let before = parent.user.chat()[..index].iter().filter(|bubble| bubble.from == Speaker::Bot).count();
    let words = parent.user.texts()[before].replace('\n', "  \n> ");
    let mark = if bubble.via == Via::Push { "▷" } else { "" };
    let sender = bubble.message["sender"]["name"].as_str().map(|name| format!("（{name}）  \n> ")).unwrap_or_default();
    let mut labels = Vec::new();
    labels_of(&bubble.message, &mut labels);
    let buttons = if labels.is_empty() { String::new() } else { format!("  \n> {}", labels.join(" ")) };
    format!("{mark}\n\n> {sender}{words}{buttons}")
}

fn labels_of(part: &Value, labels: &mut Vec<String>) {
    match part {
        Value::Array(parts) => parts.iter().for_each(|part| labels_of(part, labels)),
        Value::Object(fields) => {
            let own = fields.get("label").and_then(Value::as_str);
            labels.extend(own.map(|label| format!("［{label}］")));
            for (name, part) in fields {
                let from = labels.len();
                labels_of(part, labels);
                if name == "quickReply" {
                    for label in &mut labels[from..] {
                        *label = label.replace('［', "〔").replace('］', "〕");
                    }
                }
            }
        }
        _ => {}
    }
}
