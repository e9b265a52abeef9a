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

/// An old button, tapped before a loss and told after it, began the letters again.
/// `stories::arrivals::a_return_that_is_decided_after_the_loss_that_followed_it_brings_nothing_back`.
#[test]
fn nothing_that_was_tapped_before_a_loss_brings_its_letters_back() {
    holds(71);
}

/// An answer left after midnight and said the day before.
/// `stories::answers::an_answer_that_leaves_after_midnight_brings_no_text_of_the_day_before`.
#[test]
fn an_answer_after_midnight_says_nothing_of_yesterday() {
    holds(777);
}

/// What was read in an answer was pushed all the same, since it was in doubt.
/// `stories::answers::a_days_message_in_doubt_that_is_read_in_an_answer_is_not_pushed_again`.
#[test]
fn what_was_in_doubt_and_is_read_in_an_answer_is_not_pushed() {
    holds(767);
}

/// LINE, simulated, answered with a status that there is not.
#[test]
fn two_faults_at_once_are_one() {
    holds(418);
}

/// The judge did not know that a wish for letters may be told late, after trouble.
#[test]
fn a_morning_after_a_late_return_has_waited_for_nobody() {
    holds(111);
}

/// The judge did not know that 「まちがえました」 takes a stop back.
#[test]
fn a_stop_that_is_called_a_mistake_is_taken_back() {
    holds(546);
}

/// The judge did not know that the day of a registration at night is in doubt with its answer.
#[test]
fn a_day_that_is_given_at_night_is_in_doubt_with_its_answer() {
    holds(156);
}

/// The judge did not know that a day may have passed before a wish for letters was told.
#[test]
fn a_day_that_was_over_when_a_late_return_came_has_lapsed() {
    holds(1117);
}

/// 「停止」 was said once more, and an older 「もどす」 that came after it began the letters again.
/// `stories::arrivals::a_return_that_is_decided_after_a_stop_was_said_once_more_brings_nothing_back`.
#[test]
fn nothing_that_was_tapped_before_the_last_stop_brings_letters_back() {
    holds(516);
}

/// The day was asked for twice, shown in the second answer, and pushed because the first had not left.
/// `stories::answers::a_days_message_that_is_asked_for_twice_is_read_in_whichever_answer_leaves`.
#[test]
fn a_day_that_the_second_answer_shows_is_not_pushed_for_the_first() {
    holds(733);
}

/// As 733, the other way round: the first answer showed it, and the second never left.
#[test]
fn a_day_that_the_first_answer_shows_is_not_pushed_for_the_second() {
    holds(6123);
}

/// The judge did not know that the block of a stranger is not written down.
#[test]
fn a_stranger_who_blocks_is_not_kept_for_it() {
    holds(275);
}

/// The judge did not know that the letters of one begin again when another of the family takes a loss back.
#[test]
fn a_day_that_another_of_the_family_brought_back_has_its_reason() {
    holds(627);
}

/// The judge did not know that a week of rest may reach the first quiet day.
#[test]
fn a_rest_that_reaches_the_quiet_days_is_kept() {
    holds(1712);
}

/// 「停止」 was said after another of the family had told a loss; the loss was taken back, and letters came.
/// `stories::invitation::whoever_says_stop_after_the_others_told_a_loss_stays_stopped_when_it_is_taken_back`.
#[test]
fn a_stop_that_was_said_over_the_familys_loss_outlives_it() {
    holds(7426);
}

/// The judge did not know that a return at night that LINE told late, and that later words had overtaken, has no
/// answer in which the day could travel.
#[test]
fn a_return_at_night_that_was_overtaken_brings_no_day() {
    holds(9037);
    holds(9707);
}

/// The judge did not know that a family that came from another account of LINE had its days there.
#[test]
fn a_family_had_its_days_where_it_was() {
    holds(9527);
}
