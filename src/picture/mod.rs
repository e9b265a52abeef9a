//! Pictures of rich menus, drawn from words and icons.
//!
//! Most municipalities have nobody who draws. A page that names no picture file is drawn: its areas as
//! cards on a tint of the municipality's colour, each with an icon and words in BIZ UDGothic, a typeface made
//! to be read easily (SIL Open Font License 1.1; its licence lies beside it). The same page is the same
//! picture, byte by byte: what is at LINE is compared by that.

mod svg;

use std::collections::BTreeMap;

use crate::domain::menu::set::{Image, Page, Picture};

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// This program was built without what draws.
    #[error(
        "このプログラムは絵を描けません（menu-picture なしで作られています）。picture = \"ファイル名.png\" を書いてください"
    )]
    NotBuilt,
    /// An icon is no SVG.
    #[error("アイコンを SVG として読めません（{0}）")]
    Broken(String),
    /// The typeface has no such letter.
    #[error("「{0}」の中に、書体にない文字があります。ほかの文字にしてください")]
    NoGlyph(String),
    /// LINE would not take it.
    #[error("絵が大きすぎます（{0}バイト。1MB まで）")]
    TooLarge(usize),
}

/// The picture of a page: its file, or what its recipe gives.
///
/// # Errors
///
/// [`PictureError`].
pub fn of(page: &Page, icons: &BTreeMap<String, String>) -> Result<Image, PictureError> {
    match &page.picture {
        Picture::File(image) => Ok(image.clone()),
        Picture::Drawn(colour) => paint::png(&svg::of(page, *colour, icons)),
    }
}

#[cfg(feature = "menu-picture")]
mod paint;

#[cfg(not(feature = "menu-picture"))]
mod paint {
    use super::PictureError;
    use crate::domain::menu::set::Image;

    pub(super) fn png(_svg: &str) -> Result<Image, PictureError> {
        Err(PictureError::NotBuilt)
    }
}

#[cfg(test)]
mod tests;
