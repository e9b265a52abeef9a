//! Nicknames: 1 to 20 graphemes on one line, used as typed.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::family::Nickname;

/// Why a text is no nickname.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotANickname {
    /// Nothing that can be seen.
    #[error("nothing visible")]
    Empty,
    /// More than [`Nickname::MAX_GRAPHEMES`], or piled up to an unreasonable size.
    #[error("too long")]
    TooLong,
    /// Several lines, or characters that command the display.
    #[error("line breaks or control characters")]
    Control,
    /// An address of a page.
    #[error("an address")]
    Address,
}

/// Code points that 20 graphemes may hold together: the longest emoji have about ten each.
const MAX_CODE_POINTS: usize = 240;

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[a-z][a-z0-9+.-]*://|(^|[^a-z0-9])www\.|[a-z0-9-]+\.(com|net|org|jp|me|io|info|biz|app|ly|tv|page|site|xyz)($|[/?:#]|[^a-z0-9])")
        .expect("the pattern is tested")
});

/// Reads a nickname. It stays as typed but for spaces around it; the folded form is only looked at.
///
/// # Errors
///
/// [`NotANickname`] says what is wrong with it.
pub fn nickname(text: &str) -> Result<Nickname, NotANickname> {
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || is_invisible(letter));
    if !text.chars().any(is_visible) {
        return Err(NotANickname::Empty);
    }
    if text.nfkc().chain(text.chars()).any(commands_the_display) {
        return Err(NotANickname::Control);
    }
    if text.graphemes(true).count() > Nickname::MAX_GRAPHEMES || text.chars().count() > MAX_CODE_POINTS {
        return Err(NotANickname::TooLong);
    }
    let folded = text.nfkc().flat_map(char::to_lowercase).collect::<String>();
    if ADDRESS.is_match(&folded) { Err(NotANickname::Address) } else { Ok(Nickname::from_read(text.to_owned())) }
}

fn commands_the_display(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Zero-width characters and fillers that look like nothing.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{00AD}' | '\u{200B}' | '\u{2060}'
            ..='\u{2064}' | '\u{FEFF}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}' | '\u{180E}'
    )
}

fn is_visible(letter: char) -> bool {
    // Joiners, selectors and combining marks need a letter to stand on.
    let carried = matches!(letter, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{0300}'..='\u{036F}' | '\u{E0000}'..='\u{E01EF}');
    !(letter.is_whitespace() || letter.is_control() || is_invisible(letter) || carried || commands_the_display(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nickname_is_used_as_typed() {
        for name in
            ["あおちゃん", "Ａｏ", "{name}", "%s", "<script>", "=HYPERLINK()", "../../", "'; DROP", "👶🏻", "まめ・た"]
        {
            assert_eq!(nickname(name).unwrap().expose(), name);
        }
        assert_eq!(nickname("　あお ").unwrap().expose(), "あお");
    }

    #[test]
    fn twenty_graphemes_are_a_nickname_and_twenty_one_are_not() {
        let family = "👨‍👩‍👧‍👦";
        assert!(nickname(&family.repeat(20)).is_ok());
        assert_eq!(nickname(&family.repeat(21)), Err(NotANickname::TooLong));
        assert_eq!(nickname(&"あ".repeat(1000)), Err(NotANickname::TooLong));
        assert_eq!(nickname(&format!("あ{}", "\u{301}".repeat(1000))), Err(NotANickname::TooLong));
    }

    #[test]
    fn nothing_to_see_is_no_nickname() {
        for name in ["", " ", "　", "\u{200B}\u{200B}", "\u{FEFF}", "\u{3164}", "\u{200D}", "\n\n"] {
            assert_eq!(nickname(name), Err(NotANickname::Empty), "{name:?}");
        }
    }

    #[test]
    fn line_breaks_and_display_commands_are_refused() {
        for name in ["あ\nお", "\u{202E}あお", "あ\u{7}お", "あ\u{2028}お", &format!("あ{}い", "\n".repeat(50))]
        {
            assert_eq!(nickname(name), Err(NotANickname::Control), "{name:?}");
        }
    }

    #[test]
    fn an_address_is_no_nickname() {
        for name in ["https://a.jp", "line.me/x", "ｗｗｗ．ａ．ｃｏｍ", "www.a.b", "a.co.jp"] {
            assert_eq!(nickname(name), Err(NotANickname::Address), "{name}");
        }
    }
}
