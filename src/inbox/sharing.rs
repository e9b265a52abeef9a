//! What a step is told of codes and of the family: only what its input asks for is looked up.

use super::Inbox;
use crate::domain::account::Account;
use crate::domain::code::{Code, CodeKind};
use crate::domain::conversation::Input;
use crate::domain::conversation::sharing::{Invitation, Member, Move, Sharing, Typed, goes_on, needs, offered};
use crate::domain::family::Role;
use crate::domain::ids::ChildId;
use crate::store::{CodeRow, ReaderRow, Result, Tx};

impl Inbox {
    pub(super) async fn sharing(
        &self,
        tx: &Tx,
        account: &Account,
        reader: &ReaderRow,
        input: &Input,
    ) -> Result<Sharing> {
        let needs = needs(&reader.conversation, input);
        let mut sharing = Sharing { chance: self.ambient.bytes(), ..Sharing::default() };
        if let Some(code) = &needs.typed {
            sharing.typed = self.typed(tx, account, reader, code).await?;
        }
        if let Some(code) = needs.held {
            let found = tx.code(account.id, code).await?;
            if let Some(found) = &found {
                tx.lock_around(found.reader).await?;
            }
            // Once more: before the lock was there, somebody may have used it.
            let still = if found.is_some() { tx.code(account.id, code).await? } else { None };
            match still.map(|code| (code, code.kind)) {
                Some((code, CodeKind::Invitation)) => sharing.held = Some(self.invitation(tx, account, code).await?),
                Some((code, CodeKind::Transfer)) => sharing.moves = Some(self.moves(tx, account, code).await?),
                Some((_, CodeKind::Enquiry)) | None => {}
            }
        }
        if needs.members {
            sharing.members = members(tx, account, reader).await?;
        }
        if needs.parents {
            sharing.unspoken_for = unspoken_for(tx, reader).await?;
        }
        Ok(sharing)
    }

    async fn typed(&self, tx: &Tx, account: &Account, reader: &ReaderRow, code: &Code) -> Result<Typed> {
        let Some(found) = tx.typed_code(account.id, code).await? else { return Ok(Typed::Unusable) };
        tx.lock_around(found.reader).await?;
        // Once more: before the lock was there, somebody may have used it.
        let Some(found) = tx.typed_code(account.id, code).await? else { return Ok(Typed::Unusable) };
        if found.reader == reader.id {
            return Ok(Typed::Own);
        }
        Ok(match found.kind {
            CodeKind::Invitation => Typed::Invitation(self.invitation(tx, account, found).await?),
            CodeKind::Transfer => Typed::Transfer(self.moves(tx, account, found).await?),
            CodeKind::Enquiry => Typed::Unusable,
        })
    }

    async fn moves(&self, tx: &Tx, account: &Account, code: CodeRow) -> Result<Move> {
        let old = tx.readers_apart(&[code.reader]).await?.0.pop();
        let (today, leap) = (account.civil(self.ambient.now_ms()).date(), account.library.municipality.leap);
        let active = old.is_some_and(|old| old.follows.iter().any(|follow| goes_on(follow, today, leap)));
        Ok(Move { code: code.id, active })
    }

    async fn invitation(&self, tx: &Tx, account: &Account, code: CodeRow) -> Result<Invitation> {
        let inviter = tx.readers_apart(&[code.reader]).await?.0.pop();
        let today = account.civil(self.ambient.now_ms()).date();
        let children = inviter
            .map_or_else(Vec::new, |inviter| offered(&inviter.follows, today, account.library.municipality.leap));
        Ok(Invitation { code: code.id, children })
    }
}

/// Everybody else who follows a child of whom the reader is a parent, once each.
async fn members(tx: &Tx, account: &Account, reader: &ReaderRow) -> Result<Vec<Member>> {
    let ours = reader.follows.iter().filter(|follow| follow.is_parent() && follow.is_active());
    let ours: Vec<ChildId> = ours.map(|follow| follow.child.id).collect();
    let mut members: Vec<Member> = Vec::new();
    for edge in tx.edges_beside(reader.id, &ours).await? {
        match members.iter_mut().find(|member| member.reader == edge.reader) {
            Some(member) => member.registrant |= edge.registrant,
            None => members.push(Member {
                reader: edge.reader,
                role: edge.role,
                since: account.civil(edge.since).date(),
                registrant: edge.registrant,
            }),
        }
    }
    Ok(members)
}

/// The children that go on of whom nobody else is a parent.
async fn unspoken_for(tx: &Tx, reader: &ReaderRow) -> Result<Vec<ChildId>> {
    let mut alone = Vec::new();
    for follow in reader.follows.iter().filter(|follow| follow.is_active()) {
        let others = tx.edges_beside(reader.id, &[follow.child.id]).await?;
        if !others.iter().any(|edge| edge.registrant || matches!(edge.role, Role::Mother | Role::Father)) {
            alone.push(follow.child.id);
        }
    }
    Ok(alone)
}
