//! Rich menus, their pictures, aliases and links.
//!
//! A menu needs its picture before it can be shown, and neither it nor the picture can be changed.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

/// One menu.
#[derive(Debug, Clone)]
pub(super) struct Menu {
    pub(super) object: Value,
    /// Content type and bytes.
    pub(super) picture: Option<(String, Vec<u8>)>,
}

/// What a platform has of rich menus, for whoever looks on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MenuState {
    /// Names of menus by their ids, and whether each has its picture.
    pub menus: BTreeMap<String, (String, bool)>,
    /// The menu that each alias leads to.
    pub aliases: BTreeMap<String, String>,
    /// The menu that everybody sees who has no other.
    pub default: Option<String>,
}

#[derive(Default)]
pub(super) struct Menus {
    pub(super) menus: BTreeMap<String, Menu>,
    pub(super) default: Option<String>,
    pub(super) linked: HashMap<String, String>,
    pub(super) aliases: BTreeMap<String, String>,
    /// What a person switched to by a tab, until the bot links another.
    switched: HashMap<String, String>,
    /// When each batch was accepted, by its request.
    pub(super) batches: HashMap<String, i64>,
    /// How long a bulk link takes (milliseconds).
    pub(super) bulk_takes_ms: i64,
    /// Bulk links on their way: when they are done, whose, and to which menu.
    on_their_way: Vec<(i64, Vec<String>, String)>,
}

impl Menus {
    pub(super) fn state(&self) -> MenuState {
        let name = |menu: &Menu| menu.object["name"].as_str().unwrap_or_default().to_owned();
        let menus = self.menus.iter().map(|(id, menu)| (id.clone(), (name(menu), menu.picture.is_some())));
        MenuState { menus: menus.collect(), aliases: self.aliases.clone(), default: self.default.clone() }
    }

    pub(super) fn make(&mut self, id: &str, name: &str) {
        let object = json!({
            "size": {"width": 2500, "height": 843}, "selected": true, "name": name, "chatBarText": "開く", "areas": [],
        });
        self.menus.insert(id.to_owned(), Menu { object, picture: Some(("image/png".to_owned(), Vec::new())) });
    }

    /// The menu a person sees: switched to, else linked, else the default.
    pub(super) fn shown_to(&self, user: &str) -> Option<Value> {
        let id = self.switched.get(user).or_else(|| self.linked.get(user)).or(self.default.as_ref())?;
        self.menus.get(id).map(|menu| with_id(id, menu))
    }

    pub(super) fn link(&mut self, user: &str, id: &str) {
        self.switched.remove(user);
        self.linked.insert(user.to_owned(), id.to_owned());
    }

    /// A bulk link, which takes its time.
    pub(super) fn link_later(&mut self, now_ms: i64, users: Vec<String>, id: &str) {
        self.on_their_way.push((now_ms + self.bulk_takes_ms, users, id.to_owned()));
        self.link_what_is_due(now_ms);
    }

    /// Ends the bulk links whose time has come.
    pub(super) fn link_what_is_due(&mut self, now_ms: i64) {
        let (due, later) = std::mem::take(&mut self.on_their_way).into_iter().partition(|(at, ..)| *at <= now_ms);
        self.on_their_way = later;
        let due: Vec<(i64, Vec<String>, String)> = due;
        for (_, users, id) in due {
            users.iter().for_each(|user| self.link(user, &id));
        }
    }

    /// Everybody who was linked to one menu is linked to another, or to none.
    pub(super) fn replace(&mut self, from: &str, to: Option<&str>) {
        let whose = self.linked.iter().filter(|(_, id)| *id == from).map(|(user, _)| user.clone());
        for user in whose.collect::<Vec<_>>() {
            match to {
                Some(to) => self.link(&user, to),
                None => self.unlink(&user),
            }
        }
    }

    pub(super) fn unlink_all(&mut self) {
        self.linked.clear();
        self.switched.clear();
    }

    pub(super) fn unlink(&mut self, user: &str) {
        self.switched.remove(user);
        self.linked.remove(user);
    }

    pub(super) fn delete(&mut self, id: &str) -> bool {
        self.linked.retain(|_, linked| linked != id);
        self.switched.retain(|_, switched| switched != id);
        self.default = self.default.take().filter(|default| default != id);
        self.menus.remove(id).is_some()
    }

    pub(super) fn has_picture(&self, id: &str) -> bool {
        self.menus.get(id).is_some_and(|menu| menu.picture.is_some())
    }

    /// Switches by a tab; the answer is the `status` of the postback.
    pub(super) fn switch(&mut self, user: &str, alias: &str) -> &'static str {
        let Some(id) = self.aliases.get(alias) else { return "RICHMENU_ALIAS_ID_NOTFOUND" };
        if !self.menus.contains_key(id) {
            return "RICHMENU_NOTFOUND";
        }
        self.switched.insert(user.to_owned(), id.clone());
        "SUCCESS"
    }
}

/// A menu as the API shows it.
pub(super) fn with_id(id: &str, menu: &Menu) -> Value {
    let mut object = menu.object.clone();
    object["richMenuId"] = json!(id);
    object
}

/// Width and height of a PNG or JPEG, read from its own header.
pub(super) fn picture_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some((u32::from_be_bytes(at(bytes, 16)?), u32::from_be_bytes(at(bytes, 20)?)));
    }
    if bytes.starts_with(b"\xff\xd8") {
        return jpeg_size(bytes);
    }
    None
}

fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut place = 2;
    loop {
        let [mark, kind, high, low] = at(bytes, place)?;
        // SOF0…SOF15 carry the size; C4, C8 and CC are tables.
        if mark == 0xff && (0xc0..=0xcf).contains(&kind) && ![0xc4, 0xc8, 0xcc].contains(&kind) {
            let (height, width) =
                (u16::from_be_bytes(at(bytes, place + 5)?), u16::from_be_bytes(at(bytes, place + 7)?));
            return Some((width.into(), height.into()));
        }
        place += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
}

fn at<const N: usize>(bytes: &[u8], from: usize) -> Option<[u8; N]> {
    bytes.get(from..from + N)?.try_into().ok()
}
