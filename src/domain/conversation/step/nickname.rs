//! Typed nicknames, in registration and later.

use super::super::postback::{ChildRef, Tap};
use super::super::reading::nickname::{NotANickname, nickname};
use super::super::reading::{dates, words};
use super::super::state::Called;
use super::super::wording::lines::Line;
use super::super::{Dates, Step};
use super::scene::Scene;
use super::{change, registration};

/// The nickname of a registration.
pub(super) fn typed(scene: Scene<'_>, dates: Dates, text: &str) -> Step {
    if words::says(text, Tap::Yes) {
        return scene.misread();
    }
    if dates::date(text, scene.today()).is_some_and(|date| is_written_date(&date)) {
        return scene.again(Line::NicknameIsDate);
    }
    match nickname(text) {
        Ok(nickname) => registration::called(scene, dates, Called::Named { nickname }),
        Err(why) => scene.again(why_not(why)),
    }
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
