//! Rich menus: create, picture, default, links, aliases.
//!
//! Bulk linking, which takes LINE some seconds, is done when the answer leaves, or as much later as somebody
//! wishes (see [`super::super::Channel::slow_bulk_links`]).

use serde_json::{Value, json};

use super::super::limits::{self, Findings};
use super::super::rich_menu::{Menu, picture_size, with_id};
use super::send::is_chat_id;
use super::{Answer, Call};

/// LINE's reference, create rich menu and create alias.
const MENUS_MAX: usize = 1000;
/// LINE's reference, upload rich menu image.
const PICTURE_BYTES_MAX: usize = 1024 * 1024;
/// LINE's reference, link rich menu to multiple users.
const BULK_MAX: usize = 500;

pub(super) fn create(call: &Call<'_>) -> Answer {
    if let Some(refusal) = wrong(call) {
        return refusal;
    }
    let id = call.channel.ids().rich_menu();
    let mut world = call.channel.world();
    if world.menus.menus.len() >= MENUS_MAX {
        return Answer::error(400, "The maximum number of rich menus has been reached");
    }
    world.menus.menus.insert(id.clone(), Menu { object: call.body.clone(), picture: None });
    Answer::json(200, json!({ "richMenuId": id }))
}

pub(super) fn validate(call: &Call<'_>) -> Answer {
    wrong(call).unwrap_or_else(Answer::done)
}

fn wrong(call: &Call<'_>) -> Option<Answer> {
    let mut found = Findings::default();
    limits::rich_menu(&call.body, &mut found);
    (!found.is_empty()).then(|| Answer::json(400, found.body()))
}

pub(super) fn list(call: &Call<'_>) -> Answer {
    let world = call.channel.world();
    let all: Vec<Value> = world.menus.menus.iter().map(|(id, menu)| with_id(id, menu)).collect();
    Answer::json(200, json!({ "richmenus": all }))
}

pub(super) fn get(call: &Call<'_>) -> Answer {
    let world = call.channel.world();
    let menu = world.menus.menus.get(call.parts[0]);
    menu.map_or_else(Answer::not_found, |menu| Answer::json(200, with_id(call.parts[0], menu)))
}

pub(super) fn delete(call: &Call<'_>) -> Answer {
    let gone = call.channel.world().menus.delete(call.parts[0]);
    shown(call, if gone { Answer::done() } else { Answer::not_found() })
}

pub(super) fn upload(call: &Call<'_>) -> Answer {
    let kind = call.request.content_type.as_deref().unwrap_or_default();
    if !matches!(kind, "image/png" | "image/jpeg") {
        return Answer::error(415, &format!("The content type, {kind}, is not supported"));
    }
    let mut world = call.channel.world();
    let Some(menu) = world.menus.menus.get_mut(call.parts[0]) else { return Answer::not_found() };
    if menu.picture.is_some() {
        return Answer::error(400, "An image has already been uploaded to the richmenu");
    }
    if !is_fine_picture(call.raw()) {
        return Answer::error(400, "The image size is not allowed for richmenu");
    }
    menu.picture = Some((kind.to_owned(), call.raw().to_vec()));
    Answer::done()
}

fn is_fine_picture(bytes: &[u8]) -> bool {
    let fits = |(width, height): (u32, u32)| {
        (800..=2500).contains(&width) && height >= 250 && f64::from(width) / f64::from(height) >= 1.45
    };
    bytes.len() <= PICTURE_BYTES_MAX && picture_size(bytes).is_some_and(fits)
}

pub(super) fn download(call: &Call<'_>) -> Answer {
    let world = call.channel.world();
    let picture = world.menus.menus.get(call.parts[0]).and_then(|menu| menu.picture.clone());
    picture.map_or_else(Answer::not_found, |(kind, bytes)| Answer::bytes(200, &kind, bytes))
}

pub(super) fn get_default(call: &Call<'_>) -> Answer {
    match &call.channel.world().menus.default {
        Some(id) => Answer::json(200, json!({ "richMenuId": id })),
        None => Answer::error_with_details(404, "no default richmenu"),
    }
}

pub(super) fn set_default(call: &Call<'_>) -> Answer {
    if let Some(refusal) = not_ready(call, call.parts[0]) {
        return refusal;
    }
    call.channel.world().menus.default = Some(call.parts[0].to_owned());
    shown(call, Answer::done())
}

pub(super) fn clear_default(call: &Call<'_>) -> Answer {
    call.channel.world().menus.default = None;
    shown(call, Answer::done())
}

pub(super) fn of_user(call: &Call<'_>) -> Answer {
    if let Some(refusal) = bad_user(call.parts[0]) {
        return refusal;
    }
    let mut world = call.channel.world();
    world.menus.link_what_is_due(call.now_ms);
    match world.menus.linked.get(call.parts[0]) {
        Some(id) => Answer::json(200, json!({ "richMenuId": id })),
        None => Answer::error_with_details(404, "the user has no richmenu"),
    }
}

/// Also 200 for who is no friend; there it has no effect until they are one.
pub(super) fn link(call: &Call<'_>) -> Answer {
    if let Some(refusal) = bad_user(call.parts[0]).or_else(|| not_ready(call, call.parts[1])) {
        return refusal;
    }
    call.channel.world().menus.link(call.parts[0], call.parts[1]);
    shown(call, Answer::done())
}

