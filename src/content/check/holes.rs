//! Moments without a text.

use crate::content::cadence;
use crate::content::finding::Log;
use crate::domain::programme::pack::{Pack, Place};
use crate::domain::programme::slot::Slot;

/// One finding with every hole of a pack, in ranges: an error where the author says that the pack is
/// complete.
pub(super) fn find(pack: &Pack, head: &Place, log: &mut Log) {
    let slots = cadence::slots(&pack.cadence);
    let filled = |slot: &Slot| pack.manuscripts.contains_key(slot);
    let runs: Vec<&[Slot]> = slots.chunk_by(|a, b| filled(a) == filled(b) && alike(a, b)).collect();
    let holes: Vec<&[Slot]> = runs.into_iter().filter(|run| run.first().is_some_and(|slot| !filled(slot))).collect();
    if holes.is_empty() {
        return;
    }
    let count: usize = holes.iter().map(|run| run.len()).sum();
    let ranges: Vec<String> = holes.iter().filter_map(|run| range(run)).collect();
    let sentence = format!("原稿のない枠が{}のうち{count}あります：{}", slots.len(), ranges.join("、"));
    if pack.complete {
        log.error(head.clone(), format!("complete = true ですが、{sentence}"));
    } else {
        log.warn(head.clone(), sentence);
    }
}

/// Whether two neighbours can stand in one range.
fn alike(a: &Slot, b: &Slot) -> bool {
    series(*a) == series(*b)
}

/// `preg`, `day`, `y1`, …
fn series(slot: Slot) -> String {
    slot.to_string().split('/').next().unwrap_or_default().to_owned()
}

/// `preg/w04d1–w04d6`, or a single slot.
fn range(run: &[Slot]) -> Option<String> {
    let (first, last) = (run.first()?, run.last()?);
    if first == last {
        return Some(first.to_string());
    }
    let last = last.to_string();
    let (_, moment) = last.split_once('/')?;
    Some(format!("{first}–{moment}"))
}
