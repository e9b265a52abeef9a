//! Questions for a date, whatever it is for: picked, typed, or worked out of the weeks.

use chrono::{Datelike, NaiveDate};

use super::super::postback::Tap;
use super::super::reading::dates::{self, Kind, Reading, Typed};
use super::super::state::{Doubt, Draft, State, Wanted};
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::super::{Dates, Step, ages};
use super::scene::{Scene, due_date};
use super::{birth, change, registration};

/// A due date lies at most this many days ahead: the first day of the pregnancy is today.
const FURTHEST_DUE: i64 = ages::TERM_DAYS;

/// Why a date cannot be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The birth date lies in the future.
    NotYetBorn,
    /// The due date is two weeks past or more.
    Overdue,
    /// The pregnancy would not have begun.
    TooFarAhead,
    /// The third birthday is over.
    PastThree,
    /// The third birthday is today.
    ThreeToday,
}

/// Whether a child with this date can be accompanied from today on.
pub(super) fn judge(scene: Scene<'_>, dates: Dates) -> Result<(), Refusal> {
    let today = scene.today();
    match dates {
        Dates::Due { due } => match (due - today).num_days() {
            ahead if ahead > FURTHEST_DUE => Err(Refusal::TooFarAhead),
            ahead if ahead < -ages::LAST_AFTER_DUE => Err(Refusal::Overdue),
            _ => Ok(()),
        },
        Dates::Born { born } if born > today => Err(Refusal::NotYetBorn),
        Dates::Born { born } => match ages::last_birthday(born, scene.leap()).cmp(&today) {
            std::cmp::Ordering::Less => Err(Refusal::PastThree),
            std::cmp::Ordering::Equal => Err(Refusal::ThreeToday),
            std::cmp::Ordering::Greater => Ok(()),
        },
    }
}

/// A date is certain; what it is for goes on with it.
pub(super) fn settle(scene: Scene<'_>, wanted: &Wanted, dates: Dates) -> Step {
    if let Err(refusal) = judge(scene, dates) {
        return refused(scene, wanted, refusal);
    }
    match (wanted, dates) {
        (Wanted::Registration { draft }, _) => registration::dated(scene, draft, dates),
        (Wanted::DueDate { child }, Dates::Due { due }) => change::move_due(scene, *child, due),
        (Wanted::BirthDate { child }, Dates::Born { born }) => change::move_birth(scene, *child, born),
        (Wanted::Birth { child }, Dates::Born { born }) => birth::dated(scene, *child, born),
        (Wanted::DueDate { .. } | Wanted::BirthDate { .. } | Wanted::Birth { .. }, _) => scene.misread(),
    }
}

fn refused(scene: Scene<'_>, wanted: &Wanted, refusal: Refusal) -> Step {
    let state = asking(wanted);
    let step = scene.stay();
    let registering = match wanted {
        Wanted::Registration { draft } if refusal == Refusal::Overdue => {
            return step.ask(State::ClearingOverdue { draft: draft.clone() });
        }
        Wanted::Registration { .. } => true,
        Wanted::DueDate { .. } | Wanted::BirthDate { .. } | Wanted::Birth { .. } => false,
    };
    match refusal {
        Refusal::Overdue => step.tell(Line::DueDateOverdue).ask(state),
        Refusal::TooFarAhead => step.tell(Line::DueDateTooFar).ask(state),
        Refusal::NotYetBorn if registering => step.tell(Line::BornInFuture).ask(state),
        Refusal::NotYetBorn => step.tell(Line::BirthInFuture).ask(state),
        Refusal::PastThree => step.say(Prompt::PastThree).ask(state),
        Refusal::ThreeToday => step.say(Prompt::ThreeToday).ask(state),
    }
}

