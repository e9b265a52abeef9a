//! `restore`: a backup is looked at, or comes back; and what a restored database waits for.

use std::io::Write;
use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};

use super::{CommandError, Outcome, unless_closed};
use crate::app::archive::Listed;
use crate::domain::calendar::civil;
use crate::store::archive::{Finding, Manifest};
use crate::store::suppression::Silenced;

/// The arguments of `restore`.
#[derive(Debug, Clone, clap::Args)]
pub struct RestoreArgs {
    /// The backup.
    #[arg(value_name = "FILE", help = "バックアップのファイル", required_unless_present_any = ["suppression", "release"])]
    pub file: Option<PathBuf>,
    /// Only looks.
    #[arg(long, requires = "file", help = "復元できるかを、すべての行を開いて調べる（何も変えない）")]
    pub verify: bool,
    /// Suppression lists.
    #[arg(
        long,
        value_name = "LIST",
        conflicts_with = "verify",
        help = "配信停止の控え（書かなければ HAGUKUMI_SUPPRESSION_FILE。サーバーごとに分かれているときは、いくつでも）"
    )]
    pub suppression: Vec<PathBuf>,
    /// Without a list.
    #[arg(
        long,
        conflicts_with_all = ["file", "suppression"],
        help = "控えがないまま、お届けを再開する（バックアップのあとに停止やお別れを伝えた方にも、届くことがあります）"
    )]
    pub release: bool,
}

/// Says what a backup holds and what is wrong with it.
///
/// # Errors
///
/// [`CommandError::Output`] when the output cannot be written.
pub fn verified(
    manifest: &Manifest,
    findings: &[Finding],
    zone: FixedOffset,
    out: &mut impl Write,
) -> Result<Outcome, CommandError> {
    let mut lines = vec![described(manifest, zone)];
    lines.extend(manifest.rows.iter().map(|(table, rows)| format!("  {table}: {rows}行")));
    lines.extend(findings.iter().map(|finding| format!("直すところ：{finding}")));
    if findings.is_empty() {
        lines.push("すべての行を、いまの鍵で開けました。このバックアップから復元できます。".to_owned());
    }
    unless_closed(lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(if findings.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

/// Says what came back; `None` when nothing did, and only a list was applied.
///
/// # Errors
///
/// [`CommandError::Output`] when the output cannot be written.
pub fn restored(
    manifest: Option<&Manifest>,
    listed: Listed,
    zone: FixedOffset,
    out: &mut impl Write,
) -> Result<Outcome, CommandError> {
    let mut lines = Vec::new();
    if let Some(manifest) = manifest {
        lines.push(format!("復元しました。{}", described(manifest, zone)));
        lines.push("このあとに登録・変更した内容は、残っていません。".to_owned());
    }
    let outcome = match listed {
        Listed::Applied(silenced) => {
            lines.push(applied(silenced));
            lines.push("`hagukumi serve` で動かすと、お届けは、次の朝から続きます。".to_owned());
            Outcome::Fine
        }
        Listed::Damaged(silenced, unreadable) => {
            lines.push(applied(silenced));
            lines.push(format!("ただし、控えのうち {unreadable}行を読めません（こわれているか、別の鍵のものです）。"));
            lines.extend(HELD.map(str::to_owned));
            Outcome::Findings
        }
        Listed::Missing => {
            lines.push("配信停止の控えが見つからないか、このバックアップから続いていません。".to_owned());
            lines.extend(HELD.map(str::to_owned));
            Outcome::Findings
        }
    };
    unless_closed(lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(outcome)
}

/// Says that deliveries go on without a list.
///
/// # Errors
///
/// [`CommandError::Output`] when the output cannot be written.
pub fn released(out: &mut impl Write) -> Result<Outcome, CommandError> {
    let sentence = "お届けを再開します。バックアップのあとに停止やお別れを伝えた方に届いたときは、すぐに「停止」を案内してください。";
    unless_closed(writeln!(out, "{sentence}"))?;
    Ok(Outcome::Fine)
}

const HELD: [&str; 3] = [
    "お届けは、止めたままにしてあります（受信と返事は動きます）。次のどちらかをしてください。",
    "  控えがあるとき：`hagukumi restore --suppression ファイル`",
    "  どこにもないとき：`hagukumi restore --release`（バックアップのあとに停止やお別れを伝えた方にも、届くことがあります）",
];

fn applied(silenced: Silenced) -> String {
    let Silenced { readers, erased } = silenced;
    format!("配信停止の控えを使い、{readers}人へのお届けを止めました（うち {erased}人は、登録を消しました）。")
}

fn described(manifest: &Manifest, zone: FixedOffset) -> String {
    let taken = DateTime::from_timestamp_millis(manifest.head.taken_ms).unwrap_or_default();
    let (readers, version) = (manifest.rows.get("reader").copied().unwrap_or(0), &manifest.head.version);
    format!("{} のバックアップ（読者 {readers}人、版 {version}）", civil(taken, zone).format("%Y年%-m月%-d日 %H:%M"))
}
