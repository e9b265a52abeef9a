//! One who takes much, beside many who take little: a city among villages, and one reader who writes without
//! end. Counted in LINE's own books, by order and not by time.

use std::sync::Arc;
use std::time::Duration;

use hagukumi::app::{App, install_tls, rehearsal_ambient};
use hagukumi::clock::RehearsalClock;
use hagukumi::config::Config;
use hagukumi::line::client::Limits;
use hagukumi::simulator::{Channel, ChannelOptions, HELD, Options, Release, Simulator};

use crate::crowd::{count, settle_in};
use crate::support::{Database, Registers, Witness, World, database_settings, listen, time};

/// No event of a healthy server takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// Readers of each village.
const OF_A_VILLAGE: usize = 3;

fn channel(number: usize) -> ChannelOptions {
    ChannelOptions {
        slug: format!("town-{number}"),
        channel_id: format!("{number:010}"),
        secret: format!("secret-of-{number:04}"),
        access_token: format!("token-of-{number:04}"),
        bot_user_id: format!("Ub{number:031x}"),
        display_name: format!("{number}"),
        webhook_url: None,
    }
}

/// Settings for all of them.
fn config(api_url: &str, database: &Database, towns: usize) -> Config {
    let own = database_settings(database).into_iter();
    let own: String = own.map(|(name, value)| format!("{} = '{value}'\n", name.to_lowercase())).collect();
    let account = |number: usize| {
        format!(
            "[[account]]\naccount = 'town-{number}'\nchannel_secret = 'secret-of-{number:04}'\nchannel_access_token = 'token-of-{number:04}'\n"
        )
    };
    let accounts: String = (0..towns).map(account).collect();
    let text = format!("{own}line_api_url = '{api_url}'\nrehearsal_clock = '2026-11-22T09:00:00+09:00'\n{accounts}");
    Config::read(Some(("hagukumi.toml", &text)), []).unwrap()
}

fn pushed(line: &Channel) -> usize {
    line.ledger().iter().filter(|entry| entry.endpoint == "push" && entry.accepted).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn villages_are_served_before_a_city_is_far_into_its_morning() {
    let (readers, villages) = (count(1_000, 90_000), count(30, 1_740));
    install_tls();
    let clock = Arc::new(RehearsalClock::standing(time("2026-11-22 09:00")));
    let shown = Arc::clone(&clock);
    let now = Arc::new(move || hagukumi::clock::Clock::now(&*shown).timestamp_millis());
    let channels = (0..=villages).map(channel).collect();
    let simulator = Simulator::new(Options { channels, clock: now, seed: 7 });
    let platform = simulator.serve(listen().0).await;
    let database = Database::fresh().await;
    let config = config(&platform.api_url, &database, villages + 1);
    // A busy machine is no LINE that does not answer.
    let patient = Limits { total: PATIENCE, ..Limits::default() };
    let app = App::open_within(&config, rehearsal_ambient(&clock), patient).await.unwrap();
    let lines: Vec<Channel> = (0..=villages).map(|number| simulator.channel(&format!("town-{number}"))).collect();
    let witness = Witness::of(&config, &lines, &clock);
    let (city, villages) = lines.split_first().unwrap();
    settle_in(app.store(), city, readers, "2026-11-23 08:00").await;
    for village in villages {
        settle_in(app.store(), village, OF_A_VILLAGE, "2026-11-23 08:00").await;
    }
    clock.advance_to(time("2026-11-23 08:00"));
    let serving = app.serve(listen().0).unwrap();
    for village in villages {
        // What a very busy machine drops waits for the end of its lease, and the clock stands still here.
        let served = village.comes_to(PATIENCE, || pushed(village) > 0).await;
        assert!(served, "{} had no morning", village.slug());
    }
    let meanwhile = pushed(city);
    assert!(meanwhile * 4 <= readers, "{meanwhile} of {readers} in the city before the last village had its morning");
    serving.stop().await;
    drop(witness);
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_writes_without_end_keeps_nobody_else_waiting() {
    let flood = count(400, 4_000);
    let world = World::at("2026-11-22 09:00").await;
    let loud = world.registered(Registers::Due, "2027-03-01", None).await;
    let mut quiet = Vec::new();
    for _ in 0..5 {
        quiet.push(world.registered(Registers::Due, "2027-03-01", None).await);
    }
    let answers = |user: &str| {
        let replies = world.line.ledger().into_iter().filter(|entry| entry.endpoint == "reply" && entry.accepted);
        replies.filter(|reply| reply.is_to(user)).count()
    };
    let had = answers(loud.user.id());
    // All of it waits before anything is decided, the loud one's first.
    let loud_ones = vec![&loud.user; flood];
    let quiet_ones = quiet.iter().map(|one| &one.user).collect();
    for (users, how) in [(loud_ones, Release::InOrder), (quiet_ones, Release::OneRequest)] {
        world.line.hold_webhooks();
        for user in users {
            assert_eq!(user.says("相談").await, HELD);
        }
        for status in world.line.release(how).await {
            assert_eq!(status, 200);
        }
    }
    let heard: Vec<usize> = quiet.iter().map(|one| one.user.chat().len()).collect();
    let serving = world.app.serve(listen().0).unwrap();
    let answered = || quiet.iter().zip(&heard).all(|(one, heard)| one.user.chat().len() > *heard);
    assert!(world.line.comes_to(PATIENCE, answered).await, "the quiet ones are answered");
    let meanwhile = answers(loud.user.id()) - had;
    assert!(meanwhile * 4 <= flood, "{meanwhile} of {flood} answers to the loud one came first");
    assert!(world.line.comes_to(PATIENCE, || answers(loud.user.id()) - had == flood).await, "and so is the loud one");
    serving.stop().await;
}
