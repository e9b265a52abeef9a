//! Which phrases, labels and placeholders the conversation knows, for `check` and for translators.

use crate::domain::phrases::{Phrases, placeholders};

/// Every placeholder that a phrase may hold.
pub const PLACEHOLDERS: [&str; 15] = [
    "municipality",
    "service",
    "desk",
    "phone",
    "hours",
    "time",
    "kind",
    "day",
    "era",
    "age",
    "nickname",
    "child",
    "days",
    "day_count",
    "today",
];

/// Every phrase that the conversation says, with the labels of its buttons.
pub const PHRASES: [(&str, &[&str]); 144] = [
    ("already_registered", &["profile", "today"]),
    ("ask_birth", &["back", "birth", "sad"]),
    ("ask_consent", &["later", "privacy", "yes"]),
    ("ask_date", &["birth", "due", "unknown"]),
    ("ask_fix", &["back", "date", "name", "restart"]),
    ("ask_new_birth_date", &["back", "birth"]),
    ("ask_new_due_date", &["back", "due"]),
    ("ask_new_name", &["back", "none"]),
    ("ask_nickname", &["back", "skip"]),
    ("ask_overdue", &["birth", "not_yet", "quit"]),
    ("ask_rest", &["month", "open", "stop", "week"]),
    ("ask_weeks", &["back"]),
    ("ask_which_birth", &[]),
    ("ask_which_birth_date", &[]),
    ("ask_which_child", &["back"]),
    ("ask_which_date", &[]),
    ("ask_which_due_date", &[]),
    ("ask_which_lost", &["all", "none"]),
    ("ask_which_name", &[]),
    ("ask_without_due_date", &["consult", "later", "weeks"]),
    ("birth_in_future", &[]),
    ("birth_not_undone", &[]),
    ("birth_reported", &["undo"]),
    ("birth_undone", &[]),
    ("born_in_future", &[]),
    ("child_words", &["born", "expected"]),
    ("choose_one", &[]),
    ("confirm_birth", &["no", "yes"]),
    ("confirm_date", &["no", "yes"]),
    ("confirm_era_date", &["no", "yes"]),
    ("confirm_loss", &["back", "yes"]),
    ("confirm_loss_own", &["back", "yes"]),
    ("confirm_move", &["no", "yes"]),
    ("confirm_registration", &["no", "yes"]),
    ("consult", &["urgent"]),
    ("consult_above", &[]),
    ("danger_child", &[]),
    ("danger_child_card", &[]),
    ("danger_emergency", &[]),
    ("danger_emergency_card", &[]),
    ("danger_exhaustion", &[]),
    ("danger_exhaustion_card", &[]),
    ("danger_life", &[]),
    ("danger_life_card", &[]),
    ("danger_loss", &[]),
    ("danger_loss_card", &["stop"]),
    ("danger_unwanted", &[]),
    ("danger_unwanted_card", &[]),
    ("danger_violence", &[]),
    ("danger_violence_card", &[]),
    ("danger_witnessed", &[]),
    ("date_line", &[]),
    ("date_words", &["born", "due", "unnamed"]),
    ("due_date_overdue", &[]),
    ("due_date_too_far", &[]),
    ("finished", &[]),
    ("gentle_birth", &["back", "birth", "consult", "sad"]),
    ("greeting", &[]),
    ("greeting_reviewed", &[]),
    ("group_farewell", &[]),
    ("hello", &[]),
    ("help", &["call", "consult", "profile", "today"]),
    ("help_quiet", &["call", "consult"]),
    ("help_unregistered", &["call", "consult", "register"]),
    ("loss_all", &[]),
    ("loss_heard", &[]),
    ("loss_left", &[]),
    ("loss_others_go_on", &[]),
    ("loss_stopped", &[]),
    ("loss_stopped_all", &[]),
    ("loss_talk", &["undo"]),
    ("media", &["call"]),
    ("moved", &[]),
    ("nickname_address", &[]),
    ("nickname_empty", &[]),
    ("nickname_is_date", &[]),
    ("nickname_one_line", &[]),
    ("nickname_too_long", &[]),
    ("no_longer_asked", &[]),
    ("no_such_era_year", &[]),
    ("nobody_born", &["profile"]),
    ("nobody_expected", &["profile"]),
    ("not_a_date", &[]),
    ("not_in_calendar", &[]),
    ("not_needed", &[]),
    ("not_read", &[]),
    ("not_registered", &["register"]),
    ("not_resting", &[]),
    ("not_understood_again", &["call"]),
    ("not_weeks", &[]),
    ("not_yet_born", &[]),
    ("nothing_changed", &[]),
    ("nothing_open", &[]),
    ("nothing_to_stop", &[]),
    ("nothing_today", &[]),
    ("old_button", &[]),
    ("only_parents", &[]),
    ("past_three", &["page"]),
    ("privacy", &["page"]),
    ("privacy_desk", &[]),
    ("profile", &["birth", "move_birth", "move_due", "rename"]),
    ("profile_deliveries", &["help", "rest", "resume"]),
    ("quiet_stopped", &[]),
    ("quiet_stopped_undo", &["undo"]),
    ("quiet_thanks", &[]),
    ("register_first", &[]),
    ("register_later", &[]),
    ("registered", &[]),
    ("registered_born", &[]),
    ("registered_early", &[]),
    ("registered_next", &[]),
    ("registered_today", &[]),
    ("registration_left", &[]),
    ("renamed", &[]),
    ("resting_open", &[]),
    ("resting_until", &[]),
    ("rests_open", &[]),
    ("rests_until", &[]),
    ("resume_confirm", &["go_on", "restart"]),
    ("resume_date", &["go_on", "restart"]),
    ("resume_nickname", &["go_on", "restart"]),
    ("resumed", &[]),
    ("returned_quietly", &[]),
    ("same_date", &[]),
    ("sticker_thanks", &[]),
    ("stopped", &["loss", "undo"]),
    ("stopped_before", &["consult", "resume"]),
    ("thanks", &[]),
    ("three_today", &["page"]),
    ("today_earlier", &[]),
    ("today_earlier_next", &[]),
    ("today_is", &[]),
    ("today_next", &[]),
    ("today_not_begun", &[]),
    ("too_late_to_undo", &[]),
    ("type_birth_date", &[]),
    ("type_due_date", &[]),
    ("undone", &[]),
    ("unknown_button", &[]),
    ("unnamed", &[]),
    ("urgent", &[]),
    ("way_back", &["question", "registration"]),
    ("welcome_back", &["profile", "resume"]),
    ("year_in_full", &[]),
];

/// The phrases (`key`) and labels (`key.label`) that are missing.
#[must_use]
pub fn missing(phrases: &Phrases) -> Vec<String> {
    let mut missing = Vec::new();
    for (key, labels) in PHRASES {
        let Some(phrase) = phrases.get(key) else {
            missing.push(key.to_owned());
            continue;
        };
        let absent = labels.iter().filter(|name| !phrase.labels.contains_key(**name));
        missing.extend(absent.map(|name| format!("{key}.{name}")));
    }
    missing
}

/// Phrases that hold a placeholder nobody fills, each with that placeholder.
#[must_use]
pub fn unfilled(phrases: &Phrases) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (key, phrase) in phrases.iter() {
        let texts = [Some(&phrase.text), phrase.title.as_ref(), phrase.alt.as_ref()].into_iter().flatten();
        for text in texts.chain(phrase.labels.values()) {
            let unknown = placeholders(text).filter(|name| !PLACEHOLDERS.contains(name));
            found.extend(unknown.map(|name| (key.to_owned(), name.to_owned())));
        }
    }
    found
}
