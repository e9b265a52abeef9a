//! The rich menu under the chat: what is declared, what a reader should see, and what is still to be done.
//!
//! A *set* is what is shown in one period: a *page* for each [`Stage`] of readers, and further pages that
//! are opened by *tabs*. A page is a picture with *areas*; an area has a *label*, which is read aloud, and a
//! *meaning*, which says what a tap does and not how LINE writes it. A *version* is what was applied to an
//! account at one time: every set of the files, with the names that LINE gave to its pages.
//!
//! LINE knows neither a change nor an exchange: a page that differs in anything is another page. So a page
//! is known by its *hash*, over everything that LINE would show of it, and what LINE has is compared by that
//! ([`plan`]). Nothing here knows LINE's wire, files or pictures.

pub mod colour;
pub mod frame;
pub mod meaning;
pub mod plan;
pub mod set;
pub mod stage;
pub mod version;

pub use stage::Stage;

#[cfg(test)]
mod tests;
