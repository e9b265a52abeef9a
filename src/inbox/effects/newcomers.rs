//! Children who join others: twins of a registered one, and what of today is theirs.

use chrono::NaiveDate;

use super::Work;
use crate::domain::calendar::days_after;
use crate::domain::conversation::{Effect, Today};
use crate::domain::delivery::{DailyParts, Purpose};
use crate::domain::family::{Follow, Nickname};
use crate::domain::ids::ChildId;
use crate::domain::programme::plan::{ReaderPlan, message_on, next_day};
use crate::store::Result;

impl Work<'_> {
    /// A twin has the dates and the count of the other, and everybody who follows that one follows both,
    /// each in their role and with their own stop.
    pub(super) async fn enrol_twin(&mut self, of: ChildId, nickname: Option<Nickname>) -> Result<()> {
        let Some(known) = self.tx.child(of).await? else { return Ok(()) };
        let twin = self.tx.keep_child(self.account.id, known.journey, nickname).await?;
        self.change_child(twin, |child| child.corrected = known.corrected).await?;
        for follower in self.tx.followers(of).await? {
            let follows = self.tx.follows(follower).await?;
            let Some(edge) = follows.iter().find(|follow| follow.child.id == of) else { continue };
            self.tx.keep_follow(follower, twin, edge.role, edge.registrant).await?;
            if edge.stopped.is_some() {
                self.tx.set_stop(follower, twin, edge.stopped).await?;
            }
        }
        self.newcomers.push(twin);
        self.reload().await
    }

    /// From which date the development of these children is counted, for everybody. Buttons mean what
    /// they meant, so no version rises.
    pub(super) async fn count(&mut self, children: &[ChildId], corrected: bool) -> Result<()> {
        for child in children {
            self.change_child(*child, |child| child.corrected = corrected).await?;
        }
        self.reload().await
    }

    /// What the answer to a registration beside others may promise; `None` for any other answer.
    pub(in crate::inbox) async fn today_of_newcomers(&self, effects: &[Effect]) -> Result<Option<Today>> {
        if !effects.contains(&Effect::ShowNewcomers) {
            return Ok(None);
        }
        let purpose = Purpose::daily(self.today());
        let done = self.tx.has_delivery(self.account.id, self.reader.blind, &purpose).await?;
        let today = match self.newcomers_today(done) {
            Some(_) => Today::Ready,
            None => Today::NotToday { next: self.next_of_newcomers(done), earlier: false },
        };
        Ok(Some(today))
    }

    /// Today's message, if it has not left and has a part of those who were registered just now.
    pub(super) fn newcomers_today(&self, done: bool) -> Option<DailyParts> {
        let parts = message_on(&self.reader.plan(), self.today(), &self.account.library)?;
        let is_new = |child: ChildId| self.newcomers.contains(&child);
        let theirs = parts.sections.iter().any(|section| is_new(section.child));
        (theirs && !done).then_some(parts)
    }

    fn next_of_newcomers(&self, done: bool) -> Option<NaiveDate> {
        let is_new = |follow: &&Follow| self.newcomers.contains(&follow.child.id);
        let follows: Vec<Follow> = self.reader.follows.iter().filter(is_new).cloned().collect();
        let plan = ReaderPlan { follows: &follows, ..self.reader.plan() };
        next_day(&plan, days_after(self.today(), i64::from(done)), &self.account.library)
    }
}
