//! One input of one reader: facts, one pure step, effects, answer.

use std::sync::atomic::Ordering;

use super::Inbox;
use super::effects::Work;
use super::process::Verdict;
use crate::domain::account::Account;
use crate::domain::conversation::sharing::Sharing;
use crate::domain::conversation::{self, AccountFacts, CONSENT_VERSION, Effect, Facts, Input, Step, Today, wording};
use crate::domain::family::{Standing, StopReason};
use crate::domain::ids::LineUserId;
use crate::domain::programme::plan::{day_before, next_day, readable_on};
use crate::domain::retention::{Forgetting, forgetting};
use crate::store::{Blind, EventRow, Leaving, NewReader, ReaderRow, Result, Tx};

/// The locale of readers who did not choose one.
pub(super) const DEFAULT_LOCALE: &str = "ja";

/// An input and where it came from.
pub(super) struct Incoming<'a> {
    /// `None` for commands, whose reader is found by the lane.
    pub user: Option<LineUserId>,
    pub lane: Blind,
    pub input: Input,
    pub token: Option<String>,
    pub event: &'a EventRow,
}

impl Inbox {
    pub(super) async fn converse(&self, tx: &Tx, account: &Account, incoming: Incoming<'_>) -> Result<Verdict> {
        // Before anything is looked at, so that nothing of it changes while it is decided.
        tx.lock_family(account.id, incoming.lane).await?;
        let found = tx.reader_by_user(account.id, incoming.lane).await?;
        let known = found.as_ref().map(|reader| reader.standing);
        let reader = match (found, &incoming.user) {
            (Some(reader), _) => reader,
            (None, Some(user)) if incoming.input != Input::Unfollowed => {
                let at = incoming.event.sent_at;
                let locale = DEFAULT_LOCALE.to_owned();
                tx.keep_reader(NewReader { account: account.id, user: user.clone(), locale, at }).await?
            }
            (None, _) => return Ok(Verdict::ignored("nobody we know")),
        };
        let Some(mut reader) =
            (if incoming.user.is_none() { self.forget(tx, account, reader).await? } else { Some(reader) })
        else {
            return Ok(Verdict::done());
        };
        let sent_at = incoming.event.sent_at;
        let stands = matches!(incoming.input, Input::Followed | Input::Unfollowed);
        if stands && sent_at < reader.standing_at {
            return Ok(Verdict::ignored("stale"));
        }
        // Whoever was told meanwhile, by another of the family, that a child has died, wrote before it too.
        let overtaken = sent_at < reader.last_event_at || is_after(reader.profile.ended_at, sent_at);
        let late = incoming.user.is_some() && overtaken;
        let sharing = self.sharing(tx, account, &reader, &incoming.input).await?;
        let step = self.step(tx, account, &reader, known, (&incoming.input, &sharing)).await?;
        let step = match (late, stands) {
            (false, _) => step,
            (true, true) => without_a_rest_that_ended(step, &reader, sent_at),
            (true, false) => only_what_still_counts(step, &incoming.input, &reader, sent_at),
        };
        if stands {
            // Also where it says what we know: an older word that arrives after it must not count.
            reader.standing_at = sent_at;
        }
        self.carry_out(tx, account, reader, incoming, (step, &sharing)).await
    }

    /// Forgets what has been kept long enough; returns the reader, unless they are forgotten too.
    async fn forget(&self, tx: &Tx, account: &Account, mut reader: ReaderRow) -> Result<Option<ReaderRow>> {
        let today = account.civil(self.ambient.now_ms()).date();
        match forgetting(&reader.profile, &reader.follows, account.library.municipality.leap, today) {
            Forgetting::Nothing => {}
            Forgetting::Children(over) => {
                for at in over {
                    tx.forget_follow(reader.id, reader.follows[at].child.id).await?;
                }
                reader.follows = tx.follows(reader.id).await?;
            }
            Forgetting::Reader => {
                tx.cancel_mornings(reader.id, false).await?;
                tx.forget_reader(reader.id, Leaving::ForGood).await?;
                return Ok(None);
            }
        }
        Ok(Some(reader))
    }

    async fn step(
        &self,
        tx: &Tx,
        account: &Account,
        reader: &ReaderRow,
        known: Option<Standing>,
        (input, sharing): (&Input, &Sharing),
    ) -> Result<Step> {
        let consented = tx.has_consented(reader.id, CONSENT_VERSION).await?;
        let facts = self.facts(account, reader, (known, consented), sharing);
        Ok(conversation::step(&reader.conversation, input, &facts))
    }

