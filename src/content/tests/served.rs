//! What was written is what is served.

use super::folder::{BODY, Folder};
use crate::content::{Source, load, phrase_placeholders, required_phrases};
use crate::domain::family::Role;
use crate::domain::programme::pack::Series;
use crate::domain::programme::slot::Slot;

const FILE: &str = "packs/childcare.ja/days.md";

const TEXT: &str = r#"+++
reviewer = "見本 花子（助産師）"
reviewed_on = 2026-10-01
expires = 2027-12-31
law = ["boshi"]
sources = ["母子健康手帳"]
+++

# day/37 窓の外の音
一行目、
二行目。

[mother father]
ふたりへ、{nickname}のこと。

[corrected]
発達の段落。

# day/38 つぎの日
{ reviewer = "", expires = 2028-03-31, law = [] }

#8000に電話できます。
"#;

#[test]
fn a_manuscript_keeps_its_paragraphs_roles_and_facts() {
    let loaded = Folder::with(&[(FILE, TEXT)]).load().unwrap();
    let pack = loaded.library.pack(Series::Childcare, "ja").unwrap();
    let text = &pack.manuscripts[&Slot::Day(37)];
    assert_eq!((text.title.as_str(), text.place.line), ("窓の外の音", 9));
    assert_eq!(text.review.reviewer.as_deref(), Some("見本 花子（助産師）"));
    assert_eq!(text.review.on, "2026-10-01".parse().ok());
    assert_eq!((text.expires, text.law.as_slice()), ("2027-12-31".parse().ok(), &["boshi".to_owned()][..]));
    let paragraphs: Vec<_> =
        text.paragraphs.iter().map(|p| (p.roles.as_slice(), p.corrected, p.text.as_str())).collect();
    assert_eq!(
        paragraphs,
        [
            (&[][..], false, "一行目、\n二行目。"),
            (&[Role::Mother, Role::Father][..], false, "ふたりへ、{nickname}のこと。"),
            (&[][..], true, "発達の段落。"),
        ]
    );
}

#[test]
fn the_line_under_a_heading_speaks_for_that_text_alone() {
    let loaded = Folder::with(&[(FILE, TEXT)]).load().unwrap();
    let text = &loaded.library.pack(Series::Childcare, "ja").unwrap().manuscripts[&Slot::Day(38)];
    assert_eq!(text.review.reviewer, None);
    assert_eq!(text.review.on, None);
    assert_eq!((text.expires, text.law.len()), ("2028-03-31".parse().ok(), 0));
    assert_eq!(text.paragraphs[0].text, "#8000に電話できます。");
}

#[test]
fn windows_line_ends_and_byte_order_marks_change_nothing_that_is_read() {
    let plain = Folder::with(&[(FILE, TEXT)]).load().unwrap();
    let windows = Folder::with(&[(FILE, &format!("\u{feff}{}", TEXT.replace('\n', "\r\n")))]).load().unwrap();
    let texts = |loaded: &crate::content::Loaded| loaded.library.packs[0].manuscripts.clone();
    assert_eq!(texts(&plain), texts(&windows));
}

#[test]
fn the_revision_follows_every_byte_of_its_own_pack_and_nothing_else() {
    let revisions = |folder: &Folder| {
        let mut all: Vec<_> =
            folder.load().unwrap().library.packs.into_iter().map(|pack| (pack.id, pack.revision)).collect();
        all.sort();
        all
    };
    let folder = Folder::with(&[(FILE, TEXT)]);
    let before = revisions(&folder);
    assert!(before.iter().all(|(_, revision)| revision.len() == 16 && revision.chars().all(|c| c.is_ascii_hexdigit())));
    folder.write("packs/childcare.ja/.days.md.swp", b"x");
    folder.write("PLAN.md", b"x");
    assert_eq!(revisions(&folder), before);
    folder.write(FILE, TEXT.replace("二行目", "２行目").as_bytes());
    let after = revisions(&folder);
    assert_ne!(after[0], before[0]);
    assert_eq!(after[1], before[1]);
}

#[test]
fn several_municipalities_need_one_to_be_chosen() {
    let folder = Folder::with(&[(FILE, TEXT)]);
    for (path, text) in [
        ("municipal/midori/municipality.toml", super::folder::MUNICIPALITY),
        ("municipal/midori/privacy.md", "みどり市\n"),
    ] {
        folder.write(path, text.as_bytes());
    }
    let refused = folder.load().unwrap_err().to_string();
    assert!(refused.contains("aoba、midori") && refused.contains("HAGUKUMI_MUNICIPALITY"), "{refused}");
    assert_eq!(load(&folder.source(), Some("midori")).unwrap().library.municipality.slug, "midori");
    let refused = load(&folder.source(), Some("midri")).unwrap_err().to_string();
    assert!(refused.contains("もしかして「midori」ですか"), "{refused}");
}

