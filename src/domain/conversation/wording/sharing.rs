//! Cards of codes and of the family: invitation, joining, who joined, a new phone, enquiries.

use super::super::postback::{Data, Tap};
use super::super::sharing::Member;
use super::days;
use super::family::{dates_of, link, primary, secondary};
use super::notices::first_message;
use super::settings::{role_buttons, role_word};
use super::words::Words;
use crate::domain::code::{Code, CodeKind};
use crate::domain::family::Child;
use crate::domain::ids::{CodeId, ReaderId};
use crate::domain::message::{Action, Button, Card, Message, Row};

/// LINE takes addresses of at most 1,000 characters (Messaging API reference, "URI action").
const LONGEST_URI: usize = 1_000;
/// Opens LINE with a text to be sent to somebody (LINE URL scheme, "Sharing text").
const SHARE: &str = "https://line.me/R/share?text=";
/// Opens the page on which an account is added; the basic id follows.
const ADD_FRIEND: &str = "https://line.me/R/ti/p/";

pub(super) fn invitation(words: &Words<'_>, code: &Code) -> Message {
    let key = "invitation";
    let shown = code.shown(CodeKind::Invitation);
    let rows = vec![
        Row::Text { text: words.text(key, &[]) },
        Row::Text { text: words.text("invitation_code", &[("code", &shown)]) },
        Row::Small { text: words.text("invitation_lasts", &[]) },
        primary(Button::uri(words.label(key, "send"), share(words, &shown))),
        secondary(copy(words, key, &shown)),
        link(words.entry(key, "family", Tap::ShowFamily)),
    ];
    words.card(key, &[], Card { kicker: None, title: words.title(key, &[]), rows, note: None })
}

/// The address that shares the invitation. A text that would make it too long is left out but for the
/// code.
fn share(words: &Words<'_>, code: &str) -> String {
    let basic_id = words.facts.account.municipality.line_id.as_deref();
    let add = basic_id.map_or_else(String::new, |id| format!("\n{ADD_FRIEND}{}", percent(id)));
    let text = words.text("invitation_share", &[("code", code), ("link", &add)]);
    let uri = format!("{SHARE}{}", percent(text.trim_end()));
    if uri.len() <= LONGEST_URI { uri } else { format!("{SHARE}{}", percent(code)) }
}

/// A text as a part of an address: everything but letters, digits and `-._~` is encoded.
fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        match plain(byte) {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}

fn copy(words: &Words<'_>, key: &str, text: &str) -> Button {
    Button { label: words.label(key, "copy"), action: Action::Copy { text: text.to_owned() } }
}

/// The question for a code of that kind.
pub(super) fn ask_code(words: &Words<'_>, wanted: CodeKind) -> Message {
    let key = if wanted == CodeKind::Transfer { "ask_transfer_code" } else { "ask_invitation_code" };
    words.buttons(key, &[], vec![words.answer(key, "back", Tap::Back)])
}

/// Who one is to the children of the invitation; the answer is the consent.
pub(super) fn join(words: &Words<'_>, code: CodeId) -> Message {
    let key = "ask_join";
    let children = words.facts.sharing.invitation(code).map_or(&[][..], |invitation| &invitation.children);
    let ages: Vec<String> = children.iter().filter_map(|child| age(words, child)).collect();
    let mut rows = vec![Row::Text { text: words.text(key, &[]) }];
    if !ages.is_empty() {
        rows.insert(0, Row::Text { text: words.text("invited_to", &[("age", &ages.join("、"))]) });
    }
    rows.extend(role_buttons(words).into_iter().map(secondary));
    if let Some(page) = words.facts.account.privacy_url {
        rows.push(link(Button::uri(words.label(key, "privacy"), page)));
    }
    rows.push(link(words.answer(key, "no", Tap::Decline)));
    words.card(key, &[], Card { kicker: None, title: words.title(key, &[]), rows, note: None })
}

/// 「妊娠25週6日」; the nickname is the family's until somebody has joined.
fn age(words: &Words<'_>, child: &Child) -> Option<String> {
    days::age(dates_of(&child.journey)?, words.facts.now.date())
}

pub(super) fn joined(words: &Words<'_>) -> Message {
    let key = if words.rests() { "joined_resting" } else { "joined" };
    words.line(key, &[("today", &first_message(words))])
}

/// Everybody else in the family; those who can be removed have a numbered button.
pub(super) fn family(words: &Words<'_>, removable: &[ReaderId]) -> Message {
    let key = "family";
    let members = &words.facts.sharing.members;
    let mut rows = vec![Row::Text { text: words.text(if members.is_empty() { "family_nobody" } else { key }, &[]) }];
    let others = members.iter().filter(|member| !removable.contains(&member.reader));
    rows.extend(others.map(|member| Row::Text { text: said_of(words, member) }));
    rows.extend(removable.iter().zip(0u8..).filter_map(|(reader, index)| {
        let member = members.iter().find(|member| member.reader == *reader)?;
        let label = format!("{} {}", index + 1, said_of(words, member));
        Some(secondary(Button::postback(label, Data::answer(Tap::Pick(index), words.facts.turn).to_string())))
    }));
    rows.push(match removable {
        [] => link(words.entry(key, "invite", Tap::Invite)),
        _ => link(words.answer(key, "back", Tap::Back)),
    });
    words.card(key, &[], Card { kicker: None, title: words.title(key, &[]), rows, note: None })
}

/// 「おじいさん・おばあさん（11月22日から）」
fn said_of(words: &Words<'_>, member: &Member) -> String {
    let (role, day) = (role_word(words, member.role, true), days::month_and_day(member.since));
    words.text("family_member", &[("role", &role), ("day", &day)])
}

/// The code for a new phone.
pub(super) fn transfer(words: &Words<'_>, code: &Code) -> Message {
    code_card(words, "transfer_code", &code.shown(CodeKind::Transfer))
}

/// The number to say over the telephone.
pub(super) fn enquiry(words: &Words<'_>, code: &Code) -> Message {
    code_card(words, "enquiry_number", &code.shown(CodeKind::Enquiry))
}

fn code_card(words: &Words<'_>, key: &str, code: &str) -> Message {
    let rows = vec![Row::Text { text: words.text(key, &[("code", code)]) }, secondary(copy(words, key, code))];
    words.card(key, &[], Card { kicker: None, title: words.title(key, &[]), rows, note: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_an_address_is_encoded_whole() {
        assert_eq!(percent("あ 7K4M-9RTP\n@a"), "%E3%81%82%207K4M-9RTP%0A%40a");
    }
}
