//! What operators can read.

use super::{Case, History, Violation};

/// I10: nothing personal and nothing secret is in any line of the log.
///
/// Judged by what the simulator handed out and what its people wrote, as it is and as JSON writes it.
pub fn nothing_personal_is_logged(history: &History) -> Vec<Violation> {
    let told = history.personal.iter().filter(|text| !text.is_empty()).filter(|text| {
        let escaped = serde_json::Value::from(text.as_str()).to_string();
        history.log.contains(text.as_str()) || history.log.contains(escaped.trim_matches('"'))
    });
    let line = |text: &String| {
        let line = history.log.lines().find(|line| line.contains(text.as_str())).unwrap_or_default();
        format!("{text:?} was logged: {line}")
    };
    Case::found("I10", told.map(line))
}