pub(super) fn unlink(call: &Call<'_>) -> Answer {
    if let Some(refusal) = bad_user(call.parts[0]) {
        return refusal;
    }
    call.channel.world().menus.unlink(call.parts[0]);
    shown(call, Answer::done())
}

pub(super) fn bulk_link(call: &Call<'_>) -> Answer {
    let id = call.body["richMenuId"].as_str().unwrap_or_default();
    if let Some(refusal) = bad_menu_id(id).or_else(|| bad_users(call)) {
        return refusal;
    }
    if !call.channel.world().menus.has_picture(id) {
        return Answer::error_with_details(404, "richmenu not found");
    }
    let users: Vec<String> = users(call).into_iter().map(str::to_owned).collect();
    call.channel.world().menus.link_later(call.now_ms, users, id);
    shown(call, Answer::json(202, json!({})))
}

pub(super) fn bulk_unlink(call: &Call<'_>) -> Answer {
    if let Some(refusal) = bad_users(call) {
        return refusal;
    }
    users(call).iter().for_each(|user| call.channel.world().menus.unlink(user));
    shown(call, Answer::json(202, json!({})))
}

pub(super) fn create_alias(call: &Call<'_>) -> Answer {
    let alias = call.body["richMenuAliasId"].as_str().unwrap_or_default();
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if !(1..=32).contains(&alias.len()) || !alias.chars().all(fine) {
        let mut found = Findings::default();
        found.add("richMenuAliasId", "invalid richMenuAliasId");
        return Answer::json(400, found.body());
    }
    if call.channel.world().menus.aliases.contains_key(alias) {
        return Answer::error_with_details(400, "conflict richmenu alias id");
    }
    if call.channel.world().menus.aliases.len() >= MENUS_MAX {
        return Answer::error(400, "The maximum number of rich menu aliases has been reached");
    }
    point_alias(call, alias)
}

pub(super) fn update_alias(call: &Call<'_>) -> Answer {
    if !call.channel.world().menus.aliases.contains_key(call.parts[0]) {
        return no_alias();
    }
    point_alias(call, call.parts[0])
}

fn point_alias(call: &Call<'_>, alias: &str) -> Answer {
    let id = call.body["richMenuId"].as_str().unwrap_or_default();
    if let Some(refusal) = bad_menu_id(id) {
        return refusal;
    }
    let mut world = call.channel.world();
    if !world.menus.has_picture(id) {
        return Answer::error_with_details(400, "richmenu not found");
    }
    world.menus.aliases.insert(alias.to_owned(), id.to_owned());
    Answer::done()
}

pub(super) fn delete_alias(call: &Call<'_>) -> Answer {
    let gone = call.channel.world().menus.aliases.remove(call.parts[0]);
    gone.map_or_else(no_alias, |_| Answer::done())
}

pub(super) fn get_alias(call: &Call<'_>) -> Answer {
    let world = call.channel.world();
    let found = world.menus.aliases.get(call.parts[0]);
    found.map_or_else(no_alias, |id| Answer::json(200, alias_json(call.parts[0], id)))
}

pub(super) fn list_aliases(call: &Call<'_>) -> Answer {
    let world = call.channel.world();
    let all: Vec<Value> = world.menus.aliases.iter().map(|(alias, id)| alias_json(alias, id)).collect();
    Answer::json(200, json!({ "aliases": all }))
}

fn alias_json(alias: &str, id: &str) -> Value {
    json!({ "richMenuAliasId": alias, "richMenuId": id })
}

fn no_alias() -> Answer {
    Answer::error_with_details(404, "richmenu alias not found")
}

fn not_ready(call: &Call<'_>, id: &str) -> Option<Answer> {
    let world = call.channel.world();
    if !world.menus.menus.contains_key(id) {
        return Some(Answer::not_found());
    }
    let message = "must upload richmenu image before applying it to user";
    (!world.menus.has_picture(id)).then(|| Answer::error_with_details(400, message))
}

pub(super) fn is_menu_id(id: &str) -> bool {
    let hex = id.strip_prefix("richmenu-").unwrap_or_default();
    hex.len() == 32 && hex.chars().all(|c| c.is_ascii_hexdigit())
}

fn bad_menu_id(id: &str) -> Option<Answer> {
    if is_menu_id(id) {
        return None;
    }
    let mut found = Findings::default();
    found.add("richMenuId", "invalid richMenuId");
    Some(Answer::json(400, found.body()))
}

fn bad_user(id: &str) -> Option<Answer> {
    let fine = is_chat_id(id) && id.starts_with('U');
    (!fine).then(|| Answer::error(400, "The value for the 'userId' parameter is invalid"))
}

fn bad_users(call: &Call<'_>) -> Option<Answer> {
    let users = users(call);
    if users.is_empty() || users.len() > BULK_MAX {
        let mut found = Findings::default();
        found.add("userIds", format!("Size must be between 1 and {BULK_MAX}"));
        return Some(Answer::json(400, found.body()));
    }
    let bad = users.iter().position(|id| bad_user(id).is_some())?;
    Some(Answer::invalid_property(&format!("'userIds[{bad}]'")))
}

fn users<'a>(call: &'a Call<'_>) -> Vec<&'a str> {
    call.body["userIds"].as_array().into_iter().flatten().map(|id| id.as_str().unwrap_or_default()).collect()
}

fn shown(call: &Call<'_>, answer: Answer) -> Answer {
    call.channel.touch();
    answer
}
