//! `enquiry`: what a desk may know of somebody who telephones and gives their number.

use std::io::Write;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, Timelike};

use super::{CommandError, Outcome, unless_closed};
use crate::domain::calendar::civil;
use crate::domain::code::{Code, CodeKind};
use crate::domain::delivery::State;
use crate::domain::family::Standing;
use crate::store::{Enquiry, Shown};

/// The arguments of `enquiry`.
#[derive(Debug, Clone, clap::Args)]
pub struct EnquiryArgs {
    /// The number, with or without spaces; several words are one number.
    #[arg(required = true, num_args = 1.., value_name = "NUMBER", help = "問い合わせ番号（48 20 71 93 のような8けた）")]
    pub number: Vec<String>,
}

impl EnquiryArgs {
    /// The number that was given.
    ///
    /// # Errors
    ///
    /// [`CommandError::NoNumber`].
    pub fn read(&self) -> Result<Code, CommandError> {
        Code::read_enquiry(&self.number.concat()).ok_or(CommandError::NoNumber)
    }
}

/// Writes what was found for the number: the account it belongs to, and its reader's record.
///
/// # Errors
///
/// [`CommandError::Output`] when the output cannot be written.
pub fn run(
    number: &Code,
    found: Option<&(String, Enquiry)>,
    zone: FixedOffset,
    out: &mut impl Write,
) -> Result<Outcome, CommandError> {
    let Some((account, enquiry)) = found else {
        let sentence = "その番号は使えません。番号のまちがいか、30分がすぎています。もういちど「問い合わせ番号」と送ってもらってください。";
        unless_closed(writeln!(out, "{sentence}"))?;
        return Ok(Outcome::Findings);
    };
    let mut lines = vec![
        format!("問い合わせ番号：{}", number.shown(CodeKind::Enquiry)),
        format!("アカウント：{account}"),
        format!("登録：{}", enquiry.since.map_or_else(|| "ありません".to_owned(), |at| day(at, zone))),
        format!("お届け：{}", standing(enquiry)),
        format!("次のお届け：{}", next(enquiry, zone)),
        "これまでのお届け（新しい順に10まで）：".to_owned(),
    ];
    if let Some(restored) = enquiry.restored {
        let (from, to) = (moment(restored.taken_ms, zone), moment(restored.restored_ms, zone));
        lines.push(format!("  （データベースを復元したため、{from} から {to} までのことは、わかりません）"));
    }
    lines.extend(enquiry.deliveries.iter().map(|one| delivery(one, zone)));
    if enquiry.deliveries.is_empty() {
        lines.push("  ありません".to_owned());
    }
    unless_closed(lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(Outcome::Fine)
}

/// Why somebody's deliveries stand still is theirs alone.
const fn standing(enquiry: &Enquiry) -> &'static str {
    match (enquiry.standing, enquiry.active, enquiry.rests) {
        (Standing::Away | Standing::Erased, ..) => "ブロックされているので、届きません",
        (Standing::Following, false, _) => "止まっています",
        (Standing::Following, true, true) => "おやすみ中です",
        (Standing::Following, true, false) => "届いています",
    }
}

fn next(enquiry: &Enquiry, zone: FixedOffset) -> String {
    enquiry.next_due_at.map_or_else(|| "ありません".to_owned(), |at| moment(at, zone))
}

fn delivery(shown: &Shown, zone: FixedOffset) -> String {
    let kind = if shown.purpose.as_str().starts_with("daily/") { "毎日のお届け" } else { "返事" };
    let id = shown.request_id.as_deref().map_or_else(String::new, |id| format!("（LINEのリクエストID：{id}）"));
    let (at, state) = match shown.purpose.day().filter(|_| shown.unknown) {
        // The moment of the row is that of the restore.
        Some(day) => (spelt(day), "わかりません（復元の前）"),
        None if shown.unknown => (moment(shown.at, zone), "わかりません（復元の前）"),
        None => (moment(shown.at, zone), state(shown.state)),
    };
    format!("  {at}  {kind}  {state}{id}")
}

const fn state(state: State) -> &'static str {
    match state {
        State::Waiting | State::Sending => "送るところです",
        State::Accepted => "LINEが受けとりました",
        State::Refused => "LINEが受けとりませんでした",
        State::Lapsed => "送っていません",
        State::Unconfirmed => "送りましたが、LINEから返事がありませんでした",
    }
}

fn at(ms: i64, zone: FixedOffset) -> NaiveDateTime {
    civil(DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH), zone)
}

fn day(ms: i64, zone: FixedOffset) -> String {
    spelt(at(ms, zone).date())
}

fn spelt(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

fn moment(ms: i64, zone: FixedOffset) -> String {
    let time = at(ms, zone).time();
    format!("{} {:02}:{:02}", day(ms, zone), time.hour(), time.minute())
}
