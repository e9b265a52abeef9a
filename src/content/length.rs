//! How long a manuscript is for whoever reads it.

use super::finding::Log;
use super::manuscript::Setting;
use crate::domain::family::Role;
use crate::domain::programme::pack::Manuscript;
use crate::domain::programme::slot::Slot;

/// The most a text message may hold, in UTF-16 units (LINE: 5,000).
const MOST_UNITS: usize = 5_000;

/// Kept free for the call line on top and the line about a missing review.
const SPARE_UNITS: usize = 200;

/// More characters than this are a lot for a morning.
const MANY: usize = 260;

/// Fewer characters than this say hardly anything.
const FEW: usize = 80;

/// Says what is empty, too long or too short, for the role that gets most and the one that gets least.
pub(super) fn judge(text: &Manuscript, setting: &Setting<'_>, log: &mut Log) {
    if text.paragraphs.is_empty() {
        return log.error(text.place.clone(), "本文がありません。見出しの下に、一段落は書いてください。");
    }
    let bodies = Role::ALL.map(|role| body(text, role));
    if bodies.iter().any(String::is_empty) {
        return log.error(text.place.clone(), "全員に向けた段落がありません。タグのない段落を、一つは書いてください。");
    }
    let units = |body: &String| body.encode_utf16().count();
    let most = bodies.iter().map(units).max().unwrap_or_default() + setting.footer.encode_utf16().count();
    if most + SPARE_UNITS > MOST_UNITS {
        let room = MOST_UNITS - SPARE_UNITS;
        return log.error(
            text.place.clone(),
            format!("本文が長すぎます（結びの注意書きと合わせて{most}文字）。LINEで送れるのは{room}文字までです。"),
        );
    }
    let (least, most) =
        (bodies.iter().map(|body| characters(body)).min(), bodies.iter().map(|body| characters(body)).max());
    match (least, most) {
        (_, Some(most)) if most > MANY && !is_special(text.slot, setting) => {
            log.warn(
                text.place.clone(),
                format!("本文が長めです（{most}文字）。朝に読めるのは{MANY}文字くらいまでです。"),
            );
        }
        (Some(least), _) if least < FEW => {
            log.warn(
                text.place.clone(),
                format!("本文が短めです（いちばん短い読者で{least}文字）。{FEW}文字くらいは書いてください。"),
            );
        }
        _ => {}
    }
}

/// What a role reads, without call line and footer.
fn body(text: &Manuscript, role: Role) -> String {
    let own = text.paragraphs.iter().filter(|paragraph| paragraph.roles.is_empty() || paragraph.roles.contains(&role));
    own.map(|paragraph| paragraph.text.as_str()).collect::<Vec<_>>().join("\n\n")
}

fn characters(body: &str) -> usize {
    body.chars().filter(|c| !c.is_whitespace()).count()
}

/// Days that may be longer: birthdays, round days, the first and the last of a pack.
fn is_special(slot: Slot, setting: &Setting<'_>) -> bool {
    let birthday = matches!(slot, Slot::Birthday(_) | Slot::Round(_) | Slot::Week { week: 0, .. } | Slot::Day(100));
    birthday || setting.slots.iter().min() == Some(&slot) || setting.slots.iter().max() == Some(&slot)
}
