//! When an account as a whole cannot send: it is held, tried now and then with a real row, and
//! afterwards everything goes out with the keys it had.

use hagukumi::domain::delivery::State;
use hagukumi::simulator::{FaultKind, On, Only};

use crate::ledger::{attempts, keys, rows, settled, times_told};
use crate::support::{Parent, Registers, World};

const DUE: &str = "2027-03-01";
const REGISTERED: u64 = 6;

async fn families(world: &World, count: usize) -> Vec<Parent<'_>> {
    let mut families = Vec::new();
    for _ in 0..count {
        families.push(world.registered(Registers::Due, DUE, None).await);
    }
    families
}

fn all_attempts(world: &World, families: &[Parent<'_>]) -> usize {
    families.iter().map(|one| attempts(world, one).len()).sum()
}

#[track_caller]
fn assert_each_got_one(world: &World, families: &[Parent<'_>]) {
    for one in families {
        assert_eq!((one.pushes().len(), keys(&attempts(world, one)).len()), (1, 1), "pushes, and keys");
    }
}

async fn ready(world: &World) -> String {
    reqwest::get(format!("{}/readyz?verbose", world.bot_url)).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_spent_allowance_is_probed_every_ten_minutes_and_everybody_gets_their_message_after_it() {
    let world = World::at("2026-11-22 09:00").await;
    let families = families(&world, 4).await;
    world.until("2026-11-23 07:00").await;
    world.line.faults().on(On::Push).always(FaultKind::MonthlyLimit429);
    world.until("2026-11-23 10:00").await;
    assert!(ready(&world).await.contains(r#""held":"allowance""#));
    let tried = all_attempts(&world, &families);
    assert!((5..=4 + 12).contains(&tried), "{tried} requests in two hours");
    world.line.faults().clear();
    world.until("2026-11-23 10:11").await;
    assert_each_got_one(&world, &families);
    assert!(ready(&world).await.contains(r#""held":null"#));
    assert_eq!(settled(&world).await, [4 * (REGISTERED + 1), 0, 0, 0]);
}

#[tokio::test]
async fn replies_are_free_and_go_on_while_the_allowance_is_spent() {
    let world = World::at("2026-11-22 09:00").await;
    let families = families(&world, 2).await;
    world.until("2026-11-23 07:00").await;
    world.line.faults().on(On::Push).always(FaultKind::MonthlyLimit429);
    world.until("2026-11-23 08:05").await;
    let tried = all_attempts(&world, &families);
    for one in &families {
        one.says("きょうのメッセージ").await.tells("きょうから妊娠26週です。");
    }
    assert_eq!(all_attempts(&world, &families), tried, "a reply proves nothing about the allowance");
}

/// Found by the simulation: LINE was asked as fast as the machine could.
#[tokio::test]
async fn a_reply_that_line_refuses_for_the_allowance_waits_before_it_is_tried_again() {
    let world = World::at("2026-11-22 09:00").await;
    let [hana] = families(&world, 1).await.try_into().unwrap_or_else(|_| panic!("one family"));
    let before = world.line.ledger().len();
    world.line.faults().on(On::Reply).always(FaultKind::MonthlyLimit429);
    hana.says("ヘルプ").await.silence();
    assert_eq!(world.line.ledger().len(), before + 1, "requests at that moment");
    world.until("2026-11-22 09:00").await;
    world.line.faults().clear();
    hana.waits_until("2026-11-22 09:02").await.tells("できること");
    world.until("2026-11-24 12:00").await;
    assert_eq!(hana.push_times(), ["11-23 08:00", "11-24 08:00"]);
}

#[tokio::test]
async fn an_allowance_that_stays_spent_over_the_day_makes_lapsed_rows_and_no_night() {
    let world = World::at("2026-11-22 09:00").await;
    let families = families(&world, 3).await;
    world.line.set_allowance(Some(0));
    world.until("2026-11-24 07:00").await;
    world.line.set_allowance(None);
    world.until("2026-11-24 09:00").await;
    assert_eq!(settled(&world).await, [3 * (REGISTERED + 1), 0, 3, 0]);
    assert!(families.iter().all(|one| one.push_times().iter().all(|at| at.starts_with("11-24 08:"))));
}

#[tokio::test]
async fn a_stateless_token_that_line_forgot_is_asked_for_again_and_nobody_waits() {
    let world = World::with("2026-11-22 09:00", &[("CHANNEL_ACCESS_TOKEN", ""), ("CHANNEL_ID", "1000000000")]).await;
    let families = families(&world, 3).await;
    let issued = world.line.tokens_issued();
    world.until("2026-11-23 07:59").await;
    world.line.revoke_tokens();
    world.until("2026-11-23 08:30").await;
    for one in &families {
        assert_eq!(one.push_times(), ["11-23 08:00"]);
    }
    assert!(world.line.tokens_issued() - issued <= 2, "single flight, however many pushes");
}

#[tokio::test]
async fn a_long_lived_token_that_is_refused_holds_the_account_until_it_works_again() {
    let world = World::at("2026-11-22 09:00").await;
    let families = families(&world, 4).await;
    world.until("2026-11-23 07:00").await;
    world.line.faults().always(FaultKind::Unauthorized401);
    world.until("2026-11-23 09:00").await;
    assert!(ready(&world).await.contains(r#""held":"token""#));
    assert!(all_attempts(&world, &families) <= 4 + 7);
    world.line.faults().clear();
    world.until("2026-11-23 09:11").await;
    assert_each_got_one(&world, &families);
    assert_eq!(settled(&world).await, [4 * (REGISTERED + 1), 0, 0, 0]);
}

#[tokio::test]
async fn a_wall_of_refusals_for_ninety_minutes_costs_nobody_their_message() {
    let world = World::at("2026-11-22 09:00").await;
    let families = families(&world, 8).await;
    world.until("2026-11-23 07:59").await;
    world.line.faults().on(On::Push).always(FaultKind::BadRequest400(Only::All));
    world.until("2026-11-23 09:30").await;
    assert!(ready(&world).await.contains(r#""held":"wall""#));
    // Somebody chats meanwhile: an accepted reply says nothing about pushes.
    families[0].says("ヘルプ").await;
    world.until("2026-11-23 09:31").await;
    assert_eq!(rows(&world, State::Refused).await, 0);
    world.line.faults().clear();
    world.until("2026-11-23 09:50").await;
    assert_each_got_one(&world, &families);
    assert_eq!(settled(&world).await, [8 * (REGISTERED + 1) + 1, 0, 0, 0]);
}

#[tokio::test]
async fn a_wall_before_so_few_families_that_nobody_sees_it_costs_none_of_them_their_message() {
    let world = World::at("2026-11-22 09:00").await;
    let families = families(&world, 4).await;
    world.until("2026-11-23 07:59").await;
    world.line.faults().on(On::Push).always(FaultKind::BadRequest400(Only::All));
    world.until("2026-11-23 09:30").await;
    assert!(ready(&world).await.contains(r#""held":null"#));
    assert!(all_attempts(&world, &families) <= 4 * 15, "ever less often");
    world.line.faults().clear();
    world.until("2026-11-23 09:41").await;
    assert_each_got_one(&world, &families);
    assert_eq!(settled(&world).await, [4 * (REGISTERED + 1), 0, 0, 0]);
}

#[tokio::test]
async fn one_reader_whom_line_refuses_is_refused_alone() {
    let world = World::at("2026-11-22 09:00").await;
    let families = families(&world, 4).await;
    let refused = families[0].user.id().to_owned();
    world.line.faults().on(On::Push).always(FaultKind::BadRequest400(Only::To(refused)));
    world.until("2026-11-23 12:00").await;
    assert!(families[0].pushes().is_empty());
    assert!(attempts(&world, &families[0]).len() <= 2);
    assert_each_got_one(&world, &families[1..]);
    assert_eq!(settled(&world).await, [4 * REGISTERED + 3, 1, 0, 0]);
}

#[tokio::test]
async fn five_readers_whom_line_refuses_do_not_keep_the_others_waiting() {
    let world = World::at("2026-11-22 09:00").await;
    let families = families(&world, 8).await;
    // At first everything is refused, so that the account is held with all rows open.
    world.line.faults().on(On::Push).always(FaultKind::BadRequest400(Only::All));
    world.until("2026-11-23 08:05").await;
    world.line.faults().clear();
    for one in &families[..5] {
        let id = one.user.id().to_owned();
        world.line.faults().on(On::Push).always(FaultKind::BadRequest400(Only::To(id)));
    }
    world.until("2026-11-23 11:00").await;
    assert_each_got_one(&world, &families[5..]);
    world.until("2026-11-24 07:00").await;
    let [accepted, refused, lapsed, unconfirmed] = settled(&world).await;
    assert_eq!((accepted, refused + lapsed, unconfirmed), (8 * REGISTERED + 3, 5, 0));
}

#[tokio::test]
async fn a_content_that_line_refuses_for_five_readers_is_withdrawn_while_others_pass() {
    let world = World::at("2026-11-22 09:00").await;
    let spoilt = families(&world, 5).await;
    let mut fine = Vec::new();
    for _ in 0..5 {
        fine.push(world.registered(Registers::Due, "2027-04-01", None).await);
    }
    let text = "きょうから妊娠26週です".to_owned();
    world.line.faults().on(On::Push).always(FaultKind::BadRequest400(Only::Containing(text)));
    world.until("2026-11-23 12:00").await;
    assert_each_got_one(&world, &fine);
    assert_eq!(rows(&world, State::Refused).await + rows(&world, State::Lapsed).await, 5);
    assert!(ready(&world).await.contains(r#""held":null"#));
    world.line.faults().clear();
    world.until("2026-11-24 12:00").await;
    for one in &spoilt {
        assert_eq!(one.push_times(), ["11-24 08:00"], "the next day's text is another one");
    }
}

#[tokio::test]
async fn a_hold_is_lifted_although_only_stale_answers_wait_in_front() {
    let world = World::at("2026-11-22 09:00").await;
    let families = families(&world, 3).await;
    world.until("2026-11-23 07:50").await;
    world.line.faults().always(FaultKind::Unauthorized401);
    for one in &families {
        one.says("ヘルプ").await;
        one.says("ヘルプ").await;
    }
    world.until("2026-11-23 08:05").await;
    world.line.faults().clear();
    world.until("2026-11-23 08:16").await;
    for one in &families {
        assert_eq!(times_told(one, "きょうから妊娠26週です"), 1);
    }
}
