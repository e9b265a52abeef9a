//! Everything that is read keeps its promises, whatever it is: every case that somebody thought of or that
//! fuzzing found (`tests/fuzz/cases`), and thousands of mutations of them.

#[path = "../fuzz/promises/mod.rs"]
mod promises;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};

/// What may happen to a case.
#[derive(Debug, Clone)]
enum Mutation {
    Change {
        at: Index,
        byte: u8,
    },
    Insert {
        at: Index,
        bytes: Vec<u8>,
    },
    Remove {
        from: Index,
        bytes: usize,
    },
    Repeat {
        from: Index,
        bytes: usize,
        times: usize,
    },
    /// The rest is that of another case.
    Cross {
        at: Index,
        other: Index,
        from: Index,
    },
}

fn cases(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/cases").join(target);
    let files = fs::read_dir(&folder).expect("every target has cases").map(|entry| entry.expect("a file").path());
    files.map(|file| fs::read(file).expect("a case can be read")).collect()
}

/// Pieces that mean something to one reader or another.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<&[u8]> = vec![
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b"\\",
        b"\\ud83d",
        b"\\u0000",
        b",",
        b":",
        b"|",
        b"\n",
        b"\r\n",
        b"\0",
        b"=",
        b"'''",
        b"+++\n",
        b"# ",
        b"-1",
        b"99999999999999999999",
        b"\xff",
        b"\xe5\xb9\xb4",
        b"\xef\xbc\x91",
        b"\xf0\x9f\x91\xb6",
        b"\xe2\x80\xae",
        b"null",
        b"true",
        b"s3cr3tmark",
        b"0000-00-00",
        b"R9",
        b"\xe4\xbb\xa4\xe5\x92\x8c",
    ];
    prop_oneof![3 => select(known).prop_map(<[u8]>::to_vec), 1 => prop::collection::vec(any::<u8>(), 1..6)]
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = any::<Index>;
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, byte)| Mutation::Change { at, byte }),
        (place(), piece()).prop_map(|(at, bytes)| Mutation::Insert { at, bytes }),
        (place(), 1..40_usize).prop_map(|(from, bytes)| Mutation::Remove { from, bytes }),
        (place(), 1..20_usize, 1..60_usize).prop_map(|(from, bytes, times)| Mutation::Repeat { from, bytes, times }),
        (place(), place(), place()).prop_map(|(at, other, from)| Mutation::Cross { at, other, from }),
    ]
}

fn mutate(mut case: Vec<u8>, mutation: &Mutation, others: &[Vec<u8>]) -> Vec<u8> {
    let place = |at: &Index, length: usize| at.index(length + 1);
    match mutation {
        Mutation::Change { at, byte } if !case.is_empty() => {
            let at = at.index(case.len());
            case[at] = *byte;
        }
        Mutation::Change { .. } => {}
        Mutation::Insert { at, bytes } => {
            let at = place(at, case.len());
            case.splice(at..at, bytes.iter().copied());
        }
        Mutation::Remove { from, bytes } => {
            let from = place(from, case.len());
            case.drain(from..(from + bytes).min(case.len()));
        }
        Mutation::Repeat { from, bytes, times } => {
            let from = place(from, case.len());
            let again = case[from..(from + bytes).min(case.len())].repeat(*times);
            case.splice(from..from, again);
        }
        Mutation::Cross { at, other, from } => {
            let other = &others[other.index(others.len())];
            case.truncate(place(at, case.len()));
            case.extend_from_slice(&other[place(from, other.len())..]);
        }
    }
    case
}

/// Every case as it is, and as many mutations; twenty times as many where the run takes its time.
fn hold(target: &str, mutations: u32, holds: fn(&[u8])) {
    let cases = cases(target);
    assert!(cases.len() >= 5, "{target} has cases");
    cases.iter().for_each(|case| holds(case));
    let long = std::env::var("HAGUKUMI_TEST_LONG").is_ok_and(|value| value == "1");
    let config =
        Config { cases: if long { mutations * 20 } else { mutations }, failure_persistence: None, ..Config::default() };
    let mutated = (any::<Index>(), prop::collection::vec(mutation(), 1..5));
    let done = TestRunner::new(config).run(&mutated, |(case, mutations)| {
        let case = cases[case.index(cases.len())].clone();
        let case = mutations.iter().fold(case, |case, mutation| mutate(case, mutation, &cases));
        if std::panic::catch_unwind(|| holds(&case)).is_err() {
            return Err(TestCaseError::fail(format!("{:?}", String::from_utf8_lossy(&case))));
        }
        Ok(())
    });
    done.unwrap_or_else(|failure| panic!("{target}: {failure}"));
}

#[test]
fn a_webhook_is_read_or_put_aside_and_no_event_costs_its_neighbours() {
    hold("webhook", 3_000, promises::webhook::holds);
}

#[test]
fn a_text_is_read_as_what_can_be_meant_and_a_date_reads_back() {
    hold("text", 3_000, promises::text::holds);
}

#[test]
fn a_postback_that_is_read_was_written_by_us() {
    hold("postback", 5_000, promises::postback::holds);
}

#[test]
fn a_file_of_the_content_becomes_texts_or_findings_that_can_be_opened() {
    hold("content", 60, promises::content::holds);
}

#[test]
fn settings_are_read_or_refused_at_their_place_and_no_secret_is_repeated() {
    hold("settings", 3_000, promises::settings::holds);
}
