//! On which days a child has a text, by the cadence that ships.

use super::Anchor;
use super::days::Day;

/// Whether there is a text on that day; `None` where opinions may differ.
pub fn has_text(anchor: Anchor, day: Day) -> Option<bool> {
    match anchor {
        // From 4 weeks 0 days to 41 weeks 6 days, every day.
        Anchor::Due(due) => Some((28..=293).contains(&(280 - due.since(day)))),
        Anchor::Born(born) => {
            let birthdays = [1, 2, 3].map(|years| born.birthday(years));
            let [Some(first), Some(second), Some(third)] = birthdays else { return None };
            Some(of_child(born, [first, second, third], day))
        }
    }
}

fn of_child(born: Day, [first, second, third]: [Day; 3], day: Day) -> bool {
    let count = day.since(born) + 1;
    if count < 1 || day > third {
        return false;
    }
    // 200日目, 300日目 … 1000日目.
    let round = count % 100 == 0 && (200..=1000).contains(&count);
    let regular = if day < first {
        count <= 100 || (count <= 364 && (count - 100) % 3 == 0)
    } else if day < second {
        day.since(first) % 7 == 0
    } else if day < third {
        day.since(second) % 14 == 0 && day.since(second) < 26 * 14
    } else {
        true
    };
    round || regular
}
