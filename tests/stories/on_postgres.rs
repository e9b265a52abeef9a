//! What is true of PostgreSQL only: servers side by side on one database, connections that are lost, and
//! a database that somebody else keeps.

mod wall;

use std::time::Duration;

use hagukumi::app::{App, rehearsal_ambient};
use hagukumi::config::Config;
use hagukumi::domain::delivery::State;
use hagukumi::store::{Backend, EventState};

use crate::crowd::settle_in;
use crate::cut::{Cut, Lost};
use crate::ledger::times_told;
use crate::server::run;
use crate::settings::{assert_refused, serve};
use crate::stage::Stage;
use crate::support::{Database, Parent, Registers, World, listen, time};

/// No event of a healthy server takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const DUE: &str = "2027-03-01";
const TODAY: &str = "きょうは妊娠25週6日です";

/// A world on PostgreSQL.
async fn world_at(start: &str) -> World {
    let world = World::at(start).await;
    assert_eq!(world.app.store().backend(), Backend::Postgres, "no server for these tests: use tests/run");
    world
}

/// A second server on the world's database, as a machine beside it would run.
async fn beside(world: &World) -> App {
    let config = Config::read(None, world.settings(&[])).unwrap();
    App::open(&config, rehearsal_ambient(&world.clock)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_that_work_at_the_same_instant_do_everything_once() {
    const FAMILIES: usize = 24;
    let world = world_at("2026-11-22 09:00").await;
    let other = beside(&world).await;
    let mut families = Vec::new();
    for _ in 0..FAMILIES {
        let parent = world.somebody();
        assert_eq!(parent.user.add_friend().await, 200);
        families.push(parent);
    }
    let together = async || {
        let (mine, theirs) = tokio::join!(world.app.settle(), other.settle());
        mine.and(theirs).unwrap();
        // What one of them left to the other is done by now, or at the next look.
        world.settle().await;
    };
    together().await;
    for step in 0..4 {
        for parent in &families {
            let status = match step {
                0 => parent.user.taps("同意して登録する").await,
                1 => parent.user.picks("出産予定日をえらぶ", DUE).await,
                2 => parent.user.taps("つけない").await,
                _ => parent.user.taps("登録する").await,
            };
            assert_eq!(status, 200);
        }
        together().await;
    }
    for day in ["2026-11-23 08:00", "2026-11-24 08:00"] {
        world.clock.advance_to(time(day));
        together().await;
    }
    assert_eq!(world.app.store().count("child").await.unwrap(), FAMILIES as i64);
    for parent in &families {
        assert_eq!(times_told(parent, TODAY), 1);
        parent.was_pushed(&["11-23 08:00", "11-24 08:00"]);
    }
    other.store().clone().close().await;
}

#[tokio::test]
async fn whoever_restarts_postgresql_interrupts_no_conversation_and_no_morning() {
    let world = world_at("2026-11-22 09:00").await;
    let cut_all = async || {
        let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        world.database().damage(all).await;
    };
    let hana = world.somebody();
    cut_all().await;
    hana.adds_the_account().await;
    cut_all().await;
    hana.taps("同意して登録する").await;
    hana.picks("出産予定日をえらぶ", DUE).await;
    cut_all().await;
    hana.taps("つけない").await;
    cut_all().await;
    hana.taps("登録する").await.tells(TODAY);
    cut_all().await;
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

/// A world whose bot reaches PostgreSQL by a connection that can be cut.
async fn fragile(start: &str) -> (Cut, Database, World) {
    let database = Database::fresh().await;
    let cut = Cut::before(database.url());
    let world = World::with(start, &[("DATABASE_URL", &cut.url)]).await;
    (cut, database, world)
}

#[tokio::test]
async fn while_the_database_is_down_line_is_told_to_come_again_and_nothing_is_lost() {
    let (cut, _database, world) = fragile("2026-11-22 09:00").await;
    let hana = nearly_registered(&world).await;
    let ready = async || reqwest::get(format!("{}/readyz", world.bot_url)).await.unwrap().status();
    cut.goes_down();
    assert_eq!(hana.user.taps("登録する").await, 503);
    assert_eq!(ready().await, 503);
    cut.comes_back();
    assert_eq!(ready().await, 200);
    assert_eq!(world.line.redeliver_failed().await, [200]);
    world.settle().await;
    assert_eq!(times_told(&hana, TODAY), 1);
    world.until("2026-11-24 12:00").await;
    hana.was_pushed(&["11-23 08:00", "11-24 08:00"]);
}

async fn nearly_registered(world: &World) -> Parent<'_> {
    let parent = world.somebody();
    parent.adds_the_account().await;
    parent.taps("同意して登録する").await;
    parent.picks("出産予定日をえらぶ", DUE).await;
    parent.taps("つけない").await;
    parent
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_stops_while_the_morning_goes_out_is_not_written_to_any_more() {
    // A share of two pushes a second, so that the last wait for some seconds with their lease taken.
    let world = World::with("2026-11-22 09:00", &[("REPLICAS", "900")]).await;
    assert_eq!(world.app.store().backend(), Backend::Postgres, "no server for these tests: use tests/run");
    let families = settle_in(world.app.store(), &world.line, 16, "2026-11-23 08:00").await;
    let (last, others) = families.split_last().unwrap();
    world.clock.advance_to(time("2026-11-23 08:00"));
    let pushed = |count: usize| {
        let world = &world;
        move || world.line.ledger().iter().filter(|entry| entry.endpoint == "push" && entry.accepted).count() >= count
    };
    let serving = world.app.serve(listen().0).unwrap();
    assert!(world.line.comes_to(PATIENCE, pushed(1)).await, "the morning goes out");
    let leaves = world.line.user_with_id(last.clone());
    assert_eq!(leaves.says("停止").await, 200);
    assert!(world.line.comes_to(PATIENCE, || leaves.texts().concat().contains("お届けを止めました")).await);
    assert!(world.line.comes_to(PATIENCE, pushed(others.len())).await, "everybody else");
    serving.stop().await;
    assert!(world.line.ledger().iter().all(|entry| entry.endpoint != "push" || !entry.is_to(last)));
}

/// Kept, decided, leased, recorded: each of the four commits behind one tap is lost once before the
/// database has it, and once after.
#[tokio::test]
async fn a_commit_whose_outcome_nobody_knows_loses_and_doubles_nothing() {
    for lost in [Lost::Commit, Lost::Answer] {
        for commit in 1..=4 {
            let (cut, _database, world) = fragile("2026-11-22 09:00").await;
            let hana = nearly_registered(&world).await;
            cut.at_commit(commit, lost);
            assert_eq!(hana.user.taps("登録する").await, 200, "{lost:?} of commit {commit}");
            world.settle().await;
            cut.has_happened();
            // Wherever it was lost, a lease that nobody knows of is over by then.
            world.until("2026-11-22 09:05").await;
            let told = times_told(&hana, TODAY);
            let store = world.app.store();
            let in_doubt = store.deliveries_in(State::Unconfirmed).await.unwrap();
            let open = [State::Waiting, State::Sending, State::Lapsed, State::Accepted];
            let mut rows = Vec::new();
            for state in open {
                rows.push((state, store.deliveries_in(state).await.unwrap()));
            }
            assert!(
                told == 1 || (told == 0 && in_doubt == 1),
                "{lost:?} of commit {commit}: told {told} times, {in_doubt} rows in doubt, {rows:?}"
            );
            if told == 0 {
                let why = "between the lease and its request nobody can tell whether there was one";
                world.witness.expects("I4", "did not get 2026-11-22 (unconfirmed", why);
            }
            assert_eq!(store.count("child").await.unwrap(), 1, "{lost:?} of commit {commit}");
            for open in [State::Waiting, State::Sending] {
                assert_eq!(store.deliveries_in(open).await.unwrap(), 0, "{lost:?} of commit {commit}");
            }
            assert_eq!(store.events_in(EventState::Pending).await.unwrap(), 0);
            assert_eq!(store.events_in(EventState::Dead).await.unwrap(), 0);
            world.until("2026-11-23 12:00").await;
            assert_eq!(hana.push_times().last().unwrap(), "11-23 08:00", "{lost:?} of commit {commit}");
        }
    }
}

/// Planned, the bot's own id kept, recorded: the three commits of a first morning.
#[tokio::test]
async fn a_morning_whose_commit_was_lost_arrives_once() {
    for lost in [Lost::Commit, Lost::Answer] {
        for commit in 1..=3 {
            let (cut, _database, world) = fragile("2026-11-22 09:00").await;
            let hana = world.registered(Registers::Due, DUE, None).await;
            world.until("2026-11-23 07:00").await;
            cut.at_commit(commit, lost);
            world.until("2026-11-24 12:00").await;
            cut.has_happened();
            assert_eq!(hana.pushes().len(), 2, "{lost:?} of commit {commit}: {:?}", hana.push_times());
            assert!(hana.push_times()[0].starts_with("11-23 08:0"), "{:?}", hana.push_times());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_servers_that_migrate_an_empty_database_at_once_all_succeed() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let empty = Database::unprepared().await;
    let settings = stage.settings(time("2026-11-22 09:00"), &[("DATABASE_URL", empty.url())]);
    let folder = stage.folder().to_owned();
    let processes: Vec<_> = (0..4)
        .map(|_| {
            let (folder, settings) = (folder.clone(), settings.clone());
            std::thread::spawn(move || run(&folder, &settings, &["migrate"]))
        })
        .collect();
    let ended: Vec<_> = processes.into_iter().map(|process| process.join().unwrap()).collect();
    for one in &ended {
        assert_eq!(one.status.code(), Some(0), "{}", one.err);
    }
    let idle = ended.iter().filter(|one| one.out.starts_with("0つ")).count();
    assert_eq!(idle, 3, "one of them did it: {:?}", ended.iter().map(|one| one.out.clone()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_that_cannot_reach_its_database_says_what_to_look_at_and_no_password() {
    let stage = Stage::at("2026-11-22 09:00").await;
    let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let away = format!("postgres://hagukumi:hunter2-hunter2@{nobody}/hagukumi");
    assert_refused(&serve(&stage, &[("DATABASE_URL", &away)]), "PostgreSQL につながりません");
    let (server, _) = stage.database().url().rsplit_once('/').unwrap();
    let missing = format!("{}/no_such_database", server.replace("hagukumi@", "hagukumi:hunter2-hunter2@"));
    assert_refused(&serve(&stage, &[("DATABASE_URL", &missing)]), "no_such_database");
    let unreadable = "postgres://hagukumi:hunter2-hunter2@127.0.0.1:port/x";
    assert_refused(&serve(&stage, &[("DATABASE_URL", unreadable)]), "HAGUKUMI_DATABASE_URL");
}

#[tokio::test]
async fn the_key_of_a_database_that_lies_elsewhere_is_asked_for_and_never_made() {
    let stage = Stage::at("2026-11-22 09:00").await;
    assert_refused(&serve(&stage, &[("KEY_FILE", "")]), "HAGUKUMI_KEY_FILE");
    let missing = stage.folder().join("missing.key").display().to_string();
    assert_refused(&serve(&stage, &[("KEY_FILE", &missing)]), "missing.key");
    assert!(!std::path::Path::new(&missing).exists());
    let settings = stage.settings(time("2026-11-22 09:00"), &[("KEY_FILE", &missing)]);
    let checked = run(stage.folder(), &settings, &["check"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(checked.out.contains("missing.key"), "check tells it before serve does: {}", checked.out);
}
