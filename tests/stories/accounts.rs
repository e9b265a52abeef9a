//! Several accounts on one server: each with its own secret, readers and fate.

use std::sync::Arc;
use std::time::Duration;

use hagukumi::app::{App, install_tls, rehearsal_ambient};
use hagukumi::clock::{Clock as _, RehearsalClock};
use hagukumi::config::Config;
use hagukumi::line::client::Limits;
use hagukumi::simulator::{Channel, ChannelOptions, FaultKind, On, Options, Running, Simulator, User};

use crate::support::{Database, Witness, database_settings, listen, time};
use crate::wire::Wire;

struct Town {
    app: App,
    line: [Channel; 2],
    wire: Wire,
    clock: Arc<RehearsalClock>,
    platform: Running,
    serving: hagukumi::app::Serving,
    /// Looks on, and judges at the end; the database must still be there.
    _witness: Witness,
    _database: Database,
}

fn channel(slug: &str, digit: char) -> ChannelOptions {
    ChannelOptions {
        slug: slug.into(),
        channel_id: digit.to_string().repeat(10),
        secret: format!("secret-of-{slug}"),
        access_token: format!("token-of-{slug}"),
        bot_user_id: format!("U{}", digit.to_string().repeat(32)),
        display_name: slug.into(),
        webhook_url: None,
    }
}

/// A server with two accounts, `aoba` and `midori`, that waits very long for LINE.
async fn town() -> Town {
    install_tls();
    let clock = Arc::new(RehearsalClock::standing(time("2026-11-22 09:00")));
    let shown = Arc::clone(&clock);
    let now = Arc::new(move || shown.now().timestamp_millis());
    let channels = vec![channel("aoba", '1'), channel("midori", '2')];
    let simulator = Simulator::new(Options { channels, clock: now, seed: 7 });
    let platform = simulator.serve(listen().0).await;
    let wire = Wire::to(&platform.api_url);
    let database = Database::fresh().await;
    let settings = database_settings(&database).into_iter();
    let settings: String = settings.map(|(name, value)| format!("{} = '{value}'\n", name.to_lowercase())).collect();
    let accounts: String = ["aoba", "midori"]
        .map(|slug| {
            format!("[[account]]\naccount = '{slug}'\nchannel_secret = 'secret-of-{slug}'\nchannel_access_token = 'token-of-{slug}'\n")
        })
        .concat();
    let text =
        format!("{settings}line_api_url = '{}'\nrehearsal_clock = '2026-11-22T09:00:00+09:00'\n{accounts}", wire.url);
    let config = Config::read(Some(("hagukumi.toml", &text)), []).unwrap();
    let limits = Limits { total: Duration::from_secs(300), ..Limits::default() };
    let app = App::open_within(&config, rehearsal_ambient(&clock), limits).await.unwrap();
    let (listener, url) = listen();
    let serving = app.serve_by_hand(listener).unwrap();
    let line = ["aoba", "midori"].map(|slug| {
        let line = simulator.channel(slug);
        line.set_webhook(&format!("{url}/webhook/{slug}"));
        line
    });
    let witness = Witness::of(&config, &line, &clock);
    witness.keeps_secret(&["secret-of-", "token-of-"]);
    Town { app, line, wire, clock, platform, serving, _witness: witness, _database: database }
}

async fn registers(town: &Town, line: &Channel) -> User {
    let user = line.new_user();
    let settle = || async { town.app.settle().await.unwrap() };
    assert_eq!(user.add_friend().await, 200);
    settle().await;
    assert_eq!(user.taps("同意して登録する").await, 200);
    settle().await;
    assert_eq!(user.picks("出産予定日をえらぶ", "2027-03-01").await, 200);
    settle().await;
    assert_eq!(user.taps("つけない").await, 200);
    settle().await;
    assert_eq!(user.taps("登録する").await, 200);
    settle().await;
    user
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_whose_requests_hang_keeps_no_other_account_waiting() {
    let town = town().await;
    let [aoba, midori] = &town.line;
    let (hangs, fine) = (registers(&town, aoba).await, registers(&town, midori).await);
    aoba.faults().on(On::Push).always(FaultKind::BlackHole);
    town.clock.advance_to(time("2026-11-23 08:00"));
    let serving = town.app.serve(listen().0).unwrap();
    town.wire.until_answered("/message/push");
    assert_eq!(midori.pushes_to(fine.id()).len(), 1);
    // And again, while the other one still hangs.
    assert_eq!(fine.says("ヘルプ").await, 200);
    town.wire.until_answered("/message/reply");
    assert!(aoba.pushes_to(hangs.id()).is_empty());
    town.platform.stop().await;
    serving.stop().await;
}

#[tokio::test]
async fn a_webhook_signed_for_one_account_is_refused_on_the_path_of_another() {
    let town = town().await;
    let [aoba, midori] = &town.line;
    let body = br#"{"destination":"x","events":[]}"#;
    assert_eq!(midori.raw_webhook(body, Some(&aoba.sign(body))).await, 401);
    assert_eq!(midori.raw_webhook(body, Some(&midori.sign(body))).await, 200);
    town.serving.stop().await;
}

#[tokio::test]
async fn the_same_person_at_two_accounts_is_two_readers() {
    let town = town().await;
    let [aoba, midori] = &town.line;
    let user = registers(&town, aoba).await;
    let same = midori.user_with_id(user.id().to_owned());
    assert_eq!(same.add_friend().await, 200);
    town.app.settle().await.unwrap();
    assert_eq!(town.app.store().count("reader").await.unwrap(), 2);
    assert!(!same.texts().join("\n").contains("妊娠25週"), "what one account knows the other does not");
    town.serving.stop().await;
}

#[tokio::test]
async fn a_code_of_one_account_means_nothing_in_another() {
    let town = town().await;
    let [aoba, midori] = &town.line;
    let settle = || async { town.app.settle().await.unwrap() };
    let inviter = registers(&town, aoba).await;
    let stranger = midori.user_with_id(inviter.id().to_owned());
    assert_eq!(stranger.add_friend().await, 200);
    settle().await;
    for word in ["招待", "機種変更"] {
        assert_eq!(inviter.says(word).await, 200);
        settle().await;
        let said = inviter.texts().join("\n");
        let code = |word: &&str| word.len() == 9 && word.as_bytes()[4] == b'-';
        let code = said.split_whitespace().rfind(code).unwrap().to_owned();
        assert_eq!(stranger.says(&code).await, 200);
        settle().await;
        assert!(stranger.texts().join("\n").contains("そのコードは使えませんでした"), "{word}");
        assert!(!inviter.texts().join("\n").contains("使えませんでした"));
    }
    assert_eq!(town.app.store().count("follow").await.unwrap(), 1);
    town.serving.stop().await;
}
