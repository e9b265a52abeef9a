//! The wording of the conversation, as staff can edit it.
//!
//! A *phrase* is a text with a closed list of `{placeholders}` and the labels of its buttons. Code
//! names phrases by key; `content/phrases/<locale>/*.toml` holds them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One phrase: what is said, and what its buttons say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// The text; `{placeholders}` are filled in by [`fill`].
    #[serde(default)]
    pub text: String,
    /// What is said instead where readers have a menu under the chat.
    #[serde(default)]
    pub menu: Option<String>,
    /// The heading, for cards.
    #[serde(default)]
    pub title: Option<String>,
    /// Read aloud and shown in the list of talks; without it the text's first 60 characters.
    #[serde(default)]
    pub alt: Option<String>,
    /// Labels of buttons, by the name code gives them.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

/// All phrases of one locale.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phrases {
    /// Such as `ja`.
    pub locale: String,
    phrases: BTreeMap<String, Phrase>,
}

impl Phrases {
    /// The phrases of one locale, by key.
    #[must_use]
    pub const fn new(locale: String, phrases: BTreeMap<String, Phrase>) -> Self {
        Self { locale, phrases }
    }

    /// The phrase of that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Phrase> {
        self.phrases.get(key)
    }

    /// Every key with its phrase.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Phrase)> {
        self.phrases.iter().map(|(key, phrase)| (key.as_str(), phrase))
    }
}

/// Replaces `{name}` by its value, once: values are never expanded again, so a nickname such as
/// `{phone}` stays what was typed. Unknown names stay as they stand (`check` finds them).
#[must_use]
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let known = rest.find('}').and_then(|close| {
            let value = values.iter().find(|(name, _)| *name == &rest[1..close])?.1;
            Some((value, close))
        });
        match known {
            Some((value, close)) => {
                filled.push_str(value);
                rest = &rest[close + 1..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The `{names}` that stand in a text.
pub fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|tail| tail.split_once('}').map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_expanded_again() {
        let said = fill("{nickname}、{day}日目です。", &[("nickname", "{day}"), ("day", "5")]);
        assert_eq!(said, "{day}、5日目です。");
    }

    #[test]
    fn an_unknown_placeholder_and_a_lone_brace_stay_as_they_stand() {
        assert_eq!(fill("{who} { {day}", &[("day", "5")]), "{who} { 5");
        assert_eq!(placeholders("a {b} c {d}").collect::<Vec<_>>(), ["b", "d"]);
    }
}
