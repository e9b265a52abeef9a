//! What was planned, beside what was written; and texts that say the same twice.

use super::folder::{BODY, Folder, said};
use crate::content::Stage;

const PLAN: &str = "PLAN.md";
const DAYS: &str = "packs/childcare.ja/days.md";

const HEAD: &str = "# 計画\n\n## 題材の一覧\n\n| 題材 | 中身 |\n|---|---|\n| 世話 | 飲む |\n| こころ・眠り | 眠る |\n\n## 表\n\n| 枠 | 仮題 | アイデア | 題材 |\n|---|---|---|---|\n";

/// Letters that share no three neighbours with those of another seed.
fn unlike(seed: u32) -> String {
    (0..90).filter_map(|at| char::from_u32(0x4e00 + seed * 400 + at * 3 % 397)).collect::<String>() + "。"
}

fn findings(files: &[(&str, &str)]) -> String {
    said(&Folder::with(files).findings("2026-11-22"))
}

#[test]
fn the_plan_says_what_every_stage_is_about() {
    let plan = format!(
        "{HEAD}| day/1 | 一日め〔済〕 | 窓 | 世話 |\n| day/20 | 二十日め | 影 | 世話 |\n| day/21 | 次の日 | 声 | こころ・眠り |\n"
    );
    let days = format!("# day/1 一日め\n{}\n# day/20 二十日め\n{}\n", unlike(0), unlike(1));
    let loaded = Folder::with(&[(PLAN, &plan), (DAYS, &days)]).load().unwrap();
    let plan = loaded.plan.unwrap();
    assert_eq!(plan.topics, ["世話", "こころ・眠り"]);
    let table = plan.table(&loaded.library.packs);
    let of = |stage| table.iter().find(|(one, _)| *one == stage).map(|(_, counts)| counts.clone()).unwrap();
    assert_eq!((of(Stage::Newborn), of(Stage::Nights)), (vec![1, 0], vec![1, 0]), "only what is written counts");
}

#[test]
fn what_differs_from_the_plan_is_told_where_it_stands() {
    let rows = "| day/1 | 一日め | 窓 | 世話 |\n| day/2 | 二日め | 影 | 世話 |\n| day/3 | 三日め | 声 | 世話 |\n| day/3 | また | 声 | 世話 |\n| day/4 | 四日め | 水 | 料理 |\n";
    let days = format!("# day/1 べつの題\n{}\n# day/9 九日め\n{}\n", unlike(0), unlike(1));
    let told = findings(&[(PLAN, &format!("{HEAD}{rows}")), (DAYS, &days)]);
    for expected in [
        "packs/childcare.ja/days.md:1: （注意）題が計画（PLAN.md:14）の「一日め」とちがいます",
        "packs/childcare.ja/days.md:3: （注意）計画（PLAN.md）に「day/9」の行がありません",
        "PLAN.md:16: （注意）題材「世話」が3つ続いています",
        "PLAN.md:17: （注意）「day/3」の行が2つあります（16行目）",
        "PLAN.md:18: （注意）題材「料理」は、題材の一覧にありません",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
}

#[test]
fn without_a_plan_nothing_is_said_of_one() {
    let told = findings(&[(DAYS, &format!("# day/1 題\n{BODY}\n"))]);
    assert!(!told.contains("計画"), "{told}");
}

#[test]
fn texts_that_are_too_alike_are_told_with_both_places() {
    let days = format!("# day/1 一つめ\n{BODY}\n# day/2 二つめ\n{BODY}\n# day/3 三つめ\n{}\n", unlike(0));
    let told = findings(&[(DAYS, &days)]);
    assert!(told.contains("days.md:4: （注意）「一つめ」（packs/childcare.ja/days.md:1）と100％同じです"), "{told}");
    assert_eq!(told.matches("％同じです").count(), 1, "{told}");
}

#[test]
fn a_text_that_was_copied_with_other_numbers_is_found() {
    let with = |number: char| BODY.chars().take(60).flat_map(|letter| [letter, number]).collect::<String>();
    let days = format!("# day/1 一つめ\n{}。\n# day/2 二つめ\n{}。\n", with('3'), with('五'));
    let told = findings(&[(DAYS, &days)]);
    assert!(told.contains("％同じです"), "{told}");
}
