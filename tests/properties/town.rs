//! A world to which many families come, one case after the other.

use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::{Builder, Runtime};

use crate::support::World;
use crate::support::history::{Account, Reader};

/// What a case comes to.
pub type Outcome = Result<(), TestCaseError>;

/// A runtime like that of a story.
pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime needs only memory")
}

/// Runs so many cases; seeds that failed are kept beside the tests and tried first. Cases are not
/// small, so a failure is not made much smaller.
pub fn cases<S>(file: &'static str, count: u32, strategy: &S, case: impl Fn(S::Value) -> Outcome)
where
    S: Strategy,
    S::Value: Debug,
{
    let config = Config { source_file: Some(file), max_shrink_iters: 60, ..Config::with_cases(count) };
    if let Err(failure) = TestRunner::new(config).run(strategy, case) {
        panic!("{failure}");
    }
}

/// What the world's account looks like now.
pub fn account(world: &World) -> Account {
    let [account] = world.witness.history().accounts.try_into().unwrap_or_else(|_| panic!("a world has one account"));
    account
}

/// The reader with that LINE user id.
pub fn reader(account: &Account, user: &str) -> Reader {
    let found = account.readers.iter().find(|reader| reader.user == user);
    found.expect("whoever has registered is known").clone()
}
