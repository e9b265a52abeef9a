//! The built server killed, stopped and started again, on one database: what LINE took is in the chat
//! once, and what was received is done. LINE, which is asked what it took, is a third process.

use hagukumi::domain::delivery::State;
use hagukumi::simulator::{Entry, FaultKind, On, Order, Stay};
use hagukumi::store::EventState;

use crate::apart::Apart;
use crate::server::run;
use crate::stage::Stage;
use crate::support::{Database, time};

const DUE: &str = "2027-03-01";

async fn pushes(stage: &Apart) -> Vec<Entry> {
    stage.line.ledger().await.into_iter().filter(|entry| entry.endpoint == "push").collect()
}

async fn accepted(stage: &Apart) -> usize {
    pushes(stage).await.iter().filter(|entry| entry.accepted).count()
}

#[tokio::test]
async fn a_server_killed_between_lines_acceptance_and_its_own_record_sends_no_second_message() {
    let stage = Apart::at("2026-11-22 09:00").await;
    stage.registered(DUE).await;
    stage.wire.hold("/message/push");
    let server = stage.serve("2026-11-23 08:00").await;
    stage.wire.until_held();
    server.kill();
    assert_eq!(accepted(&stage).await, 1);
    stage.wire.open();

    let server = stage.serve("2026-11-23 08:02").await;
    stage.wire.until_answered("/message/push");
    server.stop();
    let tried = pushes(&stage).await;
    assert_eq!(tried.iter().map(|entry| entry.status).collect::<Vec<_>>(), [200, 409]);
    assert_eq!(tried[0].retry_key, tried[1].retry_key);
    let bot = stage.by_hand().await;
    bot.settle().await;
    assert_eq!(accepted(&stage).await, 1);
    for (state, rows) in [(State::Accepted, 7), (State::Sending, 0), (State::Waiting, 0), (State::Unconfirmed, 0)] {
        assert_eq!(bot.app().store().deliveries_in(state).await.unwrap(), rows, "{state:?}");
    }
    bot.leave().await;
}

#[tokio::test]
async fn a_server_killed_before_line_has_the_request_sends_the_message_after_its_return() {
    let stage = Apart::at("2026-11-22 09:00").await;
    stage.registered(DUE).await;
    // The bot's id is asked before the first push; the server dies with that question open.
    stage.wire.hold("/bot/info");
    let server = stage.serve("2026-11-23 08:00").await;
    stage.wire.until_held();
    server.kill();
    stage.wire.open();
    assert_eq!(accepted(&stage).await, 0);
    let server = stage.serve("2026-11-23 08:02").await;
    stage.wire.until_answered("/message/push");
    server.stop();
    assert_eq!(accepted(&stage).await, 1);
}

#[tokio::test]
async fn what_was_received_and_not_yet_decided_is_decided_after_the_next_start() {
    let stage = Apart::at("2026-11-22 09:00").await;
    let bot = stage.by_hand().await;
    let hana = stage.nearly_registered(&bot, DUE).await;
    assert_eq!(hana.taps("登録する").await, 200);
    assert_eq!(bot.app().store().events_in(EventState::Pending).await.unwrap(), 1);
    bot.leave().await;
    let said = hana.texts().await.len();
    let server = stage.serve("2026-11-22 09:00").await;
    stage.wire.until_answered("/message/reply");
    server.stop();
    assert!(hana.texts().await.len() > said);
    assert!(hana.texts().await.join("\n").contains("きょうは妊娠25週6日です"));
}

#[tokio::test]
async fn a_server_killed_right_after_its_200_loses_and_doubles_nothing() {
    for _ in 0..3 {
        let stage = Apart::at("2026-11-22 09:00").await;
        let bot = stage.by_hand().await;
        let hana = stage.nearly_registered(&bot, DUE).await;
        bot.leave().await;
        let server = stage.serve("2026-11-22 09:00").await;
        assert_eq!(hana.taps("登録する").await, 200);
        server.kill();
        // Wherever it died, a lease that it may have held is over by now.
        stage.line.advance_to(time("2026-11-22 09:05")).await;
        let bot = stage.by_hand().await;
        bot.settle().await;
        assert_eq!(bot.app().store().count("child").await.unwrap(), 1);
        assert_eq!(bot.app().store().events_in(EventState::Pending).await.unwrap(), 0);
        let told = hana.texts().await.join("\n").matches("きょうは妊娠25週6日です").count();
        let in_doubt = bot.app().store().deliveries_in(State::Unconfirmed).await.unwrap();
        assert!(told == 1 || (told == 0 && in_doubt == 1), "told {told} times, {in_doubt} rows in doubt");
        bot.leave().await;
    }
}