/// An answer to a question for a date by a button.
pub(super) fn answer(scene: Scene<'_>, tap: Tap, picked: Option<NaiveDate>) -> Option<Step> {
    match (scene.state(), tap) {
        (State::AskingDate { wanted }, Tap::DueDate) => picked_or_typed(scene, wanted, Kind::Due, picked),
        (State::AskingDate { wanted }, Tap::BirthDate) => picked_or_typed(scene, wanted, Kind::Born, picked),
        (State::AskingDate { wanted: Wanted::Registration { draft } }, Tap::DateUnknown) => {
            Some(scene.ask(State::WithoutDueDate { draft: draft.clone() }))
        }
        (State::ClearingOverdue { draft }, tap) => overdue(scene, draft, tap, picked),
        (State::WithoutDueDate { draft }, Tap::Weeks) => Some(scene.ask(State::AskingWeeks { draft: draft.clone() })),
        (State::ChoosingDate { wanted, days, .. }, tap) => chosen(scene, wanted, days, tap),
        _ => None,
    }
}

/// A picker sends its date along; a typed 「予定日」 is asked to type it.
fn picked_or_typed(scene: Scene<'_>, wanted: &Wanted, kind: Kind, picked: Option<NaiveDate>) -> Option<Step> {
    if expected_kind(wanted).is_some_and(|expected| expected != kind) {
        return None;
    }
    Some(match picked {
        Some(day) => settle(scene, wanted, of_kind(kind, day)),
        None => scene.tell(if kind == Kind::Due { Line::TypeDueDate } else { Line::TypeBirthDate }),
    })
}

fn overdue(scene: Scene<'_>, draft: &Draft, tap: Tap, picked: Option<NaiveDate>) -> Option<Step> {
    let registration = Wanted::Registration { draft: draft.clone() };
    match tap {
        Tap::BirthDate => picked_or_typed(scene, &registration, Kind::Born, picked),
        Tap::NotYetBorn => Some(scene.end(Line::NotYetBorn)),
        Tap::NotNeeded => Some(scene.end(Line::NotNeeded)),
        _ => None,
    }
}

fn chosen(scene: Scene<'_>, wanted: &Wanted, days: &[Dates], tap: Tap) -> Option<Step> {
    match (tap, days) {
        (Tap::Yes, [only]) => Some(settle(scene, wanted, *only)),
        (Tap::No, [_]) => Some(scene.ask(State::AskingDate { wanted: wanted.clone() })),
        (Tap::Pick(index), days) if days.len() > 1 => {
            days.get(usize::from(index)).map(|dates| settle(scene, wanted, *dates))
        }
        _ => None,
    }
}

/// A typed date; `None` when the text is no date at all.
pub(super) fn typed(scene: Scene<'_>, wanted: &Wanted, text: &str) -> Option<Step> {
    let today = scene.today();
    if let Wanted::Registration { draft } = wanted
        && let Some(days) = dates::weeks(text)
    {
        return Some(counted(scene, draft, days));
    }
    let Typed { reading, kind } = dates::date(text, today)?;
    let asked = expected_kind(wanted);
    // 「誕生日は…」 where a due date is asked: the words win only where both are possible.
    let kind = asked.or(kind);
    Some(match reading {
        Reading::Day(day) => certain(scene, wanted, kind, day),
        Reading::OneOf(days, doubt) => doubtful(scene, wanted, kind, &days, doubt),
        Reading::MonthDay(month, day) => without_year(scene, wanted, kind, (month, day)),
        Reading::NotInCalendar => scene.stay().tell(Line::NotInCalendar).ask(asking(wanted)),
        Reading::NoSuchEraYear => scene.stay().tell(Line::NoSuchEraYear).ask(asking(wanted)),
    })
}

/// 「8週3日」: the due date follows from the weeks of today.
pub(super) fn typed_weeks(scene: Scene<'_>, draft: &Draft, text: &str) -> Option<Step> {
    let registration = Wanted::Registration { draft: draft.clone() };
    dates::weeks(text).map(|days| counted(scene, draft, days)).or_else(|| typed(scene, &registration, text))
}

fn counted(scene: Scene<'_>, draft: &Draft, days: i64) -> Step {
    let due = ages::plus(scene.today(), ages::TERM_DAYS - days);
    settle(scene, &Wanted::Registration { draft: draft.clone() }, Dates::Due { due })
}

fn certain(scene: Scene<'_>, wanted: &Wanted, kind: Option<Kind>, day: NaiveDate) -> Step {
    match readings(scene.today(), kind, day).as_slice() {
        [only] => settle(scene, wanted, *only),
        several => choose(scene, wanted, several.to_vec(), Doubt::Kind),
    }
}

