//! The shipped inbox, plan, send and reap over virtual time, with faults drawn from a seed.
//!
//! A *seed* decides everything: who comes and when, what they do, what fails. The same seed is the same
//! history, so that what fails once fails again. There are no sockets, no pace and no waiting: LINE is the
//! simulator as a function, time is a number, and the database is a file in memory.

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "stories need more of it")]
mod support;

mod dice;
mod family;
mod page;
mod place;
mod run;
mod seeds;
mod verdict;
mod weather;
mod week;

/// Set for the long run of everything.
const LONG: &str = "HAGUKUMI_TEST_LONG";
/// The seed that [`one_seed`] runs.
const SEED: &str = "HAGUKUMI_TEST_SEED";
/// Another number of seeds, and where they begin.
const SEEDS: &str = "HAGUKUMI_TEST_SEEDS";

/// Seeds of the normal run and of the long one.
fn seeds() -> std::ops::Range<u64> {
    let long = std::env::var_os(LONG).is_some();
    let usual = 0..if long { 10_000 } else { 200 };
    let Ok(given) = std::env::var(SEEDS) else { return usual };
    let (from, to) = given.split_once("..").expect("seeds are given as FROM..TO");
    from.parse().expect("a number")..to.parse().expect("a number")
}

#[test]
fn whatever_the_seed_nothing_is_lost_and_nothing_comes_twice() {
    let seeds = seeds();
    let (failed, sums) = run::all(seeds.clone());
    eprintln!("{seeds:?}: {sums:?}");
    assert!(failed.is_empty(), "{} of {} seeds failed: {failed:?}", failed.len(), sums.seeds);
    assert_eq!(sums.seeds, seeds.end - seeds.start, "every seed was run");
    assert!(sums.pushes > 0 && sums.counts.crashes > 0 && sums.failed > 0, "something happened");
}

#[test]
fn one_seed() {
    let seed = std::env::var(SEED).map_or(1, |seed| seed.parse().expect("a seed is a number"));
    let outcome = run::seed(seed, false);
    if !outcome.found.is_empty() {
        eprintln!("{}", outcome.log);
    }
    assert!(outcome.found.is_empty(), "seed {seed}:\n{}", outcome.found.join("\n"));
}

#[test]
fn the_same_seed_is_the_same_history() {
    for seed in [0, 1, 3, 8] {
        let (first, second) = (run::seed(seed, true).transcript, run::seed(seed, true).transcript);
        let differs = first.iter().zip(&second).find(|(one, other)| one != other);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(first.len(), second.len(), "seed {seed}");
        assert!(first.len() > 20, "seed {seed} has a history");
    }
}
