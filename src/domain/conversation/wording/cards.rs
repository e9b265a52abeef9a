//! Cards with telephone numbers: consultation, help, urgent, loss, danger. A number that the
//! municipality has not given simply has no row; the desk and the way to the urgent card stay.

use super::super::danger::{Category, Found, Variant};
use super::super::postback::Tap;
use super::words::{Words, tel};
use crate::domain::message::{Button, Card, Message, Row, Weight};
use crate::domain::municipal::Desk;

/// A row of the table of a card: the key of a help line and its weight.
type Lines<'a> = &'a [(&'a str, Weight)];

/// Stands for the municipality's own desk in a table of help lines.
const DESK: &str = "desk";

fn card(words: &Words<'_>, key: &str, lines: Lines<'_>, more: Vec<Row>) -> Message {
    let text = words.text(key, &[]);
    let mut rows = if text.is_empty() { Vec::new() } else { vec![Row::Text { text }] };
    rows.extend(lines.iter().flat_map(|(line, weight)| call(words, line, *weight)));
    rows.extend(more);
    words.card(key, &[], Card { kicker: None, title: words.title(key, &[]), rows, note: None })
}

fn call(words: &Words<'_>, line: &str, weight: Weight) -> Vec<Row> {
    let town = words.facts.account.municipality;
    let desk = if line == DESK { Some(&town.desk) } else { town.hotline(line) };
    desk.map_or_else(Vec::new, |desk| rows(desk, weight))
}

fn rows(desk: &Desk, weight: Weight) -> Vec<Row> {
    let button = Button::uri(clipped(&desk.name), tel(desk));
    let hours = if desk.hours.is_empty() { String::new() } else { format!("　{}", desk.hours) };
    vec![Row::Button { button, weight }, Row::Small { text: format!("{}{hours}", desk.phone) }]
}

/// LINE takes at most 40 characters in a card's button.
fn clipped(name: &str) -> String {
    use unicode_segmentation::UnicodeSegmentation as _;
    name.graphemes(true).take(40).collect()
}

fn entry(words: &Words<'_>, key: &str, name: &str, tap: Tap, weight: Weight) -> Row {
    Row::Button { button: words.entry(key, name, tap), weight }
}

/// Whom one can call, and always the way to the urgent card, since no detection is relied on.
pub(super) fn consult(words: &Words<'_>) -> Message {
    use Weight::{Primary, Secondary, Urgent};
    let urgent = entry(words, "consult", "urgent", Tap::ShowUrgent, Urgent);
    let lines: Lines<'_> = if words.facts.is_quiet() {
        &[(DESK, Primary), ("loss", Secondary), ("yorisoi", Secondary), ("kokoro", Secondary)]
    } else {
        &[
            (DESK, Primary),
            ("child_medical", Secondary),
            ("emergency_advice", Secondary),
            ("pregnancy_sos", Secondary),
            ("kokoro", Secondary),
        ]
    };
    card(words, "consult", lines, vec![urgent])
}

pub(super) fn urgent(words: &Words<'_>) -> Message {
    use Weight::{Primary, Secondary, Urgent};
    let about_children = ["child_medical", "child_abuse"];
    let all = [
        ("ambulance", Urgent),
        ("police", Urgent),
        ("child_medical", Primary),
        ("child_abuse", Primary),
        ("yorisoi", Primary),
        ("inochi_sos", Secondary),
        ("dv_plus", Secondary),
        (DESK, Secondary),
    ];
    let quiet = words.facts.is_quiet();
    let lines: Vec<_> = all.into_iter().filter(|(line, _)| !quiet || !about_children.contains(line)).collect();
    card(words, "urgent", &lines, vec![])
}

/// What can be done here. After a loss it names nothing that is about a child.
pub(super) fn help(words: &Words<'_>) -> Message {
    let facts = words.facts;
    let stands_still = facts.active().next().is_none() && facts.follows.iter().any(|follow| !follow.is_active());
    let key = match facts.last_stop() {
        _ if facts.follows.is_empty() => "help_unregistered",
        Some(_) if stands_still => "help_quiet_undo",
        None if stands_still => "help_quiet",
        _ => "help",
    };
    let mut rows = match key {
        "help" => vec![
            entry(words, key, "today", Tap::ShowToday, Weight::Primary),
            entry(words, key, "profile", Tap::ShowProfile, Weight::Secondary),
        ],
        "help_unregistered" => vec![entry(words, key, "register", Tap::Register, Weight::Primary)],
        _ => vec![],
    };
    rows.push(entry(words, key, "consult", Tap::ShowConsult, Weight::Secondary));
    rows.push(Row::Button { button: words.call_desk(key), weight: Weight::Link });
    if stands_still {
        rows.push(entry(words, key, "erase", Tap::AskErase, Weight::Link));
    }
    card(words, key, &[], rows)
}

pub(super) fn loss_talk(words: &Words<'_>, undo: bool) -> Message {
    let lines = [(DESK, Weight::Secondary), ("loss", Weight::Secondary), ("yorisoi", Weight::Secondary)];
    let mut rows = Vec::new();
    if words.facts.is_quiet() {
        rows.push(Row::Small { text: words.text("loss_kept", &[]) });
    }
    rows.extend(undo.then(|| entry(words, "loss_talk", "undo", Tap::UndoStop, Weight::Link)));
    if words.facts.is_quiet() {
        rows.push(entry(words, "loss_talk", "erase", Tap::AskErase, Weight::Link));
    }
    card(words, "loss_talk", &lines, rows)
}

/// The words first, then whom to call.
pub(super) fn danger(words: &Words<'_>, found: Found) -> Vec<Message> {
    let (said, shown) = danger_keys(found);
    let more = match (found.category, found.variant) {
        (Category::PregnancyOrLoss, Variant::Loss) if words.facts.follows.iter().any(|follow| follow.is_active()) => {
            vec![entry(words, shown, "stop", Tap::AskLoss, Weight::Link)]
        }
        _ => vec![],
    };
    vec![words.line(said, &[]), card(words, shown, danger_lines(found), more)]
}

const fn danger_keys(found: Found) -> (&'static str, &'static str) {
    match (found.category, found.variant) {
        (Category::Life, _) => ("danger_life", "danger_life_card"),
        (Category::ChildAbuse, Variant::Witnessed) => ("danger_witnessed", "danger_child_card"),
        (Category::ChildAbuse, _) => ("danger_child", "danger_child_card"),
        (Category::Violence, _) => ("danger_violence", "danger_violence_card"),
        (Category::Emergency, _) => ("danger_emergency", "danger_emergency_card"),
        (Category::PregnancyOrLoss, Variant::Loss) => ("danger_loss", "danger_loss_card"),
        (Category::PregnancyOrLoss, _) => ("danger_unwanted", "danger_unwanted_card"),
        (Category::Exhaustion, _) => ("danger_exhaustion", "danger_exhaustion_card"),
    }
}

const fn danger_lines(found: Found) -> Lines<'static> {
    use Weight::{Primary, Secondary, Urgent};
    match (found.category, found.variant) {
        (Category::Life, _) => &[
            ("ambulance", Urgent),
            ("yorisoi", Primary),
            ("inochi_sos", Secondary),
            ("kokoro", Secondary),
            (DESK, Secondary),
        ],
        (Category::ChildAbuse, _) => {
            &[("child_abuse", Primary), ("child_guidance", Secondary), (DESK, Secondary), ("ambulance", Urgent)]
        }
        (Category::Violence, _) => {
            &[("police", Urgent), ("dv_plus", Primary), ("dv_navi", Secondary), (DESK, Secondary)]
        }
        (Category::Emergency, _) => &[
            ("ambulance", Urgent),
            ("child_medical", Primary),
            ("emergency_advice", Secondary),
            ("poison", Secondary),
            (DESK, Secondary),
        ],
        (Category::PregnancyOrLoss, Variant::Loss) => &[(DESK, Secondary), ("loss", Secondary), ("yorisoi", Secondary)],
        (Category::PregnancyOrLoss, _) => &[("pregnancy_sos", Primary), (DESK, Secondary), ("yorisoi", Secondary)],
        (Category::Exhaustion, _) => &[(DESK, Primary), ("yorisoi", Secondary), ("kokoro", Secondary)],
    }
}
