//! How long anything of a family lies in the database, kind by kind: the day before it does, the day after
//! there is no row that names them, by whatever hash or number.

use hagukumi::domain::ids::LineUserId;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

use crate::invitation::{hana, joined};
use crate::support::{Database, Parent, Registers, World};

/// What rows name a reader by: the keyed hash of their id, their number, and those of what they follow.
struct Traces {
    names: Vec<String>,
}

impl Traces {
    async fn of(world: &World, parent: &Parent<'_>) -> Self {
        let store = world.app.store();
        let account = store.account("main").await.unwrap().unwrap().id;
        let blind = store.sealer().blind(account, &LineUserId::parse(parent.user.id()).unwrap());
        let tx = store.begin().await.unwrap();
        let reader = tx.reader_by_user(account, blind).await.unwrap().unwrap();
        tx.give_up().await;
        let mut names = vec![blind.0.iter().map(|byte| format!("{byte:02x}")).collect(), reader.id.to_string()];
        // Others may follow the child, too.
        let own = reader.follows.iter().filter(|follow| follow.registrant);
        names.extend(own.map(|follow| follow.child.id.to_string()));
        Self { names }
    }

    /// The tables in which a row names the reader.
    async fn in_tables(&self, world: &World) -> Vec<String> {
        let mut tables = Vec::new();
        for (table, row) in rows(world.database()).await {
            let row = row.to_lowercase();
            if self.names.iter().any(|name| row.contains(name)) && !tables.contains(&table) {
                tables.push(table);
            }
        }
        tables
    }
}

async fn ask(raw: &DatabaseConnection, sql: String) -> Vec<String> {
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", "it").unwrap()).collect()
}

/// Every row of every table as text, with the name of its table; bytes in hexadecimal.
async fn rows(database: &Database) -> Vec<(String, String)> {
    let (raw, file) = (database.beside().await, database.url().starts_with("sqlite:"));
    let tables = match file {
        true => "SELECT name AS it FROM sqlite_master WHERE type = 'table'",
        false => "SELECT tablename::text AS it FROM pg_tables WHERE schemaname = 'public'",
    };
    let mut all = Vec::new();
    for table in ask(&raw, tables.to_owned()).await {
        let columns = format!("SELECT 'quote(\"' || name || '\")' AS it FROM pragma_table_info('{table}')");
        let row = if file { ask(&raw, columns).await.join(" || ',' || ") } else { "t::text".to_owned() };
        let rows = ask(&raw, format!("SELECT {row} AS it FROM {table} t")).await;
        all.extend(rows.into_iter().map(|row| (table.clone(), row)));
    }
    raw.close().await.unwrap();
    all
}

async fn looks_after(world: &World, moment: &str) {
    world.until(moment).await;
    world.app.take_care().await.unwrap();
    world.settle().await;
}

/// What ends the time in which a family is known.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Stop,
    Loss,
    Block,
    ThirdBirthday,
    Deleted,
    Removed,
    Moved,
}

/// The end happens on 22 November; its last letter is of that morning or before.
async fn ends<'w>(world: &'w World, end: End) -> (Parent<'w>, Traces) {
    if end == End::ThirdBirthday {
        let parent = world.registered(Registers::Born, "2023-11-22", Some("あおちゃん")).await;
        world.until("2026-11-22 10:00").await;
        let traces = Traces::of(world, &parent).await;
        return (parent, traces);
    }
    let host = hana(world).await;
    let parent = match end {
        End::Removed => joined(world, &host, "おじいさん・おばあさん").await,
        _ => world.registered(Registers::Due, "2027-03-01", Some("あおちゃん")).await,
    };
    let traces = Traces::of(world, &parent).await;
    world.until("2026-11-22 10:00").await;
    match end {
        End::Stop => drop(parent.says("停止").await),
        End::Loss => drop(parent.says("流産しました").await),
        End::Block => drop(parent.blocks().await),
        End::Deleted => {
            parent.says("登録を消す").await;
            parent.taps("消す").await;
        }
        End::Removed => {
            host.says("参加している家族").await;
            host.says("1").await;
            host.taps("はい").await;
        }
        End::Moved => {
            parent.says("機種変更").await;
            let new = world.somebody();
            new.adds_the_account().await;
            new.taps("引っ越しコードを入れる").await;
            new.says(&parent.copied()).await;
            new.taps("移す").await;
        }
        End::ThirdBirthday => {}
    }
    (parent, traces)
}

