//! Effects become rows, in the transaction of their event.

mod answer;
mod family;
mod journey;
mod newcomers;

use chrono::NaiveDate;

use super::process::Hints;
use crate::domain::account::Account;
use crate::domain::conversation::Effect;
use crate::domain::conversation::danger::Category;
use crate::domain::delivery::Purpose;
use crate::domain::family::{Child, Follow, Lead, OwnStop, Pause, Standing, StopReason};
use crate::domain::ids::ChildId;
use crate::domain::menu::Stage;
use crate::domain::programme::plan::next_due;
use crate::domain::retention::look_again;
use crate::store::{EventRow, Fact, ReaderRow, Result, Tx};

/// How long a draft is kept.
const DRAFT_MS: i64 = 86_400_000;

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
            Effect::StandStill => {
                self.reader.profile.note_end(self.sent_at);
                Ok(())
            }
            Effect::UndoStop { children } => self.undo_stop(children).await,
            Effect::ReportLoss { children } => self.report_loss(children).await,
            Effect::UndoLoss { children } => self.undo_loss(children).await,
            Effect::Pause { until } => {
                self.reader.profile.pause = Some(Pause { until: *until });
                self.reader.profile.note_end(self.sent_at);
                self.tx.note(Fact::Rest(self.reader.id, Some(*until)));
                self.tx.cancel_mornings(self.reader.id, true).await
            }
            Effect::Resume => {
                if self.reader.profile.pause.take().is_some() {
                    self.tx.note(Fact::Rest(self.reader.id, None));
                }
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

    async fn stop(&mut self, children: &[ChildId], reason: StopReason) -> Result<()> {
        let stop = OwnStop { on: self.today(), reason };
        self.reader.profile.note_end(self.sent_at);
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

    async fn stand(&mut self, standing: Standing) -> Result<()> {
        if self.reader.standing != standing {
            self.tx.note(Fact::Stands(self.reader.id, standing));
        }
        self.reader.standing = standing;
        self.reader.standing_at = self.sent_at;
        self.reader.profile.away_on = (standing != Standing::Following).then(|| self.today());
        match standing {
            Standing::Following => self.tx.forget_menu_of(self.reader.id).await,
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
        let mut ends = false;
        self.change_child(id, |child| {
            let lived = !child.journey.is_stopped();
            change(child);
            ends = lived && child.journey.is_stopped();
            child.version += 1;
        })
        .await?;
        let sent_at = self.sent_at;
        let learn = |reader: &mut ReaderRow| {
            explain(reader, lead);
            if ends {
                reader.profile.note_end(sent_at);
            }
        };
        for follower in self.tx.followers(id).await? {
            if follower == self.reader.id {
                self.reload().await?;
                learn(&mut self.reader);
                let others = self.reader.follows.iter().any(Follow::is_active);
                self.tx.cancel_mornings(follower, others).await?;
                continue;
            }
            for mut other in self.tx.readers_apart(&[follower]).await?.0 {
                other.turn += 1;
                learn(&mut other);
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
        let leap = self.account.library.municipality.leap;
        let stage = Stage::of(&reader.profile, &reader.follows, leap, self.today());
        reader.menu = (reader.standing == Standing::Following).then_some(stage);
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
