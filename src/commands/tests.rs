//! Commands print what others rely on.

use clap::Parser;
use serde_json::{Value, json};

use super::calendar::{self, CalendarArgs};
use super::check::{self, CheckArgs};
use super::preview::{self, PreviewArgs};
use super::{CommandError, Outcome};
use crate::content::MenuSource;
use crate::content::tests::folder::{BODY, Folder};
use crate::domain::library::Library;
use crate::domain::programme::slot::Slot;

#[derive(Parser)]
struct Of<A: clap::Args> {
    #[command(flatten)]
    args: A,
}

fn parsed<A: clap::Args>(words: &str) -> Result<A, clap::Error> {
    let words = std::iter::once("x").chain(words.split_whitespace());
    Of::try_parse_from(words).map(|of: Of<A>| of.args)
}

const TEXT: &str = "+++\ntitle = \"健診\"\ndepartment = \"係\"\nphone = \"000-000-0000\"\nhours = \"平日\"\nfrom = \"day/90\"\nto = \"day/120\"\n+++\n本文です。\n";

fn library() -> Library {
    let days: String = [1, 37, 100].iter().map(|day| format!("# day/{day} {day}の題\n{BODY}\n")).collect();
    let round = format!("# round/500 五百の題\n{BODY}\n");
    let folder = Folder::with(&[
        ("packs/maternity.ja/pack.toml", include_str!("../../content/packs/maternity.ja/pack.toml")),
        ("packs/childcare.ja/pack.toml", include_str!("../../content/packs/childcare.ja/pack.toml")),
        ("packs/childcare.ja/days.md", &days),
        ("packs/childcare.ja/round.md", &round),
        ("packs/maternity.ja/w.md", &format!("# preg/w12d3 湯気\n{BODY}\n\n[father]\n父への一言。\n")),
        ("municipal/aoba/texts/kenshin.md", TEXT),
    ]);
    folder.load().unwrap().library
}

fn printed(words: &str) -> String {
    let mut out = Vec::new();
    let outcome = calendar::run(&parsed::<CalendarArgs>(words).unwrap(), &library(), &mut out).unwrap();
    assert_eq!(outcome, Outcome::Fine);
    String::from_utf8(out).unwrap()
}

