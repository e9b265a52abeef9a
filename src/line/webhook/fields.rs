//! The properties of one JSON object, each read only when asked for and only as what is asked for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The properties of an object by name; of two with the same name, the last.
pub(super) struct Fields<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Fields<'a> {
    /// The properties of `json`, or why it is no object.
    pub(super) fn read(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json).map(Self)
    }

    /// The properties of `json`, or none when it is no object.
    pub(super) fn of(json: &'a str) -> Option<Self> {
        Self::read(json).ok()
    }

    /// A property as `T`, or none when it is missing or something else.
    pub(super) fn get<T: Deserialize<'a>>(&self, name: &str) -> Option<T> {
        self.0.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok())
    }

    /// A property that is an object itself.
    pub(super) fn object(&self, name: &str) -> Option<Fields<'a>> {
        self.0.get(name).and_then(|raw| Fields::of(raw.get()))
    }

    /// A text that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name).filter(|text: &String| !text.is_empty())
    }
}

/// The same JSON with every escaped half of a surrogate pair that stands alone replaced by U+FFFD.
///
/// LINE counts text in UTF-16 and may cut one in two; as JSON such an escape is well formed, as text
/// it is nothing.
pub(super) fn mend_surrogates(json: &str) -> Cow<'_, str> {
    let lone = lone_surrogates(json.as_bytes());
    if lone.is_empty() {
        return Cow::Borrowed(json);
    }
    let mut mended = String::with_capacity(json.len());
    let mut from = 0;
    for range in lone {
        mended.push_str(&json[from..range.start]);
        mended.push_str("\\ufffd");
        from = range.end;
    }
    mended.push_str(&json[from..]);
    Cow::Owned(mended)
}

/// Where escapes of lone surrogates stand. Every backslash in JSON stands in a string.
fn lone_surrogates(json: &[u8]) -> Vec<Range<usize>> {
    let mut lone = Vec::new();
    let mut at = 0;
    while at < json.len() {
        match (json[at], escaped_unit(json, at)) {
            (b'\\', Some(0xD800..=0xDBFF)) if matches!(escaped_unit(json, at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
            (b'\\', Some(0xD800..=0xDFFF)) => {
                lone.push(at..at + 6);
                at += 6;
            }
            (b'\\', _) => at += 2,
            _ => at += 1,
        }
    }
    lone
}

/// The UTF-16 unit that is escaped as `\uXXXX` at this place, if one is.
fn escaped_unit(json: &[u8], at: usize) -> Option<u16> {
    let hex = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let hex = std::str::from_utf8(hex).ok().filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u16::from_str_radix(hex, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_escaped_backslashes_stay_as_they_are() {
        for fine in [r#""a""#, r#""\ud83d\ude04""#, r#""\\ud800""#, r#""é""#, r#""\\\ud83d\ude04""#] {
            assert_eq!(mend_surrogates(fine), fine);
        }
    }

    #[test]
    fn halves_that_stand_alone_become_a_replacement_character() {
        for (torn, mended) in [
            (r#""\ud800""#, r#""\ufffd""#),
            (r#""\udc00\ud800x""#, r#""\ufffd\ufffdx""#),
            (r#""\ud83d\ud83d\ude04""#, r#""\ufffd\ud83d\ude04""#),
            (r#""\\\uD800""#, r#""\\\ufffd""#),
        ] {
            assert_eq!(mend_surrogates(torn), mended);
        }
    }
}
