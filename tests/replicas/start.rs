//! Servers that start at the same moment.

use hagukumi::simulator::Entry;

use crate::replicas::{Replica, Stage};

#[tokio::test]
async fn four_servers_that_start_on_an_empty_database_at_once_all_become_ready() {
    let stage = Stage::bare("2026-11-22 09:00:00").await;
    let servers = stage.serve(4).await;
    for server in &servers {
        let ready = reqwest::get(format!("http://{}/readyz", server.address)).await.unwrap();
        assert_eq!(ready.status(), 200);
    }
    let hana = stage.line.new_user().await;
    for _ in 0..4 {
        assert_eq!(hana.says("相談").await, 200);
    }
    let answers = |ledger: &[Entry]| ledger.iter().filter(|entry| entry.endpoint == "reply").count();
    stage.line.until("four answers", |ledger| answers(ledger) >= 4).await;
    for Replica { server, .. } in servers {
        server.stop();
    }
}
