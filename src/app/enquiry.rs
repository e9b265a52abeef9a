//! What a desk asks, beside a running server or without one.

use super::StartError;
use super::open::open_store;
use crate::clock::Ambient;
use crate::config::Config;
use crate::domain::code::Code;
use crate::store::Enquiry;

/// The reader who was given this number and their account's slug; `None` when nobody was, or its time is
/// over. Nothing is changed.
///
/// # Errors
///
/// [`StartError`] when there is no database, or not one of this version.
pub async fn enquiry(
    config: &Config,
    ambient: Ambient,
    number: &Code,
) -> Result<Option<(String, Enquiry)>, StartError> {
    let store = open_store(config, ambient.clone()).await?;
    store.is_current().await?;
    // A rehearsal has a time of its own: what its server saw last.
    let rehearsed = match config.rehearsal_clock {
        Some(start) => Some(store.last_seen().await?.map_or(start, |seen| seen.max(start))),
        None => None,
    };
    let now = rehearsed.unwrap_or_else(|| ambient.now()).timestamp_millis();
    let mut found = None;
    for one in config.accounts.iter().map(|one| &one.slug) {
        let Some(account) = store.account(one).await? else { continue };
        let asked = store.enquiry(account.id, number, now).await?;
        found = found.or(asked.map(|asked| (one.clone(), asked)));
    }
    store.close().await;
    Ok(found)
}
