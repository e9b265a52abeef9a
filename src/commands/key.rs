//! `key`: changing the key that seals personal data.

use std::io::Write;

use super::{CommandError, Outcome, unless_closed};
use crate::app::keys::{Changed, Status};

/// The arguments of `key`.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum KeyCommand {
    /// いまの鍵と、古い鍵で封じたところの数を見る
    Status,
    /// 次に使う鍵を、鍵ファイルに足す（まだ使わない。サーバーが何台もあるときの、はじめの一歩）
    Add,
    /// 新しい鍵に交換し、すべてを封じなおす（とちゅうで止まっても、もういちど実行すれば続きから）
    Rotate,
    /// 使われなくなった古い鍵を、鍵ファイルから消す（交換から35日のあと）
    Retire {
        /// 35日を待たない（鍵がもれたとき。交換より前のバックアップは、読めなくなる）
        #[arg(long)]
        now: bool,
    },
}

const COPY: &str = "鍵ファイルが変わりました。バックアップとは別の場所の控えも、新しいものにしてください。";

fn say(lines: &[String], outcome: Outcome, out: &mut impl Write) -> Result<Outcome, CommandError> {
    unless_closed(lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(outcome)
}

/// Says that a key was added.
///
/// # Errors
///
/// [`CommandError::Output`] when the output cannot be written.
pub fn added(number: u8, out: &mut impl Write) -> Result<Outcome, CommandError> {
    let lines = [
        format!("鍵 {number} を、鍵ファイルに足しました（まだ使っていません）。"),
        "この鍵ファイルを、すべてのサーバーに置いてから、もういちど `hagukumi key rotate` を実行してください。"
            .to_owned(),
        COPY.to_owned(),
    ];
    say(&lines, Outcome::Fine, out)
}

/// Says what came of a change.
///
/// # Errors
///
/// [`CommandError::Output`] when the output cannot be written.
pub fn rotated(changed: Changed, out: &mut impl Write) -> Result<Outcome, CommandError> {
    let (number, resealed) = match changed {
        Changed::Added(number) => return added(number, out),
        Changed::Rotated(number, resealed) => (number, resealed),
    };
    let mut lines = vec![format!("鍵 {number} で封じています。封じなおしたところ：{}", resealed.values)];
    if resealed.damaged > 0 {
        lines.push(format!("どの鍵でも開けないところが {} か所あり、そのままにしました。", resealed.damaged));
    }
    lines.push("1分ほどあとに `hagukumi key status` で、古い鍵のところが残っていないか確かめてください。".to_owned());
    lines.push(COPY.to_owned());
    say(&lines, if resealed.damaged == 0 { Outcome::Fine } else { Outcome::Findings }, out)
}

/// Says which keys are gone.
///
/// # Errors
///
/// [`CommandError::Output`] when the output cannot be written.
pub fn retired(old: &[u8], out: &mut impl Write) -> Result<Outcome, CommandError> {
    let old: Vec<String> = old.iter().map(u8::to_string).collect();
    let lines = [format!("鍵 {} を、鍵ファイルから消しました。", old.join("、")), COPY.to_owned()];
    say(&lines, Outcome::Fine, out)
}

/// Says what there is.
///
/// # Errors
///
/// [`CommandError::Output`] when the output cannot be written.
pub fn status(status: &Status, out: &mut impl Write) -> Result<Outcome, CommandError> {
    let (current, others) = status.numbers.split_first().map_or((0, &[][..]), |(first, rest)| (*first, rest));
    let mut lines = vec![format!("いまの鍵：{current}")];
    for number in others {
        let role = if *number > current { "次に使う鍵" } else { "古い鍵（読むだけ）" };
        lines.push(format!("{role}：{number}"));
    }
    lines.push(format!("いまの鍵でないもので封じたところ：{}", status.others));
    if status.others > 0 {
        lines.push("`hagukumi key rotate` で、封じなおせます。".to_owned());
    }
    say(&lines, if status.others == 0 { Outcome::Fine } else { Outcome::Findings }, out)
}
