//! What every test of the store begins with: a database of its own and somebody in it.

#[path = "../support/database.rs"]
mod database;

use std::collections::HashMap;
use std::sync::Arc;

use entity::delivery;
use hagukumi::clock::{Ambient, RehearsalClock, SystemChance};
use hagukumi::domain::conversation::Conversation;
use hagukumi::domain::delivery::{AnswerParts, DailyParts, Parts, Purpose, State};
use hagukumi::domain::ids::{AccountId, DeliveryId, LineUserId};
use hagukumi::domain::message::Message;
use hagukumi::store::{First, Leased, NewDelivery, NewReader, Next, Outcome, ReaderRow, Sealer, Store, Via, Wanted};
use sea_orm::EntityTrait as _;

pub use database::Database;

/// The key of every test.
pub const ROOT: [u8; 32] = [7; 32];
/// 2026-11-22 08:00 in Japan, in milliseconds since 1970.
pub const NOW: i64 = 1_795_302_000_000;
/// A lease that runs out a minute later.
pub const LEASE: i64 = NOW + 60_000;
/// The end of the window.
pub const CLOSE: i64 = NOW + 3_600_000;

/// A database of its own.
pub struct Bench {
    /// The store.
    pub store: Store,
    /// Its account.
    pub account: AccountId,
    /// Moved by the test.
    pub clock: Arc<RehearsalClock>,
    /// Where the rows are.
    pub database: Database,
}

pub fn ambient(clock: &Arc<RehearsalClock>) -> Ambient {
    Ambient::new(Arc::<RehearsalClock>::clone(clock), Arc::new(SystemChance))
}

pub fn at(ms: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(ms).unwrap()
}

pub fn user(digit: char) -> LineUserId {
    LineUserId::parse(&format!("U{}", digit.to_string().repeat(32))).unwrap()
}

impl Bench {
    pub async fn new() -> Self {
        let database = Database::fresh().await;
        let clock = Arc::new(RehearsalClock::standing(at(NOW)));
        let store = open(&database, &clock, ROOT).await;
        store.migrate().await.unwrap();
        let tx = store.begin().await.unwrap();
        let account = tx.ensure_account("main").await.unwrap().id;
        tx.commit().await.unwrap();
        Self { store, account, clock, database }
    }

    pub async fn reader(&self, digit: char) -> ReaderRow {
        let tx = self.store.begin().await.unwrap();
        let new = NewReader { account: self.account, user: user(digit), locale: "ja".into(), at: NOW };
        let reader = tx.keep_reader(new).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(reader.conversation, Conversation::default());
        reader
    }

    pub fn row(&self, reader: &ReaderRow, purpose: &str, state: State) -> NewDelivery {
        let daily = purpose.starts_with("daily/");
        NewDelivery {
            account: self.account,
            reader: Some(reader.id),
            blind: reader.blind,
            purpose: Purpose::from_row(purpose.into()),
            via: if daily { Via::Push } else { Via::Reply },
            state,
            window_until: CLOSE,
            lease_until: (state == State::Sending).then_some(LEASE),
            rides_on: None,
            not_before: None,
            parts: Some(if daily { morning() } else { answer() }),
        }
    }

    pub async fn keep(&self, row: &NewDelivery) -> Option<DeliveryId> {
        let tx = self.store.begin().await.unwrap();
        let id = tx.keep_delivery(row).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn lease(&self, wanted: Wanted, now: i64) -> Vec<Leased> {
        let tx = self.store.begin().await.unwrap();
        let rows = tx.lease(self.account, (wanted, First::Oldest), now, now + 60_000, 100).await.unwrap();
        tx.commit().await.unwrap();
        rows
    }

    pub async fn still_leased(&self, row: &Leased) -> bool {
        let rows = HashMap::from([(row.id, row.fence)]);
        self.store.still_leased(&rows).await.unwrap() == rows
    }

    pub async fn record(&self, id: DeliveryId, fence: i32, next: Next) {
        self.record_all(&[Outcome { id, fence, next, error: None }]).await;
    }

    pub async fn record_all(&self, outcomes: &[Outcome]) {
        let tx = self.store.begin().await.unwrap();
        tx.record_all(&outcomes.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The requests that decided about rows.
    pub async fn requests(&self) -> HashMap<DeliveryId, Option<String>> {
        let raw = self.database.beside().await;
        let rows = delivery::Entity::find().all(&raw).await.unwrap();
        raw.close().await.unwrap();
        rows.into_iter().map(|row| (DeliveryId(row.id), row.request_id)).collect()
    }

    /// How many rows are waiting, sending, accepted, refused, lapsed, unconfirmed.
    pub async fn states(&self) -> [u64; 6] {
        let mut counts = [0; 6];
        for (at, state) in State::ALL.into_iter().enumerate() {
            counts[at] = self.store.deliveries_in(state).await.unwrap();
        }
        counts
    }
}

pub async fn open(database: &Database, clock: &Arc<RehearsalClock>, root: [u8; 32]) -> Store {
    let sealer = Sealer::from_roots(&[(1, root)], ambient(clock));
    Store::open(database.url(), sealer, ambient(clock)).await.unwrap()
}

pub fn outcome(row: &Leased, next: Next) -> Outcome {
    Outcome { id: row.id, fence: row.fence, next, error: None }
}

pub fn settled(state: State) -> Next {
    Next::Settled { state, request_id: None }
}

pub fn answer() -> Parts {
    let said = AnswerParts { words: vec![Message::text("やあ")], today: None, again: false };
    Parts::Answer { token: Some("token".into()), turn: 0, said }
}

pub fn morning() -> Parts {
    let day = "2026-11-22".parse().unwrap();
    Parts::Daily(DailyParts {
        overdue: Vec::new(),
        onward: Vec::new(),
        day,
        locale: "ja".into(),
        leads: Vec::new(),
        sections: Vec::new(),
        municipal: Vec::new(),
    })
}