#[test]
fn a_municipal_text_keeps_its_desk_and_range() {
    let text = "+++\ntitle = \"両親学級\"\ndepartment = \"保健係\"\nphone = \"000-000-0103\"\nhours = \"平日9時〜17時\"\nfrom = \"preg/w20d0\"\nto = \"day/14\"\nonce = true\nvalid_until = 2027-03-31\nlaw = [\"boshi\"]\n+++\n\n一段落目。\n\n{municipality}の二段落目。\n";
    let loaded = Folder::with(&[("municipal/aoba/texts/gakkyu.md", text)]).load().unwrap();
    let text = loaded.library.municipality.text("gakkyu").unwrap();
    assert_eq!((text.from, text.to, text.once), (Slot::Pregnancy(140), Slot::Day(14), true));
    assert_eq!(text.paragraphs, ["一段落目。", "{municipality}の二段落目。"]);
    assert_eq!(text.valid_until, "2027-03-31".parse().ok());
}

#[test]
fn the_fallback_locale_comes_first() {
    let english = super::folder::CHILDCARE.replace("care.ja", "care.en").replace("\"ja\"", "\"en\"");
    let folder = Folder::with(&[
        ("packs/childcare.en/pack.toml", &english),
        ("phrases/en/a.toml", "[hello]\ntext = \"Hello\"\n"),
    ]);
    let library = folder.load().unwrap().library;
    assert_eq!(library.pack(Series::Childcare, "en").unwrap().id, "childcare.en");
    assert_eq!(library.pack(Series::Childcare, "ja-easy").unwrap().id, "childcare.ja");
    assert_eq!(library.phrases("ja-easy").locale, "ja");
}

#[test]
fn phrases_that_code_asks_for_and_placeholders_it_cannot_fill_are_told() {
    let folder = Folder::with(&[("phrases/ja/b.toml", "[bye]\ntext = \"{nickname}、{place}\"\n")]);
    let library = folder.load().unwrap().library;
    let told = required_phrases(library.phrases("ja"), &["hello", "bye", "helo"]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].sentence.contains("[helo] がありません。もしかして「hello」ですか"), "{told:?}");
    let told = phrase_placeholders(library.phrases("ja"), &[("hello", &[]), ("bye", &["nickname"])]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].sentence.contains("[bye] では、{place} という差し込みは使えません"), "{told:?}");
}

#[test]
fn a_file_that_lies_where_nobody_looks_is_told() {
    let loaded = Folder::with(&[("pack/days.md", "x"), ("packs/days.md", "x"), ("PLAN.md", "x")]).load().unwrap();
    let told = super::folder::said(&loaded.warnings);
    assert!(
        told.contains("pack/days.md:1: ") && told.contains("packs/days.md:1: ") && !told.contains("PLAN"),
        "{told}"
    );
}

#[test]
fn what_is_compiled_in_is_what_lies_in_the_folder() {
    let folder = Source::Directory(concat!(env!("CARGO_MANIFEST_DIR"), "/content").into());
    let read = |source: &Source| {
        load(source, None).map(|loaded| loaded.library.packs).map_err(|findings| findings.to_string())
    };
    assert_eq!(read(&Source::Embedded), read(&folder));
}

#[test]
fn a_text_of_proper_length_is_not_remarked_on() {
    let loaded = Folder::with(&[(FILE, &format!("# day/37 題\n{BODY}"))]).load().unwrap();
    assert!(loaded.warnings.iter().all(|finding| finding.place.file != FILE), "{:?}", loaded.warnings);
}

#[test]
fn the_examples_that_authors_are_shown_are_good() {
    let readme = include_str!("../../../content/README.md");
    let example = |sign: &str| readme.split("```").find(|block| block.contains(sign)).unwrap().trim_start();
    let folder = Folder::with(&[
        (FILE, example("# day/103 ")),
        ("municipal/aoba/texts/kenshin.md", example("title = \"3〜4か月児健診\"")),
    ]);
    let findings = folder.findings("2026-11-22");
    let of_examples = |file: &str| file.ends_with(".md");
    assert!(!findings.iter().any(|finding| of_examples(&finding.place.file)), "{}", super::folder::said(&findings));
    assert_eq!(folder.load().unwrap().library.packs.iter().map(|pack| pack.manuscripts.len()).sum::<usize>(), 1);
}

#[test]
fn the_birthday_of_29_february_is_the_municipalitys_own_setting() {
    use crate::domain::calendar::LeapRule;
    let page = "page = \"https://aoba.example.jp/kosodate\"";
    for (line, rule) in [
        (page, LeapRule::TwentyEighth),
        ("leap_birthday = \"02-28\"", LeapRule::TwentyEighth),
        ("leap_birthday = \"03-01\"", LeapRule::FirstOfMarch),
    ] {
        let town = super::folder::MUNICIPALITY.replacen(page, line, 1);
        let folder = Folder::with(&[("municipal/aoba/municipality.toml", town.as_str())]);
        assert_eq!(folder.load().unwrap().library.municipality.leap, rule);
    }
}
