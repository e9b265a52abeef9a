//! Each limit at its edge: n is fine, n + 1 is refused.

use serde_json::{Value, json};

use super::*;

fn wrong(message: Value) -> Vec<String> {
    let mut found = Findings::default();
    messages(&json!({ "messages": [message] }), &mut found);
    found.properties().into_iter().map(str::to_owned).collect()
}

fn edge(max: usize, unit: &str, property: &str, message: impl Fn(String) -> Value) {
    assert_eq!(wrong(message(unit.repeat(max))), Vec::<String>::new(), "{max} of {property}");
    assert_eq!(wrong(message(unit.repeat(max + 1))), [property], "{} of {property}", max + 1);
}

fn buttons(actions: Value) -> Value {
    json!({"type": "template", "altText": "a", "template": {"type": "buttons", "text": "t", "actions": actions}})
}

fn act(label: &str) -> Value {
    json!({"type": "postback", "label": label, "data": "d"})
}

fn quick(action: Value) -> Value {
    json!({"type": "text", "text": "t", "quickReply": {"items": [{"type": "action", "action": action}]}})
}

fn bubble(contents: Value) -> Value {
    json!({"type": "flex", "altText": "a", "contents": {"type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": contents}}})
}

#[test]
fn lengths_end_where_line_says() {
    edge(5000, "あ", "messages[0].text", |text| json!({"type": "text", "text": text}));
    // One of these is two UTF-16 units.
    edge(2500, "😀", "messages[0].text", |text| json!({"type": "text", "text": text}));
    edge(20, "あ", "messages[0].sender.name", |name| json!({"type": "text", "text": "t", "sender": {"name": name}}));
    edge(
        1500,
        "あ",
        "messages[0].altText",
        |alt| json!({"type": "template", "altText": alt, "template": {"type": "confirm", "text": "t", "actions": [act("a"), act("b")]}}),
    );
    edge(
        240,
        "👨‍👩‍👧",
        "messages[0].template.text",
        |text| json!({"type": "template", "altText": "a", "template": {"type": "confirm", "text": text, "actions": [act("a"), act("b")]}}),
    );
    edge(
        160,
        "が",
        "messages[0].template.text",
        |text| json!({"type": "template", "altText": "a", "template": {"type": "buttons", "text": text, "actions": [act("a")]}}),
    );
    edge(
        60,
        "が",
        "messages[0].template.text",
        |text| json!({"type": "template", "altText": "a", "template": {"type": "buttons", "title": "t", "text": text, "actions": [act("a")]}}),
    );
    edge(
        40,
        "が",
        "messages[0].template.title",
        |title| json!({"type": "template", "altText": "a", "template": {"type": "buttons", "title": title, "text": "t", "actions": [act("a")]}}),
    );
    edge(20, "👍🏽", "messages[0].template.actions[0].label", |label| buttons(json!([act(&label)])));
    edge(20, "あ", "messages[0].quickReply.items[0].action.label", |label| quick(act(&label)));
    edge(300, "a", "messages[0].quickReply.items[0].action.data", |data| {
        quick(json!({"type": "postback", "label": "l", "data": data}))
    });
    edge(300, "あ", "messages[0].quickReply.items[0].action.text", |text| {
        quick(json!({"type": "message", "label": "l", "text": text}))
    });
    edge(1000, "a", "messages[0].quickReply.items[0].action.clipboardText", |text| {
        quick(json!({"type": "clipboard", "label": "l", "clipboardText": text}))
    });
    edge(40, "あ", "messages[0].contents.body.contents[0].action.label", |label| {
        bubble(json!([{"type": "button", "action": act(&label)}]))
    });
}

