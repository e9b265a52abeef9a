//! `check`: what should be looked at in the content.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::NaiveDate;
use serde_json::json;

use super::{Format, Outcome, unless_closed};
use crate::config::{Mistake, Mistakes};
use crate::content::{self, Finding, Loaded, MenuSource, SETTINGS, Severity, Source};
use crate::domain::menu::set::MenuSets;
use crate::domain::phrases::Phrases;
use crate::domain::programme::pack::Place;
use crate::picture;

/// The arguments of `check`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct CheckArgs {
    /// The day on which expiry is judged (default: today).
    #[arg(long, value_name = "DATE", value_parser = super::day, help = "期限を見る日（なければ、きょう）")]
    pub on: Option<NaiveDate>,
    /// Asks LINE too: the token, and whether it takes every message. Sends nothing to anybody.
    #[arg(long, help = "LINE にも確かめる（だれにも送りません）")]
    pub online: bool,
    /// Writes how many texts of each stage are about each topic of the plan, before the findings.
    #[arg(long, help = "時期ごとの題材の表も出す")]
    pub topics: bool,
    /// How findings are written.
    #[arg(long, value_enum, default_value_t, help = "出し方")]
    pub format: Format,
}

/// Loads the content and writes every finding, one a line: `FILE:LINE: sentence`. `more` are checks
/// of others on content that could be loaded, such as the phrases that code asks for.
///
/// # Errors
///
/// When the output cannot be written.
pub fn run(
    args: &CheckArgs,
    (source, menus): (&Source, &MenuSource),
    municipality: Option<&str>,
    today: NaiveDate,
    more: &dyn Fn(&Loaded) -> Vec<Finding>,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    let mut of_menus = Vec::new();
    let findings = match content::load(source, municipality) {
        Ok(loaded) => {
            of_menus = menus_of(menus, &loaded);
            if args.topics {
                unless_closed(topics(&loaded, args.format, out))?;
            }
            let mut findings = more(&loaded);
            findings.extend(content::check(&loaded, args.on.unwrap_or(today)));
            findings
        }
        Err(findings) => findings.0,
    };
    let root = source.root();
    unless_closed(findings.iter().try_for_each(|finding| write_one(finding, &root, args.format, out)))?;
    let root = format!("{}/", menus.root());
    unless_closed(of_menus.iter().try_for_each(|finding| write_rooted(finding, &root, args.format, out)))?;
    let errors = content::has_errors(&findings) || content::has_errors(&of_menus);
    Ok(if errors { Outcome::Findings } else { Outcome::Fine })
}

/// What is wrong with the menus: their files, and their pictures where the files are right.
fn menus_of(source: &MenuSource, texts: &Loaded) -> Vec<Finding> {
    let loaded = match content::load_menus(source, &texts.library.municipality) {
        Ok(loaded) => loaded,
        Err(findings) => return findings.0,
    };
    let mut findings = loaded.warnings;
    findings.extend(named_in_vain(&loaded.menus, texts));
    for set in &loaded.menus.sets {
        for page in &set.pages {
            if let Err(why) = picture::of(page, &loaded.menus.icons) {
                let place = Place { file: format!("{}/{}.toml", set.slug, page.slug), line: 1 };
                findings.push(Finding { severity: Severity::Error, place, sentence: format!("{why}。") });
            }
        }
    }
    findings
}

/// Areas that the conversation names (「メニューの「ヘルプ」」) and that no page has.
fn named_in_vain(menus: &MenuSets, texts: &Loaded) -> Vec<Finding> {
    let areas = || menus.sets.iter().flat_map(|set| &set.pages).flat_map(|page| &page.areas);
    let mut findings = Vec::new();
    for (key, phrase) in texts.library.phrases.iter().flat_map(Phrases::iter) {
        let said = phrase.menu.as_deref().unwrap_or_default().split("メニューの「").skip(1);
        for name in said.filter_map(|rest| rest.split_once('」').map(|(name, _)| name)) {
            if !areas().any(|area| area.label == name) {
                let sentence = format!(
                    "会話のことば [{key}] は「メニューの「{name}」」と案内しますが、その名前（label）の領域がありません。どちらかをそろえてください。"
                );
                let place = Place { file: "README.md".to_owned(), line: 1 };
                findings.push(Finding { severity: Severity::Warning, place, sentence });
            }
        }
    }
    findings
}

/// Writes the table of topics and stages; a line says so where there is no plan.
fn topics(loaded: &Loaded, format: Format, out: &mut impl Write) -> io::Result<()> {
    let Some(plan) = &loaded.plan else {
        return match format {
            Format::Table => writeln!(out, "計画（PLAN.md）がないので、題材の表はありません。\n"),
            Format::Json => Ok(()),
        };
    };
    let table = plan.table(&loaded.library.packs);
    match format {
        Format::Json => table.iter().try_for_each(|(stage, counts)| {
            let counts: BTreeMap<&str, usize> =
                plan.topics.iter().map(String::as_str).zip(counts.iter().copied()).collect();
            writeln!(out, "{}", json!({ "stage": stage.name(), "topics": counts }))
        }),
        Format::Table => {
            writeln!(out, "| 時期 | {} | 合計 |", plan.topics.join(" | "))?;
            writeln!(out, "|---|{}---|", "---|".repeat(plan.topics.len()))?;
            for (stage, counts) in &table {
                let cells: Vec<String> = counts.iter().map(usize::to_string).collect();
                writeln!(out, "| {} | {} | {} |", stage.name(), cells.join(" | "), counts.iter().sum::<usize>())?;
            }
            writeln!(out)
        }
    }
}

/// Writes mistakes in the settings as findings: until they are mended, nothing else can be checked.
///
/// # Errors
///
/// When the output cannot be written.
pub fn mistakes(args: &CheckArgs, mistakes: Mistakes, out: &mut impl Write) -> io::Result<Outcome> {
    let write = |mistake: &Mistake| {
        let mut place = mistake.place.splitn(3, ':');
        let (file, line) = (place.next().unwrap_or_default(), place.next().and_then(|line| line.parse().ok()));
        let (line, name) = (line.unwrap_or(1), place.next().unwrap_or_default().trim());
        let sentence = format!("{name}{}{}", if name.is_empty() { "" } else { ": " }, mistake.sentence);
        let place = Place { file: file.to_owned(), line };
        write_rooted(&Finding { severity: Severity::Error, place, sentence }, "", args.format, out)
    };
    unless_closed(mistakes.0.iter().try_for_each(write))?;
    Ok(Outcome::Findings)
}

fn write_one(finding: &Finding, root: &str, format: Format, out: &mut impl Write) -> io::Result<()> {
    match finding.place.file.as_str() {
        SETTINGS => write_rooted(finding, "", format, out),
        "" => write_rooted(finding, root, format, out),
        _ => write_rooted(finding, &format!("{root}/"), format, out),
    }
}

fn write_rooted(finding: &Finding, root: &str, format: Format, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Table => writeln!(out, "{root}{finding}"),
        Format::Json => {
            let file = format!("{root}{}", finding.place.file);
            let (line, sentence) = (finding.place.line, &finding.sentence);
            writeln!(
                out,
                "{}",
                json!({ "severity": finding.severity, "file": file, "line": line, "sentence": sentence })
            )
        }
    }
}
