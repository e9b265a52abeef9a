//! Seeds that once failed, with what each of them found. What was mended has a story of its own too, since
//! a seed tells another tale as soon as the simulation learns something new.

use crate::run;

/// Runs a seed that once failed.
#[track_caller]
fn holds(seed: u64) {
    let outcome = run::seed(seed, false);
    assert!(outcome.found.is_empty(), "seed {seed}:\n{}", outcome.found.join("\n"));
}

/// LINE said of replies that the month's allowance is spent, which it never should: the same reply was
/// asked again without a wait, as fast as the machine could.
/// `stories::holds::a_reply_that_line_refuses_for_the_allowance_waits_before_it_is_tried_again`.
#[test]
fn a_reply_that_is_refused_for_the_allowance_is_not_asked_without_end() {
    holds(2);
}

/// A day's message that travelled in an answer was pushed the moment the answer was given up, before its
/// hour. `stories::answers::a_days_message_whose_answer_never_left_at_night_waits_for_its_hour`.
#[test]
fn a_days_message_whose_answer_never_left_waits_for_its_hour() {
    holds(95);
}

/// The judge did not know that a day may end before its hour, in a reply whose answer was lost.
#[test]
fn a_day_that_was_given_in_a_reply_of_unknown_fate_has_its_reason() {
    holds(44);
}

/// The judge did not know that a return may have been kept although its 200 was lost.
#[test]
fn a_return_whose_answer_was_lost_is_a_return() {
    holds(74);
}

/// The judge did not know that a day to which somebody comes back at night travels in the answer alone.
#[test]
fn a_day_to_which_somebody_comes_back_at_night_has_its_reason() {
    holds(132);
}