#[test]
fn counts_end_where_line_says() {
    let many = |n: usize| Value::Array(vec![act("a"); n]);
    assert!(wrong(buttons(many(4))).is_empty());
    assert_eq!(wrong(buttons(many(5))), ["messages[0].template.actions"]);
    assert_eq!(wrong(buttons(many(0))), ["messages[0].template.actions"]);
    let items = |n: usize| {
        json!({"type": "text", "text": "t",
        "quickReply": {"items": vec![json!({"type": "action", "action": act("a")}); n]}})
    };
    assert!(wrong(items(13)).is_empty());
    assert_eq!(wrong(items(14)), ["messages[0].quickReply.items"]);
    let confirm = |n: usize| {
        json!({"type": "template", "altText": "a",
        "template": {"type": "confirm", "text": "t", "actions": many(n)}})
    };
    assert!(wrong(confirm(2)).is_empty());
    assert!(!wrong(confirm(1)).is_empty() && !wrong(confirm(3)).is_empty());
    let carousel = |n: usize| {
        json!({"type": "template", "altText": "a",
        "template": {"type": "carousel", "columns": vec![json!({"text": "t", "actions": [act("a")]}); n]}})
    };
    assert!(wrong(carousel(10)).is_empty());
    assert_eq!(wrong(carousel(11)), ["messages[0].template.columns"]);
    let one = json!({"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": []}});
    let cards = |n: usize| json!({"type": "flex", "altText": "a", "contents": {"type": "carousel", "contents": vec![one.clone(); n]}});
    assert!(wrong(cards(12)).is_empty());
    assert_eq!(wrong(cards(13)), ["messages[0].contents.contents"]);
}

#[test]
fn five_messages_are_sent_and_six_or_none_are_not() {
    let wrong = |n: usize| {
        let mut found = Findings::default();
        messages(&json!({ "messages": vec![json!({"type": "text", "text": "t"}); n] }), &mut found);
        found.body()
    };
    assert_eq!(wrong(5)["details"], json!([]));
    for n in [0, 6] {
        let details = json!([{"message": "Size must be between 1 and 5", "property": "messages"}]);
        assert_eq!(wrong(n), json!({"message": "The request body has 1 error(s)", "details": details}));
    }
}

#[test]
fn columns_of_a_carousel_are_alike() {
    let carousel = |second: Value| {
        json!({"type": "template", "altText": "a",
        "template": {"type": "carousel", "columns": [{"text": "t", "actions": [act("a")]}, second]}})
    };
    assert!(!wrong(carousel(json!({"text": "t", "actions": [act("a"), act("b")]}))).is_empty());
    assert!(!wrong(carousel(json!({"title": "x", "text": "t", "actions": [act("a")]}))).is_empty());
}

#[test]
fn a_date_picker_has_real_dates_in_order() {
    let picker = |min: &str, initial: &str, max: &str| {
        wrong(quick(json!({"type": "datetimepicker", "label": "l", "data": "d", "mode": "date",
            "min": min, "initial": initial, "max": max})))
    };
    assert!(picker("1900-01-01", "2026-11-22", "2100-12-31").is_empty());
    assert!(!picker("1899-12-31", "2026-11-22", "2100-12-31").is_empty());
    assert!(!picker("1900-01-01", "2026-02-30", "2100-12-31").is_empty());
    assert!(!picker("1900-01-01", "2026-11-22", "2101-01-01").is_empty());
    assert!(!picker("2026-11-22", "2026-11-22", "2026-11-22").is_empty(), "max is after min");
    assert!(!picker("2026-11-22", "2026-11-21", "2026-11-23").is_empty(), "initial is inside");
    assert!(!picker("2026-1-1", "2026-11-21", "2026-11-23").is_empty());
}

#[test]
fn addresses_have_a_scheme_that_line_opens() {
    let uri = |uri: &str| wrong(quick(json!({"type": "uri", "label": "l", "uri": uri})));
    for fine in ["https://example.jp/a", "http://example.jp", "tel:0312345678", "line://ti/p/@x"] {
        assert!(uri(fine).is_empty(), "{fine}");
    }
    for bad in ["javascript:alert(1)", "example.jp", "mailto:a@b.jp", "https://例え.jp/", "tel:", "https://a b"] {
        assert_eq!(uri(bad), ["messages[0].quickReply.items[0].action.uri"], "{bad}");
    }
}