fn rows(words: &str) -> Vec<Value> {
    printed(&format!("{words} --format json")).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_day_is_one_line_of_json_with_every_field_in_its_place() {
    let day = printed("--born 2026-04-01 --from 2026-07-09 --to 2026-07-09 --format json");
    assert_eq!(
        day,
        "{\"date\":\"2026-07-09\",\"child\":1,\"slots\":[\"day/100\"],\"day_count\":100,\"weeks\":null,\"days\":null,\"title\":\"100の題\",\"municipal\":[],\"merged_with\":[]}\n"
    );
    let day = printed("--due 2027-03-01 --from 2026-08-21 --to 2026-08-21 --format json");
    assert_eq!(
        day,
        "{\"date\":\"2026-08-21\",\"child\":1,\"slots\":[\"preg/w12d4\"],\"day_count\":null,\"weeks\":12,\"days\":4,\"title\":null,\"municipal\":[],\"merged_with\":[]}\n"
    );
}

#[test]
fn a_due_date_brings_266_days_and_a_birth_date_277_texts() {
    let pregnancy = rows("--due 2027-03-01");
    assert_eq!(pregnancy.len(), 266);
    assert_eq!(pregnancy[0]["date"], "2026-06-22");
    assert_eq!(pregnancy[265]["date"], "2027-03-14");
    for born in ["1900-01-01", "2024-02-29", "2025-04-01", "2026-04-01", "2100-12-31"] {
        let days = rows(&format!("--born {born}"));
        let texts: usize = days.iter().map(|day| day["slots"].as_array().unwrap().len()).sum();
        assert_eq!(texts, 277, "{born}");
        assert_eq!((&days[0]["date"], &days[0]["slots"]), (&json!(born), &json!(["day/1"])));
        assert_eq!(days.last().unwrap()["slots"], json!(["birthday/3"]));
    }
}

#[test]
fn a_municipal_text_is_shown_once_whatever_part_is_looked_at() {
    let shown = |words: &str| -> Vec<String> {
        let rides = |day: &&Value| day["municipal"] == json!(["kenshin"]);
        rows(words).iter().filter(rides).map(|day| day["date"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(shown("--born 2026-04-01"), ["2026-06-29"]);
    assert_eq!(shown("--born 2026-04-01 --from 2026-07-01"), [""; 0]);
}

#[test]
fn children_keep_the_order_of_the_command_line_and_share_a_push() {
    let days = rows("--born 2026-04-01 --due 2026-08-16 --born 2026-04-01 --from 2026-04-05 --to 2026-04-05");
    let told: Vec<_> = days.iter().map(|day| (&day["child"], &day["slots"], &day["merged_with"])).collect();
    assert_eq!(
        told,
        [
            (&json!(1), &json!(["day/5"]), &json!([2, 3])),
            (&json!(2), &json!(["preg/w21d0"]), &json!([1, 3])),
            (&json!(3), &json!(["day/5"]), &json!([1, 2])),
        ]
    );
}

#[test]
fn a_round_day_on_a_regular_day_is_one_line_with_both_slots() {
    // 29 February 2028 lies before the second birthday, so 500日目 falls on a regular day.
    let days = rows("--born 2027-03-01 --from 2028-07-12 --to 2028-07-12");
    let both: Vec<_> =
        rows("--born 2027-03-01").into_iter().filter(|day| day["slots"].as_array().unwrap().len() == 2).collect();
    assert_eq!(days, both[..1]);
    assert_eq!((&both[0]["day_count"], &both[0]["title"]), (&json!(500), &json!("五百の題")));
}

#[test]
fn people_read_a_line_a_day() {
    let day = printed("--born 2026-04-01 --from 2026-07-08 --to 2026-07-09");
    assert_eq!(
        day,
        "2026-07-08（水） 生まれて99日目  day/99  （原稿なし）\n2026-07-09（木） 生まれて100日目  day/100  100の題\n"
    );
}

#[test]
fn wrong_usage_is_refused_before_anything_is_printed() {
    for words in [
        "",
        "--born 1899-12-31",
        "--due 2101-01-01",
        "--born 2026-4-1",
        "--born 2026-02-30",
        "--born 2026-04-01 --role mom",
        "--born 2026-04-01 --locale fr",
        "--born 2026-04-01 --format xml",
    ] {
        assert!(parsed::<CalendarArgs>(words).is_err(), "{words}");
    }
    for words in ["", "--slot day/01", "--slot day/1 --random 2", "--random 0"] {
        assert!(parsed::<PreviewArgs>(words).is_err(), "{words}");
    }
    assert!(parsed::<PreviewArgs>(&format!("--slot day/1 --nickname {}", "あ".repeat(21))).is_err());
}

fn previewed(words: &str) -> Result<Value, CommandError> {
    let mut out = Vec::new();
    let to_line = |message: &crate::domain::message::Message| serde_json::to_value(&message.body).unwrap();
    preview::run(&parsed::<PreviewArgs>(words).unwrap(), &library(), &to_line, &mut out)?;
    Ok(serde_json::from_slice(&out).unwrap())
}

#[test]
fn a_preview_is_an_array_of_message_objects_for_that_name_and_role() {
    let shown = previewed("--slot day/100 --nickname あおちゃん").unwrap();
    let text = shown[0]["text"].as_str().unwrap();
    assert!(text.starts_with("あおちゃん、生まれて100日目です。"), "{text}");
    assert!(text.contains(BODY.trim()), "{text}");
    let father = previewed("--slot preg/w12d3 --role father").unwrap().to_string();
    let other = previewed("--slot preg/w12d3").unwrap().to_string();
    assert!(father.contains("父への一言") && !other.contains("父への一言"));
}

#[test]
fn a_moment_without_a_text_has_no_preview() {
    for slot in ["day/99", "day/104", "preg/w42d0", "round/500"] {
        let shown = previewed(&format!("--slot {slot}"));
        let none = matches!(shown, Err(CommandError::NoManuscript(named)) if named == slot.parse::<Slot>().unwrap());
        assert_eq!(none, slot != "round/500", "{slot}");
    }
}

#[test]
fn the_same_seed_picks_the_same_texts_and_none_twice() {
    let all = previewed("--random 5 --seed 1").unwrap();
    assert_eq!(all, previewed("--random 5 --seed 1").unwrap());
    assert_eq!(all.as_array().unwrap().len(), 5);
    let firsts: std::collections::BTreeSet<String> =
        (0..20).map(|seed| previewed(&format!("--random 1 --seed {seed}")).unwrap().to_string()).collect();
    assert!(firsts.len() > 1, "{firsts:?}");
    let hash = "9c4759c2d0fb2f3bb7c2bd0a1b9a6a2f4f6f1e7d";
    let one = |seed: &str| previewed(&format!("--random 1 --seed {seed}")).unwrap();
    assert_eq!(one(hash), one(&hash[..16]));
    assert!(parsed::<PreviewArgs>("--random 1 --seed あか").is_err());
}

fn checked(folder: &Folder, words: &str) -> (Outcome, String) {
    let mut out = Vec::new();
    let today = "2026-11-22".parse().unwrap();
    let args = parsed::<CheckArgs>(words).unwrap();
    let outcome =
        check::run(&args, (&folder.source(), &MenuSource::Embedded), None, today, &|_| Vec::new(), &mut out).unwrap();
    (outcome, String::from_utf8(out).unwrap())
}

#[test]
fn every_finding_is_one_line_that_an_editor_can_open() {
    let folder = Folder::with(&[("packs/childcare.ja/days.md", "# day/1 題\n本文 {x}\n")]);
    let file = format!("{}/packs/childcare.ja/days.md", folder.source().root());
    let (outcome, out) = checked(&folder, "");
    assert_eq!((outcome, outcome.code()), (Outcome::Findings, 1));
    assert!(out.lines().all(|line| line.starts_with(&format!("{file}:2: "))), "{out}");
    let (_, out) = checked(&folder, "--format json");
    let line: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!((&line["severity"], &line["file"], &line["line"]), (&json!("error"), &json!(file), &json!(2)));
}

#[test]
fn warnings_alone_are_fine_and_the_day_can_be_chosen() {
    let text = TEXT.replace("to = \"day/120\"\n", "to = \"day/120\"\nvalid_until = 2027-03-31\n");
    let folder = Folder::with(&[("municipal/aoba/texts/kenshin.md", &text)]);
    let (outcome, out) = checked(&folder, "");
    assert!(outcome == Outcome::Fine && out.contains("（注意）"), "{out}");
    assert_eq!(checked(&folder, "--on 2027-04-01").0, Outcome::Findings);
}
