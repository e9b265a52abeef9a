//! What a tap on an area means, in the words of the files.

use crate::domain::conversation::postback::{Data, Tap};

/// What a tap on an area means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// We answer, as to an entry of a card.
    Reply(Tap),
    /// A page is opened.
    Page(String),
    /// The telephone is opened with this number, as it is read: `000-000-0000`.
    Phone(String),
    /// These words are said, as if they were typed.
    Text(String),
    /// Another page of the menu is shown: its place among the pages of its set.
    Tab(usize),
    /// A date is picked, and we answer.
    Date(Tap),
}

/// What can be answered, by its name in files.
pub const REPLIES: [(&str, Tap); 26] = [
    ("today", Tap::ShowToday),
    ("consult", Tap::ShowConsult),
    ("urgent", Tap::ShowUrgent),
    ("privacy", Tap::ShowPrivacy),
    ("help", Tap::ShowHelp),
    ("profile", Tap::ShowProfile),
    ("register", Tap::Register),
    ("continue", Tap::Continue),
    ("born", Tap::AskBirth),
    ("add-child", Tap::AddChild),
    ("add-twins", Tap::AddTwins),
    ("count", Tap::AskCount),
    ("rest", Tap::AskRest),
    ("resume", Tap::Resume),
    ("sad-news", Tap::AskLoss),
    ("invite", Tap::Invite),
    ("family", Tap::ShowFamily),
    ("join", Tap::Join),
    ("role", Tap::AskRole),
    ("time", Tap::AskTime),
    ("area", Tap::AskArea),
    ("new-phone", Tap::AskTransfer),
    ("old-phone", Tap::EnterTransfer),
    ("enquiry", Tap::ShowEnquiry),
    ("erase", Tap::AskErase),
    ("stop", Tap::StopNow),
];

/// What a picked date can mean, by its name in files.
pub const DATES: [(&str, Tap); 1] = [("born", Tap::AskBirth)];

/// The data of a tab's tap. LINE shows the other page by itself; there is nothing to answer.
pub const TAB_DATA: &str = "h1|menu|tab|||";

fn tap_named(table: &[(&str, Tap)], name: &str) -> Option<Tap> {
    table.iter().find(|(known, _)| *known == name).map(|(_, tap)| *tap)
}

/// What that name of [`REPLIES`] means.
#[must_use]
pub fn reply(name: &str) -> Option<Meaning> {
    tap_named(&REPLIES, name).map(Meaning::Reply)
}

/// What that name of [`DATES`] means.
#[must_use]
pub fn date(name: &str) -> Option<Meaning> {
    tap_named(&DATES, name).map(Meaning::Date)
}

/// The name of what that data of a button means, if it is one of ours.
#[must_use]
pub fn name_of(data: &str) -> Option<&'static str> {
    let tap = Data::parse(data).filter(|data| data.child.is_none())?.tap;
    REPLIES.iter().find(|(_, known)| *known == tap).map(|(name, _)| *name)
}