#[test]
fn camera_and_location_are_quick_replies_only() {
    assert!(wrong(quick(json!({"type": "location", "label": "l"}))).is_empty());
    assert!(!wrong(buttons(json!([{"type": "location", "label": "l"}]))).is_empty());
    assert!(
        !wrong(quick(json!({"type": "richmenuswitch", "label": "l", "richMenuAliasId": "a", "data": "d"}))).is_empty()
    );
}

#[test]
fn flex_words_colours_and_empty_texts_are_looked_at() {
    assert!(
        wrong(bubble(json!([{"type": "text", "text": "t", "size": "lg", "color": "#11223344", "margin": "12px"}])))
            .is_empty()
    );
    for bad in [
        json!({"type": "text", "text": ""}),
        json!({"type": "text", "text": "t", "size": "huge"}),
        json!({"type": "text", "text": "t", "color": "red"}),
        json!({"type": "text", "text": "t", "margin": "big"}),
        json!({"type": "button"}),
        json!({"type": "button", "action": {"type": "postback", "data": "d"}}),
        json!({"type": "image", "url": "http://example.jp/a.png"}),
        json!({"type": "box", "contents": []}),
        json!({"type": "marquee"}),
        json!({"type": "box", "layout": "baseline", "contents": [{"type": "button", "action": act("a")}]}),
    ] {
        assert!(!wrong(bubble(json!([bad]))).is_empty(), "{bad}");
    }
}

#[test]
fn a_bubble_of_thirty_kilobytes_is_the_largest() {
    let sized = |bytes: usize| {
        let empty = bubble(json!([{"type": "text", "text": ""}]))["contents"].to_string().len();
        wrong(bubble(json!([{"type": "text", "text": "a".repeat(bytes - empty)}])))
    };
    assert!(sized(30 * 1024).is_empty());
    assert_eq!(sized(30 * 1024 + 1), ["messages[0].contents"]);
}

#[test]
fn braces_of_a_text_v2_are_placeholders_or_doubled() {
    let text = |text: &str| wrong(json!({"type": "textV2", "text": text, "substitution": {"a": {"type": "emoji"}}}));
    assert!(text("{a} and {{b}}").is_empty());
    for bad in ["{b}", "{", "}", "{a", "{a b}"] {
        assert!(!text(bad).is_empty(), "{bad}");
    }
}

#[test]
fn a_rich_menu_is_measured() {
    let menu = |change: &dyn Fn(&mut Value)| {
        let mut menu = json!({"size": {"width": 2500, "height": 1686}, "selected": false, "name": "n", "chatBarText": "メニュー",
            "areas": [{"bounds": {"x": 1667, "y": 843, "width": 834, "height": 843}, "action": {"type": "postback", "data": "d"}}]});
        change(&mut menu);
        let mut found = Findings::default();
        rich_menu(&menu, &mut found);
        found.properties().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(menu(&|_| ()).is_empty(), "LINE's own example");
    assert!(menu(&|m| m["chatBarText"] = "あ".repeat(14).into()).is_empty());
    assert_eq!(menu(&|m| m["chatBarText"] = "あ".repeat(15).into()), ["chatBarText"]);
    assert_eq!(menu(&|m| m["name"] = Value::Null), ["name"]);
    assert_eq!(menu(&|m| m["size"]["width"] = 799.into())[0], "size.width");
    assert_eq!(menu(&|m| m["areas"][0]["bounds"]["x"] = (-1).into()), ["areas[0].bounds"]);
    assert_eq!(menu(&|m| m["areas"] = vec![m["areas"][0].clone(); 21].into()), ["areas"]);
    assert_eq!(menu(&|m| m["areas"][0]["action"] = json!({"type": "uri", "uri": "foo:bar"})), ["areas[0].action.uri"]);
}
