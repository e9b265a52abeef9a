//! Content judged on a day, and read as an editor would.
//!
//! What is wrong with a file as such is said by loading it. Here are the questions that need a day
//! (what has expired?), the whole (which moments have no text?) or an ear (how does it read?).

mod alike;
mod ears;
mod holes;
mod words;

use chrono::{Days, NaiveDate};

use super::Loaded;
use super::finding::{Finding, Lines, Log, Severity, at};
use super::phrases::{phrase_placeholders, required_labels, required_phrases};
use crate::domain::compose::{LABELS, PHRASES};
use crate::domain::conversation::wording::keys;
use crate::domain::library::Library;
use crate::domain::programme::pack::{Manuscript, Pack, Place, Review};

/// This many days before a text expires, its authors hear of it.
const NOTICE_DAYS: u64 = 60;

/// A paragraph as the checks read it.
struct Passage<'a> {
    text: &'a str,
    /// The text it belongs to.
    place: &'a Place,
    /// The line it begins on.
    line: usize,
}

impl Passage<'_> {
    /// The place of what stands at that byte of the paragraph.
    fn place_of(&self, byte: usize) -> Place {
        at(&self.place.file, self.line + self.text[..byte].matches('\n').count())
    }
}

/// Everything worth looking at on that day, by file and line: what loading found, and what only a
/// day, the whole, or a reading can tell.
#[must_use]
pub fn check(loaded: &Loaded, on: NaiveDate) -> Vec<Finding> {
    let mut log = Log::default();
    for pack in &loaded.library.packs {
        self::pack(pack, on, &loaded.lines, &mut log);
    }
    for text in &loaded.library.municipality.texts {
        expiry(text.valid_until, "valid_until", &text.place, on, &mut log);
        review(&text.review, &text.place, on, &mut log);
        for passage in passages(&text.place, text.paragraphs.iter().map(String::as_str), &loaded.lines) {
            ears::listen(&passage, &mut log);
            ears::past_dates(&passage, on, &mut log);
        }
    }
    unreviewed_texts(loaded, &mut log);
    alike::find(&loaded.library, &mut log);
    if let Some(plan) = &loaded.plan {
        plan.check(&loaded.library.packs, &mut log);
    }
    let mut findings = log.into_sorted();
    findings.extend(phrases(&loaded.library));
    findings.extend(loaded.warnings.iter().cloned());
    findings.sort_by(|a, b| (&a.place, a.severity).cmp(&(&b.place, b.severity)));
    findings
}

/// What daily messages and the conversation need of the phrases, in the fallback locale.
fn phrases(library: &Library) -> Vec<Finding> {
    let Some(fallback) = library.phrases.first() else { return Vec::new() };
    let mut findings = required_phrases(fallback, &PHRASES.map(|(key, _)| key));
    findings.extend(required_phrases(fallback, &keys::PHRASES.map(|(key, _)| key)));
    findings.extend(required_labels(fallback, &keys::PHRASES));
    findings.extend(required_labels(fallback, &LABELS));
    findings.extend(library.phrases.iter().flat_map(|phrases| phrase_placeholders(phrases, &PHRASES)));
    findings
}

/// Whether any finding must be put right.
#[must_use]
pub fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

fn pack(pack: &Pack, on: NaiveDate, lines: &Lines, log: &mut Log) {
    let head = at(&format!("packs/{}/pack.toml", pack.id), 1);
    holes::find(pack, &head, log);
    unreviewed(pack, head, log);
    words::endings(pack, log);
    for text in pack.manuscripts.values() {
        expiry(text.expires, "expires", &text.place, on, log);
        review(&text.review, &text.place, on, log);
        manuscript(text, lines, log);
    }
}

fn manuscript(text: &Manuscript, lines: &Lines, log: &mut Log) {
    let bodies = text.paragraphs.iter().map(|paragraph| paragraph.text.as_str());
    for (passage, paragraph) in passages(&text.place, bodies, lines).zip(&text.paragraphs) {
        words::judge(&passage, text.slot, paragraph.roles.is_empty(), log);
        ears::listen(&passage, log);
    }
}

fn passages<'a>(
    place: &'a Place,
    texts: impl Iterator<Item = &'a str>,
    lines: &'a Lines,
) -> impl Iterator<Item = Passage<'a>> {
    let known = lines.get(place).map_or(&[][..], Vec::as_slice);
    let lines = known.iter().copied().chain(std::iter::repeat(place.line));
    texts.zip(lines).map(move |(text, line)| Passage { text, place, line })
}

fn expiry(last: Option<NaiveDate>, key: &str, place: &Place, on: NaiveDate, log: &mut Log) {
    let Some(last) = last else { return };
    if last < on {
        log.error(
            place.clone(),
            format!("期限（{key} = {last}）がすぎています。中身を確かめて、新しい期限にしてください。"),
        );
    } else if last <= on.checked_add_days(Days::new(NOTICE_DAYS)).unwrap_or(NaiveDate::MAX) {
        let left = (last - on).num_days();
        log.warn(place.clone(), format!("期限（{key} = {last}）まで、あと{left}日です。中身を確かめてください。"));
    }
}

fn review(review: &Review, place: &Place, on: NaiveDate, log: &mut Log) {
    match (&review.reviewer, review.on) {
        (Some(_), None) => {
            log.warn(place.clone(), "監修者（reviewer）はありますが、監修した日（reviewed_on）がありません。")
        }
        (None, Some(_)) => {
            log.warn(place.clone(), "監修した日（reviewed_on）はありますが、監修者（reviewer）がありません。")
        }
        (Some(_), Some(day)) if day > on => {
            log.warn(place.clone(), format!("監修した日（reviewed_on = {day}）が、先の日付です。"));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
}

fn unreviewed(pack: &Pack, head: Place, log: &mut Log) {
    let all = pack.manuscripts.len();
    let without = pack.manuscripts.values().filter(|text| text.review.reviewer.is_none()).count();
    if without > 0 {
        log.warn(head, format!("監修者の名前がない原稿が、{all}本のうち{without}本あります（見本・監修前）。"));
    }
}

fn unreviewed_texts(loaded: &Loaded, log: &mut Log) {
    let municipality = &loaded.library.municipality;
    let all = municipality.texts.len();
    let without = municipality.texts.iter().filter(|text| text.review.reviewer.is_none()).count();
    if without > 0 {
        let head = at(&format!("municipal/{}/municipality.toml", municipality.slug), 1);
        log.warn(
            head,
            format!("確認した人の名前がない自治体の原稿が、{all}本のうち{without}本あります（見本・監修前）。"),
        );
    }
}
