//! `backup`: everything into one file.

use std::io::Write;
use std::path::PathBuf;

use super::{CommandError, Outcome, unless_closed};
use crate::app::archive::Written;

/// The arguments of `backup`.
#[derive(Debug, Clone, clap::Args)]
pub struct BackupArgs {
    /// A new file, or a folder.
    #[arg(
        value_name = "FILE",
        help = "新しいファイルの名前。フォルダーなら、日時の名前をつけ、35日をすぎたものを消す"
    )]
    pub target: PathBuf,
}

/// Says what was written, and what was not.
///
/// # Errors
///
/// [`CommandError::Output`] when the output cannot be written.
pub fn run(written: &Written, out: &mut impl Write) -> Result<Outcome, CommandError> {
    let rows = |table| written.manifest.rows.get(table).copied().unwrap_or(0);
    let mut lines = vec![
        format!("バックアップを書きました：{}", written.path.display()),
        format!("読者 {}人、お子さん {}人、配信の記録 {}行", rows("reader"), rows("child"), rows("delivery")),
        format!("鍵ファイルは、入っていません：{}", written.key.display()),
        "  鍵がないと、このバックアップは、だれにも読めません。鍵の控えを、バックアップとは別の場所に置いてください。"
            .to_owned(),
    ];
    lines.extend(written.dropped.iter().map(|old| format!("35日をすぎたので、消しました：{}", old.display())));
    if !written.listed {
        let sentence = "注意：配信停止の控えに書きこめません。このバックアップから復元すると、お届けは止まったまま、確認を待ちます。";
        lines.push(sentence.to_owned());
    }
    unless_closed(lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(Outcome::Fine)
}
