//! What a person does on the phone.

use serde_json::Value;

use super::super::touch::{Place, Touchable};
use super::super::user::User;

/// Carries out what the page asks for, and returns the bot's status.
pub(super) async fn carry_out(user: &User, wanted: &Value) -> Result<u16, &'static str> {
    match wanted["act"].as_str().unwrap_or_default() {
        "add_friend" => Ok(user.add_friend().await),
        "block" => Ok(user.block().await),
        "unblock" => Ok(user.unblock().await),
        "say" => say(user, wanted["text"].as_str().unwrap_or_default()).await,
        "sticker" => Ok(user.sends_sticker().await),
        "tap" => Ok(user.touch(touched(user, wanted)?).await),
        "pick" => pick(user, wanted).await,
        _ => Err("この操作はできません。"),
    }
}

async fn say(user: &User, text: &str) -> Result<u16, &'static str> {
    /// What LINE's own input takes.
    const TEXT_MAX: usize = 10_000;
    if text.trim().is_empty() || text.encode_utf16().count() > TEXT_MAX {
        return Err("この文章は送れません。");
    }
    if user.has_blocked() {
        return Err("ブロックしている間は送れません。");
    }
    Ok(user.says(text).await)
}

async fn pick(user: &User, wanted: &Value) -> Result<u16, &'static str> {
    let found = touched(user, wanted)?;
    let value = wanted["value"].as_str().unwrap_or_default();
    let (min, max) = (found.action["min"].as_str(), found.action["max"].as_str());
    let inside = min.is_none_or(|min| min <= value) && max.is_none_or(|max| value <= max);
    if found.action["type"] != "datetimepicker" || value.is_empty() || !inside {
        return Err("この日は選べません。");
    }
    Ok(user.pick(&found, value).await)
}

/// Only what can be touched now: the page might be older than the chat.
fn touched(user: &User, wanted: &Value) -> Result<Touchable, &'static str> {
    let id = || wanted["id"].as_str().unwrap_or_default().to_owned();
    let place = match wanted["place"].as_str().unwrap_or_default() {
        "message" => Place::Message(id()),
        "quick" => Place::Quick(id()),
        "menu" => Place::Menu,
        _ => return Err("この操作はできません。"),
    };
    let same = |found: &Touchable| found.place == place && found.action == wanted["action"];
    user.touchables().into_iter().find(same).ok_or("このボタンはもう使えません。")
}
