//! Content is read whole, and every mistake is said with its place.

pub(crate) mod folder;
mod garbage;
mod judged;
mod mistakes;
mod planned;
mod served;
