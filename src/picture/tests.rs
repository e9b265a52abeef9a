//! What a drawn picture is.

use super::*;
use crate::domain::menu::colour::Colour;
use crate::domain::menu::frame::{Bounds, Frame, TEMPLATES, Template};
use crate::domain::menu::meaning;
use crate::domain::menu::set::{Area, Look};

const HELP: &str = "<circle cx=\"24\" cy=\"24\" r=\"18\"/>";

fn icons() -> BTreeMap<String, String> {
    BTreeMap::from([("help".to_owned(), HELP.to_owned())])
}

fn area(bounds: Bounds, words: &str) -> Area {
    let look = Look { words: vec![words.to_owned()], icon: Some("help".to_owned()), own_tab: false };
    Area { bounds, label: "ヘルプ".to_owned(), meaning: meaning::reply("help").unwrap(), look }
}

fn page(template: &Template, words: &str) -> Page {
    let areas = template.tile(0).cells.into_iter().map(|bounds| area(bounds, words)).collect();
    let picture = Picture::Drawn(Colour::parse("#1f6f5c").unwrap());
    let (slug, name, bar) = ("a".to_owned(), "あ".to_owned(), "メニュー".to_owned());
    Page { slug, name, stage: None, bar, open: true, frame: template.frame, areas, picture }
}

#[test]
fn every_template_can_be_drawn_in_its_size_and_below_a_megabyte() {
    for template in &TEMPLATES {
        let image = of(&page(template, "ヘルプ"), &icons()).unwrap();
        let size = imagesize::blob_size(&image.bytes).unwrap();
        let Frame { width, height } = template.frame;
        assert_eq!((size.width, size.height), (width.into(), height.into()), "{}", template.name);
        assert!(image.bytes.len() < 300_000, "{}: {}", template.name, image.bytes.len());
    }
}

#[test]
fn the_same_page_is_the_same_picture_and_another_word_another_one() {
    let template = Template::named("L12").unwrap();
    let drawn = |words| of(&page(template, words), &icons()).unwrap();
    assert_eq!(drawn("ヘルプ"), drawn("ヘルプ"));
    assert_ne!(drawn("ヘルプ"), drawn("たすけ"));
}

#[test]
fn a_letter_that_the_face_lacks_is_said_and_not_left_out() {
    let template = Template::named("L1").unwrap();
    let refused = of(&page(template, "登録🎉"), &icons()).unwrap_err();
    assert!(refused.to_string().contains("登録🎉"), "{refused}");
}

#[test]
fn words_are_words_and_no_marks() {
    let template = Template::named("L1").unwrap();
    assert!(of(&page(template, "<A&B>"), &icons()).is_ok());
}

#[test]
fn an_icon_that_is_no_svg_is_said() {
    let broken = BTreeMap::from([("help".to_owned(), "<circle".to_owned())]);
    let template = Template::named("L1").unwrap();
    assert!(matches!(of(&page(template, "ヘルプ"), &broken), Err(PictureError::Broken(_))));
}
