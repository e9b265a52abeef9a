//! Plain texts that carry nothing but the account's own names and numbers.

macro_rules! lines {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// A plain text, by its purpose.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Line {
            $($(#[$doc])* $name,)*
        }

        impl Line {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The key of its phrase.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }
        }
    };
}

lines! {
    /// Registration was put off.
    RegisterLater = "register_later",
    /// A registration was left; nothing is kept.
    RegistrationLeft = "registration_left",
    /// A dialogue was left; nothing was changed.
    NothingChanged = "nothing_changed",
    /// No question is open, and nothing can be undone.
    NothingOpen = "nothing_open",
    /// Something needs a registration while one is open.
    RegisterFirst = "register_first",
    /// The button belongs to an older question.
    OldButton = "old_button",
    /// The button is none of ours.
    UnknownButton = "unknown_button",
    /// What was asked is no longer what it was.
    NoLongerAsked = "no_longer_asked",
    /// An answer was not one of the choices.
    ChooseOne = "choose_one",
    /// A text was no date.
    NotADate = "not_a_date",
    /// A text was no number of weeks.
    NotWeeks = "not_weeks",
    /// No calendar has that day.
    NotInCalendar = "not_in_calendar",
    /// That era had fewer years.
    NoSuchEraYear = "no_such_era_year",
    /// No year fits; the year is to be said in four digits.
    YearInFull = "year_in_full",
    /// The due date can be typed.
    TypeDueDate = "type_due_date",
    /// The birth date can be typed.
    TypeBirthDate = "type_birth_date",
    /// A birth date in the future, while registering.
    BornInFuture = "born_in_future",
    /// A birth date in the future, of a registered child.
    BirthInFuture = "birth_in_future",
    /// A due date two weeks past, of a registered child.
    DueDateOverdue = "due_date_overdue",
    /// A due date before which no pregnancy can have begun.
    DueDateTooFar = "due_date_too_far",
    /// Overdue and not born.
    NotYetBorn = "not_yet_born",
    /// No deliveries are wanted.
    NotNeeded = "not_needed",
    /// A nickname of nothing.
    NicknameEmpty = "nickname_empty",
    /// A nickname of more than 20 letters.
    NicknameTooLong = "nickname_too_long",
    /// A nickname of several lines.
    NicknameOneLine = "nickname_one_line",
    /// A nickname that is an address.
    NicknameAddress = "nickname_address",
    /// A date where a nickname is asked.
    NicknameIsDate = "nickname_is_date",
    /// Only parents and the registrant may change this.
    OnlyParents = "only_parents",
    /// The date is the one that is registered.
    SameDate = "same_date",
    /// The birth report was taken back.
    BirthUndone = "birth_undone",
    /// There is no birth report that could be taken back.
    BirthNotUndone = "birth_not_undone",
    /// As many twins are registered already.
    TwinsKnown = "twins_known",
    /// No number of twins.
    NotACount = "not_a_count",
    /// More children than one reader follows.
    TooManyChildren = "too_many_children",
    /// The development is counted from the due date.
    CountedFromDue = "counted_from_due",
    /// The development is counted from the birth date.
    CountedFromBirth = "counted_from_birth",
    /// About the count is decided later.
    CountedLater = "counted_later",
    /// There is nothing to stop.
    NothingToStop = "nothing_to_stop",
    /// A stop was undone.
    Undone = "undone",
    /// The stop is too long ago.
    TooLateToUndo = "too_late_to_undo",
    /// Everything was stopped after sad news.
    LossStopped = "loss_stopped",
    /// Everything was stopped after sad news, and it is asked which child it was.
    LossStoppedAll = "loss_stopped_all",
    /// Sad news from somebody who has no registration.
    LossHeard = "loss_heard",
    /// The deliveries for the other children go on.
    LossOthersGoOn = "loss_others_go_on",
    /// Everything stays stopped.
    LossAll = "loss_all",
    /// The deliveries for a twin stopped; the birth of the other is reported.
    TwinLost = "twin_lost",
    /// The question about the loss was left.
    LossLeft = "loss_left",
    /// Everything stands still after a loss.
    QuietStopped = "quiet_stopped",
    /// Back after a loss.
    ReturnedQuietly = "returned_quietly",
    /// Thanks after a loss.
    QuietThanks = "quiet_thanks",
    /// Deliveries go on.
    Resumed = "resumed",
    /// There is no rest to end.
    NotResting = "not_resting",
    /// The third birthday is over.
    Finished = "finished",
    /// Nothing to read today, and no day is known.
    NothingToday = "nothing_today",
    /// Nobody reads what is written here.
    NotRead = "not_read",
    /// The consultation card was shown a moment ago.
    ConsultAbove = "consult_above",
    /// A sticker.
    StickerThanks = "sticker_thanks",
    /// Thanks.
    Thanks = "thanks",
    /// A greeting.
    Hello = "hello",
    /// Only parents and the registrant invite.
    OnlyParentsInvite = "only_parents_invite",
    /// A member of the family was removed.
    MemberRemoved = "member_removed",
    /// A code that nobody gave, that was used, or whose time is over.
    CodeUnusable = "code_unusable",
    /// Too many wrong codes.
    CodesRest = "codes_rest",
    /// The reader's own code.
    OwnCode = "own_code",
    /// A text was no code.
    NotACode = "not_a_code",
    /// The reader follows these children already.
    AlreadyJoined = "already_joined",
    /// An invitation was not taken up.
    JoinDeclined = "join_declined",
    /// Everything was moved to this account.
    Transferred = "transferred",
    /// Whoever was invited becomes a parent by another invitation only.
    RoleByInvitation = "role_by_invitation",
    /// A text was no time of day.
    NotATime = "not_a_time",
    /// The municipality has no areas.
    NoAreas = "no_areas",
    /// Everything was deleted.
    Erased = "erased",
}
