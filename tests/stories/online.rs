//! `check --online`: what an operator learns from LINE before anybody is served.

use std::sync::Arc;

use hagukumi::app::{install_tls, online, rehearsal_ambient};
use hagukumi::clock::RehearsalClock;
use hagukumi::config::Config;
use hagukumi::simulator::{Channel, FaultKind, On, Only};

use crate::support::{Database, listen, platform, settings, time};

async fn asked(token: &str, spoil: impl FnOnce(&Channel)) -> Vec<String> {
    install_tls();
    let start = time("2026-11-22 09:00");
    let clock = Arc::new(RehearsalClock::standing(start));
    let simulator = platform(&clock);
    let running = simulator.serve(listen().0).await;
    spoil(&simulator.channel("main"));
    let database = Database::fresh().await;
    let mut env = settings(&database, &running, start);
    env.push(("HAGUKUMI_CHANNEL_ACCESS_TOKEN".into(), token.into()));
    let config = Config::read(None, env).unwrap();
    let told = online::findings(&config, &rehearsal_ambient(&clock)).await;
    let ledger = simulator.channel("main").ledger();
    assert!(ledger.iter().all(|entry| !entry.delivered), "nothing is sent to anybody");
    assert!(simulator.channel("main").menus().menus.is_empty(), "and nothing is made");
    let asked = ledger.iter().filter(|entry| entry.endpoint == "richmenu/validate").count();
    assert!(asked == 6 || token != crate::support::TOKEN, "each page of the menus is asked about: {asked}");
    told.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn line_takes_every_message_that_ships() {
    assert_eq!(asked(crate::support::TOKEN, |_| {}).await, [""; 0]);
}

#[tokio::test]
async fn a_token_that_line_does_not_know_is_told() {
    let told = asked("another-token", |_| {}).await;
    assert!(told.len() == 1 && told[0].contains("トークンを受けつけません"), "{told:?}");
}

#[tokio::test]
async fn a_page_of_the_menu_that_line_would_refuse_is_told_by_its_name() {
    let refuse = |line: &Channel| {
        let quiet = FaultKind::BadRequest400(Only::Containing("/quiet/".into()));
        line.faults().on(On::Endpoint("richmenu/validate")).next(quiet);
    };
    let told = asked(crate::support::TOKEN, refuse).await;
    let named = "リッチメニュー「ふだん用／やすみ・お別れ後」を受けつけません";
    assert!(told.len() == 1 && told[0].contains(named), "{told:?}");
}
