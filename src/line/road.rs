//! Another way to LINE than the network.
//!
//! A simulation hands one in, so that every answer, and every way in which one can fail to come, is the
//! work of its seed and takes no time. A server never has one: its requests go by sockets (see `wire`).

use futures::future::BoxFuture;
use reqwest::{Request, StatusCode};

use super::error::{Cause, SendError};

/// Carries requests to LINE and brings what it answered.
pub trait Road: Send + Sync {
    /// Carries one request, complete with its address, headers and body.
    ///
    /// # Errors
    ///
    /// [`Lost`].
    fn carry(&self, request: Request) -> BoxFuture<'_, Result<Carried, Lost>>;
}

/// An answer on its way back.
#[derive(Debug, Clone)]
pub struct Carried {
    /// Its status.
    pub status: StatusCode,
    /// Names and values of its headers.
    pub headers: Vec<(String, String)>,
    /// Its body; `None` when it broke off.
    pub body: Option<Vec<u8>>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The request never arrived.
    NotSent,
    /// It left, and nobody knows what became of it.
    NoAnswer,
}

impl From<Lost> for SendError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::NotSent => Self::NotSent(Cause::Broken),
            Lost::NoAnswer => Self::NoAnswer(Cause::Broken),
        }
    }
}