    fn facts<'a>(
        &self,
        account: &'a Account,
        reader: &'a ReaderRow,
        (standing, consented): (Option<Standing>, bool),
        sharing: &'a Sharing,
    ) -> Facts<'a> {
        let now = account.civil(self.ambient.now_ms());
        Facts {
            now,
            turn: reader.turn,
            standing,
            consented,
            profile: &reader.profile,
            follows: &reader.follows,
            today: today(account, reader, now.date()),
            account: AccountFacts {
                municipality: &account.library.municipality,
                danger: &account.library.danger,
                minute: account.hours.delivery,
                menu: account.has_menu.load(Ordering::Relaxed),
                reviewed: account.library.is_reviewed(),
                privacy_url: account.privacy_url.as_deref(),
                hours: account.hours,
            },
            sharing,
        }
    }

    async fn carry_out(
        &self,
        tx: &Tx,
        account: &Account,
        mut reader: ReaderRow,
        incoming: Incoming<'_>,
        (step, sharing): (Step, &Sharing),
    ) -> Result<Verdict> {
        if step.next.state != reader.conversation.state {
            reader.turn += 1;
        }
        reader.conversation = step.next;
        if incoming.user.is_some() {
            // Only LINE's timestamps are compared with LINE's timestamps; a command has ours.
            reader.last_event_at = reader.last_event_at.max(incoming.event.sent_at);
        }
        let mut work = Work::new(tx, account, reader, incoming.event, self.ambient.now_ms());
        work.apply(&step.effects).await?;
        let known = Some(work.reader.standing);
        let words = {
            let facts = self.facts(account, &work.reader, (known, true), sharing);
            let today = work.today_of_newcomers(&step.effects).await?.unwrap_or(facts.today);
            let facts = Facts { today, ..facts };
            wording::render(&step.prompts, &facts, account.library.phrases(&work.reader.locale))
        };
        work.answer(words, &step.effects, &incoming.event.key, incoming.token).await?;
        let hints = work.finish().await?;
        Ok(Verdict { hints, ..Verdict::done() })
    }
}

fn today(account: &Account, reader: &ReaderRow, day: chrono::NaiveDate) -> Today {
    let (plan, library) = (reader.plan(), &account.library);
    if readable_on(&plan, day, library).is_some() {
        return Today::Ready;
    }
    Today::NotToday { next: next_day(&plan, day, library), earlier: day_before(&plan, day, library).is_some() }
}

/// An event that arrives after newer ones gets no answer. A tap keeps its effects, since its turn says
/// whether it still means anything; a text was an answer to a question that may be another by now, so
/// of a text only a stop, a loss and a cry for help count. A stop counts unless the reader came back
/// after it, a loss unless it was taken back, and help is always offered. A return counts unless something
/// ended after it: nothing that was tapped before a loss brings back its letters.
fn only_what_still_counts(step: Step, input: &Input, reader: &ReaderRow, sent_at: i64) -> Step {
    let came_back = is_after(reader.profile.resumed_at, sent_at);
    let taken_back = is_after(reader.profile.loss_undone_at, sent_at);
    let ended = is_after(reader.profile.ended_at, sent_at);
    let tapped = matches!(input, Input::Postback { .. });
    let counts = |effect: &Effect| match effect {
        Effect::Stop { reason: StopReason::Loss, .. } | Effect::ReportLoss { .. } => !taken_back,
        Effect::Stop { reason: StopReason::Plain, .. } => !came_back,
        Effect::Resume | Effect::UndoStop { .. } | Effect::UndoLoss { .. } => tapped && !ended,
        Effect::Stand(_) => sent_at >= reader.standing_at,
        Effect::CountDanger(_) | Effect::StandStill => true,
        Effect::ShowToday | Effect::ShowNewcomers | Effect::ShowEarlier => false,
        _ => tapped,
    };
    let help = step.effects.iter().any(|effect| matches!(effect, Effect::CountDanger(_)));
    let effects = step.effects.into_iter().filter(counts).collect();
    let prompts = if help { step.prompts } else { Vec::new() };
    let next = if tapped { step.next } else { reader.conversation.clone() };
    Step { next, effects, prompts }
}

/// Whoever follows again is asked before anything comes; not so whoever has said meanwhile that it may.
fn without_a_rest_that_ended(mut step: Step, reader: &ReaderRow, sent_at: i64) -> Step {
    let rests = |effect: &Effect| matches!(effect, Effect::Pause { .. });
    if is_after(reader.profile.resumed_at, sent_at) && step.effects.iter().any(rests) {
        step.effects.retain(|effect| !rests(effect));
        step.prompts.clear();
    }
    step
}

fn is_after(moment: Option<i64>, sent_at: i64) -> bool {
    moment.is_some_and(|moment| moment > sent_at)
}
