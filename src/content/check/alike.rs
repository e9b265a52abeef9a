//! Texts that say the same thing twice.
//!
//! The *likeness* of two texts is how much of the shorter one stands in the other: the share of its trigrams
//! (three letters side by side). It is measured as the texts are, and without numbers and placeholders, so that
//! one that was copied for another week, with another number in it, is found too.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::content::finding::Log;
use crate::domain::library::Library;
use crate::domain::programme::pack::Place;

/// More than so many hundredths alike is one text too many.
const MOST_ALIKE: usize = 35;

type Trigram = [char; 3];

struct Text<'a> {
    title: &'a str,
    place: &'a Place,
    trigrams: BTreeSet<Trigram>,
}

/// One finding for every pair of texts of a locale, at the later of the two.
pub(super) fn find(library: &Library, log: &mut Log) {
    for locale in library.packs.iter().map(|pack| pack.locale.as_str()).collect::<BTreeSet<_>>() {
        let texts = texts(library, locale, true);
        let mut found: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (pair, share) in pairs(&texts).into_iter().chain(pairs(&self::texts(library, locale, false))) {
            found.entry(pair).and_modify(|known| *known = share.max(*known)).or_insert(share);
        }
        for ((first, second), share) in found {
            warn(&texts[first], &texts[second], share, log);
        }
    }
}

/// The manuscripts of that locale, and the town's texts, which stand beside all of them.
fn texts<'a>(library: &'a Library, locale: &str, numbers: bool) -> Vec<Text<'a>> {
    let packs = library.packs.iter().filter(|pack| pack.locale == locale);
    let manuscripts = packs.flat_map(|pack| pack.manuscripts.values()).map(|text| {
        let body: String = text.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
        Text { title: &text.title, place: &text.place, trigrams: trigrams(&body, numbers) }
    });
    let towns = library.municipality.texts.iter().map(|text| Text {
        title: &text.title,
        place: &text.place,
        trigrams: trigrams(&text.paragraphs.concat(), numbers),
    });
    manuscripts.chain(towns).collect()
}

fn trigrams(text: &str, numbers: bool) -> BTreeSet<Trigram> {
    let mut in_placeholder = false;
    let mut letters = Vec::with_capacity(text.len() / 3);
    for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
        in_placeholder |= letter == '{';
        if numbers || !(in_placeholder || is_number(letter)) {
            letters.push(letter);
        }
        in_placeholder &= letter != '}';
    }
    letters.windows(3).map(|three| [three[0], three[1], three[2]]).collect()
}

fn is_number(letter: char) -> bool {
    letter.is_numeric() || "一二三四五六七八九十百千".contains(letter)
}

/// Pairs that are too alike, with their likeness in hundredths. Only texts that share a trigram are compared.
fn pairs(texts: &[Text<'_>]) -> Vec<((usize, usize), usize)> {
    let mut known: HashMap<Trigram, Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let mut common = vec![0; at];
        for trigram in &text.trigrams {
            let others = known.entry(*trigram).or_default();
            others.iter().for_each(|other| common[*other] += 1);
            others.push(at);
        }
        for (other, common) in common.into_iter().enumerate() {
            let shorter = text.trigrams.len().min(texts[other].trigrams.len());
            if common * 100 > shorter * MOST_ALIKE {
                found.push(((other, at), common * 100 / shorter));
            }
        }
    }
    found
}

fn warn(first: &Text<'_>, second: &Text<'_>, share: usize, log: &mut Log) {
    let sentence = format!(
        "「{}」（{}:{}）と{share}％同じです。{MOST_ALIKE}％をこえないように、どちらかを書きなおしてください。",
        first.title, first.place.file, first.place.line
    );
    log.warn(second.place.clone(), sentence);
}
