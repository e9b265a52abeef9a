use chrono::NaiveDate;

use super::*;
use crate::line::lint;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn sample_card() -> Card {
    let button = |label: &str, action, weight| Row::Button { button: Button { label: label.into(), action }, weight };
    let call = |number: &str| Action::Uri { uri: format!("tel:{number}") };
    Card {
        kicker: Some("あおば市からのご案内".into()),
        title: "いま話せる電話".into(),
        rows: vec![
            Row::Text { text: "発育を確かめ、ふだんの心配ごとも相談できます。".into() },
            Row::Small { text: "000-000-0000（平日8時30分〜17時15分）".into() },
            button("いま危ないとき 119", call("119"), Weight::Urgent),
            button("こども医療でんわ相談", call("#8000"), Weight::Primary),
            button(
                "くわしく見る",
                Action::Uri { uri: "https://aoba.example.jp/健診?a=b#top".into() },
                Weight::Secondary,
            ),
            button("番号をコピー", Action::Copy { text: "000-000-0000".into() }, Weight::Link),
        ],
        note: Some("名前を言わなくても話せます。".into()),
    }
}

fn date_button() -> Button {
    let action = Action::Date {
        data: "h1|reg|due||3|".into(),
        initial: day(2027, 5, 21),
        min: day(2026, 11, 9),
        max: day(2027, 8, 29),
    };
    Button { label: "出産予定日をえらぶ".into(), action }
}

fn keyboard_button() -> Button {
    let action = Action::Postback { data: "h1|nick|ask||4|".into(), keyboard: true };
    Button { label: "よび名をつける".into(), action }
}

/// One of everything that can be said.
fn one_of_each() -> Vec<Message> {
    let yes = Button::postback("登録する", "h1|reg|ok||3|");
    let no = Button::postback("なおす", "h1|reg|fix||3|");
    let buttons =
        vec![date_button(), yes.clone(), keyboard_button(), Button::uri("個人情報", "https://a.example.jp/p")];
    let mut named = Message::text("きょうの分です。");
    named.sender = Some("あおば市 こども家庭センター".into());
    vec![
        named,
        Message::text("登録しました。").with_quick(vec![keyboard_button(), date_button()]),
        Body::Buttons {
            text: "予定日か誕生日を。".into(), alt: "予定日か誕生日を。".into(), buttons
        }
        .into(),
        Body::Confirm { text: "登録しますか。".into(), alt: "登録しますか。".into(), buttons: [yes, no] }.into(),
        Message::card("いま話せる電話", sample_card()),
        Body::Cards { alt: "二つのご案内".into(), cards: vec![sample_card(), sample_card()] }.into(),
    ]
}

#[test]
fn everything_we_say_is_known_to_line_and_within_its_limits() {
    let messages = all_to_line(&one_of_each());
    for message in &messages {
        assert_eq!(lint::unknown_to_line(message), [""; 0], "{message:#}");
        assert_eq!(lint::breaches(message), [], "{message:#}");
    }
}

#[test]
fn a_text_is_only_its_text() {
    assert_eq!(to_line(&Message::text("やあ\n{かっこ}")), json!({"type": "text", "text": "やあ\n{かっこ}"}));
}

#[test]
fn a_question_with_buttons_looks_as_line_documents_it() {
    let buttons = vec![date_button(), keyboard_button()];
    let message =
        Body::Buttons { text: "いつですか。".into(), alt: "（1/3）いつですか。".into(), buttons }.into();
    let expected = json!({
        "type": "template", "altText": "（1/3）いつですか。",
        "template": {"type": "buttons", "text": "いつですか。", "actions": [
            {"type": "datetimepicker", "label": "出産予定日をえらぶ", "data": "h1|reg|due||3|", "mode": "date",
             "initial": "2027-05-21", "min": "2026-11-09", "max": "2027-08-29"},
            {"type": "postback", "label": "よび名をつける", "data": "h1|nick|ask||4|", "inputOption": "openKeyboard"},
        ]},
    });
    assert_eq!(to_line(&message), expected);
}

#[test]
fn a_card_wraps_follows_the_font_size_and_keeps_its_colours() {
    let message = to_line(&Message::card("いま話せる電話", sample_card()));
    let contents = &message["contents"];
    assert_eq!((&contents["type"], &contents["size"]), (&json!("bubble"), &json!("mega")));
    let rows = contents["body"]["contents"].as_array().unwrap();
    assert_eq!(rows.len(), 9);
    assert_eq!(
        rows[0],
        json!({"type": "text", "text": "あおば市からのご案内", "size": "sm", "color": "#595959", "wrap": true, "scaling": true})
    );
    assert_eq!(rows[4]["color"], "#C40000");
    assert_eq!(rows[5]["color"], "#00118F");
    for row in rows {
        assert_eq!(row["scaling"], true, "{row}");
        assert!(row["type"] == "button" || row["wrap"] == true, "{row}");
    }
}

#[test]
fn several_cards_stand_side_by_side() {
    let message = Body::Cards { alt: "二つ".into(), cards: vec![sample_card(), sample_card()] }.into();
    let contents = &to_line(&message)["contents"];
    assert_eq!(contents["type"], "carousel");
    assert_eq!(contents["contents"].as_array().unwrap().len(), 2);
}

#[test]
fn an_empty_line_of_a_card_is_left_out_because_line_refuses_it() {
    let card = Card { rows: vec![Row::Text { text: " ".into() }], title: "題".into(), ..Card::default() };
    let message = to_line(&Message::card("題", card));
    assert_eq!(message["contents"]["body"]["contents"].as_array().unwrap().len(), 1);
}

#[test]
fn addresses_are_percent_encoded_once() {
    for (given, sent) in [
        ("tel:#8000", "tel:%238000"),
        ("tel:0120279338", "tel:0120279338"),
        ("https://a.example.jp/健 診#top", "https://a.example.jp/%E5%81%A5%20%E8%A8%BA#top"),
        ("https://a.example.jp/%E5%81%A5?q=1&r=2", "https://a.example.jp/%E5%81%A5?q=1&r=2"),
    ] {
        assert_eq!(encoded(given), sent);
    }
}

#[test]
fn a_tap_leaves_nothing_in_the_talk() {
    for message in all_to_line(&one_of_each()) {
        assert!(!message.to_string().contains("displayText"));
    }
}
