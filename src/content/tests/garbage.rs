//! Whatever stands in a file, reading it ends in texts or in findings.

use proptest::prelude::*;

use super::folder::{BODY, Folder};

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
}
