//! What holds for every date, every order, every whim and every weather.

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "stories need more of it")]
mod support;

mod days;
mod family;
mod inputs;
mod order;
mod series;
mod silence;
mod town;
mod weather;
