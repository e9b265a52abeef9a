//! Answers: free while the reply token lives, said by push when they are still the last word, and the
//! day's message never twice.

use chrono::TimeDelta;
use hagukumi::clock::Clock as _;
use hagukumi::domain::delivery::State;
use hagukumi::simulator::{FaultKind, On, Only};

use crate::ledger::{attempts, rows, settled, times_told};
use crate::support::{Parent, Registers, World};

/// Opens the day's message.
const TODAY: &str = "きょうは妊娠25週6日です";
/// As of the next day.
const TOMORROW: &str = "きょうから妊娠26週です";

/// A family one tap before the end of its registration.
async fn nearly_registered(world: &World) -> Parent<'_> {
    let hana = world.somebody();
    hana.adds_the_account().await;
    hana.taps("同意して登録する").await;
    hana.picks("出産予定日をえらぶ", "2027-03-01").await;
    hana.taps("つけない").await;
    hana
}

/// The bot keeps what arrives and gets round to it only so many seconds later.
async fn late(world: &World, seconds: i64) {
    world.clock.advance_to(world.clock.now() + TimeDelta::seconds(seconds));
    world.settle().await;
}

#[tokio::test]
async fn an_answer_whose_token_has_expired_is_pushed_with_the_days_message_once() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = nearly_registered(&world).await;
    assert_eq!(hana.user.taps("登録する").await, 200);
    late(&world, 90).await;
    assert_eq!((hana.pushes().len(), times_told(&hana, TODAY)), (1, 1));
    world.until("2026-11-22 20:00").await;
    assert_eq!((hana.pushes().len(), times_told(&hana, TODAY)), (1, 1));
    assert_eq!(settled(&world).await, [6, 0, 0, 0]);
}

#[tokio::test]
async fn a_reply_that_line_took_without_saying_so_shows_the_days_message_once() {
    for fault in [FaultKind::AcceptThenTimeout, FaultKind::AcceptThen500] {
        let world = World::impatient("2026-11-22 09:00").await;
        let hana = nearly_registered(&world).await;
        world.line.faults().on(On::Reply).next(fault.clone());
        hana.taps("登録する").await;
        world.until("2026-11-22 20:00").await;
        assert_eq!(times_told(&hana, TODAY), 1, "{fault:?}");
        assert_eq!(hana.pushes().len(), 1, "the words alone go by push: {fault:?}");
        assert!(!hana.pushes()[0].messages.iter().any(|message| message.to_string().contains(TODAY)), "{fault:?}");
        assert_eq!(rows(&world, State::Unconfirmed).await, 1, "the day's row is in doubt, and stays so: {fault:?}");
    }
}

#[tokio::test]
async fn a_reply_that_failed_for_certain_is_tried_again_for_free() {
    for fault in [FaultKind::ServerError(503), FaultKind::RateLimited429, FaultKind::BlackHole] {
        let world = World::impatient("2026-11-22 09:00").await;
        let hana = nearly_registered(&world).await;
        world.line.faults().on(On::Reply).next(fault.clone());
        hana.taps("登録する").await;
        world.until("2026-11-22 09:05").await;
        assert_eq!((hana.pushes().len(), times_told(&hana, TODAY)), (0, 1), "{fault:?}");
        assert_eq!(settled(&world).await, [6, 0, 0, 0], "{fault:?}");
    }
}

#[tokio::test]
async fn of_several_late_answers_only_the_last_word_is_said() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = nearly_registered(&world).await;
    hana.taps("登録する").await;
    for text in ["ヘルプ", "ヘルプ", "停止"] {
        assert_eq!(hana.user.says(text).await, 200);
    }
    late(&world, 120).await;
    assert_eq!(hana.pushes().len(), 1);
    assert!(hana.last_word().contains("お届けを止めました"), "{}", hana.last_word());
}

/// A text about a child must not follow its loss, nor any letter a stop, whatever made an answer wait.
#[tokio::test]
async fn an_answer_that_is_tried_again_after_a_loss_or_a_stop_shows_no_text_about_the_child() {
    for sad in ["流産しました", "停止"] {
        for again in [false, true] {
            let world = World::at("2026-11-22 09:00").await;
            let hana = nearly_registered(&world).await;
            if again {
                hana.taps("登録する").await.tells(TODAY);
            }
            let before = times_told(&hana, TODAY);
            world.line.faults().on(On::Reply).next(FaultKind::ServerError(503));
            if again {
                hana.says("今日").await;
            } else {
                hana.taps("登録する").await;
            }
            hana.says(sad).await;
            assert_eq!(rows(&world, State::Waiting).await, 1, "the answer before it is tried again");
            world.until("2026-11-22 20:00").await;
            assert_eq!(times_told(&hana, TODAY), before, "{sad}, again: {again}");
            world.until("2026-11-24 09:00").await;
            assert!(attempts(&world, &hana).is_empty());
        }
    }
}

#[tokio::test]
async fn an_answer_nobody_waits_for_any_more_is_not_pushed() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = nearly_registered(&world).await;
    hana.taps("登録する").await;
    assert_eq!(hana.user.says("ヘルプ").await, 200);
    world.passes_without_the_server("2026-11-22 11:30");
    world.settle().await;
    assert!(attempts(&world, &hana).is_empty(), "two and a half hours later nobody waits");
    assert_eq!(rows(&world, State::Lapsed).await, 1);
}

