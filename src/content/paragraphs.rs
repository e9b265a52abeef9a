//! The paragraphs of a body: blank lines between them, a tag line on top where only some are meant.

use super::finding::{Log, at, suggestion};
use super::manuscript::is_override;
use crate::domain::compose::MANUSCRIPT_PLACEHOLDERS;
use crate::domain::family::Role;
use crate::domain::programme::pack::{Paragraph, Series};

/// A line of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    pub(super) text: &'t str,
    /// From 1.
    pub(super) number: usize,
}

impl Line<'_> {
    /// Nothing, or only blanks, full-width ones too.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The words of a tag line.
const TAGS: [&str; 5] = ["mother", "father", "grandparent", "other", "corrected"];

/// The blocks of lines between blank lines.
pub(super) fn blocks<'b, 't>(lines: &'b [Line<'t>]) -> impl Iterator<Item = &'b [Line<'t>]> {
    lines.split(Line::is_blank).filter(|block| !block.is_empty())
}

/// The lines of a block as one text.
pub(super) fn joined(block: &[Line<'_>]) -> String {
    block.iter().map(|line| line.text.trim_end()).collect::<Vec<_>>().join("\n")
}

/// The paragraphs of a manuscript, and the lines their texts begin on.
pub(super) fn read(file: &str, lines: &[Line<'_>], series: Series, log: &mut Log) -> (Vec<Paragraph>, Vec<usize>) {
    blocks(lines).filter_map(|block| paragraph(file, block, series, log)).unzip()
}

fn paragraph(file: &str, block: &[Line<'_>], series: Series, log: &mut Log) -> Option<(Paragraph, usize)> {
    let (first, rest) = block.split_first()?;
    let tags = tag_line(first.text);
    let body = if tags.is_some() { rest } else { block };
    for line in body {
        if is_override(line.text) {
            log.error(at(file, line.number), "「{ … }」の行は、見出しのすぐ下の行に置いてください。");
        } else if tag_line(line.text).is_some() {
            log.error(
                at(file, line.number),
                "[father] などのタグは、段落の最初の行に置いてください。前に空の行を入れてください。",
            );
        } else {
            braces(file, line, &allowed(series), log);
        }
    }
    let Some(start) = body.first().map(|line| line.number) else {
        log.error(at(file, first.number), "タグのすぐ次の行から本文を書いてください。あいだに空の行は入れません。");
        return None;
    };
    let (roles, corrected) = tags.map_or_else(Default::default, |tags| read_tags(file, first, tags, series, log));
    Some((Paragraph { roles, corrected, text: joined(body) }, start))
}

/// The words between brackets, when a whole line is `[words]` of Latin letters or full-width brackets.
pub(super) fn tag_line(line: &str) -> Option<&str> {
    let line = line.trim();
    let inside = line
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .or_else(|| line.strip_prefix('［').and_then(|rest| rest.strip_suffix('］')))?;
    let word =
        |c: char| c.is_alphabetic() && c.is_ascii() || c.is_whitespace() || matches!(c, ',' | '、' | '_' | '-' | ':');
    inside.chars().all(word).then_some(inside)
}

fn read_tags(file: &str, line: &Line<'_>, tags: &str, series: Series, log: &mut Log) -> (Vec<Role>, bool) {
    if line.text.trim().starts_with('［') {
        log.error(at(file, line.number), "タグのかっこは半角の [ ] にしてください。");
    }
    if tags.trim().is_empty() {
        log.error(at(file, line.number), "タグが空です。[mother father] のように書くか、行を消してください。");
    }
    let (mut roles, mut corrected) = (Vec::new(), false);
    for tag in tags.split_whitespace() {
        match Role::from_word(tag) {
            Some(role) if roles.contains(&role) => {}
            Some(role) => roles.push(role),
            None if tag == "corrected" && series == Series::Maternity => {
                log.error(at(file, line.number), "妊娠中の原稿では [corrected] は使えません。タグを消してください。");
            }
            None if tag == "corrected" => corrected = true,
            None => log.error(
                at(file, line.number),
                format!(
                    "「{tag}」というタグはありません。{}使えるタグは {} で、空白で区切ります。",
                    suggestion(tag, TAGS),
                    TAGS.join("、")
                ),
            ),
        }
    }
    (roles, corrected)
}

/// The placeholders that can be filled in: a pregnancy has weeks and days, a child has a day count.
fn allowed(series: Series) -> Vec<&'static str> {
    let fits = |name: &&str| match series {
        Series::Maternity => *name != "day_count",
        Series::Childcare => *name != "weeks" && *name != "days",
    };
    MANUSCRIPT_PLACEHOLDERS.into_iter().filter(fits).collect()
}

/// Every brace of a line must belong to an allowed placeholder.
pub(super) fn braces(file: &str, line: &Line<'_>, allowed: &[&str], log: &mut Log) {
    let text = line.text;
    if text.contains(['｛', '｝']) {
        log.error(at(file, line.number), "波かっこは半角の { } にしてください。");
    }
    let mut rest = text;
    while let Some(start) = rest.find(['{', '}']) {
        let tail = &rest[start..];
        let name = tail.strip_prefix('{').and_then(|tail| tail.split_once('}')).map(|(name, _)| name);
        match name.filter(|name| !name.contains('{')) {
            Some(name) if allowed.contains(&name) => {}
            Some(name) => {
                let known = allowed.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(" ");
                let hint = suggestion(name, allowed.iter().copied());
                log.error(
                    at(file, line.number),
                    format!("{{{name}}} という差し込みは、ここでは使えません。{hint}使えるのは {known} です。"),
                );
            }
            None => log.error(
                at(file, line.number),
                "波かっこ { } の組になっていないところがあります。文字としては使えません。",
            ),
        }
        rest = &tail[name.filter(|name| !name.contains('{')).map_or(1, |name| name.len() + 2)..];
    }
}
