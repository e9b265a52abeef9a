//! Kanji numerals: 「二〇二五」, 「十二」, 「二千二十五」, 「三十一」 become digits.

/// The same text with every run of kanji numerals written in digits.
pub(super) fn in_digits(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars().chain(std::iter::once('\0')) {
        if value(letter).is_some() {
            run.push(letter);
            continue;
        }
        if !run.is_empty() {
            written.push_str(&run_in_digits(&run));
            run.clear();
        }
        if letter != '\0' {
            written.push(letter);
        }
    }
    written
}

fn value(letter: char) -> Option<u32> {
    Some(match letter {
        '〇' | '零' => 0,
        '一' | '壱' => 1,
        '二' | '弐' => 2,
        '三' | '参' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        '百' => 100,
        '千' => 1000,
        _ => return None,
    })
}

/// Either digit by digit (二〇二五), or with units (二千二十五).
fn run_in_digits(run: &str) -> String {
    let values = run.chars().filter_map(value);
    if values.clone().all(|value| value < 10) {
        return values.map(|value| value.to_string()).collect();
    }
    let (mut sum, mut digit) = (0u32, 0u32);
    for value in values {
        if value >= 10 {
            sum = sum.saturating_add(digit.max(1).saturating_mul(value));
            digit = 0;
        } else {
            digit = digit.saturating_mul(10).saturating_add(value);
        }
    }
    sum.saturating_add(digit).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kanji_numerals_are_read_digit_by_digit_or_with_units() {
        let cases = [
            ("二〇二五年四月十日", "2025年4月10日"),
            ("二千二十五年十二月三十一日", "2025年12月31日"),
            ("令和八年二月二十日", "令和8年2月20日"),
            ("十一月二十二日", "11月22日"),
            ("2027年3月1日", "2027年3月1日"),
            ("千九百年", "1900年"),
        ];
        for (typed, expected) in cases {
            assert_eq!(in_digits(typed), expected);
        }
    }

    #[test]
    fn an_endless_run_of_numerals_does_not_overflow() {
        assert!(!in_digits(&"千九".repeat(2_000)).is_empty());
    }
}
