//! What stories about delivery ask of LINE's ledger and of the bot's rows.

use std::collections::HashSet;

use hagukumi::domain::delivery::State;
use hagukumi::simulator::Entry;

use crate::support::{Parent, World};

/// Every push request for this person that reached LINE, accepted or not.
pub fn attempts(world: &World, parent: &Parent<'_>) -> Vec<Entry> {
    let wanted = |entry: &Entry| entry.endpoint == "push" && entry.is_to(parent.user.id());
    world.line.ledger().into_iter().filter(wanted).collect()
}

/// The retry keys of these requests.
pub fn keys(entries: &[Entry]) -> HashSet<String> {
    entries.iter().filter_map(|entry| entry.retry_key.clone()).collect()
}

/// How many rows of the bot are in that state.
pub async fn rows(world: &World, state: State) -> u64 {
    world.app.store().deliveries_in(state).await.unwrap()
}

/// Asserts that no row waits and nobody is sending.
#[track_caller]
pub fn assert_nothing_is_open(waiting: u64, sending: u64) {
    assert_eq!((waiting, sending), (0, 0), "rows that wait, and rows that are being sent");
}

/// The bot's rows by state: accepted, refused, lapsed, unconfirmed. Asserts that none is open.
pub async fn settled(world: &World) -> [u64; 4] {
    assert_nothing_is_open(rows(world, State::Waiting).await, rows(world, State::Sending).await);
    [
        rows(world, State::Accepted).await,
        rows(world, State::Refused).await,
        rows(world, State::Lapsed).await,
        rows(world, State::Unconfirmed).await,
    ]
}

/// How often the bot has said this.
pub fn times_told(parent: &Parent<'_>, part: &str) -> usize {
    parent.user.texts().iter().map(|text| text.matches(part).count()).sum()
}
