//! The words a person reads in a message object.

use serde_json::Value;

/// All text of one message, a line for each piece: text, the words of a template, or every text of a
/// Flex message. Labels of buttons are not part of it.
pub(super) fn of_message(message: &Value) -> String {
    let mut lines = Vec::new();
    match message["type"].as_str().unwrap_or_default() {
        "text" => push(&mut lines, &message["text"]),
        "textV2" => lines.push(text_v2(message)),
        "template" => of_template(&message["template"], &mut lines),
        "flex" => of_flex(&message["contents"], &mut lines),
        _ => push(&mut lines, &message["altText"]),
    }
    lines.join("\n")
}

fn of_template(template: &Value, lines: &mut Vec<String>) {
    push(lines, &template["title"]);
    push(lines, &template["text"]);
    for column in template["columns"].as_array().into_iter().flatten() {
        push(lines, &column["title"]);
        push(lines, &column["text"]);
    }
}

fn of_flex(part: &Value, lines: &mut Vec<String>) {
    match part["type"].as_str().unwrap_or_default() {
        "bubble" => {
            for block in ["header", "hero", "body", "footer"] {
                of_flex(&part[block], lines);
            }
        }
        "text" if part["contents"].is_array() => {
            let spans = part["contents"].as_array().into_iter().flatten();
            lines.push(spans.filter_map(|span| span["text"].as_str()).collect());
        }
        "text" => push(lines, &part["text"]),
        "carousel" | "box" => {
            part["contents"].as_array().into_iter().flatten().for_each(|inner| of_flex(inner, lines));
        }
        _ => {}
    }
}

/// A textV2 as it is read: doubled braces single, mentions and emoji by their key.
pub(super) fn text_v2(message: &Value) -> String {
    message["text"].as_str().unwrap_or_default().replace("{{", "{").replace("}}", "}")
}

fn push(lines: &mut Vec<String>, text: &Value) {
    if let Some(text) = text.as_str().filter(|text| !text.is_empty()) {
        lines.push(text.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_text_of_a_flex_message_is_read_in_order_and_labels_are_not() {
        let message = json!({"type": "flex", "altText": "alt", "contents": {"type": "bubble",
            "header": {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "頭"}]},
            "body": {"type": "box", "layout": "vertical", "contents": [
                {"type": "text", "contents": [{"type": "span", "text": "a"}, {"type": "span", "text": "b"}]},
                {"type": "box", "layout": "horizontal", "contents": [{"type": "text", "text": "中"}]},
                {"type": "button", "action": {"type": "uri", "label": "押", "uri": "tel:1"}}]}}});
        assert_eq!(of_message(&message), "頭\nab\n中");
    }
}
