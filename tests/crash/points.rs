//! Every point, and the course that reaches it.

use hagukumi::fail::Point;

use crate::day::{AFTER_THE_LEASE, Expects, JUST_BEFORE};
use crate::matrix::{Course, half_way, run};

/// As late again.
const AFTER_THE_NEXT: &str = "2026-11-23 08:05:00";
/// When the window of the day has closed.
const AT_NIGHT: &str = "2026-11-23 21:05:00";
/// The morning after, when a draft has waited long enough.
const A_DAY_LATER: &str = "2026-11-24 07:59:58";
const A_LITTLE_LATER: &str = "2026-11-24 08:02:00";

macro_rules! points {
    ($($name:ident: $point:ident, [$($before:expr),*] @ $start:expr, back at $returns:expr, $expects:ident;)*) => {
        /// The points of the table.
        const TABLE: &[Point] = &[$(Point::$point),*];

        $(
            #[tokio::test]
            async fn $name() {
                const DEATHS: &[(Point, &str)] = &[$($before,)* (Point::$point, $start)];
                run(stringify!($name), &Course { deaths: DEATHS, returns: $returns, expects: Expects::$expects }).await;
            }
        )*
    };
}

points! {
    a1_killed_before_anything_is_kept: A1, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    a2_killed_before_the_events_are_committed: A2, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    a3_killed_before_the_200: A3, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    a4_killed_right_after_the_200: A4, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    b1_killed_with_an_event_in_hand: B1, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    b2_killed_before_a_decision_is_committed: B2, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    b3_killed_before_the_index_hears_of_a_decision: B3, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    t1_killed_before_a_wait_is_handed_on: T1, [] @ A_DAY_LATER, back at A_LITTLE_LATER, Draft;
    t2_killed_after_a_wait_was_handed_on: T2, [] @ A_DAY_LATER, back at A_LITTLE_LATER, Draft;
    c1_killed_with_due_readers_lent_by_the_index: C1, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    c2_killed_before_a_plan_is_committed: C2, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    c3_killed_before_the_index_hears_of_a_plan: C3, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    d1_killed_before_a_push_leaves: D1, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    d3_killed_with_lines_answer_to_a_push_unread: D3, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    d4_killed_with_lines_answer_to_a_push_unwritten: D4, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    d5_killed_before_what_became_of_a_push_is_committed: D5, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    d6_killed_after_what_became_of_a_push_was_committed: D6, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    e0_killed_before_an_answer_is_leased: E0, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    e1_killed_before_an_answer_leaves: E1, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    e2_killed_with_lines_answer_to_a_reply_unread: E2, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    e3_killed_with_lines_answer_to_a_reply_unwritten: E3, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    e4_killed_before_what_became_of_a_reply_is_committed: E4, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    e5_killed_after_what_became_of_a_reply_was_committed: E5, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
    r1_killed_while_taking_over_from_the_dead: R1, [(Point::D3, JUST_BEFORE)] @ AFTER_THE_LEASE, back at AFTER_THE_NEXT, Mornings;
    r2_killed_before_what_was_taken_over_leaves: R2, [(Point::D3, JUST_BEFORE)] @ AFTER_THE_LEASE, back at AFTER_THE_NEXT, Mornings;
    r3_killed_while_ending_what_the_night_has_overtaken: R3, [(Point::D1, JUST_BEFORE)] @ AT_NIGHT, back at AT_NIGHT, NoMorning;
    x1_killed_while_the_index_is_made_again: X1, [] @ JUST_BEFORE, back at AFTER_THE_LEASE, Mornings;
}

#[tokio::test]
async fn d2_killed_with_half_of_a_push_at_line() {
    half_way("/message/push").await;
}

#[tokio::test]
async fn d2_killed_with_half_of_a_reply_at_line() {
    half_way("/message/reply").await;
}

#[test]
fn every_point_is_in_the_table_once() {
    assert!(Point::ALL.iter().all(|point| TABLE.iter().filter(|one| *one == point).count() == 1));
    assert_eq!(TABLE.len(), Point::ALL.len());
}
