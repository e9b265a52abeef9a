//! What a phone shows.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Simulator;
use super::super::user::User;
use super::super::world::{Bubble, Speaker, Via};

/// What the page asks with.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The person's key.
    pub(super) user: String,
    /// The version the page has seen.
    pub(super) version: Option<u64>,
    /// How many bubbles the page has.
    #[serde(default)]
    pub(super) from: usize,
}

/// The bubbles from number `from` on, and everything around them.
pub(super) fn of(simulator: &Simulator, user: &User, version: u64, from: usize) -> Value {
    let chat = user.chat();
    let channel = user.channel();
    let menu = user.rich_menu().map(|menu| with_picture(user, menu));
    json!({
        "version": version,
        "now_ms": simulator.now_ms(),
        "name": channel.options().display_name,
        "friend": user.is_friend(),
        "blocked": user.has_blocked(),
        "loading": user.sees_loading(),
        "clock": simulator.clock_hook().is_some(),
        "forward": simulator.progress(),
        "count": chat.len(),
        "bubbles": chat.iter().skip(from).map(bubble).collect::<Vec<_>>(),
        "unsent": chat.iter().filter(|bubble| bubble.unsent).map(|bubble| &bubble.id).collect::<Vec<_>>(),
        "quick": quick(&chat),
        "menu": menu,
    })
}

fn bubble(bubble: &Bubble) -> Value {
    let via = match bubble.via {
        Via::Said => "said",
        Via::Reply => "reply",
        Via::Push => "push",
        Via::Multicast => "multicast",
    };
    json!({
        "id": bubble.id,
        "from": if bubble.from == Speaker::Bot { "bot" } else { "user" },
        "at_ms": bubble.at_ms,
        "via": via,
        "message": bubble.message,
    })
}

fn quick(chat: &[Bubble]) -> Value {
    match super::super::touch::quick_replies(chat) {
        Some((id, items)) => json!({ "id": id, "items": items }),
        None => Value::Null,
    }
}

fn with_picture(user: &User, mut menu: Value) -> Value {
    let id = menu["richMenuId"].as_str().unwrap_or_default();
    menu["picture"] = format!("/phone/api/{}/menu/{id}", user.channel().slug()).into();
    menu
}
