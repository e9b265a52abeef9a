//! The rows of the database, opened, by a connection that cannot write.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use entity::{account, child, delivery, follow, reader, webhook_event};
use hagukumi::clock::Ambient;
use hagukumi::domain::ids::AccountId;
use hagukumi::store::Sealer;
use hagukumi::store::seal::At;
use sea_orm::{ColumnTrait as _, ConnectOptions, DatabaseConnection, DbErr, EntityTrait, QueryFilter as _};
use serde_json::Value;

use super::super::history::{Account, Anchor, Child, Day, Delivery, EventRow, Reader};
use super::Database;

/// Adds their rows to the accounts. In a thread of its own: the story's runtime is busy with its end.
pub fn fill(accounts: &mut [Account], database: &Database) {
    if database.url.starts_with("sqlite:") && !Path::new(database.url.trim_start_matches("sqlite://")).exists() {
        return;
    }
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime needs only memory").block_on(read(accounts, database))
        });
        reading.join().expect("reading does not panic").expect("the database can be read at the end");
    });
}

async fn read(accounts: &mut [Account], database: &Database) -> Result<(), DbErr> {
    let url =
        if database.url.starts_with("sqlite:") { format!("{}?mode=ro", database.url) } else { database.url.clone() };
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = sea_orm::Database::connect(options).await?;
    // Stories that lose the key have told what they had to tell.
    let sealer = Sealer::from_file(&database.key, Ambient::system()).ok();
    for account in accounts {
        let found = account::Entity::find().filter(account::Column::Slug.eq(account.slug.as_str())).one(&db).await;
        // A story in which no server ever started has no tables.
        let (Ok(Some(row)), Some(sealer)) = (found, &sealer) else { continue };
        Rows { db: &db, sealer, account: row.id }.fill(account).await?;
    }
    db.close().await
}

/// One account's rows.
struct Rows<'a> {
    db: &'a DatabaseConnection,
    sealer: &'a Sealer,
    account: i64,
}

impl Rows<'_> {
    async fn fill(&self, account: &mut Account) -> Result<(), DbErr> {
        let events = webhook_event::Entity::find().filter(webhook_event::Column::AccountId.eq(self.account));
        account.events = events.all(self.db).await?.into_iter().map(event).collect();
        account.readers = self.readers().await?;
        let known = self.chats(account);
        let rows = delivery::Entity::find().filter(delivery::Column::AccountId.eq(self.account)).all(self.db).await?;
        account.deliveries = rows.into_iter().map(|row| left(row, &known)).collect();
        Ok(())
    }

    /// Everybody whom LINE knows, by their blind index.
    fn chats(&self, account: &Account) -> HashMap<Vec<u8>, String> {
        let events = account.webhooks.iter().flat_map(|webhook| &webhook.events);
        let written = events.flat_map(|event| [&event["source"]["userId"], &event["source"]["groupId"]]);
        let written = written.filter_map(Value::as_str);
        let asked = account.requests.iter().flat_map(|request| request.to.iter().map(String::as_str));
        let kept = account.readers.iter().map(|reader| reader.user.as_str());
        let all: HashSet<&str> = written.chain(asked).chain(kept).collect();
        let blind = |chat: &str| self.sealer.blind_of(AccountId(self.account), chat).0.to_vec();
        all.into_iter().map(|chat| (blind(chat), chat.to_owned())).collect()
    }

    async fn readers(&self) -> Result<Vec<Reader>, DbErr> {
        let rows = reader::Entity::find().filter(reader::Column::AccountId.eq(self.account)).all(self.db).await?;
        let edges = follow::Entity::find().all(self.db).await?;
        let children = child::Entity::find().filter(child::Column::AccountId.eq(self.account)).all(self.db).await?;
        let children: HashMap<i64, child::Model> = children.into_iter().map(|child| (child.id, child)).collect();
        let mut of: HashMap<i64, Vec<&follow::Model>> = HashMap::new();
        edges.iter().for_each(|edge| of.entry(edge.reader_id).or_default().push(edge));
        // A row that cannot be opened is the story's own doing, and is judged by what it does to others.
        let opened = rows.iter().filter_map(|row| {
            let edges = of.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            let follows = edges.iter().filter_map(|edge| self.child(edge, children.get(&edge.child_id)?));
            self.reader(row, follows.collect())
        });
        Ok(opened.collect())
    }

    fn reader(&self, row: &reader::Model, children: Vec<Child>) -> Option<Reader> {
        let user = self.open("reader", "user_sealed", row.id, &row.user_sealed)?;
        let profile: Value = self.json("reader", "profile_sealed", row.id, &row.profile_sealed)?;
        Some(Reader {
            user: String::from_utf8(user).ok()?,
            follows_account: row.standing == "following",
            minute: profile["minute"].as_i64(),
            rests: !profile["pause"].is_null(),
            came_back: !profile["resumed_at"].is_null(),
            children,
        })
    }

    fn child(&self, edge: &follow::Model, row: &child::Model) -> Option<Child> {
        let profile: Value = self.json("child", "profile_sealed", row.id, &row.profile_sealed)?;
        let own =
            edge.stopped_sealed.as_deref().and_then(|sealed| self.json("follow", "stopped_sealed", row.id, sealed));
        let own = own.and_then(|stop| Day::read(stop["stop"]["on"].as_str()?));
        let (anchor, family) = journey(&profile)?;
        let stopped_on = [own, family].into_iter().flatten().min();
        Some(Child { since_ms: edge.created_at, version: row.version, anchor, stopped_on })
    }

    fn open(&self, table: &str, column: &str, row: i64, sealed: &[u8]) -> Option<Vec<u8>> {
        self.sealer.open(At { table, column, row }, sealed).ok()
    }

    fn json(&self, table: &str, column: &str, row: i64, sealed: &[u8]) -> Option<Value> {
        serde_json::from_slice(&self.open(table, column, row, sealed)?).ok()
    }
}

/// The date of a journey, and the day on which the family stopped it.
fn journey(journey: &Value) -> Option<(Anchor, Option<Day>)> {
    let day = |key: &str| Day::read(journey[key].as_str()?);
    match journey["journey"].as_str()? {
        "expected" => Some((Anchor::Due(day("due")?), None)),
        "born" => Some((Anchor::Born(day("born")?), None)),
        _ => {
            let (before, _) = self::journey(&journey["before"])?;
            Some((before, day("on")))
        }
    }
}

fn event(row: webhook_event::Model) -> EventRow {
    EventRow { id: row.id, key: row.event_key, state: row.state, received_at: row.received_at }
}

fn left(row: delivery::Model, known: &HashMap<Vec<u8>, String>) -> Delivery {
    Delivery {
        user: known.get(&row.user_blind).cloned(),
        purpose: row.purpose,
        state: row.state,
        error: row.error,
        request_id: row.request_id,
        window_until: row.window_until,
        settled_at: row.settled_at,
    }
}
