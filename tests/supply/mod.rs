//! What others wrote and we build in: which packages, under which licences, from where, and what may not
//! be among them (`deny.toml`). Nothing here needs a network.

mod bill;
mod licence;
mod packages;
mod rules;
mod tests;
