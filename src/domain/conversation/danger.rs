//! Messages that need a person: six categories, found by patterns. Never depended on: the ordinary
//! answer always offers help too.
//!
//! Patterns and exclusions are data (`content/danger`). They see the text after [`normal`]: NFKC,
//! hiragana, lower case, no spaces, marks, emoji or long-vowel signs.

use std::collections::BTreeMap;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::reading::{hiragana, is_mark};

/// What a message may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// A: life.
    Life,
    /// B: harming a child.
    ChildAbuse,
    /// C: violence by a partner.
    Violence,
    /// D: an emergency.
    Emergency,
    /// E: an unwanted pregnancy or a loss.
    PregnancyOrLoss,
    /// F: exhaustion.
    Exhaustion,
}

/// Which words a category's card opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// The writer's own trouble.
    Own,
    /// Somebody else's child was seen or heard (B).
    Witnessed,
    /// An unwanted pregnancy (E).
    Unwanted,
    /// A loss (E).
    Loss,
}

/// What was found in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Found {
    /// The category that is counted.
    pub category: Category,
    /// The card's opening.
    pub variant: Variant,
}

/// The keys of a pattern file in the order they are tried: the first that matches counts.
const KEYS: [(&str, Found); 8] = [
    ("A", Found { category: Category::Life, variant: Variant::Own }),
    ("D", Found { category: Category::Emergency, variant: Variant::Own }),
    ("B", Found { category: Category::ChildAbuse, variant: Variant::Own }),
    ("B2", Found { category: Category::ChildAbuse, variant: Variant::Witnessed }),
    ("C", Found { category: Category::Violence, variant: Variant::Own }),
    ("E1", Found { category: Category::PregnancyOrLoss, variant: Variant::Unwanted }),
    ("E2", Found { category: Category::PregnancyOrLoss, variant: Variant::Loss }),
    ("F", Found { category: Category::Exhaustion, variant: Variant::Own }),
];

/// Why patterns cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PatternError {
    /// A key that no category has.
    #[error("no such category: {0} (known are A, B, B2, C, D, E1, E2, F)")]
    UnknownKey(String),
    /// A pattern the regex engine does not take.
    #[error("the pattern of category {key} cannot be used")]
    Unreadable {
        /// Whose pattern.
        key: String,
        /// Why.
        #[source]
        cause: Box<regex::Error>,
    },
}

/// Compiled patterns of all categories.
#[derive(Debug, Clone, Default)]
pub struct DangerWords {
    exclusions: Vec<String>,
    patterns: Vec<(Found, Regex)>,
}

impl DangerWords {
    /// The categories as a file of patterns names them; B and E have two cards.
    pub const KEYS: [&str; 8] = ["A", "B", "B2", "C", "D", "E1", "E2", "F"];

    /// Compiles patterns by key. Exclusions are taken out of a text before patterns see it, so that
    /// 貧血が is not 血が; they are normalised here.
    ///
    /// # Errors
    ///
    /// A [`PatternError`] for every unknown key and every pattern that does not compile.
    pub fn new(exclusions: &[String], patterns: &BTreeMap<String, String>) -> Result<Self, Vec<PatternError>> {
        let unknown = patterns.keys().filter(|key| KEYS.iter().all(|(known, _)| known != key));
        let mut errors: Vec<_> = unknown.map(|key| PatternError::UnknownKey(key.clone())).collect();
        let mut compiled = Vec::new();
        for (key, found) in KEYS {
            let Some(pattern) = patterns.get(key) else { continue };
            match Regex::new(pattern) {
                Ok(pattern) => compiled.push((found, pattern)),
                Err(cause) => errors.push(PatternError::Unreadable { key: key.to_owned(), cause: Box::new(cause) }),
            }
        }
        let exclusions = exclusions.iter().map(|word| normal(word)).filter(|word| !word.is_empty()).collect();
        if errors.is_empty() { Ok(Self { exclusions, patterns: compiled }) } else { Err(errors) }
    }

    /// What a message calls for, if any pattern finds it.
    #[must_use]
    pub fn category(&self, text: &str) -> Option<Found> {
        let mut text = normal(text);
        for word in &self.exclusions {
            // A mark stands in the gap, so that no new word grows together.
            text = text.replace(word, "・");
        }
        self.patterns.iter().find(|(_, pattern)| pattern.is_match(&text)).map(|(found, _)| *found)
    }
}

/// The form of a text that patterns see.
#[must_use]
pub fn normal(text: &str) -> String {
    let lower = text.nfkc().flat_map(char::to_lowercase);
    lower.filter(|letter| !is_mark(*letter) && *letter != 'ー').map(hiragana).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(exclusions: &[&str], patterns: &[(&str, &str)]) -> Result<DangerWords, Vec<PatternError>> {
        let patterns = patterns.iter().map(|(key, pattern)| ((*key).to_owned(), (*pattern).to_owned()));
        let exclusions: Vec<String> = exclusions.iter().map(|word| (*word).to_owned()).collect();
        DangerWords::new(&exclusions, &patterns.collect())
    }

    #[test]
    fn patterns_see_a_text_without_its_dress() {
        assert_eq!(normal(" パートナーに… ＤＶ！😢"), "ぱとなにdv");
        let words = words(&[], &[("C", "ぱとなに")]).unwrap();
        assert_eq!(words.category("パ ー ト ナ ー に").unwrap().category, Category::Violence);
    }

    #[test]
    fn an_exclusion_is_taken_out_before_patterns_look() {
        let words = words(&["貧血"], &[("D", "血が")]).unwrap();
        assert_eq!(words.category("貧血が心配です"), None);
        assert!(words.category("血が止まらない").is_some());
    }

    #[test]
    fn life_comes_before_everything_and_exhaustion_last() {
        let words = words(&[], &[("F", "つら"), ("D", "血が"), ("A", "死にた")]).unwrap();
        assert_eq!(words.category("つらくて血が出て死にたい").unwrap().category, Category::Life);
        assert_eq!(words.category("つらくて血が出た").unwrap().category, Category::Emergency);
    }

    #[test]
    fn every_pattern_that_cannot_be_used_is_named() {
        let errors = words(&[], &[("A", "("), ("B", "手"), ("D", "["), ("G", "x")]).unwrap_err();
        let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(said[0], "no such category: G (known are A, B, B2, C, D, E1, E2, F)");
        assert_eq!(said[1..], ["A", "D"].map(|key| format!("the pattern of category {key} cannot be used")));
    }
}
