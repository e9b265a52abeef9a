//! Reading what people type: dates in every spelling, weeks of pregnancy, commands, nicknames.
//!
//! A reading never guesses silently: what could mean several things comes back as all of them, and
//! the conversation asks. Only whole messages are read; words inside a sentence are nobody's command.

pub mod dates;
pub mod nickname;
pub mod numerals;
pub mod times;
pub mod words;

use unicode_normalization::UnicodeNormalization;

/// Katakana become hiragana, so that ヘルプ and へるぷ are one word.
pub(super) fn hiragana(letter: char) -> char {
    match letter {
        'ァ'..='ヶ' => char::from_u32(u32::from(letter) - 0x60).unwrap_or(letter),
        other => other,
    }
}

/// Whether a character is decoration: neither letter nor digit nor long-vowel sign.
pub(super) fn is_mark(letter: char) -> bool {
    !letter.is_alphanumeric() && letter != 'ー'
}

/// A text reduced to its letters: NFKC, lower case, hiragana, no spaces, marks or emoji.
pub(super) fn fold(text: &str) -> String {
    let lower = text.nfkc().flat_map(char::to_lowercase);
    lower.filter(|letter| !is_mark(*letter)).map(hiragana).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_the_same_in_every_dress() {
        for dressed in ["ヘルプ", "へるぷ", "ﾍﾙﾌﾟ", " ヘルプ。", "ヘ ル プ？"] {
            assert_eq!(fold(dressed), "へるぷ", "{dressed}");
        }
        assert_eq!(fold("ＳＴＯＰ！"), "stop");
    }
}
