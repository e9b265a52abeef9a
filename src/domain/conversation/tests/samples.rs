//! One of everything: states, prompts, families, for tests that must not miss any.

use super::super::Dates;
use super::super::danger::{Category, Found, Variant};
use super::super::postback::ChildRef;
use super::super::sharing::{Invitation, Member, Sharing, Typed};
use super::super::state::{Called, Doubt, Draft, Matter, State, Wanted};
use super::super::wording::Prompt;
use super::super::wording::lines::Line;
use super::world::{World, day};
use crate::domain::code::{Code, CodeKind};
use crate::domain::family::{Child, Journey, Nickname, Role};
use crate::domain::ids::{ChildId, CodeId, ReaderId};

/// Twenty graphemes that are as long as they get.
pub(super) fn long_name() -> String {
    "👩🏽‍🤝‍👨🏿".repeat(20)
}

/// What a child can be chosen for.
const MATTERS: [Matter; 6] =
    [Matter::DueDate, Matter::BirthDate, Matter::Name, Matter::Birth, Matter::Twins, Matter::Count];

pub(super) fn child(index: i64) -> ChildRef {
    ChildRef { id: ChildId(100 + index), version: 1 }
}

/// Two on the way and one born, all with long names.
pub(super) fn big_family() -> World {
    let mut world = World::with(&[
        (&long_name(), Journey::Expected { due: day("2026-12-31") }),
        (&long_name(), Journey::Expected { due: day("2027-03-01") }),
        (&long_name(), Journey::Born { born: day("2024-10-31"), due: None }),
    ]);
    world.add("", Journey::Expected { due: day("2026-12-31") }, Role::Grandparent, false);
    world.sharing = sharing();
    world
}

/// The code of an invitation that is known.
pub(super) const CODE: CodeId = CodeId(5);

fn code() -> Code {
    Code::read("7K4M-9RTP").unwrap()
}

/// An invitation to two children, and two members of the family, of whom one registered a child.
pub(super) fn sharing() -> Sharing {
    let journeys = [Journey::Expected { due: day("2027-03-01") }, Journey::Born { born: day("2026-08-14"), due: None }];
    let child = |(id, journey): (i64, Journey)| Child {
        id: ChildId(id),
        version: 1,
        nickname: None,
        journey,
        corrected: false,
    };
    let invitation = Invitation { code: CODE, children: (900..).zip(journeys).map(child).collect() };
    let member = |reader, registrant| Member {
        reader: ReaderId(reader),
        role: if registrant { Role::Other } else { Role::Grandparent },
        since: day("2026-11-20"),
        registrant,
    };
    Sharing {
        chance: [7; 8],
        typed: Typed::Invitation(invitation.clone()),
        held: Some(invitation),
        moves: None,
        unspoken_for: Vec::new(),
        members: vec![member(7, false), member(8, false), member(9, true)],
    }
}

fn named() -> Called {
    Called::Named { nickname: Nickname::from_read(long_name()) }
}

pub(super) fn due() -> Dates {
    Dates::Due { due: day("2026-12-31") }
}

pub(super) fn born() -> Dates {
    Dates::Born { born: day("2024-10-31") }
}

fn wanted() -> Vec<Wanted> {
    vec![
        Wanted::Registration { draft: Draft::default() },
        Wanted::Registration { draft: Draft { dates: Some(due()), called: Some(named()) } },
        Wanted::DueDate { child: child(0) },
        Wanted::BirthDate { child: child(2) },
        Wanted::Birth { child: child(0) },
    ]
}