/// What a day can be: coming, it is due; past, somebody was born; around the due date, both.
fn readings(today: NaiveDate, kind: Option<Kind>, day: NaiveDate) -> Vec<Dates> {
    let (due, born) = (Dates::Due { due: day }, Dates::Born { born: day });
    match (kind, (day - today).num_days()) {
        (Some(Kind::Due), _) => vec![due],
        (Some(Kind::Born), _) => vec![born],
        (None, 1..) => vec![due],
        (None, ahead) if ahead < -ages::LAST_AFTER_DUE => vec![born],
        (None, _) => vec![born, due],
    }
}

/// Only what could be registered is offered, unless there is nothing else to ask about.
fn doubtful(scene: Scene<'_>, wanted: &Wanted, kind: Option<Kind>, days: &[NaiveDate], doubt: Doubt) -> Step {
    let today = scene.today();
    let all = days.iter().flat_map(|day| readings(today, kind, *day)).collect::<Vec<_>>();
    let possible = all.iter().filter(|dates| is_possible(scene, wanted, **dates)).copied().collect::<Vec<_>>();
    match (possible.is_empty(), doubt) {
        (false, _) => choose(scene, wanted, possible, doubt),
        (true, Doubt::Era | Doubt::Relative) if !all.is_empty() => choose(scene, wanted, all, doubt),
        (true, _) => scene.stay().tell(Line::YearInFull).ask(asking(wanted)),
    }
}

/// 「4/5」: every year in which that day could be a due date or a birth date.
fn without_year(scene: Scene<'_>, wanted: &Wanted, kind: Option<Kind>, (month, day): (u32, u32)) -> Step {
    let today = scene.today();
    let years = today.year() - 4..=today.year() + 1;
    let days = years.rev().filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
    let possible = days
        .flat_map(|day| [Dates::Due { due: day }, Dates::Born { born: day }])
        .filter(|dates| kind.is_none_or(|kind| kind == kind_of(*dates)) && is_possible(scene, wanted, *dates))
        .collect::<Vec<_>>();
    if possible.is_empty() {
        scene.stay().tell(Line::YearInFull).ask(asking(wanted))
    } else {
        choose(scene, wanted, possible, Doubt::Year)
    }
}

/// Whether a reading is worth offering: it can be registered, and nobody is born before the
/// pregnancy began.
fn is_possible(scene: Scene<'_>, wanted: &Wanted, dates: Dates) -> bool {
    let due = match wanted {
        Wanted::Birth { child } => scene.follow(*child).and_then(due_date),
        Wanted::Registration { .. } | Wanted::DueDate { .. } | Wanted::BirthDate { .. } => None,
    };
    let begun = match (due, dates) {
        (Some(due), Dates::Born { born }) => born >= ages::plus(due, -ages::TERM_DAYS),
        _ => true,
    };
    begun && judge(scene, dates).is_ok()
}

/// A buttons template has four buttons, so the four nearest readings are offered. A birth is shown
/// and confirmed anyway.
fn choose(scene: Scene<'_>, wanted: &Wanted, mut days: Vec<Dates>, doubt: Doubt) -> Step {
    if let (Wanted::Birth { .. }, [only]) = (wanted, days.as_slice()) {
        return settle(scene, wanted, *only);
    }
    days.truncate(4);
    scene.ask(State::ChoosingDate { wanted: wanted.clone(), days, doubt })
}

fn asking(wanted: &Wanted) -> State {
    State::AskingDate { wanted: wanted.clone() }
}

/// Which kind of date a question asks for; registration takes both.
const fn expected_kind(wanted: &Wanted) -> Option<Kind> {
    match wanted {
        Wanted::Registration { .. } => None,
        Wanted::DueDate { .. } => Some(Kind::Due),
        Wanted::BirthDate { .. } | Wanted::Birth { .. } => Some(Kind::Born),
    }
}

const fn of_kind(kind: Kind, day: NaiveDate) -> Dates {
    match kind {
        Kind::Due => Dates::Due { due: day },
        Kind::Born => Dates::Born { born: day },
    }
}

const fn kind_of(dates: Dates) -> Kind {
    match dates {
        Dates::Due { .. } => Kind::Due,
        Dates::Born { .. } => Kind::Born,
    }
}
