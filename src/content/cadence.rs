//! A pack's cadence: which moments it has.

use super::finding::Log;
use super::table::{At, Table};
use crate::domain::programme::pack::{Cadence, Series};
use crate::domain::programme::slot::Slot;

/// The last day of pregnancy with a text, 41w6d.
const LAST_DAY_OF_PREGNANCY: u16 = 41 * 7 + 6;

/// 「生まれて〇日目」 of the third birthday in the longest case.
const LAST_DAY: u16 = 1097;

/// The lines of a cadence as they stand in `pack.toml`.
pub(super) fn read(pack: &Table<'_>, series: Series, log: &mut Log) -> Vec<Cadence> {
    let lines = pack.tables(log, "cadence");
    if lines.is_empty() {
        log.error(pack.place(), "配信日の決まり（[[cadence]]）がありません。");
    }
    let mut cadence: Vec<Cadence> = Vec::new();
    for table in lines {
        let Some(line) = line(&table, series, log) else { continue };
        let taken = slots(&cadence);
        if let Some(slot) = slots_of(&line).iter().find(|slot| taken.contains(slot)) {
            log.error(table.place(), format!("{slot} は、上の [[cadence]] にもう入っています。"));
        }
        cadence.push(line);
    }
    cadence
}

fn line(table: &Table<'_>, series: Series, log: &mut Log) -> Option<Cadence> {
    let kind = table.required(log, "kind")?;
    let (line, of) = match kind.value.as_str() {
        "gestation" => (gestation(table, log), Series::Maternity),
        "days" => (days(table, log), Series::Childcare),
        "weeks" => (weeks(table, log), Series::Childcare),
        "birthday" => (birthday(table, log), Series::Childcare),
        "round" => (round(table, log), Series::Childcare),
        _ => {
            let sentence = "kind は gestation、days、weeks、birthday、round のどれかです。";
            log.error(table.place_at(kind.line), sentence);
            return None;
        }
    };
    if of != series {
        let sentence = format!("kind = \"{}\" は、この原稿集の series では使えません。", kind.value);
        log.error(table.place_at(kind.line), sentence);
        return None;
    }
    line
}

fn gestation(table: &Table<'_>, log: &mut Log) -> Option<Cadence> {
    table.only(log, &["kind", "from", "to", "every"]);
    let mut moment = |name| {
        let text = table.required(log, name)?;
        let days = gestational_days(&text.value);
        if days.is_none() {
            let sentence = format!("「{name}」は \"4w0d\" の形で、4w0d から 41w6d までにしてください。");
            log.error(table.place_at(text.line), sentence);
        }
        days.map(|value| At { value, line: text.line })
    };
    let (from, to) = (moment("from"), moment("to"));
    let (from, to, every) = run(table, from?, to?, log)?;
    Some(Cadence::Gestation { from, to, every })
}

fn gestational_days(text: &str) -> Option<u16> {
    let (weeks, days) = text.strip_suffix('d')?.split_once('w')?;
    let (weeks, days): (u16, u16) = (weeks.parse().ok()?, days.parse().ok()?);
    let total = weeks.checked_mul(7)?.checked_add(days)?;
    (days <= 6 && (28..=LAST_DAY_OF_PREGNANCY).contains(&total)).then_some(total)
}

fn days(table: &Table<'_>, log: &mut Log) -> Option<Cadence> {
    table.only(log, &["kind", "from", "to", "every"]);
    let (from, to) = (within(table, "from", 1, LAST_DAY, log), within(table, "to", 1, LAST_DAY, log));
    let (from, to, every) = run(table, from?, to?, log)?;
    Some(Cadence::Days { from, to, every })
}

fn weeks(table: &Table<'_>, log: &mut Log) -> Option<Cadence> {
    table.only(log, &["kind", "year", "from", "to", "every"]);
    let year = within(table, "year", 1, 2, log);
    let (from, to) = (within(table, "from", 0, 52, log), within(table, "to", 0, 52, log));
    let (from, to, every) = run(table, from?, to?, log)?;
    let small = |number: u16| u8::try_from(number).ok();
    Some(Cadence::Weeks { year: small(year?.value)?, from: small(from)?, to: small(to)?, every: small(every)? })
}

fn birthday(table: &Table<'_>, log: &mut Log) -> Option<Cadence> {
    table.only(log, &["kind", "years"]);
    let years = within(table, "years", 1, 3, log)?;
    Some(Cadence::Birthday { years: u8::try_from(years.value).ok()? })
}

fn round(table: &Table<'_>, log: &mut Log) -> Option<Cadence> {
    table.only(log, &["kind", "days"]);
    let Some(days) = table.numbers(log, "days") else {
        log.error(table.place(), "「days」に、区切りの日を [200, 300] の形で書いてください。");
        return None;
    };
    let rising = days.value.windows(2).all(|pair| pair[0] < pair[1]);
    if !rising || days.value.iter().any(|day| !(1..=LAST_DAY).contains(day)) {
        let sentence = format!("「days」は小さい順に、同じ数を重ねず、1から{LAST_DAY}までにしてください。");
        log.error(table.place_at(days.line), sentence);
        return None;
    }
    Some(Cadence::Round { days: days.value })
}

fn within(table: &Table<'_>, name: &str, least: u16, most: u16, log: &mut Log) -> Option<At<u16>> {
    let Some(found) = table.number(log, name) else {
        log.error(table.place(), format!("「{name}」を {least} から {most} までの数字で書いてください。"));
        return None;
    };
    if !(least..=most).contains(&found.value) {
        log.error(table.place_at(found.line), format!("「{name}」は {least} から {most} までです。"));
        return None;
    }
    Some(found)
}

/// First, last and step of a run, in order.
fn run(table: &Table<'_>, from: At<u16>, to: At<u16>, log: &mut Log) -> Option<(u16, u16, u16)> {
    let every = within(table, "every", 1, 52, log)?.value;
    if from.value > to.value {
        log.error(table.place_at(from.line), "from が to より後になっています。入れかえてください。");
        return None;
    }
    Some((from.value, to.value, every))
}

/// Every slot of a cadence, in its order.
pub(super) fn slots(cadence: &[Cadence]) -> Vec<Slot> {
    cadence.iter().flat_map(slots_of).collect()
}

fn slots_of(line: &Cadence) -> Vec<Slot> {
    let step = |every: u16| usize::from(every.max(1));
    match line {
        Cadence::Gestation { from, to, every } => (*from..=*to).step_by(step(*every)).map(Slot::Pregnancy).collect(),
        Cadence::Days { from, to, every } => (*from..=*to).step_by(step(*every)).map(Slot::Day).collect(),
        Cadence::Weeks { year, from, to, every } => {
            (*from..=*to).step_by(step(u16::from(*every))).map(|week| Slot::Week { year: *year, week }).collect()
        }
        Cadence::Birthday { years } => vec![Slot::Birthday(*years)],
        Cadence::Round { days } => days.iter().copied().map(Slot::Round).collect(),
    }
}
