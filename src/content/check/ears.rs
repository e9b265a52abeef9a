//! How a text reads: rules of plain Japanese that a machine can hear. They warn and never hold back.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::Passage;
use crate::content::finding::Log;

/// More characters in one sentence are hard to follow on a telephone.
const LONG_SENTENCE: usize = 60;

/// More kanji in one sentence look like a wall.
const MANY_KANJI: usize = 13;

/// The first year of 令和 is 2019.
const REIWA: i32 = 2018;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are tried by its tests")
}

static DOUBLE_NEGATIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "な(い|かった)わけでは(ない|ありません)|なくも(ない|ありません)|な(い|かった)ことは(ない|ありません)|な(い|かった)とは(言え|いえ|かぎ|限ら)|なくはな",
    )
});
static HUMBLE: LazyLock<Regex> = LazyLock::new(|| pattern("させていただ|させて頂"));
static LINK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"http://\S*|https?://(bit\.ly|t\.co|tinyurl\.com|goo\.gl|x\.gd)\S*"));
static WESTERN_DATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"([0-9]{4})[年/-]([0-9]{1,2})[月/-]([0-9]{1,2})日?"));
static REIWA_DATE: LazyLock<Regex> = LazyLock::new(|| pattern("令和(元|[0-9]{1,2})年([0-9]{1,2})月([0-9]{1,2})日"));

/// Hears long sentences, walls of kanji, double negatives, stacked politeness and doubtful links.
pub(super) fn listen(passage: &Passage<'_>, log: &mut Log) {
    for (start, sentence) in sentences(passage.text) {
        let length = sentence.chars().count();
        if length > LONG_SENTENCE {
            let told = format!(
                "一文が長めです（{length}文字）。{LONG_SENTENCE}文字までに分けられないでしょうか：「{}」",
                opening(sentence)
            );
            log.warn(passage.place_of(start), told);
        }
        let kanji = sentence.chars().filter(|c| is_kanji(*c)).count();
        if kanji > MANY_KANJI {
            let told = format!(
                "一文に漢字が多めです（{kanji}字）。{MANY_KANJI}字くらいまでにできないでしょうか：「{}」",
                opening(sentence)
            );
            log.warn(passage.place_of(start), told);
        }
    }
    for (pattern, why) in [
        (&DOUBLE_NEGATIVE, "打ち消しが二重です。言い切りにできないでしょうか"),
        (&HUMBLE, "へりくだりすぎて読みにくくなります。「します」にできないでしょうか"),
        (&LINK, "リンクは https:// の、省略しないアドレスにしてください"),
    ] {
        for found in pattern.find_iter(passage.text) {
            log.warn(passage.place_of(found.start()), format!("「{}」：{why}。", found.as_str()));
        }
    }
}

/// Dates in a text that lie before `on`.
pub(super) fn past_dates(passage: &Passage<'_>, on: NaiveDate, log: &mut Log) {
    let text = passage.text;
    let number = |word: &str| word.parse::<u32>().ok();
    let western = WESTERN_DATE.captures_iter(text).map(|found| (found, 0));
    let reiwa = REIWA_DATE.captures_iter(text).map(|found| (found, REIWA));
    for (found, since) in western.chain(reiwa) {
        let year = if &found[1] == "元" { Some(1) } else { found[1].parse::<i32>().ok() };
        let day = year.and_then(|year| NaiveDate::from_ymd_opt(year + since, number(&found[2])?, number(&found[3])?));
        let start = found.get(0).map_or(0, |whole| whole.start());
        match day {
            Some(day) if day < on => log.warn(passage.place_of(start), format!("「{}」は、すぎた日です。", &found[0])),
            Some(_) => {}
            None => log.warn(passage.place_of(start), format!("「{}」という日はありません。", &found[0])),
        }
    }
}

/// Sentences with the byte they begin on. A line break ends one too: readers see it.
fn sentences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = |c: char| matches!(c, '。' | '！' | '？' | '\n');
    let mut start = 0;
    text.split_inclusive(ends).filter_map(move |piece| {
        let here = start;
        start += piece.len();
        let sentence = piece.trim_end();
        (!sentence.is_empty()).then_some((here, sentence))
    })
}

fn is_kanji(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '々')
}

/// The first words of a sentence.
fn opening(sentence: &str) -> String {
    let words: String = sentence.chars().take(16).collect();
    if words.len() < sentence.len() { format!("{words}…") } else { words }
}
