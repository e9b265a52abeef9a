//! What planning a message changes in the reader's profile.

use super::placement::shown_keys;
use crate::domain::delivery::DailyParts;
use crate::domain::family::Profile;
use crate::domain::library::Library;

/// Notes that this message was planned: its lines on top are said, a pause that it ends is over, and
/// the municipal texts that ride on it are shown.
pub fn note_planned(profile: &mut Profile, parts: &DailyParts, library: &Library) {
    profile.leads.clear();
    if profile.pause.is_some_and(|pause| pause.until.is_some_and(|until| until < parts.day)) {
        profile.pause = None;
    }
    for key in shown_keys(parts, library) {
        profile.shown.entry(key).or_insert(parts.day);
    }
}
