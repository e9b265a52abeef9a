//! Effects become rows, in the transaction of their event.

mod family;
mod newcomers;

use chrono::NaiveDate;

use super::process::Hints;
use crate::domain::account::Account;
use crate::domain::compose::{MAX_OBJECTS, within};
use crate::domain::conversation::danger::Category;
use crate::domain::conversation::{Dates, Effect, Enrolment};
use crate::domain::delivery::{AnswerParts, DailyParts, Parts, Purpose, State};
use crate::domain::family::{Child, Follow, Journey, Lead, OwnStop, Pause, Standing, StopReason};
use crate::domain::ids::{ChildId, DeliveryId};
use crate::domain::message::Message;
use crate::domain::programme::placement::shown_keys;
use crate::domain::programme::plan::{day_before, message_on, next_due, readable_on};
use crate::domain::programme::planned::note_planned;
use crate::domain::retention::look_again;
use crate::store::{EventRow, NewDelivery, ReaderRow, Result, Tx, Via};

/// How long a draft is kept.
const DRAFT_MS: i64 = 86_400_000;
/// How long an answer may try to leave, counted from the receipt of what it answers: after an hour
/// nobody waits for it.
const ANSWER_MS: i64 = 3_600_000;
/// LINE takes a reply token for a minute (Messaging API reference, "Reply token").
const REPLY_TOKEN_MS: i64 = 60_000;

/// A reader's input being carried out.
pub(super) struct Work<'a> {
    tx: &'a Tx,
    account: &'a Account,
    /// The reader whose input it is.
    pub reader: ReaderRow,
    sent_at: i64,
    received_at: i64,
    now: i64,
    hints: Hints,
    /// Registered just now.
    newcomers: Vec<ChildId>,
    /// Everything was deleted: nothing is written about the reader any more.
    erased: bool,
}

impl<'a> Work<'a> {
    pub(super) fn new(tx: &'a Tx, account: &'a Account, reader: ReaderRow, event: &EventRow, now: i64) -> Self {
        let (sent_at, received_at) = (event.sent_at, event.received_at);
        let (hints, newcomers) = (Vec::new(), Vec::new());
        Self { tx, account, reader, sent_at, received_at, now, hints, newcomers, erased: false }
    }

    fn today(&self) -> NaiveDate {
        self.account.civil(self.now).date()
    }

    /// Applies the effects in their order. What is shown is decided later, by [`Work::answer`].
    pub(super) async fn apply(&mut self, effects: &[Effect]) -> Result<()> {
        for effect in effects {
            self.apply_one(effect).await?;
        }
        if is_sad(effects) {
            self.reader.profile.spared_on = Some(self.today());
        } else if effects.iter().any(|effect| matches!(effect, Effect::UndoStop { .. } | Effect::UndoLoss { .. })) {
            self.reader.profile.spared_on = None;
        }
        Ok(())
    }

    async fn apply_one(&mut self, effect: &Effect) -> Result<()> {
        match effect {
            Effect::Consent { version } => self.tx.keep_consent(&self.reader, *version).await,
            Effect::Enrol(enrolment) => self.enrol(enrolment).await,
            Effect::MoveDueDate { child, due } => self.move_due_date(*child, *due).await,
            Effect::MoveBirthDate { child, born } => self.move_birth_date(*child, *born).await,
            Effect::Rename { child, nickname } => {
                let nickname = nickname.clone();
                self.change_child(*child, |child| child.nickname = nickname).await?;
                self.reload().await
            }
            Effect::ReportBirth { child, born } => self.report_birth(*child, *born).await,
            Effect::UndoBirth { child } => self.undo_birth(*child).await,
            Effect::EnrolTwin { of, nickname } => self.enrol_twin(*of, nickname.clone()).await,
            Effect::Count { children, corrected } => self.count(children, *corrected).await,
            Effect::Stop { children, reason } => self.stop(children, *reason).await,
            Effect::UndoStop { children } => self.undo_stop(children).await,
            Effect::ReportLoss { children } => self.report_loss(children).await,
            Effect::UndoLoss { children } => self.undo_loss(children).await,
            Effect::Pause { until } => {
                self.reader.profile.pause = Some(Pause { until: *until });
                self.tx.cancel_mornings(self.reader.id, true).await
            }
            Effect::Resume => {
                self.reader.profile.pause = None;
                self.reader.profile.resumed_at = Some(self.sent_at);
                Ok(())
            }
            Effect::Stand(standing) => self.stand(*standing).await,
            Effect::CountDanger(category) => {
                metrics::counter!("hagukumi_danger_cards_total", "category" => category_word(*category)).increment(1);
                Ok(())
            }
            Effect::ShowToday | Effect::ShowNewcomers | Effect::ShowEarlier => Ok(()),
            Effect::KeepCode { kind, code } => self.tx.keep_code(&self.reader, *kind, code).await,
            Effect::Join { code, role } => self.join(*code, *role).await,
            Effect::Transfer { code } => self.transfer(*code).await,
            Effect::RemoveMember { member } => self.remove_member(*member).await,
            Effect::SetRole { children, role } => self.set_role(children, *role).await,
            Effect::SetTime { minute } => {
                self.reader.profile.minute = Some(*minute);
                Ok(())
            }
            Effect::SetArea { area } => {
                self.reader.profile.area.clone_from(area);
                Ok(())
            }
            Effect::Erase => self.erase().await,
        }
    }

