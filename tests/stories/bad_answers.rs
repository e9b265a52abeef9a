//! LINE answers, and not as one would wish: too fast, too slow, broken, to one reader, to one text.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use hagukumi::domain::delivery::State;
use hagukumi::line::client::Limits;
use hagukumi::simulator::{Channel, Entry, FaultKind, On, Only};

use crate::crowd::{count, settle_in, settle_in_with};
use crate::ledger::{attempts, keys, rows, settled};
use crate::stage::Stage;
use crate::support::{Parent, Registers, World};

fn pushes(line: &Channel) -> Vec<Entry> {
    line.ledger().into_iter().filter(|entry| entry.endpoint == "push").collect()
}

/// Those whom LINE took a push for, each as often as it did.
fn reached(line: &Channel) -> Vec<String> {
    let mut reached: Vec<String> =
        pushes(line).into_iter().filter(|push| push.accepted).flat_map(|push| push.to).collect();
    reached.sort();
    reached
}

#[tokio::test]
async fn everybody_is_served_once_although_line_finds_every_fifth_request_too_fast() {
    let families = count(120, 2_000);
    let world = World::at("2026-11-22 09:00").await;
    let everybody = settle_in(world.app.store(), &world.line, families, "2026-11-23 08:00").await;
    world.line.faults().on(On::Push).every(5, FaultKind::RateLimited429);
    world.until("2026-11-23 08:10").await;
    assert_eq!(reached(&world.line), everybody);
    let all = pushes(&world.line);
    assert_eq!(keys(&all).len(), families);
    assert!(all.len() <= families * 3 / 2, "{} requests", all.len());
    assert_eq!(settled(&world).await, [families as u64, 0, 0, 0]);
}

#[tokio::test]
async fn a_line_that_takes_five_seconds_for_everything_is_asked_once_for_each() {
    // More than are on their way at once.
    const FAMILIES: usize = 210;
    let patient = Limits { total: Duration::from_secs(60), ..Limits::default() };
    let world = World::within("2026-11-22 09:00", &[], patient).await;
    let everybody = settle_in(world.app.store(), &world.line, FAMILIES, "2026-11-23 08:00").await;
    world.until("2026-11-23 07:59").await;
    world.line.faults().on(On::Push).always(FaultKind::Slow(5_000));
    world.until("2026-11-23 08:10").await;
    assert_eq!(reached(&world.line), everybody);
    assert_eq!(pushes(&world.line).len(), FAMILIES, "no lease ran out, and nobody was asked for twice");
}

#[tokio::test]
async fn whatever_page_of_errors_comes_after_lines_acceptance_the_message_is_in_the_chat_once() {
    for status in [500, 501, 502, 503, 504, 520] {
        let world = World::at("2026-11-22 09:00").await;
        let [hana] = settle_in(world.app.store(), &world.line, 1, "2026-11-23 08:00").await.try_into().unwrap();
        world.line.faults().on(On::Push).next(FaultKind::AcceptThenError(status));
        world.until("2026-11-23 09:00").await;
        assert_eq!(reached(&world.line), [hana], "{status}");
        let answers: Vec<u16> = pushes(&world.line).iter().map(|push| push.status).collect();
        assert_eq!(answers, [status, 409]);
        assert_eq!(settled(&world).await, [1, 0, 0, 0], "{status}");
    }
}

/// Families of which one has its mornings at eight, another an hour later: whatever became of the first, LINE
/// takes a push of the account after it.
async fn early_and_late(world: &World) -> [Parent<'_>; 2] {
    let early = world.registered(Registers::Due, "2027-03-01", None).await;
    let late = world.registered(Registers::Due, "2027-03-01", None).await;
    late.says("時刻").await;
    late.says("9時").await.tells("朝9時ごろ");
    [early, late]
}

