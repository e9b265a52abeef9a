//! One applies at a time.

use super::{MenuError, Menus};
use crate::domain::ids::AccountId;

/// How long a turn lasts without being renewed (milliseconds): as long as the longest call, several times.
const LEASE_MS: i64 = 60_000;

/// A turn.
pub(super) struct Lease<'a> {
    menus: &'a Menus,
    account: AccountId,
    token: i64,
}

impl Menus {
    /// Takes the turn of an account; `None` when another has it.
    pub(super) async fn turn(&self, account: AccountId) -> Result<Option<Lease<'_>>, MenuError> {
        let (token, now) = (self.ambient.id(), self.ambient.now_ms());
        let taken = self.store.take_menu_lock(account, token, now, now + LEASE_MS).await?;
        Ok(taken.then_some(Lease { menus: self, account, token }))
    }

    /// Takes the turn of an account.
    ///
    /// # Errors
    ///
    /// [`MenuError::Busy`] when another has it.
    pub(super) async fn own_turn(&self, account: AccountId) -> Result<Lease<'_>, MenuError> {
        if let Some(lease) = self.turn(account).await? {
            return Ok(lease);
        }
        let until = self.store.menu_lock_until(account).await?.unwrap_or_default();
        Err(MenuError::Busy((until - self.ambient.now_ms()).max(1_000)))
    }
}

impl Lease<'_> {
    /// Asked before every call: whether the turn is still ours, which it then is for a while longer.
    ///
    /// # Errors
    ///
    /// [`MenuError::Overtaken`].
    pub(super) async fn go_on(&self) -> Result<(), MenuError> {
        let now = self.menus.ambient.now_ms();
        let ours = self.menus.store.take_menu_lock(self.account, self.token, now, now + LEASE_MS).await?;
        if ours { Ok(()) } else { Err(MenuError::Overtaken) }
    }

    /// Gives the turn back. Whoever fails before has it for a minute longer at most.
    pub(super) async fn end(self) {
        if let Err(error) = self.menus.store.give_menu_lock_back(self.account, self.token).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the turn at the menus runs out by itself");
        }
    }
}
