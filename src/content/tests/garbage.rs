//! Whatever stands in a file, reading it ends in texts or in findings.

use proptest::prelude::*;

use super::folder::{BODY, Folder};
use crate::content::finding::Log;
use crate::content::manuscript::{self, Setting};
use crate::domain::family::Role;
use crate::domain::programme::pack::{Paragraph, Series};
use crate::domain::programme::slot::Slot;

/// Pieces of real files, so that garbage gets far.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "+++\n",
        "+++",
        "# ",
        "# day/1 題\n",
        "# preg/w12d0 題",
        "#",
        "{",
        "}",
        "{nickname}",
        "{ expires = ",
        "2027-03-31",
        "[father]\n",
        "[",
        "]",
        "\n\n",
        "\n",
        "\r\n",
        "\r",
        "\u{3000}",
        "law = [\"a\"]\n",
        "reviewer = \"\"\n",
        "'''",
        "\"\"\"",
        "= ",
        "\u{feff}",
        "＃ ",
        "［",
        "｛",
        "[[cadence]]\n",
        "kind = \"days\"\n",
        "from = 1\n",
        "to = 70000\n",
        "every = 1\n",
        "from = \"y2/w08\"\n",
        "👶",
        "が\u{3099}",
        "令和9999999999年99月99日",
        "2147483647年1月1日",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,12}", 1 => Just(BODY.to_owned())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, fork: false, ..ProptestConfig::default() })]

    #[test]
    fn any_lines_end_in_texts_or_findings(
        lines in prop::collection::vec(piece(), 0..40),
        file in prop::sample::select(vec![
            "packs/childcare.ja/days.md", "packs/maternity.ja/w.md", "packs/childcare.ja/pack.toml",
            "municipal/aoba/texts/a.md", "municipal/aoba/municipality.toml", "municipal/aoba/privacy.md",
            "phrases/ja/b.toml", "danger/ja.toml",
        ]),
    ) {
        let findings = Folder::with(&[(file, &lines.concat())]).findings("2026-11-22");
        prop_assert!(findings.iter().all(|f| f.place.line > 0 && !f.to_string().contains('\n')));
    }

    #[test]
    fn any_bytes_end_in_texts_or_findings(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let folder = Folder::with(&[]);
        folder.write("packs/childcare.ja/days.md", &bytes);
        folder.findings("2026-11-22");
    }

    #[test]
    fn what_is_written_out_reads_back_the_same(
        title in "[ぁ-ん一-龠a-z0-9]{1,12}",
        texts in prop::collection::vec((roles(), any::<bool>(), "[ぁ-ん、。]{1,20}(\n[ぁ-ん、。]{1,20}){0,2}"), 0..6),
    ) {
        let common = Paragraph { roles: Vec::new(), corrected: false, text: "みなさんへ。".to_owned() };
        let others = texts.into_iter().map(|(roles, corrected, text)| Paragraph { roles, corrected, text });
        let paragraphs: Vec<Paragraph> = std::iter::once(common).chain(others).collect();
        let text = format!("# day/7 {title}\n{}", paragraphs.iter().map(written).collect::<String>());
        let setting = Setting { series: Series::Childcare, slots: vec![Slot::Day(7)], footer: "" };
        let mut log = Log::default();
        let read = manuscript::read("days.md", &text, &setting, &mut log);
        prop_assert!(!log.has_errors(), "{text}");
        prop_assert_eq!((&read[0].title, &read[0].paragraphs), (&title, &paragraphs));
    }
}

/// Roles in any order, each at most once.
fn roles() -> impl Strategy<Value = Vec<Role>> {
    prop::sample::subsequence(Role::ALL.to_vec(), 0..=4).prop_shuffle()
}

/// A paragraph as an author would write it.
fn written(paragraph: &Paragraph) -> String {
    let words = paragraph.roles.iter().map(|role| role.as_str()).chain(paragraph.corrected.then_some("corrected"));
    let tags = words.collect::<Vec<_>>().join(" ");
    let line = if tags.is_empty() { String::new() } else { format!("[{tags}]\n") };
    format!("\n{line}{}\n", paragraph.text)
}
