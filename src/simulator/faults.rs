//! What goes wrong at the platform, on request.
//!
//! A fault either waits for one request ([`FaultsOn::next`]), meets every nth ([`FaultsOn::every`]) or
//! stays ([`FaultsOn::always`]). Faults that begin with *accept* wait for a request the platform
//! accepts: the message is in the chat and the retry key is used, only the answer is spoilt. All
//! others replace the request: nothing is delivered and the retry key stays unused.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// Accepted, and no answer until the client leaves.
    AcceptThenTimeout,
    /// Accepted, and the connection is reset.
    AcceptThenReset,
    /// Accepted, and answered 500 with a page of HTML.
    AcceptThen500,
    /// Accepted, and answered with this status and a page of HTML.
    AcceptThenError(u16),
    /// Accepted, answered 200, and the body ends half-way.
    TruncatedBody,
    /// Accepted, answered 200 without a body.
    EmptyBody200,
    /// Handled as always, but answered so many milliseconds later.
    Slow(u64),
    /// Not accepted; this status with a page of HTML.
    ServerError(u16),
    /// Not accepted; 429 for the rate.
    RateLimited429,
    /// Not accepted; 429 for the month's allowance.
    MonthlyLimit429,
    /// Not accepted; 401 whatever the token.
    Unauthorized401,
    /// Not accepted; 400 for those requests.
    BadRequest400(Only),
    /// Not accepted, and no answer until the client leaves.
    BlackHole,
    /// Not accepted; 409 for a key that was never used here.
    ConflictNeverSeen409,
}

/// Which requests a [`FaultKind::BadRequest400`] meets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Only {
    /// Every one.
    All,
    /// Those whose body contains this string.
    Containing(String),
    /// Those to this chat.
    To(String),
}

/// Which endpoints a fault meets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum On {
    /// Every request with a token of the channel.
    Any,
    /// Reply, push, multicast, narrowcast and broadcast.
    Send,
    /// Push.
    Push,
    /// Reply.
    Reply,
    /// Multicast.
    Multicast,
    /// Issuing of tokens.
    Token,
    /// The endpoint the ledger calls so. Not for orders from another process.
    #[serde(skip)]
    Endpoint(#[serde(skip)] &'static str),
}

impl On {
    fn meets(&self, endpoint: &str) -> bool {
        match self {
            Self::Any => endpoint != "token",
            Self::Send => matches!(endpoint, "reply" | "push" | "multicast" | "narrowcast" | "broadcast"),
            Self::Push => endpoint == "push",
            Self::Reply => endpoint == "reply",
            Self::Multicast => endpoint == "multicast",
            Self::Token => endpoint == "token",
            Self::Endpoint(name) => endpoint == *name,
        }
    }
}

enum Stay {
    Once,
    Every { nth: u64, seen: u64 },
    Always,
}

struct Fault {
    on: On,
    kind: FaultKind,
    stay: Stay,
}

/// The faults of one channel.
#[derive(Default)]
pub struct Faults {
    queue: Mutex<VecDeque<Fault>>,
}

/// The faults of one channel at some endpoints.
pub struct FaultsOn<'a> {
    faults: &'a Faults,
    on: On,
}

impl Faults {
    /// The next request, of any kind.
    pub fn next(&self, kind: FaultKind) {
        self.on(On::Any).next(kind);
    }

    /// Every request from now on, of any kind.
    pub fn always(&self, kind: FaultKind) {
        self.on(On::Any).always(kind);
    }

    /// Nothing goes wrong any more.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Only at these endpoints.
    #[must_use]
    pub fn on(&self, on: On) -> FaultsOn<'_> {
        FaultsOn { faults: self, on }
    }

    /// How many faults still wait or stay.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether nothing will go wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// The fault that replaces this request.
    pub(super) fn before(&self, endpoint: &str, request: &Facts<'_>) -> Option<FaultKind> {
        self.take(|fault| fault.on.meets(endpoint) && !spoils_the_answer(&fault.kind) && request.is_met_by(&fault.kind))
    }

    /// The fault that spoils the answer to this accepted request.
    pub(super) fn after(&self, endpoint: &str, accepted: bool) -> Option<FaultKind> {
        self.take(|fault| {
            let waits = accepted || matches!(fault.kind, FaultKind::Slow(_));
            fault.on.meets(endpoint) && spoils_the_answer(&fault.kind) && waits
        })
    }

    fn take(&self, meets: impl Fn(&Fault) -> bool) -> Option<FaultKind> {
        let mut queue = self.lock();
        for at in 0..queue.len() {
            if !meets(&queue[at]) {
                continue;
            }
            match &mut queue[at].stay {
                Stay::Once => return queue.remove(at).map(|fault| fault.kind),
                Stay::Always => return Some(queue[at].kind.clone()),
                Stay::Every { nth, seen } => {
                    *seen += 1;
                    if *seen % *nth == 0 {
                        return Some(queue[at].kind.clone());
                    }
                }
            }
        }
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Fault>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FaultsOn<'_> {
    /// The next request here.
    pub fn next(&self, kind: FaultKind) {
        self.add(kind, Stay::Once);
    }

    /// The next `n` requests here.
    pub fn times(&self, n: usize, kind: FaultKind) {
        (0..n).for_each(|_| self.next(kind.clone()));
    }

    /// Every nth request here: 5 is one in five.
    pub fn every(&self, nth: u64, kind: FaultKind) {
        self.add(kind, Stay::Every { nth: nth.max(1), seen: 0 });
    }

    /// Every request here from now on.
    pub fn always(&self, kind: FaultKind) {
        self.add(kind, Stay::Always);
    }

    /// The faults set for exactly these endpoints end.
    pub fn clear(&self) {
        self.faults.lock().retain(|fault| fault.on != self.on);
    }

    fn add(&self, kind: FaultKind, stay: Stay) {
        self.faults.lock().push_back(Fault { on: self.on.clone(), kind, stay });
    }
}

/// What a fault may look at.
pub(super) struct Facts<'a> {
    pub(super) raw: &'a [u8],
    pub(super) body: &'a Value,
    /// The chat of the reply token, if there is one.
    pub(super) reply_chat: Option<&'a str>,
}

impl Facts<'_> {
    fn is_met_by(&self, kind: &FaultKind) -> bool {
        match kind {
            FaultKind::BadRequest400(Only::Containing(what)) => self.contains(what),
            FaultKind::BadRequest400(Only::To(chat)) => self.is_to(chat),
            _ => true,
        }
    }

    fn contains(&self, what: &str) -> bool {
        // Also in the text as a reader sees it, should the bot have escaped it.
        String::from_utf8_lossy(self.raw).contains(what) || self.body.to_string().contains(what)
    }

    fn is_to(&self, chat: &str) -> bool {
        let to = &self.body["to"];
        to == chat
            || self.reply_chat == Some(chat)
            || to.as_array().is_some_and(|all| all.iter().any(|one| one == chat))
    }
}

fn spoils_the_answer(kind: &FaultKind) -> bool {
    use FaultKind::*;
    match kind {
        AcceptThenTimeout | AcceptThenReset | AcceptThen500 | AcceptThenError(_) => true,
        TruncatedBody | EmptyBody200 | Slow(_) => true,
        ServerError(_) | RateLimited429 | MonthlyLimit429 | Unauthorized401 => false,
        BadRequest400(_) | BlackHole | ConflictNeverSeen409 => false,
    }
}