#[tokio::test]
async fn a_day_after_its_time_no_row_of_any_table_names_a_reader() {
    for (end, known, forgotten) in [
        // Thirty days after the end, and what left or arrived on the last day for as long and a day more.
        (End::Stop, "2026-12-21 23:00", "2026-12-24 12:00"),
        (End::Loss, "2026-12-21 23:00", "2026-12-24 12:00"),
        (End::Block, "2026-12-21 23:00", "2026-12-24 12:00"),
        (End::ThirdBirthday, "2026-12-21 23:00", "2026-12-24 12:00"),
        // At once; only the hash of who had which day's message stays, so that none comes twice.
        (End::Deleted, "2026-11-22 10:00", "2026-12-24 12:00"),
        (End::Removed, "2026-11-22 10:00", "2026-12-24 12:00"),
        (End::Moved, "2026-11-22 10:00", "2026-12-24 12:00"),
    ] {
        let world = World::at("2026-11-20 09:00").await;
        let (_parent, traces) = ends(&world, end).await;
        let at_once = matches!(end, End::Deleted | End::Removed | End::Moved);
        for moment in [known, "2026-12-21 23:30"] {
            looks_after(&world, moment).await;
            let tables = traces.in_tables(&world).await;
            let of_the_family = ["reader", "follow", "consent", "child"].map(str::to_owned);
            let still = of_the_family.iter().any(|table| tables.contains(table));
            // A moved family's child is the new phone's.
            assert_eq!(still, !at_once || end == End::Moved, "{end:?} at {moment}: {tables:?}");
            assert!(!at_once || !tables.contains(&"reader".to_owned()), "{end:?}: {tables:?}");
        }
        looks_after(&world, "2026-12-23 12:00").await;
        looks_after(&world, forgotten).await;
        let mut left = traces.in_tables(&world).await;
        if end == End::Moved {
            left.retain(|table| table != "child" && table != "follow");
        }
        assert_eq!(left, [""; 0], "{end:?}");
    }
}

#[tokio::test]
async fn what_was_begun_and_left_is_forgotten_after_a_day_and_codes_when_their_time_is_over() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    let codes = async || world.app.store().count("code").await.unwrap();
    for (word, before, after) in [
        ("問い合わせ番号", "2026-11-22 09:29", "2026-11-22 09:30"),
        ("機種変更", "2026-11-22 09:39", "2026-11-22 09:40"),
        ("招待", "2026-11-25 09:39", "2026-11-25 09:40"),
    ] {
        hana.says(word).await;
        looks_after(&world, before).await;
        assert_eq!(codes().await, 1, "{word}");
        looks_after(&world, after).await;
        assert_eq!(codes().await, 0, "{word}");
    }
    let somebody = world.somebody();
    somebody.adds_the_account().await;
    somebody.taps("同意して登録する").await;
    somebody.picks("出産予定日をえらぶ", "2027-03-01").await;
    let draft = async || {
        let store = world.app.store();
        let account = store.account("main").await.unwrap().unwrap().id;
        let blind = store.sealer().blind(account, &LineUserId::parse(somebody.user.id()).unwrap());
        let tx = store.begin().await.unwrap();
        let reader = tx.reader_by_user(account, blind).await.unwrap().unwrap();
        tx.give_up().await;
        reader.conversation.asked_at.is_some()
    };
    looks_after(&world, "2026-11-26 09:39").await;
    assert!(draft().await);
    looks_after(&world, "2026-11-26 09:41").await;
    assert!(!draft().await, "a draft is kept for a day");
}

#[tokio::test]
async fn ids_of_events_are_known_for_thirty_days_and_what_left_for_thirty_one() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = hana(&world).await;
    hana.says("停止").await;
    let counts = async || {
        let store = world.app.store();
        (store.count("webhook_event").await.unwrap(), store.count("delivery").await.unwrap())
    };
    let (events, deliveries) = counts().await;
    assert!(events >= 6 && deliveries >= 6, "{events} {deliveries}");
    looks_after(&world, "2026-12-22 08:59").await;
    assert!(counts().await.0 >= events, "the ids know duplicates for thirty days");
    looks_after(&world, "2026-12-22 09:01").await;
    looks_after(&world, "2026-12-23 08:59").await;
    assert_eq!(counts().await, (0, deliveries));
    looks_after(&world, "2026-12-23 09:01").await;
    assert_eq!(counts().await, (0, 0));
}
