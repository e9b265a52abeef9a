//! Twins are two children with the same dates: one is registered, and the others join it.
//!
//! Also the question that a birth raises for those who were due on the same day. A lost child is
//! never among them: nothing asks about it, and nothing counts it.

use chrono::NaiveDate;

use super::super::postback::{ChildRef, Tap};
use super::super::reading::{fold, words};
use super::super::state::{Called, Matter, State, Wanted};
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Effect, Step};
use super::scene::{Scene, due_date, reference};
use super::{birth, children, loss, nickname, siblings};
use crate::domain::family::Follow;

/// ふたご・みつごです: for which child, unless all that are registered share their dates.
pub(super) fn begin(scene: Scene<'_>) -> Step {
    let mut different: Vec<&Follow> = Vec::new();
    for follow in scene.active() {
        if !different.iter().any(|known| known.child.journey == follow.child.journey) {
            different.push(follow);
        }
    }
    children::among(scene, Matter::Twins, &different)
}

/// The child with its registered twins, oldest registration first.
fn together(scene: Scene<'_>, child: ChildRef) -> Vec<&Follow> {
    let journey = scene.follow(child).map(|follow| &follow.child.journey);
    scene.active().filter(|follow| Some(&follow.child.journey) == journey).collect()
}

/// An answer to how many there are.
pub(super) fn counted(scene: Scene<'_>, child: ChildRef, tap: Tap) -> Option<Step> {
    match tap {
        Tap::Pick(index @ 0..=2) => Some(count(scene, child, usize::from(index) + 2)),
        _ => None,
    }
}

/// 「ふたご」, 「三つ子」, 「2人」, 「2」: the number is that of the children, not of a button.
pub(super) fn count_typed(scene: Scene<'_>, child: ChildRef, text: &str) -> Option<Step> {
    const WORDS: [(&str, usize); 9] = [
        ("ふたご", 2),
        ("双子", 2),
        ("ふたり", 2),
        ("みつご", 3),
        ("三つ子", 3),
        ("さんにん", 3),
        ("よつご", 4),
        ("四つ子", 4),
        ("よにん", 4),
    ];
    let folded = fold(text);
    let bare = folded.strip_suffix("です").unwrap_or(&folded);
    let word = WORDS.iter().find(|(word, _)| fold(word) == bare).map(|(_, count)| *count);
    let number = words::numbered(bare.strip_suffix('人').unwrap_or(bare)).filter(|count| (2..=4).contains(count));
    word.or(number).map(|found| count(scene, child, found))
}

fn count(scene: Scene<'_>, child: ChildRef, wanted: usize) -> Step {
    let known = together(scene, child).len();
    match u8::try_from(wanted.saturating_sub(known)) {
        Ok(0) | Err(_) => scene.end(Line::TwinsKnown),
        Ok(more) if siblings::is_full(scene, usize::from(more)) => scene.end(Line::TooManyChildren),
        Ok(more) => scene.ask(State::NamingTwins { child, named: Vec::new(), more }),
    }
}

/// A typed nickname of the next one.
pub(super) fn name_typed(scene: Scene<'_>, child: ChildRef, named: &[Called], more: u8, text: &str) -> Step {
    match nickname::read(scene, text) {
        Ok(nickname) => name(scene, child, named, more, Called::Named { nickname }),
        Err(step) => *step,
    }
}

/// The next one has a nickname, or none; after the last all are registered.
pub(super) fn name(scene: Scene<'_>, child: ChildRef, named: &[Called], more: u8, called: Called) -> Step {
    let named = [named, &[called]].concat();
    if named.len() < usize::from(more) {
        return scene.ask(State::NamingTwins { child, named, more });
    }
    let may = scene.follow(child).is_some_and(|follow| follow.is_active() && follow.is_parent());
    if !may {
        return scene.end(Line::NoLongerAsked);
    }
    let enrol = |called: &Called| Effect::EnrolTwin { of: child.id, nickname: called.nickname().cloned() };
    let step = named.iter().fold(scene.stay().to(State::Idle), |step, called| step.want(enrol(called)));
    step.want(Effect::ShowNewcomers).say(Prompt::TwinsRegistered)
}

/// The others who were due on the same day, and of whose birth this reader may speak.
pub(super) fn due_together(scene: Scene<'_>, child: ChildRef) -> Vec<ChildRef> {
    let due = scene.follow(child).and_then(due_date);
    let others = scene.active().filter(|follow| follow.child.id != child.id && follow.is_parent());
    others.filter(|follow| due.is_some() && due_date(follow) == due).map(reference).collect()
}

/// Whether all were born on that day. When not, the first is reported and the next is asked about.
pub(super) fn confirmed(scene: Scene<'_>, children: &[ChildRef], born: NaiveDate, tap: Tap) -> Option<Step> {
    match (tap, children) {
        (Tap::Yes, all) => Some(birth::reported(scene, all, born)),
        (Tap::Apart, [first, ..]) => Some(birth::reported(scene, &[*first], born)),
        _ => None,
    }
}

/// Sad news where a twin is asked about whose sibling is born: the birth stays reported, without a
/// congratulation, and the one that is asked about is stopped. With more than one, everything stops and
/// it is asked which, as always. `None` where no twin is asked about.
pub(super) fn sad(scene: Scene<'_>) -> Option<Step> {
    match scene.state() {
        State::ConfirmingTwins { children, born } => {
            let (first, others) = children.split_first()?;
            let Some(step) = birth::quietly(scene, &[*first], *born) else {
                return Some(scene.end(Line::NoLongerAsked));
            };
            Some(match others {
                [other] => lost(step, scene, *other),
                _ => loss::after(step, scene),
            })
        }
        State::AskingDate { wanted: Wanted::Birth { child } } if scene.facts.has_born_twin(child.id) => {
            Some(lost(scene.stay().to(State::Idle), scene, *child))
        }
        _ => None,
    }
}

fn lost(step: Step, scene: Scene<'_>, child: ChildRef) -> Step {
    let step = loss::for_family(loss::own_stop(step, &[child.id], scene), &[child.id], scene);
    step.tell(Line::TwinLost).say(Prompt::LossTalk { undo: true })
}
