//! What LINE would refuse or drop: its documented limits, and properties it does not know.
//!
//! For tests, `check` and previews. It looks at the JSON that would leave, so it judges ours and
//! hand-written Flex alike. Paths read like those in LINE's own errors: `template.actions[1].label`.
//!
//! Limits are those of the Messaging API reference (November 2026). LINE counts UTF-16 units, except in
//! labels and in the texts of templates, where it counts graphemes.

mod limits;

use std::fmt;

use line_bot_sdk_rust::line_messaging_api::models;
use serde_json::Value;

pub use limits::{breaches, request_breaches};

/// One limit that a message breaks. Says where and which, never the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Where, from the message object on.
    pub path: String,
    /// What LINE allows there.
    pub limit: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.limit)
    }
}

/// Paths of everything in a message object that LINE does not know: misspelt properties, values of
/// enums that do not exist, types in the wrong place. Empty when LINE knows it all.
///
/// The model of the SDK reads the object and writes it again; what is lost on the way is unknown.
#[must_use]
pub fn unknown_to_line(message: &Value) -> Vec<String> {
    let written = serde_json::from_value::<models::Message>(message.clone()).and_then(serde_json::to_value);
    match written {
        Ok(written) => lost("", message, &written),
        Err(why) => vec![format!("the whole message: {why}")],
    }
}

fn lost(path: &str, before: &Value, after: &Value) -> Vec<String> {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => before
            .iter()
            .flat_map(|(name, value)| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                after.get(name).map_or_else(|| vec![path.clone()], |after| lost(&path, value, after))
            })
            .collect(),
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            let pairs = before.iter().zip(after).enumerate();
            pairs.flat_map(|(i, (before, after))| lost(&format!("{path}[{i}]"), before, after)).collect()
        }
        (before, after) if before == after => Vec::new(),
        _ => vec![path.to_owned()],
    }
}

#[cfg(test)]
mod tests;
