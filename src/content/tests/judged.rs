//! What only a day, the whole, or a reading can tell.

use super::folder::{BODY, CHILDCARE, Folder, said};
use crate::content::{Severity, has_errors};

const DAYS: &str = "packs/childcare.ja/days.md";
const WEEKS: &str = "packs/maternity.ja/weeks.md";
const TEXT: &str = "municipal/aoba/texts/kenshin.md";

fn told(file: &str, text: &str, on: &str) -> Vec<(Severity, String)> {
    let findings = Folder::with(&[(file, text)]).findings(on);
    findings.into_iter().filter(|f| f.place.file == file).map(|f| (f.severity, f.to_string())).collect()
}

#[test]
fn a_text_is_good_on_its_last_day_and_wrong_on_the_next() {
    let manuscript = format!("# day/1 題\n{{ expires = 2027-03-31 }}\n{BODY}");
    let municipal = "+++\ntitle = \"健診\"\ndepartment = \"係\"\nphone = \"000-000-0000\"\nhours = \"平日\"\nfrom = \"day/90\"\nto = \"day/120\"\nvalid_until = 2027-03-31\n+++\n本文です。\n";
    for (file, text) in [(DAYS, manuscript.as_str()), (TEXT, municipal)] {
        assert_eq!(told(file, text, "2027-01-29"), []);
        let (severity, sentence) = told(file, text, "2027-01-30").remove(0);
        assert!(severity == Severity::Warning && sentence.contains("あと60日"), "{sentence}");
        let (severity, sentence) = told(file, text, "2027-03-31").remove(0);
        assert!(severity == Severity::Warning && sentence.contains("あと0日"), "{sentence}");
        let (severity, sentence) = told(file, text, "2027-04-01").remove(0);
        assert!(severity == Severity::Error && sentence.contains("すぎています"), "{sentence}");
    }
}

#[test]
fn holes_are_told_in_ranges_and_are_errors_only_in_a_complete_pack() {
    let text: String = [1, 2, 5].iter().map(|day| format!("# day/{day} 題\n{BODY}\n")).collect();
    let folder = Folder::with(&[(DAYS, &text)]);
    let findings = folder.findings("2026-11-22");
    let holes = said(&findings);
    assert!(holes.contains("packs/childcare.ja/pack.toml:1: （注意）原稿のない枠が242のうち239あります：day/3–4、day/6–364、y1/w00–w52、birthday/3"), "{holes}");
    assert!(!has_errors(&findings));
    folder.write("packs/childcare.ja/pack.toml", CHILDCARE.replacen("locale", "complete = true\nlocale", 1).as_bytes());
    let findings = folder.findings("2026-11-22");
    assert!(has_errors(&findings), "{}", said(&findings));
}

#[test]
fn words_that_are_never_right_are_errors_on_their_line() {
    for wrong in [
        "幸せな時間です。",
        "小さな奇跡です。",
        "天使のような寝顔です。",
        "ママの笑顔が赤ちゃんには一番です。",
        "赤ちゃんはママを選んで生まれてきました。",
        "いつも笑わなければなりません。",
    ] {
        let text = format!("# day/1 題\n{BODY}\nふつうの行。\n{wrong}\n");
        let found = told(DAYS, &text, "2026-11-22");
        let error = found.iter().find(|(severity, _)| *severity == Severity::Error);
        assert!(
            error.is_some_and(|(_, told)| told.starts_with("packs/childcare.ja/days.md:5: ")),
            "{wrong}: {found:?}"
        );
    }
}

#[test]
fn from_forty_weeks_on_nothing_says_soon() {
    let text = |slot: &str| format!("# {slot} 題\n{BODY}\nもうすぐ会えますね。\n");
    let errors = |slot: &str| {
        told(WEEKS, &text(slot), "2026-11-22").iter().filter(|(severity, _)| *severity == Severity::Error).count()
    };
    assert_eq!((errors("preg/w39d6"), errors("preg/w40d0"), errors("preg/w41d6")), (0, 1, 1));
}

