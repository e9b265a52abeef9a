//! The wording around the manuscripts, by key.

use crate::domain::family::Lead;
use crate::domain::library::Library;
use crate::domain::phrases::{Phrase, fill};

/// Every phrase that a daily message may need, with the placeholders its text may hold. `check`
/// compares `content/phrases` with this list.
pub const PHRASES: [(&str, &[&str]); 27] = [
    ("daily_call_pregnancy", &["weeks", "days"]),
    ("daily_call_pregnancy_named", &["nickname", "weeks", "days"]),
    ("daily_call_pregnancy_week", &["weeks"]),
    ("daily_call_pregnancy_week_named", &["nickname", "weeks"]),
    ("daily_call_birth_day", &[]),
    ("daily_call_birth_day_named", &["nickname"]),
    ("daily_call_day", &["day_count"]),
    ("daily_call_day_named", &["nickname", "day_count"]),
    ("daily_call_birthday", &["years", "day_count"]),
    ("daily_call_birthday_named", &["nickname", "years", "day_count"]),
    ("daily_lead_resumed", &[]),
    ("daily_lead_due_date_moved", &[]),
    ("daily_lead_birth_reported", &[]),
    ("daily_nameless_expected", &[]),
    ("daily_nameless", &[]),
    ("daily_nameless_expected_several", &[]),
    ("daily_nameless_several", &[]),
    ("daily_onward", &[]),
    ("daily_onward_named", &["nickname"]),
    ("daily_overdue", &[]),
    ("daily_overdue_family", &[]),
    ("daily_corrected", &[]),
    ("daily_other_locale", &[]),
    ("daily_unreviewed", &[]),
    ("daily_footer", &[]),
    ("daily_municipal", &["municipality", "title", "department", "phone", "hours", "opening"]),
    ("daily_lead_family_joined", &[]),
];

/// Labels without which a card would lead nowhere.
pub const LABELS: [(&str, &[&str]); 2] =
    [("daily_overdue", &["birth", "later", "end"]), ("daily_overdue_family", &["end"])];

/// What may stand in braces in a manuscript.
pub const MANUSCRIPT_PLACEHOLDERS: [&str; 8] =
    ["nickname", "day_count", "weeks", "days", "municipality", "service", "desk", "phone"];

/// One reader's wording.
pub(super) struct Words<'a> {
    pub(super) library: &'a Library,
    pub(super) locale: &'a str,
}

impl<'a> Words<'a> {
    pub(super) const fn new(library: &'a Library, locale: &'a str) -> Self {
        Self { library, locale }
    }

    /// The phrase of that key in the reader's locale, else in the fallback locale.
    pub(super) fn phrase(&self, key: &str) -> Option<&'a Phrase> {
        let library: &'a Library = self.library;
        library.phrases(self.locale).get(key).or_else(|| library.phrases.first()?.get(key))
    }

    /// The filled text of that key; empty where the phrase is missing, which `check` reports.
    pub(super) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.phrase(key).map(|phrase| fill(phrase.text.trim_end(), values)).unwrap_or_default()
    }

    /// The label of one of a phrase's buttons; `check` reports one that is missing.
    pub(super) fn label(&self, key: &str, name: &str) -> String {
        let label = self.phrase(key).and_then(|phrase| phrase.labels.get(name)).cloned();
        label.unwrap_or_else(|| "…".to_owned())
    }

    /// What `{municipality}`, `{service}`, `{desk}` and `{phone}` stand for.
    pub(super) fn of_municipality(&self) -> [(&'static str, &'a str); 4] {
        let municipality = &self.library.municipality;
        [
            ("municipality", &municipality.name),
            ("service", &municipality.service),
            ("desk", &municipality.desk.name),
            ("phone", &municipality.desk.phone),
        ]
    }
}

/// The key of the line that explains something unusual.
pub(super) const fn of_lead(lead: Lead) -> &'static str {
    match lead {
        Lead::Resumed => "daily_lead_resumed",
        Lead::DueDateMoved(_) => "daily_lead_due_date_moved",
        Lead::BirthReported(_) => "daily_lead_birth_reported",
        Lead::FamilyJoined => "daily_lead_family_joined",
    }
}
