//! What is compared with what.

pub mod content;
pub mod conversation;
pub mod country;
pub mod delivery;
pub mod intake;
pub mod overload;
pub mod pace;
pub mod peak;
pub mod recovery;
pub mod scale;
pub mod start;

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::Effort;
use crate::base::{Backend, Base, Postgres};
use crate::machine::Core;
use crate::pairs::Turn;
use crate::part::Part;
use crate::parts::{Aim, Fired, SHOTS};
use crate::people::{Town, settle};

/// Where no LINE is.
const NOWHERE: &str = "http://127.0.0.1:9";

/// What a case says when its books differ.
type Counted<T> = Result<T, String>;

/// An error unless it is so.
fn ensure(is_so: bool, what: impl FnOnce() -> String) -> Counted<()> {
    if is_so { Ok(()) } else { Err(what()) }
}

/// What the cases of a run share: databases that are made once.
pub struct Ground {
    /// How much is measured.
    pub effort: Effort,
    /// Databases of many readers; they go before their server.
    large: RefCell<Vec<Rc<Base>>>,
    postgres: OnceCell<Rc<Postgres>>,
}

impl Ground {
    /// Nothing is made yet.
    pub const fn new(effort: Effort) -> Self {
        Self { effort, large: RefCell::new(Vec::new()), postgres: OnceCell::new() }
    }

    /// A database without a table.
    fn empty(&self, backend: Backend) -> Base {
        let server = || self.postgres.get_or_init(Postgres::start);
        Base::empty(backend, (backend == Backend::Postgres).then(server))
    }

    /// A database of these accounts.
    fn settled(&self, backend: Backend, towns: &[Town]) -> Base {
        let base = self.empty(backend);
        settle(&base, towns);
        base
    }

    /// The database of many readers of one account, to a hundredth of whom a message is due; whoever uses it leaves
    /// it as it was.
    fn large(&self, backend: Backend) -> Rc<Base> {
        let made = self.large.borrow().iter().find(|base| base.backend == backend).cloned();
        made.unwrap_or_else(|| {
            let base = Rc::new(self.settled(backend, &[Town { readers: self.effort.readers, due: self.hundredth() }]));
            self.large.borrow_mut().push(Rc::clone(&base));
            base
        })
    }

    /// A hundredth of the readers.
    const fn hundredth(&self) -> usize {
        self.effort.readers / 100
    }
}

/// A webhook server of a measurement.
struct Door {
    part: Part,
    address: String,
    turns: u64,
}

impl Door {
    /// One of ours, or of the baselines, with what it is told.
    fn open(name: &str, told: &impl serde::Serialize) -> Self {
        let mut part = Part::start(Core::Measured, name, told);
        let address = part.answer("ready");
        Self { part, address, turns: 0 }
    }

    /// Webhooks for a while; what came of them, and the turn.
    fn shot_at(&mut self, aim: Aim, beside_s: &dyn Fn() -> f64) -> (Fired, Turn) {
        self.turns += 1;
        let aim = Aim { address: self.address.clone(), turn: self.turns, ..aim };
        let mut shots = Part::start(Core::Measuring, SHOTS, &aim);
        shots.until("ready");
        shots.tell("go");
        shots.until("begin");
        let before = (self.part.cpu_s(), beside_s());
        shots.until("end");
        let after = (self.part.cpu_s(), beside_s());
        let fired: Fired = shots.found("fired");
        shots.ends();
        let turn = Turn {
            work: fired.counted as f64,
            cpu_s: after.0 - before.0,
            beside_s: after.1 - before.1,
            wall_s: fired.wall_s,
        };
        (fired, turn)
    }
}
