//! Expressions of licences (SPDX): which of them a list of licences allows.

use std::collections::BTreeSet;

/// Whether the expression can be met with these licences alone; an expression that cannot be read cannot.
pub fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut rest: Vec<&str> = spaced.split_whitespace().rev().collect();
    any_of(&mut rest, allowed).unwrap_or(false) && rest.is_empty()
}

fn any_of(rest: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Option<bool> {
    let mut met = all_of(rest, allowed)?;
    while next_is(rest, "OR") {
        met |= all_of(rest, allowed)?;
    }
    Some(met)
}

fn all_of(rest: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Option<bool> {
    let mut met = one(rest, allowed)?;
    while next_is(rest, "AND") {
        met &= one(rest, allowed)?;
    }
    Some(met)
}

fn one(rest: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Option<bool> {
    match rest.pop()? {
        "(" => any_of(rest, allowed).filter(|_| next_is(rest, ")")),
        ")" | "AND" | "OR" | "WITH" => None,
        id if next_is(rest, "WITH") => Some(allowed.contains(&format!("{id} WITH {}", rest.pop()?))),
        id => Some(allowed.contains(id)),
    }
}

fn next_is(rest: &mut Vec<&str>, word: &str) -> bool {
    rest.pop_if(|next| *next == word).is_some()
}