    async fn enrol(&mut self, enrolment: &Enrolment) -> Result<()> {
        let journey = match enrolment.dates {
            Dates::Due { due } => Journey::Expected { due },
            Dates::Born { born } => Journey::Born { born, due: None },
        };
        let child = self.tx.keep_child(self.account.id, journey, enrolment.nickname.clone()).await?;
        self.tx.keep_follow(self.reader.id, child, enrolment.role, true).await?;
        self.newcomers.push(child);
        self.reload().await
    }

    async fn move_due_date(&mut self, child: ChildId, due: NaiveDate) -> Result<()> {
        self.change_family(child, Some(Lead::DueDateMoved(child)), |child| match &mut child.journey {
            Journey::Expected { due: old } => *old = due,
            Journey::Born { due: old, .. } => *old = Some(due),
            Journey::Stopped { .. } => {}
        })
        .await
    }

    async fn move_birth_date(&mut self, child: ChildId, date: NaiveDate) -> Result<()> {
        self.change_family(child, None, |child| {
            if let Journey::Born { born, .. } = &mut child.journey {
                *born = date;
            }
        })
        .await
    }

    async fn report_birth(&mut self, child: ChildId, born: NaiveDate) -> Result<()> {
        let news = Lead::BirthReported(child);
        self.change_family(child, Some(news), |child| {
            if let Journey::Expected { due } = child.journey {
                child.journey = Journey::Born { born, due: Some(due) };
            }
        })
        .await?;
        // Who reported it needs no telling.
        self.reader.profile.leads.retain(|lead| *lead != news);
        Ok(())
    }

    async fn undo_birth(&mut self, child: ChildId) -> Result<()> {
        self.change_family(child, None, |child| {
            if let Journey::Born { due: Some(due), .. } = child.journey {
                child.journey = Journey::Expected { due };
            }
        })
        .await
    }

    async fn stop(&mut self, children: &[ChildId], reason: StopReason) -> Result<()> {
        let stop = OwnStop { on: self.today(), reason };
        for child in children {
            self.tx.set_stop(self.reader.id, *child, Some(stop)).await?;
        }
        self.reload().await?;
        let others = self.reader.follows.iter().any(Follow::is_active);
        self.tx.cancel_mornings(self.reader.id, others).await
    }

    async fn undo_stop(&mut self, children: &[ChildId]) -> Result<()> {
        let lifted = self.reader.follows.iter().filter(|follow| children.contains(&follow.child.id));
        if lifted.filter_map(|follow| follow.stopped).any(|stop| stop.reason == StopReason::Loss) {
            self.reader.profile.loss_undone_at = Some(self.sent_at);
        }
        for child in children {
            self.tx.set_stop(self.reader.id, *child, None).await?;
        }
        self.reader.profile.resumed_at = Some(self.sent_at);
        self.reload().await
    }

    async fn report_loss(&mut self, children: &[ChildId]) -> Result<()> {
        let on = self.today();
        for child in children {
            self.change_family(*child, None, |child| {
                if !child.journey.is_stopped() {
                    let before = Box::new(child.journey.clone());
                    child.journey = Journey::Stopped { on, before };
                }
            })
            .await?;
        }
        Ok(())
    }

    async fn undo_loss(&mut self, children: &[ChildId]) -> Result<()> {
        for child in children {
            self.change_family(*child, None, |child| {
                if let Journey::Stopped { before, .. } = &child.journey {
                    child.journey = (**before).clone();
                }
            })
            .await?;
        }
        self.reader.profile.resumed_at = Some(self.sent_at);
        self.reader.profile.loss_undone_at = Some(self.sent_at);
        Ok(())
    }

    async fn stand(&mut self, standing: Standing) -> Result<()> {
        self.reader.standing = standing;
        self.reader.standing_at = self.sent_at;
        self.reader.profile.away_on = (standing != Standing::Following).then(|| self.today());
        match standing {
            Standing::Following => Ok(()),
            Standing::Away | Standing::Erased => self.tx.cancel_mornings(self.reader.id, false).await,
        }
    }

