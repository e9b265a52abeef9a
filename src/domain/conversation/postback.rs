//! Postback data: `h1|flow|step|value|turn|child`.
//!
//! What a button sends back to us. It never carries a personal value: a date comes beside it from
//! the date picker, a choice is a number into what the conversation remembers. An *entry* has an
//! empty turn and is always valid; an *answer* names the turn it was asked in. `child` is
//! `<id>.<version>` in base 36. Reading is strict: what we did not write is `None`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::ids::ChildId;

/// LINE takes at most 300 characters of data; ours stay far below.
pub const MAX_LENGTH: usize = 300;
/// Marks data as ours, and its version.
const PREFIX: &str = "h1";
/// Choices are numbered from 0; a card never offers more.
const MAX_CHOICE: u8 = 11;

/// A child as a button or a state knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildRef {
    /// Which child.
    pub id: ChildId,
    /// The version it had; another one means that the family reported something meanwhile.
    pub version: i64,
}

/// What a button means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tap {
    /// Entry: today's message.
    ShowToday,
    /// Entry: whom one can call.
    ShowConsult,
    /// Entry: whom one can call at once.
    ShowUrgent,
    /// Entry: the page on personal data.
    ShowPrivacy,
    /// Entry: what can be done here.
    ShowHelp,
    /// Entry: what is registered, and ways to change it.
    ShowProfile,
    /// Entry: register.
    Register,
    /// Entry: back to the open question.
    Continue,
    /// Entry: the child is born.
    AskBirth,
    /// Entry about a child: its birth report was a mistake.
    UndoBirth,
    /// Entry: after 42 weeks 0 days, not now.
    DecideLater,
    /// Entry: after 42 weeks 0 days, no more for this pregnancy.
    EndPregnancy,
    /// Entry: one more child.
    AddChild,
    /// Entry: the child is one of twins.
    AddTwins,
    /// Entry about a child that came early: the date its development is counted from.
    AskCount,
    /// Entry about a child: another due date (with the picked date, or to be asked).
    MoveDue,
    /// Entry about a child: another birth date (with the picked date, or to be asked).
    MoveBirth,
    /// Entry about a child: another nickname.
    Rename,
    /// Entry: rest or stop.
    AskRest,
    /// Entry: come back from a rest or a stop.
    Resume,
    /// Entry: stop now.
    StopNow,
    /// Entry: the last stop was a mistake.
    UndoStop,
    /// Entry: sad news; asks before it stops everything.
    AskLoss,
    /// Entry: sad news after a stop; acts at once.
    LossNow,
    /// Consent is given.
    Consent,
    /// Not now.
    Decline,
    /// A due date was picked.
    DueDate,
    /// A birth date was picked.
    BirthDate,
    /// The due date is not known yet.
    DateUnknown,
    /// Overdue and not born.
    NotYetBorn,
    /// No deliveries are wanted.
    NotNeeded,
    /// Work the due date out of the weeks.
    Weeks,
    /// One of the choices that were offered, from 0.
    Pick(u8),
    /// All of them.
    PickAll,
    /// None of them, or no answer.
    PickNone,
    /// No nickname.
    SkipName,
    /// Yes.
    Yes,
    /// No, correct it.
    No,
    /// Not on the same day.
    Apart,
    /// Sad news of the twin that is asked about.
    SadTwin,
    /// Count from the due date.
    CountFromDue,
    /// Count from the birth date.
    CountFromBirth,
    /// Decide about the count later.
    CountLater,
    /// Back.
    Back,
    /// Correct the date.
    FixDate,
    /// Correct the nickname.
    FixName,
    /// Start again.
    Restart,
    /// Go on with the draft.
    GoOn,
    /// Rest for a week.
    RestWeek,
    /// Rest for a month.
    RestMonth,
    /// Rest until the reader comes back.
    RestOpen,
    /// Entry: invite somebody of the family.
    Invite,
    /// Entry: who else follows the children.
    ShowFamily,
    /// Entry: somebody was invited and has a code.
    Join,
    /// Entry: what the reader is to the children.
    AskRole,
    /// Entry: another time of day.
    AskTime,
    /// Entry: the part of the municipality.
    AskArea,
    /// Entry: a code for a new phone.
    AskTransfer,
    /// Entry: the code for a new phone is here.
    EnterTransfer,
    /// Entry: a number for an enquiry.
    ShowEnquiry,
    /// Entry: delete everything; asks before it does.
    AskErase,
    /// The mother, or the one who is pregnant.
    RoleMother,
    /// The father, or the partner.
    RoleFather,
    /// A grandparent.
    RoleGrandparent,
    /// Somebody else, or no answer.
    RoleOther,
}

