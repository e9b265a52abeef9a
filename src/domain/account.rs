//! One account as every room sees it: its id, its hours, its texts.

use std::sync::Arc;

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
    /// Its times of day.
    pub hours: Hours,
    /// Its texts.
    pub library: Arc<Library>,
    /// Address of its page on personal data, when the server has a public `https` address.
    pub privacy_url: Option<String>,
}
