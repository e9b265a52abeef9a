//! Whatever comes between, the next apply ends where the files say.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use chrono::TimeDelta;
use hagukumi::clock::Clock as _;
use hagukumi::menu::build::Built;
use hagukumi::menu::{Applied, MenuError, Order};
use hagukumi::simulator::{FaultKind, On};

use crate::menu_files::MenuFiles;
use crate::menus::sees;
use crate::menus_applied::{changes, planned};
use crate::support::{Parent, Registers, World};

/// Numbers that look drawn, from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }
}

const ENDPOINTS: [&str; 10] = [
    "richmenu/create",
    "richmenu/create",
    "richmenu/upload",
    "richmenu/upload",
    "richmenu/alias/create",
    "richmenu/default/set",
    "richmenu/link",
    "richmenu/bulk/link",
    "richmenu/of-user",
    "richmenu/delete",
];

fn faults(world: &World, dice: &mut Dice) -> usize {
    let many = dice.roll(7) as usize;
    for _ in 0..many {
        let kind = match dice.roll(24) {
            0..4 => FaultKind::ServerError(500),
            4..8 => FaultKind::AcceptThen500,
            8..12 => FaultKind::AcceptThenReset,
            12..16 => FaultKind::EmptyBody200,
            16..20 => FaultKind::RateLimited429,
            20..23 => FaultKind::TruncatedBody,
            // Seldom: it takes its time.
            _ => FaultKind::AcceptThenTimeout,
        };
        let endpoint = ENDPOINTS[dice.roll(ENDPOINTS.len() as u64) as usize];
        world.line.faults().on(On::Endpoint(endpoint)).next(kind);
    }
    many
}

/// Runs it until it has waited so many times, and then no more: as a process that is killed.
async fn cut_off<T>(work: impl Future<Output = T>, after: u64) -> Option<T> {
    let mut work = pin!(work);
    let mut left = after;
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Applies, is cut off, fails, and applies again; returns how often it did not end.
async fn somehow(world: &World, built: &Built, dice: &mut Dice) -> usize {
    for broken in 0.. {
        assert!(broken < 40, "it ends");
        let mut silent = |_| {};
        let apply = world.app.menus().apply(0, built, &Order::Everybody, &mut silent);
        let patience = if broken < 6 && dice.roll(2) == 0 { dice.roll(160) } else { u64::MAX };
        let mut wait = 61_000;
        match cut_off(apply, patience).await {
            Some(Ok(Applied::Nothing | Applied::Version(_))) => return broken,
            Some(Err(MenuError::HourSpent { wait_ms, .. })) => wait = wait_ms + 1_000,
            Some(Err(MenuError::Line { .. } | MenuError::Busy(_))) | None => {}
            // Whoever was cut off may still hold a lock for a moment.
            Some(Err(MenuError::Store(error))) if error.is_passing() => {}
            Some(other) => panic!("{other:?}"),
        }
        world.clock.advance_to(world.clock.now() + TimeDelta::milliseconds(wait));
    }
    unreachable!()
}

/// LINE has the last three versions and nothing else of ours, and everybody sees their page.
async fn is_as_declared(world: &World, files: &MenuFiles, readers: &[(Parent<'_>, &str)]) {
    let built = files.built();
    let looked = planned(world, files).await;
    assert!(looked.plan.is_empty(), "{:?}", looked.plan);
    let state = world.line.menus();
    let kept: BTreeSet<&str> = looked
        .versions
        .iter()
        .flat_map(|version| version.body.pages.iter().map(|placed| placed.line.as_str()))
        .collect();
    let there: BTreeSet<&str> = state.menus.keys().map(String::as_str).collect();
    assert_eq!(there, kept, "no page is an orphan, and none of the kept is gone");
    assert!(state.menus.values().all(|(_, picture)| *picture), "each has its picture");
    assert!(state.aliases.values().all(|page| there.contains(page.as_str())));
    let declared: BTreeSet<&str> = built.declared.pages.iter().map(|page| page.name.as_str()).collect();
    let newest: BTreeSet<&str> = looked.versions[0].body.pages.iter().map(|placed| placed.page.name.as_str()).collect();
    assert_eq!(newest, declared);
    let default = state.default.as_ref().unwrap();
    assert!(state.menus[default].0.contains("/unregistered/"));
    for (reader, page) in readers {
        let menu = reader.user.rich_menu().unwrap();
        assert!(newest.contains(menu["name"].as_str().unwrap()), "{menu}");
        assert_eq!(sees(reader).as_deref(), Some(*page));
    }
}

/// Never are there more than a hundred in any hour.
fn keeps_within_the_hour(world: &World, endpoint: &str) {
    let at: Vec<i64> =
        world.line.ledger().iter().filter(|entry| entry.endpoint == endpoint).map(|entry| entry.at_ms).collect();
    let crowded = at.windows(101).find(|some| some[100] - some[0] < 3_600_000);
    assert_eq!(crowded, None, "{endpoint}");
}

async fn rounds(seed: u64, rounds: u64) {
    let (world, files) = (World::impatient("2026-11-22 09:00").await, MenuFiles::new());
    let mut dice = Dice(seed);
    // LINE's own count goes by a real watch; ours is judged by the ledger.
    for endpoint in ["richmenu/create", "richmenu/delete", "richmenu/alias/delete", "richmenu/list"] {
        world.line.set_rate(endpoint, None);
    }
    let mut readers = Vec::new();
    for _ in 0..6 {
        readers.push((world.registered(Registers::Born, "2026-09-01", None).await, "childcare"));
    }
    readers.push((world.registered(Registers::Due, "2027-03-01", None).await, "pregnancy"));
    for round in 0..rounds {
        if dice.roll(3) == 0 {
            files.set("futsuu", "", &format!("{round}"));
        } else {
            let page = ["pregnancy", "childcare", "quiet", "unregistered"][dice.roll(4) as usize];
            files.write("futsuu/set.toml", "name = \"組futsuu\"\n");
            let path = format!("futsuu/{page}.toml");
            let text = std::fs::read_to_string(files.path().join(&path)).unwrap();
            let open = format!("open = {}\n", round % 2 == 0);
            files.write(&path, &format!("{open}{}", text.replace("open = true\n", "").replace("open = false\n", "")));
        }
        let before = world.line.ledger().len();
        let wanted = planned(&world, &files).await.plan.create.len();
        let spoilt = faults(&world, &mut dice);
        let broken = somehow(&world, &files.built(), &mut dice).await;
        world.line.faults().clear();
        // What was interrupted may have left something to be done; once more, and there is nothing.
        somehow(&world, &files.built(), &mut Dice(u64::MAX)).await;
        let made = changes(&world, before).get("create").copied().unwrap_or_default();
        assert!(made <= wanted + spoilt + broken, "seed {seed}, round {round}: {made} of {wanted}");
        is_as_declared(&world, &files, &readers).await;
        world.clock.advance_to(world.clock.now() + TimeDelta::minutes(10));
    }
    for endpoint in ["richmenu/create", "richmenu/delete", "richmenu/alias/delete"] {
        keeps_within_the_hour(&world, endpoint);
    }
    let before = world.line.ledger().len();
    world.settle().await;
    let quiet = changes(&world, before);
    assert!(quiet.is_empty(), "{quiet:?}");
}

fn seeds() -> u64 {
    if std::env::var_os("HAGUKUMI_TEST_LONG").is_some() { 200 } else { 6 }
}

#[tokio::test]
async fn whatever_interrupts_it_applying_again_ends_in_what_is_declared() {
    for seed in 0..seeds() {
        rounds(seed, 8).await;
    }
}
