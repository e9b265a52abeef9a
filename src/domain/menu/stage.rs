//! Which menu a reader should see.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::calendar::LeapRule;
use crate::domain::family::{Follow, Journey, Profile};
use crate::domain::retention::end_of;

/// A part of a reader's way with us, each of which has its menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 未登録: follows no child. Their menu is the account's default, too.
    Unregistered,
    /// 妊娠期: at least one child is expected.
    Pregnancy,
    /// 子育て期: at least one child is born, and none expected.
    Childcare,
    /// やすみ・お別れ後: nothing is delivered, for whatever reason. Nothing on it may hurt anybody.
    Quiet,
}

impl Stage {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Unregistered, Self::Pregnancy, Self::Childcare, Self::Quiet];

    /// As it is written in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unregistered => "unregistered",
            Self::Pregnancy => "pregnancy",
            Self::Childcare => "childcare",
            Self::Quiet => "quiet",
        }
    }

    /// As staff call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unregistered => "未登録",
            Self::Pregnancy => "妊娠期",
            Self::Childcare => "子育て期",
            Self::Quiet => "やすみ・お別れ後",
        }
    }

    /// The stage of that word or name.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == text || stage.name() == text)
    }

    /// The stage of a reader who follows these children, on a day. A rest, a stop, a loss, the time after
    /// 42 weeks 0 days without news and the time after the third birthday are all the same quiet one.
    #[must_use]
    pub fn of(profile: &Profile, follows: &[Follow], leap: LeapRule, day: NaiveDate) -> Self {
        if follows.is_empty() {
            return Self::Unregistered;
        }
        if profile.rests_on(day) {
            return Self::Quiet;
        }
        let mut going = follows.iter().filter(|follow| follow.is_active() && end_of(follow, leap) >= day).peekable();
        if going.peek().is_none() {
            return Self::Quiet;
        }
        let expects = going.any(|follow| matches!(follow.child.journey, Journey::Expected { .. }));
        if expects { Self::Pregnancy } else { Self::Childcare }
    }
}
