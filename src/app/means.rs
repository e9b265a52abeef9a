//! What a server is opened with beside its settings.

use std::sync::Arc;

use crate::domain::library::Library;
use crate::line::client::Limits;
use crate::line::road::Road;
use crate::store::strain::Strain;

/// Limits for requests to LINE, and what stands in for the world outside in a simulation. The default is
/// a server's: the network, a database that nobody strains, LINE's pace, and texts read from their files.
#[derive(Clone, Default)]
pub struct Means {
    /// For requests to LINE.
    pub limits: Limits,
    /// A simulation's world.
    pub simulated: Option<Simulated>,
}

/// The world of a simulation: no network, no pace, and texts that were read once.
#[derive(Clone)]
pub struct Simulated {
    /// The way to LINE.
    pub road: Arc<dyn Road>,
    /// What goes wrong with the database.
    pub strain: Arc<dyn Strain>,
    /// The texts of every account.
    pub library: Arc<Library>,
}

impl From<Limits> for Means {
    fn from(limits: Limits) -> Self {
        Self { limits, simulated: None }
    }
}
