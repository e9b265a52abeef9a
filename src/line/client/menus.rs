//! What we ask of LINE about rich menus.
//!
//! Pictures go to LINE's data host. Everything but a creation can be asked again without harm: whoever
//! does not know whether a page was made finds it in [`Line::menus`] by its name.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::{Answer, Cause, Line, SendError, success, with_json};
use crate::domain::ids::LineUserId;

/// A rich menu as LINE has it.
#[derive(Debug, Clone, PartialEq)]
pub struct LineMenu {
    /// LINE's id.
    pub id: String,
    /// The name it was given.
    pub name: String,
    /// LINE's whole object.
    pub object: Value,
}

const MENU: [&str; 3] = ["v2", "bot", "richmenu"];

fn path<'a>(begin: &[&'a str], rest: &[&'a str]) -> Vec<&'a str> {
    [begin, rest].concat()
}

impl Line {
    /// Whether LINE would take this object. Makes nothing.
    ///
    /// # Errors
    ///
    /// [`SendError::Rejected`] when it would not, otherwise as [`Line::push`].
    pub async fn validate_menu(&self, object: &Value) -> Result<(), SendError> {
        let request = self.wire.post(&path(&MENU, &["validate"]));
        success(self.call("richmenu/validate", with_json(request, object)).await?).map(|_| ())
    }

    /// Makes a menu; returns LINE's id. After [`SendError::NoAnswer`] it may be there all the same.
    ///
    /// # Errors
    ///
    /// As [`Line::push`].
    pub async fn create_menu(&self, object: &Value) -> Result<String, SendError> {
        let answer = success(self.call("richmenu/create", with_json(self.wire.post(&MENU), object)).await?)?;
        text(&answer, "richMenuId")
    }

    /// Brings a menu its picture. One that it has already stays (LINE takes no second one).
    ///
    /// # Errors
    ///
    /// As [`Line::push`].
    pub async fn upload_picture(&self, id: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), SendError> {
        let request = self.wire.post_data(&path(&MENU, &[id, "content"]));
        let request = request.header(CONTENT_TYPE, content_type).body(bytes);
        let answer = self.call("richmenu/upload", request).await?;
        if answer.status.as_u16() == 400 && answer.says("already been uploaded") {
            return Ok(());
        }
        success(answer).map(|_| ())
    }

    /// The picture of a menu; `None` where it has none.
    ///
    /// # Errors
    ///
    /// As [`Line::push`].
    pub async fn picture(&self, id: &str) -> Result<Option<Vec<u8>>, SendError> {
        let answer = self.call("richmenu/download", self.wire.get_data(&path(&MENU, &[id, "content"]))).await?;
        match found(answer)? {
            Some(answer) => Ok(Some(answer.into_body().ok_or(SendError::NoAnswer(Cause::Unreadable))?)),
            None => Ok(None),
        }
    }

    /// Every menu that was made over this interface.
    ///
    /// # Errors
    ///
    /// As [`Line::push`]; [`SendError::NoAnswer`] also when the answer cannot be read.
    pub async fn menus(&self) -> Result<Vec<LineMenu>, SendError> {
        let answer = success(self.call("richmenu/list", self.wire.get(&path(&MENU, &["list"]))).await?)?;
        let body: Value = answer.json().ok_or(SendError::NoAnswer(Cause::Unreadable))?;
        let menus = body["richmenus"].as_array().ok_or(SendError::NoAnswer(Cause::Unreadable))?;
        let menu = |object: &Value| {
            let text = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
            LineMenu { id: text("richMenuId"), name: text("name"), object: object.clone() }
        };
        Ok(menus.iter().map(menu).collect())
    }

    /// Removes a menu. One that is gone already is as good.
    ///
    /// # Errors
    ///
    /// As [`Line::push`].
    pub async fn delete_menu(&self, id: &str) -> Result<(), SendError> {
        found(self.call("richmenu/delete", self.wire.delete(&path(&MENU, &[id]))).await?).map(|_| ())
    }

    /// Every alias with the menu it leads to.
    ///
    /// # Errors
    ///
    /// As [`Line::menus`].
    pub async fn menu_aliases(&self) -> Result<Vec<(String, String)>, SendError> {
        let answer = success(self.call("richmenu/alias/list", self.wire.get(&path(&MENU, &["alias", "list"]))).await?)?;
        let body: Value = answer.json().ok_or(SendError::NoAnswer(Cause::Unreadable))?;
        let aliases = body["aliases"].as_array().ok_or(SendError::NoAnswer(Cause::Unreadable))?;
        let text = |alias: &Value, name: &str| alias[name].as_str().unwrap_or_default().to_owned();
        Ok(aliases.iter().map(|alias| (text(alias, "richMenuAliasId"), text(alias, "richMenuId"))).collect())
    }

    /// Makes an alias (or, when it is `there`, turns it) to lead to a menu.
    ///
    /// # Errors
    ///
    /// As [`Line::push`].
    pub async fn point_alias(&self, alias: &str, id: &str, there: bool) -> Result<(), SendError> {
        let turn = || {
            let request = self.wire.post(&path(&MENU, &["alias", alias]));
            self.call("richmenu/alias/update", with_json(request, &json!({ "richMenuId": id })))
        };
        if there {
            return success(turn().await?).map(|_| ());
        }
        let body = json!({ "richMenuAliasId": alias, "richMenuId": id });
        let answer =
            self.call("richmenu/alias/create", with_json(self.wire.post(&path(&MENU, &["alias"])), &body)).await?;
        let conflict = answer.status.as_u16() == 400 && answer.says("conflict");
        let answer = if conflict { turn().await? } else { answer };
        success(answer).map(|_| ())
    }

    /// Removes an alias. One that is gone already is as good.
    ///
    /// # Errors
    ///
    /// As [`Line::push`].
    pub async fn delete_alias(&self, alias: &str) -> Result<(), SendError> {
        found(self.call("richmenu/alias/delete", self.wire.delete(&path(&MENU, &["alias", alias]))).await?).map(|_| ())
    }

    /// The menu that everybody sees who has no other; `None` also where it is not one of this interface.
    ///
    /// # Errors
    ///
    /// As [`Line::menus`].
    pub async fn default_menu(&self) -> Result<Option<String>, SendError> {
        let answer = self.call("richmenu/default", self.wire.get(&["v2", "bot", "user", "all", "richmenu"])).await?;
        if answer.status.as_u16() == 403 {
            return Ok(None);
        }
        found(answer)?.map(|answer| text(&answer, "richMenuId")).transpose()
    }

    /// Shows a menu to everybody who has no other.
    ///
    /// # Errors
    ///
    /// As [`Line::push`].
    pub async fn set_default_menu(&self, id: &str) -> Result<(), SendError> {
        let request = self.wire.post(&["v2", "bot", "user", "all", "richmenu", id]);
        success(self.call("richmenu/default/set", request).await?).map(|_| ())
    }

    /// Gives a reader a menu, at once.
    ///
    /// # Errors
    ///
    /// As [`Line::push`].
    pub async fn link_menu(&self, user: &LineUserId, id: &str) -> Result<(), SendError> {
        let request = self.wire.post(&["v2", "bot", "user", user.expose(), "richmenu", id]);
        success(self.call("richmenu/link", request).await?).map(|_| ())
    }

    /// Takes a reader's own menu away: they see the one for everybody.
    ///
    /// # Errors
    ///
    /// As [`Line::push`].
    pub async fn unlink_menu(&self, user: &LineUserId) -> Result<(), SendError> {
        let request = self.wire.delete(&["v2", "bot", "user", user.expose(), "richmenu"]);
        found(self.call("richmenu/unlink", request).await?).map(|_| ())
    }

    /// Gives up to 500 readers a menu, within seconds.
    ///
    /// # Errors
    ///
    /// As [`Line::push`].
    pub async fn link_menu_to(&self, users: &[&LineUserId], id: &str) -> Result<(), SendError> {
        let users: Vec<&str> = users.iter().map(|user| user.expose()).collect();
        let body = json!({ "richMenuId": id, "userIds": users });
        let request = self.wire.post(&path(&MENU, &["bulk", "link"]));
        success(self.call("richmenu/bulk/link", with_json(request, &body)).await?).map(|_| ())
    }

    /// The menu that a reader was given, or switched to; `None` where they see the one for everybody.
    ///
    /// # Errors
    ///
    /// As [`Line::menus`].
    pub async fn menu_of(&self, user: &LineUserId) -> Result<Option<String>, SendError> {
        let request = self.wire.get(&["v2", "bot", "user", user.expose(), "richmenu"]);
        let answer = self.call("richmenu/of", request).await?;
        found(answer)?.map(|answer| text(&answer, "richMenuId")).transpose()
    }
}

/// The answer, or `None` where LINE says that there is no such thing.
fn found(answer: Answer) -> Result<Option<Answer>, SendError> {
    if answer.status.as_u16() == 404 { Ok(None) } else { success(answer).map(Some) }
}

fn text(answer: &Answer, name: &str) -> Result<String, SendError> {
    let body: Value = answer.json().ok_or(SendError::NoAnswer(Cause::Unreadable))?;
    body[name].as_str().map(str::to_owned).ok_or(SendError::NoAnswer(Cause::Unreadable))
}