#[tokio::test]
async fn whoever_line_refuses_three_mornings_is_left_alone_until_they_do_something() {
    let world = World::at("2026-11-22 09:00").await;
    let [gone, here] = early_and_late(&world).await;
    let refuses = FaultKind::BadRequest400(Only::To(gone.user.id().to_owned()));
    world.line.faults().on(On::Push).always(refuses.clone());
    world.until("2026-11-28 12:00").await;
    let days: HashSet<i64> =
        attempts(&world, &gone).iter().map(|push| (push.at_ms + 9 * 3_600_000) / 86_400_000).collect();
    assert_eq!(days.len(), 3, "three mornings and no more");
    assert_eq!(here.pushes().len(), 6, "nobody else is concerned");
    assert_eq!(rows(&world, State::Refused).await, 3);
    // Whoever writes is there after all. LINE refuses three more mornings, and that is the end again.
    gone.says("ヘルプ").await.in_bubbles(1);
    world.until("2026-12-03 12:00").await;
    assert_eq!(rows(&world, State::Refused).await, 6);
    assert!(gone.pushes().is_empty());
    world.line.faults().clear();
    world.until("2026-12-04 12:00").await;
    assert!(gone.pushes().is_empty());
    gone.says("ヘルプ").await;
    world.until("2026-12-06 12:00").await;
    assert_eq!(gone.push_times(), ["12-04 12:00", "12-05 08:00", "12-06 08:00"]);
}

#[tokio::test]
async fn a_reader_whom_line_refuses_now_and_then_is_written_to_every_morning() {
    let world = World::at("2026-11-22 09:00").await;
    let [hana, other] = early_and_late(&world).await;
    for refused in [23, 24, 26, 27] {
        world.until(&format!("2026-11-{refused} 07:00")).await;
        let refuses = FaultKind::BadRequest400(Only::To(hana.user.id().to_owned()));
        world.line.faults().on(On::Push).always(refuses);
        world.until(&format!("2026-11-{refused} 12:00")).await;
        world.line.faults().clear();
    }
    world.until("2026-11-28 12:00").await;
    assert_eq!(hana.push_times(), ["11-25 08:00", "11-28 08:00"]);
    assert_eq!(other.pushes().len(), 6);
}

/// A copy of what ships, with one sentence changed.
fn corrected(folder: &Path, before: &str, after: &str) {
    let ships = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    let mut folders = vec![ships.clone()];
    let mut changed = 0;
    while let Some(from) = folders.pop() {
        let to = folder.join(from.strip_prefix(&ships).unwrap());
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(&from).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let text = std::fs::read_to_string(entry.path()).unwrap();
            changed += text.matches(before).count();
            std::fs::write(to.join(entry.file_name()), text.replace(before, after)).unwrap();
        }
    }
    assert_eq!(changed, 1, "the sentence stands in one place");
}

#[tokio::test]
async fn a_text_that_line_refuses_goes_out_corrected_on_the_same_day_to_whoever_has_not_had_it() {
    const BEFORE: &str = "冷蔵庫に紙を一枚はって";
    const AFTER: &str = "冷蔵庫に紙を1枚はって";
    let stage = Stage::at("2026-11-22 09:00").await;
    let bot = stage.by_hand().await;
    let store = bot.app.store();
    // The thirtieth day of some, of which LINE refuses the text, and another day of others.
    let spoilt = settle_in_with(store, &stage.line, 9, ("2026-10-25", "2026-11-23 08:00")).await;
    let fine = settle_in(store, &stage.line, 9, "2026-11-23 08:00").await;
    stage.line.faults().on(On::Push).always(FaultKind::BadRequest400(Only::Containing(BEFORE.to_owned())));
    bot.app.advance_to(&stage.clock, crate::support::time("2026-11-23 10:00")).await.unwrap();
    let mut expected = fine;
    expected.sort();
    assert_eq!(reached(&stage.line), expected);
    let tried = pushes(&stage.line).len();
    bot.leave().await;

    // With the same text a start changes nothing but that it is tried once more; it is soon withdrawn again.
    let bot = stage.by_hand().await;
    bot.settle().await;
    assert_eq!(reached(&stage.line), expected);
    assert!(pushes(&stage.line).len() <= tried + 9);
    bot.leave().await;

    let folder = stage.folder().join("content");
    corrected(&folder, BEFORE, AFTER);
    let bot = stage.by_hand_with(&[("CONTENT_DIR", &folder.display().to_string())]).await;
    bot.app.advance_to(&stage.clock, crate::support::time("2026-11-23 12:00")).await.unwrap();
    expected.extend(spoilt.clone());
    expected.sort();
    assert_eq!(reached(&stage.line), expected, "everybody once");
    for user in &spoilt {
        let [push] = stage.line.pushes_to(user).try_into().unwrap();
        assert!(push.messages.iter().any(|message| message.to_string().contains(AFTER)));
    }
    bot.leave().await;
}
