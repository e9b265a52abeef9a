//! Words that the manuscripts do without.
//!
//! Some are never right: they tell a person how to feel, or promise what nobody can. Some endings
//! wear out. The list is the editors'; `content/README.md` gives their reasons.

use std::sync::LazyLock;

use regex::Regex;

use super::Passage;
use crate::content::finding::Log;
use crate::domain::programme::pack::{Manuscript, Pack};
use crate::domain::programme::slot::Slot;

/// Forty weeks: from here on, nothing says that it will be soon.
const DUE_DAY: Slot = Slot::Pregnancy(280);

/// More than this many texts of a pack with the same ending are too many.
const SAME_ENDINGS: usize = 3;

/// Endings that wear out.
const ENDINGS: [&str; 7] = [
    "無理をしないでください",
    "ゆっくり休んでください",
    "楽しんでください",
    "てみましょう",
    "でみましょう",
    "大切です",
    "かけがえのない",
];

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are tried by its tests")
}

/// Never right in a manuscript, and why.
static NEVER: LazyLock<[(Regex, &str); 6]> = LazyLock::new(|| {
    [
        (pattern("幸せな"), "幸せかどうかは、読む人が決めることです"),
        (pattern("奇跡"), "うまくいかなかった人を傷つけることがあります"),
        (pattern("天使"), "お別れを思い出させることがあります"),
        (pattern("ママの笑顔[^。]{0,10}(一番|いちばん)"), "気持ちの指図になり、ママでない読者が外れます"),
        (
            pattern("(赤ちゃん|子ども|お子さん)[はが](ママ|お母さん|親|あなた)を選ん"),
            "つらい状況の人を追いつめることがあります",
        ),
        (
            pattern(
                "(感じ|思わ|喜ば|よろこば|笑わ|愛さ|楽しま|感謝し|好きになら|がまんし|我慢し)なければ(なりません|いけません)",
            ),
            "気持ちは、しなければならないものではありません",
        ),
    ]
});

static SOON: LazyLock<Regex> =
    LazyLock::new(|| pattern("(もうすぐ|まもなく|もう少しで|あと少しで)[^。]{0,8}(会え|あえ|生まれ)"));

/// Better said otherwise, and how.
static RATHER_NOT: LazyLock<[(Regex, &str); 4]> = LazyLock::new(|| {
    [
        (pattern("なければ(なりません|いけません)"), "命令に聞こえます。「〜すると安心です」などにできないでしょうか"),
        (
            pattern("順調なら|順調であれば|普通は|ふつうは"),
            "くらべられたと感じる人がいます。「このころから」「まだの子もいます」などにできないでしょうか",
        ),
        (pattern("[！!]"), "「！」は使わないことにしています"),
        (
            pattern(r"[\x{1F300}-\x{1FAFF}\x{2600}-\x{27BF}\x{FE0F}]"),
            "絵文字は読み上げのじゃまになるので、使わないことにしています",
        ),
    ]
});

static MOTHER_ONLY: LazyLock<Regex> = LazyLock::new(|| pattern("ママ|お母さん"));

/// Judges the words of one paragraph; `everybody` is a paragraph without role tag.
pub(super) fn judge(passage: &Passage<'_>, slot: Slot, everybody: bool, log: &mut Log) {
    let text = passage.text;
    for (pattern, why) in NEVER.iter() {
        for found in pattern.find_iter(text) {
            log.error(passage.place_of(found.start()), format!("「{}」は使いません。{why}。", found.as_str()));
        }
    }
    if matches!(slot, Slot::Pregnancy(_)) && slot >= DUE_DAY {
        for found in SOON.find_iter(text) {
            log.error(
                passage.place_of(found.start()),
                format!("40週からは「{}」のような言い方をしません。待つ人を急がせます。", found.as_str()),
            );
        }
    }
    for (pattern, why) in RATHER_NOT.iter() {
        for found in pattern.find_iter(text) {
            log.warn(passage.place_of(found.start()), format!("「{}」：{why}。", found.as_str()));
        }
    }
    if let Some(found) = MOTHER_ONLY.find(text).filter(|_| everybody) {
        let sentence = format!("「{}」だけに向けた言葉です。読む人は母親とはかぎりません。", found.as_str());
        log.warn(passage.place_of(found.start()), sentence);
    }
}

/// Endings that come back too often in a pack: one warning each, at the first one too many.
pub(super) fn endings(pack: &Pack, log: &mut Log) {
    for ending in ENDINGS {
        let same: Vec<&Manuscript> = pack.manuscripts.values().filter(|text| ends_with(text, ending)).collect();
        if let Some(text) = same.get(SAME_ENDINGS) {
            let sentence =
                format!("「{ending}」で終わる原稿が、この原稿集に{}本あります。別の結びにしてください。", same.len());
            log.warn(text.place.clone(), sentence);
        }
    }
}

/// Whether the last sentence that anybody reads ends so.
fn ends_with(text: &Manuscript, ending: &str) -> bool {
    let last_for_all = text.paragraphs.iter().rposition(|paragraph| paragraph.roles.is_empty()).unwrap_or_default();
    text.paragraphs.iter().skip(last_for_all).any(|paragraph| {
        let last =
            paragraph.text.trim_end_matches(['。', '」', '）', '\n']).rsplit(['。', '\n']).next().unwrap_or_default();
        if ending == "かけがえのない" { last.contains(ending) } else { last.ends_with(ending) }
    })
}
