//! Seeds that once failed, with what each of them found.

use crate::run;

/// Runs a seed that once failed.
#[track_caller]
fn holds(seed: u64) {
    let outcome = run::seed(seed, false);
    assert!(outcome.found.is_empty(), "seed {seed}:\n{}", outcome.found.join("\n"));
}

/// LINE said of replies that the month's allowance is spent, which it never should: the same reply was
/// asked again without a wait, as fast as the machine could.
#[test]
fn a_reply_that_is_refused_for_the_allowance_is_not_asked_without_end() {
    holds(2);
}
