//! What LINE refuses in a message object or a rich menu.
//!
//! Each check adds a [`Finding`] with the property it is about, in the words of LINE's documented
//! error bodies where there are any. Lengths are counted in UTF-16 code units except where LINE
//! documents grapheme clusters.

mod action;
mod flex;
mod menu;
mod message;
mod template;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

pub(super) use menu::rich_menu;
pub(super) use message::messages;

/// Addresses of pictures and of imagemaps; LINE's reference, message objects.
const ADDRESS_MAX: usize = 2000;
/// Alternative text; LINE's reference, template, Flex and imagemap messages.
const ALT_TEXT_MAX: usize = 1500;

/// How a length is counted.
#[derive(Clone, Copy)]
enum Count {
    Utf16,
    Graphemes,
}

impl Count {
    fn of(self, text: &str) -> usize {
        match self {
            Self::Utf16 => text.encode_utf16().count(),
            Self::Graphemes => text.graphemes(true).count(),
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    message: String,
    property: String,
}

/// Everything that is wrong.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, property: impl Into<String>, message: impl Into<String>) {
        self.0.push(Finding { message: message.into(), property: property.into() });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The documented error body.
    pub(super) fn body(&self) -> Value {
        let details: Vec<Value> =
            self.0.iter().map(|one| json!({ "message": one.message, "property": one.property })).collect();
        json!({ "message": format!("The request body has {} error(s)", details.len()), "details": details })
    }

    #[cfg(test)]
    fn properties(&self) -> Vec<&str> {
        self.0.iter().map(|one| one.property.as_str()).collect()
    }
}

/// One object being looked at, and where it stands in the request.
struct Look<'a> {
    value: &'a Value,
    path: String,
    found: &'a mut Findings,
}

impl<'a> Look<'a> {
    fn new(value: &'a Value, path: impl Into<String>, found: &'a mut Findings) -> Self {
        Self { value, path: path.into(), found }
    }

    fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn say(&mut self, key: &str, message: impl Into<String>) {
        let property = self.at(key);
        self.found.add(property, message);
    }

    fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some_and(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.value[key].as_str()
    }

    fn list(&self, key: &str) -> &'a [Value] {
        self.value[key].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// A look at what stands under `key`.
    fn inner(&mut self, key: &str) -> Look<'_> {
        let path = self.at(key);
        Look { value: &self.value[key], path, found: self.found }
    }

    /// A text that must be there, of 1 to `max`.
    fn needs_text(&mut self, key: &str, max: usize, count: Count) {
        match self.text(key) {
            None | Some("") => self.say(key, "May not be empty"),
            Some(_) => self.may_have_text(key, max, count),
        }
    }

    /// A text that may be there, of at most `max`.
    fn may_have_text(&mut self, key: &str, max: usize, count: Count) {
        if !self.has(key) {
            return;
        }
        match self.text(key) {
            None => self.say(key, "Must be a string"),
            Some(text) if count.of(text) > max => self.say(key, format!("Length must be between 0 and {max}")),
            Some(_) => {}
        }
    }

    /// A list that must be there and have `min` to `max` entries.
    fn needs_list(&mut self, key: &str, min: usize, max: usize) {
        let long = self.value[key].as_array().map(Vec::len);
        if long.is_none_or(|long| long < min || long > max) {
            self.say(key, format!("Size must be between {min} and {max}"));
        }
    }

    fn needs_one_of(&mut self, key: &str, allowed: &[&str]) -> bool {
        let fine = self.text(key).is_some_and(|value| allowed.contains(&value));
        if !fine {
            self.say(key, format!("Must be one of the following values: [{}]", allowed.join(", ")));
        }
        fine
    }

    fn may_be_one_of(&mut self, key: &str, allowed: &[&str]) {
        if self.has(key) {
            self.needs_one_of(key, allowed);
        }
    }

    fn needs_object(&mut self, key: &str) -> bool {
        let fine = self.value[key].is_object();
        if !fine {
            self.say(key, "May not be empty");
        }
        fine
    }

    /// An `https` address of at most 2,000.
    fn needs_https(&mut self, key: &str) {
        self.needs_text(key, ADDRESS_MAX, Count::Utf16);
        if self.text(key).is_some_and(|url| !url.is_empty() && !url.starts_with("https://")) {
            self.say(key, "Must be an HTTPS URL");
        }
    }

    fn may_have_https(&mut self, key: &str) {
        if self.has(key) {
            self.needs_https(key);
        }
    }

    fn may_be_bool(&mut self, key: &str) {
        if self.has(key) && !self.value[key].is_boolean() {
            self.say(key, "Must be a boolean");
        }
    }

    fn needs_number(&mut self, key: &str, min: f64, max: f64) {
        if self.value[key].as_f64().is_none_or(|number| number < min || number > max) {
            self.say(key, format!("Must be between {min} and {max}"));
        }
    }
}
