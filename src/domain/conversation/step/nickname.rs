//! Typed nicknames, in registration and later.

use super::super::postback::{ChildRef, Tap};
use super::super::reading::nickname::{NotANickname, nickname};
use super::super::reading::{dates, words};
use super::super::state::Called;
use super::super::wording::lines::Line;
use super::super::{Dates, Step};
use super::scene::Scene;
use super::{change, registration};
use crate::domain::family::Nickname;

/// The nickname of a registration.
pub(super) fn typed(scene: Scene<'_>, dates: Dates, text: &str) -> Step {
    match read(scene, text) {
        Ok(nickname) => registration::called(scene, dates, Called::Named { nickname }),
        Err(step) => *step,
    }
}

/// A text as the nickname of somebody who is being registered.
///
/// # Errors
///
/// What is said instead: a yes answers another question, and figures are a date.
pub(super) fn read(scene: Scene<'_>, text: &str) -> Result<Nickname, Box<Step>> {
    if words::says(text, Tap::Yes) {
        return Err(Box::new(scene.misread()));
    }
    if dates::date(text, scene.today()).is_some_and(|date| is_written_date(&date)) {
        return Err(Box::new(scene.again(Line::NicknameIsDate)));
    }
    nickname(text).map_err(|why| Box::new(scene.again(why_not(why))))
}

/// Another nickname of a registered child.
pub(super) fn renamed(scene: Scene<'_>, child: ChildRef, text: &str) -> Step {
    match nickname(text) {
        Ok(nickname) => change::rename(scene, child, Some(nickname)),
        Err(why) => scene.again(why_not(why)),
    }
}

/// Figures are a date; 「きょう」 may well be a name.
fn is_written_date(date: &dates::Typed) -> bool {
    use super::super::state::Doubt;
    !matches!(date.reading, dates::Reading::OneOf(_, Doubt::Relative))
}

const fn why_not(why: NotANickname) -> Line {
    match why {
        NotANickname::Empty => Line::NicknameEmpty,
        NotANickname::TooLong => Line::NicknameTooLong,
        NotANickname::Control => Line::NicknameOneLine,
        NotANickname::Address => Line::NicknameAddress,
    }
}