#[tokio::test]
async fn a_server_told_to_stop_waits_for_lines_answer_and_writes_it_down() {
    let stage = Apart::at("2026-11-22 09:00").await;
    stage.registered(DUE).await;
    stage.wire.hold("/message/push");
    let mut server = stage.serve("2026-11-23 08:00").await;
    stage.wire.until_held();
    server.ask_to_stop();
    server.until_said("stopping");
    stage.wire.open();
    let (status, said) = server.end();
    assert!(status.success(), "{said}");
    let bot = stage.by_hand().await;
    assert_eq!(bot.app().store().deliveries_in(State::Sending).await.unwrap(), 0);
    assert_eq!(bot.app().store().deliveries_in(State::Accepted).await.unwrap(), 7);
    bot.settle().await;
    assert_eq!(pushes(&stage).await.len(), 1);
    bot.leave().await;
}

#[tokio::test]
async fn a_server_killed_again_and_again_during_the_morning_serves_everybody_once() {
    const FAMILIES: usize = 12;
    let stage = Apart::at("2026-11-22 09:00").await;
    for _ in 0..FAMILIES {
        stage.registered(DUE).await;
    }
    stage.line.fails(On::Push, FaultKind::AcceptThen500, Stay::Every(3)).await;
    stage.line.fails(On::Push, FaultKind::ServerError(503), Stay::Every(5)).await;
    for minute in ["08:00", "08:02", "08:04"] {
        let server = stage.serve(&format!("2026-11-23 {minute}")).await;
        if accepted(&stage).await < FAMILIES {
            stage.wire.until_answered("/message/push");
        }
        server.kill();
    }
    stage.line.tell(Order::NoFaults).await;
    stage.line.advance_to(time("2026-11-23 08:10")).await;
    let bot = stage.by_hand().await;
    bot.settle().await;
    bot.waits_until("2026-11-23 12:00").await;
    let mut reached: Vec<String> =
        pushes(&stage).await.into_iter().filter(|entry| entry.accepted).flat_map(|entry| entry.to).collect();
    reached.sort();
    assert_eq!(reached.len(), FAMILIES, "{reached:?}");
    reached.dedup();
    assert_eq!(reached.len(), FAMILIES, "{reached:?}");
    assert_eq!(bot.app().store().deliveries_in(State::Accepted).await.unwrap(), 7 * FAMILIES as u64);
    bot.leave().await;
}

#[tokio::test]
async fn a_rehearsal_never_goes_back_behind_the_time_it_has_seen() {
    let stage = Stage::at("2026-11-22 09:00").await;
    stage.serve("2026-11-25 07:00", &[]).stop();
    stage.serve("2026-11-24 08:30", &[]).stop();
    let settings = stage.settings(time("2026-11-20 09:00"), &[]);
    let config = hagukumi::config::Config::read(None, settings).unwrap();
    let start = hagukumi::app::rehearsal_start(&config, time("2026-11-20 09:00")).await.unwrap();
    assert!(start >= time("2026-11-25 07:00"), "{start}");
}

#[tokio::test]
async fn a_rehearsal_and_real_readers_never_meet() {
    let stage = Stage::at("2026-11-22 09:00").await;
    stage.serve("2026-11-22 09:00", &[]).stop();
    let real = stage.settings(time("2026-11-22 09:00"), &[("REHEARSAL_CLOCK", "")]);
    let refused = run(stage.folder(), &real, &["serve"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.err.contains("HAGUKUMI_REHEARSAL_CLOCK"), "{}", refused.err);

    let other = Database::fresh().await;
    let real = [("REHEARSAL_CLOCK", ""), ("DATABASE_URL", other.url())];
    stage.serve("2026-11-22 09:00", &real).stop();
    let mixed = stage.settings(time("2026-11-22 09:00"), &[("DATABASE_URL", other.url())]);
    let refused = run(stage.folder(), &mixed, &["serve"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.err.contains("rehearsal"), "{}", refused.err);
}
