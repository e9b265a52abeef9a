//! What a conversation waits for.

use serde::{Deserialize, Serialize};

/// What we wait for. Each state carries exactly what is known in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Nothing was asked.
    #[default]
    Idle,
}
