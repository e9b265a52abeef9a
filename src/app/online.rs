//! `check --online`: what only LINE and Redis can tell. Validates, and sends nothing to anybody.

use std::fmt;

use super::means::Means;
use super::menus::{built, menu_source};
use super::open::{self, content_source};
use crate::clock::Ambient;
use crate::config::Config;
use crate::content::{self, Finding, SETTINGS, Severity};
use crate::domain::compose::{MAX_OBJECTS, daily};
use crate::domain::family::{Child, Follow, Journey, Profile, Role};
use crate::domain::ids::ChildId;
use crate::domain::library::Library;
use crate::domain::programme::letters;
use crate::domain::programme::pack::Place;
use crate::domain::programme::plan::ReaderPlan;
use crate::line::client::Line;
use crate::line::outgoing::to_line;
use crate::timers::redis::inspect;

/// Asks LINE whether each account's token is good and whether it takes every message that ships.
pub async fn findings(config: &Config, ambient: &Ambient) -> Vec<Finding> {
    let mut findings = redis(config).await;
    for one in &config.accounts {
        let line = match open::line(config, one, ambient, &Means::default()) {
            Ok(line) => line,
            Err(error) => {
                findings.push(finding(&one.slug, error));
                continue;
            }
        };
        if let Err(error) = line.bot_info().await {
            findings.push(finding(&one.slug, format_args!("LINE がトークンを受けつけません（{error}）。")));
            continue;
        }
        let Ok(loaded) = content::load(&content_source(config), one.municipality.as_deref()) else { continue };
        findings.extend(refused(&line, &one.slug, &loaded.library).await);
        findings.extend(refused_menus(config, &line, &one.slug, &loaded.library).await);
    }
    findings
}

/// Warnings only: without Redis everything goes by the database.
async fn redis(config: &Config) -> Vec<Finding> {
    let Some(url) = &config.redis_url else { return Vec::new() };
    let sentence = match inspect(url.expose()).await {
        Ok(None) => return Vec::new(),
        Ok(Some(policy)) => format!(
            "Redis の maxmemory-policy が {policy} です。目覚ましが消されることがあるので、noeviction にしてください（消されても便りは届きますが、おそくなります）。"
        ),
        Err(_) => "Redis に届きません。HAGUKUMI_REDIS_URL と、Redis が動いているかを確かめてください（届かないあいだも、便りはデータベースだけで届きます）。".to_owned(),
    };
    let place = Place { file: SETTINGS.to_owned(), line: 1 };
    vec![Finding { severity: Severity::Warning, place, sentence }]
}

/// The messages of one family from 4w0d to the third birthday that LINE would not take.
async fn refused(line: &Line, slug: &str, library: &Library) -> Vec<Finding> {
    let mut findings = Vec::new();
    let day = |text: &str| text.parse().expect("a date");
    for journey in [
        Journey::Expected { due: day("2027-03-01") },
        Journey::Born { born: day("2027-03-01"), due: Some(day("2027-03-01")) },
    ] {
        let child = Child { id: ChildId(1), version: 1, nickname: None, journey, corrected: false };
        let follows = [Follow { child, role: Role::Other, registrant: true, stopped: None }];
        let reader = ReaderPlan { follows: &follows, profile: &Profile::default(), locale: "ja" };
        for parts in letters(reader, library, None, None) {
            let objects: Vec<_> = daily(&parts, library, MAX_OBJECTS).iter().map(to_line).collect();
            let slots = parts.sections.iter().flat_map(|section| &section.slots).map(ToString::to_string);
            if let Err(error) = line.validate_push(&objects).await {
                let slots = slots.collect::<Vec<_>>().join("、");
                findings.push(finding(slug, format_args!("LINE は {slots} のメッセージを受けつけません（{error}）。")));
            }
        }
    }
    findings
}

/// The pages of menus that LINE would not take. What is wrong with the files is said by `check` itself.
async fn refused_menus(config: &Config, line: &Line, slug: &str, library: &Library) -> Vec<Finding> {
    let Ok((built, _)) = built(&menu_source(config), &library.municipality, slug) else { return Vec::new() };
    let mut findings = Vec::new();
    for (id, page) in built.declared.pages.iter().zip(&built.pages) {
        if let Err(error) = line.validate_menu(&page.object).await {
            let sentence = format_args!("LINE はリッチメニュー「{}」を受けつけません（{error}）。", id.title);
            findings.push(finding(slug, sentence));
        }
    }
    findings
}

fn finding(slug: &str, sentence: impl fmt::Display) -> Finding {
    let place = Place { file: SETTINGS.to_owned(), line: 1 };
    Finding { severity: Severity::Error, place, sentence: format!("アカウント {slug}: {sentence}") }
}
