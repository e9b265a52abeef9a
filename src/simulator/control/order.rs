//! What can be told to a channel and played for a person.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::channel::Channel;
use super::super::faults::{FaultKind, On};
use super::super::rate::Rate;
use super::super::user::User;
use super::super::webhook::Release;

/// Something told to a channel. In JSON `"new_user"` or `{"webhooks": ["http://127.0.0.1:8080/webhook"]}`;
/// the answer is `{}` where nothing else is said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Somebody who has LINE and has not met the bot: `{"user": id}`.
    NewUser,
    /// So many people who are friends already, of whom the bot is told nothing: `{"users": [id, …]}`.
    Friends(usize),
    /// Webhooks go to these addresses in turn.
    Webhooks(Vec<String>),
    /// The next so many webhooks arrive twice, unchanged.
    Twice(usize),
    /// The next so many webhooks arrive at all addresses at once.
    Everywhere(usize),
    /// Webhooks are kept back.
    Hold,
    /// Webhooks kept back leave: `{"statuses": […]}`.
    Release(Release),
    /// Webhooks that failed leave again: `{"statuses": […]}`.
    RedeliverFailed,
    /// The month's allowance of recipients; `null` is no limit.
    Allowance(Option<u64>),
    /// Another rate for an endpoint; `null` is no limit.
    Rate {
        /// As the ledger calls it.
        endpoint: String,
        /// Requests in a second.
        per_second: Option<u32>,
    },
    /// All tokens stop working.
    RevokeTokens,
    /// Something goes wrong.
    Fault {
        /// At these endpoints.
        on: On,
        /// This.
        kind: FaultKind,
        /// So often.
        stay: Stay,
    },
    /// Nothing goes wrong any more.
    NoFaults,
}

/// How often something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stay {
    /// The next so many requests.
    Next(usize),
    /// Every nth request.
    Every(u64),
    /// Every request.
    Always,
}

/// Something a person does, as on a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Deed {
    /// Adds the bot as a friend, or unblocks it.
    AddFriend,
    /// Blocks the bot.
    Block,
    /// Types this text and sends it.
    Say(String),
    /// Sends a sticker.
    Sticker,
    /// Touches the newest thing with this label.
    Tap(String),
    /// Chooses a value in the newest date picker with this label.
    Pick {
        /// Its label.
        label: String,
        /// As `2026-11-22`.
        value: String,
    },
    /// Sends this postback, whether or not a button for it can be seen.
    PostBack(String),
    /// The last event of this person arrives once more.
    Redeliver,
}

pub(super) async fn tell(channel: &Channel, order: Order) -> Value {
    match order {
        Order::NewUser => return json!({ "user": channel.new_user().id() }),
        Order::Friends(n) => return json!({ "users": (0..n).map(|_| befriended(channel)).collect::<Vec<_>>() }),
        Order::Release(how) => return json!({ "statuses": channel.release(how).await }),
        Order::RedeliverFailed => return json!({ "statuses": channel.redeliver_failed().await }),
        Order::Webhooks(urls) => channel.spread_webhooks(&urls),
        Order::Twice(n) => channel.duplicate_next_webhooks(n),
        Order::Everywhere(n) => channel.send_everywhere(n),
        Order::Hold => channel.hold_webhooks(),
        Order::Allowance(recipients) => channel.set_allowance(recipients),
        Order::Rate { endpoint, per_second } => channel.set_rate(&endpoint, per_second.map(Rate::per_second)),
        Order::RevokeTokens => channel.revoke_tokens(),
        Order::Fault { on, kind, stay } => match stay {
            Stay::Next(n) => channel.faults().on(on).times(n, kind),
            Stay::Every(nth) => channel.faults().on(on).every(nth, kind),
            Stay::Always => channel.faults().on(on).always(kind),
        },
        Order::NoFaults => channel.faults().clear(),
    }
    json!({})
}

fn befriended(channel: &Channel) -> String {
    let user = channel.new_user();
    user.befriends();
    user.id().to_owned()
}

pub(super) async fn play(user: &User, deed: Deed) -> Result<u16, String> {
    Ok(match deed {
        Deed::AddFriend => user.add_friend().await,
        Deed::Block => user.block().await,
        Deed::Say(text) => user.says(&text).await,
        Deed::Sticker => user.sends_sticker().await,
        Deed::Tap(label) => user.try_tap(&label).await?,
        Deed::Pick { label, value } => user.try_pick(&label, &value).await?,
        Deed::PostBack(data) => user.posts_back(&data).await,
        Deed::Redeliver => user.redeliver_last().await,
    })
}