/// Every question, in every form it has.
pub(super) fn states() -> Vec<State> {
    let draft = Draft { dates: Some(born()), called: Some(Called::Unnamed) };
    let mut all = vec![
        State::Idle,
        State::AskingConsent,
        State::ClearingOverdue { draft: Draft::default() },
        State::WithoutDueDate { draft: Draft::default() },
        State::AskingWeeks { draft },
        State::AskingNickname { dates: due(), called: None },
        State::AskingNickname { dates: born(), called: Some(named()) },
        State::Confirming { dates: due(), called: Called::Unnamed },
        State::Confirming { dates: born(), called: named() },
        State::Fixing { dates: due(), called: named() },
        State::AskingNewName { child: child(0) },
        State::ConfirmingMove { child: child(0), dates: Dates::Due { due: day("2027-05-01") } },
        State::ConfirmingMove { child: child(2), dates: Dates::Born { born: day("2025-10-31") } },
        State::ConfirmingBirth { child: child(0), born: day("2026-11-20") },
        State::ConfirmingTwins { children: vec![child(0), child(3)], born: day("2026-11-20") },
        State::ConfirmingTwins { children: vec![child(0), child(1)], born: day("2026-11-20") },
        State::CountingTwins { child: child(0) },
        State::NamingTwins { child: child(0), named: vec![], more: 1 },
        State::NamingTwins { child: child(2), named: vec![named(), Called::Unnamed], more: 3 },
        State::ChoosingCount { children: vec![child(2)] },
        State::ConfirmingLoss,
        State::ChoosingLost { children: vec![child(0), child(1), child(2)] },
        State::ChoosingRest,
        State::AskingCode { wanted: CodeKind::Invitation },
        State::AskingCode { wanted: CodeKind::Transfer },
        State::Joining { code: CODE },
        State::ChoosingMember { members: vec![ReaderId(7), ReaderId(8)] },
        State::ConfirmingRemoval { member: ReaderId(7) },
        State::ChoosingRole,
        State::ChoosingTime,
        State::ChoosingArea { areas: vec!["北部".into(), "南部".into()] },
        State::ConfirmingErase,
        State::ConfirmingTransfer { code: CODE },
    ];
    for wanted in wanted() {
        all.push(State::AskingDate { wanted: wanted.clone() });
        for doubt in [Doubt::Year, Doubt::Digits, Doubt::Relative, Doubt::Era, Doubt::Kind] {
            all.push(State::ChoosingDate { wanted: wanted.clone(), days: vec![due()], doubt });
        }
        let days = vec![due(), born(), due(), born()];
        all.push(State::ChoosingDate { wanted, days, doubt: Doubt::Year });
    }
    for matter in MATTERS {
        all.push(State::ChoosingChild { matter, children: vec![child(0), child(1), child(2)] });
    }
    let drafts =
        all.iter().filter(|state| state.has_answers()).map(|draft| State::Resuming { draft: Box::new(draft.clone()) });
    let drafts = drafts.collect::<Vec<_>>();
    all.extend(drafts);
    all
}

/// Every prompt, in every form it has.
pub(super) fn prompts() -> Vec<Prompt> {
    let some_day = day("2027-12-31");
    let mut all = vec![
        Prompt::Greeting,
        Prompt::NotRegistered,
        Prompt::Registered(due()),
        Prompt::Registered(Dates::Due { due: day("2027-08-29") }),
        Prompt::Registered(born()),
        Prompt::AlreadyRegistered,
        Prompt::StoppedBefore,
        Prompt::WelcomeBack,
        Prompt::PastThree,
        Prompt::ThreeToday,
        Prompt::NotUnderstoodAgain,
        Prompt::Earlier { next: Some(some_day) },
        Prompt::Earlier { next: None },
        Prompt::Next { next: some_day },
        Prompt::NotBegun { begins: some_day },
        Prompt::Resting { until: Some(some_day) },
        Prompt::Resting { until: None },
        Prompt::Rests { until: Some(some_day) },
        Prompt::Rests { until: None },
        Prompt::Profile,
        Prompt::Moved(due()),
        Prompt::Moved(born()),
        Prompt::Renamed { nickname: Some(Nickname::from_read(long_name())) },
        Prompt::Renamed { nickname: None },
        Prompt::GentleBirth { child: child(0) },
        Prompt::Born { child: child(0) },
        Prompt::SiblingRegistered,
        Prompt::TwinsRegistered,
        Prompt::DecidesLater { until: some_day },
        Prompt::PregnancyEnded,
        Prompt::Stopped,
        Prompt::QuietlyStopped { undo: true },
        Prompt::QuietlyStopped { undo: false },
        Prompt::LossTalk { undo: true },
        Prompt::LossTalk { undo: false },
        Prompt::Help,
        Prompt::Consult,
        Prompt::Urgent,
        Prompt::Privacy,
        Prompt::Media,
        Prompt::Invitation { code: code() },
        Prompt::NoFamily,
        Prompt::Family,
        Prompt::Joined,
        Prompt::TransferCode { code: code() },
        Prompt::EnquiryNumber { code: code() },
        Prompt::TimeSet { clipped: false },
        Prompt::TimeSet { clipped: true },
        Prompt::AreaSet { area: Some("あおば市の北のほうの長い名前".into()) },
        Prompt::AreaSet { area: None },
    ];
    all.extend(Role::ALL.map(|role| Prompt::RoleSet { role }));
    all.extend(Line::ALL.iter().map(|line| Prompt::Line(*line)));
    all.extend(states().into_iter().map(Prompt::Question));
    all.extend(MATTERS.map(Prompt::NobodyToChange));
    let categories = [
        Category::Life,
        Category::ChildAbuse,
        Category::Violence,
        Category::Emergency,
        Category::PregnancyOrLoss,
        Category::Exhaustion,
    ];
    for category in categories {
        for variant in [Variant::Own, Variant::Witnessed, Variant::Unwanted, Variant::Loss] {
            all.push(Prompt::Danger(Found { category, variant }));
        }
    }
    all
}