    async fn change_child(&self, id: ChildId, change: impl FnOnce(&mut Child)) -> Result<()> {
        if let Some(mut child) = self.tx.child(id).await? {
            change(&mut child);
            self.tx.save_child(&child).await?;
        }
        Ok(())
    }

    /// A change that concerns everybody who follows the child: its version and the turn of every
    /// other follower rise, so that buttons shown before do nothing, and what waits is planned anew.
    async fn change_family(&mut self, id: ChildId, lead: Option<Lead>, change: impl FnOnce(&mut Child)) -> Result<()> {
        self.change_child(id, |child| {
            change(child);
            child.version += 1;
        })
        .await?;
        for follower in self.tx.followers(id).await? {
            if follower == self.reader.id {
                self.reload().await?;
                explain(&mut self.reader, lead);
                let others = self.reader.follows.iter().any(Follow::is_active);
                self.tx.cancel_mornings(follower, others).await?;
                continue;
            }
            for mut other in self.tx.readers_apart(&[follower]).await?.0 {
                other.turn += 1;
                explain(&mut other, lead);
                let others = other.follows.iter().any(Follow::is_active);
                self.tx.cancel_mornings(follower, others).await?;
                self.rearm(&mut other).await?;
                self.tx.save_reader(&other).await?;
                self.hints.push((other.id, other.next_due_at));
            }
        }
        Ok(())
    }

    async fn reload(&mut self) -> Result<()> {
        self.reader.follows = self.tx.follows(self.reader.id).await?;
        Ok(())
    }

    /// Works out anew when the reader's next message is due, and what else waits.
    async fn rearm(&self, reader: &mut ReaderRow) -> Result<()> {
        reader.next_care_at = care_at(self.account, reader, self.now);
        if reader.standing != Standing::Following {
            reader.next_due_at = None;
            return Ok(());
        }
        let now = self.account.civil(self.now);
        let done = self.tx.has_delivery(self.account.id, reader.blind, &Purpose::daily(now.date())).await?;
        let next = next_due(&reader.plan(), now, done, self.account.hours, &self.account.library);
        reader.next_due_at = next.map(|due| self.account.ms(due));
        Ok(())
    }

    /// Writes the answer and, where today's message travels in it, today's row.
    pub(super) async fn answer(
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
            parts: Some(Parts::Answer { token, turn: self.reader.turn, said }),
        };
        let Some(id) = self.tx.keep_delivery(&answer).await? else { return Ok(()) };
        match shown {
            Some(parts) if again => self.note_read(&parts),
            Some(parts) => self.ride(parts, id).await?,
            None => {}
        }
        Ok(())
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
            parts: Some(Parts::Daily(parts.clone())),
        };
        self.tx.keep_delivery(&row).await?;
        note_planned(&mut self.reader.profile, &parts, &self.account.library);
        Ok(())
    }

    /// Writes the reader; returns the timer hints to give after the commit.
    pub(super) async fn finish(mut self) -> Result<Hints> {
        if self.erased {
            self.hints.push((self.reader.id, None));
            return Ok(self.hints);
        }
        let mut reader = self.reader.clone();
        explain(&mut reader, None);
        self.rearm(&mut reader).await?;
        self.tx.save_reader(&reader).await?;
        self.hints.push((reader.id, reader.next_due_at));
        Ok(self.hints)
    }
}

/// A change is explained to those whose letters for the child go on, and what it made untrue is said to
/// nobody any more.
fn explain(reader: &mut ReaderRow, lead: Option<Lead>) {
    let leads = &mut reader.profile.leads;
    leads.extend(lead.filter(|lead| !leads.contains(lead)));
    leads.retain(|lead| lead.holds(&reader.follows));
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

/// Whether these effects are those of sad news.
fn is_sad(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Stop { reason: StopReason::Loss, .. } | Effect::ReportLoss { .. }))
}

/// When something but a message waits for the reader: the end of a draft, or of what is known of them.
fn care_at(account: &Account, reader: &ReaderRow, now: i64) -> Option<i64> {
    let draft = reader.conversation.asked_at.map(|asked| account.ms(asked) + DRAFT_MS);
    [draft, look_again(account, &reader.profile, &reader.follows, now)].into_iter().flatten().min()
}

const fn category_word(category: Category) -> &'static str {
    match category {
        Category::Life => "life",
        Category::ChildAbuse => "child_abuse",
        Category::Violence => "violence",
        Category::Emergency => "emergency",
        Category::PregnancyOrLoss => "pregnancy_or_loss",
        Category::Exhaustion => "exhaustion",
    }
}
