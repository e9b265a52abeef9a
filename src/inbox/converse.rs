//! One input of one reader: facts, one pure step, effects, answer.

use super::Inbox;
use super::effects::Work;
use super::process::Verdict;
use crate::domain::account::Account;
use crate::domain::conversation::{self, AccountFacts, CONSENT_VERSION, Effect, Facts, Input, Step, Today, wording};
use crate::domain::family::Standing;
use crate::domain::ids::LineUserId;
use crate::domain::programme::plan::{day_before, next_day, readable_on};
use crate::domain::retention::forget_at;
use crate::store::{Blind, EventRow, NewReader, ReaderRow, Result, Tx};

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
        if incoming.user.is_none() && self.is_to_be_forgotten(account, &reader) {
            tx.cancel_mornings(reader.id, false).await?;
            tx.forget_reader(reader.id).await?;
            return Ok(Verdict { hints: vec![(reader.id, None)], ..Verdict::done() });
        }
        let sent_at = incoming.event.sent_at;
        if matches!(incoming.input, Input::Followed | Input::Unfollowed) && sent_at < reader.standing_at {
            return Ok(Verdict::ignored("stale"));
        }
        let late = incoming.user.is_some() && sent_at < reader.last_event_at;
        let step = self.step(tx, account, &reader, known, &incoming.input).await?;
        let step = if late { only_what_still_counts(step, &reader, sent_at) } else { step };
        self.carry_out(tx, account, reader, incoming, step, late).await
    }

    fn is_to_be_forgotten(&self, account: &Account, reader: &ReaderRow) -> bool {
        let now = self.ambient.now_ms();
        forget_at(account, &reader.profile, &reader.follows, now).is_some_and(|at| at <= now)
    }

    async fn step(
        &self,
        tx: &Tx,
        account: &Account,
        reader: &ReaderRow,
        known: Option<Standing>,
        input: &Input,
    ) -> Result<Step> {
        let consented = tx.has_consented(reader.id, CONSENT_VERSION).await?;
        let facts = self.facts(account, reader, known, consented);
        Ok(conversation::step(&reader.conversation, input, &facts))
    }

    fn facts<'a>(
        &self,
        account: &'a Account,
        reader: &'a ReaderRow,
        standing: Option<Standing>,
        consented: bool,
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
                reviewed: account.library.is_reviewed(),
                privacy_url: account.privacy_url.as_deref(),
            },
        }
    }

    async fn carry_out(
        &self,
        tx: &Tx,
        account: &Account,
        mut reader: ReaderRow,
        incoming: Incoming<'_>,
        step: Step,
        late: bool,
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
        if !late {
            let known = Some(work.reader.standing);
            let words = {
                let facts = self.facts(account, &work.reader, known, true);
                wording::render(&step.prompts, &facts, account.library.phrases(&work.reader.locale))
            };
            work.answer(words, &step.effects, &incoming.event.key, incoming.token).await?;
        }
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

/// An event that arrives after newer ones gets no answer and moves no question; but a stop or a loss
/// counts, unless the reader came back after it.
fn only_what_still_counts(step: Step, reader: &ReaderRow, sent_at: i64) -> Step {
    let came_back = reader.profile.resumed_at.is_some_and(|resumed| resumed > sent_at);
    let counts = |effect: &Effect| match effect {
        Effect::Stop { .. } | Effect::ReportLoss { .. } => !came_back,
        Effect::Stand(_) | Effect::CountDanger(_) => true,
        _ => false,
    };
    let effects = step.effects.into_iter().filter(counts).collect();
    Step { next: reader.conversation.clone(), effects, prompts: Vec::new() }
}
