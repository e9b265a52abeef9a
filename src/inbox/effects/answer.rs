//! What an answer shows, and the rows it becomes.

use super::Work;
use crate::domain::compose::{MAX_OBJECTS, within};
use crate::domain::conversation::Effect;
use crate::domain::delivery::{AnswerParts, DailyParts, Parts, Purpose, State};
use crate::domain::family::Standing;
use crate::domain::ids::DeliveryId;
use crate::domain::message::Message;
use crate::domain::programme::placement::shown_keys;
use crate::domain::programme::plan::{day_before, message_on, next_due, readable_on};
use crate::domain::programme::planned::note_planned;
use crate::store::{NewDelivery, Result, Via};

/// How long an answer may try to leave, counted from the receipt of what it answers: after an hour
/// nobody waits for it.
const ANSWER_MS: i64 = 3_600_000;
/// LINE takes a reply token for a minute (Messaging API reference, "Reply token").
const REPLY_TOKEN_MS: i64 = 60_000;

impl Work<'_> {
    /// Writes the answer and, where today's message travels in it, today's row.
    pub(in crate::inbox) async fn answer(
        &mut self,
        words: Vec<Message>,
        effects: &[Effect],
        key: &str,
        token: Option<String>,
    ) -> Result<()> {
        let purpose = Purpose::daily(self.today());
        let done = self.tx.has_delivery(self.account.id, self.reader.blind, &purpose).await?;
        let (shown, again) = match self.shown(effects, done) {
            (None, _) if !words.is_empty() && !done && bring_back(effects) => (self.due_by_this(), false),
            found => found,
        };
        // What waits to be pushed need not cost a push any more.
        let asked = again && done && effects.contains(&Effect::ShowToday);
        let waits = if asked { self.waiting(&purpose).await? } else { None };
        let again = again && waits.is_none();
        let room = MAX_OBJECTS.saturating_sub(words.len());
        let shown = shown.map(|parts| within(parts, &self.account.library, room));
        if words.is_empty() && shown.is_none() {
            return Ok(());
        }
        let said = AnswerParts { words, today: shown.clone(), again };
        let token = token.filter(|_| self.now - self.received_at < REPLY_TOKEN_MS);
        let answer = NewDelivery {
            account: self.account.id,
            // What is said last to somebody who is forgotten leaves by the reply token alone.
            reader: (!self.erased).then_some(self.reader.id),
            blind: self.reader.blind,
            purpose: Purpose::answer(key),
            via: Via::Reply,
            state: State::Waiting,
            window_until: self.received_at + ANSWER_MS,
            lease_until: None,
            rides_on: None,
            not_before: None,
            parts: Some(Parts::Answer { token, turn: self.reader.turn, said }),
        };
        let Some(id) = self.tx.keep_delivery(&answer).await? else { return Ok(()) };
        match (shown, waits) {
            (Some(parts), Some(row)) => {
                self.note_read(&parts);
                self.tx.board(row, id).await?;
            }
            (Some(parts), None) if again => self.note_read(&parts),
            (Some(parts), None) => self.ride(parts, id).await?,
            (None, _) => {}
        }
        Ok(())
    }

    async fn waiting(&self, purpose: &Purpose) -> Result<Option<DeliveryId>> {
        self.tx.waiting_delivery(self.account.id, self.reader.blind, purpose).await
    }

    /// Today's message, when what the reader just did makes it due this very moment: a rest or a stop
    /// ended after the time of day, or a date moved. It travels free with the answer, and mornings keep
    /// their time. What was due already (a late morning) goes its own way.
    fn due_by_this(&self) -> Option<DailyParts> {
        let (reader, account) = (&self.reader, self.account);
        let was_due = reader.next_due_at.is_some_and(|at| at <= self.now);
        if was_due || reader.standing != Standing::Following {
            return None;
        }
        let (plan, clock) = (reader.plan(), account.civil(self.now));
        let due = next_due(&plan, clock, false, account.hours, &account.library).filter(|due| *due <= clock)?;
        message_on(&plan, due.date(), &account.library)
    }

    /// What was read in an answer, the town's texts too, was read.
    fn note_read(&mut self, parts: &DailyParts) {
        for key in shown_keys(parts, &self.account.library) {
            self.reader.profile.shown.entry(key).or_insert(parts.day);
        }
    }

    /// The day's message that an answer shows, and whether it was sent before.
    fn shown(&self, effects: &[Effect], done: bool) -> (Option<DailyParts>, bool) {
        let (plan, library, today) = (self.reader.plan(), &self.account.library, self.today());
        if effects.contains(&Effect::ShowToday) {
            let parts = message_on(&plan, today, library).filter(|_| !done);
            return match parts {
                Some(parts) => (Some(parts), false),
                None => (readable_on(&plan, today, library), true),
            };
        }
        if effects.contains(&Effect::ShowNewcomers) {
            return (self.newcomers_today(done), false);
        }
        if effects.contains(&Effect::ShowEarlier) {
            let day = day_before(&plan, today, library);
            return (day.and_then(|day| readable_on(&plan, day, library)), true);
        }
        (None, false)
    }

    async fn ride(&mut self, parts: DailyParts, answer: DeliveryId) -> Result<()> {
        let day = parts.day;
        let hour = day.and_time(self.account.hours.time_for(&self.reader.profile));
        let row = NewDelivery {
            account: self.account.id,
            reader: Some(self.reader.id),
            blind: self.reader.blind,
            purpose: Purpose::daily(day),
            via: Via::Reply,
            state: State::Waiting,
            window_until: self.account.ms(self.account.closing(day)),
            lease_until: None,
            rides_on: Some(answer),
            // Should the answer never leave, it is a morning like others.
            not_before: Some(self.account.ms(hour)),
            parts: Some(Parts::Daily(parts.clone())),
        };
        self.tx.keep_delivery(&row).await?;
        note_planned(&mut self.reader.profile, &parts, &self.account.library);
        Ok(())
    }
}

/// Whether these effects can make a message due that was not: never sad news, even where the letters
/// for another child go on.
fn bring_back(effects: &[Effect]) -> bool {
    let brings = |effect: &Effect| {
        matches!(
            effect,
            Effect::Resume
                | Effect::UndoStop { .. }
                | Effect::UndoLoss { .. }
                | Effect::UndoBirth { .. }
                | Effect::MoveDueDate { .. }
                | Effect::MoveBirthDate { .. }
                | Effect::SetTime { .. }
        )
    };
    let ends = |effect: &Effect| matches!(effect, Effect::Stop { .. } | Effect::ReportLoss { .. });
    effects.iter().any(brings) && !effects.iter().any(ends)
}