/// Every tap but [`Tap::Pick`] with its `flow|step|value`. The first [`ENTRIES`] are entries, and [`MORE_ENTRIES`].
const TAPS: [(Tap, &str); 64] = [
    (Tap::ShowToday, "today|show|"),
    (Tap::ShowConsult, "consult|show|"),
    (Tap::ShowUrgent, "consult|urgent|"),
    (Tap::ShowPrivacy, "privacy|show|"),
    (Tap::ShowHelp, "help|show|"),
    (Tap::ShowProfile, "profile|show|"),
    (Tap::Register, "reg|start|"),
    (Tap::Continue, "reg|continue|"),
    (Tap::AskBirth, "born|ask|"),
    (Tap::UndoBirth, "born|undo|"),
    (Tap::DecideLater, "overdue|later|"),
    (Tap::EndPregnancy, "overdue|end|"),
    (Tap::AddChild, "child|add|"),
    (Tap::AddTwins, "child|twins|"),
    (Tap::AskCount, "count|ask|"),
    (Tap::MoveDue, "change|due|"),
    (Tap::MoveBirth, "change|birth|"),
    (Tap::Rename, "change|name|"),
    (Tap::AskRest, "rest|ask|"),
    (Tap::Resume, "rest|resume|"),
    (Tap::StopNow, "stop|now|"),
    (Tap::UndoStop, "stop|undo|"),
    (Tap::AskLoss, "loss|ask|"),
    (Tap::LossNow, "loss|now|"),
    (Tap::Consent, "reg|consent|yes"),
    (Tap::Decline, "reg|consent|later"),
    (Tap::DueDate, "date|due|"),
    (Tap::BirthDate, "date|birth|"),
    (Tap::DateUnknown, "date|unknown|"),
    (Tap::NotYetBorn, "date|notyet|"),
    (Tap::NotNeeded, "date|quit|"),
    (Tap::Weeks, "date|weeks|"),
    (Tap::PickAll, "pick|all|"),
    (Tap::PickNone, "pick|none|"),
    (Tap::SkipName, "name|skip|"),
    (Tap::Yes, "ask|yes|"),
    (Tap::No, "ask|no|"),
    (Tap::Apart, "twins|apart|"),
    (Tap::SadTwin, "twins|sad|"),
    (Tap::CountFromDue, "count|from|due"),
    (Tap::CountFromBirth, "count|from|birth"),
    (Tap::CountLater, "count|from|later"),
    (Tap::Back, "ask|back|"),
    (Tap::FixDate, "fix|date|"),
    (Tap::FixName, "fix|name|"),
    (Tap::Restart, "fix|restart|"),
    (Tap::GoOn, "draft|goon|"),
    (Tap::RestWeek, "rest|for|week"),
    (Tap::RestMonth, "rest|for|month"),
    (Tap::RestOpen, "rest|for|open"),
    (Tap::Invite, "family|invite|"),
    (Tap::ShowFamily, "family|show|"),
    (Tap::Join, "family|join|"),
    (Tap::AskRole, "role|ask|"),
    (Tap::AskTime, "time|ask|"),
    (Tap::AskArea, "area|ask|"),
    (Tap::AskTransfer, "move|ask|"),
    (Tap::EnterTransfer, "move|enter|"),
    (Tap::ShowEnquiry, "enquiry|show|"),
    (Tap::AskErase, "erase|ask|"),
    (Tap::RoleMother, "role|is|mother"),
    (Tap::RoleFather, "role|is|father"),
    (Tap::RoleGrandparent, "role|is|grandparent"),
    (Tap::RoleOther, "role|is|other"),
];
/// How many of [`TAPS`] are entries.
const ENTRIES: usize = 24;
/// The entries about the family and the reader's own settings, which stand behind them.
const MORE_ENTRIES: [Tap; 10] = [
    Tap::Invite,
    Tap::ShowFamily,
    Tap::Join,
    Tap::AskRole,
    Tap::AskTime,
    Tap::AskArea,
    Tap::AskTransfer,
    Tap::EnterTransfer,
    Tap::ShowEnquiry,
    Tap::AskErase,
];

impl Tap {
    /// Whether the button carries no turn and is always valid.
    #[must_use]
    pub fn is_entry(self) -> bool {
        TAPS[..ENTRIES].iter().any(|(tap, _)| *tap == self) || MORE_ENTRIES.contains(&self)
    }

    fn path(self) -> String {
        match self {
            Self::Pick(choice) => format!("pick|one|{choice}"),
            fixed => TAPS.iter().find(|(tap, _)| *tap == fixed).map_or_else(String::new, |(_, path)| (*path).into()),
        }
    }

    fn from_path(path: &str) -> Option<Self> {
        if let Some(choice) = path.strip_prefix("pick|one|") {
            let choice = number(choice, 10).and_then(|n| u8::try_from(n).ok())?;
            return (choice <= MAX_CHOICE).then_some(Self::Pick(choice));
        }
        TAPS.iter().find(|(_, known)| *known == path).map(|(tap, _)| *tap)
    }
}