#[tokio::test]
async fn what_a_family_did_while_the_server_was_away_is_decided_and_the_day_is_not_lost() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = nearly_registered(&world).await;
    assert_eq!(hana.user.taps("登録する").await, 200);
    world.passes_without_the_server("2026-11-22 12:00");
    world.settle().await;
    assert_eq!(times_told(&hana, TODAY), 1, "the day's message comes by itself");
    assert_eq!(hana.pushes().len(), 1);
    world.until("2026-11-23 09:00").await;
    assert_eq!(hana.pushes().len(), 2);
}

/// Found by the simulation: it was pushed the moment the answer was given up.
#[tokio::test]
async fn a_days_message_whose_answer_never_left_at_night_waits_for_its_hour() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    world.until("2026-11-23 03:00").await;
    world.line_goes_away().await;
    hana.says("きょうのメッセージ").await.silence();
    world.until("2026-11-23 04:30").await;
    world.line_comes_back().await;
    world.until("2026-11-23 07:59").await;
    assert_eq!(hana.push_times(), [""; 0]);
    world.until("2026-11-24 12:00").await;
    assert_eq!(hana.push_times(), ["11-23 08:00", "11-24 08:00"]);
}

/// Found by the simulation: it was read for free, and pushed all the same.
#[tokio::test]
async fn a_days_message_that_waits_to_be_pushed_and_is_asked_for_is_not_pushed_any_more() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    world.until("2026-11-23 07:59").await;
    world.line.faults().on(On::Push).always(FaultKind::MonthlyLimit429);
    world.until("2026-11-23 08:01").await;
    hana.says("きょうのメッセージ").await;
    assert_eq!((hana.pushes().len(), times_told(&hana, TOMORROW)), (0, 1));
    world.line.faults().clear();
    world.until("2026-11-24 12:00").await;
    assert_eq!((hana.push_times(), times_told(&hana, TOMORROW)), (vec!["11-24 08:00".to_owned()], 1));
    assert_eq!(settled(&world).await[1..], [0, 0, 0]);
}

#[tokio::test]
async fn a_days_message_that_was_asked_for_in_vain_is_pushed_after_all() {
    let world = World::at("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    world.until("2026-11-23 07:59").await;
    world.line_goes_away().await;
    world.until("2026-11-23 08:01").await;
    hana.says("きょうのメッセージ").await.silence();
    world.until("2026-11-23 11:00").await;
    world.line_comes_back().await;
    world.until("2026-11-23 12:00").await;
    assert_eq!((hana.pushes().len(), times_told(&hana, TOMORROW)), (1, 1));
}

/// Found by the simulation: it came after midnight, and said yesterday's day.
#[tokio::test]
async fn an_answer_that_leaves_after_midnight_brings_no_text_of_the_day_before() {
    let world = World::at("2026-11-22 23:59").await;
    let hana = nearly_registered(&world).await;
    world.line.faults().on(On::Reply).always(FaultKind::RateLimited429);
    hana.user.taps("登録する").await;
    world.settle().await;
    world.until("2026-11-23 00:05").await;
    assert_eq!((hana.pushes().len(), times_told(&hana, TODAY)), (1, 0), "the words come");
    world.until("2026-11-23 12:00").await;
    assert_eq!((hana.pushes().len(), times_told(&hana, TOMORROW)), (2, 1));
}

#[tokio::test]
async fn a_days_message_in_doubt_that_is_read_in_an_answer_is_not_pushed_again() {
    let world = World::impatient("2026-11-22 09:00").await;
    let hana = world.registered(Registers::Due, "2027-03-01", None).await;
    world.until("2026-11-23 07:59").await;
    world.line.faults().on(On::Push).always(FaultKind::BlackHole);
    world.until("2026-11-23 08:05").await;
    hana.says("きょうのメッセージ").await;
    let tried = attempts(&world, &hana).len();
    world.line.faults().clear();
    world.until("2026-11-23 12:00").await;
    assert_eq!((attempts(&world, &hana).len(), times_told(&hana, TOMORROW)), (tried, 1));
    assert_eq!(settled(&world).await[1..], [0, 0, 0]);
}

/// Found by the simulation: one of two answers showed the day, the other never left, and the day was pushed.
#[tokio::test]
async fn a_days_message_that_is_asked_for_twice_is_read_in_whichever_answer_leaves() {
    for first_fails in [true, false] {
        let world = World::at("2026-11-22 09:00").await;
        let hana = world.registered(Registers::Due, "2027-03-01", None).await;
        world.until("2026-11-23 07:59").await;
        world.line.faults().on(On::Push).always(FaultKind::MonthlyLimit429);
        world.until("2026-11-23 08:01").await;
        let replies = world.line.faults().on(On::Reply);
        replies.every(2, FaultKind::BadRequest400(Only::All));
        if first_fails {
            // One goes before, so that the next is the second.
            hana.says("ヘルプ").await;
        }
        for _ in 0..2 {
            assert_eq!(hana.user.says("きょうのメッセージ").await, 200);
        }
        world.settle().await;
        assert_eq!(times_told(&hana, TOMORROW), 1, "first_fails: {first_fails}");
        world.line.faults().clear();
        world.until("2026-11-23 12:00").await;
        assert_eq!((hana.pushes().len(), times_told(&hana, TOMORROW)), (0, 1), "first_fails: {first_fails}");
    }
}
