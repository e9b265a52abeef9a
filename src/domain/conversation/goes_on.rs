//! What goes on, what stands still, and what can be undone: steps and words ask the same questions.

use chrono::NaiveDate;

use super::{Facts, ages};
use crate::domain::calendar::LeapRule;
use crate::domain::family::{Follow, Journey, OwnStop, StopReason};
use crate::domain::ids::ChildId;

/// A stop or a loss can be undone for this many days (design §13).
const UNDO_DAYS: i64 = 30;

/// Whether deliveries for this child go on or could: neither stopped nor past the third birthday.
#[must_use]
pub fn goes_on(follow: &Follow, today: NaiveDate, leap: LeapRule) -> bool {
    let over = follow.child.journey.born().is_some_and(|born| ages::last_birthday(born, leap) < today);
    follow.is_active() && !over
}

/// The dates of a child, also when its journey was stopped.
pub(super) fn before_stop(journey: &Journey) -> &Journey {
    match journey {
        Journey::Stopped { before, .. } => before,
        Journey::Expected { .. } | Journey::Born { .. } => journey,
    }
}

/// The day of the reader's own stop. A plain one over a child that the family has lost stands behind the
/// loss: it says nothing of it, and to lift it alone would bring nothing back.
pub(super) fn own_stop(follow: &Follow) -> Option<NaiveDate> {
    let counts = |stop: &OwnStop| stop.reason == StopReason::Loss || !follow.child.journey.is_stopped();
    follow.stopped.filter(counts).map(|stop| stop.on)
}

/// A stop of the whole family can be lifted by those who may speak for it.
pub(super) fn family_stop(follow: &Follow) -> Option<NaiveDate> {
    match &follow.child.journey {
        Journey::Stopped { on, .. } if follow.is_parent() => Some(*on),
        Journey::Stopped { .. } | Journey::Expected { .. } | Journey::Born { .. } => None,
    }
}

impl Facts<'_> {
    /// See [`goes_on`].
    pub(super) fn goes_on(&self, follow: &Follow) -> bool {
        goes_on(follow, self.now.date(), self.account.municipality.leap)
    }

    /// The children whose deliveries go on or could.
    pub(super) fn active(&self) -> impl Iterator<Item = &Follow> {
        self.follows.iter().filter(|follow| self.goes_on(follow))
    }

    /// Whether this reader stopped plainly, and the journey goes on.
    pub(super) fn plainly_stopped(&self) -> impl Iterator<Item = &Follow> {
        self.follows.iter().filter(|follow| {
            let plain = follow.stopped.is_some_and(|stop| stop.reason == StopReason::Plain);
            plain && !follow.child.journey.is_stopped()
        })
    }

    /// Whether everything stands still after a loss: words stay quiet.
    pub(super) fn is_quiet(&self) -> bool {
        self.active().next().is_none() && self.follows.iter().any(Follow::is_lost)
    }

    /// Whether some day of the last thirty is meant.
    pub(super) fn is_recent(&self, on: NaiveDate) -> bool {
        (self.now.date() - on).num_days() <= UNDO_DAYS
    }

    /// The day of the last stop or loss that this reader may still undo.
    pub(super) fn last_stop(&self) -> Option<NaiveDate> {
        let own = self.follows.iter().filter_map(own_stop);
        let family = self.follows.iter().filter_map(family_stop);
        own.chain(family).filter(|on| self.is_recent(*on)).max()
    }

    /// The children of whom sad news may tell: those that go on, and those of whom it is known but this
    /// reader has not said it before today. When all stand still, those stopped plainly; a pregnancy that
    /// was ended before is among them where no other goes on: a toddler is not taken for the one lost. A
    /// child past its third birthday is meant only where there is no other.
    pub(super) fn concerned_by_loss(&self) -> Vec<&Follow> {
        if self.is_quiet() {
            return Vec::new();
        }
        let active = self.active().collect::<Vec<_>>();
        let expects = active.iter().any(|follow| is_expected(follow));
        let ended = self.plainly_stopped().filter(|follow| active.is_empty() || !expects && is_expected(follow));
        let ended = ended.collect::<Vec<_>>();
        let known = self.follows.iter().filter(|follow| {
            follow.is_lost() && own_stop(follow).is_none_or(|on| on == self.now.date()) && !active.is_empty()
        });
        let concerned = [active.clone(), ended, known.collect()].concat();
        if concerned.is_empty() { self.follows.iter().filter(|follow| follow.is_active()).collect() } else { concerned }
    }

    /// Whether another child that was due on the same day as this expected one is born.
    pub(super) fn has_born_twin(&self, child: ChildId) -> bool {
        let expected = self.follows.iter().find(|follow| follow.child.id == child);
        let Some(Journey::Expected { due: awaited }) = expected.map(|follow| &follow.child.journey) else {
            return false;
        };
        self.active()
            .any(|follow| matches!(follow.child.journey, Journey::Born { due: Some(due), .. } if due == *awaited))
    }

    /// Whether twins can be added without hurting or puzzling anybody: nobody is known to be lost, and
    /// some child has none yet.
    pub(super) fn may_add_twins(&self) -> bool {
        let alike = |one: &Follow| self.active().filter(|other| other.child.journey == one.child.journey).count();
        let all_are_twins = self.active().next().is_some() && self.active().all(|follow| alike(follow) > 1);
        !all_are_twins && !self.follows.iter().any(Follow::is_lost)
    }
}

const fn is_expected(follow: &Follow) -> bool {
    matches!(follow.child.journey, Journey::Expected { .. })
}
