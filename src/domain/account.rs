//! One account as every room sees it: its id, its hours, its texts.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta};

use super::calendar;
use super::ids::AccountId;
use super::library::Library;
use super::programme::plan::Hours;

/// One LINE official account of one municipality, clinic or company.
#[derive(Debug, Clone)]
pub struct Account {
    /// Ours.
    pub id: AccountId,
    /// `main`, `aoba`, … as in the address of its webhook.
    pub slug: String,
    /// Where its civil days begin and end.
    pub zone: FixedOffset,
    /// Its times of day.
    pub hours: Hours,
    /// LINE's id of the bot, once it is known; shared by everybody who holds the account.
    pub bot_user_id: Arc<OnceLock<String>>,
    /// Its texts.
    pub library: Arc<Library>,
    /// Whether its readers have a menu under the chat, which texts then name; shared like the bot's id.
    pub has_menu: Arc<AtomicBool>,
    /// Address of its page on personal data, when the server has a public `https` address.
    pub privacy_url: Option<String>,
}

impl Account {
    /// The account's civil time at an instant in milliseconds since 1970.
    #[must_use]
    pub fn civil(&self, ms: i64) -> NaiveDateTime {
        calendar::civil(DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH), self.zone)
    }

    /// The instant of a civil time of the account, in milliseconds since 1970.
    #[must_use]
    pub fn ms(&self, civil: NaiveDateTime) -> i64 {
        calendar::instant(civil, self.zone).timestamp_millis()
    }

    /// When the sending window of a civil day closes.
    #[must_use]
    pub fn closing(&self, day: NaiveDate) -> NaiveDateTime {
        day.and_hms_opt(0, 0, 0).expect("every day has a midnight") + TimeDelta::minutes(i64::from(self.hours.closes))
    }
}
