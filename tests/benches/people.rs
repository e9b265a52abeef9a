//! Readers by the hundred thousand, written into a database as registrations would have left them.
//!
//! Each is a parent who follows one child of thirteen weeks with a name, and has agreed; they are sealed as all
//! readers are. The LINE user id of a reader is made of two numbers, so that whoever plays LINE knows them too.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use entity::{child, consent, follow, reader};
use hagukumi::app::rehearsal_ambient;
use hagukumi::clock::{Ambient, RehearsalClock};
use hagukumi::domain::conversation::Conversation;
use hagukumi::domain::family::{Journey, Profile, Role};
use hagukumi::domain::ids::{AccountId, LineUserId};
use hagukumi::store::Sealer;
use hagukumi::store::seal::At;
use sea_orm::{ActiveValue::Set, Database, DatabaseConnection, EntityTrait as _, TransactionTrait as _};
use serde_json::{Value, json};

use crate::base::{Backend, Base, wait};

/// Families in one statement: SQLite takes 32,766 values, and a reader has seventeen.
const TOGETHER: usize = 1_000;
/// Families in one transaction.
const COMMITTED: usize = 20_000;

/// The children's birthday.
pub const BORN: &str = "2026-08-23";
/// The day of the measurement, and of every reader's next message that is due.
pub const DAY: &str = "2026-11-23";

/// A time of that day in Japan, such as `08:00:00`.
pub fn at(time: &str) -> DateTime<Utc> {
    format!("{DAY}T{time}+09:00").parse().expect("a time")
}

/// The LINE user id of a reader of an account, both by number.
pub fn user(account: usize, reader: usize) -> String {
    format!("U{account:08x}{reader:024x}")
}

/// The name of an account by number; the first is the one that `/webhook` means.
pub fn slug(account: usize) -> String {
    if account == 0 { "main".to_owned() } else { format!("town{account}") }
}

/// What an account of a measurement has.
pub struct Town {
    /// How many readers.
    pub readers: usize,
    /// For how many of them a message is due at eight in the morning; for the others a day and a minute later.
    pub due: usize,
}

/// Makes a database with these accounts and readers.
pub fn settle(base: &Base, towns: &[Town]) {
    let ambient = rehearsal_ambient(&Arc::new(RehearsalClock::standing(at("07:00:00"))));
    wait(async {
        let store = base.store(&ambient).await;
        store.prepare(true).await.expect("a new database can be prepared");
        let tx = store.begin().await.expect("the store answers");
        let mut accounts = Vec::with_capacity(towns.len());
        for number in 0..towns.len() {
            accounts.push(tx.ensure_account(&slug(number)).await.expect("an account").id);
        }
        tx.commit().await.expect("the accounts are kept");
        store.close().await;
        let hand = Hand { sealer: Sealer::from_file(&base.key(), ambient.clone()).expect("the key"), ambient };
        let database = Database::connect(base.url.as_str()).await.expect("the database opens");
        let all = accounts.iter().zip(towns).enumerate();
        let families = all.flat_map(|(number, (account, town))| {
            (0..town.readers).map(move |reader| (*account, user(number, reader), reader < town.due))
        });
        hand.write(&database, families).await;
        database.close().await.expect("the connection closes");
    });
    tidy(base);
}

/// What a database does by itself within a day, done now.
pub fn tidy(base: &Base) {
    match base.backend {
        Backend::Sqlite => {
            base.run("PRAGMA optimize=0x10002");
            base.run("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        Backend::Postgres => base.run("VACUUM ANALYZE"),
    }
}

/// Whoever writes the rows.
struct Hand {
    sealer: Sealer,
    ambient: Ambient,
}

fn value(of: &impl serde::Serialize) -> Value {
    serde_json::to_value(of).expect("our own types are JSON")
}

type Family = (reader::ActiveModel, child::ActiveModel, follow::ActiveModel, consent::ActiveModel);

impl Hand {
    async fn write(&self, database: &DatabaseConnection, families: impl Iterator<Item = (AccountId, String, bool)>) {
        let mut families = families.map(|(account, user, due)| self.family(account, &user, due)).peekable();
        while families.peek().is_some() {
            let tx = database.begin().await.expect("the database answers");
            for _ in 0..COMMITTED / TOGETHER {
                let (mut readers, mut children, mut edges, mut agreed) = (vec![], vec![], vec![], vec![]);
                for (reader, child, edge, consent) in families.by_ref().take(TOGETHER) {
                    readers.push(reader);
                    children.push(child);
                    edges.push(edge);
                    agreed.push(consent);
                }
                if readers.is_empty() {
                    break;
                }
                reader::Entity::insert_many(readers).exec_without_returning(&tx).await.expect("readers are kept");
                child::Entity::insert_many(children).exec_without_returning(&tx).await.expect("children are kept");
                follow::Entity::insert_many(edges).exec_without_returning(&tx).await.expect("edges are kept");
                consent::Entity::insert_many(agreed).exec_without_returning(&tx).await.expect("consents are kept");
            }
            tx.commit().await.expect("the readers are kept");
        }
    }

    fn family(&self, account: AccountId, user: &str, due: bool) -> Family {
        let (reader, child, now) = (self.ambient.id(), self.ambient.id(), self.ambient.now_ms());
        let sealed = |column, value: &Value| self.sealer.seal_json(At { table: "reader", column, row: reader }, value);
        let eight = at("08:00:00") + if due { Duration::zero() } else { Duration::days(1) + Duration::minutes(1) };
        let known = LineUserId::parse(user).expect("an id as LINE gives them");
        let journey = Journey::Born { born: BORN.parse().expect("a day"), due: None };
        let mut profile = value(&journey);
        profile["nickname"] = json!("はるとくん");
        profile["corrected"] = json!(false);
        let reader_row = reader::ActiveModel {
            id: Set(reader),
            account_id: Set(account.0),
            user_blind: Set(self.sealer.blind(account, &known).0.to_vec()),
            user_sealed: Set(self
                .sealer
                .seal(At { table: "reader", column: "user_sealed", row: reader }, user.as_bytes())),
            locale: Set("ja".to_owned()),
            standing: Set("following".to_owned()),
            standing_at: Set(now),
            last_event_at: Set(now),
            conversation_sealed: Set(sealed("conversation_sealed", &value(&Conversation::default()))),
            turn: Set(5),
            profile_sealed: Set(sealed("profile_sealed", &value(&Profile::default()))),
            next_due_at: Set(Some(eight.timestamp_millis())),
            next_care_at: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
            menu_wanted: Set(Some(3)),
            menu_linked: Set(None),
        };
        let child_at = At { table: "child", column: "profile_sealed", row: child };
        let child_row = child::ActiveModel {
            id: Set(child),
            account_id: Set(account.0),
            version: Set(1),
            profile_sealed: Set(self.sealer.seal_json(child_at, &profile)),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let edge = follow::ActiveModel {
            reader_id: Set(reader),
            child_id: Set(child),
            role: Set(Role::Mother.as_str().to_owned()),
            registrant: Set(true),
            stopped_sealed: Set(None),
            created_at: Set(now),
        };
        let agreed = consent::ActiveModel {
            id: Set(self.ambient.id()),
            reader_id: Set(reader),
            version: Set(1),
            locale: Set("ja".to_owned()),
            agreed_at: Set(now),
        };
        (reader_row, child_row, edge, agreed)
    }
}
