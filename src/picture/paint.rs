//! SVG becomes PNG.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{Group, Node, Options, Tree};

use super::PictureError;
use crate::domain::menu::set::{Image, ImageKind};

static FACE: &[u8] = include_bytes!("font/BIZUDGothic-Bold.ttf");

/// No other face than ours: a picture must not depend on the machine.
static FACES: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut faces = Database::new();
    faces.load_font_source(Source::Binary(Arc::new(FACE)));
    Arc::new(faces)
});

/// The largest picture (LINE's reference, upload rich menu image: 1 MB).
const MOST_BYTES: usize = 1024 * 1024;

pub(super) fn png(svg: &str) -> Result<Image, PictureError> {
    let options = Options { fontdb: Arc::clone(&FACES), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|why| PictureError::Broken(why.to_string()))?;
    if let Some(text) = without_glyph(tree.root()) {
        return Err(PictureError::NoGlyph(text));
    }
    let size = tree.size().to_int_size();
    let mut canvas = Pixmap::new(size.width(), size.height()).expect("pages have a size");
    resvg::render(&tree, Transform::identity(), &mut canvas.as_mut());
    let bytes = canvas.encode_png().map_err(|why| PictureError::Broken(why.to_string()))?;
    if bytes.len() > MOST_BYTES {
        return Err(PictureError::TooLarge(bytes.len()));
    }
    Ok(Image { kind: ImageKind::Png, bytes })
}

/// A text in which the face lacks a letter: it would be missing without a word.
fn without_glyph(group: &Group) -> Option<String> {
    group.children().iter().find_map(|node| match node {
        Node::Group(group) => without_glyph(group),
        Node::Text(text) => {
            let said: String = text.chunks().iter().map(|chunk| chunk.text()).collect();
            let mut glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
            let drawn = text.layouted().iter().map(|span| span.positioned_glyphs.len()).sum::<usize>();
            let lacks = glyphs.any(|glyph| glyph.id.0 == 0) || drawn == 0 && !said.trim().is_empty();
            lacks.then_some(said)
        }
        Node::Path(_) | Node::Image(_) => None,
    })
}