/// The whole data of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data {
    /// What it means.
    pub tap: Tap,
    /// The turn it was asked in; `None` exactly for entries.
    pub turn: Option<i64>,
    /// The child it is about.
    pub child: Option<ChildRef>,
}

impl Data {
    /// An entry.
    #[must_use]
    pub const fn entry(tap: Tap) -> Self {
        Self { tap, turn: None, child: None }
    }

    /// An answer to the question asked in `turn`.
    #[must_use]
    pub const fn answer(tap: Tap, turn: i64) -> Self {
        Self { tap, turn: Some(turn), child: None }
    }

    /// The same about a child.
    #[must_use]
    pub const fn about(mut self, child: ChildRef) -> Self {
        self.child = Some(child);
        self
    }

    /// Reads data that we wrote; `None` for anything else.
    #[must_use]
    pub fn parse(data: &str) -> Option<Self> {
        if data.len() > MAX_LENGTH {
            return None;
        }
        let rest = data.strip_prefix(PREFIX)?.strip_prefix('|')?;
        let (rest, child) = rest.rsplit_once('|')?;
        let (path, turn) = rest.rsplit_once('|')?;
        let tap = Tap::from_path(path)?;
        let turn = if turn.is_empty() { None } else { Some(number(turn, 10)?) };
        let child = if child.is_empty() { None } else { Some(child_ref(child)?) };
        (tap.is_entry() == turn.is_none()).then_some(Self { tap, turn, child })
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}|{}|", self.tap.path())?;
        if let Some(turn) = self.turn {
            write!(f, "{turn}")?;
        }
        f.write_str("|")?;
        self.child.map_or(Ok(()), |child| write!(f, "{}.{}", base36(child.id.0), base36(child.version)))
    }
}

fn child_ref(text: &str) -> Option<ChildRef> {
    let (id, version) = text.split_once('.')?;
    Some(ChildRef { id: ChildId(number(id, 36)?), version: number(version, 36)? })
}

/// A number in the one spelling we write: no sign, no leading zero, lower case.
fn number(text: &str, radix: u32) -> Option<i64> {
    let plain = !text.is_empty() && (text == "0" || !text.starts_with('0'));
    let ours = text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    if plain && ours { i64::from_str_radix(text, radix).ok() } else { None }
}

/// Ids and versions are never negative; a negative one would be written as 0 and found by nobody.
fn base36(number: i64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = u64::try_from(number).unwrap_or(0);
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(DIGITS[(rest % 36) as usize]));
        rest /= 36;
        if rest == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_button_reads_back_as_what_it_means() {
        for (tap, _) in TAPS {
            let turn = (!tap.is_entry()).then_some(7);
            let data = Data { tap, turn, child: Some(ChildRef { id: ChildId(1295), version: 36 }) };
            assert_eq!(Data::parse(&data.to_string()), Some(data), "{data}");
        }
        assert_eq!(Data::answer(Tap::Pick(2), 7).to_string(), "h1|pick|one|2|7|");
        let about = Data::entry(Tap::Rename).about(ChildRef { id: ChildId(1295), version: 36 });
        assert_eq!(about.to_string(), "h1|change|name|||zz.10");
    }

    #[test]
    fn what_we_did_not_write_is_not_read() {
        let forged = [
            "",
            "h1",
            "h1|",
            "k1|today|show|||",
            "h2|today|show|||",
            "h1|today|show||7|",
            "h1|ask|yes|||",
            "h1|ask|yes||-7|",
            "h1|ask|yes||07|",
            "h1|ask|yes||7|1",
            "h1|ask|yes||7|Z.1",
            "h1|ask|yes|no|7|",
            "h1|pick|one|12|7|",
            "h1|pick|one|999|7|",
            "h1|ask|yes||99999999999999999999|",
            "h1|today|show|||\n",
        ];
        for data in forged {
            assert_eq!(Data::parse(data), None, "{data}");
        }
        assert_eq!(Data::parse(&"h1|today|show|||".repeat(30)), None);
    }

    proptest! {
        #[test]
        fn data_is_short_and_reads_back(index in 0..TAPS.len(), turn in 0..i64::MAX, id in 0..i64::MAX, version in 0..i64::MAX) {
            let tap = TAPS[index].0;
            let turn = (!tap.is_entry()).then_some(turn);
            let data = Data { tap, turn, child: Some(ChildRef { id: ChildId(id), version }) };
            let text = data.to_string();
            prop_assert!(text.len() <= MAX_LENGTH);
            prop_assert_eq!(Data::parse(&text), Some(data));
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,80}") {
            let _ = Data::parse(&text);
            let _ = Data::parse(&format!("h1|{text}"));
        }
    }
}
