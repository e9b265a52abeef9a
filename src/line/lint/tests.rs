use serde_json::json;

use super::*;

fn paths(message: &Value) -> Vec<String> {
    breaches(message).into_iter().map(|breach| breach.path).collect()
}

#[test]
fn a_misspelt_property_is_found_wherever_it_stands() {
    let body = json!({"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "a", "warp": true}]});
    let message = json!({"type": "flex", "altText": "a", "contents": {"type": "bubble", "body": body}});
    assert_eq!(unknown_to_line(&message), ["contents.body.contents[0].warp"]);
}

#[test]
fn a_message_or_action_of_a_type_line_does_not_know_is_found() {
    assert_eq!(unknown_to_line(&json!({"type": "telegram", "text": "a"})), ["text", "type"]);
    let actions = json!([{"type": "teleport", "label": "a"}]);
    let template = json!({"type": "buttons", "text": "a", "actions": actions});
    let message = json!({"type": "template", "altText": "a", "template": template});
    assert_eq!(unknown_to_line(&message), ["template.actions[0].label", "template.actions[0].type"]);
}

#[test]
fn texts_are_counted_in_utf_16_units_and_labels_in_graphemes() {
    assert_eq!(paths(&json!({"type": "text", "text": "あ".repeat(5_000)})), [""; 0]);
    assert_eq!(paths(&json!({"type": "text", "text": "😄".repeat(2_501)})), ["text"]);
    let family = "👨‍👩‍👧";
    let action = |label: &str| json!({"type": "postback", "label": label, "data": "h1"});
    let message =
        |label: &str| json!({"type": "text", "text": "a", "quickReply": {"items": [{"action": action(label)}]}});
    assert_eq!(paths(&message(&family.repeat(20))), [""; 0]);
    assert_eq!(paths(&message(&family.repeat(21))), ["quickReply.items[0].action.label"]);
}

#[test]
fn what_line_refuses_as_empty_is_found() {
    assert_eq!(paths(&json!({"type": "text", "text": ""})), ["text"]);
    let template = json!({"type": "confirm", "text": "", "actions": []});
    let message = json!({"type": "template", "altText": "", "template": template});
    assert_eq!(paths(&message), ["altText", "template.text", "template.actions"]);
}

#[test]
fn addresses_and_dates_that_line_refuses_are_found() {
    let action = |action: Value| json!({"type": "text", "text": "a", "quickReply": {"items": [{"action": action}]}});
    let uri = |uri: &str| action(json!({"type": "uri", "label": "a", "uri": uri}));
    assert_eq!(paths(&uri("https://a.example.jp/%E5%81%A5")), [""; 0]);
    assert_eq!(paths(&uri("javascript:alert(1)")).len(), 1);
    assert_eq!(paths(&uri("https://a.example.jp/健診")).len(), 1);
    let picker = |min: &str, initial: &str, max: &str| {
        action(
            json!({"type": "datetimepicker", "label": "a", "data": "d", "mode": "date", "min": min, "initial": initial, "max": max}),
        )
    };
    assert_eq!(paths(&picker("2026-01-01", "2026-02-01", "2026-03-01")), [""; 0]);
    for wrong in [
        picker("2026-03-01", "2026-03-01", "2026-03-01"),
        picker("2026-01-01", "2025-12-31", "2026-03-01"),
        picker("1899-12-31", "2026-01-01", "2026-03-01"),
    ] {
        assert_eq!(paths(&wrong), ["quickReply.items[0].action"]);
    }
}

#[test]
fn more_than_five_objects_do_not_fit_one_request() {
    let text = json!({"type": "text", "text": "a"});
    assert_eq!(request_breaches(&vec![text.clone(); 5]), []);
    assert_eq!(request_breaches(&vec![text; 6])[0].to_string(), "messages: 1 to 5 objects, found 6");
    assert_eq!(request_breaches(&[json!({"type": "text"})])[0].path, "messages[0].text");
}
