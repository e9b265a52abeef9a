//! A family's webhooks at two servers.

use futures::future::join_all;
use hagukumi::simulator::{Entry, Order};
use hagukumi::store::EventState;

use crate::line::Person;
use crate::replicas::{Stage, Timers};

/// Families who write at the same time.
const FAMILIES: usize = 8;
/// A registration, typed by somebody who does not wait for answers.
const TYPED: [&str; 4] = ["同意して登録する", "2027/3/1", "つけない", "登録する"];

fn replies(ledger: &[Entry]) -> Vec<&Entry> {
    ledger.iter().filter(|entry| entry.endpoint == "reply").collect()
}

/// Everything that was received is decided and answered, each event once.
async fn all_is_decided(stage: &Stage, families: &[Person<'_>]) {
    for family in families {
        family.hears("登録しました").await;
    }
    let events = families.len() * (TYPED.len() + 1);
    let ledger = stage.line.until("an answer to every event", |ledger| replies(ledger).len() >= events).await;
    let (app, _) = stage.by_hand().await;
    assert_eq!(app.store().count("child").await.unwrap(), families.len() as i64);
    assert_eq!(app.store().events_in(EventState::Pending).await.unwrap(), 0);
    assert!(replies(&ledger).iter().all(|entry| entry.status == 200), "{:?}", replies(&ledger));
    for family in families {
        let told = family.texts().await.join("\n");
        for once in ["（2/3）", "（3/3）", "登録しました", "きょうは妊娠"] {
            assert_eq!(told.matches(once).count(), 1, "{once} in:\n{told}");
        }
    }
    assert_eq!(replies(&stage.line.ledger().await).len(), events);
}

async fn written_in_a_hurry(timers: Timers) {
    let stage = Stage::at("2026-11-22 09:00:00", timers).await;
    let servers = stage.serve(2).await;
    let families = join_all((0..FAMILIES).map(|_| stage.line.new_user())).await;
    join_all(families.iter().map(async |family| {
        assert_eq!(family.add_friend().await, 200);
        for text in TYPED {
            assert_eq!(family.says(text).await, 200);
        }
    }))
    .await;
    all_is_decided(&stage, &families).await;
    for server in servers {
        server.server.stop();
    }
}

#[tokio::test]
async fn what_a_family_writes_in_a_hurry_is_decided_in_order_by_two_servers() {
    written_in_a_hurry(Timers::Sql).await;
}

#[tokio::test]
async fn what_a_family_writes_in_a_hurry_is_decided_in_order_by_two_servers_with_redis() {
    written_in_a_hurry(Timers::Redis).await;
}

#[tokio::test]
async fn an_event_that_arrives_at_both_servers_at_once_has_one_effect_and_one_answer() {
    let stage = Stage::at("2026-11-22 09:00:00", Timers::Sql).await;
    let servers = stage.serve(2).await;
    stage.line.tell(Order::Everywhere(FAMILIES * (TYPED.len() + 1))).await;
    let families = join_all((0..FAMILIES).map(|_| stage.line.new_user())).await;
    join_all(families.iter().map(async |family| {
        assert_eq!(family.add_friend().await, 200);
        for text in TYPED {
            assert_eq!(family.says(text).await, 200);
        }
    }))
    .await;
    all_is_decided(&stage, &families).await;
    let log = stage.line.webhook_log().await;
    assert_eq!(log.len(), 2 * FAMILIES * (TYPED.len() + 1), "each event was sent twice");
    assert!(log.iter().all(|webhook| webhook.status == 200));
    for server in servers {
        server.server.stop();
    }
}
