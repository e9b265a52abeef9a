//! What holds for everything that is read, whatever it is: one module an entrance, and in each a function
//! `holds` that takes any bytes and panics where a promise is broken.
//!
//! The fuzz targets beside this folder call them with bytes that find new ways through the programme; the
//! tests of the properties call them with every kept case and some thousands of mutations.

pub mod content;
pub mod postback;
pub mod settings;
pub mod text;
pub mod webhook;

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

/// Years of days that anybody alive can mean.
const YEARS: RangeInclusive<i32> = 1900..=2100;

/// A day that was read is one that can be meant.
fn is_believable(day: NaiveDate) -> bool {
    YEARS.contains(&day.year())
}

/// The bytes as text; what is none is read as far as it is one.
fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
