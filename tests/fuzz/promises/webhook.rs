//! A webhook body: whatever is signed can be read or put aside, and no event costs its neighbour.

use hagukumi::line::signature::Secrets;
use hagukumi::line::webhook::{Arrived, Delivery, Kind, read, read_event};
use serde_json::value::RawValue;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// An event as it should be.
const GOOD: &str = r#"{"type":"message","mode":"active","timestamp":1795305600000,"source":{"type":"user","userId":"U00000000000000000000000000000abc"},"webhookEventId":"01HABCDEFGHJKMNPQRSTVWXYZ0","deliveryContext":{"isRedelivery":false},"replyToken":"token","message":{"type":"text","id":"1","text":"停止"}}"#;

/// Reads any bytes as a signed body.
pub fn holds(bytes: &[u8]) {
    a_signature_is_nothing_else(bytes);
    if let Ok(delivery) = read(bytes) {
        delivery.events.iter().for_each(an_event_can_be_kept);
        neighbours_are_read_all_the_same(bytes, &delivery);
    }
    let text = super::lossy(bytes);
    an_event_can_be_kept(&read_event(&text));
}

/// The bytes themselves are no signature of anything.
fn a_signature_is_nothing_else(bytes: &[u8]) {
    let secrets = Secrets::new([SECRET]).expect("the secret is not empty");
    assert!(!secrets.verify(GOOD.as_bytes(), bytes));
}

/// What is kept fits its columns, and is read the same when its turn comes.
fn an_event_can_be_kept(event: &Arrived) {
    assert!(event.event_id.len() <= 66 && event.event_id.bytes().all(|b| b.is_ascii_graphic()));
    assert!(event.timestamp_ms.is_none_or(|ms| (946_684_800_000..=4_102_444_800_000).contains(&ms)));
    assert!(read_event(&event.raw) == *event);
    assert!(!(event.standby && event.reply_token.is_some()));
    let name = event.kind.name();
    assert!(name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    if let Kind::Other(other) = &event.kind {
        assert!(other.len() <= 40 && other.is_ascii() && !other.bytes().any(|b| b.is_ascii_control()));
    }
}

/// The same events with a good one before and behind each.
fn neighbours_are_read_all_the_same(bytes: &[u8], delivery: &Delivery) {
    let Some(events) = raw_events(bytes).filter(|events| events.len() == delivery.events.len()) else { return };
    let mut mixed = vec![GOOD];
    for event in &events {
        mixed.extend([event.get(), GOOD]);
    }
    let again = read(format!(r#"{{"events":[{}]}}"#, mixed.join(",")).as_bytes()).expect("good events can be read");
    assert_eq!(again.events.len(), mixed.len());
    let good = read_event(GOOD);
    assert!(again.events.iter().step_by(2).all(|event| *event == good));
    assert!(again.events.iter().skip(1).step_by(2).eq(&delivery.events));
}

/// The events of a body as another reader of JSON finds them.
fn raw_events(bytes: &[u8]) -> Option<Vec<Box<RawValue>>> {
    let body: std::collections::BTreeMap<String, Box<RawValue>> = serde_json::from_slice(bytes).ok()?;
    serde_json::from_str(body.get("events")?.get()).ok()
}
