//! `rich-menu`: what differs, what was done, what it looks like, and what LINE has.

pub mod export;
pub mod preview;

use std::io::{self, Write};
use std::path::PathBuf;

use chrono::NaiveDate;
use serde_json::json;

use super::{Format, unless_closed};
use crate::domain::menu::plan::{AN_HOUR, BULK, Declared, Drift, FEW, Plan};
use crate::domain::menu::version::set_on;
use crate::menu::{Applied, Done, Looked};

/// `rich-menu …`
#[derive(Debug, clap::Subcommand)]
pub enum RichMenuCommand {
    /// ファイルと LINE のちがい、反映ですること、LINE への呼び出しの数を見る（LINE には何も書かない）
    Plan {
        /// このアカウントだけ
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// 出し方
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// ファイルのとおりに、LINE のメニューを替える（途中で止まっても、もう一度実行すれば続きから）
    Apply {
        /// このアカウントだけ
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// テストする方だけに出す（その方が「問い合わせ番号」と送って見る8けたの番号。コンマで区切る）
        #[arg(long, value_name = "NUMBERS", value_delimiter = ',', num_args = 1..)]
        test_readers: Vec<String>,
    },
    /// ひとつ前の版にもどす（LINE に残してあるので、作りなおさない）
    Rollback {
        /// このアカウントだけ
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
    },
    /// LINE にあるメニューを、ファイルの形で書き出す
    Export {
        /// どのアカウントの（なければ、最初の）
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// 書き出すフォルダー（新しいか、空のもの）
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// メニューを、スマホの形の1枚の HTML で見る
    Preview {
        /// どのアカウントの（なければ、最初の）
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// 書くファイル（なければ、画面に出す）
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Writes what is to be done in an account.
///
/// # Errors
///
/// When the output cannot be written.
pub fn plan(
    (account, today): (&str, NaiveDate),
    declared: &Declared,
    looked: &Looked,
    format: Format,
    out: &mut impl Write,
) -> io::Result<()> {
    let rows = rows(declared, &looked.plan);
    unless_closed(match format {
        Format::Json => json_lines(account, &rows, looked, out),
        Format::Table => table((account, today), declared, &rows, looked, out),
    })
}

/// What is done, to what, and the word for programmes.
struct Row {
    does: &'static str,
    word: &'static str,
    what: String,
}

fn rows(declared: &Declared, plan: &Plan) -> Vec<Row> {
    let title = |at: &usize| declared.pages[*at].title.clone();
    let row = |does, word, what| Row { does, word, what };
    let mut rows: Vec<Row> = plan.create.iter().map(|at| row("作る", "create", title(at))).collect();
    rows.extend(plan.upload.iter().map(|at| row("絵を送る", "upload", title(at))));
    rows.extend(plan.alias.iter().map(|(at, _)| row("タブをつなぐ", "alias", title(at))));
    rows.extend(plan.default.iter().map(|at| row("既定にする", "default", title(at))));
    let readers = |(stage, readers): &(crate::domain::menu::Stage, u64)| format!("{} の読者 {readers}人", stage.name());
    rows.extend(plan.link.iter().map(|link| row("読者のメニューを替える", "link", readers(link))));
    rows.extend(plan.drop_alias.iter().map(|alias| row("消す（タブ）", "delete_alias", alias.clone())));
    rows.extend(plan.delete.iter().map(|page| row("消す（古い版）", "delete", page.name.clone())));
    if rows.is_empty() && plan.version {
        rows.push(row("書きとめる", "version", "組の期間や名前".to_owned()));
    }
    rows
}

fn table(
    (account, today): (&str, NaiveDate),
    declared: &Declared,
    rows: &[Row],
    looked: &Looked,
    out: &mut impl Write,
) -> io::Result<()> {
    let set = set_on(&declared.sets, today).map_or("", |at| declared.sets[at].name.as_str());
    writeln!(out, "アカウント {account}（{today} に出る組：{set}）")?;
    let plan = &looked.plan;
    if rows.is_empty() {
        writeln!(out, "  変更はありません。")?;
    }
    let wide = rows.iter().map(|row| width(row.does)).max().unwrap_or_default();
    for row in rows {
        writeln!(out, "  {}{}  {}", row.does, " ".repeat(wide - width(row.does)), row.what)?;
    }
    if !rows.is_empty() {
        writeln!(out, "  LINE への呼び出し：{}", calls(looked))?;
    }
    for drift in &plan.drift {
        writeln!(out, "  （注意）{}", drifted(drift))?;
    }
    if plan.foreign > 0 {
        writeln!(
            out,
            "  このプログラムが作ったのではないメニューが、LINE に{}つあります（触りません）。",
            plan.foreign
        )?;
    }
    Ok(())
}

/// How wide a word is on a terminal: these are all full-width or ASCII.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn calls(looked: &Looked) -> String {
    let plan = &looked.plan;
    let (created, deleted) = looked.spent;
    let read_back: u64 = plan.link.iter().map(|(_, readers)| if *readers > FEW { *readers } else { 0 }).sum();
    let deletes = plan.delete.len() + plan.drop_alias.len();
    format!(
        "検査{}、作成{}（この1時間に、あと{}）、絵{}、タブ{}、既定{}、読者のリンク{}（{BULK}人ずつ）、読み返し{read_back}、削除{deletes}（この1時間に、あと{}）",
        plan.create.len(),
        plan.create.len(),
        AN_HOUR.saturating_sub(created),
        plan.upload.len(),
        plan.alias.len(),
        u8::from(plan.default.is_some()),
        plan.links(),
        AN_HOUR.saturating_sub(deleted),
    )
}

fn drifted(drift: &Drift) -> String {
    match drift {
        Drift::PageGone(title) => format!("「{title}」が LINE からなくなっています。"),
        Drift::PictureGone(title) => format!("「{title}」の絵が LINE にありません。"),
        Drift::Alias(title) => format!("「{title}」のタブが、LINE でほかのものにつながっています。"),
        Drift::Default => "既定のメニューが、LINE でほかのものに替わっています。".to_owned(),
    }
}

fn json_lines(account: &str, rows: &[Row], looked: &Looked, out: &mut impl Write) -> io::Result<()> {
    for row in rows {
        writeln!(out, "{}", json!({ "account": account, "do": row.word, "what": row.what }))?;
    }
    let plan = &looked.plan;
    let drift: Vec<String> = plan.drift.iter().map(drifted).collect();
    let sum = json!({
        "account": account,
        "creates": plan.create.len(),
        "uploads": plan.upload.len(),
        "aliases": plan.alias.len(),
        "defaults": u8::from(plan.default.is_some()),
        "links": plan.links(),
        "readers": plan.readers(),
        "deletes": plan.delete.len() + plan.drop_alias.len(),
        "created_this_hour": looked.spent.0,
        "deleted_this_hour": looked.spent.1,
        "foreign": plan.foreign,
        "drift": drift,
    });
    writeln!(out, "{sum}")
}

/// One step, as it was done.
#[must_use]
pub fn done(done: &Done) -> String {
    match done {
        Done::Created(title) => format!("作りました：{title}"),
        Done::Uploaded(title) => format!("絵を送りました：{title}"),
        Done::Aliased(title) => format!("タブをつなぎました：{title}"),
        Done::Default(title) => format!("既定にしました：{title}"),
        Done::Linked(stage, readers) => format!("読者のメニューを替えました：{} {readers}人", stage.name()),
        Done::Waiting(stage) => format!(
            "LINE が替えている途中の読者がいます：{}（動いている server が続きをします。server がなければ、もう一度実行してください）",
            stage.name()
        ),
        Done::Deleted(name) => format!("消しました：{name}"),
    }
}

/// What came of an account.
#[must_use]
pub fn applied(account: &str, applied: &Applied) -> String {
    match applied {
        Applied::Nothing => format!("アカウント {account}：変更はありません。"),
        Applied::Version(number) => format!("アカウント {account}：版{number}を反映しました。"),
        Applied::Tried(readers) => format!(
            "アカウント {account}：テストする方{readers}人だけに出しました。よければ --test-readers なしで反映してください（もどすには、ファイルをもどして反映します）。"
        ),
    }
}