#[test]
fn what_reads_badly_is_a_warning_on_its_line() {
    for (line, sentence) in [
        (
            "この文はとてもとても長くて、どこまで読んでも終わりが見えず、読んでいるうちに、はじめに何が書いてあったのかを忘れてしまうような、そういう文です。",
            "一文が長めです",
        ),
        ("乳児家庭全戸訪問事業実施要綱改正通知があります。", "漢字が多めです"),
        ("心配がないわけではありません。", "打ち消しが二重"),
        ("ご案内させていただきます。", "へりくだりすぎ"),
        ("くわしくは http://aoba.example.jp/ へ。", "https://"),
        ("がんばりましょう！", "「！」は使わない"),
        ("はじめての笑顔です😊", "絵文字"),
        ("順調なら、首がすわります。", "くらべられた"),
        ("届けを出さなければなりません。", "命令に聞こえます"),
        ("お母さんは休んでください。", "母親とはかぎりません"),
    ] {
        let text = format!("# day/1 題\n{BODY}\n{line}\n");
        let found = told(DAYS, &text, "2026-11-22");
        let warned = found.iter().any(|(severity, told)| {
            *severity == Severity::Warning
                && told.starts_with("packs/childcare.ja/days.md:4: ")
                && told.contains(sentence)
        });
        assert!(warned, "{sentence}: {found:?}");
    }
}

#[test]
fn a_paragraph_for_mothers_may_speak_to_mothers() {
    let text = format!("# day/1 題\n{BODY}\n[mother]\nお母さんのからだの話です。\n");
    assert_eq!(told(DAYS, &text, "2026-11-22"), []);
}

#[test]
fn a_date_in_a_municipal_text_that_has_passed_is_told() {
    let text = |day: &str| {
        format!(
            "+++\ntitle = \"健診\"\ndepartment = \"係\"\nphone = \"000-000-0000\"\nhours = \"平日\"\nfrom = \"day/90\"\nto = \"day/120\"\n+++\n締め切りは\n{day}です。\n"
        )
    };
    for (day, heard) in [
        ("2026年11月21日", Some("すぎた日")),
        ("令和8年11月21日", Some("すぎた日")),
        ("2026年11月22日", None),
        ("令和9年3月1日", None),
        ("2027年2月30日", Some("という日はありません")),
    ] {
        let found = told(TEXT, &text(day), "2026-11-22");
        assert_eq!(
            found.first().is_some_and(|(_, told)| told.contains(heard.unwrap_or("x"))),
            heard.is_some(),
            "{found:?}"
        );
        assert!(found.iter().all(|(_, told)| told.starts_with("municipal/aoba/texts/kenshin.md:10: ")), "{found:?}");
    }
}

#[test]
fn an_ending_that_wears_out_is_told_once() {
    let text: String = (1..=6).map(|day| format!("# day/{day} 題\n{BODY}\n外を見てみましょう。\n\n")).collect();
    let mut found = told(DAYS, &text, "2026-11-22");
    // They are the same text besides, which is told of each pair.
    found.retain(|(_, told)| !told.contains("同じです"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1.contains("「てみましょう」で終わる原稿が、この原稿集に6本"), "{found:?}");
}

#[test]
fn length_is_measured_for_the_role_that_gets_most_and_the_one_that_gets_least() {
    let long = format!("# day/1 題\n{BODY}\n# day/2 題\n{BODY}\n[father]\n{}\n", "父へ。".repeat(70));
    let found = told(DAYS, &long, "2026-11-22");
    assert!(found.iter().any(|(_, told)| told.contains("days.md:4: （注意）本文が長めです")), "{found:?}");
    let short = format!("# day/2 題\nみじかい。\n\n[father]\n{BODY}\n");
    let found = told(DAYS, &short, "2026-11-22");
    assert!(found.iter().any(|(_, told)| told.contains("いちばん短い読者で5文字")), "{found:?}");
}

#[test]
fn texts_without_a_reviewer_are_counted_and_half_reviews_are_told() {
    let text = format!(
        "+++\nreviewer = \"見本 花子（助産師）\"\n+++\n# day/1 題\n{BODY}\n# day/2 題\n{{ reviewer = \"\" }}\n{BODY}\n"
    );
    let findings = said(&Folder::with(&[(DAYS, &text)]).findings("2026-11-22"));
    assert!(findings.contains("2本のうち1本あります（見本・監修前）"), "{findings}");
    assert!(findings.contains("days.md:4: （注意）監修者（reviewer）はありますが"), "{findings}");
}
