//! A rehearsal as an operator holds it: LINE in one process, the server in another, and this one only
//! plays a family.

use hagukumi::simulator::{Entry, FaultKind, On, Stay};

use crate::line::{Line, Person};
use crate::server::{Server, free_address, run};
use crate::support::{Database, SECRET, TOKEN, database_settings, time};

/// Settings that the server and LINE share.
fn shared(start: &str) -> Vec<(String, String)> {
    let start = time(start).to_rfc3339();
    let settings = [("CHANNEL_SECRET", SECRET), ("CHANNEL_ACCESS_TOKEN", TOKEN), ("REHEARSAL_CLOCK", start.as_str())];
    settings.map(|(name, value)| (format!("HAGUKUMI_{name}"), value.to_owned())).to_vec()
}

async fn serve(database: &Database, line: &Line, start: &str) -> Server {
    let address = free_address();
    let mut settings = shared(start);
    let own = [("LINE_API_URL", &line.api_url), ("LINE_DATA_API_URL", &line.data_url), ("LISTEN", &address)];
    let own = own.map(|(name, value)| (name, value.clone())).into_iter().chain(database_settings(database));
    settings.extend(own.map(|(name, value)| (format!("HAGUKUMI_{name}"), value)));
    line.advance_to(time(start)).await;
    line.spread_webhooks(&[format!("http://{address}/webhook")]).await;
    Server::start(database.folder(), &settings)
}

fn accepted_push(entry: &Entry) -> bool {
    entry.endpoint == "push" && entry.accepted
}

async fn registers<'l>(line: &'l Line, due: &str) -> Person<'l> {
    let hana = line.new_user().await;
    assert_eq!(hana.add_friend().await, 200);
    hana.hears("友だち追加、ありがとうございます").await;
    assert_eq!(hana.taps("同意して登録する").await, 200);
    hana.hears("（1/3）").await;
    assert_eq!(hana.picks("出産予定日をえらぶ", due).await, 200);
    hana.hears("（2/3）").await;
    assert_eq!(hana.says("はなちゃん").await, 200);
    hana.hears("（3/3）").await;
    assert_eq!(hana.taps("登録する").await, 200);
    hana.hears("登録しました").await;
    hana
}

#[tokio::test]
async fn a_family_is_registered_and_gets_its_mornings_between_three_processes() {
    let database = Database::fresh().await;
    let line = Line::start(database.folder(), &shared("2026-11-22 09:00"));
    let server = serve(&database, &line, "2026-11-22 09:00").await;
    let hana = registers(&line, "2027-03-01").await;
    server.stop();

    for (start, week) in [("2026-11-23 07:59", "妊娠26週"), ("2026-11-24 07:59", "妊娠26週1日")] {
        let said = hana.texts().await.len();
        let server = serve(&database, &line, start).await;
        assert_eq!(hana.texts().await.len(), said, "nothing comes before eight");
        server.stop();
        line.fails(On::Push, FaultKind::ServerError(503), Stay::Next(1)).await;
        let tried = line.ledger().await.len();
        let server = serve(&database, &line, &start.replace("07:59", "08:00")).await;
        let asked = line.until("a push that is accepted", |ledger| ledger[tried..].iter().any(accepted_push)).await;
        hana.hears(week).await;
        server.stop();
        let pushes: Vec<_> = asked[tried..].iter().filter(|entry| entry.endpoint == "push").collect();
        assert_eq!(pushes.iter().map(|entry| entry.status).collect::<Vec<_>>(), [503, 200]);
        assert_eq!(pushes[0].retry_key, pushes[1].retry_key);
    }
    assert_eq!(hana.pushes().await.len(), 2);
    assert!(line.webhook_log().await.iter().all(|webhook| webhook.status == 200));
    line.stop();
}

#[test]
fn the_simulated_line_stays_inside_this_machine_and_wants_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let outside = run(folder.path(), &shared("2026-11-22 09:00"), &["simulator", "--listen", "0.0.0.0:0"]);
    assert_eq!(outside.status.code(), Some(2), "{}", outside.err);
    let secretless = run(folder.path(), &[], &["simulator", "--listen", "127.0.0.1:0"]);
    assert_eq!(secretless.status.code(), Some(1));
    assert!(secretless.err.contains("HAGUKUMI_CHANNEL_SECRET"), "{}", secretless.err);
}
