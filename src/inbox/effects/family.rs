//! Effects about who follows: joining, leaving, moving to another phone, and being forgotten at once.

use super::Work;
use crate::domain::conversation::sharing::offered;
use crate::domain::delivery::Purpose;
use crate::domain::family::{Follow, Lead, Profile, Role};
use crate::domain::ids::{ChildId, CodeId, ReaderId};
use crate::store::{Leaving, ReaderRow, Result};

impl Work<'_> {
    /// Follows the children of an invitation; a guest who followed them already is from now on what they
    /// answered. The one who invited reads of somebody new in their next message.
    pub(super) async fn join(&mut self, code: CodeId, role: Role) -> Result<()> {
        let Some(inviter) = self.used(code).await? else { return Ok(()) };
        let Some(mut inviter) = self.locked(&inviter).await? else { return Ok(()) };
        let mut new = false;
        for child in offered(&inviter.follows, self.today(), self.account.library.municipality.leap) {
            match self.reader.follows.iter().find(|follow| follow.child.id == child.id) {
                None => {
                    self.tx.keep_follow(self.reader.id, child.id, role, false).await?;
                    new = true;
                }
                Some(known) if known.is_parent() || known.is_lost() => {}
                Some(_) => self.tx.set_role(self.reader.id, child.id, role).await?,
            }
        }
        if new && !inviter.profile.leads.contains(&Lead::FamilyJoined) {
            inviter.profile.leads.push(Lead::FamilyJoined);
            self.tx.save_reader(&inviter).await?;
        }
        self.reload().await
    }

    /// Uses a code; the reader who was given it, unless somebody was faster or they are gone.
    async fn used(&self, code: CodeId) -> Result<Option<ReaderRow>> {
        let Some(code) = self.tx.code(self.account.id, code).await? else { return Ok(None) };
        if code.reader == self.reader.id || !self.tx.use_code(code.id).await? {
            return Ok(None);
        }
        Ok(self.tx.readers_apart(&[code.reader]).await?.0.pop())
    }

    /// Somebody of another family as they are once nobody else can change them or theirs.
    async fn locked(&self, known: &ReaderRow) -> Result<Option<ReaderRow>> {
        self.tx.lock_family(self.account.id, known.blind).await?;
        Ok(self.tx.readers_apart(&[known.id]).await?.0.pop())
    }

    /// Takes a member of the family out of it, for the children of whom this reader is a parent. Nobody
    /// tells them; whoever registered a child stays. Whoever follows nothing else is forgotten at once.
    pub(super) async fn remove_member(&mut self, member: ReaderId) -> Result<()> {
        let ours: Vec<ChildId> =
            self.reader.follows.iter().filter(|follow| follow.is_parent()).map(|follow| follow.child.id).collect();
        let Some(mut other) = self.tx.readers_apart(&[member]).await?.0.pop() else { return Ok(()) };
        for follow in other.follows.iter().filter(|follow| !follow.registrant && ours.contains(&follow.child.id)) {
            self.tx.forget_follow(member, follow.child.id).await?;
        }
        other.follows = self.tx.follows(member).await?;
        if other.follows.is_empty() {
            self.tx.erase_deliveries(member).await?;
            self.tx.blank_dead_events(self.account.id, other.blind).await?;
            self.tx.forget_reader(member, Leaving::ForGood).await?;
            self.hints.push((member, None));
            return Ok(());
        }
        other.turn += 1;
        let others = other.follows.iter().any(Follow::is_active);
        self.tx.cancel_mornings(member, others).await?;
        self.rearm(&mut other).await?;
        self.tx.save_reader(&other).await?;
        self.hints.push((member, other.next_due_at));
        Ok(())
    }

    pub(super) async fn set_role(&mut self, children: &[ChildId], role: Role) -> Result<()> {
        for child in children {
            self.tx.set_role(self.reader.id, *child, role).await?;
        }
        self.reload().await
    }

    /// Everything of the reader who was given the code becomes this reader's; the other one is forgotten.
    /// A message they had today is not sent again: it was this family's.
    pub(super) async fn transfer(&mut self, code: CodeId) -> Result<()> {
        let Some(old) = self.used(code).await? else { return Ok(()) };
        self.tx.cancel_mornings(old.id, true).await?;
        self.tx.share_delivery(&old, &self.reader, &Purpose::daily(self.today())).await?;
        self.tx.move_reader(&old, &self.reader).await?;
        self.tx.erase_deliveries(old.id).await?;
        self.tx.forget_reader(old.id, Leaving::ForAnotherPhone).await?;
        self.hints.push((old.id, None));
        let own = std::mem::take(&mut self.reader.profile);
        self.reader.profile = Profile { away_on: own.away_on, ..old.profile };
        for (key, day) in own.shown {
            self.reader.profile.shown.entry(key).or_insert(day);
        }
        self.reader.locale = old.locale;
        self.reader.conversation.births.extend(old.conversation.births);
        self.reload().await
    }

    /// Deletes everything that is known of the reader. What others follow stays theirs.
    pub(super) async fn erase(&mut self) -> Result<()> {
        self.tx.erase_deliveries(self.reader.id).await?;
        self.tx.blank_dead_events(self.account.id, self.reader.blind).await?;
        self.tx.forget_reader(self.reader.id, Leaving::ForGood).await?;
        self.reader.follows.clear();
        self.reader.profile = Profile::default();
        self.erased = true;
        Ok(())
    }
}
