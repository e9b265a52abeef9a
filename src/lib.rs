//! hagukumi (はぐくみ): a server that lets a municipality's LINE account accompany a family from
//! week 4 of pregnancy to the third birthday.
//!
//! **Decide purely, commit once, then act.** Nothing points back; whatever a crash interrupts is
//! found again from the database alone.

pub mod domain;
pub mod simulator;
