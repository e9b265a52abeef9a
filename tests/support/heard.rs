//! What somebody hears of the bot, as they would read it.

use hagukumi::simulator::{Bubble, Speaker, User};
use serde_json::Value;

/// What the bot said to one person from one moment to another. Every check reads as a sentence and
/// hands it on to the next.
pub struct Heard {
    /// One text a message object, oldest first.
    pub texts: Vec<String>,
    /// The message objects as LINE got them.
    pub messages: Vec<Value>,
}

impl Heard {
    /// What `user` heard after the first `seen` bubbles of their chat.
    pub fn since(user: &User, seen: usize) -> Self {
        let by_bot = |bubble: &&Bubble| bubble.from == Speaker::Bot && !bubble.unsent;
        let chat = user.chat();
        let before = chat[..seen.min(chat.len())].iter().filter(by_bot).count();
        let messages = chat[seen.min(chat.len())..].iter().filter(by_bot).map(|bubble| bubble.message.clone());
        Self { messages: messages.collect(), texts: user.texts().split_off(before) }
    }

    /// Everything that was said, joined.
    pub fn all(&self) -> String {
        self.texts.join("\n")
    }

    /// The labels of everything that can be tapped in it.
    pub fn labels(&self) -> Vec<String> {
        let mut labels = Vec::new();
        self.messages.iter().for_each(|message| collect_labels(message, &mut labels));
        labels
    }

    /// Texts and buttons, as somebody reads them.
    fn read(&self) -> String {
        format!("{}\n{}", self.all(), self.labels().join("\n"))
    }

    /// Asserts that this was said, in a text or on a button.
    #[track_caller]
    pub fn tells(self, part: &str) -> Self {
        assert!(self.read().contains(part), "nobody said {part:?}; what was said:\n{}", self.read());
        self
    }

    /// Asserts that none of this was said, in no text and on no button.
    #[track_caller]
    pub fn never_tells(self, parts: &[&str]) -> Self {
        let said = self.read();
        for part in parts {
            assert!(!said.contains(part), "somebody said {part:?}; what was said:\n{said}");
        }
        self
    }

    /// Asserts that there is a button with this label.
    #[track_caller]
    pub fn offers(self, label: &str) -> Self {
        assert!(self.labels().iter().any(|found| found == label), "no 「{label}」, only {:?}", self.labels());
        self
    }

    /// Asserts that there are these buttons and no others.
    #[track_caller]
    pub fn offers_only(self, labels: &[&str]) -> Self {
        assert_eq!(self.labels(), labels, "the buttons of:\n{}", self.all());
        self
    }

    /// Asserts that so many message objects were said.
    #[track_caller]
    pub fn in_bubbles(self, count: usize) -> Self {
        assert_eq!(self.texts.len(), count, "message objects in:\n{}", self.all());
        self
    }

    /// Asserts that so many message objects were said, not counting the cards of the town that came with them.
    #[track_caller]
    pub fn in_letters(self, count: usize) -> Self {
        let letters = self.texts.iter().filter(|text| !text.starts_with("あおば市からのご案内")).count();
        assert_eq!(letters, count, "message objects that are not the town's in:\n{}", self.all());
        self
    }

    /// Asserts that this was said exactly so often.
    #[track_caller]
    pub fn tells_times(self, times: usize, part: &str) -> Self {
        assert_eq!(self.all().matches(part).count(), times, "{part:?} in:\n{}", self.all());
        self
    }

    /// Asserts that nothing was said at all.
    #[track_caller]
    pub fn silence(self) -> Self {
        assert!(self.texts.is_empty(), "somebody said:\n{}", self.all());
        self
    }
}

/// The labels of all actions inside, in their order.
fn collect_labels(part: &Value, labels: &mut Vec<String>) {
    match part {
        Value::Array(parts) => parts.iter().for_each(|part| collect_labels(part, labels)),
        Value::Object(fields) => {
            labels.extend(fields.get("label").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|part| collect_labels(part, labels));
        }
        _ => {}
    }
}
