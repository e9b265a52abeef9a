//! Everything that can be said: packs, phrases, the municipality and the words that call for help.

use super::conversation::danger::DangerWords;
use super::municipal::Municipality;
use super::phrases::Phrases;
use super::programme::pack::{Pack, Series};

/// One account's texts, read once and replaced whole.
#[derive(Debug, Clone)]
pub struct Library {
    /// The packs; at most one of each series and locale.
    pub packs: Vec<Pack>,
    /// The wording of the conversation, one set a locale; the first is the fallback.
    pub phrases: Vec<Phrases>,
    /// The municipality.
    pub municipality: Municipality,
    /// Patterns that tell a message which needs a person.
    pub danger: DangerWords,
}

impl Library {
    /// The pack of a series in a locale, or in the fallback locale.
    #[must_use]
    pub fn pack(&self, series: Series, locale: &str) -> Option<&Pack> {
        let of_series = || self.packs.iter().filter(move |pack| pack.series == series);
        of_series().find(|pack| pack.locale == locale).or_else(|| of_series().next())
    }

    /// The phrases of a locale, or of the fallback locale.
    ///
    /// # Panics
    ///
    /// Never for a library that was loaded: a loader refuses content without phrases.
    #[must_use]
    pub fn phrases(&self, locale: &str) -> &Phrases {
        let own = self.phrases.iter().find(|phrases| phrases.locale == locale);
        own.or_else(|| self.phrases.first()).expect("a library is loaded with at least one set of phrases")
    }

    /// Whether every manuscript and municipal text was read by a named reviewer.
    #[must_use]
    pub fn is_reviewed(&self) -> bool {
        let packs =
            self.packs.iter().flat_map(|pack| pack.manuscripts.values()).all(|text| text.review.reviewer.is_some());
        packs && self.municipality.texts.iter().all(|text| text.review.reviewer.is_some())
    }
}
